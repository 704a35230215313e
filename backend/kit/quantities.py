"""Quantities: the field's units, and exact conversion between them.

The definitions stand in a units library (pint, on Decimal); the factor between two units is the ratio of their
definitions and is used only when it is a *finite* decimal, so that converting never rounds. A conversion
therefore exists when both units measure the same thing and the factor can be written down: kWh -> GJ is
0.0036, GJ -> kWh would be 277.777... and is refused. Two more pairs are one-way or closed on purpose:

* tCO2 -> tCO2e is 1 by the definition of GWP; the way back would invent a gas, and is refused.
* energy <-> standard coal (tce) is not a conversion of units: it needs a heat value or a printed coefficient,
  which are dated parameters. The same holds for mass <-> volume, certificates <-> MWh, points <-> tonnes.

Gas volumes are at standard conditions: the field writes m3 and Nm3 for the same thing, and so do we.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from fractions import Fraction
from functools import cache
from unicodedata import normalize

import pint

from backend.kit.errors import Invalid

EXACT = Context(prec=400, rounding=ROUND_HALF_UP, traps=[Inexact])
"""Arithmetic that raises instead of losing a digit: `EXACT.multiply(a, b)`."""

_FINITE_PLACES = 40
"""A factor that needs more decimal places than this is not a factor anybody writes down."""


class UnknownUnit(Invalid):
    """No unit of this spelling."""

    code = "unknown_unit"
    en = "'{unit}' is not a unit we know. Use for example kWh, MWh, 万kWh, GJ, t, 万Nm3."
    zh = "无法识别的计量单位“{unit}”。可使用 kWh、MWh、万kWh、GJ、t、万Nm3 等。"


class IncompatibleUnits(Invalid):
    """The two units measure different things, or no exact factor leads from one to the other."""

    code = "incompatible_units"
    en = "'{from_unit}' cannot be converted exactly to '{to_unit}'."
    zh = "“{from_unit}”不能精确换算为“{to_unit}”。"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its one spelling in the product, what it measures, its labels and the other accepted spellings."""

    code: str
    dimension: str
    zh: str
    en: str
    definition: str
    aliases: tuple[str, ...] = ()


