"""What a bank offers the grades of a model: dated versions of its own, and the terms that hold for a grade."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.lending.loans.errors import (
    TermsDayInvalid,
    TermsGradeUnknown,
    TermsInvalid,
    TermsModelUnknown,
    TermsOverlap,
)
from backend.lending.loans.models import LoanTerms
from backend.lending.loans.values import LARGEST_AMOUNT, GradeTerms, TermsValue
from backend.lending.reading.opening import check_bank
from backend.scores import service as scores

MOST_GRADES = 20
LONGEST_TENOR = 480
MOST_BASIS_POINTS = Decimal(1000)
LONGEST_NOTE = 500
FURTHEST_YEARS = 5
MOST_VERSIONS = 100
"""Versions of a model that are looked at; what a bank sees were all in force, or will be."""
_FEN, _HUNDREDTH = Decimal("0.01"), Decimal("0.01")
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('carbon.loan_terms:' || :bank || :model, 0))")


async def record_terms(
    write: Write,
    scope: Scope,
    *,
    model_code: str,
    valid_from: date,
    grades: Sequence[GradeTerms],
    note: str = "",
    is_replacing: bool = False,
) -> TermsValue:
    """Store the next version of the bank's terms for a model's grades; the versions before it stay.

    Grades are the model's own codes; a grade that is not named is offered nothing. A version counts from its first day
    until the next one's. `is_replacing`: from its first day it also stands in the place of versions recorded before it
    that begin that day or later.

    Raises:
        Unauthenticated, Forbidden: without `lending:manage`.
        BanksOnly: the caller is no bank.
        TermsInvalid: no grade, one twice, an amount or a text that cannot be.
        TermsDayInvalid: they would begin before today, or more than five years on.
        TermsModelUnknown: no model of this code is or was in force here, or is about to be.
        TermsGradeUnknown: the model has no such grade.
        TermsOverlap: a version that begins that day or later is recorded, and this one does not replace it.
    """
    bank_id = check_bank(scope, "lending:manage")
    model = model_code.strip()
    given = _checked(model, grades, note)
    day = today()
    if not day <= valid_from <= day + timedelta(days=366 * FURTHEST_YEARS):
        raise TermsDayInvalid(years=FURTHEST_YEARS, valid_from=valid_from.isoformat(), path=("input", "validFrom"))
    await _check_grades(write, scope, model, given)
    await write.run(_LOCK, {"bank": str(bank_id), "model": model})
    own = (LoanTerms.bank_id == bank_id, LoanTerms.model_code == model)
    last = await write.value(select(func.max(LoanTerms.version)).where(*own))
    later = None if is_replacing else await write.row(
        select(LoanTerms.version, LoanTerms.valid_from)
        .where(*own, LoanTerms.valid_from >= valid_from)
        .order_by(LoanTerms.version.desc())
        .limit(1)
    )  # fmt: skip
    if later is not None:
        raise TermsOverlap(version=later.version, valid_from=later.valid_from.isoformat(), path=("input", "validFrom"))
    value = TermsValue(new_id(), model, (last or 0) + 1, valid_from, note.strip(), given, now())
    await write.run(
        insert(LoanTerms).values(
            bank_id=bank_id, id=value.id, model_code=model, version=value.version, valid_from=valid_from,
            note=value.note, grades=[_stored(each) for each in given], recorded_at=value.recorded_at,
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
        Unauthenticated, Forbidden, BanksOnly: see `reading.opening.check_bank`.
    """
    bank_id = check_bank(scope, "lending:read")
    statement = select(LoanTerms.__table__).where(LoanTerms.bank_id == bank_id)
    if model_code is not None:
        statement = statement.where(LoanTerms.model_code == model_code)
    if after is not None:
        statement = statement.where(LoanTerms.id < after)
    return [_value(row) for row in await read.rows(statement.order_by(LoanTerms.id.desc()).limit(limit))]


