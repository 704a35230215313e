"""Checking the books: the result is stored, what is broken is told loudly, its classes are frozen.

The standing invariants are looked at every hour, the whole journal is recomputed every night. Nothing is mended. A frozen class stays frozen until the registrar has found out why and opens it again.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.types import LargeBinary

from backend.kit.clock import CHINA, now
from backend.kit.db import Write
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.logs import log
from backend.kit.scope import Kind, Scope
from backend.ledger.journal import queries
from backend.ledger.journal.entries import GENESIS, LATERAL, TEXT
from backend.ledger.journal.invariants import INVARIANTS
from backend.ledger.journal.values import Breach, CheckKind, CheckValue, Verdict
from backend.ledger.journal.words import of_fault
from backend.ledger.models import LedgerCheck, LedgerClass, LedgerHead, LedgerLink
from backend.ledger.service.classes import freeze

EXAMPLES = 5
LOCK = text("select pg_try_advisory_xact_lock(hashtext('carbon.ledger_check'))")
VERIFYING = text("select pg_try_advisory_xact_lock(hashtext('carbon.ledger_verification'))")
CHAIN = "chain_unbroken"
JOURNAL = "journal_recomputed"
NIGHT = time(2)
"""When the journal is recomputed, by the clock of the jurisdictions."""

COUNTS = text("""
    select jsonb_build_object(
        'movements', (select count(*) from ledger_movement), 'postings', (select count(*) from ledger_posting),
        'balances', (select count(*) from ledger_balance), 'batches', (select count(*) from ledger_batch),
        'lots', (select count(*) from ledger_lot), 'holds', (select count(*) from ledger_hold),
        'claims', (select count(*) from claim), 'links', (select count(*) from ledger_link))
""")
TOTALS = text("""
    select jsonb_object_agg(class_code, buckets) from (
        select class_code, jsonb_object_agg(bucket, amount) as buckets from (
            select class_code, bucket, trim_scale(sum(amount))::text as amount
                from ledger_balance group by class_code, bucket
        ) b group by class_code
    ) c
""")
NEW_LINKS = f"""
    select m.class_code, case
            when l.position <> l.at + 1 then format('position %s is missing', l.at + 1)
            when m.id is null then format('the movement of position %s is missing', l.position)
            when l.hash <> sha256(l.before || l.entry_hash) then format('the hash at position %s does not follow', l.position)
            else format('the entry at position %s (movement %s) was changed', l.position, m.number) end as what
        from (
            select *, lag(hash, 1, :hash) over (order by position) as before,
                    lag(position, 1, :position) over (order by position) as at
                from ledger_link where position > :position and position <= :end
        ) l left join ledger_movement m on m.id = l.movement_id {LATERAL}
        where l.position <> l.at + 1 or m.id is null or l.hash <> sha256(l.before || l.entry_hash)
            or l.entry_hash <> sha256(convert_to({TEXT}, 'UTF8'))
"""

logger = log(__name__)


async def check_books(write: Write, scope: Scope) -> CheckValue:
    """Look at every standing invariant now, store the result, and freeze the classes of units it does not hold for.

    The chain is followed from where it was whole the last time; `verify_journal` follows all of it.

    Raises:
        Forbidden: for anybody but the service: whoever does not see every row cannot add them up.
    """
    if scope.kind is not Kind.SYSTEM:
        raise Forbidden(permission="ledger:check")
    started_at = now()
    breaches: list[Breach] = []
    for name, statement in INVARIANTS.items():
        breaches += await _broken(write, name, statement, {})
    chain, broken = await _chain(write, scope)
    breaches += broken
    counted = {**(await write.value(COUNTS)), "units": await write.value(TOTALS) or {}, "chain": chain}
    return await _keep(
        write, scope, CheckValue(new_id(), CheckKind.INVARIANTS, started_at, now(), counted, tuple(breaches))
    )


async def check_when_due(write: Write, scope: Scope, every: timedelta) -> CheckValue | None:
    """Check the books unless somebody did so within `every`, or does so now."""
    if not await write.value(LOCK):
        return None
    last: datetime | None = await write.value(
        select(func.max(LedgerCheck.started_at)).where(LedgerCheck.kind == CheckKind.INVARIANTS)
    )
    if last is not None and now() - last < every:
        return None
    return await check_books(write, scope)


async def is_verification_due(write: Write, scope: Scope) -> bool:
    """Tell whether the journal was not recomputed since two o'clock in the morning, nor is by another process.

    Who is told so is the only one until its transaction ends.
    """
    if not await write.value(VERIFYING):
        return False
    last = await queries.last_check(write, scope, CheckKind.JOURNAL)
    return last is None or last.started_at < _last_night(now())


def _last_night(at: datetime) -> datetime:
    """Return the last two o'clock in the morning before an instant."""
    local = at.astimezone(CHINA)
    night = datetime.combine(local.date(), NIGHT, CHINA)
    return night if night <= local else night - timedelta(days=1)


