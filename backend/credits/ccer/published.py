"""Which methodology a text names: a published one, by its code or its Chinese name; units of the old scheme keep theirs.

What is published is read from the shipped copy of the registry's list: a word that is not there is refused, because a
methodology nobody knows may be one whose energy is either certified or reduces, and that could not be told.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

from backend.factors import service as factors
from backend.ledger.methods import is_old_scheme
from backend.ledger.ports import fold

FILE = "ccer_methodologies.csv"


@cache
def published() -> Mapping[str, str]:
    """Return the codes of the published methodologies by what they may be called, folded: code and Chinese name."""
    return {fold(row[column]): row["code"] for row in factors.shipped_rows(FILE) for column in ("code", "name_cn")}


def methodology_of(said: str, registered_on: date) -> str | None:
    """Return the code of the methodology a text names, for units registered on a day; None for one nobody knows.

    Units registered under the old scheme (before 2017-03-14) keep the word they come with: its list of methodologies is
    not among ours, and no certificate of energy of that time is valid any more.
    """
    known = published().get(fold(said))
    return fold(said) if known is None and is_old_scheme(registered_on) else known
