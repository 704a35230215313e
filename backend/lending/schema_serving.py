"""Reads of one borrower, gathered: those of a bank that arrive together share one transaction and one commit.

A read is answered only after its log is committed, and a commit waits for the disk; many then wait for one. Each has its
own consent checked, its own row in the log and its own answer. Nothing is kept between transactions: what is served is
read anew, every time, under the consent of that moment.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text

from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.gathering import Answer, Gatherer
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.lending import service
from backend.lending.errors import BorrowerAmbiguous, BorrowerNotFound, ScoreMissing, ScoreOutOfDate
from backend.lending.reading.opening import check_bank
from backend.lending.rules.addressing import plain_key
from backend.lending.values import Batch, ReadKind

# One statement that is a transaction of its own. It says who asks, for itself alone, before the function is called: what
# the function is given hangs on what was said.
SERVE = text("""
    with said as materialized (
        select set_config('carbon.kind', 'bank', true) as kind, set_config('carbon.organisation', :bank, true) as bank
    )
    select f.place, f.outcome, f.body
        from said cross join lateral lending_serve(
            case when said.kind = 'bank' and said.bank <> '' then :keys else '{}' end, :whats, :actors, :correlations
        ) f
""").bindparams(
    bindparam("keys", type_=ARRAY(Text)),
    bindparam("whats", type_=ARRAY(Text)),
    bindparam("actors", type_=ARRAY(Uuid)),
    bindparam("correlations", type_=ARRAY(Text)),
    bindparam("bank", type_=Text),
)
MOST = 64
"""Reads in a flight: none can fail the others, so that a large crowd may share a commit."""
REFUSALS: dict[str, type[CarbonError]] = {
    "ambiguous": BorrowerAmbiguous, "expired": ScoreOutOfDate, "no_score": ScoreMissing,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One read: whose, of whom, of what."""

    scope: Scope
    key: str
    what: ReadKind


async def served(databases: Databases, settings: Settings, scope: Scope, key: str, what: ReadKind) -> str:
    """Return what a bank is served of one borrower: its credential, or its score as JSON; the read is logged.

    Raises:
        Unauthenticated, Forbidden: without `lending:read`.
        BanksOnly: the caller is no bank.
        BorrowerNotFound: nothing is opened under this key now, or there is no such borrower.
        BorrowerAmbiguous: the credit code of an enterprise with several accounts.
        ScoreMissing: nothing was computed yet.
        ScoreOutOfDate: a credential is asked for, and the newest score is past its validity.
    """
    check_bank(scope)
    place = ("lending", scope.tenant, scope.organisation_id, asyncio.get_running_loop())
    if place not in databases.companions:
        bank = str(scope.organisation_id)

        async def fly(items: Sequence[Item]) -> Sequence[Answer[str]]:
            return await _fly(databases, settings, bank, items)

        databases.companions[place] = Gatherer(fly, most=MOST)
    gatherer: Gatherer[Item, str] = databases.companions[place]
    return await gatherer.submit(Item(scope, plain_key(key), what))


async def batched(
    databases: Databases, settings: Settings, scope: Scope, keys: Sequence[str] | None, *, has_indicators: bool
) -> Batch:
    """Return the newest scores of many borrowers, signed and logged; what seals them is fetched while they are.

    Raises:
        Unauthenticated, Forbidden, BanksOnly, TooManyBorrowers: see `service.batch`.
    """
    check_bank(scope)
    sealing = asyncio.create_task(_sealed(databases, settings, scope.as_system()))
    try:
        async with databases.write(scope) as write:
            return await service.batch(write, scope, sealing, keys, has_indicators=has_indicators)
    finally:
        await asyncio.gather(sealing, return_exceptions=True)


async def _sealed(databases: Databases, settings: Settings, system: Scope) -> service.Seal:
    async with databases.write(system) as write:
        return await service.seal(write, system, settings)


async def _fly(databases: Databases, settings: Settings, bank: str, items: Sequence[Item]) -> list[Answer[str]]:
    """Serve the items in one transaction; credentials that must be made first are made in one of their own each."""
    asked = {
        "bank": bank,
        "keys": [each.key for each in items],
        "whats": [each.what.value for each in items],
        "actors": [each.scope.actor_id for each in items],
        "correlations": [each.scope.correlation_id for each in items],
    }
    told = await databases.at_once(items[0].scope.tenant, SERVE, asked)
    rows = {row.place: row for row in told}
    answers: list[Answer[str]] = []
    for place, item in enumerate(items, 1):
        row = rows.get(place)
        if row is None:
            answers.append(BorrowerNotFound())
        elif row.outcome == "served":
            answers.append(row.body)
        elif row.outcome == "unissued":
            answers.append(asyncio.create_task(_issued(databases, settings, item)))
        else:
            answers.append(REFUSALS[row.outcome]())
    return answers


async def _issued(databases: Databases, settings: Settings, item: Item) -> str:
    async with databases.write(item.scope) as write:
        made = await service.credential(write, item.scope, settings, item.key)
    return made.served
