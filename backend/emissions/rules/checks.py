"""Checks before a number is trusted. Three answers: pass, fail, cannot tell; the third blocks like the second.

Quantities are compared in the base unit, against the same source's other months. Seasons make a history wide,
so distance is counted robustly, from the median in median absolute deviations; a slip of a unit or a decimal
point is recognised by its ratio.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, localcontext

from backend.emissions.methods.arithmetic import WORKING, add
from backend.emissions.rules.defaults import CheckLimits
from backend.emissions.values import CheckOutcome, Outcome, Tier
from backend.kit.months import Month
from backend.kit.quantities import display

CONSISTENT = Decimal("1.4826")
"""Median absolute deviation -> standard deviation of a normal distribution."""

SLIPS = (
    (Decimal(10), "小数点错一位", "a decimal point"),
    (Decimal(100), "小数点错两位或百分数", "two decimal places, or a percentage"),
    (Decimal(1000), "kWh 与 MWh、kg 与 t 混淆", "kWh for MWh, or kg for t"),
    (Decimal(10000), "kWh 与 万kWh、Nm3 与 万Nm3 混淆", "kWh for 万kWh, or Nm3 for 万Nm3"),
    (Decimal("3.6"), "kWh 与 MJ 混淆", "kWh for MJ"),
)

TIER_NAMES = {
    Tier.METERED: ("计量", "metered"), Tier.INVOICED: ("票据", "invoiced"), Tier.ESTIMATED: ("估算", "estimated"),
}  # fmt: skip


def _outcome(code: str, outcome: Outcome, zh: str, en: str, **details: object) -> CheckOutcome:
    return CheckOutcome(code, outcome, zh, en, {name: str(value) for name, value in details.items()})


def is_blocked(outcomes: Iterable[CheckOutcome]) -> bool:
    """Say whether any outcome blocks: a fail, or what cannot be told."""
    return any(each.is_blocking for each in outcomes)


def median(values: Sequence[Decimal]) -> Decimal:
    """Return the median of at least one value."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    with localcontext(WORKING):
        return (ordered[middle - 1] + ordered[middle]) / 2


def quantity_sign(quantity: Decimal) -> CheckOutcome:
    """Fail a negative quantity: what leaves the account has a method of its own."""
    if quantity < 0:
        zh = "活动数据不能为负；输出的能源或产品请使用相应的输出方法填报。"
        en = "A quantity cannot be negative; what is sold or leaves is entered by its own method."
        return _outcome("quantity_sign", Outcome.FAIL, zh, en, quantity=quantity)
    return _outcome("quantity_sign", Outcome.PASS, "数值非负。", "Not negative.", quantity=quantity)


def quantity_zero(quantity: Decimal, history: Sequence[Decimal]) -> CheckOutcome:
    """Question a zero of a source that otherwise runs: standstill and a missing reading look the same."""
    if quantity == 0 and history and median(history) > 0:
        zh = "该排放源其他月份均有活动，本月为零：请确认是停产还是漏报。"
        en = "This source runs in its other months and is zero here: a standstill or a missing reading?"
        return _outcome("quantity_zero", Outcome.CANNOT_TELL, zh, en, median=median(history))
    return _outcome("quantity_zero", Outcome.PASS, "零值检查通过。", "No unexplained zero.", quantity=quantity)


def quantity_history(
    quantity: Decimal, history: Sequence[Decimal], limits: CheckLimits, season: Sequence[Decimal] = ()
) -> CheckOutcome:
    """Compare with the source's own history: fail beyond the robust z, cannot tell with too short a history.

    `season` are the same month's quantities of other years: a February that is as low every year is no slip.
    """
    if len(history) < limits.minimum_history:
        zh = f"历史数据只有 {len(history)} 个月，不足 {limits.minimum_history} 个月，无法判断。"
        en = f"Only {len(history)} months of history, {limits.minimum_history} are needed: cannot tell."
        return _outcome("quantity_history", Outcome.CANNOT_TELL, zh, en, months=len(history))
    centre = median(history)
    with localcontext(WORKING):
        spread = median([abs(each - centre) for each in history]) * CONSISTENT
        spread = max(spread, abs(centre) * limits.spread_floor)
        distance = abs(quantity - centre)
        if spread == 0:
            is_absurd, z = distance > 0, "∞" if distance > 0 else "0"
        else:
            is_absurd, z = distance / spread > limits.robust_z, display(distance / spread, 2)
    if is_absurd and any(abs(quantity - each) <= each * limits.season_tolerance for each in season):
        zh, en = "与其他年份同月相符。", "In line with the same month of other years."
        return _outcome("quantity_history", Outcome.PASS, zh, en, median=centre, z=z)
    if is_absurd:
        zh = f"与历史中位数 {display(centre, 2)} 相差过大（稳健 z 值 {z}，限值 {limits.robust_z}）。"
        en = f"Far from the median {display(centre, 2)} of its history (robust z {z}, limit {limits.robust_z})."
        return _outcome("quantity_history", Outcome.FAIL, zh, en, median=centre, z=z, quantity=quantity)
    zh, en = "与历史数据相符。", "In line with its history."
    return _outcome("quantity_history", Outcome.PASS, zh, en, median=centre, z=z)


