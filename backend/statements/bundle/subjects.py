"""Which records a statement rests on, read from the statement itself: its figures name them."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.statements.bundle.values import Subject

OWN = frozenset({"emissions", "intensities", "holdings", "cover", "uses"})
"""The parts of a statement that are computed again. A score rests on inventories too, but is not."""


def subject_of(document: bytes) -> Subject:
    """Return what a bundle of an issued statement is made of; `document` is its JSON, byte for byte."""
    stated = json.loads(document)
    named = {(each["kind"], each["id"]) for part in OWN for each in _sources(stated[part])}
    years = (each["inventory"] for each in stated["emissions"] if each["inventory"])
    inventories = {each["id"] for each in years} | {own for kind, own in named if kind == "Inventory"}
    return Subject(
        tenant=stated["issuer"]["tenant"],
        account_id=UUID(stated["subject"]["account_id"]),
        account_number=stated["subject"]["number"],
        number=stated["number"],
        document=document,
        period_from=date.fromisoformat(stated["period_from"]),
        period_to=date.fromisoformat(stated["period_to"]),
        known_at=datetime.fromisoformat(stated["known_at"]),
        issued_at=datetime.fromisoformat(stated["issued_at"]),
        inventory_ids=tuple(sorted(UUID(each) for each in inventories)),
        figure_ids=frozenset(UUID(own) for kind, own in named if kind == "YearFigure"),
        figure_years=tuple(sorted({each["calendar_year"] for each in stated["intensities"]})),
        movement_count=sum(each["movements"] for one in stated["holdings"] for each in one["changes"]),
    )


def _sources(part: Any) -> Iterator[dict[str, str]]:  # noqa: ANN401 - any JSON
    """Yield every source of every figure inside a part."""
    if isinstance(part, dict):
        for name, each in part.items():
            yield from each if name == "sources" and _are_sources(each) else _sources(each)
    elif isinstance(part, list):
        for each in part:
            yield from _sources(each)


def _are_sources(given: list[Any]) -> bool:
    """Tell the sources of a figure from the sources of emissions, which a year lists by the same name."""
    return all(set(each) == {"kind", "id", "version"} for each in given)