async def keep_verdict(write: Write, scope: Scope, started_at: datetime, verdict: Verdict) -> CheckValue:
    """Store what recomputing the journal found; a journal that does not hold freezes every class of units.

    The walk ends at the first broken link, so nothing is known of any class behind it.

    Raises:
        Forbidden: for anybody but the service.
    """
    if scope.kind is not Kind.SYSTEM:
        raise Forbidden(permission="ledger:check")
    said = tuple(of_fault(each)[0] for each in verdict.faults)
    breaches = (Breach(JOURNAL, None, len(said), said[:EXAMPLES]),) if said else ()
    counted = {"entries": verdict.entries, "checkpoints": verdict.checkpoints}
    return await _keep(write, scope, CheckValue(new_id(), CheckKind.JOURNAL, started_at, now(), counted, breaches))


async def _broken(write: Write, name: str, statement: str, given: dict[str, Any]) -> list[Breach]:
    """Return what a statement found, class by class."""
    whole = text(
        f"select class_code, count(*) as cases, (array_agg(what order by what))[1:{EXAMPLES}] as examples"
        f" from ({statement}) broken group by class_code order by class_code"
    )
    if "hash" in given:
        whole = whole.bindparams(bindparam("hash", type_=LargeBinary()))
    rows = await write.rows(whole, given)
    return [Breach(name, row.class_code, row.cases, tuple(row.examples)) for row in rows]


async def _chain(write: Write, scope: Scope) -> tuple[dict[str, Any] | None, list[Breach]]:
    """Follow the chain from where it was whole to its head; return where it is whole now, and what is broken."""
    position, known = await queries.last_chain(write, scope) or (0, GENESIS)
    head = await write.row(select(LedgerHead.position, LedgerHead.hash))
    if head is None:
        return None, [Breach(CHAIN, None, 1, ("the chain has no head",))]
    ends = select(LedgerLink.position, LedgerLink.hash).where(LedgerLink.position.in_([position, head.position]))
    hashes = {0: GENESIS} | {row.position: row.hash for row in await write.rows(ends)}
    said: list[str] = []
    if hashes.get(position) != known:
        said.append(f"position {position} is not what it was at the last check")
    if hashes.get(head.position) != head.hash or head.position < position:
        said.append(f"the head, position {head.position}, is not the chain's end")
    given = {"position": position, "hash": known, "end": head.position}
    breaches = [Breach(CHAIN, None, len(said), tuple(said))] if said else []
    breaches += await _broken(write, CHAIN, NEW_LINKS, given)
    return (None if breaches else {"position": head.position, "hash": head.hash.hex()}), breaches


async def _keep(write: Write, scope: Scope, found: CheckValue) -> CheckValue:
    """Store what a check found, and raise the alarm when something is broken."""
    await write.run(
        insert(LedgerCheck).values(
            id=found.id, kind=found.kind, started_at=found.started_at, finished_at=found.finished_at, is_sound=found.is_sound,
            counted=dict(found.counted), broken=[each.document() for each in found.breaches],
        )
    )  # fmt: skip
    if found.breaches:
        await _alarm(write, scope, found)
    return found


async def _alarm(write: Write, scope: Scope, found: CheckValue) -> None:
    """Tell of what is broken in audit and log, and freeze its classes; what cannot be laid at one's door closes all."""
    classes = await write.rows(select(LedgerClass.code, LedgerClass.frozen_at).order_by(LedgerClass.code))
    for breach in found.breaches:
        write.audit("ledger:invariant_broken", object_type="LedgerCheck", object_id=found.id, **breach.document())
        logger.error("ledger_invariant_broken", tenant=scope.tenant, check_id=str(found.id), **breach.document())
    for row in classes:
        names = _names(found.breaches, row.code)
        if names and row.frozen_at is None:
            await freeze(write, scope, row.code, f"{', '.join(names)} (check {found.id})")


def _names(breaches: Sequence[Breach], class_code: str) -> list[str]:
    """Return the names of the invariants broken for a class, each once."""
    return list(dict.fromkeys(each.check for each in breaches if each.class_code in (None, class_code)))
