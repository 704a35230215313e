"""Tables of parks. All but the memberships only append: of what can be corrected, the newest row counts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base
from backend.parks.values import EntryStatus, Horizon, Level, Outcome, ProgrammeKind, Step, ValueKind


def _one_of(column: str, words: Any) -> str:  # noqa: ANN401 - an enumeration's class
    return f"{column} in ({', '.join(repr(each.value) for each in words)})"


class Place:
    """Where a row belongs: its division, for authorities, and the park's operator, an enterprise."""

    division_path: Mapped[str]
    operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))


class Paper:
    """The document a row was taken from."""

    document: Mapped[str]
    document_number: Mapped[str]
    document_date: Mapped[date]


class Recorded:
    """Who recorded a row, and when."""

    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class Park(Place, Recorded, Base):
    """A park (园区). `operator_id` is the enterprise that runs it and applies for it."""

    __tablename__ = "park"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"), UniqueConstraint("id", "division_path"),
        Index(None, "division_path", "recorded_at"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))


class ParkBoundary(Place, Paper, Recorded, Base):
    """A park's boundary (四至边界) as a polygon of longitudes and latitudes; the newest counts. The area is in m2."""

    __tablename__ = "park_boundary"
    __table_args__ = (
        CheckConstraint("area > 0", name="area"), Index(None, "park_id", "recorded_at"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    park_id: Mapped[UUID] = mapped_column(ForeignKey("park.id"))
    polygon: Mapped[dict[str, Any]]
    area: Mapped[Decimal]


class ParkMember(Place, Recorded, Base):
    """An account in a park from a day, up to and including another. `is_above_scale`: an enterprise 规模以上."""

    __tablename__ = "park_member"
    __table_args__ = (
        # The policy of parks looks into the memberships, so that theirs cannot look back: the key holds them together.
        ForeignKeyConstraint(["park_id", "division_path"], ["park.id", "park.division_path"]),
        CheckConstraint("ends_on >= starts_on", name="days"), Index(None, "account_id"),
        Index(None, "park_id", "starts_on"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    park_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"))
    is_above_scale: Mapped[bool]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class ParkValue(Place, Paper, Recorded, Base):
    """An indicator's value of a park's year, computed or entered; the newest of an item and basis counts.

    `quantity` is numerator ÷ denominator (× 100 for percent) where it has both. `is_complete` is false for a value
    computed from a part of what belongs to it, which can prove nothing. `is_lower_bound`: it is at least so much, so
    that it can prove a target met, and never one missed.
    """

    __tablename__ = "park_value"
    __table_args__ = (
        CheckConstraint(_one_of("kind", ValueKind), name="kind"),
        CheckConstraint("(numerator is null) = (denominator is null)", name="parts"),
        CheckConstraint("document <> ''", name="document"),
        ForeignKeyConstraint(["evidence_account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        Index(None, "park_id", "year", "item", "basis", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    park_id: Mapped[UUID] = mapped_column(ForeignKey("park.id"))
    year: Mapped[int]
    item: Mapped[str]
    basis: Mapped[str]
    kind: Mapped[str]
    quantity: Mapped[Decimal | None]
    numerator: Mapped[Decimal | None]
    denominator: Mapped[Decimal | None]
    unit: Mapped[str]
    confidence: Mapped[str]
    is_complete: Mapped[bool]
    is_lower_bound: Mapped[bool]
    evidence_account_id: Mapped[UUID | None]
    evidence_id: Mapped[UUID | None]
    note: Mapped[str]
    is_withdrawn: Mapped[bool]


class ParkValuePart(Base):
    """What an account adds to a computed value; seen by whoever sees the account."""

    __tablename__ = "park_value_part"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    value_id: Mapped[UUID] = mapped_column(ForeignKey("park_value.id"), primary_key=True, index=True)
    inventory_id: Mapped[UUID | None]
    numerator: Mapped[Decimal]
    denominator: Mapped[Decimal | None]


class ParkWaiver(Place, Paper, Recorded, Base):
    """A request to leave a reference indicator out, for want of the objective conditions."""

    __tablename__ = "park_waiver"
    __table_args__ = (
        CheckConstraint("explanation <> ''", name="explanation"),
        ForeignKeyConstraint(["evidence_account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        Index(None, "park_id", "year", "indicator"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    park_id: Mapped[UUID] = mapped_column(ForeignKey("park.id"))
    year: Mapped[int]
    indicator: Mapped[int]
    explanation: Mapped[str]
    evidence_account_id: Mapped[UUID | None]
    evidence_id: Mapped[UUID | None]


class ParkWaiverDecision(Place, Recorded, Base):
    """The authority's decision on a waiver, by another person than asked for it."""

    __tablename__ = "park_waiver_decision"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    waiver_id: Mapped[UUID] = mapped_column(ForeignKey("park_waiver.id"), primary_key=True)
    is_approved: Mapped[bool]
    reason: Mapped[str]


class ParkEvaluation(Place, Recorded, Base):
    """An evaluation of a park's year against all indicators, as it was made; nothing in it changes afterwards."""

    __tablename__ = "park_evaluation"
    __table_args__ = (
        CheckConstraint(_one_of("horizon", Horizon), name="horizon"),
        CheckConstraint(_one_of("level", Level), name="level"),
        CheckConstraint(_one_of("outcome", Outcome), name="outcome"),
        CheckConstraint(_one_of("mandatory", Outcome), name="mandatory"),
        Index(None, "park_id", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    park_id: Mapped[UUID] = mapped_column(ForeignKey("park.id"))
    year: Mapped[int]
    horizon: Mapped[str]
    level: Mapped[str]
    outcome: Mapped[str]
    mandatory: Mapped[str]
    points: Mapped[Decimal]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str]


class ParkApplication(Place, Recorded, Base):
    """The way of a park, or of an item of a programme, through the seven steps at one level.

    A park is held against the targets of a horizon; an item has none.
    """

    __tablename__ = "park_application"
    __table_args__ = (
        CheckConstraint(_one_of("horizon", Horizon), name="horizon"),
        CheckConstraint(_one_of("level", Level), name="level"),
        CheckConstraint("(park_id is null) <> (item_id is null)", name="subject"),
        CheckConstraint("(horizon is null) = (park_id is null)", name="targets"),
        Index(None, "park_id", "level"), Index(None, "item_id"), Index(None, "division_path", "recorded_at"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    park_id: Mapped[UUID | None] = mapped_column(ForeignKey("park.id"))
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("park_programme_item.id"))
    level: Mapped[str]
    horizon: Mapped[str | None]
    statement: Mapped[str]


class ParkStep(Place, Paper, Recorded, Base):
    """What somebody proposes a step of an application came to; it counts once another person confirms it.

    `findings` says of each requirement of an item's programme what it came to; a park has an evaluation instead.
    """

    __tablename__ = "park_step"
    __table_args__ = (
        CheckConstraint(_one_of("step", Step), name="step"), CheckConstraint("reason <> ''", name="reason"),
        Index(None, "application_id", "recorded_at"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("park_application.id"))
    step: Mapped[str]
    is_passed: Mapped[bool]
    happened_on: Mapped[date]
    reason: Mapped[str]
    evaluation_id: Mapped[UUID | None] = mapped_column(ForeignKey("park_evaluation.id"))
    findings: Mapped[list[Any]]


class ParkStepDecision(Place, Recorded, Base):
    """The second person's word on a step."""

    __tablename__ = "park_step_decision"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    step_id: Mapped[UUID] = mapped_column(ForeignKey("park_step.id"), primary_key=True)
    is_confirmed: Mapped[bool]
    reason: Mapped[str]


class ParkNotice(Place, Paper, Recorded, Base):
    """A public notice (公示) of an application, open to objections on both days and those between."""

    __tablename__ = "park_notice"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="days"), Index(None, "division_path", "recorded_at"),
        Index(None, "application_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("park_application.id"))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    text: Mapped[str]
    contact: Mapped[str]


class ParkObjection(Place, Recorded, Base):
    """An objection to a notice. Who objects, and how they are reached, is never shown in public."""

    __tablename__ = "park_objection"
    __table_args__ = (CheckConstraint("text <> ''", name="text"), Index(None, "notice_id", "recorded_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("park_notice.id"))
    objector: Mapped[str]
    contact: Mapped[str]
    text: Mapped[str]
    organisation_id: Mapped[UUID | None]


class ParkObjectionAnswer(Place, Recorded, Base):
    """The authority's answer to an objection."""

    __tablename__ = "park_objection_answer"
    __table_args__ = (CheckConstraint("answer <> ''", name="answer"),)

    objection_id: Mapped[UUID] = mapped_column(ForeignKey("park_objection.id"), primary_key=True)
    is_upheld: Mapped[bool]
    answer: Mapped[str]


class ParkProgrammeItem(Recorded, Base):
    """A factory, project, virtual power plant, service body or platform beside the parks."""

    __tablename__ = "park_programme_item"
    __table_args__ = (
        CheckConstraint(_one_of("kind", ProgrammeKind), name="kind"), CheckConstraint("name <> ''", name="name"),
        Index(None, "division_path", "kind", "recorded_at"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("carbon_account.id"))
    park_id: Mapped[UUID | None] = mapped_column(ForeignKey("park.id"))


class ParkProgrammeEntry(Paper, Recorded, Base):
    """Where an item stands from a day on; the adjustable capacity of a virtual power plant is in 万kW."""

    __tablename__ = "park_programme_entry"
    __table_args__ = (
        CheckConstraint(_one_of("status", EntryStatus), name="status"), CheckConstraint("capacity >= 0", name="capacity"),
        Index(None, "item_id", "effective_on"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("park_programme_item.id"))
    division_path: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("carbon_account.id"))
    status: Mapped[str]
    effective_on: Mapped[date]
    capacity: Mapped[Decimal | None]
    note: Mapped[str]
