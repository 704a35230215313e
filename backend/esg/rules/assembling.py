"""Put a disclosure together: its points with what fills them, the matrix of materiality, and what it lacks. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from backend.esg.rules.prefilling import is_same
from backend.esg.values import (
    Applicability,
    Applies,
    AssessmentValue,
    AssignmentValue,
    Comparative,
    Crossing,
    EntryKind,
    EntryValue,
    Level,
    Library,
    MatrixCell,
    Metric,
    PointState,
    PointValue,
    Prefill,
    Relation,
    Requirement,
    RequirementKind,
    Source,
    Words,
)

Matrix = Mapping[int, MatrixCell]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a disclosure's points: entries and assignments oldest first."""

    entries: Sequence[EntryValue]
    assignments: Sequence[AssignmentValue]


def matrix(library: Library, assessments: Sequence[AssessmentValue], threshold: Decimal) -> dict[int, MatrixCell]:
    """Return every topic with its newest judgement (assessments oldest first) against the threshold."""
    newest = {each.topic: each for each in assessments}
    found: dict[int, MatrixCell] = {}
    for number, topic in sorted(library.topics.items()):
        one = newest.get(number)
        found[number] = MatrixCell(
            topic, one,
            None if one is None else one.impact >= threshold,
            None if one is None else one.financial >= threshold,
        )  # fmt: skip
    return found


def requirements_by_point(library: Library) -> dict[str, list[Requirement]]:
    """Return the requirements each point answers, in the order of the standards; then metrics nobody asks for."""
    found: dict[str, list[Requirement]] = defaultdict(list)
    for standard in library.standards.values():
        for each in standard.requirements:
            found[each.point].append(each)
    for code in library.metrics:
        found.setdefault(code, [])
    return dict(found)


def is_binding(requirement: Requirement, applies: Mapping[str, Applicability], cells: Matrix) -> tuple[bool, bool]:
    """Return whether a requirement must be answered, and whether that cannot be told.

    It must when its standard binds the account (or may: that cannot be told) and it is mandatory, or its topic is judged
    material; while its topic is not judged, it cannot be told.
    """
    found = applies.get(requirement.standard)
    if found is None or found.outcome is Applies.VOLUNTARY or requirement.level is Level.ENCOURAGED:
        return False, False
    is_open = found.outcome is Applies.CANNOT_TELL
    if requirement.level is Level.MATERIAL and requirement.topic is not None:
        is_material = cells[requirement.topic].is_material
        if is_material is False:
            return False, False
        is_open = is_open or is_material is None
    return not is_open, is_open


def points(
    library: Library,
    applies: Mapping[str, Applicability],
    cells: Matrix,
    said: Said,
    fresh: Mapping[str, Prefill],
    comparatives: Mapping[str, Comparative],
) -> list[PointValue]:
    """Return every point of the disclosure as it stands, by the order of its standards."""
    prefills = {each.point: each for each in said.entries if each.kind is EntryKind.PREFILL}
    words = {each.point: each for each in said.entries if each.kind is not EntryKind.PREFILL}
    assigned = {each.point: each for each in said.assignments}
    found: dict[str, PointValue] = {}
    for point, asked in requirements_by_point(library).items():
        binding = [is_binding(each, applies, cells) for each in asked]
        prefill = prefills.get(point)
        found[point] = _point(
            library, point, asked, prefill, _counting(words.get(point), prefill), fresh.get(point), assigned.get(point), comparatives.get(point),
            is_mandatory=any(must for must, _ in binding), is_cannot_tell=any(open_ for _, open_ in binding),
        )  # fmt: skip
    return _covered(list(found.values()), library.crossings)


