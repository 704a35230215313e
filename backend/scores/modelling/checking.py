"""Whether a model holds together: every fault by name, with its path, in the order of the model.

The shape (fields, kinds, ranges) is judged by `content`; here is what one field alone cannot show. A model that passes is
monotone: no better fact, and no better data, ever lowers points or grade.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from backend.kit.errors import Invalid
from backend.scores.modelling import checking_gates, checking_grading, checking_levers
from backend.scores.modelling.content import (
    HUNDRED,
    Benchmark,
    Choices,
    Curve,
    Indicator,
    ModelContent,
    Percentile,
    Trend,
    choices_of,
    is_number,
)
from backend.scores.modelling.errors import (
    ModelChoicesInvalid,
    ModelCodeRepeated,
    ModelCurveBackwards,
    ModelCurveInvalid,
    ModelDocumentUnknown,
    ModelFactUnknown,
    ModelPlaceholderHidden,
    ModelQualityInvalid,
    ModelTransformUnfit,
    ModelWeightsInvalid,
)
from backend.scores.modelling.ordering import in_order
from backend.scores.values import FACTS
from backend.tenants.values import Sourced

Faults = Iterator[Invalid]


def faults(content: ModelContent) -> Faults:
    """Give every fault of a model whose shape is right."""
    unknown = list(_unknown(content))
    yield from unknown
    if unknown:
        return
    if not content.quality.verified >= content.quality.computed >= content.quality.estimated or (
        content.quality.mode == "multiplier" and content.quality.verified > 1
    ):
        is_factor = content.quality.mode == "multiplier"
        yield ModelQualityInvalid(
            most_en="and none more than 1" if is_factor else "and none more than 100",
            most_zh="且均不得大于 1" if is_factor else "且均不得大于 100",
            path=("quality",),
        )
    for place, indicator in enumerate(content.indicators):
        yield from _indicator(indicator, ("indicators", str(place), "transform"))
    total = sum((each.weight for each in content.indicators), Decimal(0))
    if total != HUNDRED:
        yield ModelWeightsInvalid(total=str(total), path=("indicators",))
    for place, gate in enumerate(content.gates):
        yield from checking_gates.faults(content, gate, ("gates", str(place)))
    yield from checking_grading.faults(content)
    yield from checking_levers.faults(content)


def _unknown(content: ModelContent) -> Faults:
    """Give what names something that is not there, and codes used twice."""
    for name in ("documents", "indicators", "gates", "grades", "levers"):
        for code, count in Counter(each.code for each in getattr(content, name)).items():
            if count > 1:
                yield ModelCodeRepeated(value=code, path=(name,))
    known = {document.code for document in content.documents}
    for path, part in _sourced(content):
        if part.document is not None and part.document not in known:
            yield ModelDocumentUnknown(value=part.document, path=(*path, "document"))
        if part.is_placeholder and not content.is_placeholder:
            yield ModelPlaceholderHidden(where=".".join(path), path=path)
    for path, fact in _named_facts(content):
        if fact not in FACTS:
            yield ModelFactUnknown(value=fact, known=", ".join(FACTS), path=path)


def _sourced(content: ModelContent) -> Iterator[tuple[tuple[str, ...], Sourced]]:
    yield (), content
    yield ("year",), content.year
    yield ("quality",), content.quality
    for name in ("indicators", "gates", "levers"):
        for place, part in enumerate(getattr(content, name)):
            yield (name, str(place)), part


def _named_facts(content: ModelContent) -> Iterator[tuple[tuple[str, ...], str]]:
    for place, fact in enumerate(content.essential):
        yield ("essential", str(place)), fact
    for name in ("indicators", "gates", "levers"):
        for place, part in enumerate(getattr(content, name)):
            yield (name, str(place), "fact"), part.fact
    for place, lever in enumerate(content.levers):
        for fact in (*lever.also, *lever.verifies):
            yield ("levers", str(place)), fact


def _indicator(indicator: Indicator, path: tuple[str, ...]) -> Faults:
    transform, fact = indicator.transform, FACTS[indicator.fact]
    is_fit = isinstance(transform, Choices) != is_number(fact.code)
    if isinstance(transform, Trend):
        is_fit = fact.unit == "%" and fact.code.endswith("_change")
    if not is_fit:
        yield ModelTransformUnfit(
            transform=transform.kind, fact=fact.code, path=path,
            kind_en="a number" if is_number(fact.code) else "no number",
            kind_zh="数值" if is_number(fact.code) else "非数值项",
        )  # fmt: skip
    elif isinstance(transform, Choices):
        yield from _choices(fact.code, transform, path)
    elif isinstance(transform, Percentile):
        yield from _curve(fact.code, transform.points, "higher", (*path, "points"))
    else:
        yield from _curve(fact.code, transform.points, fact.better, (*path, "points"))
    if isinstance(transform, Percentile | Benchmark) and transform.alone is not None and is_fit:
        yield from _curve(fact.code, transform.alone, fact.better, (*path, "alone"))


def _choices(fact: str, transform: Choices, path: tuple[str, ...]) -> Faults:
    codes = choices_of(fact)
    ordered = [transform.points[code] for code in in_order(fact) if code in transform.points]
    if (
        set(transform.points) != set(codes)
        or any(not 0 <= each <= HUNDRED for each in transform.points.values())
        or ordered != sorted(ordered)
    ):
        yield ModelChoicesInvalid(expected=", ".join(codes), path=(*path, "points"))


def _curve(fact: str, curve: Curve, better: str, path: tuple[str, ...]) -> Faults:
    xs, ys = [corner[0] for corner in curve], [corner[1] for corner in curve]
    for place, corner in enumerate(curve):
        if not 0 <= corner[1] <= HUNDRED or (place and corner[0] <= xs[place - 1]):
            yield ModelCurveInvalid(value=f"({corner[0]}, {corner[1]})", path=(*path, str(place)))
            return
    if ys != sorted(ys, reverse=better == "lower"):
        is_lower = better == "lower"
        yield ModelCurveBackwards(
            fact=fact, path=path, direction_en="must not rise" if is_lower else "must not fall",
            direction_zh="随数值增大而不升" if is_lower else "随数值增大而不降",
        )  # fmt: skip