def unit_slip(quantity: Decimal, history: Sequence[Decimal], limits: CheckLimits) -> CheckOutcome:
    """Fail what lies outside all history by a ratio that units or decimal points make."""
    known = [each for each in history if each > 0]
    if len(known) < limits.minimum_history:
        zh, en = "历史数据不足，无法判断单位是否填错。", "Too short a history to recognise a slipped unit."
        return _outcome("unit_slip", Outcome.CANNOT_TELL, zh, en, months=len(known))
    centre = median(known)
    # A season swings, a slip jumps: only what lies well outside every other month is suspected.
    if quantity > 0 and not min(known) <= 2 * quantity <= 4 * max(known):
        with localcontext(WORKING):
            ratio = quantity / centre
            for size, zh, en in SLIPS:
                for factor, turned in ((size, False), (1 / size, True)):
                    if abs(ratio / factor - 1) <= limits.slip_tolerance:
                        times = f"1/{size}" if turned else str(size)
                        return _outcome(
                            "unit_slip", Outcome.FAIL, f"约为通常数值的 {times} 倍，疑似{zh}。",
                            f"About {times} times the usual value; looks like {en}.", ratio=display(ratio, 6),
                        )  # fmt: skip
    return _outcome("unit_slip", Outcome.PASS, "未发现单位错位。", "No slipped unit.", median=centre)


def quantity_band(quantity: Decimal, low: Decimal | None, high: Decimal | None) -> CheckOutcome:
    """Compare with a band of the sector; without a band it cannot be told."""
    if low is None or high is None:
        zh, en = "没有行业参考区间，无法判断。", "No band for this sector: cannot tell."
        return _outcome("quantity_band", Outcome.CANNOT_TELL, zh, en)
    if not low <= quantity <= high:
        zh, en = f"超出行业参考区间 {low} 至 {high}。", f"Outside the sector's band {low} to {high}."
        return _outcome("quantity_band", Outcome.FAIL, zh, en, low=low, high=high, quantity=quantity)
    return _outcome("quantity_band", Outcome.PASS, "在行业参考区间内。", "Within the sector's band.")


def reported_consistent(reported_t: Decimal | None, recomputed_t: Decimal, tolerance: Decimal) -> CheckOutcome:
    """Compare a reported number with the recomputed one, t: fail beyond the tolerance, cannot tell without one."""
    if reported_t is None:
        zh, en = "没有可比对的申报值。", "Nothing was reported to compare with."
        return _outcome("reported_consistent", Outcome.CANNOT_TELL, zh, en, recomputed=recomputed_t)
    shown = display(recomputed_t, 2)
    difference = abs(reported_t - recomputed_t)
    if difference > tolerance:
        zh = f"申报值 {reported_t} t 与复算值 {shown} t 不一致（相差 {display(difference, 2)} t）。"
        en = f"{reported_t} t was reported, {shown} t recomputed: {display(difference, 2)} t apart."
        return _outcome(
            "reported_consistent", Outcome.FAIL, zh, en, reported=reported_t, recomputed=recomputed_t,
            difference=difference,
        )  # fmt: skip
    zh, en = f"申报值与复算值 {shown} t 一致。", f"The reported number agrees with {shown} t recomputed."
    return _outcome("reported_consistent", Outcome.PASS, zh, en, reported=reported_t, recomputed=recomputed_t)


def calibration_state(tier: Tier, month: Month, validities: Sequence[tuple[date, date]]) -> str:
    """Return valid, expired, unknown or not_needed: is the meter calibrated through the whole month?

    `validities` are (calibrated on, valid until), both days included; they may join within the month.
    """
    if tier is not Tier.METERED:
        return "not_needed"
    if not validities:
        return "unknown"
    open_from = month.first_day
    for start, end in sorted(validities):
        if start <= open_from <= end:
            open_from = date.fromordinal(end.toordinal() + 1)
        if open_from > month.last_day:
            return "valid"
    return "expired"


def calibration(tier: Tier, month: Month, validities: Sequence[tuple[date, date]]) -> CheckOutcome:
    """Check the meter's calibration over the month. An expired or unknown one proves nothing: cannot tell."""
    state = calibration_state(tier, month, validities)
    if state == "expired":
        zh = f"计量器具在 {month} 未处于检定有效期内，读数是否准确无法判断。"
        en = f"The meter's calibration does not cover {month}: whether its reading holds cannot be told."
        return _outcome("calibration", Outcome.CANNOT_TELL, zh, en, state=state, month=month)
    if state == "unknown":
        zh, en = "没有计量器具检定记录，无法判断。", "No calibration is recorded for the meter: cannot tell."
        return _outcome("calibration", Outcome.CANNOT_TELL, zh, en, state=state, month=month)
    return _outcome("calibration", Outcome.PASS, "检定有效或无需检定。", "Calibrated, or not metered.", state=state)


