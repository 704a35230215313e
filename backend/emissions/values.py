"""Values of the inventory: gases, categories, parameters and methods as data, requests for factors, outcomes.

A **method** is data and one pure function. It turns stated and looked-up parameters into one coefficient per
gas, and nothing else: see `backend/emissions/methods/__init__.py` for the linear law that makes the database
and this code agree to the last digit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = (
    "emissions:answer",
    "emissions:approve",
    "emissions:close",
    "emissions:compute",
    "emissions:enter",
    "emissions:export",
    "emissions:read",
    "emissions:restate",
    "emissions:submit",
    "emissions:verify",
)
"""The permissions of this noun."""


class Gas(StrEnum):
    """A gas of an inventory line. `CO2E` stands where the source states CO2-equivalent without naming gases."""

    CO2 = "CO2"
    CH4 = "CH4"
    N2O = "N2O"
    SF6 = "SF6"
    CF4 = "CF4"
    C2F6 = "C2F6"
    CO2E = "CO2e"


class Basis(StrEnum):
    """Which of the two scope 2 numbers a line belongs to; `BOTH` where the question does not arise."""

    BOTH = "both"
    LOCATION = "location"
    MARKET = "market"


class Category(StrEnum):
    """What kind of emission a line is, within its scope. The fifteen of scope 3 are `Scope3Category`."""

    COMBUSTION = "combustion"
    PROCESS = "process"
    FUGITIVE = "fugitive"
    ELECTRICITY = "electricity"
    HEAT = "heat"
    ALUMINIUM = "aluminium"
    OTHER = "other"


class Scope3Category(StrEnum):
    """The fifteen categories of the GHG Protocol's scope 3 standard, kept apart."""

    PURCHASED_GOODS = "purchased_goods"
    CAPITAL_GOODS = "capital_goods"
    FUEL_AND_ENERGY = "fuel_and_energy"
    UPSTREAM_TRANSPORT = "upstream_transport"
    WASTE = "waste"
    BUSINESS_TRAVEL = "business_travel"
    COMMUTING = "commuting"
    UPSTREAM_LEASED = "upstream_leased"
    DOWNSTREAM_TRANSPORT = "downstream_transport"
    PROCESSING = "processing"
    USE = "use"
    END_OF_LIFE = "end_of_life"
    DOWNSTREAM_LEASED = "downstream_leased"
    FRANCHISES = "franchises"
    INVESTMENTS = "investments"


class Tier(StrEnum):
    """How a quantity came to be known, best first."""

    METERED = "metered"
    INVOICED = "invoiced"
    ESTIMATED = "estimated"