# The definition is in the units library's own language: `[x]` opens a base dimension.
UNITS: tuple[Unit, ...] = (
    Unit("kWh", "electricity", "千瓦时", "kilowatt-hour", "u_kwh = 3.6 * u_mj", ("度", "千瓦时", "kW·h", "kW.h")),
    Unit("MWh", "electricity", "兆瓦时", "megawatt-hour", "u_mwh = 1000 * u_kwh", ("兆瓦时", "MW·h", "MW.h")),
    Unit("万kWh", "electricity", "万千瓦时", "10,000 kilowatt-hours", "u_wkwh = 10000 * u_kwh",
         ("10^4kWh", "10⁴kWh", "万千瓦时", "万度", "万kW·h", "10^4kW·h")),
    Unit("GWh", "electricity", "吉瓦时", "gigawatt-hour", "u_gwh = 1000000 * u_kwh", ("吉瓦时",)),
    Unit("kJ", "heat", "千焦", "kilojoule", "u_kj = 0.001 * u_mj", ("千焦",)),
    Unit("MJ", "heat", "兆焦", "megajoule", "u_mj = [energy]", ("兆焦",)),
    Unit("GJ", "heat", "吉焦", "gigajoule", "u_gj = 1000 * u_mj", ("吉焦", "百万千焦")),
    Unit("TJ", "heat", "太焦", "terajoule", "u_tj = 1000000 * u_mj", ("太焦",)),
    Unit("kgce", "standard_coal", "千克标准煤", "kilogram of coal equivalent", "u_kgce = [standard_coal]",
         ("千克标准煤", "公斤标准煤", "kg标准煤")),
    Unit("tce", "standard_coal", "吨标准煤", "tonne of coal equivalent", "u_tce = 1000 * u_kgce",
         ("吨标准煤", "吨标煤", "t标准煤")),
    Unit("万tce", "standard_coal", "万吨标准煤", "10,000 tonnes of coal equivalent", "u_wtce = 10000 * u_tce",
         ("10^4tce", "万吨标准煤", "万吨标煤")),
    Unit("kg", "mass", "千克", "kilogram", "u_kg = [mass]", ("千克", "公斤")),
    Unit("t", "mass", "吨", "tonne", "u_t = 1000 * u_kg", ("吨", "公吨", "tonne", "tonnes")),
    Unit("万t", "mass", "万吨", "10,000 tonnes", "u_wt = 10000 * u_t", ("10^4t", "万吨")),
    Unit("kgC", "carbon", "千克碳", "kilogram of carbon", "u_kgc = [carbon]", ("千克碳",)),
    Unit("tC", "carbon", "吨碳", "tonne of carbon", "u_tc = 1000 * u_kgc", ("吨碳",)),
    Unit("Nm3", "volume", "标准立方米", "cubic metre (standard conditions)", "u_nm3 = [volume]",
         ("m3", "m^3", "Nm^3", "立方米", "标准立方米", "标立方米", "标方", "方")),
    Unit("万Nm3", "volume", "万标准立方米", "10,000 cubic metres (standard conditions)", "u_wnm3 = 10000 * u_nm3",
         ("10^4Nm3", "10⁴Nm³", "万m3", "10^4m3", "万Nm^3", "万m^3", "万立方米", "万标准立方米", "万标立方米", "万标方", "万方")),
    Unit("L", "volume", "升", "litre", "u_l = 0.001 * u_nm3", ("升", "litre", "liter")),
    Unit("kgCO2", "emissions", "千克二氧化碳", "kilogram of CO2", "u_kgco2 = 1 * u_kgco2e", ("千克二氧化碳",)),
    Unit("tCO2", "emissions", "吨二氧化碳", "tonne of CO2", "u_tco2 = 1000 * u_kgco2e", ("吨二氧化碳", "吨CO2")),
    Unit("kgCO2e", "emissions", "千克二氧化碳当量", "kilogram of CO2 equivalent", "u_kgco2e = [emissions]",
         ("kgCO2eq", "千克二氧化碳当量")),
    Unit("tCO2e", "emissions", "吨二氧化碳当量", "tonne of CO2 equivalent", "u_tco2e = 1000 * u_kgco2e",
         ("tCO2eq", "吨二氧化碳当量", "吨CO2e")),
    Unit("万tCO2e", "emissions", "万吨二氧化碳当量", "10,000 tonnes of CO2 equivalent", "u_wtco2e = 10000 * u_tco2e",
         ("10^4tCO2e", "万吨二氧化碳当量")),
    Unit("GEC", "certificates", "张绿证", "green certificate", "u_gec = [certificates]", ("张", "个绿证", "张绿证")),
    Unit("point", "points", "积分", "point", "u_point = [points]", ("积分", "points")),
    Unit("CNY", "money", "元", "yuan", "u_cny = [money]", ("元", "人民币", "RMB", "yuan")),
    Unit("万CNY", "money", "万元", "10,000 yuan", "u_wcny = 10000 * u_cny", ("万元", "10^4CNY", "10^4元")),
    Unit("亿CNY", "money", "亿元", "100 million yuan", "u_ycny = 100000000 * u_cny", ("亿元", "10^8CNY", "10^8元")),
    Unit("km", "distance", "千米", "kilometre", "u_km = [distance]", ("千米", "公里")),
    Unit("tkm", "freight", "吨公里", "tonne-kilometre", "u_tkm = [freight]", ("t·km", "t.km", "吨公里", "吨千米")),
    Unit("万tkm", "freight", "万吨公里", "10,000 tonne-kilometres", "u_wtkm = 10000 * u_tkm", ("10^4tkm", "万吨公里")),
    Unit("pkm", "travel", "人公里", "passenger-kilometre", "u_pkm = [travel]", ("p·km", "人·km", "人公里", "人千米")),
    Unit("m2", "area", "平方米", "square metre", "u_m2 = [area]", ("m^2", "平方米")),
    Unit("piece", "count", "件", "piece", "u_piece = [count]", ("件", "台", "个", "pcs", "pieces")),
    Unit("person", "people", "人", "person", "u_person = [people]", ("人", "persons", "people")),
    Unit("万person", "people", "万人", "10,000 persons", "u_wperson = 10000 * u_person", ("万人", "10^4人")),
)  # fmt: skip

