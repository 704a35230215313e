"""The shipped market parameters as a look-up, without a database."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from backend.factors import formats
from backend.factors.formats import Parsed
from backend.factors.rules import Book
from backend.factors.shipped import shipped_files
from backend.factors.values import Entry, State, Version
from backend.kit.ids import new_id

TODAY = date(2026, 11, 21)
LOADED = datetime(2026, 1, 1, tzinfo=UTC)
DATASETS = {"ets_power_benchmarks", "ets_power_corrections", "ets_rules", "ccer_methodologies"}


@cache
def shipped_versions() -> tuple[Version, ...]:
    found: list[Version] = []
    for shipped in shipped_files():
        if shipped.defaults.dataset not in DATASETS:
            continue
        parsed = formats.parse(shipped.path.read_bytes(), shipped.defaults, 20_000)
        assert isinstance(parsed, Parsed)
        for entry in parsed.entries:
            stated = {field.name: getattr(entry, field.name) for field in fields(Entry)}
            found.append(
                Version(
                    **stated, id=new_id(), version=1, state=State.ACTIVE, supersedes_id=None, recorded_at=LOADED,
                    recorded_by=None, activated_at=LOADED, activated_by=None,
                )
            )  # fmt: skip
    return tuple(found)


def shipped_book(published_by: date = TODAY) -> Book:
    return Book(shipped_versions(), published_by=published_by, known_at=datetime(2026, 11, 21, tzinfo=UTC))


def altered_book(name: str, key: str, year: int, **changes: Any) -> Book:
    """The same look-up with one parameter saying something else; `gone=True` leaves it out."""
    versions: list[Version] = []
    is_found = False
    for version in shipped_versions():
        if (version.name, version.key) == (name, key) and version.valid.contains(date(year, 12, 31)):
            is_found = True
            if not changes.get("gone"):
                versions.append(replace(version, **changes))
        else:
            versions.append(version)
    assert is_found, (name, key, year)
    return Book(versions, published_by=TODAY, known_at=datetime(2026, 11, 21, tzinfo=UTC))
