"""How good a line is and how uncertain a total: pure, from the records' quality and the factors' confidence."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any
from uuid import UUID

from backend.emissions import rules
from backend.emissions.inventory.values import THIRD, Item
from backend.emissions.values import Basis, LineEstimate, QualityWeights, Tier, Uncertainty

_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)
STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be judged. `tiers`: quality code -> [records, base quantity as text]."""

    number: int
    account_id: UUID
    source_id: UUID
    item_id: int
    tiers: Mapping[str, Sequence[Any]]
    co2e_t: Decimal


@dataclass(frozen=True, slots=True)
class Judged:
    """Notes for the lines; quality and uncertainty by account."""

    notes: list[dict[str, Any]]
    quality: dict[UUID, Decimal | None]
    uncertainty: dict[UUID, dict[str, Any]]


@dataclass(slots=True)
class Judge:
    """Judges lines by the weights of the reference parameters; equal cases are judged once."""

    weights: QualityWeights
    widths: rules.UncertaintyTable
    _scores: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    _line_widths: dict[tuple[Decimal, Decimal], Decimal] = field(default_factory=dict[tuple[Decimal, Decimal], Decimal])

    def judge(self, lines: Sequence[Line], items: Mapping[int, Item]) -> Judged:
        """Return every line's quality and relative uncertainty, and every account's."""
        notes: list[dict[str, Any]] = []
        scores: defaultdict[UUID, list[tuple[Decimal, Decimal]]] = defaultdict(list)
        estimates: defaultdict[UUID, list[tuple[Item, LineEstimate]]] = defaultdict(list)
        for line in lines:
            item = items[line.item_id]
            score, width = self.quality(line.tiers), self.activity(line.tiers)
            notes.append({
                "line_no": line.number, "quality_score": score,
                "uncertainty": self._width(width, item.factor_uncertainty),
            })  # fmt: skip
            if item.basis != Basis.MARKET and score is not None:
                scores[line.account_id].append((score, line.co2e_t))
            estimate = LineEstimate(
                line.co2e_t, str(line.source_id), item.factor_version, width, item.factor_uncertainty
            )  # fmt: skip
            # What is nothing widens nothing.
            if line.co2e_t:
                estimates[line.account_id].append((item, estimate))
        return Judged(
            notes,
            {account: rules.weighted_score(pairs) for account, pairs in scores.items()},
            {account: totals(pairs) for account, pairs in estimates.items()},
        )

    def quality(self, tiers: Mapping[str, Sequence[Any]]) -> Decimal | None:
        """Return the score of a line, its records weighted by their base quantity."""
        if len(tiers) == 1:
            return self._score(next(iter(tiers)))
        return rules.weighted_score([(self._score(code), Decimal(given[1])) for code, given in tiers.items()])

    def activity(self, tiers: Mapping[str, Sequence[Any]]) -> Decimal:
        """Return the relative uncertainty of a quantity: its tiers', weighted by base quantity.

        Weighting adds the tiers' errors up instead of letting them cancel: the careful side.
        """
        if len(tiers) == 1:
            return self.widths.activity[next(iter(tiers)).split("/")[0]]
        pairs = [(self.widths.activity[code.split("/")[0]], abs(Decimal(given[1]))) for code, given in tiers.items()]
        whole = sum((weight for _, weight in pairs), Decimal(0))
        if whole == 0:
            return max(width for width, _ in pairs)
        total = sum((_WIDE.multiply(width, weight) for width, weight in pairs), Decimal(0))
        return _WIDE.divide(total, whole).quantize(STEP, ROUND_HALF_UP, _WIDE)

    def _width(self, activity: Decimal, factor: Decimal) -> Decimal:
        key = (activity, factor)
        if key not in self._line_widths:
            self._line_widths[key] = rules.line_uncertainty(activity, factor)
        return self._line_widths[key]

    def _score(self, code: str) -> Decimal:
        if code not in self._scores:
            tier, calibration, evidence = code.split("/")
            self._scores[code] = rules.score(self.weights, Tier(tier), calibration, has_evidence=evidence == "present")
        return self._scores[code]


def totals(pairs: Sequence[tuple[Item, LineEstimate]]) -> dict[str, Any]:
    """Return the uncertainty of scope 1+2 on both bases and of scope 3; equal sides are computed once."""
    location = [each for item, each in pairs if item.scope != THIRD and item.basis != Basis.MARKET]
    market = [each for item, each in pairs if item.scope != THIRD and item.basis != Basis.LOCATION]
    third = [each for item, each in pairs if item.scope == THIRD and item.basis != Basis.MARKET]
    first = rules.uncertainty(location)
    return {
        "location": _json(first),
        "market": _json(first if _same(location, market) else rules.uncertainty(market)),
        "scope3": _json(rules.uncertainty(third)),
    }


def _same(first: Sequence[LineEstimate], second: Sequence[LineEstimate]) -> bool:
    def facts(lines: Sequence[LineEstimate]) -> list[tuple[str, str, Decimal, Decimal, Decimal]]:
        return sorted(
            (each.activity, each.factor_version, each.co2e_t, each.activity_uncertainty, each.factor_uncertainty)
            for each in lines
        )

    return facts(first) == facts(second)


def _json(found: Uncertainty) -> dict[str, Any]:
    return {"total_t": found.total_t, "absolute_t": found.absolute_t, "relative": found.relative}
