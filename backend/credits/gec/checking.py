"""A line of the platform's export, checked by itself and against the account's holder; and lines alike put together.

Most cells repeat from line to line, so what they say is worked out once for each combination.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from unicodedata import normalize

from backend.credits.gec import codes, columns
from backend.credits.gec.columns import COLUMNS
from backend.credits.gec.problems import Problem
from backend.credits.gec.validity import KWH, last_month
from backend.credits.gec.words import fold, shown, words
from backend.kit.months import InvalidMonth, Month
from backend.kit.tables import Cell, Column, is_blank, word
from backend.ledger.values import BatchSpec, OriginRange

BY_KEY = {column.key: column for column in COLUMNS}
FACTS: tuple[Column, ...] = tuple(each for each in COLUMNS if each not in (columns.CODE, columns.PRICE))
"""The columns whose cells repeat."""
LONGEST_TEXT = 200
NOT_TRADEABLE = frozenset({"self_use", "off_grid", "older_hydro"})
MAY_COME_IN = frozenset({"issued", "transferred"})


class Facts(NamedTuple):
    """What a line says beside its code. Lines of one project with the same facts become one batch."""

    month: date
    valid_until: date
    technology: str
    kind: str
    is_bundled: bool
    is_transferable: bool
    transfers_used: int
    project_name: str
    project_owner: str
    province: str
    contract: str
    is_mechanism: bool

    @property
    def attributes(self) -> dict[str, Any]:
        """The facts as a batch keeps them; an unknown kind and a missing contract are left out."""
        found: dict[str, Any] = {
            "technology": self.technology,
            "is_bundled": self.is_bundled,
            "project_name": self.project_name,
            "project_owner": self.project_owner,
            "province": self.province,
            "mechanism_energy": self.is_mechanism,
        }
        if self.kind:
            found["kind"] = self.kind
        if self.contract:
            found["self_use_contract"] = self.contract
        return found


class Wrong(Exception):
    """A cell cannot be what it is."""

    def __init__(self, code: str, column: Column, **details: object) -> None:
        self.problem = Problem(code, column.key, details)
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Sorted:
    """The file's certificates put together: one batch for each project and facts."""

    specs: list[BatchSpec]
    rows: dict[tuple[str, int], int]
    """Frame and number of each certificate -> its row."""

    @property
    def quantities(self) -> list[int]:
        """Certificates of each batch."""
        return [sum(each.count for each in spec.origins) for spec in self.specs]


