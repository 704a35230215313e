"""A file of loans, workbook or CSV: every line is read before anything is stored, every fault is told with its row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from backend.kit.db import Write
from backend.kit.errors import CarbonError
from backend.kit.scope import Scope
from backend.kit.sheets import Layout
from backend.kit.tables import Cell, Column, TooManyRows, is_blank, open_table, word
from backend.lending.loans.errors import LoanCellInvalid, LoanDiffers, LoanFileFaulty, LoanKindUnknown, LoanTwice
from backend.lending.loans.recording import FIRST_DAY, differing, judged, record_loans
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
MOST_FAULTS = 100
"""Faults of a file that are listed; of the others their number is told."""
MOST_ROWS = 10
"""Rows named in the sentence of a faulty file."""
LOANS_FILE = Layout(COLUMNS, "贷款")
WHICH_LOAN = frozenset({REFERENCE.key, CREDIT_CODE.key, KIND.key, OPENED.key, ENDS.key})
"""Columns that say which loan a row is of."""
_COLUMN_OF = {"creditCode": CREDIT_CODE.key, "asOf": AS_OF.key, "gradeAtGrant": GRADE.key}
"""Columns of fields that are called otherwise on the wire."""
_KINDS = {
    "流动资金": LoanKind.WORKING_CAPITAL, "固定资产": LoanKind.FIXED_ASSET, "项目": LoanKind.PROJECT, "其他": LoanKind.OTHER,
    **{each.value: each for each in LoanKind},
}  # fmt: skip

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row of a file."""

    row: int
    error: CarbonError

    @property
    def column(self) -> str:
        """The column it is about."""
        return _COLUMN_OF.get(self.error.path[-1], self.error.path[-1])

    def told(self) -> dict[str, Any]:
        """Return it as it is told: row, column, what is wrong."""
        return {
            "row": self.row, "column": self.column, "code": self.error.code, "zh": self.error.message("zh"),
            "en": self.error.message("en"),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoanRows:
    """The loans of a file and the row each stands in, as far as each row says which loan it is.

    `faults` are the first hundred of `fault_count`; with any, nothing of the file is stored.
    """

    drafts: Sequence[LoanDraft]
    rows: Sequence[int]
    faults: Sequence[Fault] = ()
    fault_count: int = 0


def read_loans(path: Path) -> LoanRows:
    """Return the loans of a file, and every fault of every row. Blocks; call it in a thread.

    Raises:
        FileUnreadable, HeaderMissing: see `kit.tables.open_table`.
        TooManyRows: more than `MOST_LOANS`.
    """
    drafts: list[LoanDraft] = []
    rows: list[int] = []
    faults: list[Fault] = []
    seen: set[tuple[str, date]] = set()
    count = fault_count = 0
    with open_table(path, COLUMNS, LOANS_FILE.needed, sheet=LOANS_FILE.sheet) as table:
        for number, row in table.rows:
            cells = {key: row[place] if place < len(row) else None for key, place in table.positions.items()}
            if all(is_blank(each) for each in cells.values()):
                continue
            count += 1
            if count > MOST_LOANS:
                raise TooManyRows(limit=MOST_LOANS)
            draft, found = _judged(cells, number)
            faulty = {each.column for each in found}
            if faulty.isdisjoint({REFERENCE.key, AS_OF.key}):
                if (draft.reference, draft.as_of) in seen:
                    twice = LoanTwice(reference=draft.reference, as_of=draft.as_of.isoformat(), path=(REFERENCE.key,))
                    found.append(Fault(number, twice))
                seen.add((draft.reference, draft.as_of))
            if faulty.isdisjoint(WHICH_LOAN):
                drafts.append(draft)
                rows.append(number)
            fault_count += len(found)
            faults += found[: MOST_FAULTS - len(faults)]
    return LoanRows(drafts, rows, faults, fault_count)


async def record_file(write: Write, scope: Scope, given: LoanRows) -> Stored:
    """Store the loans of a file, all of them or none.

    Raises:
        Unauthenticated, Forbidden, BanksOnly, LoansMissing, TooManyLoans: see `record_loans`.
        LoanFileFaulty: what is wrong with the file by itself, and references known as other loans, each with its row.
    """
    if not given.faults:
        try:
            return await record_loans(write, scope, given.drafts)
        except LoanDiffers:
            pass  # told below, of all rows at once
    places = await differing(write, scope, given.drafts)
    others = [
        Fault(given.rows[each], LoanDiffers(reference=given.drafts[each].reference, path=(REFERENCE.key,)))
        for each in places[:MOST_FAULTS]
    ]
    listed = sorted((*given.faults, *others), key=lambda each: each.row)[:MOST_FAULTS]
    count = given.fault_count + len(places)
    rows = list(dict.fromkeys(str(each.row) for each in listed))
    raise LoanFileFaulty(
        rows=", ".join(rows[:MOST_ROWS]) + (" …" if len(rows) > MOST_ROWS or count > len(listed) else ""),
        count=count, listed=len(listed), more=count - len(listed), faults=[each.told() for each in listed],
    )  # fmt: skip


def _judged(cells: Mapping[str, Cell], number: int) -> tuple[LoanDraft, list[Fault]]:
    """Return a row's loan and all its faults; in the place of what cannot be read stands what fits the rest."""
    unreadable: list[CarbonError] = []

    kind = _read(unreadable, lambda: _kind(cells.get(KIND.key)))
    opened = _read(unreadable, lambda: _day(cells.get(OPENED.key), OPENED))
    ends = None if is_blank(cells.get(ENDS.key)) else _read(unreadable, lambda: _day(cells.get(ENDS.key), ENDS))
    as_of = _read(unreadable, lambda: _day(cells.get(AS_OF.key), AS_OF))
    amount = _read(unreadable, lambda: _amount(cells.get(OUTSTANDING.key)))
    draft, found = judged(
        LoanDraft(
            reference=word(cells.get(REFERENCE.key)), credit_code=word(cells.get(CREDIT_CODE.key)),
            kind=kind or LoanKind.OTHER, opened_on=opened or as_of or FIRST_DAY, ends_on=ends,
            as_of=as_of or opened or FIRST_DAY, outstanding=Decimal(0) if amount is None else amount,
            grade_at_grant=word(cells.get(GRADE.key)),
        )
    )  # fmt: skip
    order = [each.key for each in COLUMNS]
    faults = [Fault(number, each) for each in (*unreadable, *found)]
    return draft, sorted(faults, key=lambda each: order.index(each.column))


def _read(unreadable: list[CarbonError], make: Callable[[], T]) -> T | None:
    try:
        return make()
    except CarbonError as error:
        unreadable.append(error)
        return None


def _kind(cell: Cell) -> LoanKind:
    given = word(cell)
    if given not in _KINDS:
        raise LoanKindUnknown(given=given[:40], known=", ".join(_KINDS), path=(KIND.key,))
    return _KINDS[given]


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
