"""What the product ships into every library: bibliographic data with their confidence, documents held as text, links.

A text stands in its file exactly as it was published; its items are made from it each time it is read.
"""

import csv
import hashlib
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from backend.knowledge.rules.splitting import PREFACE, Piece, split
from backend.knowledge.values import Confidence, EntryDraft, EntryKind, Standing

FOLDER = Path(__file__).parents[1] / "data"
SEPARATOR = ";"
ITEM = "#"
"""Between the code of a document and the number of an item in it."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A shipped document: the product's name of it, its data, and its items where its text is held."""

    code: str
    draft: EntryDraft
    pieces: tuple[Piece, ...] = ()


def entry_id(code: str) -> uuid.UUID:
    """Return the id of what is shipped under a code: the same in every jurisdiction."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"carbon-account:knowledge:{code}")


def files() -> list[Path]:
    """Return the files the library is made from; the links are read as they are."""
    return [FOLDER / "entries.csv", FOLDER / "policies.toml", *sorted((FOLDER / "policies").glob("*.txt"))]


def fingerprint() -> str:
    """Return the SHA-256 over all files: what tells whether there is something new."""
    found = hashlib.sha256()
    for path in files():
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def shipped() -> list[Shipped]:
    """Return every shipped document, those with a text first."""
    return [*_policies(), *_bibliography()]


def _day(given: str) -> date | None:
    return date.fromisoformat(given) if given else None


def _bibliography() -> list[Shipped]:
    with (FOLDER / "entries.csv").open(encoding="utf-8", newline="") as file:
        return [
            Shipped(
                row["code"],
                EntryDraft(
                    kind=EntryKind(row["kind"]), number=row["number"], title_zh=row["title_zh"],
                    title_en=row["title_en"], issuer=row["issuer"], standing=Standing(row["standing"]),
                    published_on=_day(row["published_on"]), effective_on=_day(row["effective_on"]),
                    replaces=_parts(row["replaces"]), summary=row["summary"], keywords=_parts(row["keywords"]),
                    source=row["source"], confidence=Confidence(row["confidence"]), note=row["note"],
                ),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def _parts(given: str) -> list[str]:
    return [each for each in given.split(SEPARATOR) if each]


def _policies() -> list[Shipped]:
    given: list[dict[str, Any]] = tomllib.loads((FOLDER / "policies.toml").read_text(encoding="utf-8"))["policies"]
    return [_policy(each) for each in given]


def _policy(given: Mapping[str, Any]) -> Shipped:
    text = (FOLDER / "policies" / f"{given['code']}.txt").read_text(encoding="utf-8")
    pieces = tuple(
        Piece(each.label, given["title_zh"], each.text) if each.label == PREFACE else each
        for each in split(text, given.get("breaks"))
    )
    draft = EntryDraft(
        kind=EntryKind.POLICY, number=given["number"], title_zh=given["title_zh"], title_en=given["title_en"],
        issuer=given["issuer"], standing=Standing.CURRENT, published_on=given["published_on"], effective_on=None,
        keywords=given["keywords"], source="the document's own text", confidence=Confidence.VERIFIED,
        note="全文收录，未作改动",
    )  # fmt: skip
    return Shipped(given["code"], draft, pieces)


@cache
def links() -> Mapping[str, tuple[str, ...]]:
    """Return for each field key the codes of the entries that explain it, in the order they are shown."""
    given: dict[str, Any] = tomllib.loads((FOLDER / "explains.toml").read_text(encoding="utf-8"))
    found = {key: tuple(codes) for key, codes in given["explains"].items()}
    for key, row in given["rows"].items():
        for number in range(1, row["last"] + 1):
            found[f"{key}.{number}"] = (f"{row['document']}{ITEM}{row['label']}{number}", *found.get(key, ()))
    return found


def explaining(key: str) -> tuple[str, ...]:
    """Return the codes of what explains a field; a key without links of its own has those of the key above it."""
    known = links()
    parts = key.split(".")
    for length in range(len(parts), 0, -1):
        found = known.get(".".join(parts[:length]))
        if found is not None:
            return found
    return ()
