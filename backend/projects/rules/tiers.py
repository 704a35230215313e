"""Who reviews a project, and whether its carbon is evaluated with it (节能审查和碳排放评价的分级).

    less than 1,000 tce and less than 1,000 t of coal             no review apart
    from 500,000 tce (the larger of both values) or 500,000 t of
    coal, in a key field                                          the nation, with carbon evaluation
    from 10,000 tce (calorific) or 10,000 t of coal               the province
    between                                                       the level set locally

A retrofit of the same place that keeps its main process and equipment is measured by what it adds (article 8).

Each comparison passes, fails, or cannot be told; what cannot be told is never taken for either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from backend.projects.values import Assessment, Nature, ProjectFacts, Review, Source, Tier, Words

ORDER_31 = Source(
    document="固定资产投资项目节能审查和碳排放评价办法（国家发展改革委令2025年第31号）",
    since=date(2025, 9, 1),
    source="full text",
    confidence="verified-by-lookup",
    note="replaces Order 2/2023",
)
TWO_HIGH = Source(
    document="关于加强高耗能、高排放建设项目生态环境源头防控的指导意见（环环评〔2021〕45号）",
    since=date(2021, 5, 30),
    source="memory",
    confidence="from-memory",
    note="six kinds of industry until the nation lists them: coal power, petrochemicals, chemicals, steel, non-ferrous"
    " smelting, building materials",
)
EIA = Source(
    document="无锡市加快构建碳排放双控制度体系工作方案，二（四）11",
    since=date(2025, 6, 23),
    source="full text",
    confidence="verified-by-lookup",
    note="电力、钢铁、建材、有色、石化、化工等重点行业",
)

SMALL, PROVINCIAL, NATIONAL = Decimal(1_000), Decimal(10_000), Decimal(500_000)
"""Tonnes of standard coal, and tonnes of coal alike."""

_METALS = frozenset({"steel", "nonferrous", "aluminium", "metallurgy"})
_BUILDING = frozenset({"building_materials", "cement", "glass"})
HEAVY = _METALS | _BUILDING | {"power", "petrochemicals", "chemicals"}
"""Codes of sectors, in all shipped jurisdictions, of the six kinds of industry."""


@dataclass(frozen=True, slots=True)
class Local:
    """What a jurisdiction's own document adds.

    Carbon evaluation in every review, sectors that need grade A, control by carbon intensity (差异化管控).
    """

    source: Source
    grade_a: frozenset[str] = frozenset()
    is_differentiated: bool = False


def _local(document: str, since: date, note: str) -> Source:
    return Source(document, since, "full text", "verified-by-lookup", note)


LOCAL: Mapping[str, Local] = {
    "wuxi": Local(
        _local("无锡市加快构建碳排放双控制度体系工作方案，二（四）10", date(2025, 6, 23), "将碳排放评价有关要求纳入节能审查")
    ),
    "changzhou": Local(
        _local("国家碳达峰试点（常州）实施方案（常政发〔2025〕43号），（二）1", date(2025, 8, 8), "有序将碳排放评价纳入节能审查"),
        frozenset({"steel"}) | _BUILDING,
    ),
    "chengdu": Local(_local("国家碳达峰试点（成都）实施方案，25", date(2025, 11, 5), "将碳排放评价纳入节能审查")),
    "guizhou": Local(
        _local(
            "贵州省建立健全碳排放统计核算和碳排放双控制度体系工作方案（黔发改环资〔2025〕459号），8、10",
            date(2025, 7, 10), "将碳排放评价纳入节能审查；高碳强度项目和低碳强度项目差异化管控",
        ),
        HEAVY,
        is_differentiated=True,
    ),
}  # fmt: skip
"""By jurisdiction; one that is not listed has no document of its own here."""


def at_least(value: Decimal | None, bound: Decimal) -> bool | None:
    """Tell whether a value reaches a bound; None: it is not known."""
    return None if value is None else value >= bound


def either(*tests: bool | None) -> bool | None:
    """Return whether one of the tests holds; None where that cannot be told."""
    if True in tests:
        return True
    return None if None in tests else False


def both(*tests: bool | None) -> bool | None:
    """Return whether all of the tests hold; None where that cannot be told."""
    if False in tests:
        return False
    return None if None in tests else True


def of_facts(tenant: str, facts: ProjectFacts, result: Assessment) -> Review:
    """Return who reviews a project whose application came to this."""
    if facts.nature is not Nature.RETROFIT or not facts.keeps_process:
        return review(
            tenant, tce=result.tce, tce_equivalent=result.tce_equivalent, coal=result.coal,
            is_key_field=facts.is_key_field,
        )  # fmt: skip
    # What was there before is stated by calorific value, and is no less by equivalent value: the increment is at most this.
    most = _added(result.tce_equivalent, facts.existing_tce)
    added = review(
        tenant, tce=_added(result.tce, facts.existing_tce),
        tce_equivalent=most if most is not None and most < NATIONAL else None,
        coal=_added(result.coal, facts.existing_coal), is_key_field=facts.is_key_field,
    )  # fmt: skip
    lacking = Words("改建项目改造前的能源或煤炭消费量", "energy and coal of a year before the retrofit")
    is_lacking = added.tier is None and None in {facts.existing_tce, facts.existing_coal}
    return replace(added, is_increment=True, missing=[*added.missing, *([lacking] if is_lacking else [])])


def _added(amount: Decimal | None, existing: Decimal | None) -> Decimal | None:
    return None if amount is None or existing is None else max(amount - existing, Decimal(0))


def review(
    tenant: str, *, tce: Decimal | None, tce_equivalent: Decimal | None, coal: Decimal | None, is_key_field: bool | None
) -> Review:
    """Return who reviews a project of this size: `tce` by calorific value, `tce_equivalent` by equivalent value."""
    is_large = either(at_least(tce, NATIONAL), at_least(tce_equivalent, NATIONAL), at_least(coal, NATIONAL))
    is_national = both(is_large, is_key_field)
    is_provincial = either(at_least(tce, PROVINCIAL), at_least(coal, PROVINCIAL))
    is_reviewed = either(at_least(tce, SMALL), at_least(coal, SMALL))
    missing: list[Words] = []
    tier: Tier | None = None
    if is_national:
        tier = Tier.NATIONAL
    elif is_national is None and is_reviewed is not False:
        if tce is not None and tce_equivalent is None and is_large is None:
            missing.append(
                Words("缺少电力等价值系数及其来源", "the equivalent value of electricity, with its document")
            )
        if is_key_field is None:
            missing.append(
                Words("未说明是否属于国家审查的重点领域", "whether it belongs to a key field the nation reviews")
            )
    elif is_provincial:
        tier = Tier.PROVINCIAL
    elif is_provincial is False:
        tier = Tier.LOCAL if is_reviewed else Tier.NONE if is_reviewed is False else None
    if tier is None and tce is None:
        missing.append(Words("能源消费量（当量值）不明", "energy use (calorific)"))
    if tier is None and coal is None:
        missing.append(Words("煤炭消费量不明", "coal use"))
    has_carbon, source = _carbon(tenant, tier)
    return Review(tier, has_carbon, missing, ORDER_31, source)


def _carbon(tenant: str, tier: Tier | None) -> tuple[bool | None, Source | None]:
    """Tell whether the review evaluates carbon as well, and by which document."""
    if tier is Tier.NATIONAL:
        return True, ORDER_31
    if tier is Tier.NONE:
        return False, ORDER_31
    if tier is not None and tenant in LOCAL:
        return True, LOCAL[tenant].source
    return None, None


def is_two_high(sector: str, coal: Decimal | None) -> bool | None:
    """Tell whether a project is one of high energy use and high emissions (两高); of power, coal power is."""
    if sector == "power":
        return None if coal is None else coal > 0
    return sector in HEAVY


def is_differentiated(tenant: str) -> bool:
    """Tell whether the jurisdiction controls projects by their carbon intensity."""
    return tenant in LOCAL and LOCAL[tenant].is_differentiated


def needs_prediction(sector: str) -> bool:
    """Tell whether the environmental impact assessment predicts its greenhouse gases: six kinds of industry."""
    return sector in HEAVY
