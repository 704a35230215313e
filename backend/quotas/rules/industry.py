"""Allowances of steel, cement and aluminium lines, 2024 to 2026 (国环规气候〔2025〕2号).

    2024        A = E
    2025, 2026  A = E x (1 + alpha),  X = (B - I) / B,
                alpha = 0.15 X inside +-20 %, else +-0.03

E are the line's verified emissions, I its intensity, B the sector's balance value, which is published only inside the
national platform and therefore entered by the authority. Cement is allocated by clinker line.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from backend.quotas.errors import BalanceValueMissing, IntensityMissing, LineTreatmentUnknown, SectorWithoutLines
from backend.quotas.rules.figures import Book, check, factor, need, number, unreadable, year_end
from backend.quotas.rules.rounding import ONE, ZERO, add, of_fraction, plain
from backend.quotas.rules.terms import LINES_ZH, SECTORS_ZH, Factor, LineKind, Part, Quota, Sector

FAMILY = "ets.industry"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndustryInputs:
    """A production line's year: verified emissions in tCO2, intensity and balance value in one and the same unit."""

    year: int
    verified: Decimal
    sector: Sector | None = None
    intensity: Decimal | None = None
    balance: Decimal | None = None
    line: LineKind = LineKind.REGULAR


def industry_quota(book: Book, inputs: IndustryInputs) -> Quota:
    """Return what a line is allocated for a year, in tCO2, exact.

    Raises:
        SectorWithoutLines: power.
        QuotaInputImpossible: a negative amount, or a balance value of zero.
        QuotaRuleUnknown: the parameters hold no plan for the year.
        LineTreatmentUnknown: a special, new or closed line.
        BalanceValueMissing: the authority has not entered the sector's balance value.
        IntensityMissing: the line's intensity is not given.
        QuotaRuleUnreadable: the technique in force is none we know.
    """
    if inputs.sector is Sector.POWER:
        raise SectorWithoutLines(path=("input", "sector"))
    check("verified", inputs.verified, ZERO)
    check("intensity", inputs.intensity, ZERO)
    check("balance", inputs.balance, ZERO, above=True)
    technique = need(book, FAMILY, "technique", year_end(inputs.year))
    if inputs.line is not LineKind.REGULAR:
        raise LineTreatmentUnknown(
            line=inputs.line.value, line_zh=LINES_ZH[inputs.line], year=inputs.year, path=("input", "line")
        )
    if technique.text == "verified_emissions":
        step = factor(
            technique, "technique", ONE, "配额等于经核查排放量", "the allocation equals the verified emissions"
        )
        return _quota(inputs, inputs.verified, (step,), "E", plain(inputs.verified))
    if technique.text != "balance_value":
        raise unreadable(technique)
    return _balanced(book, inputs)


def _balanced(book: Book, inputs: IndustryInputs) -> Quota:
    if inputs.balance is None:
        raise BalanceValueMissing(
            year=inputs.year, sector=inputs.sector or "the sector",
            sector_zh=SECTORS_ZH[inputs.sector] if inputs.sector else "该", path=("input", "balance"),
        )  # fmt: skip
    if inputs.intensity is None:
        raise IntensityMissing(year=inputs.year, path=("input", "intensity"))
    on = year_end(inputs.year)
    slope, band, limit = (need(book, FAMILY, key, on) for key in ("slope", "band", "limit"))
    # Ratios stay ratios until the end: a quotient without end must not cost the last tonne.
    balance, intensity = Fraction(inputs.balance), Fraction(inputs.intensity)
    deviation = (balance - intensity) / balance
    is_inside = abs(deviation) <= Fraction(number(band))
    outside = Fraction(number(limit)) * (1 if deviation > 0 else -1)
    alpha = Fraction(number(slope)) * deviation if is_inside else outside
    where_zh = f"偏差在 ±{plain(number(band))} 以内" if is_inside else f"偏差超出 ±{plain(number(band))}，按上限"
    where_en = f"inside ±{plain(number(band))}" if is_inside else f"outside ±{plain(number(band))}: the limit"
    x, a = of_fraction(deviation), of_fraction(alpha)
    factors = (
        Factor(
            "balance_value", "行业平衡值 B", "balance value B of the sector", inputs.balance, "",
            reason_zh="平台内公布，由主管部门录入", reason_en="published inside the platform, entered by the authority",
        ),
        Factor("intensity", "生产线排放强度 I", "intensity I of the line", inputs.intensity, ""),
        Factor("deviation", "强度偏差 X", "deviation X", x, "1", "(B - I) / B"),
        factor(slope, "slope"),
        factor(band, "band"),
        factor(limit, "limit"),
        Factor("alpha", "配额调整系数 α", "adjustment alpha", a, "1", slope.note, where_zh, where_en, figure=slope),
    )  # fmt: skip
    exact = of_fraction(Fraction(inputs.verified) * (1 + alpha))
    return _quota(inputs, exact, factors, "E × (1 + α)", f"{plain(inputs.verified)} × {plain(add(ONE, a))}")


def _quota(inputs: IndustryInputs, value: Decimal, factors: tuple[Factor, ...], formula: str, expression: str) -> Quota:
    is_cement = inputs.sector is Sector.CEMENT
    return Quota(
        year=inputs.year,
        quota=value,
        parts=(Part("verified", "按经核查排放量", "by verified emissions", value, expression),),
        factors=factors,
        formula=formula,
        notes_zh=("水泥按熟料生产线逐条核定。",) if is_cement else (),
        notes_en=("Cement is allocated by clinker line.",) if is_cement else (),
    )
