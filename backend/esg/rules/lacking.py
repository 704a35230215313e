"""What a disclosure lacks. What cannot be told lacks as much as what is missing: it blocks."""

from collections.abc import Iterable, Iterator, Sequence

from backend.esg.rules.assembling import Matrix
from backend.esg.values import (
    Applicability,
    Applies,
    Gap,
    GapKind,
    Level,
    Library,
    PointState,
    PointValue,
    State,
    Words,
)


def gaps(
    library: Library, state: State, applicability: Sequence[Applicability], cells: Matrix, found: Sequence[PointValue]
) -> list[Gap]:
    """Return what the disclosure lacks, what blocks first."""
    every = [
        *_of_applicability(library, applicability), *_of_topics(library, applicability, cells), *_of_points(found)
    ]  # fmt: skip
    if state in {State.DRAFT, State.IN_REVIEW}:
        every.append(
            Gap(
                GapKind.UNREVIEWED, None, None, None, is_blocking=True,
                words=Words("尚未经第二人复核。", "Not reviewed by a second person yet."),
            )
        )  # fmt: skip
    return sorted(every, key=lambda each: not each.is_blocking)


def blocking(found: Iterable[Gap], *, but: frozenset[GapKind] = frozenset()) -> list[Gap]:
    """Return the gaps that block, without some kinds."""
    return [each for each in found if each.is_blocking and each.kind not in but]


def _of_applicability(library: Library, applicability: Sequence[Applicability]) -> Iterator[Gap]:
    for each in applicability:
        if each.outcome is Applies.CANNOT_TELL:
            name = library.standards[each.standard].name
            yield Gap(
                GapKind.APPLICABILITY, None, None, each.standard, is_blocking=True,
                words=Words(f"《{name.zh}》：{each.reason.zh}", f"{name.en}: {each.reason.en}"),
            )  # fmt: skip


def _of_topics(library: Library, applicability: Sequence[Applicability], cells: Matrix) -> Iterator[Gap]:
    """Topics not judged block where a standard that asks by topic binds the account, or may."""
    strong = {each.standard for each in applicability if each.outcome is not Applies.VOLUNTARY}
    asked = {
        one.topic
        for each in library.standards.values()
        if each.code in strong
        for one in each.requirements
        if one.level is Level.MATERIAL
    }
    for number, cell in cells.items():
        if cell.assessment is None:
            name = cell.topic.name
            yield Gap(
                GapKind.UNASSESSED, None, number, None, is_blocking=number in asked,
                words=Words(f"议题“{name.zh}”尚未评估重要性。", f"The topic '{name.en}' is not judged yet."),
            )  # fmt: skip


def _of_points(found: Sequence[PointValue]) -> Iterator[Gap]:
    for each in found:
        if not each.requirements and each.entry is None and each.fresh is None:
            continue  # a metric no standard here asks for
        must = each.is_mandatory or each.is_cannot_tell
        if not each.is_answered:
            why = _why(each)
            yield Gap(
                GapKind.MISSING_MANDATORY if must else GapKind.MISSING, each.point, each.topic, None, is_blocking=must,
                words=Words(
                    f"“{each.name.zh}”尚未填报。{why.zh}", f"'{each.name.en}' is not answered. {why.en}".strip()
                ),
            )  # fmt: skip
        elif each.state is PointState.OMITTED and must and not any(one.may_explain for one in each.requirements):
            yield Gap(
                GapKind.MISSING_MANDATORY, each.point, each.topic, None, is_blocking=True,
                words=Words(f"“{each.name.zh}”不得以说明代替。", f"'{each.name.en}' cannot be left out with a reason."),
            )  # fmt: skip
        elif lacks_evidence(each):
            yield Gap(
                GapKind.MISSING_EVIDENCE, each.point, each.topic, None, is_blocking=must,
                words=Words(f"“{each.name.zh}”缺少证明材料。", f"'{each.name.en}' has no evidence."),
            )  # fmt: skip
        if each.fresh is not None:
            yield Gap(
                GapKind.RESTATED, each.point, each.topic, None,
                is_blocking=bool(each.requirements) or each.entry is not None,
                words=Words(
                    f"“{each.name.zh}”的数据来源已变更，请重新取数。",
                    f"The source of '{each.name.en}' changed since it was filled in: take it again.",
                ),
            )  # fmt: skip


def _why(point: PointValue) -> Words:
    """Return why the account could not tell, if it was asked."""
    if point.state is not PointState.UNKNOWN or point.prefill is None:
        return Words("", "")
    return Words(point.prefill.reason, point.prefill.reason_en)


def lacks_evidence(point: PointValue) -> bool:
    """Return whether the owner's own words stand without the file their requirement asks for."""
    if point.state is PointState.OMITTED or point.covered_by is not None or point.evidence_ids:
        return False
    is_own_figure = point.entry is not None and point.entry.value is not None
    return is_own_figure or (point.entry is not None and any(each.needs_evidence for each in point.requirements))
