"""The text of a standard as numbered items: 1, 4.2.3, 附录A. Put together again the items are the text, sign by sign."""

import re

from backend.knowledge.rules.splitting import LONGEST_HEADING, PREFACE, Piece

HEADING = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2}){0,5})\s+(\S.*)$")
"""A number and words after a space; a quantity at the beginning of a line is told apart by the order of numbers."""
APPENDIX = re.compile(r"\s*附\s*录\s*([A-Z])\b[\s　]*(.*)$")
IN_APPENDIX = re.compile(r"\s*([A-Z])((?:\.\d{1,2}){1,5})\s+(\S.*)$")

Place = tuple[int, ...]


def follows(last: Place, new: Place) -> bool:
    """Tell whether a number may come after another: the next at its own depth or above, or the first below it."""
    if new[:-1] == last and new[-1] == 1:
        return True
    depth = len(new)
    return depth <= len(last) and new[:-1] == last[: depth - 1] and new[-1] == last[depth - 1] + 1


class _Counter:
    def __init__(self) -> None:
        self.letter, self.last = "", ()

    def label(self, line: str) -> tuple[str, str] | None:
        """Return number and heading of the item that begins with a line, None where none does."""
        found = APPENDIX.match(line)
        if found and ord(found[1]) == (ord(self.letter) + 1 if self.letter else ord("A")):
            self.letter, self.last = found[1], ()
            return f"附录{found[1]}", found[2]
        found = IN_APPENDIX.match(line)
        if found and found[1] == self.letter:
            return self._counted(tuple(int(each) for each in found[2][1:].split(".")), found[3], f"{self.letter}.")
        found = HEADING.match(line)
        if found and not self.letter:
            return self._counted(tuple(int(each) for each in found[1].split(".")), found[2], "")
        return None

    def _counted(self, place: Place, heading: str, before: str) -> tuple[str, str] | None:
        if not follows(self.last, place):
            return None
        self.last = place
        return before + ".".join(map(str, place)), heading


def split(text: str) -> list[Piece]:
    """Return the items of a standard's text; what stands before the first is its preface."""
    counter, found = _Counter(), list[Piece]()
    label, heading, held = PREFACE, PREFACE, list[str]()
    for line in text.splitlines(keepends=True):
        new = counter.label(line)
        if new is not None:
            if held:
                found.append(Piece(label, heading, "".join(held)))
            (label, heading), held = (new[0], new[1].strip()[:LONGEST_HEADING] or new[0]), []
        held.append(line)
    if held:
        found.append(Piece(label, heading, "".join(held)))
    return found
