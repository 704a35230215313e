"""From what was gathered to facts, each with its quality and the records it came from. Pure.

- Totals of a year with fewer than twelve months of data are missing: a part of a year would look like a good year.
- A ratio is as good as the worse of the two things it is made of.
- A verified inventory is verified, whatever its data; another one is estimated once much of it is.
- A yearly figure proved by a file is as good as a verified one, a bare statement is an estimate.
- An account without a unit or line in the market has no facts of quotas.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from backend.accounts.values import FigureKind, FigureValue
from backend.emissions.values import InventoryFacts, Outcome
from backend.kit.quantities import EXACT
from backend.scores.running import gaming
from backend.scores.running.correcting import settled
from backend.scores.running.material import Material
from backend.scores.running.ratios import HUNDRED, WAN, change, percent, ratio, trimmed
from backend.scores.running.signs import fingerprint_of
from backend.scores.running.terms import terms
from backend.scores.running.values import Finding
from backend.scores.values import FACTS, Fact, Peers, Quality, Source, Words

YEAR_MONTHS = 12
_ORDER = (Quality.VERIFIED, Quality.COMPUTED, Quality.ESTIMATED, Quality.MISSING)
RATIO = "sector_ratio"
CNY_PER_WAN, T_PER_WAN = "tCO2e/万CNY", "tce/万CNY"


def comparable(found: Material) -> dict[str, Fact]:
    """Return the facts that can be compared within a sector: of emissions, energy, electricity and data."""
    own = found.inventory
    by_value, by_product = _value_added_intensity(own, found.figures), _output_intensity(own, found.figures)
    facts = [
        _emissions(found, "emissions_location", scope2_location=True),
        _emissions(found, "emissions_market", scope2_location=False),
        _emissions_change(found),
        by_value,
        by_product,
        _intensity_change(found, by_value, by_product),
        _energy_intensity(found),
        _green_power(found),
        _neutralised(found),
        _data_quality(own),
        _metered(own),
        _months(own),
    ]
    return {each.code: each for each in facts}


def all_facts(found: Material, compared: Mapping[str, Fact], peers: Peers) -> tuple[dict[str, Fact], list[Finding]]:
    """Return every fact of an account and a year, corrected by accepted appeals, and what the checks for signs found."""
    facts = dict(compared)
    for each in (_state(found.inventory), _is_verified(found.inventory), *_compliance(found), _penalties(found)):
        facts[each.code] = each
    findings = check(found)
    facts["gaming_signs"] = _gaming(found, findings)
    facts["disclosure_rating"] = _rating(found)
    for code in dict.fromkeys(each.fact for each in found.overrides):
        if code != RATIO and (fact := settled(facts, code, found)) is not None:
            facts[code] = fact
    # Made from a fact that may just have been corrected.
    computed = _sector_ratio(facts["value_added_intensity"], peers)
    facts[RATIO] = settled({RATIO: computed}, RATIO, found) or computed
    return facts, findings


def check(found: Material) -> list[Finding]:
    """Return what the checks for shifted, split and moved data say."""
    before, now = found.mixes or (None, None)
    return [
        gaming.shifted_months(found.turns, terms(), into=found.year, is_first=found.is_first),
        gaming.split_meters(found.pools, terms(), is_first=found.is_first),
        gaming.outsourced_boiler(before, now, terms(), is_first=found.is_first),
    ]


def missing(code: str, zh: str, en: str, sources: Iterable[Source] = ()) -> Fact:
    """Return a fact of which nothing is known, and why."""
    return Fact(code, None, FACTS[code].unit, Quality.MISSING, tuple(sources), Words(zh, en))


def worst(*qualities: Quality) -> Quality:
    """Return the worst of some qualities."""
    return max(qualities, key=_ORDER.index)


def quality_of(inventory: InventoryFacts) -> Quality:
    """Return how an inventory's numbers came to be known."""
    if inventory.is_verified:
        return Quality.VERIFIED
    estimated = inventory.tier_shares.get("estimated", Decimal(0))
    return Quality.ESTIMATED if estimated >= terms().estimated_share else Quality.COMPUTED


def _of(inventory: InventoryFacts) -> Source:
    return Source("Inventory", str(inventory.inventory_id), str(inventory.version))


def _figure(each: FigureValue) -> Source:
    return Source("YearFigure", str(each.id))


def _proof(each: FigureValue) -> Quality:
    return Quality.ESTIMATED if each.evidence_id is None else Quality.VERIFIED


def _said(inventory: InventoryFacts) -> Words:
    return Words(
        f"{inventory.year} 年度清单第 {inventory.version} 版",
        f"Inventory of {inventory.year}, version {inventory.version}",
    )


