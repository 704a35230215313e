"""Small questions a model's texts raise: whether one is a number, and which code is better than which."""

from decimal import Decimal, InvalidOperation

from backend.scores.modelling.content import choices_of

MOST_DIGITS = 20
UNORDERED = {"inventory_state": ("none", "computed", "submitted", "verified", "closed")}
"""Facts of which only some codes lie in an order: a restated inventory is neither better nor worse than another."""


def decimal_of(text: str) -> Decimal | None:
    """Return the number the text says, or None; numbers no model needs are none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else None


def in_order(fact: str) -> tuple[str, ...]:
    """Return the codes of a fact that have an order, worst first."""
    if fact in UNORDERED:
        return UNORDERED[fact]
    codes = choices_of(fact)
    return ("false", "true") if codes == ("true", "false") else codes
