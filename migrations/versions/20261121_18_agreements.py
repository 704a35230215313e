"""What an enterprise opens to a bank: finer scopes, and requests of banks.

Revision: 0018_agreements
Follows: 0017_transfer_speed
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import KIND, ORGANISATION, SYSTEM, consenting, either, function, kinds, protect, within

revision = "0018_agreements"
down_revision = "0017_transfer_speed"
branch_labels = None
depends_on = None

SCOPES = "cardinality(scopes) > 0 and scopes <@ array['account', 'score', 'indicators', 'statement', 'pledge']"
ENGAGED = (
    f"select enterprise_id from engagement where verifier_id = {ORGANISATION} and ended_at is null"
    " and (now() at time zone 'Asia/Shanghai')::date between starts_on and ends_on"
)
CONSENTED = (
    f"select enterprise_id from consent where bank_id = {ORGANISATION} and revoked_at is null"
    " and 'account' = any(scopes) and (now() at time zone 'Asia/Shanghai')::date between starts_on and ends_on"
)


def upgrade() -> None:
    """Rename the old scope, let every consent open the account, then the requests with their policies."""
    rename("scores", "score")
    op.create_check_constraint(op.f("ck_consent_scopes"), "consent", SCOPES)
    show_accounts(consenting("account"))
    op.create_table(
        "consent_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("asked_for", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state in ('asked', 'granted', 'declined', 'withdrawn', 'lapsed')", name=op.f("ck_consent_request_state")
        ),
        sa.CheckConstraint("(state = 'asked') = (ended_at is null)", name=op.f("ck_consent_request_ended")),
        sa.CheckConstraint("(state = 'granted') = (consent_id is not null)", name=op.f("ck_consent_request_granted")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_consent_request_dates")),
        sa.ForeignKeyConstraint(["bank_id"], ["organisation.id"], name=op.f("fk_consent_request_bank_id_organisation")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["organisation.id"], name=op.f("fk_consent_request_enterprise_id_organisation")
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_consent_request_consent_id_consent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_request")),
    )
    op.create_index(op.f("ix_consent_request_bank_id"), "consent_request", ["bank_id"], unique=False)
    op.create_index(op.f("ix_consent_request_enterprise_id"), "consent_request", ["enterprise_id"], unique=False)
    op.create_index(
        "uq_consent_request_open",
        "consent_request",
        ["bank_id", "enterprise_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    sides = either(SYSTEM, f"enterprise_id = {ORGANISATION}", f"bank_id = {ORGANISATION}")
    protect(
        "consent_request",
        select=sides,
        insert=either(SYSTEM, f"{kinds('bank')} and bank_id = {ORGANISATION}"),
        update=sides,
        update_of=("state", "ended_at", "ended_by", "answer", "consent_id"),
    )
    op.create_index(
        "ix_audit_event_consent_asked",
        "audit_event",
        ["chain_id", "at"],
        unique=False,
        postgresql_where=sa.text("action = 'identity:request_consent'"),
    )
    function("0018_agreements.sql", "consent_enterprise(text)")


def downgrade() -> None:
    """Drop the requests; the one scope of before."""
    op.execute("drop function consent_enterprise(text)")
    op.drop_index("ix_audit_event_consent_asked", "audit_event")
    op.drop_table("consent_request")
    show_accounts(CONSENTED)
    op.drop_constraint(op.f("ck_consent_scopes"), "consent")
    rename("score", "scores")


def rename(before: str, after: str) -> None:
    """Rename a scope in every consent, as the service: policies bind whoever migrates too."""
    op.execute("select set_config('carbon.kind', 'system', true)")
    op.execute(f"update consent set scopes = array_replace(scopes, '{before}', '{after}')")
    op.execute("select set_config('carbon.kind', '', true)")


def show_accounts(consented: str) -> None:
    """Say again who sees an account; a bank sees those of these enterprises."""
    tests = either(
        SYSTEM,
        f"{kinds('enterprise')} and organisation_id = {ORGANISATION}",
        within("division_path"),
        f"{kinds('verifier')} and organisation_id in ({ENGAGED})",
        f"{KIND} = 'bank' and organisation_id in ({consented})",
    )
    op.execute(f"alter policy carbon_account_select on carbon_account using ({tests})")
