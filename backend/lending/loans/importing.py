"""A file of loans, workbook or CSV: every line is read before anything is stored, every fault is told with its row."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from backend.kit.errors import CarbonError
from backend.kit.tables import Cell, Column, TooManyRows, is_blank, open_table, word
from backend.lending.loans.errors import LoanCellInvalid, LoanFileFaulty, LoanKindUnknown
from backend.lending.loans.recording import checked
from backend.lending.loans.values import MOST_LOANS, LoanDraft, LoanKind

MOST_FAULTS = 100
"""Faults told of one file; more of them say the same."""

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
_NEEDED = tuple(each for each in COLUMNS if each.is_required)
_KINDS = {
    "流动资金": LoanKind.WORKING_CAPITAL, "固定资产": LoanKind.FIXED_ASSET, "项目": LoanKind.PROJECT, "其他": LoanKind.OTHER,
    **{each.value: each for each in LoanKind},
}  # fmt: skip


def read_loans(path: Path) -> list[LoanDraft]:
    """Return the loans of a file. Blocks; call it in a thread.

    Raises:
        FileUnreadable, HeaderMissing: see `kit.tables.open_table`.
        TooManyRows: more than `MOST_LOANS`.
        LoanFileFaulty: faults, the first hundred with row, column and what is wrong.
    """
    drafts: list[LoanDraft] = []
    faults: list[dict[str, Any]] = []
    with open_table(path, COLUMNS, _NEEDED) as table:
        for number, row in table.rows:
            cells = {key: row[place] if place < len(row) else None for key, place in table.positions.items()}
            if all(is_blank(each) for each in cells.values()):
                continue
            if len(drafts) >= MOST_LOANS:
                raise TooManyRows(limit=MOST_LOANS)
            try:
                drafts.append(checked(_draft(cells), len(drafts)))
            except CarbonError as error:
                faults.append(_fault(number, error))
                if len(faults) >= MOST_FAULTS:
                    break
    if faults:
        raise LoanFileFaulty(rows=", ".join(str(each["row"]) for each in faults[:10]), faults=faults)
    return drafts


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
    keys: Sequence[str] = [each for each in error.path if each not in {"input", "loans"} and not each.isdigit()]
    return {
        "row": number, "column": keys[-1] if keys else "", "code": error.code, "zh": error.message("zh"),
        "en": error.message("en"),
    }  # fmt: skip
