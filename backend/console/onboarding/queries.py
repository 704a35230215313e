"""Reads of applications to join. Row-level security shows an authority those of its region."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from backend.console.access import of_authority
from backend.console.onboarding.models import JoinApplication
from backend.console.values import Duplicate, DuplicateKind, JoinState, JoinValue
from backend.kit.db import Read
from backend.kit.scope import Scope

APPLICATION = select(*(JoinApplication.__table__.columns[each.name] for each in fields(JoinValue)))

# Set-wise for a page of applications: what they may repeat, seen with the caller's own eyes. What an accepted one became
# repeats nothing.
_DUPLICATES = text("""
with asked as (
    select id, name, credit_code, contact_email, organisation_id
    from join_application where id = any(cast(:ids as uuid[]))
)
select a.id as application_id, 'organisation_code' as kind, o.id, o.name, o.credit_code
from asked a join organisation o on o.credit_code = a.credit_code and o.id is distinct from a.organisation_id
union all
select a.id, 'organisation_name', o.id, o.name, o.credit_code
from asked a join organisation o on o.name = a.name and o.credit_code <> a.credit_code and o.kind = 'enterprise'
    and o.id is distinct from a.organisation_id
union all
select a.id, case when o.credit_code = a.credit_code then 'application_code'
        when o.name = a.name then 'application_name' else 'application_email' end, o.id, o.name, o.credit_code
from asked a join join_application o on o.id <> a.id and o.state = 'received'
    and (o.credit_code = a.credit_code or o.name = a.name or o.contact_email = a.contact_email)
order by 1, 2, 3""")


def application_of(row: Any) -> JoinValue:  # noqa: ANN401 - a row of APPLICATION
    """Return a row as a value."""
    given: dict[str, Any] = {**row._mapping, "state": JoinState(row.state)}  # noqa: SLF001 - SQLAlchemy's public name
    return JoinValue(**given)


async def applications(
    read: Read, scope: Scope, *, state: JoinState | None = None, under: str | None = None, limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> list[JoinValue]:  # fmt: skip
    """Return applications, the longest waiting first.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `of_authority`.
    """
    of_authority(scope)
    wanted = APPLICATION.order_by(JoinApplication.received_at, JoinApplication.id).limit(limit)
    if state is not None:
        wanted = wanted.where(JoinApplication.state == state.value)
    if under is not None:
        wanted = wanted.where(JoinApplication.division_path.startswith(under, autoescape=True))
    if after is not None:
        at, last = after
        wanted = wanted.where(
            (JoinApplication.received_at > at) | ((JoinApplication.received_at == at) & (JoinApplication.id > last))
        )
    return [application_of(row) for row in await read.rows(wanted)]


async def application_batch(read: Read, scope: Scope, keys: Sequence[UUID]) -> list[JoinValue | None]:
    """Return applications in the order of the keys, None where the caller sees none; for a loader."""
    of_authority(scope)
    rows = await read.rows(APPLICATION.where(JoinApplication.id.in_(set(keys))))
    found = {row.id: application_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def duplicate_batch(read: Read, scope: Scope, keys: Sequence[UUID]) -> list[list[Duplicate]]:
    """Return what each application may repeat, in the order of the keys; for a loader."""
    of_authority(scope)
    found: defaultdict[UUID, list[Duplicate]] = defaultdict(list)
    for row in await read.rows(_DUPLICATES, {"ids": list(keys)}):
        found[row.application_id].append(
            Duplicate(row.application_id, DuplicateKind(row.kind), row.id, row.name, row.credit_code)
        )
    return [found[key] for key in keys]


async def receipt(read: Read, _scope: Scope, application_id: UUID) -> JoinValue | None:
    """Return an application to whoever holds its receipt, under the service's scope; None when there is none."""
    row = await read.row(APPLICATION.where(JoinApplication.id == application_id))
    return None if row is None else application_of(row)


async def waiting(read: Read, _scope: Scope, credit_code: str) -> int:
    """Return how many applications with a credit code wait."""
    return await read.value(
        select(func.count())
        .select_from(JoinApplication)
        .where(JoinApplication.credit_code == credit_code, JoinApplication.state == JoinState.RECEIVED.value)
    )
