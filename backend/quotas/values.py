"""Words of quota compliance: facilities, their yearly data, allocations, duties, surrenders, carry-overs.

Quantities of emissions and allowances are tCO2, electricity MWh, heat GJ; ratios and loads are fractions of one. Sectors,
classes, cooling and kinds of line are spelled as in `rules.terms`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = (
    "quotas:allocate",
    "quotas:enter",
    "quotas:read",
    "quotas:settle",
    "quotas:supervise",
)
"""The permissions of this noun."""

REVOKE_ALLOCATION, UNDO_SURRENDER = "revokeAllocation", "undoSurrender"
"""The commands that take movements of this noun back; the ledger alone does not."""

FIRST_YEAR = 2019
"""The first compliance year of the national market."""


class Stage(StrEnum):
    """Which of the two allocations of a year: the pre-allocation (预分配), or the final one (核定分配)."""

    PRE = "pre"
    FINAL = "final"


class AllocationState(StrEnum):
    """How an allocation stands: proposed by one person; issued or rejected by another; revoked after it was issued."""

    PROPOSED = "proposed"
    ISSUED = "issued"
    REJECTED = "rejected"
    REVOKED = "revoked"


class CarryOverState(StrEnum):
    """How an application to carry allowances over stands."""

    APPLIED = "applied"
    APPROVED = "approved"
    REJECTED = "rejected"


class ObligationBasis(StrEnum):
    """Where an obligation's figure comes from; only the first two are final.

    `ENTERED`: a verifier or the authority entered the verified figure. `VERIFIED`: the verified inventory.
    `PROVISIONAL`: an inventory nobody has verified. `NONE`: no figure.
    """

    ENTERED = "entered"
    VERIFIED = "verified"
    PROVISIONAL = "provisional"
    NONE = "none"


class DutyEntryKind(StrEnum):
    """What an entry about a duty says."""

    OWNER = "owner"
    DONE = "done"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class FacilityValue:
    """A power unit (机组) or production line (生产线). Its nature never changes: another thing is another facility.

    `capacity` is in `capacity_unit` (MW, t/d). Power units have a class, and a kind of cooling where one is known; lines
    have a kind of line.
    """

    account_id: UUID
    id: UUID
    code: str
    name: str
    sector: str
    unit_class: str | None
    cooling: str | None
    is_pure_condensing: bool | None
    line: str | None
    capacity: Decimal | None
    capacity_unit: str
    since: date
    until: date | None
    created_at: datetime
    created_by: UUID | None


@dataclass(frozen=True, slots=True)
class OutputValue:
    """Production data of a facility for a month, or (month None) the whole year. The newest entry counts.

    `basis` is the kind of electricity. `emissions` and `intensity` are the enterprise's own statement, not verified.
    """

    account_id: UUID
    id: UUID
    facility_id: UUID
    year: int
    month: int | None
    basis: str | None
    mwh: Decimal | None
    gj: Decimal | None
    heat_ratio: Decimal | None
    load: Decimal | None
    output: Decimal | None
    output_unit: str
    intensity: Decimal | None
    emissions: Decimal | None
    evidence_id: UUID | None
    note: str
    reason: str
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class VerifiedValue:
    """Verified direct emissions of a facility, or (facility None) of the account, as a verifier or authority enters it."""

    account_id: UUID
    id: UUID
    year: int
    facility_id: UUID | None
    emissions: Decimal
    intensity: Decimal | None
    document: str
    evidence_id: UUID | None
    organisation_id: UUID | None
    entered_kind: str
    entered_at: datetime
    entered_by: UUID | None


@dataclass(frozen=True, slots=True)
class BalanceValueValue:
    """The balance value of a sector and year, as an authority of the whole jurisdiction entered it."""

    id: UUID
    sector: str
    year: int
    value: Decimal
    unit: str
    document: str
    note: str
    organisation_id: UUID | None
    entered_at: datetime
    entered_by: UUID | None


@dataclass(frozen=True, slots=True)
class AllocationValue:
    """A pre-allocation or final allocation of an account's year.

    `computed` is the exact sum, `quantity` the whole units to issue now, `issued_before` what the pre-allocation
    issued, `return_due` the whole units the holder has to give back because it was too much. `revocation` says why it
    was revoked after it was issued; the units are gone then.
    """

    account_id: UUID
    id: UUID
    year: int
    stage: Stage
    state: AllocationState
    computed: Decimal
    quantity: Decimal
    issued_before: Decimal
    return_due: Decimal
    document: str
    note: str
    explanation: dict[str, Any]
    proposed_at: datetime
    proposed_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision: str
    movement_id: UUID | None
    revoked_at: datetime | None = None
    revoked_by: UUID | None = None
    revocation: str = ""


@dataclass(frozen=True, slots=True)
class AllocationLineValue:
    """What an allocation grants for one facility, with every factor; `explanation` is JSON, decimals as text."""

    account_id: UUID
    allocation_id: UUID
    facility_id: UUID
    computed: Decimal
    verified: Decimal | None
    explanation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DutyEntryValue:
    """Something said about a duty of a compliance year: who is responsible, that it is done, that it is not."""

    account_id: UUID
    id: UUID
    year: int
    duty: str
    month: int | None
    kind: DutyEntryKind
    owner: str
    done_on: date | None
    evidence_id: UUID | None
    note: str
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class SurrenderValue:
    """A receipt (清缴凭证): `obligation` and what had been settled of it before, and what this surrender settled."""

    account_id: UUID
    id: UUID
    number: str
    year: int
    obligation: Decimal
    obligation_basis: ObligationBasis
    settled_before: Decimal
    cea: Decimal
    ccer: Decimal
    group_id: UUID
    surrendered_at: datetime
    surrendered_by: UUID | None


@dataclass(frozen=True, slots=True)
class SurrenderLineValue:
    """Units a surrender moved in the ledger; `is_reversed` when the registrar took the movement back."""

    account_id: UUID
    surrender_id: UUID
    movement_id: UUID
    movement_number: int
    class_code: str
    batch_id: UUID
    vintage: int | None
    quantity: Decimal
    serials: tuple[tuple[int, int], ...]
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class CarryOverValue:
    """An application to carry old allowances over (结转): `serials` are the units it names, `maximum` the most."""

    account_id: UUID
    id: UUID
    sector: str
    net_sales: Decimal
    maximum: Decimal
    quantity: Decimal
    serials: tuple[tuple[int, int], ...]
    lodged_on: date
    evidence_id: UUID | None
    document: str
    explanation: dict[str, Any]
    state: CarryOverState
    applied_at: datetime
    applied_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision: str


@dataclass(frozen=True, slots=True)
class ClosingValue:
    """A compliance year of an account that the authority closed, and how it stood."""

    account_id: UUID
    year: int
    obligation: Decimal
    settled: Decimal
    reason: str
    closed_at: datetime
    closed_by: UUID | None
