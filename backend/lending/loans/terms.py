"""What a bank offers the grades of a model: dated versions of its own, and the terms that hold for a grade."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.lending.loans.errors import TermsInThePast, TermsInvalid
from backend.lending.loans.models import LoanTerms
from backend.lending.loans.recording import check_bank
from backend.lending.loans.values import LARGEST_AMOUNT, GradeTerms, TermsValue

MOST_GRADES = 20
LONGEST_TENOR = 480
MOST_BASIS_POINTS = Decimal(1000)
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('carbon.loan_terms:' || :bank || :model, 0))")


async def record_terms(
    write: Write, scope: Scope, *, model_code: str, valid_from: date, grades: Sequence[GradeTerms], note: str = ""
) -> TermsValue:
    """Store the next version of the bank's terms for a model's grades; the versions before it stay.

    Grades are the model's own codes; a grade that is not named is offered nothing.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `recording.check_bank`.
        TermsInvalid: no grade, one twice, an amount that cannot be.
        TermsInThePast: they would begin before today.
    """
    bank_id = check_bank(scope, "lending:manage")
    model = model_code.strip()
    _check(model, grades)
    if valid_from < today():
        raise TermsInThePast(valid_from=valid_from.isoformat(), path=("input", "validFrom"))
    await write.run(_LOCK, {"bank": str(bank_id), "model": model})
    last = await write.value(
        select(func.max(LoanTerms.version)).where(LoanTerms.bank_id == bank_id, LoanTerms.model_code == model)
    )
    value = TermsValue(new_id(), model, (last or 0) + 1, valid_from, note.strip(), tuple(grades), now())
    await write.run(
        insert(LoanTerms).values(
            bank_id=bank_id, id=value.id, model_code=model, version=value.version, valid_from=valid_from,
            note=value.note, grades=[_stored(each) for each in grades], recorded_at=value.recorded_at,
            recorded_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit("lending:record_terms", object_type="LoanTerms", object_id=value.id, model=model, version=value.version)
    return value


async def terms_versions(
    read: Read, scope: Scope, *, limit: int, after: UUID | None = None, model_code: str | None = None
) -> list[TermsValue]:
    """Return the bank's versions of terms, newest first.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `recording.check_bank`.
    """
    bank_id = check_bank(scope, "lending:read")
    statement = select(LoanTerms.__table__).where(LoanTerms.bank_id == bank_id)
    if model_code is not None:
        statement = statement.where(LoanTerms.model_code == model_code)
    if after is not None:
        statement = statement.where(LoanTerms.id < after)
    return [_value(row) for row in await read.rows(statement.order_by(LoanTerms.id.desc()).limit(limit))]


async def terms_in_force(read: Read, bank_id: UUID, on: date) -> Mapping[tuple[str, str], GradeTerms]:
    """Return what the bank offers on a day, by model and grade: of each model the newest version that has begun."""
    rows = await read.rows(
        select(LoanTerms.__table__)
        .ext(distinct_on(LoanTerms.model_code))
        .where(LoanTerms.bank_id == bank_id, LoanTerms.valid_from <= on)
        .order_by(LoanTerms.model_code, LoanTerms.valid_from.desc(), LoanTerms.version.desc())
    )
    return {(row.model_code, each.grade): each for row in rows for each in _value(row).grades}


def _check(model: str, grades: Sequence[GradeTerms]) -> None:
    if not model or not grades or len(grades) > MOST_GRADES:
        raise TermsInvalid(
            reason_en=f"a model's code and 1 to {MOST_GRADES} grades are needed",
            reason_zh=f"须填写模型代码及 1 至 {MOST_GRADES} 个等级",
            path=("input", "grades"),
        )
    seen: set[str] = set()
    for place, each in enumerate(grades):
        here = ("input", "grades", str(place))
        if not each.grade.strip() or each.grade in seen:
            raise TermsInvalid(
                reason_en="each grade is named once", reason_zh="每个等级须填写且只填写一次", path=(*here, "grade")
            )
        seen.add(each.grade)
        limit, offset, tenor = each.limit_cny, each.rate_offset_bp, each.tenor_months
        if limit is not None and not (limit.is_finite() and 0 < limit <= LARGEST_AMOUNT):
            raise TermsInvalid(
                reason_en="a limit is an amount in CNY above zero", reason_zh="额度应为大于零的金额（元）",
                path=(*here, "limitCny"),
            )  # fmt: skip
        if offset is not None and not (offset.is_finite() and abs(offset) <= MOST_BASIS_POINTS):
            raise TermsInvalid(
                reason_en="a rate differs by at most 1,000 basis points", reason_zh="利率优惠不超过 1000 个基点",
                path=(*here, "rateOffsetBp"),
            )  # fmt: skip
        if tenor is not None and not 0 < tenor <= LONGEST_TENOR:
            raise TermsInvalid(
                reason_en=f"a term has 1 to {LONGEST_TENOR} months", reason_zh=f"期限应为 1 至 {LONGEST_TENOR} 个月",
                path=(*here, "tenorMonths"),
            )  # fmt: skip


def _stored(terms: GradeTerms) -> dict[str, Any]:
    return {name: format(each, "f") if isinstance(each, Decimal) else each for name, each in asdict(terms).items()}


def _value(row: Row[Any]) -> TermsValue:
    return TermsValue(
        row.id, row.model_code, row.version, row.valid_from, row.note,
        tuple(
            GradeTerms(
                each["grade"],
                None if each["limit_cny"] is None else Decimal(each["limit_cny"]),
                None if each["rate_offset_bp"] is None else Decimal(each["rate_offset_bp"]),
                each["tenor_months"],
                each["note"],
            )
            for each in row.grades
        ),
        row.recorded_at,
    )  # fmt: skip
