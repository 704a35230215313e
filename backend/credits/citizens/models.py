"""Tables of the citizens' points. What belongs to a citizen leads with `account_id`, their account in the ledger."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

STATES = "state in ('draft', 'approved', 'rejected')"
DECIDED = "(state = 'draft') = (decided_at is null)"


class CitizenScene(Base):
    """A version of a scene; only its decision is written later."""

    __tablename__ = "citizen_scene"
    __table_args__ = (
        UniqueConstraint("programme", "code", "version"),
        CheckConstraint("kind in ('consumption', 'living')", name="kind"),
        CheckConstraint("rounding in ('down', 'half_up')", name="rounding"),
        CheckConstraint("points_per_unit > 0", name="points"),
        CheckConstraint("cap_day > 0 and cap_year > 0", name="caps"),
        CheckConstraint("validity_months >= 0 and late_days >= 0", name="spans"),
        CheckConstraint(STATES, name="state"),
        CheckConstraint(DECIDED, name="decided"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str]
    code: Mapped[str]
    version: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]
    activity_unit: Mapped[str]
    points_per_unit: Mapped[Decimal]
    rounding: Mapped[str]
    cap_day: Mapped[Decimal | None]
    cap_year: Mapped[Decimal | None]
    validity_months: Mapped[int]
    late_days: Mapped[int]
    operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    is_open: Mapped[bool]
    valid_from: Mapped[date]
    document_title: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    reason: Mapped[str]
    state: Mapped[str]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[str] = mapped_column(server_default=text("''"))


class Citizen(Base):
    """Somebody who collects points; the id is that of the account in the ledger. No name, no number of theirs."""

    __tablename__ = "citizen"
    __table_args__ = (
        UniqueConstraint("programme", "number"),
        UniqueConstraint("programme", "subject"),
        CheckConstraint("(closed_at is null) or (subject is null)", name="forgotten"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"), primary_key=True)
    programme: Mapped[str]
    number: Mapped[str]
    subject: Mapped[str | None]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    consented_on: Mapped[date]
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    closure: Mapped[str] = mapped_column(server_default=text("''"))
    cancelled_points: Mapped[Decimal] = mapped_column(server_default=text("0"))


class CitizenAct(Base):
    """A green act and the points it earned; a key counts once in a scene."""

    __tablename__ = "citizen_act"
    __table_args__ = (
        UniqueConstraint("programme", "scene", "key"),
        CheckConstraint("quantity > 0 and computed >= 0 and points >= 0", name="amounts"),
        CheckConstraint("(points > 0) = (movement_id is not null)", name="issued"),
        Index(None, "account_id", "scene", "day"),
        Index(None, "organisation_id"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str]
    scene: Mapped[str]
    scene_version_id: Mapped[UUID] = mapped_column(ForeignKey("citizen_scene.id"))
    number: Mapped[str]
    division_path: Mapped[str]
    day: Mapped[date]
    quantity: Mapped[Decimal]
    computed: Mapped[Decimal]
    points: Mapped[Decimal]
    is_capped: Mapped[bool]
    key: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    movement_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_movement.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revocation: Mapped[str] = mapped_column(server_default=text("''"))


class CitizenReward(Base):
    """Something points are redeemed for; only its decision is written later."""

    __tablename__ = "citizen_reward"
    __table_args__ = (
        UniqueConstraint("programme", "code"),
        CheckConstraint("points > 0 and stock > 0 and yearly > 0", name="amounts"),
        CheckConstraint("last_day >= first_day", name="span"),
        CheckConstraint(STATES, name="state"),
        CheckConstraint(DECIDED, name="decided"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str]
    code: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    points: Mapped[Decimal]
    stock: Mapped[int]
    yearly: Mapped[int | None]
    provider: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    document_title: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    state: Mapped[str]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[str] = mapped_column(server_default=text("''"))


class CitizenRewardTaken(Base):
    """How many of a reward are gone: the row that redemptions queue at."""

    __tablename__ = "citizen_reward_taken"
    __table_args__ = (CheckConstraint("taken >= 0", name="taken"),)

    reward_id: Mapped[UUID] = mapped_column(ForeignKey("citizen_reward.id"), primary_key=True)
    taken: Mapped[int]


class CitizenRedemption(Base):
    """Points redeemed for a reward."""

    __tablename__ = "citizen_redemption"
    __table_args__ = (
        CheckConstraint("points > 0", name="points"),
        UniqueConstraint("voucher"),
        Index(None, "reward_id"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reward_id: Mapped[UUID] = mapped_column(ForeignKey("citizen_reward.id"))
    programme: Mapped[str]
    number: Mapped[str]
    division_path: Mapped[str]
    points: Mapped[Decimal]
    voucher: Mapped[str]
    movement_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_movement.id"))
    redeemed_at: Mapped[datetime]
    redeemed_by: Mapped[UUID | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None]
    cancellation: Mapped[str] = mapped_column(server_default=text("''"))


class CitizenRanking(Base):
    """The citizens who earned most in a year, of a division; only its decision is written later."""

    __tablename__ = "citizen_ranking"
    __table_args__ = (
        CheckConstraint(STATES, name="state"),
        CheckConstraint(DECIDED, name="decided"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str]
    year: Mapped[int]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    places: Mapped[int]
    citizens: Mapped[int]
    points: Mapped[Decimal]
    incentive: Mapped[str]
    document_title: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    state: Mapped[str]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[str] = mapped_column(server_default=text("''"))


class CitizenPlace(Base):
    """A place of such a list, as it was when the list was drawn up. Append-only."""

    __tablename__ = "citizen_place"
    __table_args__ = (CheckConstraint("place > 0 and points > 0", name="amounts"),)

    ranking_id: Mapped[UUID] = mapped_column(ForeignKey("citizen_ranking.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), primary_key=True)
    place: Mapped[int]
    number: Mapped[str]
    points: Mapped[Decimal]
