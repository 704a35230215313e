"""Facts of many accounts at once, with what the checks found and how each account's sector lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.scores.peers.rollups import Board, board, group_of
from backend.scores.peers.rules import SectorPeers
from backend.scores.running.facts import all_facts, basis_of, comparable
from backend.scores.running.material import Material, material
from backend.scores.running.values import Finding
from backend.scores.values import Fact, Source


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything a score of an account is made from. `sector` is that of its groups, `bases` say of which product a fact is."""

    account_id: UUID
    organisation_id: UUID
    sector: str
    facts: Mapping[str, Fact]
    findings: Sequence[Finding]
    peers: SectorPeers
    bases: Mapping[str, str]


async def gather(
    read: Read, scope: Scope, account_ids: Sequence[UUID], year: int, as_of: datetime | None = None
) -> dict[UUID, dict[str, Fact]]:
    """Return the facts of each account's year as they were known at `as_of` (None: now), by code.

    Runs under the service's scope: a sector's mean is read from roll-ups nobody else may read. The number of statements
    does not grow with accounts; those that are not visible are left out.

    Raises:
        RollupsClosed: anybody but the service.
    """
    found = await gathered(read, scope, account_ids, year, as_of)
    return {account_id: dict(each.facts) for account_id, each in found.items()}


async def gathered(
    read: Read,
    scope: Scope,
    account_ids: Sequence[UUID],
    year: int,
    as_of: datetime | None = None,
    told: Board | None = None,
) -> dict[UUID, Gathered]:
    """Return everything scores of the accounts' year are made from; `told` is the board where it was read already.

    Raises:
        RollupsClosed: anybody but the service.
    """
    told = told or await board(read, scope, year, as_of)
    found = await material(read, scope, account_ids, year, as_of)
    return {account_id: _gathered(each, told) for account_id, each in found.items()}


async def records_behind(read: Read, scope: Scope, account_id: UUID, year: int, fact: str) -> tuple[Source, ...]:
    """Return the records a fact is made from now, but for corrections of the fact itself; none for one that is not there.

    Raises:
        RollupsClosed: anybody but the service.
    """
    told = await board(read, scope, year)
    found = (await material(read, scope, [account_id], year, None)).get(account_id)
    if found is None:
        return ()
    found.overrides = [each for each in found.overrides if each.fact != fact]
    known = _gathered(found, told).facts.get(fact)
    return () if known is None else known.sources


def _gathered(found: Material, told: Board) -> Gathered:
    facts, account = comparable(found), found.account
    bases = {code: basis for code, fact in facts.items() if (basis := basis_of(fact))}
    sector = group_of(account.sector, is_demonstration=account.is_demonstration)
    peers = told.peers(sector, bases)
    every, findings = all_facts(found, facts, peers)
    return Gathered(account.id, account.organisation_id, sector, every, findings, peers, bases)


__all__ = ["Gathered", "gather", "gathered", "records_behind"]
