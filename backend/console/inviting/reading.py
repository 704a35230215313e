"""A file of enterprises to invite, workbook or CSV: every row is read before anything is stored, every fault has its cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.console import rules
from backend.console.errors import InvitationCellInvalid, InvitationFileEmpty, InvitationTwice
from backend.identity.errors import CreditCodeInvalid, EmailInvalid
from backend.identity.service import plain_credit_code, stored_email
from backend.kit.errors import CarbonError
from backend.kit.sheets import Layout
from backend.kit.tables import Cell, Column, TooManyRows, is_blank, open_table, word

NAME = Column(
    "name", "单位名称", "Name", "与营业执照一致，2 至 200 个字符。", "As registered, 2 to 200 characters.", 36,
    is_required=True,
)  # fmt: skip
CREDIT_CODE = Column(
    "credit_code", "统一社会信用代码", "Credit code", "18 位，校验位会被核对。", "18 characters; the check character is verified.",
    24, is_required=True,
)  # fmt: skip
DIVISION = Column(
    "division_code", "区划代码", "Division code", "本机关辖区内的区划代码，如 320206。",
    "A division of your region, such as 320206.", 14, is_required=True,
)  # fmt: skip
SECTOR = Column(
    "sector", "行业代码", "Sector code", "本地区行业代码，可留空。", "A sector of the jurisdiction; may be empty.", 18
)
ADMINISTRATOR = Column(
    "administrator",
    "管理员姓名",
    "Administrator",
    "首位管理员的姓名。",
    "Name of the first administrator.",
    18,
    is_required=True,
)
EMAIL = Column(
    "email",
    "管理员邮箱",
    "E-mail",
    "首位管理员的电子邮箱。",
    "E-mail address of the first administrator.",
    32,
    is_required=True,
)
COLUMNS = (NAME, CREDIT_CODE, DIVISION, SECTOR, ADMINISTRATOR, EMAIL)
INVITATIONS_FILE = Layout(COLUMNS, "企业名单")
MOST_ROWS = 2000
"""Enterprises of one file."""
SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell."""

    row: int
    column: str
    error: CarbonError

    def message(self, language: str) -> str:
        """Return the sentence in `zh` or `en`."""
        return self.error.message(language)

    def told(self) -> dict[str, Any]:
        """Return it as it is told: row, column, what is wrong."""
        return {
            "row": self.row, "column": self.column, "code": self.error.code, "zh": self.error.message("zh"),
            "en": self.error.message("en"),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An enterprise as a row has it; what could not be read is empty."""

    row: int
    name: str
    credit_code: str
    division_code: str
    sector: str
    administrator: str
    email: str


@dataclass(frozen=True, slots=True)
class InvitationRows:
    """The rows of a file and what is wrong with them by themselves."""

    rows: Sequence[InvitationRow]
    faults: Sequence[Fault]


def cell_fault(row: int, column: Column, given: str, reason_zh: str, reason_en: str) -> Fault:
    """Return the fault of a cell."""
    return Fault(
        row, column.key,
        InvitationCellInvalid(
            given=given[:60], column_zh=column.zh, column_en=column.en, reason_zh=reason_zh, reason_en=reason_en,
            path=(column.key,),
        ),
    )  # fmt: skip


def read_invitations(path: Path) -> InvitationRows:
    """Return the rows of a file, and every fault of every row. Blocks; call it in a thread.

    Raises:
        FileUnreadable, HeaderMissing: see `kit.tables.open_table`.
        TooManyRows: more than `MOST_ROWS`.
        InvitationFileEmpty: no row at all.
    """
    rows: list[InvitationRow] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    with open_table(path, COLUMNS, INVITATIONS_FILE.needed, sheet=INVITATIONS_FILE.sheet) as table:
        for number, row in table.rows:
            cells = {key: row[place] if place < len(row) else None for key, place in table.positions.items()}
            if all(is_blank(each) for each in cells.values()):
                continue
            if len(rows) == MOST_ROWS:
                raise TooManyRows(limit=MOST_ROWS)
            found, wrong = _judged(number, cells)
            if found.credit_code:
                before = seen.setdefault(found.credit_code, number)
                if before != number:
                    twice = InvitationTwice(credit_code=found.credit_code, row=before, path=(CREDIT_CODE.key,))
                    wrong.append(Fault(number, CREDIT_CODE.key, twice))
            rows.append(found)
            faults += wrong
    if not rows:
        raise InvitationFileEmpty
    return InvitationRows(rows, faults)


def _judged(number: int, cells: Mapping[str, Cell]) -> tuple[InvitationRow, list[Fault]]:
    given = {each.key: rules.plain(word(cells.get(each.key))) for each in COLUMNS}
    faults: list[Fault] = []
    for column, least, most in ((NAME, SHORTEST_NAME, 200), (ADMINISTRATOR, 1, 100)):
        if not least <= len(given[column.key]) <= most:
            reasons = f"须为 {least} 至 {most} 个字符", f"{least} to {most} characters are needed"
            faults.append(cell_fault(number, column, given[column.key], *reasons))
    if not given[DIVISION.key]:
        faults.append(cell_fault(number, DIVISION, "", "不能为空", "it is empty"))
    try:
        given[CREDIT_CODE.key] = plain_credit_code(given[CREDIT_CODE.key])
    except CreditCodeInvalid as error:
        faults.append(Fault(number, CREDIT_CODE.key, error))
        given[CREDIT_CODE.key] = ""
    try:
        given[EMAIL.key] = stored_email(given[EMAIL.key])
    except EmailInvalid as error:
        faults.append(Fault(number, EMAIL.key, error))
        given[EMAIL.key] = ""
    return InvitationRow(row=number, **given), faults
