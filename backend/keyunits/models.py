"""Tables of key units. All of them only append: of what can change, the newest row counts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.keyunits.values import (
    ChangeKind,
    FindingArea,
    FindingState,
    Metric,
    PostKind,
    ReferenceKind,
    ReferenceMetric,
    RetrofitKind,
    RetrofitState,
)
from backend.kit.orm import Base


def _one_of(column: str, words: Any) -> str:  # noqa: ANN401 - an enumeration's class
    return f"{column} in ({', '.join(repr(each.value) for each in words)})"


class Owned:
    """What belongs to an account: both ids together are its key."""

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)


class Place:
    """Where the account was when the row was made."""

    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]


class Paper:
    """The document a row rests on."""

    document: Mapped[str]
    document_number: Mapped[str]
    document_date: Mapped[date]


class Recorded:
    """Who recorded a row, and when."""

    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class KeyUnitProposal(Owned, Place, Recorded, Base):
    """What is proposed for the list of a year; of an account's year the newest counts. Energy in tce, `direct` in tCO2e."""

    __tablename__ = "key_unit_proposal"
    __table_args__ = (
        CheckConstraint(_one_of("kind", ChangeKind), name="kind"), CheckConstraint("reason_zh <> ''", name="reason"),
        Index(None, "account_id", "year", "recorded_at"), Index(None, "year", "recorded_at"),
    )  # fmt: skip

    year: Mapped[int]
    kind: Mapped[str]
    crossings: Mapped[list[Any]]
    energy: Mapped[Decimal | None]
    direct: Mapped[Decimal | None]
    months: Mapped[int]
    is_verified: Mapped[bool]
    inventory_id: Mapped[UUID | None]
    reason_zh: Mapped[str]
    reason_en: Mapped[str]
    is_manual: Mapped[bool]
    sector: Mapped[str]


class KeyUnitDecision(Paper, Recorded, Base):
    """What another person decided on a proposal; a confirmed one is in force from then on."""

    __tablename__ = "key_unit_decision"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "proposal_id"], ["key_unit_proposal.account_id", "key_unit_proposal.id"]),
        CheckConstraint("reason <> '' and document <> ''", name="texts"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_confirmed: Mapped[bool]
    reason: Mapped[str]


class KeyUnitPost(Owned, Paper, Recorded, Base):
    """Who holds a post of a unit; the newest of a kind counts."""

    __tablename__ = "key_unit_post"
    __table_args__ = (
        CheckConstraint(_one_of("kind", PostKind), name="kind"),
        CheckConstraint("person_name <> '' and title <> '' and document <> ''", name="texts"),
        CheckConstraint("ends_on >= starts_on", name="days"), Index(None, "account_id", "kind", "recorded_at"),
    )  # fmt: skip

    kind: Mapped[str]
    person_name: Mapped[str]
    title: Mapped[str]
    contact: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class KeyUnitReport(Owned, Recorded, Base):
    """A report filed for a duty of a year; the newest counts."""

    __tablename__ = "key_unit_report"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        CheckConstraint("duty <> ''", name="duty"), Index(None, "account_id", "duty", "year"),
    )  # fmt: skip

    duty: Mapped[str]
    year: Mapped[int]
    filed_on: Mapped[date]
    note: Mapped[str]
    evidence_id: Mapped[UUID | None]


class KeyUnitFinding(Owned, Recorded, Base):
    """What a diagnosis (降碳诊断) found. Potentials are of a year, in tce and tCO2e."""

    __tablename__ = "key_unit_finding"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        CheckConstraint(_one_of("area", FindingArea), name="area"),
        CheckConstraint("title <> '' and body <> ''", name="texts"),
        CheckConstraint("potential_tce >= 0 and potential_tco2 >= 0", name="potential"),
    )

    area: Mapped[str]
    title: Mapped[str]
    detail: Mapped[str]
    diagnosed_on: Mapped[date]
    body: Mapped[str]
    potential_tce: Mapped[Decimal | None]
    potential_tco2: Mapped[Decimal | None]
    evidence_id: Mapped[UUID | None]


class KeyUnitFindingStep(Owned, Recorded, Base):
    """What was done about a finding; the newest says where it stands."""

    __tablename__ = "key_unit_finding_step"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "finding_id"], ["key_unit_finding.account_id", "key_unit_finding.id"]),
        CheckConstraint(_one_of("state", FindingState), name="state"), CheckConstraint("note <> ''", name="note"),
        Index(None, "account_id", "finding_id", "recorded_at"),
    )  # fmt: skip

    finding_id: Mapped[UUID]
    state: Mapped[str]
    note: Mapped[str]
    due_on: Mapped[date | None]


