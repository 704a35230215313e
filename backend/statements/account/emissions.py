"""Emissions and intensities of a statement: from inventories and yearly figures to figures with their lineage. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal

from backend.accounts.values import FigureKind, FigureValue
from backend.emissions.methods import METHODS
from backend.emissions.values import InventoryFacts, LineFacts, MonthFacts
from backend.factors.values import Confidence
from backend.kit.quantities import EXACT, conversion
from backend.scores.values import Source, Words
from backend.statements.account.figuring import HUNDRED, derived, exact_sum, taken
from backend.statements.account.gathered import Gathered, Period
from backend.statements.account.values import (
    UNSAID,
    CategoryLine,
    Figure,
    Intensity,
    Inventory,
    Mark,
    Op,
    SourceLine,
    Totals,
    YearEmissions,
)

T, TCE = "tCO2e", "tce"
MONTHS = 12
MONEY = "万CNY"
COAL = "standard_coal"
"""The parameter of a line that brings its quantity into standard coal: it makes energy and no emissions."""
_UNSURE = {Confidence.MEMORY, Confidence.SECONDARY}
_LINES = Words("本年度清单中该排放源各行之和", "the sum of the inventory's lines of this source")
_PARTS = Words("所列各项之和", "the sum of what is listed")
_STATED = Words("取自排放清单", "taken from the inventory")
_OF_MONTHS = Words("期间内各月之和", "the sum of the period's months")
NOT_ACCOUNTED = Words("该年度清单未核算范围三。", "The year's inventory does not account for scope 3.")
LOCATION = Words("范围一＋范围二（基于位置）", "scope 1 + scope 2, location-based")
MARKET = Words("范围一＋范围二（基于市场）", "scope 1 + scope 2, market-based")


def inventory_source(facts: InventoryFacts) -> Source:
    """Return the record a figure of an inventory comes from."""
    return Source("Inventory", str(facts.inventory_id), str(facts.version))


def marks(facts: InventoryFacts, day: date) -> tuple[Mark, ...]:
    """Return what must be known of every figure of an inventory."""
    found: list[Mark] = []
    if not facts.is_verified:
        found.append(Mark.UNVERIFIED)
    if facts.restates_id is not None:
        found.append(Mark.RESTATED)
    if facts.months_covered < MONTHS or date(facts.year, 12, 31) > day or facts.excluded_count:
        found.append(Mark.PROVISIONAL)
    return tuple(found)


def line_marks(lines: Iterable[LineFacts]) -> tuple[Mark, ...]:
    """Return what must be known of the parameters and the formulas behind the emissions of lines.

    A formula this release does not know has nobody who vouches for it, so it counts as not confirmed. The coefficient of
    standard coal makes no emissions; see `energy_marks`.
    """
    confidences: set[str] = set()
    for each in lines:
        method = METHODS.get(each.method)
        confidences.add(Confidence.MEMORY.value if method is None else method.confidence)
        confidences |= {str(one.get("confidence", "")) for one in each.parameters if one.get("code") != COAL}
    return _of_confidences(confidences)


def energy_marks(lines: Iterable[LineFacts]) -> tuple[Mark, ...]:
    """Return what must be known of the coefficients that bring lines into standard coal."""
    return _of_confidences(
        {str(one.get("confidence", "")) for each in lines for one in each.parameters if one.get("code") == COAL}
    )


def _of_confidences(confidences: AbstractSet[str]) -> tuple[Mark, ...]:
    found: list[Mark] = []
    if Confidence.PLACEHOLDER in confidences:
        found.append(Mark.PLACEHOLDER)
    if confidences & _UNSURE:
        found.append(Mark.UNCERTAIN)
    return tuple(found)


def year_emissions(known: Gathered) -> tuple[YearEmissions, ...]:
    """Return each year of the period."""
    return tuple(_year(known, year) for year in known.period.years)


def _year(known: Gathered, year: int) -> YearEmissions:
    period = known.period
    first = max(period.first, date(year, 1, 1)).replace(day=1)
    last = min(period.last, date(year, 12, 31)).replace(day=1)
    facts = known.inventories.get(year)
    if facts is None:
        return YearEmissions(year, first, last, None, None, None, (), (), None, None)
    common = marks(facts, period.day)
    lines = known.lines.get(year, ())
    sources = _sources(facts, lines, common)
    categories = _categories(facts, sources)
    is_whole = (first.month, last.month) == (1, MONTHS)
    share = facts.tier_shares.get("metered") if facts.tier_shares else None
    return YearEmissions(
        calendar_year=year,
        first=first,
        last=last,
        inventory=Inventory(
            facts.inventory_id, year, facts.version, facts.state, facts.as_of, facts.computed_at, facts.state_at,
            facts.verifier_id, facts.verified_at, facts.restates_id, facts.months_covered, facts.record_count,
            facts.excluded_count,
        ),
        year=_year_totals(facts, lines, common, categories),
        period=None if is_whole else _months(facts, known.months.get(year, ()), lines, (first, last), common),
        categories=categories,
        sources=sources,
        quality=taken(f"emissions.quality.{year}", facts.quality_score, "", [inventory_source(facts)], words=_STATED),
        metered_share=taken(
            f"emissions.metered_share.{year}", None if share is None else EXACT.multiply(HUNDRED, share), "%",
            [inventory_source(facts)], words=_STATED,
        ),
    )  # fmt: skip


def _sources(facts: InventoryFacts, lines: Sequence[LineFacts], common: Sequence[Mark]) -> tuple[SourceLine, ...]:
    """Return the sources, the largest first; a line of one basis counts on that side alone."""
    by_source: dict[tuple[str, int, str], list[LineFacts]] = defaultdict(list)
    for each in lines:
        by_source[each.source_code, each.scope, each.category].append(each)
    found: list[SourceLine] = []
    for (code, scope, category), own in by_source.items():
        sides: dict[str, Figure] = {}
        for basis, other in (("location", "market"), ("market", "location")):
            counted = [each for each in own if each.basis != other]
            sides[basis] = taken(
                f"emissions.source.{code}.{scope}.{category}.{basis}.{facts.year}",
                exact_sum(each.co2e_t for each in counted), T,
                [Source("InventoryLine", str(each.line_id), str(facts.version)) for each in counted],
                words=_LINES, marks=(*common, *line_marks(counted)),
            )  # fmt: skip
        found.append(SourceLine(own[0].source_id, code, own[0].source_name, scope, category, **sides))
    return tuple(sorted(found, key=lambda each: (each.scope, -abs(each.location.value or 0), each.code)))


def _categories(facts: InventoryFacts, sources: Sequence[SourceLine]) -> tuple[CategoryLine, ...]:
    by_category: dict[tuple[int, str], list[SourceLine]] = defaultdict(list)
    for each in sources:
        by_category[each.scope, each.category].append(each)
    return tuple(
        CategoryLine(
            scope, category,
            *(
                derived(
                    f"emissions.category.{scope}.{category}.{basis}.{facts.year}", Op.SUM,
                    [getattr(each, basis) for each in own], T, words=_PARTS,
                )
                for basis in ("location", "market")
            ),
        )
        for (scope, category), own in sorted(by_category.items())
    )  # fmt: skip


def has_scope3(facts: InventoryFacts, lines: Iterable[LineFacts]) -> bool:
    """Tell whether an inventory accounts for scope 3 at all: what was not accounted for is not zero."""
    return facts.scope3 != 0 or any(each.scope == 3 for each in lines)  # noqa: PLR2004 - scope 3


def _year_totals(
    facts: InventoryFacts, lines: Sequence[LineFacts], common: Sequence[Mark], categories: Sequence[CategoryLine]
) -> Totals:
    """Return the totals of a year: sums of their categories where these are listed, else taken from the inventory.

    The inventory's own totals are exact sums of its lines, so both ways give the same numbers. `common` are the marks
    of the inventory as a whole.
    """
    year, source = facts.year, [inventory_source(facts)]

    def total(name: str, scope: int, basis: str, stated: Decimal | None) -> Figure:
        parts = [getattr(each, basis) for each in categories if each.scope == scope]
        figure_id = f"emissions.{name}.{year}"
        if parts:
            return derived(figure_id, Op.SUM, parts, T, words=_PARTS)
        note = NOT_ACCOUNTED if stated is None else UNSAID
        return taken(figure_id, stated, T, source, words=_STATED, marks=common, note=note)

    return _together(
        str(year),
        total("scope1", 1, "location", facts.scope1),
        total("scope2_location", 2, "location", facts.scope2_location),
        total("scope2_market", 2, "market", facts.scope2_market),
        total("scope3", 3, "location", facts.scope3 if has_scope3(facts, lines) else None),
        taken(f"energy.{year}", facts.energy_tce, TCE, source, words=_STATED, marks=(*common, *energy_marks(lines))),
    )


def _months(
    facts: InventoryFacts, months: Sequence[MonthFacts], lines: Sequence[LineFacts], days: tuple[date, date],
    common: Sequence[Mark],
) -> Totals:  # fmt: skip
    """Return the totals of the months of a year inside the period, from the first of `days` to the month of the second."""
    first, last = days
    inside = [each for each in months if first <= each.month <= last]
    span = f"{facts.year}.{first.month:02d}-{last.month:02d}"
    sources = [
        Source("InventoryMonth", f"{facts.inventory_id}/{each.month:%Y-%m}", str(facts.version)) for each in inside
    ]

    def total(name: str, scope: int, sides: AbstractSet[str]) -> Figure:
        own = [each for each in lines if each.scope == scope and each.basis in sides]
        amount = exact_sum(getattr(each, name) for each in inside)
        is_told = scope != 3 or has_scope3(facts, lines)  # noqa: PLR2004 - scope 3
        return taken(
            f"emissions.{name}.{span}", amount if is_told else None, T, sources, words=_OF_MONTHS,
            marks=(*common, *line_marks(own)), note=UNSAID if is_told else NOT_ACCOUNTED,
        )  # fmt: skip

    energy = exact_sum(each.energy_tce for each in inside)
    return _together(
        span,
        total("scope1", 1, {"both", "location"}),
        total("scope2_location", 2, {"both", "location"}),
        total("scope2_market", 2, {"both", "market"}),
        total("scope3", 3, {"both", "location"}),
        taken(f"energy.{span}", energy, TCE, sources, words=_OF_MONTHS, marks=(*common, *energy_marks(lines))),
    )


def _together(span: str, scope1: Figure, location: Figure, market: Figure, scope3: Figure, energy: Figure) -> Totals:
    return Totals(
        scope1, location, market, scope3,
        derived(f"emissions.location.{span}", Op.SUM, [scope1, location], T, words=LOCATION),
        derived(f"emissions.market.{span}", Op.SUM, [scope1, market], T, words=MARKET),
        energy,
    )  # fmt: skip


def intensities(known: Gathered, stated: Sequence[YearEmissions]) -> tuple[Intensity, ...]:
    """Return emissions (location-based) over value added and over the output of each product, year by year.

    A year without an inventory or without the figure it is set in relation to has none. The change is against the same
    intensity of the year before, where that is in the same unit.
    """
    totals = {each.calendar_year: each.year for each in stated if each.year is not None}
    found: list[Intensity] = []
    for year in known.period.history:
        facts = known.inventories.get(year)
        if facts is None:
            continue
        emitted = totals[year].location if year in totals else _earlier(known, facts)
        for each in known.activity.get(year, ()):
            if each.kind in {FigureKind.VALUE_ADDED, FigureKind.OUTPUT}:
                found.append(_intensity(known.period, year, emitted, each, found))
    return tuple(_compared(each, known) for each in found)


def _earlier(known: Gathered, facts: InventoryFacts) -> Figure:
    """Return the location-based total of a year before the period, of which the statement shows no parts."""
    lines = [each for each in known.lines.get(facts.year, ()) if each.scope in {1, 2} and each.basis != "market"]
    common = (*marks(facts, known.period.day), *line_marks(lines))
    value = EXACT.add(facts.scope1, facts.scope2_location)
    return taken(f"emissions.location.{facts.year}", value, T, [inventory_source(facts)], words=LOCATION, marks=common)


def _intensity(
    period: Period, year: int, emitted: Figure, figure: FigureValue, before: Sequence[Intensity]
) -> Intensity:
    is_money = figure.kind is FigureKind.VALUE_ADDED
    name = "value_added" if is_money else f"output.{figure.product}"
    unit = MONEY if is_money else figure.unit
    quantity = EXACT.multiply(figure.quantity, conversion(figure.unit, MONEY)) if is_money else figure.quantity
    activity = taken(
        f"activity.{name}.{year}", quantity, unit, [Source("YearFigure", str(figure.id), "")],
        words=Words("取自企业填报的年度经营数据", "taken from the yearly figures the enterprise recorded"),
        marks=(Mark.PROVISIONAL,) if date(year, 12, 31) > period.day else (),
    )  # fmt: skip
    value = derived(f"intensity.{name}.{year}", Op.RATIO, [emitted, activity], f"{T}/{unit}")
    kind = figure.kind.value
    earlier = next(
        (
            each for each in before
            if (each.calendar_year, each.kind, each.product, each.value.unit)
            == (year - 1, kind, figure.product, value.unit)
        ),
        None,
    )  # fmt: skip
    change = (
        None if earlier is None else derived(f"intensity.{name}.change.{year}", Op.CHANGE, [value, earlier.value], "%")
    )
    return Intensity(
        year, kind, figure.product, is_money or figure.is_main, "location", emitted, activity, value, change, None, None
    )


def _compared(own: Intensity, known: Gathered) -> Intensity:
    """Return an intensity beside its sector's mean, where the sector may be told of."""
    found = next(
        (
            each for each in known.sector_means
            if (each.calendar_year, each.kind, each.product, each.unit)
            == (own.calendar_year, own.kind, own.product, own.value.unit)
        ),
        None,
    )  # fmt: skip
    if found is None:
        return own
    name = own.value.id.removeprefix("intensity.")
    mean = taken(
        f"sector.{name}", found.value, found.unit,
        [Source("SectorRollUp", f"{known.account.sector}/{found.calendar_year}", found.published_on.isoformat())],
        words=Words("本行业各账户的平均值（不少于 5 户，取两位有效数字）", "the mean of the sector's accounts, five at least, two digits"),
    )  # fmt: skip
    against = derived(f"sector.ratio.{name}", Op.PERCENT, [own.value, mean], "%")
    return Intensity(
        own.calendar_year, own.kind, own.product, own.is_main, own.basis, own.emissions, own.activity, own.value,
        own.change, mean, against,
    )  # fmt: skip
