"""What the demonstration holds, as plain data: organisations, accounts, sources and monthly quantities.

Quantities are invented but believable: a base per source, the enterprise's scale, a season, a slow trend and
noise from a generator seeded by the source's own name, so that every run makes the same numbers. All of it is
decimal arithmetic; nothing here is a published figure.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
FIRST_MONTH, LAST_MONTH = date(2024, 1, 1), date(2025, 12, 1)

# Per mille of the base, January to December.
SEASONS: dict[str, tuple[int, ...]] = {
    "flat": (1000,) * 12,
    "summer": (940, 880, 930, 950, 1000, 1080, 1190, 1210, 1090, 960, 930, 940),
    "winter": (1260, 1180, 1090, 980, 900, 840, 820, 830, 880, 950, 1080, 1220),
    "holiday": (960, 720, 1010, 1040, 1050, 1030, 1020, 1030, 1040, 1050, 1060, 1040),
}
NOISE_PER_MILLE = 35
TREND_PER_MILLE_A_YEAR = -18


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """One source of a profile; `monthly` is the base quantity in `unit` for scale 1."""

    code: str
    name: str
    method: str
    unit: str
    monthly: Decimal
    season: str
    tier: str
    key: str = ""
    meters: int = 1
    parameters: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class OrganisationPlan:
    """An authority, verifier or bank."""

    kind: str
    code: str
    name: str
    name_en: str
    division: str


@dataclass(frozen=True, slots=True)
class FiguresPlan:
    """A year's figures of an enterprise of scale 1: output of its main product in `unit`, money in 万CNY."""

    product: str
    unit: str
    output: Decimal
    revenue: Decimal
    value_added: Decimal
    total_assets: Decimal
    equity: Decimal
    debt: Decimal
    employees: Decimal


@dataclass(frozen=True, slots=True)
class EnterprisePlan:
    """An enterprise with its account; `state` is where its 2025 inventory stands in the demonstration.

    `worth` is what it earns beside others of its profile: revenue and value added for the same output.
    """

    code: str
    name: str
    name_en: str
    sector: str
    profile: str
    division: str
    scale: Decimal
    state: str
    method_pack: str
    sources: tuple[SourcePlan, ...]
    figures: FiguresPlan
    worth: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One month of one meter (or of a source without meters)."""

    source: SourcePlan
    meter: str
    month: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class TenantPlan:
    """Everything the demonstration makes in one tenant."""

    tenant: str
    organisations: tuple[OrganisationPlan, ...]
    enterprises: tuple[EnterprisePlan, ...]


def load(tenant: str) -> TenantPlan | None:
    """Return the tenant's plan, or None when the demonstration has nothing for it."""
    file = DATA / f"{tenant}.toml"
    if not file.exists():
        return None
    profiles = tomllib.loads((DATA / "profiles.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    content = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    return TenantPlan(
        tenant,
        tuple(OrganisationPlan(**row) for row in content["organisation"]),
        tuple(_enterprise(row, profiles[row["profile"]]) for row in content["enterprise"]),
    )


def _enterprise(row: dict[str, Any], profile: dict[str, Any]) -> EnterprisePlan:
    sources = tuple(SourcePlan(**(source | {"monthly": Decimal(source["monthly"])})) for source in profile["sources"])
    named = {"product": row.get("product", profile["figures"]["product"]), "unit": profile["figures"]["unit"]}
    figures: dict[str, Any] = {name: Decimal(each) for name, each in profile["figures"].items() if name not in named}
    values: dict[str, Any] = {name: each for name, each in row.items() if name != "product"} | {
        "scale": Decimal(row["scale"]), "worth": Decimal(row.get("worth", 1)), "method_pack": profile["method_pack"],
    }  # fmt: skip
    return EnterprisePlan(**values, sources=sources, figures=FiguresPlan(**figures, **named))


def meters(source: SourcePlan) -> tuple[str, ...]:
    """Return the codes of the source's meters; only metered sources have any."""
    if source.tier != "metered":
        return ()
    return tuple(f"{source.code}-M{number}" for number in range(1, source.meters + 1))


def months(first: date = FIRST_MONTH, last: date = LAST_MONTH) -> Iterator[date]:
    """Yield the first day of each month, both ends included."""
    month = first
    while month <= last:
        yield month
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def readings(
    tenant: str, enterprise: EnterprisePlan, first: date = FIRST_MONTH, last: date = LAST_MONTH
) -> Iterator[Reading]:
    """Yield the enterprise's readings, source by source and month by month; the same in every run."""
    for source in enterprise.sources:
        names = meters(source) or ("",)
        for name in names:
            generator = random.Random(f"{tenant}/{enterprise.code}/{source.code}/{name}")  # noqa: S311 - not a secret
            for month in months(first, last):
                season = SEASONS[source.season][month.month - 1]
                trend = 1000 + TREND_PER_MILLE_A_YEAR * (month.year - FIRST_MONTH.year)
                noise = 1000 + generator.randint(-NOISE_PER_MILLE, NOISE_PER_MILLE)
                per_mille = Decimal(season * trend * noise) / Decimal(1000**3)
                quantity = source.monthly * enterprise.scale * per_mille / len(names)
                yield Reading(source, name, month, quantity.quantize(Decimal("0.01"), ROUND_HALF_UP))
