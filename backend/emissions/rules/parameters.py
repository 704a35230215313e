"""From what an account stated and what the references answered to the complete parameters of a method."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from backend.emissions.errors import (
    ImpossibleParameter,
    InvalidParameter,
    MissingParameter,
    MissingText,
    ParameterUnitMismatch,
    ScopeNotAllowed,
    UnitNotAccepted,
    UnknownKey,
    UnknownParameter,
)
from backend.emissions.methods.other import SCOPE3_CATEGORIES
from backend.emissions.values import Basis, Choice, Lookup, LookupContext, Method, Need, Parameter, Stated
from backend.kit.quantities import EXACT, IncompatibleUnits, Unit, can_convert, dimension, rate_conversion, units_into

MOST_DIGITS = 30
"""Digits a stated number may have: more is not a measurement but noise."""

MOST_ZEROS = 9
"""Trailing zeros an exponent may stand for: 1e9 is read, 1e99 is not."""

SCOPE3 = 3


def check_scope(method: Method, scope: int) -> None:
    """Raise ScopeNotAllowed when a method does not belong to a scope."""
    if scope not in method.scopes:
        raise ScopeNotAllowed(method=method.code, scope=scope, allowed=", ".join(map(str, method.scopes)))


def _chosen(choices: tuple[Choice, ...], text: str) -> str:
    wanted = text.strip().casefold()
    for choice in choices:
        if wanted in {each.casefold() for each in (choice.code, choice.label.zh, choice.label.en, *choice.aliases)}:
            return choice.code
    raise UnknownKey(key=text, choices=", ".join(f"{each.code} ({each.label.zh})" for each in choices))


def key_of(method: Method, text: str) -> str:
    """Return the key a text names: a member of the method's list by code or name, or the text when it has no list.

    Raises:
        UnknownKey: the method has a list and the text is not in it.
    """
    return _chosen(method.keys, text) if method.keys else text.strip()


def category_of(method: Method, scope: int, key: str, category: str | None) -> str:
    """Return the category of a line. In scope 3 it is one of the fifteen: the key's own, or the one stated.

    Raises:
        UnknownKey: scope 3 without one of the fifteen categories.
    """
    if scope != SCOPE3:
        return method.category.value
    if method.keys == SCOPE3_CATEGORIES:
        return _chosen(SCOPE3_CATEGORIES, key)
    return _chosen(SCOPE3_CATEGORIES, category or "")


def base_unit_of(method: Method, unit: str) -> str:
    """Return the base unit a quantity is converted to: of the same dimension before any other.

    Raises:
        UnknownUnit: no unit is written so.
        UnitNotAccepted: the method has no base unit it converts to.
    """
    fitting = [base for base in method.base_units if can_convert(unit, base)]
    if not fitting:
        accepted = ", ".join(each.code for each in accepted_units(method))
        raise UnitNotAccepted(method=method.code, unit=unit, accepted=accepted)
    return min(fitting, key=lambda base: dimension(base) != dimension(unit))


def accepted_units(method: Method) -> tuple[Unit, ...]:
    """Return the units a method takes quantities in."""
    return tuple(dict.fromkeys(unit for base in method.base_units for unit in units_into(base)))


def parameter_unit(parameter: Parameter, base_unit: str) -> str:
    """Return the unit a parameter is given in, for quantities in this base unit."""
    return parameter.unit.format(base=base_unit)


def _number(parameter: Parameter, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise InvalidParameter(parameter=parameter.code, value=str(value), path=("parameters", parameter.code))
    try:
        number = Decimal(value.strip()) if isinstance(value, str) else Decimal(value)
    except InvalidOperation:
        raise InvalidParameter(
            parameter=parameter.code, value=str(value), path=("parameters", parameter.code)
        ) from None
    exponent = number.as_tuple().exponent
    if (
        not isinstance(exponent, int)
        or len(number.as_tuple().digits) > MOST_DIGITS
        or not -MOST_DIGITS <= exponent <= MOST_ZEROS
    ):
        raise InvalidParameter(parameter=parameter.code, value=str(value), path=("parameters", parameter.code))
    return number


def check_possible(parameter: Parameter, value: Decimal) -> None:
    """Raise ImpossibleParameter for a value that cannot exist."""
    if not parameter.low <= value <= parameter.high:
        raise ImpossibleParameter(
            parameter=parameter.symbol, value=str(value), unit=parameter.unit.replace("{base}", "unit"),
            low=str(parameter.low), high=str(parameter.high), path=("parameters", parameter.code),
        )  # fmt: skip


def _check_together(numbers: Mapping[str, Decimal]) -> None:
    """Refuse shares that are possible alone and impossible together."""
    for part, whole in (("cao_noncarbonate", "cao"), ("mgo_noncarbonate", "mgo")):
        if part in numbers and whole in numbers and numbers[part] > numbers[whole]:
            raise ImpossibleParameter(
                parameter=part, value=str(numbers[part]), unit="1", low="0", high=str(numbers[whole]),
                path=("parameters", part),
            )  # fmt: skip
    if numbers.get("cao", Decimal(0)) + numbers.get("mgo", Decimal(0)) > 1:
        total = str(numbers["cao"] + numbers["mgo"])
        raise ImpossibleParameter(
            parameter="CaO + MgO", value=total, unit="1", low="0", high="1", path=("parameters", "mgo")
        )


def read_parameters(method: Method, raw: Mapping[str, object], *, is_complete: bool = True) -> Stated:
    """Read what an account stated: names or aliases, decimals as text, words. Empty cells are not stated.

    With `is_complete` the words that always belong to the method must be there too (a source may be set up
    before its records bring them).

    Raises:
        UnknownParameter, InvalidParameter, ImpossibleParameter, MissingText: in this order.
    """
    numbers: dict[str, Decimal] = {}
    texts: dict[str, str] = {}
    named = {each.code for each in method.texts}
    for name, value in raw.items():
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        parameter = method.parameter(name)
        if parameter is not None:
            numbers[parameter.code] = _number(parameter, value)
        elif name in named:
            texts[name] = str(value).strip()
        else:
            known = ", ".join([each.code for each in method.parameters] + sorted(named))
            raise UnknownParameter(method=method.code, parameter=name, known=known, path=("parameters", name))
    for parameter in method.parameters:
        if parameter.code in numbers:
            check_possible(parameter, numbers[parameter.code])
    _check_together(numbers)
    for text in method.texts:
        is_needed = text.goes_with in numbers if text.goes_with else is_complete
        if is_needed and text.code not in texts:
            raise MissingText(
                text=text.code, label_zh=text.label.zh, label_en=text.label.en, path=("parameters", text.code)
            )
    return Stated(numbers, texts)


def merged(*raws: Mapping[str, object]) -> dict[str, object]:
    """Lay statements over each other, the later one winning: the source's, then the record's."""
    return {name: value for raw in raws for name, value in raw.items()}


def for_basis(numbers: Mapping[str, Decimal], basis: Basis) -> dict[str, Decimal]:
    """Return the numbers that count on one side of scope 2: `market_factor` is the market side's `factor`."""
    chosen = {code: value for code, value in numbers.items() if code != "market_factor"}
    if basis is Basis.MARKET and "market_factor" in numbers:
        chosen["factor"] = numbers["market_factor"]
    return chosen


