"""A policy document as numbered items, so that a field can link to the sentence that asks for it.

The items partition the text: put together again they are the document, sign by sign. Numbers are those of the document:
`二（一）2` is chapter 二, section （一）, number 2; `附件3` is the third row of the annexed table.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

CHAPTER = re.compile(r"\s*([一二三四五六七八九十]{1,3})、\s*(.*)")
SECTION = re.compile(r"\s*[（(]([一二三四五六七八九十]{1,3})[）)]\s*(.*)")
NUMBERED = re.compile(r"\s*(\d{1,2})\s*[.．、](?!\d)\s*(.*)")
ANNEX = re.compile(r"附件\s*$")
ROW = re.compile(r"\t(\d{1,2})\s*$")
WITHIN = re.compile(r"(?<=[）)])(?=(\d{1,2})[.．](?!\d))")
"""An item that begins in the line the one before it ends in."""
PREFACE, ANNEXED = "前言", "附件"
_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}
LONGEST_HEADING = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """An item: its number in the document, what it is about, its words as they stand."""

    label: str
    heading: str
    text: str


def numeral(signs: str) -> int:
    """Return the number of a Chinese numeral below a hundred (`十二` is 12)."""
    tens, ten, ones = signs.partition("十")
    if not ten:
        return _DIGITS[signs]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


class _Counter:
    """Where the document stands; a number counts as an item's only where it is the next one."""

    def __init__(self, breaks: Mapping[str, str]) -> None:
        self.chapter, self.section, self.number, self.row = "", "", 0, 0
        self.is_annexed = False
        self._breaks = breaks

    def label(self, line: str) -> tuple[str, str] | None:
        """Return the number and heading of the item that begins with a line, None where none does."""
        for label, start in self._breaks.items():
            if line.lstrip().startswith(start):
                return label, start.rstrip("：")
        if ANNEX.match(line) and self.chapter:
            self.is_annexed = True
            return ANNEXED, ANNEXED
        if self.is_annexed:
            found = ROW.match(line)
            if found is None or int(found[1]) != self.row + 1:
                return None
            self.row += 1
            return f"{ANNEXED}{self.row}", ""
        return self._body(line)

    def _body(self, line: str) -> tuple[str, str] | None:
        found = CHAPTER.match(line)
        if found and numeral(found[1]) == (numeral(self.chapter) if self.chapter else 0) + 1:
            self.chapter, self.section = found[1], ""
            return self.chapter, _heading(found[2])
        found = SECTION.match(line)
        if found and self.chapter and numeral(found[1]) == (numeral(self.section) if self.section else 0) + 1:
            self.section = found[1]
            return f"{self.chapter}（{self.section}）", _heading(found[2])
        found = NUMBERED.match(line)
        if found and self.chapter and int(found[1]) in {1, self.number + 1}:
            self.number = int(found[1])
            section = f"（{self.section}）" if self.section else ""
            return f"{self.chapter}{section}{self.number}", _heading(found[2])
        return None


def _heading(text: str) -> str:
    """Return what an item is about: its first sentence."""
    return re.split("[。；;]", text.strip(), maxsplit=1)[0][:LONGEST_HEADING]


def split(text: str, breaks: Mapping[str, str] | None = None) -> list[Piece]:
    """Return the items of a document.

    `breaks` names items that carry no number by how they begin: `{"结语": "省发展改革委将会同"}`.
    """
    counter, found = _Counter(breaks or {}), list[Piece]()
    label, heading, held = PREFACE, "", list[str]()
    for line in _lines(text):
        new = counter.label(line)
        if new is not None:
            found.append(Piece(label, heading, "".join(held)))
            (label, heading), held = new, []
        held.append(line)
    found.append(Piece(label, heading, "".join(held)))
    return [_named(each) for each in found]


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        yield from _parted(line)


def _parted(line: str) -> Iterator[str]:
    """Give a line in parts where an item begins in the midst of it."""
    begun, own = 0, NUMBERED.match(line)
    last = int(own[1]) if own else None
    for place in WITHIN.finditer(line):
        if last is not None and int(place[1]) != last + 1:
            continue
        yield line[begun : place.start()]
        begun, last = place.start(), int(place[1])
    yield line[begun:]


def _named(piece: Piece) -> Piece:
    """Give a preface and a row of a table what they are about: the first words that are no number."""
    if piece.heading:
        return piece
    words = [each.strip() for each in piece.text.splitlines() if each.strip() and not each.strip().isdigit()]
    if piece.label.startswith(ANNEXED):
        words = [each for each in words if not each.endswith("性指标") and each != "重要参考指标"] or words
    return Piece(piece.label, (words[0] if words else piece.label)[:LONGEST_HEADING], piece.text)