async def terms_in_force(read: Read, bank_id: UUID, on: date) -> Mapping[str, TermsValue]:
    """Return what the bank offers on a day, by model: of each the version recorded last of those that have begun."""
    rows = await read.rows(
        select(LoanTerms.__table__)
        .ext(distinct_on(LoanTerms.model_code))
        .where(LoanTerms.bank_id == bank_id, LoanTerms.valid_from <= on)
        .order_by(LoanTerms.model_code, LoanTerms.version.desc())
    )
    return {row.model_code: _value(row) for row in rows}


def offered(terms: Mapping[str, TermsValue], model_code: str | None, grade: str | None) -> GradeTerms | None:
    """Return what terms in force offer a grade of a model, None where it is offered nothing."""
    found = None if model_code is None else terms.get(model_code)
    return None if found is None else next((each for each in found.grades if each.grade == grade), None)


async def _check_grades(read: Read, scope: Scope, model: str, grades: Sequence[GradeTerms]) -> None:
    """Refuse a model nobody is scored by, or a grade it does not have; a bank sees the models that were ever in force."""
    versions = await scores.model_versions(read, scope, model, limit=MOST_VERSIONS, after=None)
    if not versions:
        others = await scores.model_versions(read, scope, None, limit=MOST_VERSIONS, after=None)
        known = ", ".join(dict.fromkeys(each.code for each in others))
        raise TermsModelUnknown(model=model, known=known, path=("input", "modelCode"))
    known = list(dict.fromkeys(grade.code for each in versions for grade in each.content.grades))
    for place, each in enumerate(grades):
        if each.grade not in known:
            raise TermsGradeUnknown(
                grade=each.grade, model=model, known=", ".join(known), path=("input", "grades", str(place), "grade")
            )


def _checked(model: str, grades: Sequence[GradeTerms], note: str) -> tuple[GradeTerms, ...]:
    """Return the grades in their one spelling. Raises TermsInvalid."""
    if not model or not grades or len(grades) > MOST_GRADES:
        raise TermsInvalid(
            reason_en=f"a model's code and 1 to {MOST_GRADES} grades are needed",
            reason_zh=f"须填写模型代码及 1 至 {MOST_GRADES} 个等级",
            path=("input", "grades"),
        )
    _check_note(note, "note")
    plain = tuple(replace(each, grade=each.grade.strip(), note=each.note.strip()) for each in grades)
    seen: set[str] = set()
    for place, each in enumerate(plain):
        here = ("grades", str(place))
        if not each.grade or each.grade in seen:
            raise TermsInvalid(
                reason_en="each grade is named once", reason_zh="每个等级须填写且只填写一次",
                path=("input", *here, "grade"),
            )  # fmt: skip
        seen.add(each.grade)
        _check_note(each.note, *here, "note")
        limit, offset, tenor = each.limit_cny, each.rate_offset_bp, each.tenor_months
        if limit is not None and not (limit.is_finite() and 0 < limit <= LARGEST_AMOUNT and limit % _FEN == 0):
            raise TermsInvalid(
                reason_en="a limit is an amount in CNY above zero, to the fen",
                reason_zh="额度应为大于零的金额（元），最多两位小数", path=("input", *here, "limitCny"),
            )  # fmt: skip
        if offset is not None and not (
            offset.is_finite() and abs(offset) <= MOST_BASIS_POINTS and offset % _HUNDREDTH == 0
        ):
            raise TermsInvalid(
                reason_en="a rate differs by at most 1,000 basis points, in hundredths of one",
                reason_zh="利率浮动不超过 1000 个基点，最多两位小数", path=("input", *here, "rateOffsetBp"),
            )  # fmt: skip
        if tenor is not None and not 0 < tenor <= LONGEST_TENOR:
            raise TermsInvalid(
                reason_en=f"a term has 1 to {LONGEST_TENOR} months", reason_zh=f"期限应为 1 至 {LONGEST_TENOR} 个月",
                path=("input", *here, "tenorMonths"),
            )  # fmt: skip
    return plain


def _check_note(note: str, *here: str) -> None:
    if len(note) > LONGEST_NOTE:
        raise TermsInvalid(
            reason_en=f"a note has at most {LONGEST_NOTE} characters", reason_zh=f"备注不超过 {LONGEST_NOTE} 个字",
            path=("input", *here),
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
