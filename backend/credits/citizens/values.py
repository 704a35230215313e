"""Words of the citizens' points: scenes, citizens, acts that earn, rewards and their redemption, the year's first.

A citizen is known by a *number* the product makes up, which says nothing of the person, and, for as long as they take part,
by the opaque key under which their own platform knows them. Points are not tonnes and are never added to them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.tenants.values import Rounding

REVOKE_ACT = "revokeGreenAct"
CANCEL_REDEMPTION = "cancelCitizenRedemption"
"""The commands that alone take back what was earned, and what was redeemed."""
CANCELLED = "cancel"
"""The purpose of retiring what a citizen who leaves still holds."""
ADMINISTRATOR = "administrator"
"""The confidence of figures an administrator set: neither looked up nor guessed."""


class SceneKind(StrEnum):
    """What a scene is about: low-carbon consumption (低碳消费场景) or low-carbon living (低碳生活场景)."""

    CONSUMPTION = "consumption"
    LIVING = "living"


class State(StrEnum):
    """How a scene, a reward or a list stands: one person drafts it, another approves or rejects it."""

    DRAFT = "draft"
    APPROVED = "approved"
    REJECTED = "rejected"


class ActOutcome(StrEnum):
    """What became of a row: points for all of it, for a part or none because of a cap, known before, or refused."""

    EARNED = "earned"
    CAPPED = "capped"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Document:
    """The document something rests on."""

    title: str
    number: str
    dated: date


@dataclass(frozen=True, slots=True)
class SceneTerms:
    """How a scene gives points, all set by an administrator.

    `points_per_unit` for one `activity_unit`; `cap_day` and `cap_year` are points of one citizen in the scene on a day and in
    a calendar year; `validity_months` count from the day of issue, 0 is no end; an act may be told `late_days` after its day.
    """

    name_zh: str
    name_en: str
    kind: SceneKind
    activity_unit: str
    points_per_unit: Decimal
    rounding: Rounding
    cap_day: Decimal | None
    cap_year: Decimal | None
    validity_months: int
    late_days: int
    operator_id: UUID | None
    is_open: bool
    valid_from: date


@dataclass(frozen=True, slots=True)
class SceneValue:
    """One version of a scene; the newest approved one that has begun holds."""

    id: UUID
    programme: str
    code: str
    version: int
    name_zh: str
    name_en: str
    kind: SceneKind
    activity_unit: str
    points_per_unit: Decimal
    rounding: Rounding
    cap_day: Decimal | None
    cap_year: Decimal | None
    validity_months: int
    late_days: int
    operator_id: UUID | None
    is_open: bool
    valid_from: date
    document_title: str
    document_number: str
    document_dated: date
    reason: str
    state: State
    drafted_at: datetime
    drafted_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision: str


@dataclass(frozen=True, slots=True)
class CitizenValue:
    """Somebody who collects points; `id` is that of the account in the ledger. `subject` is gone once they left."""

    id: UUID
    programme: str
    number: str
    subject: str | None
    division_code: str
    division_path: str
    organisation_id: UUID
    consented_on: date
    opened_at: datetime
    opened_by: UUID | None
    closed_at: datetime | None
    closed_by: UUID | None
    closure: str
    cancelled_points: Decimal


@dataclass(frozen=True, slots=True)
class CitizenDraft:
    """A citizen to be opened."""

    subject: str
    division_code: str
    consented_on: date


@dataclass(frozen=True, slots=True)
class Act:
    """A green act as its scene's operator tells it; `key` is the operator's own and counts once in the scene."""

    citizen: str
    day: date
    quantity: Decimal
    key: str


@dataclass(frozen=True, slots=True)
class ActValue:
    """A green act in the books: `computed` by the terms and not rounded, `points` after rounding and caps."""

    account_id: UUID
    id: UUID
    programme: str
    scene: str
    scene_version_id: UUID
    number: str
    division_path: str
    day: date
    quantity: Decimal
    computed: Decimal
    points: Decimal
    is_capped: bool
    key: str
    organisation_id: UUID | None
    movement_id: UUID | None
    recorded_at: datetime
    recorded_by: UUID | None
    revoked_at: datetime | None = None
    revoked_by: UUID | None = None
    revocation: str = ""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row of a batch; `code`, `zh` and `en` say why it was refused."""

    row: int
    key: str
    outcome: ActOutcome
    act_id: UUID | None
    account_id: UUID | None
    points: Decimal
    code: str = ""
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class RewardValue:
    """Something points are redeemed for: `points` each, `stock` in all, at most `yearly` of one citizen a calendar year."""

    id: UUID
    programme: str
    code: str
    name_zh: str
    name_en: str
    points: Decimal
    stock: int
    yearly: int | None
    provider: str
    first_day: date
    last_day: date
    document_title: str
    document_number: str
    document_dated: date
    state: State
    drafted_at: datetime
    drafted_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision: str


@dataclass(frozen=True, slots=True)
class RedemptionValue:
    """Points redeemed for a reward; the `voucher` is shown to whoever hands it out."""

    account_id: UUID
    id: UUID
    reward_id: UUID
    programme: str
    number: str
    division_path: str
    points: Decimal
    voucher: str
    movement_id: UUID
    redeemed_at: datetime
    redeemed_by: UUID | None
    cancelled_at: datetime | None
    cancelled_by: UUID | None
    cancellation: str


@dataclass(frozen=True, slots=True)
class RankingValue:
    """The citizens who earned most in a year, in a division and what lies below it; `citizens` earned anything at all."""

    id: UUID
    programme: str
    year: int
    division_code: str
    division_path: str
    places: int
    citizens: int
    points: Decimal
    incentive: str
    document_title: str
    document_number: str
    document_dated: date
    state: State
    drafted_at: datetime
    drafted_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision: str


@dataclass(frozen=True, slots=True)
class PlaceValue:
    """A place of such a list; equal points share a place."""

    ranking_id: UUID
    account_id: UUID
    place: int
    number: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a programme's points are: earned = redeemed + cancelled + expired + held, at every moment.

    `earned`, `redeemed` and `cancelled` come from this noun's records, `expired` and `held` from the ledger; `difference` is
    what the two books disagree by, and is zero.
    """

    citizens: int
    earned: Decimal
    redeemed: Decimal
    cancelled: Decimal
    expired: Decimal
    held: Decimal
    difference: Decimal
