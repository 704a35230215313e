"""Reading correction rules as the reference prints them, so that no figure of theirs is typed a second time.

Three ways of writing occur, and nothing else is understood:

    choice      water=1; air=1.05; back-pressure=1
    expression  1-0.22*heat_supply_ratio
    steps       F>=85%:1; 80%<=F<85%:1+0.0014*(85-100F); F<75%:1.015^(16-20F); F as fraction

`F` is the load as a fraction; with the remark "F in percent" the expressions (not the conditions, whose limits carry
their own %) take it in percent. "else" covers what no condition does; a remark in brackets after it is for people.
Powers and exp are taken with 40 digits.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, DecimalException

from backend.quotas.rules.figures import Figure, unreadable
from backend.quotas.rules.rounding import CONTEXT, HUNDRED

LONGEST = 500
"""Characters of a rule: longer text is no rule of this kind."""

DEEPEST = 20
"""Brackets within brackets."""

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]+)|([-+*/^()]))")
_STEP = re.compile(
    r"(?:(?P<low>[\d.]+)%\s*(?P<from><=|<)\s*)?F\s*(?P<sign><=|>=|<|>)\s*(?P<limit>[\d.]+)%\s*:(?P<then>.+)"
)
_ELSE = re.compile(r"else\s+(?P<then>[^(]+?)\s*(?:\(.*\))?")
_REMARK = re.compile(r"[,;]?\s*F (as fraction|in percent)\s*(?=;|$)")
_OPTION = re.compile(r"\s*([a-z-]+)\s*=\s*(\d+(?:\.\d+)?)\s*")


class _Reader:
    """Evaluates one expression by recursive descent; a ValueError means that it is not one."""

    def __init__(self, text: str, names: Mapping[str, Decimal]) -> None:
        self._names = names
        self._tokens = self._split(text)
        self._at = 0
        self._depth = 0

    @staticmethod
    def _split(text: str) -> list[str]:
        tokens: list[str] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ValueError(text)
            tokens.append(match[match.lastindex or 0])
            at = match.end()
        return tokens

    @property
    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        if self._next not in wanted or not self._next:
            return ""
        self._at += 1
        return self._tokens[self._at - 1]

    def value(self) -> Decimal:
        found = self._sum()
        if self._next:
            raise ValueError(self._next)
        return found

    def _sum(self) -> Decimal:
        found = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            found = CONTEXT.add(found, other) if sign == "+" else CONTEXT.subtract(found, other)
        return found

    def _product(self) -> Decimal:
        found = self._signed()
        while True:
            if self._take("*"):
                found = CONTEXT.multiply(found, self._signed())
            elif self._take("/"):
                found = CONTEXT.divide(found, self._signed())
            elif self._next == "(" or self._next[:1].isalpha():  # 100F: a product without a sign
                found = CONTEXT.multiply(found, self._power())
            else:
                return found

    def _signed(self) -> Decimal:
        return CONTEXT.minus(self._power()) if self._take("-") else self._power()

    def _power(self) -> Decimal:
        base = self._atom()
        return CONTEXT.power(base, self._signed()) if self._take("^") else base

    def _atom(self) -> Decimal:
        word = self._next
        self._at += 1
        if word == "(":
            return self._bracket()
        if word == "exp" and self._take("("):
            return CONTEXT.exp(self._bracket())
        if word in self._names:
            return self._names[word]
        if word[:1].isdigit():
            return Decimal(word)
        raise ValueError(word)

    def _bracket(self) -> Decimal:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError("brackets")
        found = self._sum()
        if not self._take(")"):
            raise ValueError(")")
        self._depth -= 1
        return found


def _text(figure: Figure) -> str:
    text = (figure.text or "").strip()
    if not text or len(text) > LONGEST:
        raise unreadable(figure)
    return text


def _evaluated(figure: Figure, text: str, names: Mapping[str, Decimal]) -> Decimal:
    try:
        return _Reader(text, names).value()
    except (ValueError, DecimalException):
        raise unreadable(figure) from None


def options(figure: Figure) -> dict[str, Decimal]:
    """Return the values of a choice by name, `-` written `_`.

    Raises:
        QuotaRuleUnreadable: it is no choice.
    """
    found: dict[str, Decimal] = {}
    for part in _text(figure).split(";"):
        match = _OPTION.fullmatch(part)
        if match is None:
            raise unreadable(figure)
        found[match[1].replace("-", "_")] = Decimal(match[2])
    return found


def expression(figure: Figure, **names: Decimal) -> Decimal:
    """Return the value of an expression over the named numbers.

    Raises:
        QuotaRuleUnreadable: it is no expression over them.
    """
    return _evaluated(figure, _text(figure), names)


def steps(figure: Figure, load: Decimal) -> tuple[Decimal, str]:
    """Return the value of a stepwise rule at a load (a fraction), and the step that gave it.

    Raises:
        QuotaRuleUnreadable: a step is not understood, or none covers the load.
    """
    text = _text(figure)
    remarks: list[str] = _REMARK.findall(text)
    text = _REMARK.sub("", text)
    if len(remarks) != 1:
        raise unreadable(figure)
    names = {"F": load if remarks[0] == "as fraction" else CONTEXT.multiply(load, HUNDRED)}
    percent = CONTEXT.multiply(load, HUNDRED)
    chosen: tuple[str, str] | None = None
    for part in (each.strip() for each in text.split(";")):
        otherwise = _ELSE.fullmatch(part)
        match = _STEP.fullmatch(part)
        if otherwise is None and match is None:
            raise unreadable(figure)
        # Every step is read, even after one has matched: a rule half understood is not understood.
        if chosen is None and match is not None and _covers(match, percent):
            chosen = (match["then"], part)
        elif chosen is None and otherwise is not None:
            chosen = (otherwise["then"], part)
    if chosen is None:
        raise unreadable(figure)
    return _evaluated(figure, chosen[0], names), chosen[1]


_COMPARE = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def _covers(match: re.Match[str], percent: Decimal) -> bool:
    is_below = _COMPARE[match["sign"]](percent, Decimal(match["limit"]))
    return is_below and (match["low"] is None or _COMPARE[match["from"]](Decimal(match["low"]), percent))


def shares(figure: Figure, pattern: str) -> dict[str, Decimal] | None:
    """Return the percentages a rule's sentence names, as fractions; None when it is another sentence."""
    match = re.fullmatch(pattern, _text(figure))
    if match is None:
        return None
    return {
        name: CONTEXT.divide(Decimal(found), HUNDRED)
        for name, found in match.groupdict().items()
        if found is not None and found[:1].isdigit()
    }
