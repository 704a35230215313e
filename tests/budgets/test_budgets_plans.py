"""Plans: drafted by one, decided by another, in force as a whole or not at all."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from factories.accounts import held_account
from factories.budgets import (
    PAPER,
    WHY,
    approved,
    balance,
    decided,
    drafted,
    line,
    own_line,
    own_year,
    reserved,
)
from factories.identity import authority, colleague
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from backend.budgets import queries, queries_plans, service
from backend.budgets.errors import (
    BudgetDecided,
    BudgetDocumentInvalid,
    BudgetDraftInvalid,
    BudgetHandedDown,
    BudgetInForce,
    BudgetMissing,
    BudgetOverSpan,
    BudgetParentMissing,
    BudgetPlanNotFound,
    BudgetRevised,
    BudgetSecondPerson,
    BudgetSectorsOver,
    BudgetShareInvalid,
)
from backend.budgets.models import BudgetPlanDecision
from backend.budgets.service import Asked, Given, Onto
from backend.budgets.values import Balance, DraftLine, Level, Method, PlanState
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden

D = Decimal
CITY, XISHAN, HUISHAN = "320200", "320205", "320206"


async def test_a_plan_is_revised_and_approved_by_another_person(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    officer = await colleague(databases, bureau, "officer")
    plan = await drafted(databases, officer, line(XISHAN, year, "100", intensity_target="0.85"))
    assert (plan.state, plan.revision, plan.division_path) == (PlanState.DRAFT, 1, "320000/320200/")
    async with databases.write(officer) as write:
        plan = await service.revise(write, officer, plan.id, lines=[line(XISHAN, year, "120")], reason=WHY)
    assert (plan.revision, plan.lines[0].tonnes) == (2, D(120))
    async with databases.read(officer) as read:
        kept = await queries_plans.revisions(read, officer, plan.id)
    assert [(each.revision, each.lines[0]["tonnes"]) for each in kept] == [(2, "120"), (1, "100")]
    with pytest.raises(BudgetRevised):
        async with databases.write(bureau.scope) as write:
            await service.decide(write, bureau.scope, plan.id, is_approved=True, reason=WHY, revision=1)
    assert (await decided(databases, bureau.scope, plan.id)).state is PlanState.APPROVED
    own = await own_line(databases, XISHAN, year)
    assert (own.level, own.tonnes, own.approved_by, own.method) == (
        Level.DISTRICT, D(120), bureau.person_id, Method.MANUAL,
    )  # fmt: skip
    for again in (True, False):
        with pytest.raises(BudgetDecided):
            await decided(databases, bureau.scope, plan.id, is_approved=again)


async def test_who_wrote_a_part_does_not_decide(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    plan = await drafted(databases, bureau.scope, line(XISHAN, year, "100"))
    with pytest.raises(BudgetSecondPerson):
        await decided(databases, bureau.scope, plan.id)
    other = await colleague(databases, bureau, "administrator")
    with pytest.raises(Forbidden):
        await decided(databases, await colleague(databases, bureau, "officer"), plan.id)
    async with databases.write(other) as write:
        await service.revise(write, other, plan.id, lines=[line(XISHAN, year, "90")], reason=WHY)
    for scope in (bureau.scope, other):
        with pytest.raises(BudgetSecondPerson):
            await decided(databases, scope, plan.id)


async def test_the_database_holds_the_second_person_itself(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    plan = await drafted(databases, bureau.scope, line(XISHAN, year, "100"))
    forged = {
        "plan_id": plan.id, "revision": 1, "is_approved": True, "reason": WHY, "decided_at": now(),
        "decided_by": bureau.person_id,
    }  # fmt: skip
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(bureau.scope) as write:
            await write.run(insert(BudgetPlanDecision).values(forged))


async def test_a_rejected_plan_leaves_no_budget(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    officer = await colleague(databases, bureau, "officer")
    plan = await drafted(databases, officer, line(XISHAN, year, "100"))
    assert (await decided(databases, bureau.scope, plan.id, is_approved=False)).state is PlanState.REJECTED
    with pytest.raises(BudgetMissing):
        await reserved(databases, bureau.scope, XISHAN, [(year, "1")])


async def test_a_budget_in_force_is_never_replaced(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    await approved(databases, bureau, line(XISHAN, year, "100"))
    officer = await colleague(databases, bureau, "officer")
    plan = await drafted(databases, officer, line(HUISHAN, year, "50"), line(XISHAN, year, "70"))
    with pytest.raises(BudgetInForce):
        await decided(databases, bureau.scope, plan.id)
    async with databases.read(bureau.scope) as read:
        assert (await queries_plans.plan(read, bureau.scope, plan.id)).state is PlanState.DRAFT  # type: ignore[union-attr] - it is there
        assert [each.division_code for each in await queries.of_spans(read, bureau.scope, year, year)] == [XISHAN]


async def test_a_district_hands_down_to_key_units_but_not_to_itself(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    district = await authority(databases, division=XISHAN)
    held = await held_account(databases, division=XISHAN)
    unit = line("", year, "30", account_id=held.id)
    with pytest.raises(BudgetParentMissing):
        await approved(databases, district, unit)
    with pytest.raises(BudgetHandedDown):
        await approved(databases, district, line(XISHAN, year, "100"))
    await approved(databases, bureau, line(XISHAN, year, "100"))
    await approved(databases, district, unit)
    own = await own_line(databases, XISHAN, year)
    assert await balance(databases, own.id) == Balance(approved=D(100), handed=D(30), available=D(70))
    async with databases.read(held.scope) as read:
        found = await service.unit_positions(read, held.scope, [held.id], [year])
        assert (found[held.id, year].total, found[held.id, year].available) == (D(30), D(30))
        assert await service.positions(read, held.scope, [XISHAN, CITY], [year]) == {}


async def test_a_district_sees_its_own_and_nothing_beside_or_above(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    await approved(databases, bureau, line(CITY, year, "900"), line(XISHAN, year, "300"), line(HUISHAN, year, "200"))
    district = await authority(databases, division=XISHAN)
    async with databases.read(district.scope) as read:
        found = await service.positions(read, district.scope, [CITY, XISHAN, HUISHAN], [year])
        assert list(found) == [(XISHAN, year)]
        entries = await queries.entries(read, district.scope, limit=100)
        postings = await queries.postings_of(read, district.scope, [each.id for each in entries])
        seen = {posting.line_id for each in postings for posting in each}
        assert {each.division_code for each in await queries.lines_by_id(read, district.scope, list(seen)) if each} == {
            XISHAN
        }
    own = (await drafted(databases, await colleague(databases, bureau, "officer"), line(HUISHAN, own_year(), "1"))).id
    with pytest.raises(BudgetPlanNotFound):
        async with databases.read(district.scope) as read:
            await service.plan(read, district.scope, own)


async def test_what_was_handed_down_from_above_is_not_raised_from_nothing(databases: Databases) -> None:
    """A key unit's budget comes from the city's where its district has none: the district sees the one, not the other."""
    year, bureau = own_year(), await authority(databases)
    held = await held_account(databases, division=XISHAN)
    await approved(databases, bureau, line(CITY, year, "100"), line("", year, "30", account_id=held.id))
    district = await authority(databases, division=XISHAN)
    async with databases.read(district.scope) as read:
        (unit,) = await queries.annual_lines(read, district.scope, [year], account_ids=[held.id])
    with pytest.raises(BudgetHandedDown):
        async with databases.write(district.scope) as write:
            await service.adjust(write, district.scope, unit.id, tonnes=D(1), reason=WHY, document=PAPER)
    async with databases.write(bureau.scope) as write:
        await service.adjust(write, bureau.scope, unit.id, tonnes=D(1), reason=WHY, document=PAPER)
    city = await own_line(databases, CITY, year)
    assert await balance(databases, city.id) == Balance(approved=D(100), handed=D(31), available=D(69))


async def test_years_stay_within_five_and_sectors_within_their_division(databases: Databases) -> None:
    bureau = await authority(databases)
    division = "320213"
    await approved(databases, bureau, line(division, 2096, "100", last=2100))
    await approved(databases, bureau, line(division, 2096, "40"), line(division, 2097, "60"))
    with pytest.raises(BudgetOverSpan):
        await approved(databases, bureau, line(division, 2098, "0.1"))
    first = await own_line(databases, division, 2096)
    with pytest.raises(BudgetOverSpan):
        async with databases.write(bureau.scope) as write:
            await service.adjust(write, bureau.scope, first.id, tonnes=D(1), reason=WHY, document=PAPER)
    await approved(databases, bureau, line(division, 2096, "30", sector="steel"))
    with pytest.raises(BudgetSectorsOver):
        await approved(databases, bureau, line(division, 2096, "10.5", sector="chemicals"))
    with pytest.raises(BudgetSectorsOver):
        async with databases.write(bureau.scope) as write:
            await service.adjust(write, bureau.scope, first.id, tonnes=D(-11), reason=WHY, document=PAPER)


async def test_a_budget_of_a_day_to_come_is_not_drawn_on(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    await approved(databases, bureau, line(XISHAN, year, "100"), effective_on=today() + timedelta(days=2))
    with pytest.raises(BudgetMissing):
        await reserved(databases, bureau.scope, XISHAN, [(year, "1")])


async def test_the_ledger_is_read_as_of_then(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    before = now()
    await approved(databases, bureau, line(XISHAN, year, "100"), effective_on=today() - timedelta(days=10))
    between = now()
    own, scope = await own_line(databases, XISHAN, year), bureau.scope
    async with databases.write(scope) as write:
        await service.adjust(
            write, scope, own.id, tonnes=D(20), reason=WHY, document=PAPER, effective_on=today() - timedelta(days=5)
        )
    await reserved(databases, scope, XISHAN, [(year, "7")])

    async def at(**given) -> Decimal | None:
        async with databases.read(scope) as read:
            found = await service.positions(read, scope, [XISHAN], [year], **given)
        return found[XISHAN, year].available if found else None

    assert await at() == D(113)
    assert await at(known_at=between) == D(100)
    assert await at(known_at=before) is None
    assert await at(on=today() - timedelta(days=1)) == D(120)
    assert await at(on=today() - timedelta(days=6)) == D(100)
    assert await at(on=today() - timedelta(days=11)) is None
    for day in (today() - timedelta(days=11), today() + timedelta(days=1)):
        with pytest.raises(BudgetDocumentInvalid):
            async with databases.write(scope) as write:
                await service.adjust(write, scope, own.id, tonnes=D(1), reason=WHY, document=PAPER, effective_on=day)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ([], "1 to 2000 lines"),
        ([line("520100", 2050, "1")], "not within yours"),
        ([line(XISHAN, 2050, "1", sector="aliens")], "does not have"),
        ([line(XISHAN, 2050, "1"), line(XISHAN, 2050, "2")], "earlier line"),
        ([line(XISHAN, 2050, "1", withheld="2")], "withholds more"),
        ([line(XISHAN, 2050, "-1")], "less than nothing"),
        ([line(XISHAN, 2050, "1", intensity_target="0")], "intensity target"),
    ],
)
async def test_lines_that_cannot_be(databases: Databases, wrong: list[DraftLine], says: str) -> None:
    bureau = await authority(databases)
    with pytest.raises(BudgetDraftInvalid, match=says):
        await drafted(databases, bureau.scope, *wrong)


async def test_a_decomposition_becomes_a_plan_with_its_inputs(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    parts = [Given(code, output=D(value), unit="万CNY") for code, value in ((XISHAN, 3), (HUISHAN, 4))]
    asked = Asked(CITY, year, year, D(1000), D(1), Method.OUTPUT, Onto.DIVISIONS, parts, withheld_percent=D(80))
    async with databases.read(bureau.scope) as read:
        lines = await service.decomposed(read, bureau.scope, asked)
    assert [(each.division_code, each.tonnes, each.withheld) for each in lines] == [
        (XISHAN, D(429), D("343.2")), (HUISHAN, D(571), D("456.8")),
    ]  # fmt: skip
    await approved(databases, bureau, *lines)
    own = await own_line(databases, XISHAN, year)
    assert own.method is Method.OUTPUT
    assert own.basis["inputs"] == [{"name": {"zh": "产出", "en": "output"}, "value": "3", "unit": "万CNY"}]


async def test_a_five_year_total_is_decomposed_onto_its_years(databases: Databases) -> None:
    bureau, division = await authority(databases), "320214"
    first = 2091
    years = range(first, first + 5)
    outputs = [
        Given(str(year), output=D(value), unit="万CNY") for year, value in zip(years, (1, 2, 3, 4, 5), strict=True)
    ]
    asked = Asked(division, first, first + 4, D(1000), D(1), Method.OUTPUT, Onto.YEARS, outputs)
    by_hand = [Given(str(year), tonnes=D(value)) for year, value in zip(years, (210, 205, 200, 195, 190), strict=True)]
    given = Asked(division, first, first + 4, D(1000), D(1), Method.MANUAL, Onto.YEARS, by_hand, withheld_percent=D(50))
    async with databases.read(bureau.scope) as read:
        lines = await service.decomposed(read, bureau.scope, asked)
        assert [(each.first_year, each.last_year, each.tonnes) for each in lines] == [
            (year, year, D(tonnes)) for year, tonnes in zip(years, (67, 133, 200, 267, 333), strict=True)
        ]
        manual = await service.decomposed(read, bureau.scope, given)
        assert sum(each.tonnes for each in manual) == D(1000)
        for wrong in (
            replace(given, last_year=first),
            replace(given, parts=by_hand[:4], total=D(810)),
            replace(given, method=Method.HISTORY, base_years=[2024]),
        ):
            with pytest.raises(BudgetShareInvalid):
                await service.decomposed(read, bureau.scope, wrong)
    await approved(databases, bureau, line(division, first, "1000", last=first + 4), *manual)
    own = await own_line(databases, division, first + 4)
    assert (own.tonnes, own.withheld) == (D(190), D(95))
