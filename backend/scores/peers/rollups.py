"""Roll-ups of sectors: published by the nightly run, read by every run, both under the service's own scope."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.scores.errors import RollupsClosed
from backend.scores.peers import rules
from backend.scores.peers.models import ScoreRollup
from backend.scores.peers.rules import Group, Members, SectorPeers

ROLLUP_LOCK = 320230
"""The advisory lock of publishing: two nightly runs follow each other."""

Key = tuple[str, str, str]
"""Sector, fact, and what it can be compared within (a product, or nothing)."""

MADE_UP = "demonstration:"
"""What begins the sector of made-up accounts in a group: they are compared with each other and with no real one."""


def group_of(sector: str, *, is_demonstration: bool) -> str:
    """Return the sector an account is compared within."""
    return f"{MADE_UP}{sector}" if is_demonstration else sector


def is_made_up(sector: str) -> bool:
    """Tell whether the groups of this sector are of made-up accounts."""
    return sector.startswith(MADE_UP)


NEWEST = text("""
select distinct on (sector, fact, basis) sector, fact, basis, published_on, ranked, members
from score_rollup where year = :year
order by sector, fact, basis, published_on desc""")

TOLD = text("""
select distinct on (sector, fact, basis) sector, fact, basis, published_on, size, mean, steps
from score_rollup where year = :year and published_at <= coalesce(cast(:as_of as timestamptz), 'infinity')
order by sector, fact, basis, published_on desc""").columns(steps=JSONB)


@dataclass(frozen=True)
class Board:
    """Everything told of a year's groups."""

    year: int
    groups: Mapping[Key, Group]

    @cached_property
    def _by_sector(self) -> Mapping[str, Sequence[tuple[str, str, Group]]]:
        found: dict[str, list[tuple[str, str, Group]]] = defaultdict(list)
        for (sector, fact, basis), group in self.groups.items():
            found[sector].append((fact, basis, group))
        return found

    @cached_property
    def _overall(self) -> Mapping[tuple[bool, str, str], Decimal | None]:
        found: dict[tuple[bool, str, str], list[Group]] = defaultdict(list)
        for (sector, fact, basis), group in self.groups.items():
            found[is_made_up(sector), fact, basis].append(group)
        return {key: rules.overall_mean(groups) for key, groups in found.items()}

    @cached_property
    def _peers(self) -> dict[tuple[object, ...], SectorPeers]:
        return {}

    def peers(self, sector: str, bases: Mapping[str, str]) -> SectorPeers:
        """Return how a sector lies; `bases` say of which product an account's fact is, where that matters."""
        key = (sector, *sorted(bases.items()))
        found = self._peers.get(key)
        if found is None:
            known = self._by_sector.get(sector, ())
            found = SectorPeers({fact: group for fact, basis, group in known if basis == bases.get(fact, "")})
            self._peers[key] = found
        return found

    def overall(self, sector: str, fact: str, basis: str) -> Decimal | None:
        """Return the mean over the told sectors; a made-up account is told of made-up ones."""
        return self._overall.get((is_made_up(sector), fact, basis))


async def board(read: Read, scope: Scope, year: int, as_of: datetime | None = None) -> Board:
    """Return what was told of a year's groups at a moment (None: now). One statement.

    Raises:
        RollupsClosed: anybody but the service.
    """
    _only_the_service(scope)
    rows = await read.rows(TOLD, {"year": year, "as_of": as_of})
    groups = {
        (row.sector, row.fact, row.basis): Group(
            row.size, row.mean, tuple((Decimal(mean), count) for mean, count in row.steps), row.published_on
        )
        for row in rows
    }
    return Board(year, groups)


async def publish(
    write: Write, scope: Scope, year: int, on: date, values: Mapping[Key, Sequence[tuple[Decimal, UUID]]]
) -> int:
    """Publish the groups of a year that may be, and of which enough is new; return how many.

    Nothing published today is published again.

    Raises:
        RollupsClosed: anybody but the service.
    """
    _only_the_service(scope)
    await write.value(text("select pg_advisory_xact_lock(:lock)"), {"lock": ROLLUP_LOCK})
    before: dict[Key, tuple[date, Members]] = {}
    for row in await write.rows(NEWEST, {"year": year}):
        members = Members(tuple(row.ranked), tuple(row.members))
        before[row.sector, row.fact, row.basis] = (row.published_on, members)
    rows: list[dict[str, Any]] = []
    for key, pairs in sorted(values.items()):
        members = rules.ranked(pairs)
        known = before.get(key)
        if known is not None and known[0] >= on:
            continue
        if rules.is_published(None if known is None else known[1], members):
            rows.append(_row(year, key, on, members))
    for row in rows:
        await write.run(upsert(ScoreRollup).values(**row).on_conflict_do_nothing())
    if rows:
        write.audit("scores:publish_rollups", object_type="year", object_id=year, groups=len(rows))
    return len(rows)


def _row(year: int, key: Key, on: date, members: Members) -> dict[str, Any]:
    sector, fact, basis = key
    return {
        "year": year, "sector": sector, "fact": fact, "basis": basis, "published_on": on, "published_at": now(),
        "size": len(members.values), "mean": rules.mean_of(members.values),
        "steps": [[format(mean, "f"), count] for mean, count in rules.steps_of(members.values)],
        "ranked": list(members.values), "members": list(members.ids),
    }  # fmt: skip


def _only_the_service(scope: Scope) -> None:
    if scope.kind is not Kind.SYSTEM:
        raise RollupsClosed
