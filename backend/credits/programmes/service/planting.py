"""Households and their numbered trees are registered, within the limits of the programme."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from backend.credits.programmes import queries, rules
from backend.credits.programmes.errors import CodeUsed, HouseholdNotFound, NumbersTaken, TreeYearInvalid
from backend.credits.programmes.models import TreeHousehold, TreeStand
from backend.credits.programmes.service.common import check_authority, is_of, keeper, of_trees, programme_of
from backend.credits.programmes.values import HouseholdValue, StandValue
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.tenants import service as tenants

NUMBERS = "ex_tree_stand_numbers"


async def register_household(
    write: Write, scope: Scope, *, programme: str, code: str, name: str, division_code: str, mu: Decimal
) -> HouseholdValue:
    """Register a household with its forest land in mu.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        AuthorityOnly: not an authority.
        ProgrammeUnknown, ProgrammeHasNoTrees: in this order.
        TextNotFit: code or name.
        HouseholdsInvalid, LandExceeded: the land.
        DivisionUnknown: not a division known here.
        AuthorityOnly: the division lies outside its region.
        CodeUsed: another household of the programme has the code.
    """
    scope.require("credits:review")
    check_authority(scope)
    found = of_trees(programme_of(await tenants.pack_in_force(write, scope), programme))
    clean_code, clean_name = rules.text(code, "code", most=40), rules.text(name, "name")
    rules.check_land(found, mu)
    division = await tenants.required_division(write, scope, division_code)
    values: dict[str, Any] = {
        "id": new_id(), "programme": programme, "code": clean_code, "name": clean_name, "division_code": division.code,
        "division_path": division.path, "mu": mu, "organisation_id": keeper(scope, division.path),
        "registered_at": now(), "registered_by": scope.actor_id,
    }  # fmt: skip
    fresh = upsert(TreeHousehold).values(values).on_conflict_do_nothing().returning(literal(1))
    if await write.value(fresh) is None:
        raise CodeUsed(value=clean_code, path=("input", "code"))
    write.audit("credits:register_household", object_type="TreeHousehold", object_id=values["id"], programme=programme,
                code=clean_code, mu=mu)  # fmt: skip
    return HouseholdValue(**values)


async def register_trees(
    write: Write,
    scope: Scope,
    *,
    household_id: UUID,
    numbers: Sequence[tuple[int, int]],
    first_year: int,
    species: str = "",
    photographs: str = "",
) -> list[StandValue]:
    """Register numbered trees of a household for the programme's term of years; one stand a run of numbers.

    `photographs` says where the pictures of the numbered trees are kept.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        HouseholdNotFound: not there, or not of one's region.
        AuthorityOnly: not an authority of the household's region.
        ProgrammeUnknown, ProgrammeHasNoTrees: in this order.
        TreeYearInvalid: the first year.
        NumbersInvalid: no runs of numbers.
        TextNotFit: species, or photographs missing.
        TreesPerHouseholdExceeded, TreesPerMuExceeded: with what is registered already for any of the years.
        NumbersTaken: some of the numbers are registered already for these years.
    """
    scope.require("credits:review")
    if (await queries.households_by_id(write, scope, [household_id]))[0] is None:
        raise HouseholdNotFound
    row = await write.row(queries.HOUSEHOLD.where(TreeHousehold.id == household_id).with_for_update())
    if row is None:
        raise HouseholdNotFound
    household = HouseholdValue(*row)
    keeper(scope, household.division_path)
    found = of_trees(programme_of(await tenants.pack_in_force(write, scope), household.programme))
    this_year = today().year
    if not rules.FIRST_YEAR <= first_year <= this_year + 1:
        raise TreeYearInvalid(year=first_year, first=rules.FIRST_YEAR, last=this_year + 1, path=("input", "firstYear"))
    last_year = first_year + found.years - 1
    runs = rules.runs(numbers)
    kind = rules.text(species, "species", is_needed=False)
    pictures = rules.text(photographs, "photographs")
    known = await queries.trees_of(write, scope, household_id, first_year, last_year)
    rules.check_trees(found, household.mu, known + sum(last - first + 1 for first, last in runs))
    stands = [
        StandValue(
            id=new_id(), household_id=household_id, programme=household.programme,
            division_path=household.division_path, first_number=first, last_number=last, first_year=first_year,
            last_year=last_year, species=kind, photographs=pictures, registered_at=now(),
            registered_by=scope.actor_id,
        )
        for first, last in runs
    ]  # fmt: skip
    try:
        await write.run(insert(TreeStand), [{name: getattr(each, name) for name in each.__slots__} for each in stands])
    except IntegrityError as error:
        if not is_of(error, NUMBERS):
            raise
        raise NumbersTaken(first=runs[0][0], last=runs[-1][1], path=("input", "numbers")) from error
    write.audit("credits:register_trees", object_type="TreeHousehold", object_id=household_id,
                numbers=[list(each) for each in runs], first_year=first_year, last_year=last_year)  # fmt: skip
    return stands