def _whole(code: str, inventory: InventoryFacts | None) -> InventoryFacts | Fact:
    """Return the inventory of a whole year, or the missing fact for want of one."""
    if inventory is None:
        return missing(code, "该年度没有清单", "There is no inventory of the year")
    if inventory.months_covered < YEAR_MONTHS:
        return missing(
            code, f"清单仅覆盖 {inventory.months_covered} 个月，不能代表全年",
            f"The inventory covers {inventory.months_covered} months only, which is not the year", [_of(inventory)],
        )  # fmt: skip
    return inventory


def total_of(inventory: InventoryFacts, *, scope2_location: bool = True) -> Decimal:
    """Return scopes 1 and 2 in tCO2e, location- or market-based."""
    return EXACT.add(inventory.scope1, inventory.scope2_location if scope2_location else inventory.scope2_market)


def _emissions(found: Material, code: str, *, scope2_location: bool) -> Fact:
    own = _whole(code, found.inventory)
    if isinstance(own, Fact):
        return own
    total = total_of(own, scope2_location=scope2_location)
    return Fact(code, total, "tCO2e", quality_of(own), (_of(own),), _said(own))


def _emissions_change(found: Material) -> Fact:
    code = "emissions_change"
    own, before = _whole(code, found.inventory), found.before
    if isinstance(own, Fact):
        return own
    if before is None or before.months_covered < YEAR_MONTHS or total_of(before) <= 0:
        return missing(
            code, "没有完整的上年度清单可比", "There is no whole inventory of the year before to compare with"
        )
    value = change(total_of(before), total_of(own))
    return Fact(code, value, "%", worst(quality_of(own), quality_of(before)), (_of(own), _of(before)), _said(own))


def _kind(figures: Sequence[FigureValue], kind: FigureKind) -> FigureValue | None:
    """Return a year's figure of a kind; of products, the main one."""
    if kind is FigureKind.OUTPUT:
        return next((each for each in figures if each.kind is kind and each.is_main), None)
    return next((each for each in figures if each.kind is kind), None)


def _value_added_intensity(inventory: InventoryFacts | None, figures: Sequence[FigureValue]) -> Fact:
    code = "value_added_intensity"
    own = _whole(code, inventory)
    if isinstance(own, Fact):
        return own
    made = _kind(figures, FigureKind.VALUE_ADDED)
    if made is None:
        return missing(code, "未填报增加值", "Value added of the year is not stated", [_of(own)])
    if made.quantity <= 0:
        return missing(
            code, "增加值不为正，无法计算强度", "Value added is not positive: there is no intensity", [_of(own)]
        )
    value = ratio(EXACT.multiply(total_of(own), WAN), made.quantity)
    return Fact(code, value, CNY_PER_WAN, worst(quality_of(own), _proof(made)), (_of(own), _figure(made)), _said(own))


def _output_intensity(inventory: InventoryFacts | None, figures: Sequence[FigureValue]) -> Fact:
    code = "output_intensity"
    own = _whole(code, inventory)
    if isinstance(own, Fact):
        return own
    made = _kind(figures, FigureKind.OUTPUT)
    if made is None or made.quantity <= 0:
        return missing(code, "未填报主要产品产量", "Output of the main product is not stated", [_of(own)])
    return Fact(
        code, ratio(total_of(own), made.quantity), f"tCO2e/{made.unit}", worst(quality_of(own), _proof(made)),
        (_of(own), _figure(made)),
        Words(f"主要产品：{made.product}（{made.unit}）", f"Main product: {made.product} ({made.unit})"),
    )  # fmt: skip


def _intensity_change(found: Material, by_value: Fact, by_product: Fact) -> Fact:
    code = "intensity_change"
    own = _whole(code, found.inventory)
    if isinstance(own, Fact):
        return own
    pairs = (
        (_value_added_intensity(found.before, found.figures_before), by_value),
        (_output_intensity(found.before, found.figures_before), by_product),
    )
    for before, now in pairs:
        # A product's intensity is compared with the same product's only, in the same unit: the note names both.
        is_same = before.code == "value_added_intensity" or before.note == now.note
        if isinstance(before.value, Decimal) and isinstance(now.value, Decimal) and before.value > 0 and is_same:
            return Fact(
                code, change(before.value, now.value), "%", worst(before.quality, now.quality),
                tuple(dict.fromkeys((*now.sources, *before.sources))),
                Words(f"按{FACTS[now.code].name.zh}比较", f"By {FACTS[now.code].name.en.lower()}"),
            )  # fmt: skip
    return missing(code, "缺少两个年度可比的强度", "Intensities of both years that can be compared are missing")


