"""A bank records its loans and what is outstanding on them: all of a file or nothing of it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from backend.identity import service as identity
from backend.identity.errors import CreditCodeInvalid
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.lending.errors import BanksOnly
from backend.lending.loans.errors import (
    LoanDatesInvalid,
    LoanDiffers,
    LoanReferenceInvalid,
    LoansMissing,
    LoanTwice,
    OutstandingInvalid,
    TooManyLoans,
)
from backend.lending.loans.models import Loan, LoanBalance
from backend.lending.loans.values import LARGEST_AMOUNT, LONGEST_REFERENCE, MOST_LOANS, LoanDraft, Stored

FIRST_DAY = date(1990, 1, 1)
MOST_FAULTS = 100
"""Faults told at once; more of them say the same."""
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('carbon.loans:' || :bank, 0))")


def check_bank(scope: Scope, permission: str) -> UUID:
    """Return the bank that asks.

    Raises:
        Unauthenticated, Forbidden: without the permission.
        BanksOnly: the caller is no bank.
    """
    scope.require(permission)
    if scope.kind is not Kind.BANK or scope.organisation_id is None:
        raise BanksOnly(permission=permission)
    return scope.organisation_id


async def record_loans(write: Write, scope: Scope, drafts: Sequence[LoanDraft]) -> Stored:
    """Store loans not known yet, and for each draft what was outstanding on its day.

    A balance that says what is known already is not stored again.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `check_bank`.
        LoansMissing, TooManyLoans: none, or more than one command takes.
        LoanReferenceInvalid, CreditCodeInvalid, LoanDatesInvalid, OutstandingInvalid: of a draft, in this order.
        LoanTwice: two drafts name one loan and one day.
        LoanDiffers: the reference is known as a loan of another borrower, kind or day.
    """
    bank_id = check_bank(scope, "lending:manage")
    if not drafts:
        raise LoansMissing(path=("input", "loans"))
    if len(drafts) > MOST_LOANS:
        raise TooManyLoans(most=MOST_LOANS, given=len(drafts), path=("input", "loans"))
    plain = [checked(each, place) for place, each in enumerate(drafts)]
    check_once(plain)
    await write.run(_LOCK, {"bank": str(bank_id)})
    known = await _known(write, bank_id, [each.reference for each in plain])
    moment = now()
    fresh: dict[str, dict[str, Any]] = {}
    balances: list[dict[str, Any]] = []
    differing: list[int] = []
    for place, each in enumerate(plain):
        found = known.get(each.reference) or fresh.get(each.reference)
        if found is None:
            found = _row(bank_id, each, moment, scope.actor_id)
            fresh[each.reference] = found
        elif _differs(found, each):
            differing.append(place)
        if (each.as_of, each.outstanding) not in found.get("balances", ()):
            balances.append(
                {
                    "bank_id": bank_id, "id": new_id(), "loan_id": found["id"], "as_of": each.as_of,
                    "outstanding": each.outstanding, "recorded_at": moment, "recorded_by": scope.actor_id,
                }
            )  # fmt: skip
    if differing:
        error = LoanDiffers(
            reference=plain[differing[0]].reference, path=("input", "loans", str(differing[0]), "reference")
        )
        error.places = differing[:MOST_FAULTS]
        raise error
    if fresh:
        await write.run(insert(Loan), list(fresh.values()))
    if balances:
        await write.run(insert(LoanBalance), balances)
    write.audit(
        "lending:record_loans", object_type="Organisation", object_id=bank_id, loans=len(fresh), balances=len(balances)
    )
    return Stored(len(fresh), len(balances))


def checked(draft: LoanDraft, place: int) -> LoanDraft:
    """Return the draft in its one spelling; see `record_loans` for what it raises."""
    here = ("input", "loans", str(place))
    reference = draft.reference.strip()
    if not 0 < len(reference) <= LONGEST_REFERENCE or not reference.isprintable():
        raise LoanReferenceInvalid(longest=LONGEST_REFERENCE, path=(*here, "reference"))
    try:
        code = identity.plain_credit_code(draft.credit_code)
    except CreditCodeInvalid as error:
        error.path = (*here, "creditCode")
        raise
    if (
        draft.opened_on < FIRST_DAY
        or draft.opened_on > draft.as_of
        or draft.as_of > today()
        or (draft.ends_on is not None and draft.ends_on < draft.opened_on)
    ):
        raise LoanDatesInvalid(reference=reference, path=(*here, "asOf"))
    amount = draft.outstanding
    if not amount.is_finite() or amount < 0 or amount > LARGEST_AMOUNT or amount != amount.quantize(Decimal("0.01")):
        raise OutstandingInvalid(reference=reference, path=(*here, "outstanding"))
    return LoanDraft(
        reference, code, draft.kind, draft.opened_on, draft.ends_on, draft.as_of, amount, draft.grade_at_grant.strip()
    )


def check_once(drafts: Sequence[LoanDraft]) -> None:
    """Refuse two balances of one loan on one day. Raises LoanTwice."""
    seen: set[tuple[str, date]] = set()
    for place, each in enumerate(drafts):
        if (each.reference, each.as_of) in seen:
            raise LoanTwice(
                reference=each.reference, as_of=each.as_of.isoformat(), path=("input", "loans", str(place), "reference")
            )
        seen.add((each.reference, each.as_of))


async def _known(read: Read, bank_id: UUID, references: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows = await read.rows(select(Loan.__table__).where(Loan.bank_id == bank_id, Loan.reference.in_(set(references))))
    found = {row.reference: {**row._asdict(), "balances": set[tuple[date, Decimal]]()} for row in rows}
    by_id = {each["id"]: each for each in found.values()}
    newest = await read.rows(
        select(LoanBalance.loan_id, LoanBalance.as_of, LoanBalance.outstanding)
        .ext(distinct_on(LoanBalance.loan_id, LoanBalance.as_of))
        .where(LoanBalance.bank_id == bank_id, LoanBalance.loan_id.in_(list(by_id)))
        .order_by(LoanBalance.loan_id, LoanBalance.as_of, LoanBalance.id.desc())
    )
    for row in newest:
        cast("set[tuple[date, Decimal]]", by_id[row.loan_id]["balances"]).add((row.as_of, row.outstanding))
    return found


def _row(bank_id: UUID, draft: LoanDraft, moment: datetime, actor: UUID | None) -> dict[str, Any]:
    return {
        "bank_id": bank_id, "id": new_id(), "reference": draft.reference, "credit_code": draft.credit_code,
        "kind": draft.kind.value, "opened_on": draft.opened_on, "ends_on": draft.ends_on,
        "grade_at_grant": draft.grade_at_grant, "recorded_at": moment, "recorded_by": actor,
    }  # fmt: skip


def _differs(found: dict[str, Any], draft: LoanDraft) -> bool:
    return (found["credit_code"], found["kind"], found["opened_on"], found["ends_on"]) != (
        draft.credit_code, draft.kind.value, draft.opened_on, draft.ends_on,
    )  # fmt: skip
