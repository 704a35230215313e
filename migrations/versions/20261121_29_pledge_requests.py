"""Pledges a bank asks for, and how long messages to banks are kept.

Revision: 0029_pledge_requests
Follows: 0028_batches
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import OF_OWN_ACCOUNT, ORGANISATION, either, function, kinds, open_to_owner, protect

revision = "0029_pledge_requests"
down_revision = "0028_batches"
branch_labels = None
depends_on = None

OF_OWN_BANK = f"{kinds('bank')} and bank_id = {ORGANISATION}"
CALLED = ("lending_forget(timestamptz, timestamptz, bigint)",)
"""What the application calls."""
EVENTS = "kind in ('score.changed', 'consent.granted', 'consent.revoked', 'credential.revoked'{more})"


def upgrade() -> None:
    """Create the table, its grants and policies, the indexes that forgetting needs, then the functions and triggers."""
    op.create_table(
        "pledge_request",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("account_number", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("serials", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("pledged_until", sa.Date(), nullable=True),
        sa.Column("price_cny", sa.Numeric(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("lapsed_because", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(state = 'accepted') = (hold_id is not null)", name=op.f("ck_pledge_request_accepted")),
        sa.CheckConstraint("(state = 'asked') = (ended_at is null)", name=op.f("ck_pledge_request_ended")),
        sa.CheckConstraint("(state = 'lapsed') = (lapsed_because <> '')", name=op.f("ck_pledge_request_lapsed")),
        sa.CheckConstraint(
            "lapsed_because in ('', 'time', 'consent_ended')", name=op.f("ck_pledge_request_lapsed_because")
        ),
        sa.CheckConstraint("price_cny > 0", name=op.f("ck_pledge_request_price")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_pledge_request_quantity")),
        sa.CheckConstraint(
            "state in ('asked', 'accepted', 'declined', 'withdrawn', 'lapsed')", name=op.f("ck_pledge_request_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_pledge_request_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["organisation.id"], name=op.f("fk_pledge_request_bank_id_organisation")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["ledger_batch.id"], name=op.f("fk_pledge_request_batch_id_ledger_batch")
        ),
        sa.ForeignKeyConstraint(
            ["class_code"], ["ledger_class.code"], name=op.f("fk_pledge_request_class_code_ledger_class")
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_pledge_request_consent_id_consent")),
        sa.ForeignKeyConstraint(["hold_id"], ["ledger_hold.id"], name=op.f("fk_pledge_request_hold_id_ledger_hold")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_pledge_request")),
    )
    op.create_index(op.f("ix_pledge_request_bank_id_id"), "pledge_request", ["bank_id", "id"], unique=False)
    op.create_index(op.f("ix_pledge_request_consent_id"), "pledge_request", ["consent_id"], unique=False)
    op.create_index(
        "uq_pledge_request_open",
        "pledge_request",
        ["bank_id", "account_id", "class_code", "reference"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    sides = either(OF_OWN_ACCOUNT, OF_OWN_BANK)
    protect(
        "pledge_request",
        select=sides,
        insert=OF_OWN_BANK,
        update=sides,
        update_of=("state", "ended_at", "ended_by", "lapsed_because", "answer", "hold_id"),
    )
    open_to_owner("pledge_request")
    note_kinds(", 'pledge.answered'")
    op.create_index(
        "ix_webhook_delivery_ended",
        "webhook_delivery",
        ["ended_at"],
        unique=False,
        postgresql_where=sa.text("ended_at is not null"),
    )
    op.create_index(op.f("ix_bank_event_at"), "bank_event", ["at"], unique=False)
    function("0029_pledge_requests.sql", *CALLED)


def downgrade() -> None:
    """Drop triggers, functions, indexes and the table; events that tell of answers go with it."""
    op.execute("drop trigger pledge_request_answered on pledge_request")
    op.execute("drop trigger consent_ended_pledge_requests on consent")
    for signature in (*CALLED, "lending_pledge_answered()", "lending_pledge_requests_ended()"):
        op.execute(f"drop function {signature}")
    op.drop_index(op.f("ix_bank_event_at"), "bank_event")
    op.drop_index("ix_webhook_delivery_ended", "webhook_delivery")
    op.execute(
        "delete from webhook_delivery where event_id in (select id from bank_event where kind = 'pledge.answered')"
    )
    op.execute("delete from bank_event where kind = 'pledge.answered'")
    note_kinds("")
    op.drop_table("pledge_request")


def note_kinds(more: str) -> None:
    """Say again which kinds of events there are."""
    op.drop_constraint(op.f("ck_bank_event_kind"), "bank_event")
    op.create_check_constraint(op.f("ck_bank_event_kind"), "bank_event", EVENTS.format(more=more))
