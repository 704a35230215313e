"""Facts as accepted appeals correct them, for as long as they are made from the records that were judged. Pure.

A correction says what one fact should have been, made from these records: an inventory's version, a yearly figure, a rating.
Once a newer record of the year takes the place of one of them, the fact is another one, and nobody has judged that. The
correction then ends, and the fact says so. Penalties are judged one by one: a correction of their number stays with those
that were on record, and later ones are added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from backend.scores.running.material import Material, Override
from backend.scores.values import FACTS, Fact, Quality, Source, Words

ENDED = "ended"
"""The version of a correction that holds no more, among the sources of a fact."""
PENALTIES = "open_penalties"


def settled(facts: Mapping[str, Fact], code: str, found: Material) -> Fact | None:
    """Return a fact as the newest correction of it that holds says, or as it was computed; None where there is none."""
    fact, known = facts.get(code), [each for each in found.overrides if each.fact == code]
    if not known:
        return fact
    if code == PENALTIES:
        return _of_penalties(corrected(known[-1]), known[-1], found)
    sources = frozenset(() if fact is None else fact.sources)
    held = [
        each for each in known if each.is_new or (each.corrects is not None and frozenset(each.corrects) == sources)
    ]
    if held:
        return corrected(held[-1])
    return None if fact is None else _ended(fact, known[-1])


def corrected(override: Override) -> Fact:
    """Return the fact an accepted appeal put in the place of the computed one."""
    return Fact(
        override.fact, read_value(override.fact, override.value), override.unit, Quality.VERIFIED,
        (Source("ScoreOverride", str(override.id)),),
        Words(f"经申诉更正，依据 {override.document}", f"Corrected on appeal by {override.document}"),
    )  # fmt: skip


def read_value(fact: str, value: str) -> Decimal | str | bool:
    """Return a fact's value from the text it is stored as."""
    kind = FACTS[fact]
    if kind.choices:
        return value
    return Decimal(value) if kind.better else value == "true"


def _ended(fact: Fact, override: Override) -> Fact:
    """Return the computed fact, saying that a correction was of older records."""
    zh = f"{override.document} 的申诉更正针对此前的记录，记录更新后不再适用"
    en = f"the correction by {override.document} was of earlier records and has ended with them"
    note = Words(f"{fact.note.zh}；{zh}" if fact.note.zh else zh, f"{fact.note.en}; {en}" if fact.note.en else en)
    return replace(fact, sources=(*fact.sources, Source("ScoreOverride", str(override.id), ENDED)), note=note)


def _of_penalties(fact: Fact, override: Override, found: Material) -> Fact:
    """Return the corrected count, of penalties still in force, with those recorded since."""
    judged = [each for each in found.penalties if each.recorded_at <= override.recorded_at]
    later = [each for each in found.penalties if each.recorded_at > override.recorded_at]
    value = fact.value if isinstance(fact.value, Decimal) else Decimal(0)
    if override.corrects is not None and value <= len(override.corrects):
        # Of those judged some have ended since; none of them counts twice.
        value = min(value, Decimal(len(judged)))
    note = fact.note if not later else _with_later(fact.note, later)
    sources = (*fact.sources, *(Source("ScorePenalty", str(each.id)) for each in later))
    return replace(fact, value=value + len(later), sources=sources, note=note)


def _with_later(note: Words, later: Sequence[Any]) -> Words:
    documents = "、".join(each.document for each in later)
    return Words(f"{note.zh}；其后新增有效处罚：{documents}", f"{note.en}; recorded since: {documents}")
