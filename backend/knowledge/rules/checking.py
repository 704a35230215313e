"""Whether an entry can be right: texts of a bearable length, days that have come, a source."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from backend.kit.clock import today
from backend.knowledge.values import PARENTS, EntryDraft, EntryKind, Standing

LENGTHS = {
    "number": 100, "title_zh": 300, "title_en": 300, "issuer": 200, "summary": 4000, "source": 500, "note": 1000,
}  # fmt: skip
"""The most characters of each text."""
MOST_PARTS = {"replaces": (20, 100), "keywords": (30, 40)}
"""How many parts a list may have, and the most characters of one."""
NEEDED = ("title_zh", "source")
FIRST_DAY = date(1949, 10, 1)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field of an entry."""

    field: str
    zh: str
    en: str


def checked(draft: EntryDraft) -> tuple[EntryDraft, list[Fault]]:
    """Return an entry with its texts trimmed, and what is wrong with it."""
    faults: list[Fault] = []
    texts = {name: str(getattr(draft, name)).strip() for name in LENGTHS}
    for name, most in LENGTHS.items():
        if len(texts[name]) > most:
            faults.append(Fault(name, f"不得超过 {most} 个字符", f"at most {most} characters"))
        if not is_printable(texts[name]):
            faults.append(Fault(name, "含有不可打印字符", "it has characters that cannot be printed"))
        if name in NEEDED and not texts[name]:
            faults.append(Fault(name, "必填", "it is needed"))
    if draft.kind not in PARENTS:
        faults.append(
            Fault("kind", "条款随其文件保存，不能单独录入", "a clause stands with its document, not by itself")
        )
    if draft.kind is EntryKind.STANDARD and not texts["number"]:
        faults.append(Fault("number", "标准须填写编号", "a standard has a number"))
    lists = {name: _parts(getattr(draft, name)) for name in MOST_PARTS}
    for name, (most, longest) in MOST_PARTS.items():
        if len(lists[name]) > most or any(len(each) > longest or not is_printable(each) for each in lists[name]):
            faults.append(
                Fault(name, f"最多 {most} 项，每项不超过 {longest} 个字符", f"at most {most}, each of at most {longest} characters")
            )  # fmt: skip
    faults += _days(draft)
    return replace(draft, **texts, **lists), faults


def _days(draft: EntryDraft) -> list[Fault]:
    found: list[Fault] = []
    days = {"published_on": draft.published_on, "effective_on": draft.effective_on}
    found += [
        Fault(name, f"日期不得早于 {FIRST_DAY.isoformat()}", f"no day before {FIRST_DAY.isoformat()}")
        for name, day in days.items()
        if day is not None and day < FIRST_DAY
    ]
    if draft.published_on is not None and draft.published_on > today() and draft.standing is not Standing.DRAFT:
        found.append(Fault("published_on", "发布日期晚于今天", "it is published on a day to come"))
    return found


def _parts(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(each.strip() for each in given if each.strip()))


def is_printable(text: str) -> bool:
    """Tell whether a text has nothing in it but signs, line ends and tabs."""
    return all(sign >= " " or sign in "\n\r\t" for sign in text)