class KeyUnitRetrofit(Owned, Place, Recorded, Base):
    """A project of the rolling list (储备清单). Investment in CNY; expected savings of a year in tce and tCO2e."""

    __tablename__ = "key_unit_retrofit"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "finding_id"], ["key_unit_finding.account_id", "key_unit_finding.id"]),
        CheckConstraint(_one_of("kind", RetrofitKind), name="kind"),
        CheckConstraint("name <> '' and content <> '' and basis <> ''", name="texts"),
        CheckConstraint("investment >= 0 and expected_tce >= 0 and expected_tco2 >= 0", name="quantities"),
        CheckConstraint("ends_on >= starts_on", name="days"), Index(None, "division_path", "recorded_at"),
    )  # fmt: skip

    finding_id: Mapped[UUID | None]
    kind: Mapped[str]
    name: Mapped[str]
    content: Mapped[str]
    investment: Mapped[Decimal]
    expected_tce: Mapped[Decimal]
    expected_tco2: Mapped[Decimal]
    basis: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class KeyUnitRetrofitStep(Owned, Recorded, Base):
    """Where a project came to, and on which day; the newest counts."""

    __tablename__ = "key_unit_retrofit_step"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "retrofit_id"], ["key_unit_retrofit.account_id", "key_unit_retrofit.id"]),
        CheckConstraint(_one_of("state", RetrofitState), name="state"),
        Index(None, "account_id", "retrofit_id", "recorded_at"),
    )

    retrofit_id: Mapped[UUID]
    state: Mapped[str]
    happened_on: Mapped[date]
    note: Mapped[str]


class KeyUnitSaving(Owned, Recorded, Base):
    """A comparison of a project's before and after. It counts once another person of the authority confirmed it."""

    __tablename__ = "key_unit_saving"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "retrofit_id"], ["key_unit_retrofit.account_id", "key_unit_retrofit.id"]),
        ForeignKeyConstraint(["account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        CheckConstraint(
            "before_last >= before_first and after_last >= after_first and after_first > before_last", name="days"
        ),
        CheckConstraint("before_output > 0 and after_output > 0", name="outputs"),
        Index(None, "account_id", "retrofit_id", "recorded_at"),
    )

    retrofit_id: Mapped[UUID]
    before_first: Mapped[date]
    before_last: Mapped[date]
    before_tce: Mapped[Decimal]
    before_tco2: Mapped[Decimal]
    before_output: Mapped[Decimal]
    after_first: Mapped[date]
    after_last: Mapped[date]
    after_tce: Mapped[Decimal]
    after_tco2: Mapped[Decimal]
    after_output: Mapped[Decimal]
    output_unit: Mapped[str]
    adjustment_tce: Mapped[Decimal]
    adjustment_tco2: Mapped[Decimal]
    adjustment_reason: Mapped[str]
    saved_tce: Mapped[Decimal]
    saved_tco2: Mapped[Decimal]
    formula: Mapped[str]
    evidence_id: Mapped[UUID | None]


class KeyUnitSavingDecision(Recorded, Base):
    """The second person's word on a comparison."""

    __tablename__ = "key_unit_saving_decision"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "saving_id"], ["key_unit_saving.account_id", "key_unit_saving.id"]),
        CheckConstraint("reason <> ''", name="reason"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    saving_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_confirmed: Mapped[bool]
    reason: Mapped[str]


class KeyUnitBenchmark(Place, Recorded, Base):
    """How the accounts of a sector lie in a year, of at least five, to two figures; the newest counts."""

    __tablename__ = "key_unit_benchmark"
    __table_args__ = (
        CheckConstraint(_one_of("metric", Metric), name="metric"), CheckConstraint("accounts >= 5", name="accounts"),
        CheckConstraint("low <= middle and middle <= high", name="order"),
        Index(None, "division_path", "year", "sector", "metric", "recorded_at"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int]
    sector: Mapped[str]
    metric: Mapped[str]
    accounts: Mapped[int]
    low: Mapped[Decimal]
    middle: Mapped[Decimal]
    high: Mapped[Decimal]


class KeyUnitReference(Place, Paper, Recorded, Base):
    """A reference level (标杆水平, 基准水平) of a product from a day on; of a product, metric and kind the newest counts."""

    __tablename__ = "key_unit_reference"
    __table_args__ = (
        CheckConstraint(_one_of("metric", ReferenceMetric), name="metric"),
        CheckConstraint(_one_of("kind", ReferenceKind), name="kind"), CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("product <> '' and product_unit <> '' and document <> ''", name="texts"),
        Index(None, "product", "starts_on"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product: Mapped[str]
    product_unit: Mapped[str]
    metric: Mapped[str]
    kind: Mapped[str]
    quantity: Mapped[Decimal]
    starts_on: Mapped[date]


class KeyUnitCode(Owned, Recorded, Base):
    """A carbon-efficiency code (碳效码) of a year as it was given; the newest of a year counts."""

    __tablename__ = "key_unit_code"
    __table_args__ = (
        CheckConstraint("level > 0 and ratio >= 0", name="level"),
        Index(None, "account_id", "year", "recorded_at"),
    )

    year: Mapped[int]
    scheme: Mapped[str]
    level: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    ratio: Mapped[Decimal]
    intensity: Mapped[Decimal]
    benchmark_id: Mapped[UUID] = mapped_column(ForeignKey("key_unit_benchmark.id"))
    inventory_id: Mapped[UUID | None]
    is_placeholder: Mapped[bool]


class KeyUnitPassport(Owned, Recorded, Base):
    """What an enterprise agreed to show in public, until when; of an account the newest counts."""

    __tablename__ = "key_unit_passport"
    __table_args__ = (Index(None, "passport_id", "recorded_at"), Index(None, "account_id", "recorded_at"))

    passport_id: Mapped[UUID]
    fields: Mapped[list[Any]]
    valid_until: Mapped[date]
    is_withdrawn: Mapped[bool]