def _replaced(method: Method, numbers: Mapping[str, Decimal]) -> set[str]:
    return {
        code for parameter in method.parameters if parameter.code in numbers for code in parameter.replaces
    }  # fmt: skip


def lookups_needed(
    method: Method, stated: Mapping[str, Decimal], context: LookupContext, basis: Basis
) -> tuple[Lookup, ...]:
    """Return what must be asked of the references: what the method looks up, less what is stated or replaced."""
    if basis in method.zero_on:
        return ()
    numbers = for_basis(stated, basis)
    settled = numbers.keys() | _replaced(method, numbers)
    return tuple(each for each in method.lookups(context, basis) if each.parameter not in settled)


def complete(
    method: Method, stated: Mapping[str, Decimal], found: Mapping[str, Decimal], basis: Basis
) -> dict[str, Decimal]:
    """Return every parameter the coefficient needs: stated before found before neutral default.

    Raises:
        MissingParameter: a result needs one that is neither stated nor found.
        ImpossibleParameter: a value found in the references cannot exist.
    """
    if basis in method.zero_on:
        return {}
    numbers = for_basis(stated, basis)
    replaced = _replaced(method, numbers)
    whole: dict[str, Decimal] = {}
    for parameter in method.parameters:
        code = parameter.code
        if code in replaced or code == "market_factor":
            continue
        value = numbers.get(code, found.get(code, parameter.default))
        if value is not None:
            check_possible(parameter, value)
            whole[code] = value
        elif parameter.need is not Need.OVERRIDE:
            raise MissingParameter(
                method=method.code, parameter=code, label_zh=parameter.label.zh, label_en=parameter.label.en,
                unit=parameter.unit.replace("{base}", "unit"), path=("parameters", code),
            )  # fmt: skip
    _check_together(whole)
    return whole


def in_parameter_unit(parameter: Parameter, value: Decimal, unit: str, base_unit: str) -> Decimal:
    """Return a reference value in the unit the method wants it in, exactly (`kgCO2/kWh` as `tCO2/MWh`).

    Raises:
        ParameterUnitMismatch: it is per another kind of quantity (GJ/t, while the quantity is a volume).
    """
    wanted = parameter_unit(parameter, base_unit)
    try:
        return EXACT.multiply(value, rate_conversion(unit, wanted))
    except IncompatibleUnits:
        raise ParameterUnitMismatch(parameter=parameter.code, unit=unit, base_unit=base_unit) from None
