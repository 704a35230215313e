"""Reads of requests for factors: an enterprise's own, an authority's those of its region."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.factors import service as factors
from backend.factors.values import State
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.knowledge.values import RequestState, RequestValue, StepKind

_REQUESTS = """
select r.id, r.account_id, r.division_path, r.wanted, r.unit, r.purpose, r.suggested_value, r.suggested_source, r.asked_at,
    r.asked_by, s.kind, s.version_id, s.reason, s.at
from knowledge_factor_request r
left join lateral (
    select kind, version_id, reason, at from knowledge_factor_step
    where account_id = r.account_id and request_id = r.id order by at desc, id desc limit 1
) s on true
"""
_LIST = text(f"""{_REQUESTS}
where (not :is_waiting or s.kind is null)
    and (cast(:account as uuid) is null or r.account_id = :account)
    and (cast(:after_at as timestamptz) is null or (r.asked_at, r.id) < (:after_at, cast(:after_id as uuid)))
order by r.asked_at desc, r.id desc limit :limit""")
_BY_ID = text(f"{_REQUESTS} where r.id = any(cast(:ids as uuid[]))")
_BY_STEP = {StepKind.REFUSED: RequestState.REFUSED, StepKind.WITHDRAWN: RequestState.WITHDRAWN}
_BY_VERSION = {
    State.ACTIVE: RequestState.ANSWERED, State.DRAFT: RequestState.PROPOSED, State.REJECTED: RequestState.OPEN,
}  # fmt: skip


async def requests(
    read: Read, scope: Scope, *, limit: int, after: tuple[datetime, UUID] | None = None, account_id: UUID | None = None,
    is_waiting: bool = False,
) -> list[RequestValue]:  # fmt: skip
    """Return requests the caller may see, the newest first; `is_waiting` keeps those nobody did anything about.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:read`.
    """
    scope.require("knowledge:read")
    at, last = after or (None, None)
    given = {"is_waiting": is_waiting, "account": account_id, "after_at": at, "after_id": last, "limit": limit}
    return await _told(read, scope, await read.rows(_LIST, given))


async def request_batch(read: Read, scope: Scope, ids: list[UUID]) -> list[RequestValue | None]:
    """Return the request of each id, None where there is none; for a loader."""
    found = {each.id: each for each in await _told(read, scope, await read.rows(_BY_ID, {"ids": ids}))}
    return [found.get(each) for each in ids]


async def _told(read: Read, scope: Scope, rows: Sequence[Any]) -> list[RequestValue]:
    """Return rows as values; what a version says of itself decides whether it answers."""
    values = [_value(row) for row in rows]
    wanted = [each.version_id for each in values if each.version_id is not None]
    versions = await factors.parameters_by_id(read, scope, wanted)
    return [
        each
        if each.version_id is None
        else replace(
            each, state=_BY_VERSION[versions[each.version_id].state] if each.version_id in versions else RequestState.OPEN
        )
        for each in values
    ]  # fmt: skip


def _value(row: Any) -> RequestValue:  # noqa: ANN401 - a row of `_REQUESTS`
    kind = None if row.kind is None else StepKind(row.kind)
    return RequestValue(
        id=row.id, account_id=row.account_id, division_path=row.division_path, wanted=row.wanted, unit=row.unit,
        purpose=row.purpose, suggested_value=row.suggested_value, suggested_source=row.suggested_source,
        asked_at=row.asked_at, asked_by=row.asked_by,
        state=RequestState.OPEN if kind is None else _BY_STEP.get(kind, RequestState.PROPOSED),
        version_id=row.version_id, reason=row.reason or "", decided_at=row.at,
    )  # fmt: skip