def metered_invoiced(metered: Decimal | None, invoiced: Decimal | None, limits: CheckLimits) -> CheckOutcome:
    """Compare the meter with the invoice of the same month, in the same unit."""
    if metered is None or invoiced is None:
        zh, en = "计量值与结算值缺一，无法比对。", "Only one of meter and invoice is there: cannot tell."
        return _outcome("metered_invoiced", Outcome.CANNOT_TELL, zh, en)
    larger = max(abs(metered), abs(invoiced))
    if abs(metered - invoiced) > larger * limits.invoice_tolerance:
        zh, en = "计量值与结算值相差超过允许范围。", "Meter and invoice differ by more than is accepted."
        return _outcome("metered_invoiced", Outcome.FAIL, zh, en, metered=metered, invoiced=invoiced)
    return _outcome("metered_invoiced", Outcome.PASS, "计量值与结算值相符。", "Meter and invoice agree.")


def evidence(tier: Tier, months: Sequence[Month], *, is_needed: bool, is_there: bool) -> CheckOutcome:
    """Check that what rests on a document has one: an invoice nobody can see proves nothing, so it cannot be told."""
    if is_needed and not is_there:
        zh = f"{len(months)} 个月的{TIER_NAMES[tier][0]}数据没有上传凭证，无法核实。"
        en = f"{len(months)} months of {TIER_NAMES[tier][1]} data have no evidence file: cannot tell."
        return _outcome("evidence", Outcome.CANNOT_TELL, zh, en, tier=tier.value, months=len(months))
    return _outcome("evidence", Outcome.PASS, "凭证齐全或无需凭证。", "Evidence is there, or not needed.")


def months_missing(missing: Sequence[Month]) -> CheckOutcome:
    """Check that a running source has every month. A gap may be a standstill or an omission: cannot tell."""
    if missing:
        named = ", ".join(map(str, missing))
        zh = f"缺 {len(missing)} 个月的数据（{named}）；停用月份请填报零，是否完整无法判断。"
        en = f"{len(missing)} months are missing ({named}); enter zero for a standstill: cannot tell."
        return _outcome("completeness", Outcome.CANNOT_TELL, zh, en, months=len(missing))
    return _outcome("completeness", Outcome.PASS, "逐月数据齐全。", "Every month is there.")


def certificate_year(energy: Month, produced: Month | None) -> CheckOutcome:
    """Check that certificate and energy are of the same year; an unknown production month cannot be told."""
    if produced is None:
        zh, en = "绿证生产月份未知，无法判断。", "The certificate's production month is unknown: cannot tell."
        return _outcome("certificate_year", Outcome.CANNOT_TELL, zh, en)
    if produced.year != energy.year:
        zh = f"绿证（{produced}）与用电（{energy}）不属同一年度。"
        en = f"Certificate ({produced}) and energy ({energy}) are of different years."
        return _outcome("certificate_year", Outcome.FAIL, zh, en, produced=produced, energy=energy)
    return _outcome("certificate_year", Outcome.PASS, "绿证与用电同一年度。", "Certificate and energy of one year.")


def certificates_covered(claimed: Decimal, purchased: Decimal, waiting: Decimal) -> CheckOutcome:
    """Check that certificates cover electricity that was bought, in MWh; what waits for approval may still prove it."""
    facts = {"claimed_mwh": claimed, "purchased_mwh": purchased, "waiting_mwh": waiting}
    if claimed <= purchased:
        zh = "没有核销绿证，或核销电量未超过购入电量。"
        en = "No certificates are claimed, or no more than the electricity bought."
        return _outcome("certificates_covered", Outcome.PASS, zh, en, **(facts if claimed else {}))
    zh = f"已核销绿证 {claimed:f} MWh，超过已审核购入电量 {purchased:f} MWh（扣除输出电量）"
    en = f"{claimed:f} MWh of certificates are claimed, {purchased:f} MWh of purchased electricity (less sold) are approved"
    if claimed <= add(purchased, waiting):
        zh, en = (
            f"{zh}；另有 {waiting:f} MWh 待审核，无法判断。",
            f"{en}, {waiting:f} MWh wait for approval: cannot tell.",
        )
        return _outcome("certificates_covered", Outcome.CANNOT_TELL, zh, en, **facts)
    zh = f"{zh}，多出部分没有对应电量。"
    return _outcome("certificates_covered", Outcome.FAIL, zh, f"{en}: the rest covers nothing.", **facts)


def standard_coal_known(coefficient: Decimal | None, energy: str) -> CheckOutcome:
    """Say that standard coal cannot be told where the standard prints no single value and none was measured."""
    if coefficient is None:
        zh = f"“{energy}”没有单一的折标系数，也未提供实测低位发热量，综合能耗无法判断。"
        en = f"'{energy}' has no single coefficient and no measured heat value: standard coal cannot be told."
        return _outcome("standard_coal_known", Outcome.CANNOT_TELL, zh, en, energy=energy)
    return _outcome("standard_coal_known", Outcome.PASS, "折标系数已确定。", "Standard coal is known.")
