"""What the demonstration makes of units, as plain data: who owes, holds, sells, pledges, claims and takes part.

All quantities are invented. Terms of programmes named here are the demonstration's own and say so in their document;
none is a published figure.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backend.demo.plan import DATA


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """What a power unit made in a year: electricity in MWh, heat in GJ, load as a fraction."""

    year: int
    mwh: Decimal
    gj: Decimal
    load: Decimal


@dataclass(frozen=True, slots=True)
class CompliancePlan:
    """Who owes allowances, with its one facility; its years allocated, and the year it surrenders for."""

    enterprise: str
    sector: str
    code: str
    name: str
    since: date
    unit_class: str
    cooling: str
    line: str
    capacity: Decimal
    capacity_unit: str
    outputs: tuple[OutputPlan, ...]
    allocated: tuple[int, ...]
    surrendered: int


@dataclass(frozen=True, slots=True)
class ReductionsPlan:
    """CCER of one holder, in units: brought in, sold to another, offered, pledged to the bank."""

    enterprise: str
    buyer: str
    project: str
    project_name: str
    methodology: str
    imported: int
    sold: int
    offered: int
    pledged: int


@dataclass(frozen=True, slots=True)
class CertificatesPlan:
    """Green certificates of one holder: so many a month, and how many it claims for the year's electricity."""

    enterprise: str
    project: str
    project_name: str
    province: str
    technology: str
    year: int
    months: tuple[int, ...]
    monthly: int
    claimed: int


@dataclass(frozen=True, slots=True)
class ProgrammePlan:
    """One project or scene of a regional programme, from its registration to units used.

    The holder is an enterprise or, without one, a participant of that code and name. `terms` are set over a
    placeholder's where the demonstration needs figures nobody has published.
    """

    programme: str
    methodology: str
    code: str
    name: str
    period_from: date
    period_to: date
    inputs: dict[str, str]
    enterprise: str
    participant: str
    participant_name: str
    terms: dict[str, Any]
    retired: int
    purpose: str
    beneficiary: str


@dataclass(frozen=True, slots=True)
class HouseholdPlan:
    """A household with its forest land in mu and its numbered trees."""

    code: str
    name: str
    division: str
    mu: Decimal
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class TreesPlan:
    """Numbered trees, sold for a year to an enterprise."""

    programme: str
    enterprise: str
    year: int
    species: str
    households: tuple[HouseholdPlan, ...]
    bought: tuple[tuple[int, int], ...]
    purpose: str
    beneficiary: str


@dataclass(frozen=True, slots=True)
class UnitsPlan:
    """Everything of units the demonstration makes in one tenant; `main_job` is brought in through the public API."""

    compliance: CompliancePlan
    reductions: ReductionsPlan
    certificates: CertificatesPlan
    main_job: CertificatesPlan | None
    programmes: tuple[ProgrammePlan, ...]
    trees: TreesPlan | None


def load_units(tenant: str) -> UnitsPlan | None:
    """Return the tenant's plan of units, or None when the demonstration has nothing for it."""
    file = DATA / f"{tenant}.toml"
    if not file.exists():
        return None
    given = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    if "compliance" not in given:
        return None
    trees = given.get("trees")
    return UnitsPlan(
        _compliance(given["compliance"]),
        ReductionsPlan(**given["reductions"]),
        _certificates(given["certificates"]),
        _certificates(given["main_job"]) if "main_job" in given else None,
        tuple(_programme(row) for row in given.get("programme", [])),
        _trees(trees) if trees else None,
    )


def _compliance(row: dict[str, Any]) -> CompliancePlan:
    absent: dict[str, Any] = {"unit_class": "", "cooling": "", "line": "", "outputs": []}
    values: dict[str, Any] = absent | row
    values["capacity"] = Decimal(values["capacity"])
    values["allocated"] = tuple(values["allocated"])
    values["outputs"] = tuple(
        OutputPlan(one["year"], Decimal(one["mwh"]), Decimal(one["gj"]), Decimal(one["load"]))
        for one in values["outputs"]
    )
    return CompliancePlan(**values)


def _certificates(row: dict[str, Any]) -> CertificatesPlan:
    values: dict[str, Any] = row | {"months": tuple(row["months"])}
    return CertificatesPlan(**values)


def _programme(row: dict[str, Any]) -> ProgrammePlan:
    absent: dict[str, Any] = {"enterprise": "", "participant": "", "participant_name": "", "terms": {}}
    return ProgrammePlan(**absent | row)


def _trees(row: dict[str, Any]) -> TreesPlan:
    households = tuple(HouseholdPlan(**(one | {"mu": Decimal(one["mu"])})) for one in row["households"])
    bought = tuple((first, last) for first, last in row["bought"])
    values: dict[str, Any] = row | {"households": households, "bought": bought}
    return TreesPlan(**values)