def _energy_intensity(found: Material) -> Fact:
    code = "energy_intensity"
    own = _whole(code, found.inventory)
    if isinstance(own, Fact):
        return own
    made = _kind(found.figures, FigureKind.VALUE_ADDED)
    if made is None or made.quantity <= 0:
        return missing(code, "未填报正的增加值", "No positive value added of the year is stated", [_of(own)])
    value = ratio(EXACT.multiply(own.energy_tce, WAN), made.quantity)
    return Fact(code, value, T_PER_WAN, worst(quality_of(own), _proof(made)), (_of(own), _figure(made)), _said(own))


def _green_power(found: Material) -> Fact:
    code, own = "green_power_share", found.inventory
    if own is None:
        return missing(code, "该年度没有清单", "There is no inventory of the year")
    if own.electricity_mwh <= 0:
        return missing(code, "没有外购电量", "No electricity was bought", [_of(own)])
    share = min(percent(EXACT.add(own.claimed_mwh, own.green_mwh), own.electricity_mwh), HUNDRED)
    claims = [Source("EnergyClaim", str(each)) for each in found.claims]
    return Fact(code, share, "%", quality_of(own), (_of(own), *claims), _said(own))


def _neutralised(found: Material) -> Fact:
    code = "neutralised_share"
    own = _whole(code, found.inventory)
    if isinstance(own, Fact):
        return own
    emitted = total_of(own, scope2_location=False)
    if emitted <= 0:
        return missing(code, "没有可抵销的排放", "There are no emissions to be met", [_of(own)])
    units = sum((each.quantity for each in found.retired), Decimal(0))
    moved = [Source("UnitMovement", str(each.movement_id), str(each.number)) for each in found.retired]
    note = Words(f"已注销 {trimmed(units):f} tCO2e", f"{trimmed(units):f} tCO2e retired")
    return Fact(code, min(percent(units, emitted), HUNDRED), "%", quality_of(own), (_of(own), *moved), note)


def _data_quality(own: InventoryFacts | None) -> Fact:
    if own is None or own.quality_score is None:
        return missing("data_quality", "没有可评价的清单数据", "There are no inventory data to judge")
    return Fact("data_quality", trimmed(own.quality_score), "", quality_of(own), (_of(own),), _said(own))


def _metered(own: InventoryFacts | None) -> Fact:
    if own is None or not own.tier_shares:
        return missing("metered_share", "没有可评价的清单数据", "There are no inventory data to judge")
    share = trimmed(EXACT.multiply(own.tier_shares.get("metered", Decimal(0)), HUNDRED))
    return Fact("metered_share", share, "%", quality_of(own), (_of(own),), _said(own))


def _months(own: InventoryFacts | None) -> Fact:
    if own is None:
        return missing("months_covered", "该年度没有清单", "There is no inventory of the year")
    return Fact("months_covered", Decimal(own.months_covered), "", quality_of(own), (_of(own),), _said(own))


def _state(own: InventoryFacts | None) -> Fact:
    if own is None:
        note = Words("该年度没有清单", "There is no inventory of the year")
        return Fact("inventory_state", "none", "", Quality.COMPUTED, (), note)
    return Fact("inventory_state", own.state, "", quality_of(own), (_of(own),), _said(own))


def _is_verified(own: InventoryFacts | None) -> Fact:
    if own is None:
        note = Words("该年度没有清单", "There is no inventory of the year")
        return Fact("is_verified", value=False, unit="", quality=Quality.COMPUTED, note=note)
    return Fact("is_verified", own.is_verified, "", quality_of(own), (_of(own),), _said(own))


def _compliance(found: Material) -> list[Fact]:
    record = found.compliance
    if record is None:
        return []
    facts: list[Fact] = []
    if record.due:
        entries = tuple(Source("QuotaDutyEntry", str(each)) for each in record.entry_ids)
        note = Words(f"{record.due} 项已到期义务中 {record.on_time} 项按时完成",
                     f"{record.on_time} of {record.due} duties due were done in time")  # fmt: skip
        share = percent(Decimal(record.on_time), Decimal(record.due))
        facts.append(Fact("duties_on_time", share, "%", Quality.COMPUTED, entries, note))
    sources = [Source("QuotaVerified", str(each)) for each in record.verified_ids]
    sources += [Source("UnitMovement", str(each)) for each in record.surrender_ids]
    if record.owed.inventory_id is not None and found.inventory is not None:
        sources.append(_of(found.inventory))
    owed = record.owed.obligation
    if owed is None or record.gap is None:
        facts.append(
            missing("quota_gap", "履约义务或可用配额尚无法确定", "What is owed or held cannot be told yet", sources)
        )
    elif owed > 0:
        quality = Quality.VERIFIED if record.owed.is_verified else Quality.ESTIMATED
        note = Words(f"应清缴 {trimmed(owed):f} tCO2，缺口 {trimmed(record.gap):f}",
                     f"{trimmed(owed):f} tCO2 owed, {trimmed(record.gap):f} lacking")  # fmt: skip
        share = min(percent(record.gap, owed), HUNDRED)
        facts.append(Fact("quota_gap", share, "%", quality, tuple(sources), note))
    return facts


