"""Reads of warnings with who may ask."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.monitoring.alerts import queries
from backend.monitoring.alerts.terms import of_authority
from backend.monitoring.alerts.values import CauseKind, EvaluationValue, WarningState, WarningValue
from backend.monitoring.errors import WarningNotFound
from backend.regions import service as regions

OPEN = (WarningState.OPEN, WarningState.RESPONDING, WarningState.CLOSING)


async def warnings(
    read: Read,
    scope: Scope,
    *,
    division_code: str | None = None,
    states: Sequence[WarningState] = (),
    kinds: Sequence[CauseKind] = (),
    levels: Sequence[str] = (),
    account_id: UUID | None = None,
    is_overdue_only: bool = False,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[WarningValue]:
    """Return warnings, the newest first: an authority's own subtree, an enterprise's own as a key unit.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:read`.
        DivisionUnknown: there is none, or it lies outside the caller's region.
    """
    scope.require("monitoring:read")
    under = None if division_code is None else (await regions.own_division(read, scope, division_code)).path
    return await queries.warnings(
        read, scope, under=under, states=states, kinds=kinds, levels=levels, account_id=account_id,
        due_before=today() if is_overdue_only else None, after=after, limit=limit,
    )  # fmt: skip


async def open_warnings(
    read: Read, scope: Scope, *, division_code: str | None = None, is_overdue_only: bool = False, limit: int = 100
) -> list[WarningValue]:
    """Return the warnings that are not closed, the newest first; for desks.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:read`.
        DivisionUnknown: there is none, or it lies outside the caller's region.
    """
    return await warnings(
        read, scope, division_code=division_code, states=OPEN, is_overdue_only=is_overdue_only, limit=limit
    )


async def warning(read: Read, scope: Scope, warning_id: UUID) -> WarningValue:
    """Return a warning.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:read`.
        WarningNotFound: not there, or not visible.
    """
    scope.require("monitoring:read")
    found = await queries.warning(read, scope, warning_id)
    if found is None:
        raise WarningNotFound
    return found


async def evaluations(
    read: Read,
    scope: Scope,
    *,
    division_code: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[EvaluationValue]:
    """Return evaluations of the caller's region, the newest first.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:read`.
        MonitoringOfAuthorities: not an authority.
        DivisionUnknown: there is none, or it lies outside the caller's region.
    """
    of_authority(scope, "monitoring:read")
    under = None if division_code is None else (await regions.own_division(read, scope, division_code)).path
    return await queries.evaluations(read, scope, under=under, after=after, limit=limit)