_GAS_FREE = frozenset({"tCO2e", "kgCO2e", "万tCO2e"})
_GAS_NAMED = frozenset({"tCO2", "kgCO2"})


def _plain(spelling: str) -> str:
    """Fold what people vary without meaning it: width, superscripts, blanks, case, the sign of 'ten to the'."""
    folded = normalize("NFKC", spelling.replace("⁴", "^4")).replace("*", "^").replace("^^", "^")
    return "".join(folded.split()).casefold()


def _index() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for unit in UNITS:
        for spelling in (unit.code, *unit.aliases):
            other = found.setdefault(_plain(spelling), unit)
            if other is not unit:
                raise AssertionError(f"the spelling {spelling} names both {other.code} and {unit.code}")
    return found


_BY_SPELLING = _index()


def _roots() -> dict[str, tuple[str, Decimal]]:
    """Return for every unit its physical dimension and its size in that dimension's base, from the library."""
    # The library takes an empty registry and any number type; its stubs know neither.
    registry = pint.UnitRegistry(None, non_int_type=Decimal)  # pyright: ignore[reportArgumentType]
    for unit in sorted(UNITS, key=lambda each: "[" not in each.definition):
        registry.define(unit.definition)
    sizes: dict[str, tuple[str, Decimal]] = {}
    for unit in UNITS:
        name = unit.definition.split(" = ")[0]
        root = registry.Quantity(Decimal(1), name).to_root_units()
        sizes[unit.code] = (str(root.dimensionality), Decimal(root.magnitude))
    return sizes


_ROOTS = _roots()


def unit(spelling: str) -> Unit:
    """Return the unit of a spelling.

    Raises:
        UnknownUnit: no unit is written so.
    """
    found = _BY_SPELLING.get(_plain(spelling))
    if found is None:
        raise UnknownUnit(unit=spelling)
    return found


def canonical(spelling: str) -> str:
    """Return the product's one spelling of a unit (`10^4kWh` -> `万kWh`).

    Raises:
        UnknownUnit: no unit is written so.
    """
    return unit(spelling).code


def dimension(spelling: str) -> str:
    """Return what a unit measures: `electricity`, `heat`, `mass`, `volume`, `standard_coal`, `emissions`...

    Raises:
        UnknownUnit: no unit is written so.
    """
    return unit(spelling).dimension


def label(spelling: str, language: str) -> str:
    """Return a unit's name for a person, in `zh` or `en`."""
    found = unit(spelling)
    return found.zh if language.startswith("zh") else found.en


def units_for(dimension: str) -> tuple[Unit, ...]:
    """Return the units of a dimension, in the order they are offered; none for an unknown dimension."""
    return tuple(each for each in UNITS if each.dimension == dimension)


def dimensions() -> tuple[str, ...]:
    """Return every dimension, in the order of the table."""
    return tuple(dict.fromkeys(each.dimension for each in UNITS))


def _ratio(from_code: str, to_code: str) -> Fraction:
    """Return how many `to_code` one `from_code` is, finite or not. Raises IncompatibleUnits."""
    from_dimension, from_size = _ROOTS[from_code]
    to_dimension, to_size = _ROOTS[to_code]
    if from_dimension != to_dimension or (from_code in _GAS_FREE and to_code in _GAS_NAMED):
        raise IncompatibleUnits(from_unit=from_code, to_unit=to_code)
    return Fraction(from_size) / Fraction(to_size)