def _penalties(found: Material) -> Fact:
    sources = tuple(Source("ScorePenalty", str(each.id)) for each in found.penalties)
    documents = "、".join(each.document for each in found.penalties)
    note = Words(f"有效处罚：{documents}" if documents else "无有效处罚记录",
                 f"In force: {documents}" if documents else "None on record is in force")  # fmt: skip
    return Fact("open_penalties", Decimal(len(found.penalties)), "", Quality.VERIFIED, sources, note)


def _gaming(found: Material, findings: Sequence[Finding]) -> Fact:
    """Count the signs nobody has explained; with none, but a check that could not tell, nothing is known.

    In a first year the checks have nothing to compare with. Then the word of whoever verified the inventory stands in for
    them, as an estimate; without a verification nothing is known.
    """
    failed = [each for each in findings if each.outcome is Outcome.FAIL]
    open_ = [
        (mark, each) for each in failed if (each.kind.value, mark := fingerprint_of(each.numbers)) not in found.accepted
    ]
    unclear = [each for each in findings if each.outcome is Outcome.CANNOT_TELL]
    moot = [each for each in findings if each.outcome is None]
    told = [each for _, each in open_] or unclear or moot
    note = Words(
        "；".join(each.words.zh.rstrip("。") for each in told), "; ".join(each.words.en.rstrip(".") for each in told)
    )  # fmt: skip
    sources = tuple(_of(each) for each in (found.inventory, found.before) if each is not None)
    sources += tuple(Source("SignFingerprint", mark) for mark, _ in open_)
    if open_:
        return Fact("gaming_signs", Decimal(len(open_)), "", Quality.COMPUTED, sources, note)
    if unclear:
        return missing("gaming_signs", note.zh, note.en, sources)
    if not moot:
        return Fact("gaming_signs", Decimal(0), "", Quality.COMPUTED, sources, note)
    if found.inventory is None or not found.inventory.is_verified:
        return missing(
            "gaming_signs", f"{note.zh}；首个年度的清单须经核查后方可判定",
            f"{note.en}; of a first year it is told once the inventory is verified", sources,
        )  # fmt: skip
    note = Words(f"{note.zh}；清单已经核查", f"{note.en}; the inventory is verified")
    return Fact("gaming_signs", Decimal(0), "", Quality.ESTIMATED, sources, note)


def _rating(found: Material) -> Fact:
    code = "disclosure_rating"
    if found.rating is None:
        note = Words("该年度没有已评级的披露", "No disclosure of the year has been rated")
        return Fact(code, "none", "", Quality.COMPUTED, (), note)
    rated = found.rating
    source = Source("Disclosure", str(rated.disclosure_id), f"{rated.rubric_code}/{rated.rubric_version}")
    note = Words(f"评级细则 {rated.rubric_code} 第 {rated.rubric_version} 版",
                 f"By rubric {rated.rubric_code}, version {rated.rubric_version}")  # fmt: skip
    return Fact(code, rated.grade.value, "", Quality.COMPUTED, (source,), note)


def _sector_ratio(intensity: Fact, peers: Peers) -> Fact:
    code = RATIO
    mean = peers.mean(intensity.code)
    if not isinstance(intensity.value, Decimal):
        return missing(code, intensity.note.zh, intensity.note.en, intensity.sources)
    if mean is None or mean <= 0:
        return missing(code, "行业内可比企业不足，不公布均值",
                       "Too few comparable enterprises in the sector: its mean is not told", intensity.sources)  # fmt: skip
    note = Words(f"行业平均 {mean:f} {CNY_PER_WAN}", f"The sector's mean is {mean:f} {CNY_PER_WAN}")
    return Fact(code, ratio(intensity.value, mean), "", intensity.quality, intensity.sources, note)


def basis_of(fact: Fact) -> str:
    """Return what a fact can be compared within: of a product's intensity, the product and its unit."""
    return fact.note.zh if fact.code == "output_intensity" else ""


COMPARED: Mapping[str, str] = {code: kind.better for code, kind in FACTS.items() if kind.better}
"""The facts whose better end is known, by code: `lower` or `higher`."""
