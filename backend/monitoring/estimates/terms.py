"""The terms quick reports and estimates go by: data with document or the word that it is a placeholder."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "terms.toml"


@dataclass(frozen=True, slots=True)
class FitTerms:
    """What a model must have and how well it must do."""

    fewest_months: int
    most_months: int
    most_error_percent: Decimal
    band_percent: Decimal
    beyond_percent: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """All terms. `revenue` is in CNY; `confidence` is how sure the figures are."""

    code: str
    version: str
    is_placeholder: bool
    note_zh: str
    note_en: str
    revenue: Decimal
    not_industry: frozenset[str]
    unknown_industry: frozenset[str]
    large_note_zh: str
    large_note_en: str
    fit: FitTerms


@cache
def terms() -> Terms:
    """Return the terms in force."""
    given = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    large, fit = given["large_industry"], given["fit"]
    return Terms(
        code=given["code"], version=given["version"], is_placeholder=given["is_placeholder"], note_zh=given["note_zh"],
        note_en=given["note_en"], revenue=Decimal(large["revenue"]), not_industry=frozenset(large["not_industry"]),
        unknown_industry=frozenset(large["unknown_industry"]), large_note_zh=large["note_zh"],
        large_note_en=large["note_en"],
        fit=FitTerms(
            fit["fewest_months"], fit["most_months"], Decimal(fit["most_error_percent"]), Decimal(fit["band_percent"]),
            Decimal(fit["beyond_percent"]),
        ),
    )  # fmt: skip
