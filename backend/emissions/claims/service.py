"""Commands on claimed energy, called by whoever cancels the certificates, in the same transaction."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.emissions.activity import books
from backend.emissions.claims import queries
from backend.emissions.claims.covering import total
from backend.emissions.claims.errors import ClaimExceedsPurchase, ClaimYearClosed
from backend.emissions.claims.values import Claiming, EnergyClaim, Facts, Purchases
from backend.emissions.inventory.errors import YearNotOpen
from backend.kit.db import Read, Write
from backend.kit.errors import NotFound
from backend.kit.quantities import EXACT
from backend.kit.scope import Scope

YEAR = text("""
select a.organisation_id, y.year, y.closed_at is not null or coalesce((
        select v.state = 'closed' from inventory v where v.account_id = a.id and v.year = :year
        order by v.version desc limit 1), false) as is_closed
from carbon_account a left join reporting_year y on y.account_id = a.id and y.year = :year
where a.id = :account_id""")

STORE = text("""
insert into energy_claim (account_id, movement_id, year, mwh, facts, recorded_at, recorded_by)
values (:account_id, :movement_id, :year, :mwh, cast(:facts as jsonb), :recorded_at, :recorded_by)""")

WITHDRAW = text("""
update energy_claim set withdrawn_at = :at, withdrawn_by = :by
where account_id = :account_id and movement_id = :movement_id and withdrawn_at is null
returning account_id, movement_id, year, mwh, facts, recorded_at, recorded_by, withdrawn_at""").columns(facts=JSONB)


async def claimable_energy(write: Write, scope: Scope, account_id: UUID, year: int) -> Decimal:
    """Lock the account's books until the transaction ends, and return how many MWh more can be claimed for the year.

    Call it before the ledger is asked to cancel anything: the books are locked before the ledger's accounts.

    Raises:
        Unauthenticated, Forbidden: without `credits:claim`.
        NotFound: no such account, or not visible.
        YearNotOpen: the account does not report on this year.
        ClaimYearClosed: the year is closed.
    """
    scope.require("credits:claim")
    claimed, purchased, _ = await _standing(write, scope, account_id, year)
    return max(Decimal(0), EXACT.subtract(purchased, claimed))


async def is_year_closed(read: Read, scope: Scope, account_id: UUID, year: int) -> bool:
    """Tell whether a year's electricity takes no claim any more, because the year or its inventory is closed.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    known = await read.row(YEAR, {"account_id": account_id, "year": year})
    return known is not None and bool(known.is_closed)


async def claim_energy(
    write: Write, scope: Scope, account_id: UUID, year: int, mwh: Decimal, movement_id: UUID, facts: Facts
) -> EnergyClaim:
    """Record that certificates of one movement cover `mwh` of the account's purchased electricity of a year.

    Raises:
        as `claim_energies`.
    """
    return (await claim_energies(write, scope, account_id, year, [Claiming(movement_id, mwh, facts)]))[0]


async def claim_energies(
    write: Write, scope: Scope, account_id: UUID, year: int, claims: Sequence[Claiming]
) -> list[EnergyClaim]:
    """Record that certificates of some movements cover the account's purchased electricity of a year; all or none.

    Raises:
        Unauthenticated, Forbidden: without `credits:claim`.
        NotFound: no such account, or not visible.
        YearNotOpen: the account does not report on this year.
        ClaimYearClosed: the year is closed.
        ClaimExceedsPurchase: together with what is claimed already it is more than was bought.
    """
    scope.require("credits:claim")
    claimed, purchased, known = await _standing(write, scope, account_id, year)
    room = max(Decimal(0), EXACT.subtract(purchased, claimed))
    asked = total(each.mwh for each in claims)
    if asked > room:
        raise ClaimExceedsPurchase(
            year=year, asked=_plain(asked), purchased=_plain(purchased), claimed=_plain(claimed), room=_plain(room)
        )
    at = await books.enter(write, [account_id])
    common = {"account_id": account_id, "year": year, "recorded_at": at, "recorded_by": scope.actor_id}
    rows = [
        {
            **common, "movement_id": each.movement_id, "mwh": each.mwh,
            "facts": json.dumps(each.facts.as_json(), ensure_ascii=False),
        }
        for each in claims
    ]  # fmt: skip
    await write.run(STORE, rows)
    write.audit(
        "emissions:claim_energy", object_type="energy_claim", object_id=claims[0].movement_id, account_id=account_id,
        organisation_id=known.organisation_id, year=year, mwh=_plain(asked),
        movements=[each.facts.movement_number for each in claims],
    )  # fmt: skip
    return [
        EnergyClaim(
            account_id, each.movement_id, each.facts.movement_number, year, each.mwh, each.facts.class_code,
            each.facts.parts, at, scope.actor_id, None,
        )
        for each in claims
    ]  # fmt: skip


async def withdraw_energy_claim(write: Write, scope: Scope, movement_id: UUID) -> EnergyClaim | None:
    """Take back what a movement's certificates covered; None when they covered no electricity (any more).

    Raises:
        Unauthenticated, Forbidden: without `ledger:reverse`.
        ClaimYearClosed: the year is closed.
    """
    scope.require("ledger:reverse")
    known = (await queries.claims_by_movement(write, scope, [movement_id])).get(movement_id)
    if known is None:
        return None
    at = await books.enter(write, [known.account_id])
    year = await _year(write, known.account_id, known.year)
    given: dict[str, Any] = {"account_id": known.account_id, "movement_id": movement_id}
    row = await write.row(WITHDRAW, {**given, "at": at, "by": scope.actor_id})
    if row is None:
        return None
    write.audit(
        "emissions:withdraw_energy_claim", object_type="energy_claim", object_id=movement_id,
        organisation_id=year.organisation_id, account_id=known.account_id, year=known.year, mwh=_plain(known.mwh),
    )  # fmt: skip
    return queries.claim_of(row)


async def _standing(write: Write, scope: Scope, account_id: UUID, year: int) -> tuple[Decimal, Decimal, Any]:
    """Lock the books; return MWh claimed and MWh claimable at most, and the year's row."""
    at = await books.enter(write, [account_id])
    known = await _year(write, account_id, year)
    claims = await queries.known_claims(write, scope, [account_id], year, at)
    bought = await queries.purchases(write, scope, [account_id], year, at)
    claimed = total(each.mwh for each in claims.get(account_id, []))
    return claimed, bought.get(account_id, Purchases()).net, known


async def _year(write: Write, account_id: UUID, year: int) -> Any:  # noqa: ANN401 - a row
    known = await write.row(YEAR, {"account_id": account_id, "year": year})
    if known is None:
        raise NotFound(what="carbon account")
    if known.year is None:
        raise YearNotOpen(year=year)
    if known.is_closed:
        raise ClaimYearClosed(year=year)
    return known


def _plain(mwh: Decimal) -> str:
    return format(mwh, "f")