@dataclass(slots=True)
class LineChecker:
    """Checks lines one after the other and remembers the good ones. `names`: what the holder may be called."""

    names: Collection[str]
    holder: str
    today: date
    problems: dict[int, list[Problem]] = field(default_factory=dict[int, list[Problem]])
    rows: dict[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    _alike: dict[tuple[str, Facts], dict[str, list[int]]] = field(
        default_factory=dict[tuple[str, Facts], dict[str, list[int]]]
    )
    _facts: dict[tuple[Cell, ...], tuple[Facts | None, list[Problem]]] = field(
        default_factory=dict[tuple[Cell, ...], tuple[Facts | None, list[Problem]]]
    )
    _projects: dict[str, Problem | None] = field(default_factory=dict[str, Problem | None])

    def check(self, number: int, code_cell: Cell, price: Cell, cells: tuple[Cell, ...]) -> None:
        """Check row `number`: its code, its price, and its other cells in the order of `FACTS`."""
        known = self._facts.get(cells)
        if known is None:
            known = self._facts[cells] = self._read(dict(zip((each.key for each in FACTS), cells, strict=True)))
        facts, found = known[0], list(known[1])
        try:
            code = self._code(code_cell)
            self._price(price)
            if facts is not None:
                codes.check_month(code, facts.month, codes.layout())
                self._add(number, code, facts)
        except codes.CodeWrong as wrong:
            found.insert(0, Problem(wrong.problem, columns.CODE.key, wrong.facts))
        except Wrong as wrong:
            found.insert(0, wrong.problem)
        if found:
            self.problems[number] = found

    def sorted(self) -> Sorted:
        """Put the good lines together, in the order of project, month and the rest."""
        specs: list[BatchSpec] = []
        for (project, facts), frames in sorted(self._alike.items()):
            origins: list[OriginRange] = []
            for frame in sorted(frames):
                origins += codes.ranges(frame, sorted(frames[frame]))
            specs.append(
                BatchSpec(
                    vintage=facts.month.year,
                    produced_from=facts.month,
                    produced_to=Month.of(facts.month).last_day,
                    valid_until=facts.valid_until,
                    is_transferable=facts.is_transferable,
                    transfers_used=facts.transfers_used,
                    project_code=project,
                    attributes=facts.attributes,
                    origins=tuple(origins),
                )
            )
        return Sorted(specs, self.rows)

    def _add(self, number: int, code: str, facts: Facts) -> None:
        key = codes.frame_of(code)
        first = self.rows.setdefault(key, number)
        if first != number:
            raise Wrong("duplicate_in_file", columns.CODE, first=first)
        self._alike.setdefault((codes.project_of(code), facts), {}).setdefault(key[0], []).append(key[1])

    def _code(self, cell: Cell) -> str:
        if is_blank(cell):
            raise Wrong("cell_missing", columns.CODE, title_zh=columns.CODE.zh, title_en=columns.CODE.en)
        if not isinstance(cell, str):
            raise Wrong("code_not_text", columns.CODE)
        code = fold(cell)
        codes.check_shape(code)
        project = codes.project_of(code)
        if project not in self._projects:
            self._projects[project] = self._project(code)
        wrong = self._projects[project]
        if wrong is not None:
            raise codes.CodeWrong(wrong.code, **wrong.details)
        return code

    @staticmethod
    def _project(code: str) -> Problem | None:
        try:
            codes.check_project(code, codes.layout())
        except codes.CodeWrong as wrong:
            return Problem(wrong.problem, columns.CODE.key, wrong.facts)
        return None

    @staticmethod
    def _price(cell: Cell) -> None:
        if is_blank(cell):
            return
        value = _decimal(cell)
        if value is None or value < 0:
            raise Wrong("price_wrong", columns.PRICE, value=word(cell)[:60])

    def _read(self, cells: dict[str, Cell]) -> tuple[Facts | None, list[Problem]]:
        """Return what a line's cells say, and everything wrong with them."""
        line = _Line(cells)
        month = line.take(line.month, columns.MONTH, self.today)
        line.take(line.energy)
        line.take(line.not_used)
        expiry = line.take(line.expiry, month, self.today) if month else None
        if month:
            line.take(line.issued, month, self.today)
        line.take(line.transferred)
        status = line.take(line.status)
        count = line.take(line.count)
        technology = line.take(line.term, columns.TECHNOLOGY, "technology")
        kind = line.take(line.term, columns.KIND, "kind")
        mode = line.take(line.term, columns.MODE, "trade_mode")
        tradeable = line.take(line.truth, columns.TRADEABLE)
        mechanism = line.take(line.truth, columns.MECHANISM)
        texts = [
            line.take(line.text, each) for each in (columns.PROJECT, columns.OWNER, columns.PROVINCE, columns.CONTRACT)
        ]
        line.take(line.holder, columns.HOLDER, self.names, self.holder)
        if count == 1:
            line.take(line.holder, columns.BUYER, self.names, self.holder)
        line.take(line.not_ccer)
        if not line.problems:
            self._together(line, status or "", count or 0, kind or "", mode or "", is_tradeable=bool(tradeable))
        if line.problems or month is None or expiry is None:
            return None, line.problems
        name, owner, province, contract = (each or "" for each in texts)
        is_bundled = mode == "bundled"
        facts = Facts(
            month.first_day, expiry.last_day, technology or "", kind or "", is_bundled,
            bool(tradeable) and not is_bundled and not mechanism, count or 0, name, owner, province, contract,
            bool(mechanism),
        )  # fmt: skip
        return facts, []

    def _together(self, line: "_Line", status: str, count: int, kind: str, mode: str, *, is_tradeable: bool) -> None:
        """Check the cells against each other."""
        if status == "issued" and count:
            line.wrong("status_disagrees", columns.STATUS)
        if kind in NOT_TRADEABLE and is_tradeable:
            line.wrong("kind_not_tradeable", columns.TRADEABLE, value=word(line.cells[columns.KIND.key]))
        if not is_tradeable and count and mode != "bundled":
            line.wrong("not_tradeable_but_traded", columns.COUNT)
        owner = word(line.cells[columns.OWNER.key])
        if kind == "self_use" and fold(owner) not in self.names and is_blank(line.cells[columns.CONTRACT.key]):
            line.wrong("contract_missing", columns.CONTRACT, value=owner[:60])


class _Line:
    """The cells of one line, read one by one; what is wrong is gathered."""

    def __init__(self, cells: dict[str, Cell]) -> None:
        self.cells = cells
        self.problems: list[Problem] = []

    def take(self, read: Any, *given: Any) -> Any:  # noqa: ANN401 - whatever the reader returns
        """Return what a reader reads, None when it refuses."""
        try:
            return read(*given)
        except Wrong as wrong:
            self.problems.append(wrong.problem)
            return None

    def wrong(self, code: str, column: Column, **details: object) -> None:
        """Note a problem."""
        self.problems.append(Problem(code, column.key, details))

    def said(self, column: Column) -> str:
        """Return a cell's text; a required one must be there."""
        text = word(self.cells[column.key])
        if not text and column.is_required:
            raise Wrong("cell_missing", column, title_zh=column.zh, title_en=column.en)
        return text

    def text(self, column: Column) -> str:
        """Return a text of bearable length."""
        text = " ".join(self.said(column).split())
        if len(text) > LONGEST_TEXT:
            raise Wrong("text_too_long", column, limit=LONGEST_TEXT)
        return text

    def term(self, column: Column, name: str) -> str:
        """Return the code of a word the field may have; nothing for an empty cell that may be."""
        text = self.said(column)
        if not text:
            return ""
        code = words(name).get(fold(text))
        if code is None:
            raise Wrong(
                "word_unknown", column, value=text[:60], title_zh=column.zh, title_en=column.en, accepted=shown(name)
            )
        return code

    def truth(self, column: Column) -> bool:
        """Return a yes or no."""
        cell = self.cells[column.key]
        return cell if isinstance(cell, bool) else self.term(column, "truth") == "yes"

    def month(self, column: Column, today: date | None = None) -> Month:
        """Return a month, one that has come if `today` is given."""
        cell = self.cells[column.key]
        self.said(column)
        try:
            found = Month.of(cell) if isinstance(cell, date) else Month.read(_month_of(word(cell)))
        except InvalidMonth:
            raise Wrong("month_malformed", column, value=word(cell)[:60]) from None
        if today is not None and found > Month.of(today):
            raise Wrong("month_future", column, value=str(found))
        return found

    def day(self, column: Column) -> date | None:
        """Return a date, None for an empty cell that may be."""
        cell, text = self.cells[column.key], self.said(column)
        if not text:
            return None
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        parts = (
            normalize("NFKC", text).replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").split()
        )
        try:
            year, month, day = (int(each) for each in parts[0].split("-"))
            return date(year, month, day)
        except (ValueError, IndexError):
            raise Wrong("date_malformed", column, value=text[:60]) from None

    def energy(self) -> None:
        """Check that the certificate stands for 1,000 kWh."""
        text = self.said(columns.ENERGY)
        if _decimal(self.cells[columns.ENERGY.key]) != KWH:
            raise Wrong("energy_wrong", columns.ENERGY, value=text[:60])

    def expiry(self, production: Month, today: date) -> Month:
        """Return the last month of validity, as the rule has it and the file must say."""
        said, expected = self.month(columns.EXPIRY), last_month(production)
        if said != expected:
            raise Wrong("expiry_wrong", columns.EXPIRY, value=str(said), month=str(production), expected=str(expected))
        if expected.last_day < today:
            raise Wrong("expired", columns.EXPIRY, value=str(expected))
        return expected

    def issued(self, production: Month, today: date) -> None:
        """Check that it was issued after its month began and not in the future."""
        day = self.day(columns.ISSUED)
        if day is not None and not production.first_day < day <= today:
            raise Wrong("issue_date_wrong", columns.ISSUED, value=day.isoformat())

    def transferred(self) -> None:
        """Check that the date of transfer is one, if given."""
        self.day(columns.TRANSFERRED)

    def status(self) -> str:
        """Return the status, one of those that may come in."""
        code = self.term(columns.STATUS, "status")
        if code not in MAY_COME_IN:
            raise Wrong("status_refused", columns.STATUS, value=self.said(columns.STATUS)[:60])
        return code

    def count(self) -> int:
        """Return how often it was traded: never or once."""
        text = self.said(columns.COUNT)
        value = _decimal(self.cells[columns.COUNT.key])
        if value is None or value not in (Decimal(0), Decimal(1)):
            raise Wrong("count_wrong", columns.COUNT, value=text[:60])
        return int(value)

    def holder(self, column: Column, names: Collection[str], holder: str) -> None:
        """Check that the account's holder is named; an empty cell is judged by whether it may be empty."""
        text = self.said(column)
        if text and fold(text) not in names:
            code = "holder_other" if column is columns.HOLDER else "buyer_other"
            raise Wrong(code, column, value=text[:60], holder=holder)

    def not_used(self) -> None:
        """Check that the certificate was not cancelled or declared."""
        for column in (columns.REASON, columns.DECLARED):
            if self.said(column):
                raise Wrong("used_already", column)

    def not_ccer(self) -> None:
        """Check that no CCER were applied for."""
        if self.truth(columns.CCER):
            raise Wrong("ccer_claimed", columns.CCER)


def _decimal(cell: Cell) -> Decimal | None:
    """Return a cell's decimal; a workbook's binary number by the shortest decimal that names it."""
    if isinstance(cell, bool):
        return None
    text = repr(cell) if isinstance(cell, float | int) else normalize("NFKC", word(cell)).replace(",", "")
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _month_of(text: str) -> str:
    """Return the month of a written day, other texts as they are."""
    folded = normalize("NFKC", text).strip()
    parts = folded.replace("/", "-").split("-")
    return "-".join(parts[:2]) if len(parts) == 3 else folded  # noqa: PLR2004 - year, month, day


def lines_of(positions: dict[str, int]) -> tuple[int, int, list[int]]:
    """Return where code, price and the facts stand; -1 for a column the file has not."""
    return (
        positions.get(columns.CODE.key, -1),
        positions.get(columns.PRICE.key, -1),
        [positions.get(column.key, -1) for column in FACTS],
    )
