"""Word to banks that something changed, and loan files.

Revision: 0027_webhooks
Follows: 0026_esg_exports
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import ORGANISATION, SYSTEM, either, function, kinds, open_to_owner, protect

revision = "0027_webhooks"
down_revision = "0026_esg_exports"
branch_labels = None
depends_on = None

OWN = either(SYSTEM, f"{kinds('bank')} and bank_id = {ORGANISATION}")
ASKED = f"{kinds('bank')} and bank_id = {ORGANISATION}"
CALLED = (
    "lending_note_scores(uuid[], uuid[])",
    "lending_endpoints_due(bigint)",
    "lending_loan_files_over(bigint)",
)
"""What the application calls."""
INNER = ("lending_note(uuid, text, uuid, uuid, uuid, jsonb)",)
TRIGGERS = (
    ("consent_granted_noted", "consent"),
    ("consent_revoked_noted", "consent"),
    ("credential_revoked_noted", "score_credential"),
)


def upgrade() -> None:
    """Create the tables, then their grants and policies, then the functions and triggers."""
    op.create_table(
        "bank_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("score_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "kind in ('score.changed', 'consent.granted', 'consent.revoked', 'credential.revoked')",
            name=op.f("ck_bank_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_bank_event_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["organisation.id"], name=op.f("fk_bank_event_bank_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_event")),
    )
    op.create_index(op.f("ix_bank_event_bank_id_at"), "bank_event", ["bank_id", "at"], unique=False)
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("secret_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("former_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_because", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(disabled_at is null) = (disabled_because = '')", name=op.f("ck_webhook_endpoint_disabled")
        ),
        sa.CheckConstraint(
            "disabled_because in ('', 'asked', 'failing', 'gone')", name=op.f("ck_webhook_endpoint_disabled_because")
        ),
        sa.CheckConstraint("(former_sealed is null) = (former_until is null)", name=op.f("ck_webhook_endpoint_former")),
        sa.CheckConstraint("cardinality(events) > 0", name=op.f("ck_webhook_endpoint_events")),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["organisation.id"], name=op.f("fk_webhook_endpoint_bank_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_index(op.f("ix_webhook_endpoint_bank_id"), "webhook_endpoint", ["bank_id"], unique=False)
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.BigInteger(), nullable=True),
        sa.Column("last_failure", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (ended_at is null)", name=op.f("ck_webhook_delivery_ended")),
        sa.CheckConstraint("(state = 'waiting') = (next_at is not null)", name=op.f("ck_webhook_delivery_next")),
        sa.CheckConstraint(
            "state in ('waiting', 'delivered', 'dropped', 'dead')", name=op.f("ck_webhook_delivery_state")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["organisation.id"], name=op.f("fk_webhook_delivery_bank_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_delivery_endpoint_id_webhook_endpoint")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["bank_event.id"], name=op.f("fk_webhook_delivery_event_id_bank_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["endpoint_id", "next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_webhook_delivery_endpoint_id_id"), "webhook_delivery", ["endpoint_id", "id"], unique=False)
    op.create_index(op.f("ix_webhook_delivery_event_id"), "webhook_delivery", ["event_id"], unique=False)
    op.create_table(
        "loan_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("object_key", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sha256", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state in ('refused', 'deleted')) = (ended_at is not null)", name=op.f("ck_loan_file_ended")
        ),
        sa.CheckConstraint(
            "state <> 'ready' or (object_key <> '' and expires_at is not null)", name=op.f("ck_loan_file_ready")
        ),
        sa.CheckConstraint("state in ('asked', 'ready', 'refused', 'deleted')", name=op.f("ck_loan_file_state")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_loan_file_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["organisation.id"], name=op.f("fk_loan_file_bank_id_organisation")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_loan_file_consent_id_consent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_file")),
    )
    op.create_index(op.f("ix_loan_file_account_id"), "loan_file", ["account_id"], unique=False)
    op.create_index(op.f("ix_loan_file_bank_id_id"), "loan_file", ["bank_id", "id"], unique=False)
    op.create_index(
        "ix_loan_file_kept",
        "loan_file",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state in ('asked', 'ready')"),
    )
    # ### end Alembic commands ###
    protect("bank_event", select=OWN, is_sealed=True)
    protect("webhook_endpoint", select=OWN, insert=ASKED, update=OWN)
    protect("webhook_delivery", select=OWN, update=OWN)
    protect("loan_file", select=OWN, insert=ASKED, update=OWN)
    for table in ("webhook_endpoint", "webhook_delivery", "loan_file"):
        open_to_owner(table)
    function("0027_webhooks.sql", *CALLED)
    for signature in INNER:
        op.execute(f"revoke execute on function {signature} from public")


def downgrade() -> None:
    """Drop triggers, functions and tables."""
    for trigger, table in TRIGGERS:
        op.execute(f"drop trigger {trigger} on {table}")
    for signature in (*CALLED, *INNER, "lending_consent_noted()", "lending_credential_noted()"):
        op.execute(f"drop function {signature}")
    for table in ("loan_file", "webhook_delivery", "webhook_endpoint", "bank_event"):
        op.drop_table(table)
