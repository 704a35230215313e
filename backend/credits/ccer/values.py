"""Words of CCER: projects and their reductions, the states they pass, comments, what an import row says."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.ledger.methods import OLD_SCHEME_BEFORE

# From 温室气体自愿减排交易管理办法（试行）（生态环境部、市场监管总局令第31号）, 2023-10-19, as every rule below that does not say otherwise.
STARTED_AFTER = date(2012, 11, 8)
REDUCED_AFTER = date(2020, 9, 22)
YEARS_BEFORE_APPLICATION = 5
PUBLICITY_DAYS = 20
REGISTRATION_DAYS = 15
OLD_REGISTERED_BEFORE = OLD_SCHEME_BEFORE
"""Projects registered under the old scheme before this day register again."""

ANNUL_REDUCTION = "annulCcerReduction"
"""The command that takes an issuance back; the ledger alone does not."""

EXCLUSIVE_METHODOLOGIES = ("CCER-01-001", "CCER-01-002")
"""Solar thermal and offshore wind: their energy is certified green or reduces as CCER, never both."""


class ProjectState(StrEnum):
    """How far a project is."""

    DRAFT = "draft"
    PUBLICISED = "publicised"
    VALIDATED = "validated"
    APPLIED = "applied"
    REGISTERED = "registered"
    DEREGISTERED = "deregistered"
    WITHDRAWN = "withdrawn"


class ReductionState(StrEnum):
    """How far the reduction of one monitoring period is."""

    REPORTED = "reported"
    PUBLICISED = "publicised"
    VERIFIED = "verified"
    APPLIED = "applied"
    REGISTERED = "registered"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What moves a project or a reduction on."""

    DRAFT = "draft"
    PUBLICISE = "publicise"
    VALIDATE = "validate"
    APPLY = "apply"
    RETURN = "return"
    REGISTER = "register"
    DEREGISTER = "deregister"
    REPORT = "report"
    VERIFY = "verify"
    ISSUE = "issue"
    ANNUL = "annul"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class ProjectValue:
    """A project. `starts_on`..`ends_on` is its crediting period, `plant_code` the plant whose energy it is about.

    `is_ets_managed` and `is_legal_duty` exclude it; None is *not known yet*. `old_registered_on` is the day of its
    registration under the old scheme. `state_on` is the day of its last step.
    """

    account_id: UUID
    id: UUID
    code: str
    name: str
    methodology: str
    plant_code: str
    started_on: date
    starts_on: date
    ends_on: date
    is_ets_managed: bool | None
    is_legal_duty: bool | None
    old_registered_on: date | None
    state: ProjectState
    state_on: date
    validator_id: UUID | None
    registered_on: date | None
    created_at: datetime
    created_by: UUID | None


@dataclass(frozen=True, slots=True)
class ReductionValue:
    """What a project reduced in one monitoring period, tCO2e: as reported, and as the other body verified it."""

    account_id: UUID
    id: UUID
    project_id: UUID
    period_from: date
    period_to: date
    reported: Decimal
    verified: Decimal | None
    state: ReductionState
    state_on: date
    verifier_id: UUID | None
    applied_on: date | None
    registered_on: date | None
    created_at: datetime
    created_by: UUID | None


@dataclass(frozen=True, slots=True)
class TransitionValue:
    """A step a project (or, with `reduction_id`, a reduction) took: true `on` a day, recorded at an instant.

    `due_on` is the last day for the registry's answer to an application; None where there is none or the calendar of
    that year is not known.
    """

    account_id: UUID
    id: UUID
    project_id: UUID
    reduction_id: UUID | None
    action: Action
    from_state: str
    to_state: str
    on: date
    due_on: date | None
    reference: str
    note: str
    movement_id: UUID | None
    organisation_id: UUID | None
    actor_id: UUID | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CommentValue:
    """What the public said during publicity; with `answers_id` it is the owner's answer to a comment."""

    account_id: UUID
    id: UUID
    project_id: UUID
    reduction_id: UUID | None
    answers_id: UUID | None
    author: str
    text: str
    received_on: date
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """What the owner says of a project while it is a draft."""

    code: str
    name: str
    methodology: str
    started_on: date
    starts_on: date
    ends_on: date
    plant_code: str = ""
    is_ets_managed: bool | None = None
    is_legal_duty: bool | None = None
    old_registered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """How a step is said to have happened: the day (today if left out), an outside number, a reason in words."""

    on: date | None = None
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingRow:
    """A run of CCER as the registry's export tells it; serials in full, as printed, both ends included."""

    first_serial: str
    last_serial: str
    project_code: str
    methodology: str
    produced_from: date
    produced_to: date
    registered_on: date
    project_name: str = ""
    plant_code: str = ""
    is_ets_managed: bool | None = None


@dataclass(frozen=True, slots=True)
class Methodology:
    """A methodology as the reference parameters have it in force on a day."""

    code: str
    name: str
    field: str
    period: str
    conditions: str
    document: str
    published_on: date | None
    source: str
    confidence: str
    note: str
    is_uncertain: bool
