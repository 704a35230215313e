"""The fields of a score's credential: who, the score, each indicator, and what the books say of its year."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from backend.emissions.values import InventoryFacts
from backend.lending.rules.disclosing import RESERVED
from backend.lending.values import BorrowerScore, Field

_BOOKS = {
    "scope1": "tCO2e", "scope2_location": "tCO2e", "scope2_market": "tCO2e", "scope3": "tCO2e", "energy_tce": "tce",
    "electricity_mwh": "MWh", "claimed_mwh": "MWh", "quality_score": "",
}  # fmt: skip
"""Quantities of an inventory and their units."""


def fields(told: BorrowerScore, indicators: str, inputs: str, books: InventoryFacts | None) -> list[Field]:
    """Return every field of a credential, each with the scope of consent that shows it.

    The score's fields are those of its stored answer, by their own names (`score_` before one that is taken); an
    indicator is `indicator_<code>`, what would raise the grade `changes`; the records it rests on are `inputs`; the books of the score's year, as they were
    known when it was computed, are `books_<quantity>`. Books and inputs are shown by the scope `statement`. Numbers
    stay the text they are stored as.
    """
    found = [
        Field("account", told.account_number, "account"),
        Field("account_name", told.account_name, "account"),
        Field("holder", told.holder_name, "account"),
        Field("credit_code", told.credit_code, "account"),
    ]
    taken = {each.name for each in found} | RESERVED
    for name, value in _loaded(told.answer).items():
        found.append(Field(f"score_{name}" if name in taken else name, value, "score"))
    found += [Field(name, value, "indicators") for name, value in _told(indicators)]
    found.append(Field("inputs", json.loads(inputs), "statement"))
    if books is not None:
        found.append(
            Field(
                "books_inventory",
                {
                    "id": str(books.inventory_id), "year": books.year, "version": books.version, "state": books.state,
                    "computed_at": books.computed_at.isoformat(),
                },
                "statement",
            )
        )  # fmt: skip
        for name, unit in _BOOKS.items():
            quantity = getattr(books, name)
            value = None if quantity is None else {"value": format(quantity, "f"), "unit": unit}
            found.append(Field(f"books_{name}", value, "statement"))
    return found


def _loaded(text: str | None) -> Mapping[str, Any]:
    return {} if text is None else json.loads(text, parse_float=str)


def _told(text: str) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a score's second text: `indicator_<code>` for each indicator, the others by their names."""
    found: dict[str, Any] = json.loads(text, parse_float=str)
    for name, value in found.items():
        if name == "indicators":
            yield from ((f"indicator_{each['code']}", each) for each in value)
        else:
            yield name, value
