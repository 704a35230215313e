"""Imports of green certificates, the generation they come from, and the tickets of the clearing between tenants.

Revision: 0010_gec
Follows: 0009_energy_claims
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import OF_OWN_ACCOUNT, OF_VISIBLE_ACCOUNT, SYSTEM, either, grant, of_account_for, protect

revision = "0010_gec"
down_revision = "0009_energy_claims"
branch_labels = None
depends_on = None

OF_HOLDER_OR_REGISTRAR = either(OF_OWN_ACCOUNT, of_account_for("authority"))


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "clearing_ticket",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('open', 'kept', 'abandoned', 'returned')", name=op.f("ck_clearing_ticket_state")),
        sa.CheckConstraint("state <> 'kept' or movement_id is not null", name=op.f("ck_clearing_ticket_kept_by")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_clearing_ticket_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_clearing_ticket_movement_id_ledger_movement")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_clearing_ticket")),
    )
    op.create_index(
        "ix_clearing_ticket_unsettled",
        "clearing_ticket",
        ["opened_at"],
        unique=False,
        postgresql_where=sa.text("state in ('open', 'abandoned')"),
    )
    op.create_index(
        op.f("ix_clearing_ticket_movement_id"),
        "clearing_ticket",
        ["movement_id"],
        unique=False,
        postgresql_where=sa.text("movement_id is not null"),
    )
    protect("clearing_ticket", select=OF_HOLDER_OR_REGISTRAR, insert=SYSTEM)
    # The import keeps its tickets; only the service gives them up or returns them.
    op.execute(
        f"create policy clearing_ticket_update on clearing_ticket for update using ({OF_HOLDER_OR_REGISTRAR})"
        f" with check ({SYSTEM} or state = 'kept')"
    )
    grant("clearing_ticket", "update (state, movement_id, settled_at)")
    op.create_table(
        "gec_import",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("annotated_key", sa.Text(), nullable=True),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('received', 'stored', 'rejected', 'checked', 'failed')", name=op.f("ck_gec_import_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_gec_import_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_gec_import")),
    )
    op.create_index(op.f("ix_gec_import_account_id_sha256"), "gec_import", ["account_id", "sha256"], unique=False)
    protect("gec_import", select=OF_VISIBLE_ACCOUNT, insert=OF_HOLDER_OR_REGISTRAR)
    # How an import ended is written once; an ended one never changes.
    op.execute(
        f"create policy gec_import_update on gec_import for update using (({OF_HOLDER_OR_REGISTRAR})"
        f" and state = 'received') with check (({OF_HOLDER_OR_REGISTRAR}) and state <> 'received')"
    )
    grant("gec_import", "update (state, summary, annotated_key, group_id, finished_at)")
    op.create_table(
        "gec_generation",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kwh", sa.Numeric(), nullable=False),
        sa.Column("is_forecast", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kwh >= 0", name=op.f("ck_gec_generation_kwh")),
        sa.CheckConstraint("month = date_trunc('month', month)", name=op.f("ck_gec_generation_month")),
        sa.CheckConstraint("revision > 0", name=op.f("ck_gec_generation_revision")),
        sa.CheckConstraint("revision = 1 or is_forecast or reason <> ''", name=op.f("ck_gec_generation_reasoned")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_gec_generation_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_gec_generation")),
        sa.UniqueConstraint(
            "account_id", "project_code", "month", "is_forecast", "revision",
            name="uq_gec_generation_revision",
        ),
    )  # fmt: skip
    protect("gec_generation", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("gec_generation", "gec_import", "clearing_ticket"):
        op.drop_table(table)
