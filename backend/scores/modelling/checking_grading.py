"""Whether the grades of a model can be reached, one by one, the better by the better."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from backend.kit.errors import Invalid
from backend.scores.modelling.content import (
    HUNDRED,
    Benchmark,
    ByMatrix,
    ByPoints,
    ByRatio,
    ModelContent,
    Piecewise,
    Trend,
)
from backend.scores.modelling.errors import (
    ModelGradeUnknown,
    ModelMatrixInvalid,
    ModelRatioInvalid,
    ModelThresholdsInvalid,
)
from backend.scores.values import FACTS

Faults = Iterator[Invalid]


def faults(content: ModelContent) -> Faults:
    """Give every fault of the grades and of what they are read from."""
    rule, given = content.grading, [grade.threshold for grade in content.grades]
    if isinstance(rule, ByPoints):
        known = [each for each in given if each is not None]
        if len(known) < len(given) or not _falls(known) or known[-1] != 0 or known[0] > HUNDRED:
            yield _wrong_thresholds(
                "grades go from best to worst, thresholds fall, at most 100, and the last is 0.",
                "等级由高到低排列，阈值逐级降低，最高不超过 100，最后一级为 0。",
            )
    elif isinstance(rule, ByRatio):
        known = [each for each in given[:-1] if each is not None]
        if len(known) < len(given) - 1 or given[-1] is not None or not _falls([-each for each in known]):
            yield _wrong_thresholds(
                "grades go from best to worst, ratios rise, and the last grade has none.",
                "等级由高到低排列，比值阈值逐级升高，最后一级不设阈值。",
            )
        yield from _ratio(content, rule)
    else:
        if any(each is not None for each in given):
            yield _wrong_thresholds("a table of grades needs none.", "按矩阵定级时不设阈值。")
        yield from _matrix(content, rule)


def _wrong_thresholds(en: str, zh: str) -> ModelThresholdsInvalid:
    return ModelThresholdsInvalid(reason_en=en, reason_zh=zh, path=("grades",))


def _falls(numbers: Sequence[Decimal]) -> bool:
    return all(right < left for left, right in pairwise(numbers))


def _ratio(content: ModelContent, rule: ByRatio) -> Faults:
    found = content.indicator(rule.indicator)
    is_ratio = found is not None and FACTS[found.fact].better == "lower"
    if found is not None and isinstance(found.transform, Benchmark):
        is_ratio = is_ratio and found.transform.alone is None
    elif found is not None:
        is_ratio = is_ratio and isinstance(found.transform, Piecewise | Trend)
    if not is_ratio:
        yield ModelRatioInvalid(value=rule.indicator, path=("grading", "indicator"))


def _matrix(content: ModelContent, rule: ByMatrix) -> Faults:
    rows, columns = content.indicator(rule.rows), content.indicator(rule.columns)
    if rows is None or columns is None or rows.fact == columns.fact:
        yield _wrong_matrix(
            "rows and columns are two indicators of different facts.", "行与列应为两个不同数据项的指标。"
        )
    for name, cuts in (("row_cuts", rule.row_cuts), ("column_cuts", rule.column_cuts)):
        if not _falls([-each for each in cuts]) or cuts[0] <= 0 or cuts[-1] > HUNDRED:
            yield _wrong_matrix(f"{name} rise, above 0 and at most 100.", f"{name} 应逐级升高，大于 0 且不超过 100。")
    if len(rule.cells) != len(rule.row_cuts) + 1 or any(
        len(cells) != len(rule.column_cuts) + 1 for cells in rule.cells
    ):
        yield _wrong_matrix("it needs one row and one column more than there are cuts.", "行、列数应各比分界数多一。")
        return
    for grade in dict.fromkeys(grade for cells in rule.cells for grade in cells if grade not in content.ranks):
        yield ModelGradeUnknown(value=grade, known=", ".join(content.ranks), path=("grading", "cells"))
        return
    ranks = [[content.ranks[grade] for grade in cells] for cells in rule.cells]
    lines = [*ranks, *([row[place] for row in ranks] for place in range(len(ranks[0])))]
    if any(line != sorted(line, reverse=True) for line in lines):
        yield _wrong_matrix("a better band must not give a worse grade.", "分档越好，等级不得越差。")


def _wrong_matrix(en: str, zh: str) -> ModelMatrixInvalid:
    return ModelMatrixInvalid(reason_en=en, reason_zh=zh, path=("grading",))
