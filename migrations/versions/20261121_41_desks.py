"""Desks of verification and onboarding, tasks by deadline.

Revision: 0041_desks
Follows: 0040_citizens
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import KIND, OF_OWN_ACCOUNT, ORGANISATION, REGION, SYSTEM, either, kinds, protect, within

revision = "0041_desks"
down_revision = "0040_citizens"
branch_labels = None
depends_on = None

CODE = "credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'"
SHA256 = "sha256 ~ '^[0-9a-f]{64}$'"
REGIONAL = either(SYSTEM, within("division_path"))
OF_VERIFIER = f"({kinds('verifier')} and verifier_id = {ORGANISATION})"
OF_AUTHORITY = f"({kinds('authority')} and organisation_id = {ORGANISATION})"
OF_FILE = f"{KIND} in ('system', 'authority') and file_id in (select id from invitation_file)"
# What concerns an enterprise whose seat lies in the caller's region, or the caller itself: the sub-select is filtered by
# organisation's own policies, which hide the enterprises of other regions.
OF_SEEN_ENTERPRISE = (
    f"({kinds('authority', 'enterprise')} and credit_code in (select o.credit_code from organisation o"
    f" where o.id = {ORGANISATION} or ({kinds('authority')} and starts_with(o.division_path, {REGION}))))"
)
# Terms hold where they were set and below: those above are told as well, and enterprises whose account lies there.
OF_TERMS = (
    f"{SYSTEM} or ({kinds('authority')} and (starts_with(division_path, {REGION}) or starts_with({REGION}, division_path)))"
    f" or ({kinds('enterprise')} and exists (select 1 from carbon_account each"
    " where starts_with(each.division_path, verification_terms.division_path)))"
)


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    _onboarding()
    _inviting()
    _assigning()


def _onboarding() -> None:
    op.create_table(
        "join_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "credit_code", "division_code")),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("contact_name", "contact_email", "contact_phone", "note", "file_name", "media_type")
        ),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("sha256", "object_key", "state")),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state in ('received', 'accepted', 'refused')", name=op.f("ck_join_application_state")),
        sa.CheckConstraint("(state = 'received') = (decided_at is null)", name=op.f("ck_join_application_decided")),
        sa.CheckConstraint(
            "(state = 'accepted') = (organisation_id is not null)", name=op.f("ck_join_application_accepted")
        ),
        sa.CheckConstraint("state <> 'refused' or reason <> ''", name=op.f("ck_join_application_refused")),
        sa.CheckConstraint(CODE, name=op.f("ck_join_application_credit_code")),
        sa.CheckConstraint(f"{SHA256} and size > 0", name=op.f("ck_join_application_file")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_join_application_division_code_division")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_join_application_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_application")),
    )
    op.create_index(
        op.f("ix_join_application_division_path_state"), "join_application", ["division_path", "state"], unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )  # fmt: skip
    op.create_index(
        "uq_join_application_open", "join_application", ["credit_code", "contact_email", "sha256"], unique=True,
        postgresql_where=sa.text("state = 'received'"),
    )  # fmt: skip
    protect(
        "join_application",
        select=REGIONAL,
        insert=SYSTEM,
        update=REGIONAL,
        update_of=("state", "decided_at", "decided_by", "reason", "organisation_id"),
    )


def _inviting() -> None:
    op.create_table(
        "invitation_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("division_path", "file_name", "sha256", "object_key")
        ),
        sa.Column("annotated_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("fault_count", sa.BigInteger(), nullable=False),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('received', 'stored', 'rejected', 'failed')", name=op.f("ck_invitation_file_state")
        ),
        sa.CheckConstraint("(state = 'received') = (finished_at is null)", name=op.f("ck_invitation_file_finished")),
        sa.CheckConstraint(SHA256, name=op.f("ck_invitation_file_sha256")),
        sa.CheckConstraint("row_count >= 0 and fault_count >= 0", name=op.f("ck_invitation_file_counts")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_file_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_file")),
    )
    op.create_index(
        op.f("ix_invitation_file_organisation_id_created_at"), "invitation_file", ["organisation_id", "created_at"],
        unique=False,
    )  # fmt: skip
    op.create_index(
        "uq_invitation_file_stored", "invitation_file", ["organisation_id", "sha256"], unique=True,
        postgresql_where=sa.text("state = 'stored'"),
    )  # fmt: skip
    op.create_table(
        "invited_enterprise",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("administrator", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.CheckConstraint("row > 0", name=op.f("ck_invited_enterprise_row")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["invitation_file.id"], name=op.f("fk_invited_enterprise_file_id_invitation_file")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["organisation.id"], name=op.f("fk_invited_enterprise_enterprise_id_organisation")
        ),
        sa.PrimaryKeyConstraint("file_id", "row", name=op.f("pk_invited_enterprise")),
    )
    op.create_index(op.f("ix_invited_enterprise_enterprise_id"), "invited_enterprise", ["enterprise_id"], unique=False)
    protect(
        "invitation_file",
        select=REGIONAL,
        insert=either(SYSTEM, OF_AUTHORITY),
        update=either(SYSTEM, OF_AUTHORITY),
        update_of=("state", "row_count", "fault_count", "faults", "annotated_key", "finished_at"),
    )
    protect("invited_enterprise", select=OF_FILE, insert=OF_FILE)


def _assigning() -> None:
    op.create_table(
        "verification_assignment",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("account_number", "enterprise_name", "credit_code")
        ),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("verifier_id", sa.Uuid(), nullable=False),
        sa.Column("verifier_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state in ('proposed', 'accepted', 'engaged', 'done', 'declined', 'withdrawn')",
            name=op.f("ck_verification_assignment_state"),
        ),
        sa.CheckConstraint(
            "(state in ('proposed', 'accepted', 'engaged')) = (ended_at is null)",
            name=op.f("ck_verification_assignment_ended"),
        ),
        sa.CheckConstraint(
            "state <> 'engaged' or engagement_id is not null", name=op.f("ck_verification_assignment_engaged")
        ),
        sa.CheckConstraint(CODE, name=op.f("ck_verification_assignment_credit_code")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_verification_assignment_account_id_carbon_account")
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], ["organisation.id"],
                name=op.f(f"fk_verification_assignment_{name}_id_organisation"),
            )
            for name in ("authority", "enterprise", "verifier")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_verification_assignment_engagement_id_engagement")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_verification_assignment")),
    )  # fmt: skip
    op.create_index(
        op.f("ix_verification_assignment_division_path_state"), "verification_assignment", ["division_path", "state"],
        unique=False, postgresql_ops={"division_path": "text_pattern_ops"},
    )  # fmt: skip
    op.create_index(
        op.f("ix_verification_assignment_verifier_id_state"), "verification_assignment", ["verifier_id", "state"],
        unique=False,
    )  # fmt: skip
    op.create_index(
        "uq_verification_assignment_open", "verification_assignment", ["account_id", "year"], unique=True,
        postgresql_where=sa.text("state in ('proposed', 'accepted', 'engaged')"),
    )  # fmt: skip
    op.create_table(
        "verifier_relation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("verifier_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("credit_code", "division_path", "kind")),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_own_word", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('consulting', 'ownership', 'staff', 'other')", name=op.f("ck_verifier_relation_kind")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_verifier_relation_dates")),
        sa.CheckConstraint(CODE, name=op.f("ck_verifier_relation_credit_code")),
        sa.ForeignKeyConstraint(
            ["verifier_id"], ["organisation.id"], name=op.f("fk_verifier_relation_verifier_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifier_relation")),
    )
    op.create_index(
        op.f("ix_verifier_relation_verifier_id_credit_code"), "verifier_relation", ["verifier_id", "credit_code"],
        unique=False,
    )  # fmt: skip
    op.create_table(
        "verification_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("most_years", sa.BigInteger(), nullable=True),
        sa.Column("cooling_years", sa.BigInteger(), nullable=True),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("most_years between 1 and 20", name=op.f("ck_verification_terms_most_years")),
        sa.CheckConstraint("cooling_years between 1 and 20", name=op.f("ck_verification_terms_cooling_years")),
        sa.CheckConstraint("document_title <> ''", name=op.f("ck_verification_terms_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_terms")),
    )
    op.create_index(
        op.f("ix_verification_terms_division_path_recorded_at"), "verification_terms",
        ["division_path", "recorded_at"], unique=False,
    )  # fmt: skip
    protect(
        "verification_assignment",
        select=either(SYSTEM, within("division_path"), OF_VERIFIER, OF_OWN_ACCOUNT),
        insert=either(SYSTEM, within("division_path")),
        update=either(SYSTEM, within("division_path"), OF_VERIFIER, OF_OWN_ACCOUNT),
        update_of=("state", "answered_at", "answer", "engagement_id", "ended_at", "reminded"),
    )
    protect(
        "verifier_relation",
        select=either(SYSTEM, OF_VERIFIER, OF_SEEN_ENTERPRISE, within("division_path")),
        insert=either(SYSTEM, OF_VERIFIER, within("division_path")),
    )
    protect("verification_terms", select=OF_TERMS, insert=either(SYSTEM, within("division_path")))


def downgrade() -> None:
    """Drop the tables; the columns of sub-selects go with their policies."""
    for table in (
        "verification_terms",
        "verifier_relation",
        "verification_assignment",
        "invited_enterprise",
        "invitation_file",
        "join_application",
    ):
        op.drop_table(table)
