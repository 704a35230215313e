"""A bank records its loans and what is outstanding on them: all of a file or nothing of it."""

from collections.abc import Mapping, Sequence
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
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.lending.loans.errors import (
    LoanDatesInvalid,
    LoanDiffers,
    LoanGradeInvalid,
    LoanReferenceInvalid,
    LoansMissing,
    LoanTwice,
    OutstandingInvalid,
    TooManyLoans,
)
from backend.lending.loans.models import Loan, LoanBalance
from backend.lending.loans.values import (
    LARGEST_AMOUNT,
    LONGEST_GRADE,
    LONGEST_REFERENCE,
    MOST_LOANS,
    LoanDraft,
    Stored,
)
from backend.lending.reading.opening import check_bank

FIRST_DAY = date(1990, 1, 1)
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('carbon.loans:' || :bank, 0))")


async def record_loans(write: Write, scope: Scope, drafts: Sequence[LoanDraft]) -> Stored:
    """Store loans not known yet, and for each draft what was outstanding on its day.

    A balance that says what is known already is not stored again.

    Raises:
        Unauthenticated, Forbidden: without `lending:manage`.
        BanksOnly: the caller is no bank.
        LoansMissing, TooManyLoans: none, or more than one command takes.
        LoanReferenceInvalid, CreditCodeInvalid, LoanDatesInvalid, OutstandingInvalid, LoanGradeInvalid: of a draft, in
            this order.
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
    differing = _differing(known, plain)
    if differing:
        here = ("input", "loans", str(differing[0]), "reference")
        raise LoanDiffers(reference=plain[differing[0]].reference, path=here)
    moment = now()
    fresh: dict[str, dict[str, Any]] = {}
    balances: list[dict[str, Any]] = []
    for each in plain:
        found = known.get(each.reference) or fresh.get(each.reference)
        if found is None:
            found = fresh[each.reference] = _row(bank_id, each, moment, scope.actor_id)
        if (each.as_of, each.outstanding) not in found.get("balances", ()):
            balances.append(
                {
                    "bank_id": bank_id, "id": new_id(), "loan_id": found["id"], "as_of": each.as_of,
                    "outstanding": each.outstanding, "recorded_at": moment, "recorded_by": scope.actor_id,
                }
            )  # fmt: skip
    if fresh:
        await write.run(insert(Loan), list(fresh.values()))
    if balances:
        await write.run(insert(LoanBalance), balances)
    write.audit(
        "lending:record_loans", object_type="Organisation", object_id=bank_id, loans=len(fresh), balances=len(balances)
    )
    return Stored(len(fresh), len(balances))


async def differing(read: Read, scope: Scope, drafts: Sequence[LoanDraft]) -> list[int]:
    """Return the places of drafts whose reference is known as another loan, here or by a draft before it.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `record_loans`.
    """
    bank_id = check_bank(scope, "lending:manage")
    return _differing(await _known(read, bank_id, [each.reference for each in drafts]), drafts)


def checked(draft: LoanDraft, place: int) -> LoanDraft:
    """Return the draft in its one spelling; see `record_loans` for what it raises, the first of its faults."""
    plain, found = judged(draft)
    if found:
        found[0].path = ("input", "loans", str(place), *found[0].path)
        raise found[0]
    return plain


def judged(draft: LoanDraft) -> tuple[LoanDraft, list[CarbonError]]:
    """Return the draft in its one spelling, and every fault it has; the path of each is the field it is about."""
    found: list[CarbonError] = []
    reference, code, amount = draft.reference.strip(), draft.credit_code, draft.outstanding
    if not 0 < len(reference) <= LONGEST_REFERENCE or not reference.isprintable():
        found.append(LoanReferenceInvalid(longest=LONGEST_REFERENCE, path=("reference",)))
    try:
        code = identity.plain_credit_code(draft.credit_code)
    except CreditCodeInvalid as error:
        error.path = ("creditCode",)
        found.append(error)
    if not are_days_in_order(draft.opened_on, draft.as_of, draft.ends_on):
        found.append(LoanDatesInvalid(reference=reference, path=("asOf",)))
    if not amount.is_finite() or amount < 0 or amount > LARGEST_AMOUNT or amount != amount.quantize(Decimal("0.01")):
        found.append(OutstandingInvalid(reference=reference, path=("outstanding",)))
    grade = draft.grade_at_grant.strip()
    if len(grade) > LONGEST_GRADE or not (grade.isprintable() or not grade):
        found.append(LoanGradeInvalid(reference=reference, longest=LONGEST_GRADE, path=("gradeAtGrant",)))
    plain = LoanDraft(reference, code, draft.kind, draft.opened_on, draft.ends_on, draft.as_of, amount, grade)
    return plain, found


def are_days_in_order(opened_on: date, as_of: date, ends_on: date | None) -> bool:
    """Tell whether a loan can have these days."""
    return FIRST_DAY <= opened_on <= as_of <= today() and (ends_on is None or ends_on >= opened_on)


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


def _differing(known: Mapping[str, Mapping[str, Any]], drafts: Sequence[LoanDraft]) -> list[int]:
    stated = {
        reference: (each["credit_code"], each["kind"], each["opened_on"], each["ends_on"])
        for reference, each in known.items()
    }
    places: list[int] = []
    for place, each in enumerate(drafts):
        own = (each.credit_code, each.kind.value, each.opened_on, each.ends_on)
        if stated.setdefault(each.reference, own) != own:
            places.append(place)
    return places