def _point(
    library: Library, point: str, asked: Sequence[Requirement], prefill: EntryValue | None, entry: EntryValue | None,
    fresh: Prefill | None, assigned: AssignmentValue | None, comparative: Comparative | None, *, is_mandatory: bool,
    is_cannot_tell: bool,
) -> PointValue:  # fmt: skip
    about: Requirement | Metric = library.metrics[point] if point in library.metrics else asked[0]
    counts = entry or prefill
    is_changed = fresh is not None and prefill is not None and not is_same(prefill_of(prefill), fresh)
    return PointValue(
        point=point,
        name=about.name,
        pillar=about.pillar,
        topic=asked[0].topic if asked else about.topic,
        kind=about.kind,
        unit=_unit(counts, about.unit),
        state=_state(prefill, entry, is_changed=is_changed),
        is_mandatory=is_mandatory,
        is_cannot_tell=is_cannot_tell,
        requirements=tuple(asked),
        value=counts.value if counts is not None and counts.kind is not EntryKind.OMISSION else None,
        text=_text(counts),
        prefill=prefill,
        entry=entry,
        fresh=fresh if is_changed else None,
        evidence_ids=entry.evidence_ids if entry is not None else (),
        covered_by=None,
        comparative=comparative,
        owner_id=assigned.owner_id if assigned is not None else None,
        due_on=assigned.due_on if assigned is not None else None,
    )


def _counting(entry: EntryValue | None, prefill: EntryValue | None) -> EntryValue | None:
    """Return the owner's word if it counts.

    One that was taken back does not, nor an answer to what the account tells by now: that is overridden, with a reason.
    """
    if entry is None or entry.kind is EntryKind.WITHDRAWAL:
        return None
    return None if entry.kind is EntryKind.ANSWER and is_told(prefill) else entry


def is_told(prefill: EntryValue | None) -> bool:
    """Return whether the account says something."""
    return prefill is not None and (prefill.value is not None or bool(prefill.text_zh))


def _unit(counts: EntryValue | None, usual: str) -> str:
    return counts.unit if counts is not None and counts.value is not None and counts.unit else usual


def _text(counts: EntryValue | None) -> Words | None:
    if counts is None:
        return None
    if counts.kind is EntryKind.OMISSION:
        return Words(counts.reason, counts.reason)
    return Words(counts.text_zh, counts.text_en or counts.text_zh) if counts.text_zh else None


def _state(prefill: EntryValue | None, entry: EntryValue | None, *, is_changed: bool) -> PointState:
    if entry is not None and entry.kind is EntryKind.OMISSION:
        return PointState.OMITTED
    if is_changed:
        return PointState.RESTATED
    if entry is not None:
        return PointState.FILLED
    if prefill is None:
        return PointState.MISSING
    return PointState.FILLED if is_told(prefill) else PointState.UNKNOWN


def prefill_of(entry: EntryValue) -> Prefill:
    """Return a stored prefill as it was told."""
    return Prefill(
        metric=entry.point, value=entry.value, unit=entry.unit,
        text=Words(entry.text_zh, entry.text_en) if entry.text_zh else None,
        reason=None if is_told(entry) else Words(entry.reason, entry.reason_en),
        formula=Words(entry.formula_zh, entry.formula_en),
        sources=tuple(
            Source(each["kind"], each["id"], each["version"], each.get("note", "")) for each in entry.sources
        ),
    )  # fmt: skip


def _covered(found: Sequence[PointValue], crossings: Iterable[Crossing]) -> list[PointValue]:
    """Mark points without an answer that another standard's answer stands for.

    `SAME` answers both ways, `NARROWER` the narrower one by the wider one's answer. `PARTIAL` answers nothing.
    """
    of_key = {each.key: one for one in found for each in one.requirements}
    answers: dict[str, str] = {}
    for each in crossings:
        source, target = of_key.get(each.from_key), of_key.get(each.to_key)
        if source is None or target is None or each.relation is Relation.PARTIAL:
            continue
        _answer(answers, source, target)
        if each.relation is Relation.SAME:
            _answer(answers, target, source)
    return [
        replace(each, covered_by=answers[each.point], state=PointState.FILLED) if each.point in answers else each
        for each in found
    ]


def _answer(answers: dict[str, str], open_: PointValue, by: PointValue) -> None:
    """Let a point's own narrative answer another's; figures are never carried over by the crosswalk, metrics do that."""
    is_narrative = open_.kind is RequirementKind.NARRATIVE and by.kind is RequirementKind.NARRATIVE
    if is_narrative and open_.state is PointState.MISSING and by.entry is not None and by.state is PointState.FILLED:
        answers.setdefault(open_.point, by.point)


def by_standard(found: Iterable[Applicability]) -> dict[str, Applicability]:
    """Return applicability by the standard's code."""
    return {each.standard: each for each in found}


def overdue(due_on: date | None, today: date, *, is_answered: bool) -> bool:
    """Return whether somebody is late with a point."""
    return due_on is not None and due_on < today and not is_answered
