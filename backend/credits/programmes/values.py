"""Words of the regional programmes: registrations and submissions, participants, settings, trees and their payments."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.tenants.values import Confidence, Methodology, MethodologyTerms, Programme


class State(StrEnum):
    """How a registration or a submission stands; an approved submission is issued, a revoked one was."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"


REVOKE_SUBMISSION = "revokeProgrammeSubmission"
"""The command that takes an issue back; the ledger alone does not."""


class PaymentState(StrEnum):
    """Whether a household has been paid."""

    DUE = "due"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class SettingValue:
    """The terms of a methodology as an administrator set them, from `valid_from` on."""

    id: UUID
    programme: str
    methodology: str
    version: int
    terms: dict[str, Any]
    valid_from: date
    document: str
    reason: str
    set_at: datetime
    set_by: UUID | None


@dataclass(frozen=True, slots=True)
class InForce:
    """A methodology with the terms that hold on a day: the pack's, or an administrator's setting over them."""

    programme: Programme
    methodology: Methodology
    terms: MethodologyTerms
    setting: SettingValue | None
    pack_sha256: str

    @property
    def confidence(self) -> str:
        """How sure the terms are: an administrator's own setting is neither looked up nor guessed."""
        return self.methodology.confidence.value if self.setting is None else "administrator"

    @property
    def is_placeholder(self) -> bool:
        """Whether the terms still await an administrator."""
        return self.setting is None and self.methodology.is_placeholder


@dataclass(frozen=True, slots=True)
class ParticipantValue:
    """Somebody who takes part and is no enterprise; `id` is that of the account in the ledger."""

    id: UUID
    programme: str
    code: str
    name: str
    division_code: str
    division_path: str
    organisation_id: UUID
    opened_at: datetime
    opened_by: UUID | None


@dataclass(frozen=True, slots=True)
class RegistrationValue:
    """A project, or taking part in a scene, of one holder under one methodology."""

    account_id: UUID
    id: UUID
    programme: str
    methodology: str
    code: str
    name: str
    description: str
    state: State
    submitted_at: datetime
    submitted_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision: str


@dataclass(frozen=True, slots=True)
class SubmissionValue:
    """A quantity of a period submitted for issue.

    `inputs` are decimals as text. `computed` is what the formula gave, `quantity` what was issued after rounding, `terms`
    the figures used; `setting_id` names the setting they came from (None: the pack `pack_sha256`). `revocation` says why
    an issue was taken back.
    """

    account_id: UUID
    id: UUID
    registration_id: UUID
    programme: str
    methodology: str
    period_from: date
    period_to: date
    inputs: dict[str, Any]
    evidence_ids: tuple[UUID, ...]
    reference: str
    state: State
    computed: Decimal | None
    quantity: Decimal | None
    terms: dict[str, Any] | None
    setting_id: UUID | None
    pack_sha256: str | None
    valid_until: date | None
    movement_id: UUID | None
    submitted_at: datetime
    submitted_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision: str
    revoked_at: datetime | None = None
    revoked_by: UUID | None = None
    revocation: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdValue:
    """A household that keeps numbered trees; `mu` is its forest land."""

    id: UUID
    programme: str
    code: str
    name: str
    division_code: str
    division_path: str
    mu: Decimal
    organisation_id: UUID
    registered_at: datetime
    registered_by: UUID | None


@dataclass(frozen=True, slots=True)
class StandValue:
    """Numbered trees of one household, both numbers and both years included."""

    id: UUID
    household_id: UUID
    programme: str
    division_path: str
    first_number: int
    last_number: int
    first_year: int
    last_year: int
    species: str
    photographs: str
    registered_at: datetime
    registered_by: UUID | None

    @property
    def trees(self) -> int:
        """Trees in the stand."""
        return self.last_number - self.first_number + 1


@dataclass(frozen=True, slots=True)
class PurchaseValue:
    """Trees bought for a year; `yuan` is the price of all of them."""

    account_id: UUID
    id: UUID
    programme: str
    year: int
    trees: int
    yuan_per_tree: Decimal
    yuan: Decimal
    purpose: str
    beneficiary: str
    pack_sha256: str
    purchased_at: datetime
    purchased_by: UUID | None


@dataclass(frozen=True, slots=True)
class PartValue:
    """A run of trees of a purchase."""

    account_id: UUID
    purchase_id: UUID
    first_number: int
    last_number: int
    programme: str
    year: int
    stand_id: UUID


@dataclass(frozen=True, slots=True)
class PaymentValue:
    """What a household is to be paid for a purchase, and whether it was."""

    account_id: UUID
    id: UUID
    purchase_id: UUID
    household_id: UUID
    programme: str
    division_path: str
    year: int
    trees: int
    yuan: Decimal
    state: PaymentState
    paid_on: date | None
    reference: str
    recorded_at: datetime | None
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class TreePaymentSum:
    """A computed payment: trees of all households times the price, with where the price came from."""

    trees: int
    yuan_per_tree: Decimal
    yuan: Decimal
    programme: str | None
    is_price_given: bool
    confidence: Confidence | None


@dataclass(frozen=True, slots=True)
class Listed:
    """Which registrations, submissions or payments a list shows; what is None does not restrict."""

    account_id: UUID | None = None
    programme: str | None = None
    state: str | None = None
