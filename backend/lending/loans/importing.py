"""A file of loans, workbook or CSV: every line is read before anything is stored, every fault is told with its row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from backend.kit.db import Write
from backend.kit.errors import CarbonError
from backend.kit.scope import Scope
from backend.kit.sheets import Layout
from backend.kit.tables import Cell, Column, TooManyRows, is_blank, open_table, word
from backend.lending.loans.errors import LoanCellInvalid, LoanDiffers, LoanFileFaulty, LoanKindUnknown, LoanTwice
from backend.lending.loans.recording import MOST_FAULTS, checked, record_loans
from backend.lending.loans.values import MOST_LOANS, LoanDraft, LoanKind, Stored

REFERENCE = Column(
    "reference", "贷款编号", "Reference", "贵行的贷款编号。", "Your own number of the loan.", 20, is_required=True
)
CREDIT_CODE = Column(
    "credit_code", "统一社会信用代码", "Credit code", "借款企业的统一社会信用代码。",
    "The borrower's unified social credit code.", 22, is_required=True,
)  # fmt: skip
KIND = Column(
    "kind", "贷款类型", "Kind", "流动资金、固定资产、项目或其他。", "working_capital, fixed_asset, project or other.", 14,
    is_required=True,
)  # fmt: skip
OPENED = Column("opened_on", "发放日", "Opened on", "YYYY-MM-DD。", "YYYY-MM-DD.", 12, is_required=True)
ENDS = Column("ends_on", "到期日", "Ends on", "YYYY-MM-DD，可留空。", "YYYY-MM-DD; may be empty.", 12)
AS_OF = Column("as_of", "余额日", "As of", "YYYY-MM-DD。", "YYYY-MM-DD.", 12, is_required=True)
OUTSTANDING = Column(
    "outstanding", "余额（元）", "Outstanding (CNY)", "以元计，最多两位小数。", "In CNY, to the fen.", 18, is_required=True,
    is_number=True, unit="CNY",
)  # fmt: skip
GRADE = Column("grade_at_grant", "发放时等级", "Grade at grant", "可留空。", "May be empty.", 12)
COLUMNS = (REFERENCE, CREDIT_CODE, KIND, OPENED, ENDS, AS_OF, OUTSTANDING, GRADE)
MOST_ROWS = 10
"""Rows named in the sentence of a faulty file."""
LOANS_FILE = Layout(COLUMNS, "贷款")
_COLUMN_OF = {"creditCode": CREDIT_CODE.key, "asOf": AS_OF.key}
"""Columns of fields that are called otherwise on the wire."""
_KINDS = {
    "流动资金": LoanKind.WORKING_CAPITAL, "固定资产": LoanKind.FIXED_ASSET, "项目": LoanKind.PROJECT, "其他": LoanKind.OTHER,
    **{each.value: each for each in LoanKind},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoanRows:
    """The loans of a file, and the row each stands in."""

    drafts: Sequence[LoanDraft]
    rows: Sequence[int]


def read_loans(path: Path) -> LoanRows:
    """Return the loans of a file. Blocks; call it in a thread.

    Raises:
        FileUnreadable, HeaderMissing: see `kit.tables.open_table`.
        TooManyRows: more than `MOST_LOANS`.
        LoanFileFaulty: faults, the first hundred with row, column and what is wrong.
    """
    drafts: list[LoanDraft] = []
    rows: list[int] = []
    faults: list[dict[str, Any]] = []
    seen: set[tuple[str, date]] = set()
    with open_table(path, COLUMNS, LOANS_FILE.needed, sheet=LOANS_FILE.sheet) as table:
        for number, row in table.rows:
            cells = {key: row[place] if place < len(row) else None for key, place in table.positions.items()}
            if all(is_blank(each) for each in cells.values()):
                continue
            if len(drafts) >= MOST_LOANS:
                raise TooManyRows(limit=MOST_LOANS)
            try:
                draft = checked(_draft(cells), len(drafts))
                if (draft.reference, draft.as_of) in seen:
                    raise LoanTwice(reference=draft.reference, as_of=draft.as_of.isoformat(), path=(REFERENCE.key,))
            except CarbonError as error:
                faults.append(_fault(number, error))
                if len(faults) >= MOST_FAULTS:
                    break
                continue
            seen.add((draft.reference, draft.as_of))
            drafts.append(draft)
            rows.append(number)
    if faults:
        raise _faulty(faults)
    return LoanRows(drafts, rows)


async def record_file(write: Write, scope: Scope, given: LoanRows) -> Stored:
    """Store the loans of a file, all of them or none.

    Raises:
        Unauthenticated, Forbidden, BanksOnly, LoansMissing, TooManyLoans: see `record_loans`.
        LoanFileFaulty: references known as other loans, each with its row.
    """
    try:
        return await record_loans(write, scope, given.drafts)
    except LoanDiffers as error:
        raise _faulty(
            [
                _fault(
                    given.rows[place],
                    LoanDiffers(reference=given.drafts[place].reference, path=(REFERENCE.key,)),
                )
                for place in error.places
            ]
        ) from None


def _draft(cells: dict[str, Cell]) -> LoanDraft:
    kind = word(cells.get(KIND.key))
    if kind not in _KINDS:
        raise LoanKindUnknown(given=kind[:40], known=", ".join(_KINDS), path=(KIND.key,))
    ends = cells.get(ENDS.key)
    return LoanDraft(
        reference=word(cells.get(REFERENCE.key)),
        credit_code=word(cells.get(CREDIT_CODE.key)),
        kind=_KINDS[kind],
        opened_on=_day(cells.get(OPENED.key), OPENED),
        ends_on=None if is_blank(ends) else _day(ends, ENDS),
        as_of=_day(cells.get(AS_OF.key), AS_OF),
        outstanding=_amount(cells.get(OUTSTANDING.key)),
        grade_at_grant=word(cells.get(GRADE.key)),
    )


def _day(cell: Cell, column: Column) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(word(cell))
    except ValueError:
        raise LoanCellInvalid(given=word(cell)[:40], column=column.zh, path=(column.key,)) from None


def _amount(cell: Cell) -> Decimal:
    try:
        # A workbook's number is the shortest decimal that gives its binary one: 0.1, not 0.1000000000000000055.
        return Decimal(word(cell).replace(",", ""))
    except InvalidOperation:
        raise LoanCellInvalid(given=word(cell)[:40], column=OUTSTANDING.zh, path=(OUTSTANDING.key,)) from None


def _fault(number: int, error: CarbonError) -> dict[str, Any]:
    field = error.path[-1]
    return {
        "row": number, "column": _COLUMN_OF.get(field, field), "code": error.code, "zh": error.message("zh"),
        "en": error.message("en"),
    }  # fmt: skip


def _faulty(faults: list[dict[str, Any]]) -> LoanFileFaulty:
    told = ", ".join(str(each["row"]) for each in faults[:MOST_ROWS])
    return LoanFileFaulty(rows=told + (" …" if len(faults) > MOST_ROWS else ""), faults=faults)
