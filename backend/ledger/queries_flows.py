"""An account's units over a time, on both axes: by the day movements took effect, as the books knew them at a moment.

`queries_statement` follows the books' own order (the moment of recording); this is the other reading, for a statement of
what was true in a period: a movement recorded in January that took effect in December belongs to December.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.queries_statement import check_account
from backend.ledger.values import Bucket, MovementKind

HELD = (Bucket.AVAILABLE, Bucket.OFFERED, Bucket.PLEDGED, Bucket.RESERVED)
"""Where units are still the holder's."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days (both included) when movements took effect, and the moment whose knowledge counts."""

    first: date
    last: date
    known_at: datetime


@dataclass(frozen=True, slots=True)
class BatchFlow:
    """Units of one batch in one bucket: before the first day, at the end of the last, and all that was known at all."""

    class_code: str
    batch_id: UUID
    bucket: Bucket
    opening: Decimal
    closing: Decimal
    known: Decimal


@dataclass(frozen=True, slots=True)
class KindFlow:
    """The movements of one kind in one class within the span: how many, and what they changed in the units held."""

    class_code: str
    kind: MovementKind
    movements: int
    change: Decimal


@dataclass(frozen=True, slots=True)
class MovementFlow:
    """A movement within the span: what it changed in the units held, and what was held after it.

    `reverses` is the number of the movement it takes back, `undone_by` of the one that took it back (known by then).
    """

    id: UUID
    number: int
    kind: MovementKind
    class_code: str
    quantity: Decimal
    change: Decimal
    balance: Decimal
    effective_on: date
    recorded_at: datetime
    purpose: str
    beneficiary: str
    period: int | None
    reference: str
    reverses: int | None
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class Flows:
    """What an account's units did over a span. `movements` are the newest of each class, at most as many as asked."""

    batches: tuple[BatchFlow, ...]
    kinds: tuple[KindFlow, ...]
    movements: tuple[MovementFlow, ...]


BATCHES = text("""
select p.class_code, p.batch_id, p.bucket,
    trim_scale(coalesce(sum(p.amount) filter (where m.effective_on < cast(:first as date)), 0)) as opening,
    trim_scale(coalesce(sum(p.amount) filter (where m.effective_on <= cast(:last as date)), 0)) as closing,
    trim_scale(sum(p.amount)) as known
from ledger_posting p join ledger_movement m on m.id = p.movement_id
where p.account_id = :account and p.recorded_at <= :known_at
group by 1, 2, 3 order by 1, 2, 3""")

MOVED = """
with moved as materialized (
    select p.class_code, p.movement_id, coalesce(sum(p.amount) filter (where p.bucket = any(cast(:held as text[]))), 0) as held
    from ledger_posting p
    where p.account_id = :account and p.recorded_at <= :known_at
    group by 1, 2
)"""

KINDS = text(f"""{MOVED}
select v.class_code, m.kind, count(*) as movements, trim_scale(sum(v.held)) as change
from moved v join ledger_movement m on m.id = v.movement_id
where m.effective_on between cast(:first as date) and cast(:last as date)
group by 1, 2 order by 1, 2""")

MOVEMENTS = text(f"""{MOVED},
lined as (
    select m.*, v.held as change, v.class_code as book,
        sum(v.held) over (partition by v.class_code order by m.effective_on, m.number) as balance,
        row_number() over (
            partition by v.class_code, m.kind in ('retire', 'surrender') order by m.effective_on desc, m.number desc
        ) as place
    from moved v join ledger_movement m on m.id = v.movement_id
    where m.effective_on <= cast(:last as date)
)
select l.id, l.number, l.kind, l.book, trim_scale(l.quantity) as quantity, trim_scale(l.change) as change,
    trim_scale(l.balance) as balance, l.effective_on, l.recorded_at, l.purpose, l.beneficiary, l.period, l.reference,
    r.number as reverses, u.number as undone_by
from lined l
left join ledger_movement r on r.id = l.reverses_id
left join ledger_movement u on u.reverses_id = l.id and u.recorded_at <= :known_at
where l.effective_on >= cast(:first as date) and l.place <= :most
order by l.book, l.effective_on, l.number""")


async def flows(read: Read, scope: Scope, account_id: UUID, span: Span, *, most: int) -> Flows:
    """Return what an account's units did over a span; three statements.

    Of each class the newest `most` movements come, and apart from them the newest `most` retirements and surrenders.

    Raises:
        Unauthenticated, Forbidden: without `ledger:read`.
        AccountUnknown: not there, or not the caller's to look into.
    """
    await check_account(read, scope, account_id)
    asked = {"account": account_id, "first": span.first, "last": span.last, "known_at": span.known_at}
    held = [each.value for each in HELD]
    batches = await read.rows(BATCHES, asked)
    kinds = await read.rows(KINDS, {**asked, "held": held})
    moved = await read.rows(MOVEMENTS, {**asked, "held": held, "most": most})
    return Flows(
        tuple(
            BatchFlow(each.class_code, each.batch_id, Bucket(each.bucket), each.opening, each.closing, each.known)
            for each in batches
        ),
        tuple(KindFlow(each.class_code, MovementKind(each.kind), each.movements, each.change) for each in kinds),
        tuple(
            MovementFlow(
                each.id, each.number, MovementKind(each.kind), each.book, each.quantity, each.change, each.balance,
                each.effective_on, each.recorded_at, each.purpose, each.beneficiary, each.period, each.reference,
                each.reverses, each.undone_by,
            )
            for each in moved
        ),
    )  # fmt: skip
