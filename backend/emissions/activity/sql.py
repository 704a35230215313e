"""Which records count, said once as SQL.

**Chain.** The records of one source, meter and month are a chain: a first entry, then corrections and
withdrawals that each name the one before and are recorded strictly later. All of a chain is kept for ever.

**Decision.** A record is decided by its batch or by itself; of all decisions that cover it, the newest counts
(on the same instant, the one on the record itself). No decision yet: pending.

**Counting.** Of a chain, the newest *approved* record counts, unless it is a withdrawal. So a correction that
waits or was rejected changes nothing: what was approved before it stands, and the waiting one is shown as
excluded. Records and decisions later than `as_of` are not known yet: the account is read as it was.

**Instants.** `recorded_at` and `decided_at` are taken by `books.enter`, under the account's lock. Whoever needs
an `as_of` that stays true for ever (a calculation) takes it from there too; then nothing can be recorded
before it any more.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

NO_METER = "'00000000-0000-0000-0000-000000000000'::uuid"
"""Stands for 'no meter' where two records must be comparable by plain equality (and therefore by hashing)."""

DECISIONS = """
batch_decision as materialized (
    select distinct on (account_id, batch_id) account_id, batch_id, decision, decided_at
    from approval
    where account_id = any(cast(:account_ids as uuid[])) and record_id is null and decided_at <= :as_of
    order by account_id, batch_id, decided_at desc, id desc
),
record_decision as materialized (
    select distinct on (account_id, record_id) account_id, record_id, decision, decided_at
    from approval
    where account_id = any(cast(:account_ids as uuid[])) and record_id is not null and decided_at <= :as_of
    order by account_id, record_id, decided_at desc, id desc
)"""
"""CTEs: the newest decision on each batch and on each single record, as of `:as_of`."""

STATE = """case
        when rd.decision is not null and (bd.decided_at is null or rd.decided_at >= bd.decided_at) then rd.decision
        else coalesce(bd.decision, 'pending')
    end"""
"""A record's state (`approved`, `pending`, `rejected`) from the joins of `DECIDED`."""

DECIDED = """
    left join batch_decision bd on bd.account_id = r.account_id and bd.batch_id = r.batch_id
    left join record_decision rd on rd.account_id = r.account_id and rd.record_id = r.id"""
"""Joins of `activity_record r` with the decisions that cover it."""

KNOWN = """r.account_id = any(cast(:account_ids as uuid[])) and r.month between :first_month and :last_month
        and r.recorded_at <= :as_of"""
"""The records of the accounts and months asked for, as far as they were known."""


def current_records() -> str:
    """Return CTEs, to be put after WITH, of which the last is `current_records`.

    Columns: account_id, id, batch_id, source_id, meter_id, month, quantity, unit, tier, parameters,
    evidence_id, multiplier (the meter's transformer ratio, 1 without a meter), state (`approved`, `pending`,
    `rejected`), is_approved. Rows with `is_approved` count. The others stand at the end of their chain without
    approval and are to be shown as excluded; withdrawals never appear. Bind `parameters_of`.
    """
    return f"""{DECISIONS},
later as materialized (
    -- Corrections are few beside first entries, so this stays small and is joined by hash.
    select r.account_id, r.source_id, coalesce(r.meter_id, {NO_METER}) as meter, r.month,
        max(r.recorded_at) as newest, max(r.recorded_at) filter (where {STATE} = 'approved') as newest_approved
    from activity_record r {DECIDED}
    where {KNOWN} and r.supersedes_id is not null
    group by 1, 2, 3, 4
),
current_records as (
    select r.account_id, r.id, r.batch_id, r.source_id, r.meter_id, r.month, r.quantity, r.unit, r.tier,
        r.parameters, r.evidence_id, coalesce(m.multiplier, 1) as multiplier,
        {STATE} as state, {STATE} = 'approved' as is_approved
    from activity_record r {DECIDED}
    left join later l on l.account_id = r.account_id and l.source_id = r.source_id and l.month = r.month
        and l.meter = coalesce(r.meter_id, {NO_METER})
    left join meter m on m.account_id = r.account_id and m.id = r.meter_id
    where {KNOWN} and not r.is_withdrawn
        and r.recorded_at >= coalesce(case when {STATE} = 'approved' then l.newest_approved else l.newest end,
            '-infinity')
)"""


def parameters_of(account_ids: Sequence[UUID], first_month: date, last_month: date, as_of: datetime) -> dict[str, Any]:
    """Return the values `current_records` binds; months are first days, both included."""
    return {"account_ids": list(account_ids), "first_month": first_month, "last_month": last_month, "as_of": as_of}
