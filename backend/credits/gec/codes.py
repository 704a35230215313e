"""A certificate's code: 32 positions, 17 of the project and 15 of the energy, read part by part.

The parts and their order are published, their widths are not: those of `data/gec_code.toml` are placeholders, and the
file says so. A code that disagrees with them is refused, because it cannot be told what it says; an administrator puts
the official widths there. What a unit *is* does not depend on them: the ledger counts positions 22 to 30 of the code,
whatever they mean, and everything around them is the frame. So a certificate is the same one under every layout.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from backend.ledger.values import OriginRange

REGISTRY = "GEC"
FILE = Path(__file__).resolve().parents[1] / "data" / "gec_code.toml"
LENGTH, PROJECT_LENGTH = 32, 17
COUNTED = slice(21, 30)
"""The positions the ledger counts by. Never change them: the codes in the books are kept by them."""
COUNTED_DIGITS = 9

_SHAPE = re.compile(r"[0-9A-Z]{17}[0-9]{15}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the code: `first`..`end` are its positions from 0, the end not included."""

    key: str
    of: str
    zh: str
    en: str
    first: int
    end: int
    is_alphanumeric: bool

    def read(self, code: str) -> str:
        """Return the part's signs."""
        return code[self.first : self.end]


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a code, and how sure we are of their widths."""

    parts: tuple[Part, ...]
    is_placeholder: bool
    source: str
    confidence: str

    def part(self, key: str) -> Part:
        """Return a part by its key."""
        return next(each for each in self.parts if each.key == key)


@cache
def layout() -> Layout:
    """Read the layout; it must cover 17 and 15 positions.

    Raises:
        ValueError: it does not; a fault of the data file.
    """
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))
    parts: list[Part] = []
    place = 0
    for each in given["part"]:
        width, wide = int(each["width"]), bool(each.get("is_alphanumeric", False))
        parts.append(Part(each["key"], each["of"], each["zh"], each["en"], place, place + width, wide))
        place += width
    of_project = sum(each.end - each.first for each in parts if each.of == "project")
    if place != LENGTH or of_project != PROJECT_LENGTH:
        message = f"{FILE.name}: the parts cover {of_project} and {place - of_project} positions"
        raise ValueError(message)
    return Layout(tuple(parts), bool(given["is_placeholder"]), given["source"], given["confidence"])


class CodeWrong(Exception):
    """A code that cannot be read; `problem` is the code of the problem, `facts` fill its sentence."""

    def __init__(self, problem: str, **facts: object) -> None:
        self.problem, self.facts = problem, facts
        super().__init__(problem)


def check_shape(code: str) -> None:
    """Check what is certain of a code: 32 signs, digits (and capital letters in the project's part).

    Raises:
        CodeWrong: it is not so.
    """
    if len(code) != LENGTH:
        raise CodeWrong("code_length", value=code[:60], length=len(code))
    if not _SHAPE.fullmatch(code):
        raise CodeWrong("code_signs", value=code)


def check_project(code: str, found: Layout) -> None:
    """Check the parts of the project, the first 17 positions.

    Raises:
        CodeWrong: a part has signs it cannot have.
    """
    for part in found.parts:
        if part.of == "project" and not part.is_alphanumeric and not part.read(code).isdigit():
            raise CodeWrong("code_part", part_zh=part.zh, part_en=part.en, value=part.read(code), place=part.first + 1)
    approved = found.part("approval_date").read(code)
    if not 1 <= int(approved[-2:]) <= 12:  # noqa: PLR2004 - months
        part = found.part("approval_date")
        raise CodeWrong("code_part", part_zh=part.zh, part_en=part.en, value=approved, place=part.first + 1)


def is_project(code: str) -> bool:
    """Tell whether these can be the 17 positions of a project."""
    if len(code) != PROJECT_LENGTH:
        return False
    try:
        check_shape(code.ljust(LENGTH, "0"))
        check_project(code, layout())
    except CodeWrong:
        return False
    return True


def check_month(code: str, month: date, found: Layout) -> None:
    """Check that the code's production date is the month, as far as the layout tells.

    Raises:
        CodeWrong: it is another one.
    """
    said = found.part("date").read(code)
    if said != f"{month:%y%m}":
        raise CodeWrong("code_month", value=said, expected=f"{month:%y%m}", month=f"{month:%Y-%m}")


def frame_of(code: str) -> tuple[str, int]:
    """Return a code as frame and number, which together are the code again."""
    return code[: COUNTED.start] + code[COUNTED.stop :], int(code[COUNTED])


def code_of(frame: str, number: int) -> str:
    """Return the code of a frame and a number."""
    return f"{frame[: COUNTED.start]}{number:0{COUNTED_DIGITS}d}{frame[COUNTED.start :]}"


def project_of(code: str) -> str:
    """Return the project's 17 positions."""
    return code[:PROJECT_LENGTH]


def ranges(frame: str, numbers: list[int]) -> list[OriginRange]:
    """Return runs of consecutive numbers (sorted, each once) as ranges."""
    found: list[OriginRange] = []
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            found.append(OriginRange(REGISTRY, frame, first, last))
            first = number
        last = number
    found.append(OriginRange(REGISTRY, frame, first, last))
    return found
