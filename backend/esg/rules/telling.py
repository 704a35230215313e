"""How a prefill rule answers: a figure, a fact, or why it cannot be told; the metric adds name, unit and formula."""

from collections.abc import Callable
from decimal import Decimal

from backend.esg.values import Metric, Prefill, Source, Words

Said = Callable[[Metric], Prefill]
"""An answer, waiting for the metric it is about."""


def known(value: Decimal, *sources: Source, unit: str | None = None) -> Said:
    """Answer with a figure, in the metric's unit unless another is given."""
    return lambda metric: Prefill(
        metric.code, value, metric.unit if unit is None else unit, None, None, metric.formula, sources
    )


def fact(text: Words, *sources: Source) -> Said:
    """Answer with a plain fact."""
    return lambda metric: Prefill(metric.code, None, "", text, None, metric.formula, sources)


def unknown(zh: str, en: str) -> Said:
    """Say why it cannot be told."""
    return lambda metric: Prefill(metric.code, None, metric.unit, None, Words(zh, en), metric.formula, ())
