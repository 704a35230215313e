"""Words of a text and of a question, in Chinese and English.

Chinese has no spaces. A run of its signs is taken as overlapping pairs (`碳排放` is `碳排`, `排放`) at consecutive places, so
that a question matches a text exactly where its signs stand next to each other. PostgreSQL's own trigrams cannot find
words of two signs by their index, and depend on the locale of the database; pairs do neither. English words are left to
PostgreSQL's dictionary, which knows that `emissions` is `emission`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.knowledge.values import Segment

SIGN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(f"[{SIGN}]+")
_WORD = re.compile(r"[a-z0-9]+")
_BROKEN = re.compile(f"(?<=[{SIGN}])\\s+(?=[{SIGN}])")
"""A line end in the midst of a sentence: scanned documents break anywhere."""
_OTHER = re.compile(r"[^a-z0-9]+")
LAST_PLACE, MOST_PLACES = 16_383, 255
LONGEST_EXCERPT, BEFORE_HIT = 160, 40
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Question:
    """A search as the database takes it.

    `exact` and `loose` are queries over pairs of Chinese signs: all of them in order, or any. `english` are the words for
    the dictionary. `number` is how a document's number would be written without punctuation. `runs` are the Chinese parts,
    for showing.
    """

    exact: str
    loose: str
    english: str
    number: str
    runs: tuple[str, ...]


def plain(text: str) -> str:
    """Return a text with full-width forms as usual ones, in lower case, without line ends inside Chinese."""
    return _BROKEN.sub("", _usual(text))


def _usual(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def number_key(number: str) -> str:
    """Return how a document's number is compared: letters, digits and Chinese signs (`GB/T 32150-2025`: `gbt321502025`)."""
    return re.sub(f"[^a-z0-9{SIGN}]+", "", plain(number))


def latin(text: str) -> str:
    """Return the English words and numbers of a text, divided by spaces; a part in Chinese divides, too."""
    return _OTHER.sub(" ", plain(text)).strip()


def pairs(run: str) -> list[str]:
    """Return the overlapping pairs of a run of Chinese signs; a single sign stands for itself."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def chinese_vector(parts: Iterable[tuple[str, str]]) -> str:
    """Return the Chinese part of a search vector in PostgreSQL's own spelling; `parts` are texts with their weight (A to D)."""
    places: dict[str, list[str]] = {}
    at = 0
    for text, weight in parts:
        for run in _RUN.findall(plain(text)):
            at += 1  # a gap: no phrase reaches over punctuation
            for pair in pairs(run):
                at += 1
                held = places.setdefault(pair, [])
                if at <= LAST_PLACE and len(held) < MOST_PLACES:
                    held.append(f"{at}{weight}")
    return " ".join(f"'{pair}':{','.join(held)}" if held else f"'{pair}'" for pair, held in places.items())


def question(search: str) -> Question:
    """Return a search as the database takes it; its words may be separated by anything, spaces between Chinese included.

    In a text a space inside Chinese is a line's end; whoever asks sets it between two words.
    """
    text = _usual(search)
    runs = tuple(dict.fromkeys(run for run in _RUN.findall(text) if len(run) > 1))
    phrases = ["(" + " <-> ".join(f"'{pair}'" for pair in pairs(run)) + ")" for run in runs]
    loose = dict.fromkeys(pair for run in runs for pair in pairs(run))
    return Question(
        exact=" & ".join(phrases), loose=" | ".join(f"'{pair}'" for pair in loose),
        english=" ".join(dict.fromkeys(_WORD.findall(text))), number=number_key(search), runs=runs,
    )  # fmt: skip


def is_too_short(asked: Question) -> bool:
    """Tell whether a search has neither two Chinese signs together nor an English word of two letters or a number."""
    return not asked.runs and not any(len(word) > 1 for word in asked.english.split())


def words_of(text: str) -> set[str]:
    """Return the English words of a text, as they stand but in lower case."""
    return set(_WORD.findall(unicodedata.normalize("NFKC", text).lower()))


def hits(text: str, asked: Question, stems: Mapping[str, str], wanted: set[str]) -> list[tuple[int, int]]:
    """Return where a text holds what was asked for, as (start, end), in order and apart from each other.

    `stems` gives the stem of each English word of the text, `wanted` are the question's stems. Where no Chinese part
    occurs whole, its pairs are marked.
    """
    low = _lowered(text)
    found: list[tuple[int, int]] = []
    for run in asked.runs:
        whole = [match.span() for match in _spaced(run).finditer(low)]
        found += whole or [match.span() for pair in set(pairs(run)) for match in _spaced(pair).finditer(low)]
    found += [match.span() for match in _WORD.finditer(low) if stems.get(match[0], match[0]) in wanted]
    return _joined(sorted(found))


def _lowered(text: str) -> str:
    """Return a text in usual forms and lower case whose signs stand where they stood."""
    changed = (unicodedata.normalize("NFKC", sign).lower() for sign in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, changed, strict=True))


def _spaced(run: str) -> re.Pattern[str]:
    return re.compile(r"\s*".join(map(re.escape, run)))


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def segments(text: str, spans: Sequence[tuple[int, int]]) -> list[Segment]:
    """Return a text in parts, those asked for marked; put together they are the text."""
    found: list[Segment] = []
    at = 0
    for start, end in spans:
        if start > at:
            found.append(Segment(text[at:start], is_hit=False))
        found.append(Segment(text[start:end], is_hit=True))
        at = end
    if at < len(text):
        found.append(Segment(text[at:], is_hit=False))
    return found


def excerpt(text: str, spans: Sequence[tuple[int, int]]) -> list[Segment]:
    """Return the part of a text around the first hit, at most `LONGEST_EXCERPT` signs of it, hits marked."""
    first = spans[0][0] if spans else 0
    start = max(0, first - BEFORE_HIT)
    end = min(len(text), start + LONGEST_EXCERPT)
    inside = [(max(low, start) - start, min(high, end) - start) for low, high in spans if low < end and high > start]
    found = segments(text[start:end], inside)
    if start > 0:
        found.insert(0, Segment(ELLIPSIS, is_hit=False))
    if end < len(text):
        found.append(Segment(ELLIPSIS, is_hit=False))
    return found
