"""The words of the platform's export and what they mean here; data, because wordings differ and change."""

import csv
from functools import cache
from pathlib import Path
from unicodedata import normalize

FILE = Path(__file__).resolve().parents[1] / "data" / "gec_words.csv"


def fold(text: str) -> str:
    """Fold what people and programs vary without meaning it."""
    return "".join(normalize("NFKC", text).split()).upper()


@cache
def words(field: str) -> dict[str, str]:
    """Return the words a field may have, folded, with their codes; the codes themselves are words too."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["field"] == field]
    return {fold(word): row["code"] for row in rows for word in (row["word"], row["code"])}


@cache
def shown(field: str) -> str:
    """Return the words of a field for a sentence."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return "、".join(row["word"] for row in csv.DictReader(file) if row["field"] == field)
