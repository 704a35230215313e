"""Which accounts a run is due for: new inputs since they were last looked at, another model, or the night.

Inputs tell nobody that they came: they lie in nouns below. One statement compares the newest moment of each kind of input
with the moment an account was last looked at. What commits later than its own moment is caught by `MARGIN`, and what
even that misses by the nightly run.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from backend.kit.clock import CHINA, now
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.scores.peers.rollups import Key, group_of
from backend.scores.running.facts import COMPARED, basis_of, comparable
from backend.scores.running.material import basics
from backend.scores.running.values import Cause

MARGIN = timedelta(minutes=10)
"""How much longer than its own moment a change may take to commit."""
LOOK_BACK = timedelta(days=2)
"""How far back the sweep looks: every night everything is looked at."""

# Movements are many; their ids grow with time, so the newest are found by key.
CHANGED = """
select account_id, recorded_at as at from year_figure where recorded_at > :since
union all select account_id, at from inventory_transition where at > :since
union all select account_id, greatest(recorded_at, withdrawn_at) from energy_claim
    where recorded_at > :since or withdrawn_at > :since
union all select account_id, recorded_at from quota_duty_entry where recorded_at > :since
union all select account_id, recorded_at from quota_output where recorded_at > :since
union all select account_id, entered_at from quota_verified where entered_at > :since
union all select account_id, surrendered_at from quota_surrender where surrendered_at > :since
union all select from_account_id, recorded_at from ledger_movement
    where id > :first_movement and kind in ('retire', 'surrender', 'reverse')
union all select to_account_id, recorded_at from ledger_movement where id > :first_movement and kind = 'reverse'
union all select account_id, greatest(recorded_at, withdrawn_at) from score_penalty
    where recorded_at > :since or withdrawn_at > :since
union all select account_id, at from score_sign_entry where at > :since and kind <> 'explained'
union all select account_id, rated_at from esg_rating where rated_at > :since
union all select account_id, recorded_at from score_override where recorded_at > :since"""

DUE = text(f"""
with changed as materialized (
    select account_id, max(at) as at from ({CHANGED}) every where at > :since group by account_id
)
select a.id as account_id,
    case when t.checked_at is not null and (t.model_code, t.model_version) is distinct from (:model_code, :model_version)
        then 'model' else 'inputs' end as cause
from carbon_account a
left join score_standing t on t.account_id = a.id
left join changed c on c.account_id = a.id
where a.closed_at is null and a.id > :after and (
    t.checked_at is null or c.at > t.checked_at - cast(:margin as interval)
    or (t.model_code, t.model_version) is distinct from (:model_code, :model_version))
    and (t.checked_at is null or t.checked_at < :asked_at)
order by a.id
limit :limit""")

IS_DUE = text(f"select exists ({DUE.text})")

NIGHTLY = text("""
select a.id as account_id
from carbon_account a
left join score_standing t on t.account_id = a.id
where a.closed_at is null and a.id > :after and (t.checked_at is null or t.checked_at < :asked_at)
order by a.id
limit :limit""")

OPEN_ACCOUNTS = text("""
select id from carbon_account where closed_at is null and id > :after order by id limit :limit""")

FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Due:
    """An account a run is due for, and why."""

    account_id: UUID
    cause: Cause


def asked_for(
    model_code: str, model_version: int, asked_at: datetime, after: UUID = FIRST, limit: int = 1
) -> dict[str, object]:
    """Return what the statements of the sweep are asked with."""
    since = asked_at - LOOK_BACK
    return {
        "since": since, "first_movement": first_id(since), "margin": MARGIN, "asked_at": asked_at, "after": after,
        "limit": limit, "model_code": model_code, "model_version": model_version,
    }  # fmt: skip


def first_id(since: datetime) -> UUID:
    """Return the smallest id (UUIDv7) made at a moment: its first 48 bits are the milliseconds since 1970."""
    milliseconds = int((since - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    return UUID(int=milliseconds << 80)


async def is_due(read: Read, _scope: Scope, model_code: str, model_version: int) -> bool:
    """Tell whether a run is due for any account. One statement."""
    return bool(await read.value(IS_DUE, asked_for(model_code, model_version, now())))


async def due(
    read: Read, _scope: Scope, model_code: str, model_version: int, *, asked_at: datetime, after: UUID, limit: int
) -> list[Due]:
    """Return the next accounts, by id, whose inputs or model are newer than they were last looked at. One statement."""
    asked = asked_for(model_code, model_version, asked_at, after, limit)
    return [Due(row.account_id, Cause(row.cause)) for row in await read.rows(DUE, asked)]


async def of_the_night(read: Read, _scope: Scope, *, asked_at: datetime, after: UUID, limit: int) -> list[Due]:
    """Return the next accounts, by id, that were not looked at since a moment. One statement."""
    rows = await read.rows(NIGHTLY, {"asked_at": asked_at, "after": after, "limit": limit})
    return [Due(row.account_id, Cause.NIGHTLY) for row in rows]


async def open_accounts(read: Read, _scope: Scope, *, after: UUID, limit: int) -> list[UUID]:
    """Return the next open accounts by id."""
    return [row.id for row in await read.rows(OPEN_ACCOUNTS, {"after": after, "limit": limit})]


async def compared(
    read: Read, scope: Scope, account_ids: Sequence[UUID], year: int
) -> dict[Key, list[tuple[Decimal, UUID]]]:
    """Return what the accounts' year brings to the groups of their sectors: by group, value and account."""
    found: dict[Key, list[tuple[Decimal, UUID]]] = defaultdict(list)
    for account_id, each in (await basics(read, scope, account_ids, year, None)).items():
        sector = group_of(each.account.sector, is_demonstration=each.account.is_demonstration)
        for code, fact in comparable(each).items():
            if code in COMPARED and isinstance(fact.value, Decimal):
                found[sector, code, basis_of(fact)].append((fact.value, account_id))
    return found


def night_of(instant: datetime) -> datetime:
    """Return the beginning of the jurisdictions' day an instant lies in."""
    return datetime.combine(instant.astimezone(CHINA).date(), time.min, CHINA)
