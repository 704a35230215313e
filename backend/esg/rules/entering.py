"""What may be entered at a point: a figure in a unit that measures it, or a text. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from backend.esg.errors import DisclosureUnitInvalid, DisclosureValueMissing
from backend.esg.values import Library, PointValue, RequirementKind, Words
from backend.kit.quantities import UnknownUnit, can_convert, canonical, convert

ANY = "/*"
"""A unit that ends so is per whatever the owner names: `tCO2e/*` takes `tCO2e/t`."""


def entered(point: PointValue, wanted: str, value: Decimal | None, unit: str, text: str) -> tuple[Decimal | None, str]:
    """Return the figure and its unit as they are kept; None and no unit for a text.

    Raises:
        DisclosureValueMissing: a figure where a text is wanted, or the reverse.
        DisclosureUnitInvalid: a unit that does not measure what is asked for.
    """
    if point.kind is not RequirementKind.QUANTITATIVE:
        if value is not None or not text:
            raise DisclosureValueMissing(
                point=point.point,
                wanted_zh="文字，而非数值",
                wanted_en="a text, no figure",
                path=("input", "textZh" if value is None else "value"),
            )
        return None, ""
    if value is None:
        raise DisclosureValueMissing(
            point=point.point, wanted_zh="数值及单位", wanted_en="a figure with its unit", path=("input", "value")
        )
    return measured(point.point, wanted, value, unit.strip())


def expected(library: Library, point: PointValue) -> str:
    """Return the unit a point is asked in, whatever was entered before."""
    metric = library.metrics.get(point.point)
    return metric.unit if metric is not None else point.requirements[0].unit


def measured(point: str, wanted: str, value: Decimal, unit: str) -> tuple[Decimal, str]:
    """Return a figure in the wanted unit.

    Raises:
        DisclosureUnitInvalid: it cannot be converted.
    """
    if unit == wanted:
        return value, unit
    if wanted.endswith(ANY) and unit.startswith(wanted[:-1]) and len(unit) > len(wanted) - 1:
        return value, unit
    try:
        if wanted and unit and can_convert(unit, wanted):
            return convert(value, unit, wanted), canonical(wanted)
    except UnknownUnit:
        pass
    raise DisclosureUnitInvalid(point=point, expected=wanted or "1", unit=unit, path=("input", "unit"))


def misjudged(library: Library, judged: Sequence[tuple[int, Decimal, Decimal]]) -> tuple[int, Words] | None:
    """Return the first topic (0: none at all) whose judgement (topic, impact, financial) cannot be, and why."""
    if not judged:
        return 0, Words("未填写任何议题", "no topic is given")
    terms = library.materiality
    seen: set[int] = set()
    for topic, *scores in judged:
        if topic not in library.topics:
            return topic, Words(
                f"没有此议题，应为 1 至 {len(library.topics)}", f"there is none: 1 to {len(library.topics)}"
            )
        if topic in seen:
            return topic, Words("重复", "it is there twice")
        seen.add(topic)
        if not all(each.is_finite() and terms.low <= each <= terms.high for each in scores):
            return topic, Words(
                f"评分须在 {terms.low} 至 {terms.high} 之间", f"scores go from {terms.low} to {terms.high}"
            )
    return None