def _finite(ratio: Fraction) -> Decimal | None:
    """Return a ratio as a decimal when it has an end, None when it has none."""
    scale = ratio * 10**_FINITE_PLACES
    if scale.denominator != 1:
        return None
    factor = EXACT.scaleb(Decimal(scale.numerator), -_FINITE_PLACES)
    return factor.normalize(EXACT) if factor != factor.to_integral_value() else Decimal(int(factor))


@cache
def _factor(from_code: str, to_code: str) -> Decimal | None:
    try:
        return _finite(_ratio(from_code, to_code))
    except IncompatibleUnits:
        return None


def conversion(from_unit: str, to_unit: str) -> Decimal:
    """Return the exact factor: one `from_unit` is that many `to_unit`.

    Raises:
        UnknownUnit: one of the units is not known.
        IncompatibleUnits: they measure different things, or the factor is not a finite decimal.
    """
    factor = _factor(canonical(from_unit), canonical(to_unit))
    if factor is None:
        raise IncompatibleUnits(from_unit=from_unit, to_unit=to_unit)
    return factor


def can_convert(from_unit: str, to_unit: str) -> bool:
    """Say whether an exact conversion exists; an unknown unit raises UnknownUnit."""
    return _factor(canonical(from_unit), canonical(to_unit)) is not None


def convert(quantity: Decimal, from_unit: str, to_unit: str) -> Decimal:
    """Return `quantity` in another unit, exactly. Raises what `conversion` raises."""
    return EXACT.multiply(quantity, conversion(from_unit, to_unit))


def units_into(to_unit: str) -> tuple[Unit, ...]:
    """Return the units that can be converted exactly into one: those of its own dimension first."""
    target = unit(to_unit)
    fitting = [each for each in UNITS if _factor(each.code, target.code) is not None]
    return tuple(sorted(fitting, key=lambda each: each.dimension != target.dimension))


def conversion_rows(to_unit: str) -> list[tuple[str, Decimal]]:
    """Return (spelling, factor) of every spelling that converts into `to_unit`, to join with stored rows in SQL."""
    return [
        (spelling, conversion(each.code, to_unit))
        for each in units_into(to_unit)
        for spelling in (each.code, *each.aliases)
    ]


def _parts(rate: str) -> tuple[str, str] | None:
    above, slash, below = rate.partition("/")
    if not slash or _plain(above) not in _BY_SPELLING or _plain(below) not in _BY_SPELLING:
        return None
    return canonical(above), canonical(below)


@cache
def rate_conversion(from_unit: str, to_unit: str) -> Decimal:
    """Return the exact factor between two units of the form `a/b` (`kgCO2/kWh` -> `tCO2/MWh` is 1).

    Units that are not such a ratio of known units fit only their own spelling; `%` fits `1`.

    Raises:
        IncompatibleUnits: they measure different things, or the factor is not a finite decimal.
    """
    plain_from, plain_to = _plain(from_unit) or "1", _plain(to_unit) or "1"
    if plain_from == plain_to:
        return Decimal(1)
    if (plain_from, plain_to) == ("%", "1"):
        return Decimal("0.01")
    parts_from, parts_to = _parts(from_unit), _parts(to_unit)
    if parts_from is None or parts_to is None:
        raise IncompatibleUnits(from_unit=from_unit, to_unit=to_unit)
    above = conversion(parts_from[0], parts_to[0])
    ratio = Fraction(above) / _ratio(parts_from[1], parts_to[1])
    factor = _finite(ratio)
    if factor is None:
        raise IncompatibleUnits(from_unit=from_unit, to_unit=to_unit)
    return factor


def display(value: Decimal, places: int) -> str:
    """Return `value` rounded half up to `places` decimals, as text: for the eye, never to be fed back."""
    # A value of any size: the context's precision must not be what limits the digits shown.
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=400))
    return f"{abs(rounded) if rounded == 0 else rounded:f}"
