"""Reads of events and their neutrality. Row-level security has decided what is visible before any condition here."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, tuple_

from backend.credits.events.models import CarbonEvent, CarbonEventLine, CarbonEventRetirement, EventRule
from backend.credits.events.values import EventState, EventValue, LineValue, RetirementValue, RuleValue
from backend.credits.programmes.queries import columns_of
from backend.kit.db import Read
from backend.kit.scope import Scope

Key = tuple[UUID, UUID]
RULE = select(*columns_of(EventRule, RuleValue))
EVENT = select(*columns_of(CarbonEvent, EventValue))
LINE = select(*columns_of(CarbonEventLine, LineValue))
RETIREMENT = select(*columns_of(CarbonEventRetirement, RetirementValue))


def rule(row: Any) -> RuleValue:  # noqa: ANN401 - a row
    """Return a row as a setting."""
    given: dict[str, Any] = {**row._mapping, "classes": tuple(row.classes), "required": tuple(row.required)}  # noqa: SLF001 - SQLAlchemy's public name
    return RuleValue(**given)


def event(row: Any) -> EventValue:  # noqa: ANN401 - a row
    """Return a row as an event."""
    given: dict[str, Any] = {**row._mapping, "state": EventState(row.state)}  # noqa: SLF001 - SQLAlchemy's public name
    return EventValue(**given)


async def settings(read: Read, scope: Scope, *, after: UUID | None = None, limit: int | None = None) -> list[RuleValue]:
    """Return what authorities set for events, newest first."""
    wanted = RULE.order_by(EventRule.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(EventRule.id < after)
    return [rule(row) for row in await read.rows(wanted)]


async def events(
    read: Read,
    scope: Scope,
    *,
    account_id: UUID | None = None,
    state: EventState | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[EventValue]:
    """Return visible events, newest first."""
    wanted = EVENT.order_by(CarbonEvent.id.desc()).limit(limit)
    if account_id is not None:
        wanted = wanted.where(CarbonEvent.account_id == account_id)
    if state is not None:
        wanted = wanted.where(CarbonEvent.state == state.value)
    if after is not None:
        wanted = wanted.where(CarbonEvent.id < after)
    return [event(row) for row in await read.rows(wanted)]


async def events_by_id(read: Read, scope: Scope, keys: list[Key]) -> list[EventValue | None]:
    """Return the event of each (account, event), None for an invisible one; for a loader."""
    where = tuple_(CarbonEvent.account_id, CarbonEvent.id).in_(keys)
    found = {(row.account_id, row.id): event(row) for row in await read.rows(EVENT.where(where))}
    return [found.get(each) for each in keys]


async def lines_of(read: Read, scope: Scope, keys: list[Key]) -> list[list[LineValue]]:
    """Return the lines of each (account, event) as they were set last, in their order; for a loader."""
    found: dict[Key, list[LineValue]] = {each: [] for each in keys}
    wanted = (
        LINE.join(
            CarbonEvent,
            and_(
                CarbonEvent.account_id == CarbonEventLine.account_id, CarbonEvent.id == CarbonEventLine.event_id,
                CarbonEvent.revision == CarbonEventLine.revision,
            ),
        )
        .where(tuple_(CarbonEventLine.account_id, CarbonEventLine.event_id).in_(keys))
        .order_by(CarbonEventLine.position)
    )  # fmt: skip
    for row in await read.rows(wanted):
        found[row.account_id, row.event_id].append(LineValue(*row))
    return [found[each] for each in keys]


async def retirements_of(read: Read, scope: Scope, keys: list[Key]) -> list[list[RetirementValue]]:
    """Return what was retired for each (account, event), in that order, reversed ones too; for a loader."""
    found: dict[Key, list[RetirementValue]] = {each: [] for each in keys}
    where = tuple_(CarbonEventRetirement.account_id, CarbonEventRetirement.event_id).in_(keys)
    order = (CarbonEventRetirement.retired_at, CarbonEventRetirement.movement_id)
    for row in await read.rows(RETIREMENT.where(where).order_by(*order)):
        found[row.account_id, row.event_id].append(RetirementValue(*row))
    return [found[each] for each in keys]