class Outcome(StrEnum):
    """A check's answer. `CANNOT_TELL` blocks exactly as `FAIL` does: an unknown is not a pass."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    CANNOT_TELL = "cannot_tell"


class Need(StrEnum):
    """Where a parameter may come from."""

    STATED = "stated"
    """Only the account can state it (measured content, declared share); without it there is no result."""
    LOOKED_UP = "looked_up"
    """A stated, measured value wins; else the reference parameters are asked."""
    DEFAULTED = "defaulted"
    """A neutral value stands in when nothing is stated: nothing is removed, the whole is carbonate."""
    OVERRIDE = "override"
    """When stated it replaces the computed coefficient; it needs its source in words."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages."""

    zh: str
    en: str

    def __call__(self, language: str) -> str:
        """Return the name in `zh` or `en`."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Choice:
    """One member of a method's closed list of keys (a flux, a product, a technology), with accepted spellings."""

    code: str
    label: Label
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number a method needs. Outside `low`..`high` the value is impossible, not merely unusual.

    `replaces`: the parameters that are not needed once this one is stated.
    """

    code: str
    symbol: str
    label: Label
    unit: str
    need: Need
    low: Decimal
    high: Decimal
    default: Decimal | None = None
    aliases: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextParameter:
    """Words a method needs beside its numbers; `goes_with` names the number that makes it required, if any."""

    code: str
    label: Label
    goes_with: str | None = None


@dataclass(frozen=True, slots=True)
class FactorRequest:
    """A question to the reference parameters: which value of this name, key and place holds on this day.

    `level` says in words which rule level it is, for the trace of why a factor was chosen. `region` is empty
    for what holds everywhere. `on` is the day the value must be true (the activity's time); which publication
    counts is the engine's factor policy.
    """

    name: str
    key: str
    region: str
    on: date
    level: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """A parameter and where it is asked, level by level: the first level with a value wins."""

    parameter: str
    requests: tuple[FactorRequest, ...]


@dataclass(frozen=True, slots=True)
class LookupContext:
    """What a look-up may depend on. `is_certificate_claimed`: the account claims certificates in this year."""

    key: str
    fuel_table: str
    province_code: str
    grid_region: str
    on: date
    is_certificate_claimed: bool = False


class EnergyKind(StrEnum):
    """How a method's quantity counts in standard coal."""

    NONE = "none"
    FUEL = "fuel"
    ELECTRICITY = "electricity"
    HEAT = "heat"
    STEAM = "steam"


Compute = Callable[[Mapping[str, Decimal]], Mapping[Gas, Decimal]]
Ask = Callable[[LookupContext, Basis], tuple[Lookup, ...]]


def no_lookup(_context: LookupContext, _basis: Basis) -> tuple[Lookup, ...]:
    """Ask nothing: everything the method needs is stated."""
    return ()


@dataclass(frozen=True, slots=True)
class Method:
    """A way to turn a quantity into gases: result (t) = quantity (base unit) x coefficient (t per base unit).

    `scopes`: allowed, the usual one first. `base_units`: one per kind of quantity the method takes; a quantity
    is converted to the one it can be converted to. `sign` is -1 for what leaves the account (sold energy,
    carbon in products); on the bases of `zero_on` the coefficient is zero. `compute` gets every parameter by code, resolved, and returns unrounded coefficients.
    """

    code: str
    label: Label
    scopes: tuple[int, ...]
    category: Category
    base_units: tuple[str, ...]
    gases: tuple[Gas, ...]
    formula: str
    formula_source: str
    parameters: tuple[Parameter, ...]
    compute: Compute
    lookups: Ask = no_lookup
    bases: tuple[Basis, ...] = (Basis.BOTH,)
    texts: tuple[TextParameter, ...] = ()
    keys: tuple[Choice, ...] = ()
    energy: EnergyKind = EnergyKind.NONE
    sign: int = 1
    zero_on: tuple[Basis, ...] = ()
    confidence: str = "verified-by-lookup"
    needs_evidence: bool = False

    def parameter(self, code: str) -> Parameter | None:
        """Return the parameter of a code or alias, None when the method has none."""
        return next((each for each in self.parameters if code == each.code or code in each.aliases), None)


@dataclass(frozen=True, slots=True)
class MethodPack:
    """The methods of one reporting guide, and the fuel table its reports name."""

    code: str
    label: Label
    guide: str
    guide_confidence: str
    fuel_table: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """What an account stated for a source or record, read and checked: numbers by parameter code, and words."""

    numbers: Mapping[str, Decimal]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GasResult:
    """One gas of one line: tonnes of the gas and tonnes of CO2-equivalent, both exact."""

    gas: Gas
    coefficient: Decimal
    result_t: Decimal
    gwp: Decimal
    co2e_t: Decimal


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """A check's answer, with the sentence for a person in both languages and the facts behind it."""

    code: str
    outcome: Outcome
    zh: str
    en: str
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_blocking(self) -> bool:
        """True unless the check passed: what cannot be told blocks too."""
        return self.outcome is not Outcome.PASS


@dataclass(frozen=True, slots=True)
class StandardCoal:
    """tce per base unit and how it was found (`measured`, `printed`, `table`); value None = cannot tell."""

    coefficient: Decimal | None
    rule: str


@dataclass(frozen=True, slots=True)
class LineEstimate:
    """A line as the propagation of uncertainty sees it. Relative half-widths at 95 %, 0.05 = 5 %.

    Lines with one `factor_version` share that factor's error; lines with one `activity` share the quantity's.
    """

    co2e_t: Decimal
    activity: str
    factor_version: str
    activity_uncertainty: Decimal
    factor_uncertainty: Decimal


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A total with its half-width at 95 %: absolute in t, relative to the total (None when that is zero)."""

    total_t: Decimal
    absolute_t: Decimal
    relative: Decimal | None


@dataclass(frozen=True, slots=True)
class QualityWeights:
    """Weights of the data quality score, each 0..1: by tier, by calibration state, by presence of evidence."""

    tier: Mapping[str, Decimal]
    calibration: Mapping[str, Decimal]
    evidence: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class InventoryFacts:
    """What an account's inventory of a year says, as it stood at a moment: of the version that counted then.

    That is the newest one that was neither withdrawn nor restated; `state` is its state at that moment, since
    `state_at`. Emissions are in tCO2e, energy in tce. `electricity_mwh` is purchased electricity (green electricity
    among it) less what was sold, never below nothing; `green_mwh` the part bought as green with its certificates
    cancelled; `claimed_mwh` what certificates claimed in the account cover, as the books stood at the moment.
    `quality_score` is 0 to 100, None for an inventory without lines. `tier_shares` is each tier's share (0 to 1, 20
    places) of the sum of |co2e| of scopes 1 to 3, location-based; empty where that sum is zero. `verifier_id` is the
    organisation that verified this version. `restates_id` names the version it replaced after verification.
    """

    account_id: UUID
    inventory_id: UUID
    year: int
    version: int
    state: str
    as_of: datetime
    computed_at: datetime
    state_at: datetime
    factor_policy: str
    factor_date: date
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    scope3: Decimal
    energy_tce: Decimal
    electricity_mwh: Decimal
    claimed_mwh: Decimal
    quality_score: Decimal | None
    tier_shares: Mapping[str, Decimal]
    months_covered: int
    record_count: int
    excluded_count: int
    verifier_id: UUID | None
    verified_at: datetime | None
    restates_id: UUID | None
    green_mwh: Decimal = Decimal(0)

    @property
    def is_verified(self) -> bool:
        """Whether another organisation had verified this version by then."""
        return self.state in ("verified", "closed")


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """One month of an inventory, in tCO2e and tce. `month` is its first day."""

    month: date
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    scope3: Decimal
    energy_tce: Decimal


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One number of an inventory and everything that explains it; see `InventoryLine` for each field."""

    line_id: UUID
    source_id: UUID
    source_code: str
    source_name: str
    scope: int
    category: str
    method: str
    key: str
    gas: str
    basis: str
    base_quantity: Decimal
    base_unit: str
    coefficient: Decimal
    coefficient_unit: str
    result_t: Decimal
    gwp: Decimal
    co2e_t: Decimal
    energy_tce: Decimal
    formula: str
    formula_source: str
    parameters: Sequence[Mapping[str, Any]]
    tiers: Mapping[str, Sequence[Any]]
    quality_score: Decimal | None
