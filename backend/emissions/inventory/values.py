"""Values of the calculation and the review: parameter sets, items, the states of an inventory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.emissions.values import CheckOutcome
from backend.kit.errors import CarbonError

THIRD = 3
"""Scope 3, kept apart from the totals of scopes 1 and 2."""


class State(StrEnum):
    """The states of one version of an inventory; a year without any is open."""

    COMPUTED = "computed"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    CLOSED = "closed"
    RESTATED = "restated"
    WITHDRAWN = "withdrawn"


class Severity(StrEnum):
    """How much a finding matters: an unresolved major one makes verification impossible."""

    NOTE = "note"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """Whatever can change a coefficient; accounts and sources that agree in all of it share the set.

    `on` is the day the factors must hold. `source_parameters` are what the source declares, `record_parameters`
    what its records measured; the latter win. `is_covered`: claimed certificates cover this electricity.
    """

    set_id: int
    method: str
    key: str
    scope: int
    category: str
    fuel_table: str
    province_code: str
    grid_region: str
    is_certificate_claimed: bool
    unit: str
    on: date
    source_parameters: Mapping[str, Any]
    record_parameters: Mapping[str, Any]
    is_covered: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """What a set comes to for one gas on one basis: a coefficient and its full explanation.

    `coefficient` in t of gas per `base_unit` (20 decimals), `coal` in tce per `base_unit`, zero on all but one
    item of a set so that energy is counted once. `parameters` is JSON: see `InventoryLine.parameters`.
    `factor_version` and `factor_uncertainty` (relative half-width, 95 %) feed the propagation of uncertainty.
    """

    scope: int
    category: str
    method: str
    key: str
    gas: str
    basis: str
    base_unit: str
    coefficient: Decimal
    coefficient_unit: str
    gwp: Decimal
    coal: Decimal
    formula: str
    formula_source: str
    parameters: list[dict[str, Any]]
    factor_version: str
    factor_uncertainty: Decimal


@dataclass(frozen=True, slots=True)
class Resolved:
    """A set's items, the conversion of its unit to the base unit, what is wrong."""

    set_id: int
    conversion: Decimal
    items: tuple[Item, ...]
    problem: CarbonError | None = None
    is_coal_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Computed:
    """What a calculation stored: one new version for each account, in tCO2e and tce."""

    inventory_id: UUID
    account_id: UUID
    version: int
    line_count: int
    record_count: int
    excluded_count: int
    checks: tuple[CheckOutcome, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """What to calculate and by which rule factors are chosen.

    `factor_policy`: `published` (the newest published on or before `factor_date`) or `data_year:YYYY`.
    `restates` names the version each account replaces; `reason` says why.
    """

    year: int
    factor_policy: str
    factor_date: date
    reason: str = ""
    job_id: UUID | None = None
    restates: Mapping[UUID, UUID] = field(default_factory=dict[UUID, UUID])
