"""What banks read: the log, the credentials, and the server functions that are the only way to a score.

Revision: 0024_lending
Follows: 0023_account_statements
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import OF_OWN_ACCOUNT, ORGANISATION, SYSTEM, either, function, kinds, open_to_owner, protect

revision = "0024_lending"
down_revision = "0023_account_statements"
branch_labels = None
depends_on = None

CALLED = (
    "lending_serve(text[], text[], uuid[], text[])",
    "lending_told(text[], text, bigint, text, text, text, uuid, text)",
    "lending_open(text[], text, text, text, uuid, text)",
    "lending_history(text, bigint, bigint, uuid, text)",
    "lending_batch(text[], text[], boolean, text, uuid, uuid, text)",
    "lending_material(uuid, uuid)",
    "lending_keep(jsonb)",
    "lending_reads_of(uuid, uuid, bigint)",
)
"""What the application calls."""
INNER = (
    "lending_admitted(uuid, text[], text, timestamptz)",
    "lending_entry(uuid, text, text, text, text, uuid, text[], date, date, timestamptz, text, text)",
    "lending_covers(text[], text)",
    "lending_passed(uuid)",
    "lending_reader()",
    "lending_gate(uuid)",
)
READ_BY_FUNCTIONS = ("consent", "document_key", "organisation", "score")
"""What the functions look into, under conditions of their own, as into `carbon_account`; see `open_to_owner`."""


def upgrade() -> None:
    """Create the tables, then their grants and policies, then the functions and triggers."""
    op.create_table(
        "consent_read",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("needed", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("account_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("consent_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("correlation_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("cardinality(account_ids) = cardinality(consent_ids)", name=op.f("ck_consent_read_pairs")),
        sa.CheckConstraint("what ~ '^[a-z_]+$'", name=op.f("ck_consent_read_what")),
        sa.ForeignKeyConstraint(["bank_id"], ["organisation.id"], name=op.f("fk_consent_read_bank_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_read")),
    )
    # Ids of this kind do not get smaller by trying.
    op.execute(
        "alter table consent_read alter account_ids set storage external, alter consent_ids set storage external"
    )
    op.create_index(op.f("ix_consent_read_bank_id_id"), "consent_read", ["bank_id", "id"], unique=False)
    op.create_index(
        op.f("ix_consent_read_account_ids"), "consent_read", ["account_ids"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "score_credential",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("score_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("status_list", sa.BigInteger(), nullable=False),
        sa.Column("status_index", sa.BigInteger(), nullable=False),
        sa.Column("served", sa.Text(), nullable=False),
        sa.Column("withheld", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "(revoked_at is null) = (revoked_because = '')", name=op.f("ck_score_credential_revocation")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_score_credential_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "score_id"],
            ["score.account_id", "score.id"],
            name=op.f("fk_score_credential_account_id_score_id_score"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["organisation.id"], name=op.f("fk_score_credential_bank_id_organisation")
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_score_credential_consent_id_consent")),
        sa.ForeignKeyConstraint(["key_id"], ["document_key.id"], name=op.f("fk_score_credential_key_id_document_key")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_score_credential")),
        sa.UniqueConstraint(
            "score_id", "consent_id", "key_id", name=op.f("uq_score_credential_score_id_consent_id_key_id")
        ),
        sa.UniqueConstraint("status_list", "status_index", name=op.f("uq_score_credential_status_list_status_index")),
    )
    op.create_index(
        op.f("ix_score_credential_account_id_score_id"), "score_credential", ["account_id", "score_id"], unique=False
    )
    op.create_index(op.f("ix_score_credential_consent_id"), "score_credential", ["consent_id"], unique=False)
    op.create_index(
        "ix_score_credential_revoked",
        "score_credential",
        ["status_list", "status_index"],
        unique=False,
        postgresql_where=sa.text("revoked_at is not null"),
    )
    op.execute("create sequence score_credential_slot minvalue 0")
    # A bank sees its own log; an enterprise asks the function for its part. What is withheld is the enterprise's alone.
    protect("consent_read", select=either(SYSTEM, f"{kinds('bank')} and bank_id = {ORGANISATION}"), is_sealed=True)
    protect("score_credential", select=OF_OWN_ACCOUNT, is_sealed=True)
    for table in READ_BY_FUNCTIONS:
        open_to_owner(table)
    function("0024_lending.sql", *CALLED)
    for signature in INNER:
        op.execute(f"revoke execute on function {signature} from public")


def downgrade() -> None:
    """Drop triggers, functions and tables."""
    op.execute("drop trigger score_stored on score")
    op.execute("drop trigger consent_ended on consent")
    for signature in (*CALLED, *INNER, "lending_consent_ended()", "lending_score_stored()"):
        op.execute(f"drop function {signature}")
    for table in READ_BY_FUNCTIONS:
        op.execute(f"drop policy {table}_owner on {table}")
    op.drop_table("score_credential")
    op.drop_table("consent_read")
    op.execute("drop sequence score_credential_slot")
