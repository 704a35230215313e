"""Scalars: decimals and large whole numbers travel as strings, months as `YYYY-MM`, everything else as Strawberry has it."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from backend.kit import months
from backend.kit.errors import Invalid

Month = NewType("Month", date)
"""The first day of a month; on the wire `YYYY-MM`."""
BigInt = NewType("BigInt", int)
"""A whole number of up to 18 digits: serials, lasting numbers. On the wire text, because JSON numbers lose digits."""
WHOLE = re.compile(r"-?[0-9]{1,18}")


class ScalarInvalid(Invalid):
    """A number that cannot be read."""

    code = "scalar_invalid"
    en = "The input is not valid: {reason_en}."
    zh = "输入无效：{reason_zh}。"


def plain(value: Decimal) -> str:
    """Return the decimal without exponent and with every digit it has."""
    return format(value, "f")


def parse_decimal(value: object) -> Decimal:
    """Read a decimal from a string or an integer; a JSON number with a point has already lost digits."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ScalarInvalid(
            reason_en='send decimals as strings, e.g. "12.50"', reason_zh='小数须以字符串发送，例如 "12.50"'
        )
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ScalarInvalid(
            reason_en=f"{value!r} is not a decimal number", reason_zh=f"{value!r} 不是十进制数"
        ) from None
    if not number.is_finite():
        raise ScalarInvalid(reason_en=f"{value!r} is not a finite number", reason_zh=f"{value!r} 不是有限数")
    return number


def parse_whole(value: object) -> int:
    """Read a whole number from digits as text, or from an integer."""
    if isinstance(value, bool) or not isinstance(value, str | int) or not WHOLE.fullmatch(str(value)):
        raise ScalarInvalid(
            reason_en='send whole numbers of at most 18 digits, as text: "12000"',
            reason_zh='整数最多 18 位，须以文本发送，例如 "12000"',
        )
    return int(value)


def parse_month(value: object) -> date:
    """Read `YYYY-MM`."""
    return months.Month.parse(str(value)).first_day


def write_month(value: date) -> str:
    """Write `YYYY-MM`."""
    return f"{value.year:04d}-{value.month:02d}"


SCALARS: dict[Any, Any] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal as a string; floats are refused.",
        serialize=plain,
        parse_value=parse_decimal,
    ),
    Month: strawberry.scalar(
        name="Month",
        description="A calendar month, `YYYY-MM`.",
        serialize=write_month,
        parse_value=parse_month,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number of up to 18 digits as a string; JSON numbers lose digits above 2^53.",
        serialize=str,
        parse_value=parse_whole,
    ),
}


def configuration() -> StrawberryConfig:
    """Return the configuration every schema of ours uses."""
    return StrawberryConfig(scalar_map=SCALARS)


__all__ = ["JSON", "SCALARS", "BigInt", "Month", "configuration", "plain", "write_month"]
