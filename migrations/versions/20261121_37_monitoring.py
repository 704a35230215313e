"""Monthly series and warnings with their responses; notices in the product, by webhook and by e-mail.

Revision: 0037_monitoring
Follows: 0036_key_units
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    ACTOR,
    OF_OWN_ACCOUNT,
    ORGANISATION,
    SYSTEM,
    WHOLE,
    either,
    function,
    kinds,
    open_to_owner,
    protect,
    within,
)

revision = "0037_monitoring"
down_revision = "0036_key_units"
branch_labels = None
depends_on = None

NOTIFY = "monitoring_notify(text, text, text, text, text, text, jsonb, uuid[], uuid, text, text[], uuid[])"
OF_AUTHORITIES = either(SYSTEM, within("division_path"))
BY_ACTOR = f"by is not distinct from {ACTOR}"
# Whoever drafted levels does not decide on them.
SECOND = (
    f"{WHOLE} and decided_by = {ACTOR} and not exists (select 1 from monitoring_terms t"
    f" where t.id = monitoring_terms_decision.terms_id and t.drafted_by = {ACTOR})"
)
STANDING = (
    "state", "level", "level_zh", "level_en", "rank", "is_present", "month", "value", "evidence", "is_placeholder", "owner_id",
    "owner_person_id", "response", "measure", "due_on", "escalated_for", "escalations", "closing_by", "closed_at",
    "closed_by",
)  # fmt: skip
"""What changes of a warning: where it stands. Its cause, and when it was raised, stay."""
FOUND = ("membership", "person")
"""Where the function finds whom a notice is for, under conditions of its own; see `open_to_owner`."""
SENDING = ("state", "attempts", "next_at", "last_at", "last_status", "last_failure", "ended_at")


def upgrade() -> None:
    """Tables, policies and functions."""
    _terms()
    _warnings()
    _notices()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _whens(*names: str, nullable: bool = True) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def _terms() -> None:
    op.create_table(
        "monitoring_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_texts("document_number"),
        sa.Column("document_dated", sa.Date(), nullable=False),
        *_texts("document_title"),
        sa.Column("effective_on", sa.Date(), nullable=False),
        *_texts("reason"),
        *_whens("drafted_at", nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "document_number <> '' and document_title <> '' and reason <> ''", name=op.f("ck_monitoring_terms_texts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_terms")),
    )
    op.create_index(op.f("ix_monitoring_terms_drafted_at"), "monitoring_terms", ["drafted_at"], unique=False)
    op.create_table(
        "monitoring_terms_decision",
        sa.Column("terms_id", sa.Uuid(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        *_texts("reason"),
        *_whens("decided_at", nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["monitoring_terms.id"], name=op.f("fk_monitoring_terms_decision_terms_id_monitoring_terms")
        ),
        sa.PrimaryKeyConstraint("terms_id", name=op.f("pk_monitoring_terms_decision")),
    )
    seen = kinds("system", "authority")
    protect(
        "monitoring_terms", select=seen,
        insert=f"({either(SYSTEM, WHOLE)}) and drafted_by is not distinct from {ACTOR}",
    )  # fmt: skip
    protect("monitoring_terms_decision", select=seen, insert=either(SYSTEM, SECOND))


def _warnings() -> None:
    op.create_table(
        "monitoring_evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_texts("division_code", "division_path"),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("terms_id", sa.Uuid(), nullable=True),
        sa.Column("is_placeholder", sa.Boolean(), nullable=False),
        *[
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("looked_at", "raised", "reopened", "worsened", "cleared")
        ],
        sa.Column("untold", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_whens("evaluated_at", nullable=False),
        sa.Column("evaluated_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_monitoring_evaluation_division_code_division")
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["monitoring_terms.id"], name=op.f("fk_monitoring_evaluation_terms_id_monitoring_terms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_evaluation")),
    )
    op.create_index(
        op.f("ix_monitoring_evaluation_division_path_evaluated_at"), "monitoring_evaluation",
        ["division_path", "evaluated_at"], unique=False,
    )  # fmt: skip
    op.create_table(
        "monitoring_warning",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_texts("kind", "division_code", "division_path", "sector"),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=False),
        *_texts("state", "level", "level_zh", "level_en"),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("is_present", sa.Boolean(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_placeholder", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_person_id", sa.Uuid(), nullable=True),
        *_texts("response", "measure"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("escalated_for", sa.Date(), nullable=True),
        sa.Column("escalations", sa.BigInteger(), nullable=False),
        *_whens("raised_at", nullable=False),
        sa.Column("closing_by", sa.Uuid(), nullable=True),
        *_whens("closed_at"),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("former_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('growth', 'budget', 'intensity')", name=op.f("ck_monitoring_warning_kind")),
        sa.CheckConstraint(
            "state in ('open', 'responding', 'closing', 'closed')", name=op.f("ck_monitoring_warning_state")
        ),
        sa.CheckConstraint("(state = 'closed') = (closed_at is not null)", name=op.f("ck_monitoring_warning_closed")),
        sa.CheckConstraint(
            "closed_by is null or closing_by is null or closed_by <> closing_by",
            name=op.f("ck_monitoring_warning_second_person"),
        ),
        sa.CheckConstraint("rank >= 0 and escalations >= 0", name=op.f("ck_monitoring_warning_counts")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_monitoring_warning_division_code_division")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_monitoring_warning_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisation.id"], name=op.f("fk_monitoring_warning_owner_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["owner_person_id"], ["person.id"], name=op.f("fk_monitoring_warning_owner_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["former_id"], ["monitoring_warning.id"], name=op.f("fk_monitoring_warning_former_id_monitoring_warning")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_warning")),
    )
    op.create_index(
        "uq_monitoring_warning_open", "monitoring_warning", ["kind", "division_code", "sector", "account_id", "year"],
        unique=True, postgresql_where=sa.text("state <> 'closed'"), postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_index(
        op.f("ix_monitoring_warning_division_path_raised_at"), "monitoring_warning", ["division_path", "raised_at"],
        unique=False, postgresql_ops={"division_path": "text_pattern_ops"},
    )  # fmt: skip
    op.create_index(op.f("ix_monitoring_warning_account_id"), "monitoring_warning", ["account_id"], unique=False)
    op.create_index(
        "ix_monitoring_warning_due", "monitoring_warning", ["due_on"], unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
    )  # fmt: skip
    op.create_table(
        "monitoring_step",
        sa.Column("warning_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_texts("division_path", "kind", "note"),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_whens("at", nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('raised', 'worsened', 'eased', 'confirmed', 'cleared', 'reopened', 'assigned', 'responded',"
            " 'followed_up', 'escalated', 'closure_proposed', 'closure_refused', 'closed')",
            name=op.f("ck_monitoring_step_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["warning_id"], ["monitoring_warning.id"], name=op.f("fk_monitoring_step_warning_id_monitoring_warning")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_monitoring_step_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("warning_id", "id", name=op.f("pk_monitoring_step")),
    )
    protect("monitoring_evaluation", select=OF_AUTHORITIES, insert=OF_AUTHORITIES)
    # A key unit sees the warnings of its own budget; what authorities do about them is theirs.
    protect(
        "monitoring_warning",
        select=either(SYSTEM, within("division_path"), f"account_id is not null and {OF_OWN_ACCOUNT}"),
        insert=OF_AUTHORITIES, update=OF_AUTHORITIES, update_of=STANDING,
    )  # fmt: skip
    protect("monitoring_step", select=OF_AUTHORITIES, insert=f"({OF_AUTHORITIES}) and {BY_ACTOR}")


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *_texts("key", "kind", "subject_zh", "subject_en", "text_zh", "text_en"),
        sa.Column("link", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_whens("created_at", nullable=False),
        sa.CheckConstraint(
            "kind <> '' and key <> '' and subject_zh <> '' and subject_en <> ''", name=op.f("ck_notice_texts")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notice_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("organisation_id", "key", name=op.f("uq_notice_organisation_id_key")),
    )
    op.create_index(op.f("ix_notice_created_at"), "notice", ["created_at"], unique=False)
    op.create_table(
        "notice_reader",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *_whens("read_at"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_reader_person_id_person")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_reader_notice_id_notice")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notice_reader_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("person_id", "notice_id", name=op.f("pk_notice_reader")),
    )
    op.create_index(op.f("ix_notice_reader_notice_id"), "notice_reader", ["notice_id"], unique=False)
    op.create_index(
        "ix_notice_reader_unread", "notice_reader", ["person_id", "organisation_id"], unique=False,
        postgresql_where=sa.text("read_at is null"),
    )  # fmt: skip
    op.create_table(
        "notice_preference",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        *_whens("changed_at", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_preference_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_preference")),
    )
    op.create_table(
        "notice_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *_texts("url", "description"),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        *_whens("created_at", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        *_whens("failing_since", "disabled_at", "removed_at"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notice_endpoint_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_endpoint")),
    )
    op.create_index(op.f("ix_notice_endpoint_organisation_id"), "notice_endpoint", ["organisation_id"], unique=False)
    op.create_table(
        "notice_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        *_texts("channel"),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("endpoint_id", sa.Uuid(), nullable=True),
        *_texts("state"),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        *_whens("created_at", nullable=False),
        *_whens("next_at", "last_at"),
        sa.Column("last_status", sa.BigInteger(), nullable=True),
        *_texts("last_failure"),
        *_whens("ended_at"),
        sa.CheckConstraint("channel in ('email', 'webhook')", name=op.f("ck_notice_delivery_channel")),
        sa.CheckConstraint("(channel = 'email') = (person_id is not null)", name=op.f("ck_notice_delivery_person")),
        sa.CheckConstraint(
            "(channel = 'webhook') = (endpoint_id is not null)", name=op.f("ck_notice_delivery_endpoint")
        ),
        sa.CheckConstraint(
            "state in ('waiting', 'delivered', 'dropped', 'dead')", name=op.f("ck_notice_delivery_state")
        ),
        sa.CheckConstraint("(state = 'waiting') = (next_at is not null)", name=op.f("ck_notice_delivery_next")),
        sa.CheckConstraint("(state = 'waiting') = (ended_at is null)", name=op.f("ck_notice_delivery_ended")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notice_delivery_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_delivery_notice_id_notice")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_delivery_person_id_person")),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["notice_endpoint.id"], name=op.f("fk_notice_delivery_endpoint_id_notice_endpoint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
    )
    op.create_index(
        op.f("ix_notice_delivery_organisation_id_id"), "notice_delivery", ["organisation_id", "id"], unique=False
    )
    op.create_index(op.f("ix_notice_delivery_notice_id"), "notice_delivery", ["notice_id"], unique=False)
    op.create_index(
        "ix_notice_delivery_due", "notice_delivery", ["next_at"], unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    of_own = either(SYSTEM, f"organisation_id = {ORGANISATION}")
    own = either(SYSTEM, f"person_id = {ACTOR}")
    protect("notice", select=of_own, delete=SYSTEM)
    protect("notice_reader", select=own, update=own, update_of=("read_at",), delete=SYSTEM)
    protect("notice_preference", select=own, insert=own, update=own)
    protect(
        "notice_endpoint", select=of_own, insert=f"{kinds('authority')} and organisation_id = {ORGANISATION}", update=of_own,
        update_of=("failing_since", "disabled_at", "removed_at"),
    )  # fmt: skip
    protect("notice_delivery", select=of_own, update=of_own, update_of=SENDING, delete=SYSTEM)
    for table in ("notice", "notice_reader", "notice_preference", "notice_endpoint", "notice_delivery", *FOUND):
        open_to_owner(table)
    function("0037_monitoring.sql", NOTIFY)


def downgrade() -> None:
    """Drop them."""
    op.execute(f"drop function {NOTIFY}")
    for table in FOUND:
        op.execute(f"drop policy {table}_owner on {table}")
    for table in (
        "notice_delivery", "notice_endpoint", "notice_preference", "notice_reader", "notice", "monitoring_step",
        "monitoring_warning", "monitoring_evaluation", "monitoring_terms_decision", "monitoring_terms",
    ):  # fmt: skip
        op.drop_table(table)
