"""Tables of quota compliance: facilities, data, allocations, duties, surrenders, carry-overs.

Revision: 0014_quotas
Follows: 0013_market
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    KIND,
    OF_OWN_ACCOUNT,
    OF_VISIBLE_ACCOUNT,
    SYSTEM,
    WHOLE,
    either,
    grant,
    kinds,
    of_account_for,
    protect,
)

revision = "0014_quotas"
down_revision = "0013_market"
branch_labels = None
depends_on = None

SIGNED_IN = f"{KIND} not in ('', 'nobody', 'bank')"


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "quota_balance_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "sector in ('power', 'steel', 'cement', 'aluminium')", name=op.f("ck_quota_balance_value_sector")
        ),
        sa.CheckConstraint("value > 0", name=op.f("ck_quota_balance_value_value")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_balance_value")),
    )
    op.create_index(
        op.f("ix_quota_balance_value_sector_year_entered_at"),
        "quota_balance_value",
        ["sector", "year", "entered_at"],
        unique=False,
    )
    op.create_table(
        "quota_converted",
        sa.Column("serials", postgresql.INT8RANGE(), nullable=False),
        sa.Column("carry_over_id", sa.Uuid(), nullable=False),
        sa.Column("converted_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint((sa.column("serials"), "&&"), using="gist", name="ex_quota_converted_serials"),
        sa.CheckConstraint(
            "not isempty(serials) and not lower_inf(serials) and not upper_inf(serials)",
            name=op.f("ck_quota_converted_serials"),
        ),
        sa.PrimaryKeyConstraint("serials", name=op.f("pk_quota_converted")),
    )
    op.create_table(
        "quota_allocation",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("computed", sa.Numeric(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("issued_before", sa.Numeric(), nullable=False),
        sa.Column("return_due", sa.Numeric(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revocation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("(state = 'proposed') = (decided_at is null)", name=op.f("ck_quota_allocation_decided")),
        sa.CheckConstraint("(state = 'revoked') = (revoked_at is not null)", name=op.f("ck_quota_allocation_revoked")),
        sa.CheckConstraint("stage in ('pre', 'final')", name=op.f("ck_quota_allocation_stage")),
        sa.CheckConstraint(
            "state <> 'issued' or (quantity = 0) = (movement_id is null)",
            name=op.f("ck_quota_allocation_issued_by_movement"),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'issued', 'rejected', 'revoked')", name=op.f("ck_quota_allocation_state")
        ),
        sa.CheckConstraint(
            "decided_by is null or decided_by is distinct from proposed_by",
            name=op.f("ck_quota_allocation_two_persons"),
        ),
        sa.CheckConstraint("quantity = 0 or return_due = 0", name=op.f("ck_quota_allocation_one_direction")),
        sa.CheckConstraint(
            "quantity >= 0 and return_due >= 0 and issued_before >= 0", name=op.f("ck_quota_allocation_quantities")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_quota_allocation_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_quota_allocation_movement_id_ledger_movement")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_quota_allocation")),
    )
    op.create_index(
        "ix_quota_allocation_waiting",
        "quota_allocation",
        ["state", "proposed_at"],
        unique=False,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        "uq_quota_allocation_standing",
        "quota_allocation",
        ["account_id", "year", "stage"],
        unique=True,
        postgresql_where=sa.text("state in ('proposed', 'issued')"),
    )
    op.create_table(
        "quota_closing",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("obligation", sa.Numeric(), nullable=False),
        sa.Column("settled", sa.Numeric(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_quota_closing_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "year", name=op.f("pk_quota_closing")),
    )
    op.create_table(
        "quota_facility",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("unit_class", sa.Text(), nullable=True),
        sa.Column("cooling", sa.Text(), nullable=True),
        sa.Column("is_pure_condensing", sa.Boolean(), nullable=True),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Numeric(), nullable=True),
        sa.Column("capacity_unit", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(sector <> 'power') = (line is not null)", name=op.f("ck_quota_facility_line")),
        sa.CheckConstraint("(sector = 'power') = (unit_class is not null)", name=op.f("ck_quota_facility_unit_class")),
        sa.CheckConstraint(
            "sector in ('power', 'steel', 'cement', 'aluminium')", name=op.f("ck_quota_facility_sector")
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_quota_facility_capacity")),
        sa.CheckConstraint("until is null or until >= since", name=op.f("ck_quota_facility_dates")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_quota_facility_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_quota_facility")),
        sa.UniqueConstraint("account_id", "code", name=op.f("uq_quota_facility_account_id_code")),
    )
    op.create_table(
        "quota_surrender",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("obligation", sa.Numeric(), nullable=False),
        sa.Column("obligation_basis", sa.Text(), nullable=False),
        sa.Column("settled_before", sa.Numeric(), nullable=False),
        sa.Column("cea", sa.Numeric(), nullable=False),
        sa.Column("ccer", sa.Numeric(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("surrendered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("surrendered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("cea >= 0 and ccer >= 0 and cea + ccer > 0", name=op.f("ck_quota_surrender_quantities")),
        sa.CheckConstraint(
            "settled_before + cea + ccer <= ceil(obligation)", name=op.f("ck_quota_surrender_not_more_than_owed")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_quota_surrender_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_quota_surrender")),
        sa.UniqueConstraint("number", name=op.f("uq_quota_surrender_number")),
    )
    op.create_index(op.f("ix_quota_surrender_account_id_year"), "quota_surrender", ["account_id", "year"], unique=False)
    op.create_table(
        "quota_allocation_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("computed", sa.Numeric(), nullable=False),
        sa.Column("verified", sa.Numeric(), nullable=True),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "allocation_id"],
            ["quota_allocation.account_id", "quota_allocation.id"],
            name=op.f("fk_quota_allocation_line_account_id_allocation_id_quota_allocation"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "facility_id"],
            ["quota_facility.account_id", "quota_facility.id"],
            name=op.f("fk_quota_allocation_line_account_id_facility_id_quota_facility"),
        ),
        sa.PrimaryKeyConstraint("account_id", "allocation_id", "facility_id", name=op.f("pk_quota_allocation_line")),
    )
    op.create_table(
        "quota_carry_over",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("net_sales", sa.Numeric(), nullable=False),
        sa.Column("maximum", sa.Numeric(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("serials", postgresql.INT8MULTIRANGE(), nullable=False),
        sa.Column("lodged_on", sa.Date(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'applied') = (decided_at is null)", name=op.f("ck_quota_carry_over_decided")),
        sa.CheckConstraint(
            "sector in ('power', 'steel', 'cement', 'aluminium')", name=op.f("ck_quota_carry_over_sector")
        ),
        sa.CheckConstraint("state in ('applied', 'approved', 'rejected')", name=op.f("ck_quota_carry_over_state")),
        sa.CheckConstraint("quantity > 0 and quantity <= maximum", name=op.f("ck_quota_carry_over_within_maximum")),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_quota_carry_over_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_quota_carry_over_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_quota_carry_over")),
    )
    op.create_index(
        op.f("ix_quota_carry_over_account_id_applied_at"),
        "quota_carry_over",
        ["account_id", "applied_at"],
        unique=False,
    )
    op.create_index(
        "ix_quota_carry_over_waiting",
        "quota_carry_over",
        ["state", "applied_at"],
        unique=False,
        postgresql_where=sa.text("state = 'applied'"),
    )
    op.create_table(
        "quota_duty_entry",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("month", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(kind = 'done') = (done_on is not null)", name=op.f("ck_quota_duty_entry_done_on")),
        sa.CheckConstraint("kind in ('owner', 'done', 'reopened')", name=op.f("ck_quota_duty_entry_kind")),
        sa.CheckConstraint("month between 1 and 12", name=op.f("ck_quota_duty_entry_month")),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_quota_duty_entry_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_quota_duty_entry_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_quota_duty_entry")),
    )
    op.create_index(
        "ix_quota_duty_entry_newest",
        "quota_duty_entry",
        ["account_id", "year", "duty", "month", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "quota_output",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("mwh", sa.Numeric(), nullable=True),
        sa.Column("gj", sa.Numeric(), nullable=True),
        sa.Column("heat_ratio", sa.Numeric(), nullable=True),
        sa.Column("load", sa.Numeric(), nullable=True),
        sa.Column("output", sa.Numeric(), nullable=True),
        sa.Column("output_unit", sa.Text(), nullable=False),
        sa.Column("intensity", sa.Numeric(), nullable=True),
        sa.Column("emissions", sa.Numeric(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("month between 1 and 12", name=op.f("ck_quota_output_month")),
        sa.CheckConstraint("year >= 2018", name=op.f("ck_quota_output_year")),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_quota_output_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "facility_id"],
            ["quota_facility.account_id", "quota_facility.id"],
            name=op.f("fk_quota_output_account_id_facility_id_quota_facility"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_quota_output")),
    )
    op.create_index(
        "ix_quota_output_newest",
        "quota_output",
        ["account_id", "facility_id", "year", "month", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "quota_surrender_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("surrender_id", sa.Uuid(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("movement_number", sa.BigInteger(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("vintage", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("serials", postgresql.INT8MULTIRANGE(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quota_surrender_line_quantity")),
        sa.ForeignKeyConstraint(
            ["account_id", "surrender_id"],
            ["quota_surrender.account_id", "quota_surrender.id"],
            name=op.f("fk_quota_surrender_line_account_id_surrender_id_quota_surrender"),
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_quota_surrender_line_movement_id_ledger_movement")
        ),
        sa.PrimaryKeyConstraint("account_id", "surrender_id", "movement_id", name=op.f("pk_quota_surrender_line")),
    )
    op.create_table(
        "quota_verified",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=True),
        sa.Column("emissions", sa.Numeric(), nullable=False),
        sa.Column("intensity", sa.Numeric(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("entered_kind", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("emissions >= 0", name=op.f("ck_quota_verified_emissions")),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_quota_verified_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "facility_id"],
            ["quota_facility.account_id", "quota_facility.id"],
            name=op.f("fk_quota_verified_account_id_facility_id_quota_facility"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_quota_verified_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_quota_verified")),
    )
    op.create_index(
        "ix_quota_verified_newest", "quota_verified", ["account_id", "year", "facility_id", "entered_at"], unique=False
    )
    # Receipts are numbered once for the whole jurisdiction, whatever runs side by side.
    op.execute("create sequence quota_surrender_number")
    grant("sequence quota_surrender_number", "usage")

    authority = of_account_for("authority")
    protect("quota_facility", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT, update=OF_OWN_ACCOUNT)
    protect("quota_output", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    protect("quota_verified", select=OF_VISIBLE_ACCOUNT, insert=of_account_for("authority", "verifier"))
    protect("quota_balance_value", select=SIGNED_IN, insert=either(SYSTEM, WHOLE))
    protect("quota_allocation", select=OF_VISIBLE_ACCOUNT, insert=authority, update=authority)
    protect("quota_allocation_line", select=OF_VISIBLE_ACCOUNT, insert=authority)
    protect("quota_duty_entry", select=OF_VISIBLE_ACCOUNT, insert=either(OF_OWN_ACCOUNT, authority))
    protect("quota_surrender", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    protect("quota_surrender_line", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    protect("quota_carry_over", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT, update=authority)
    # A run of serials tells nothing of its holder; whoever buys converted units must be able to see that they are.
    protect("quota_converted", select=SIGNED_IN, insert=either(SYSTEM, kinds("authority")))
    protect("quota_closing", select=OF_VISIBLE_ACCOUNT, insert=authority)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("quota_verified")
    op.drop_table("quota_surrender_line")
    op.drop_table("quota_output")
    op.drop_table("quota_duty_entry")
    op.drop_table("quota_carry_over")
    op.drop_table("quota_allocation_line")
    op.drop_table("quota_surrender")
    op.drop_table("quota_facility")
    op.drop_table("quota_closing")
    op.drop_table("quota_allocation")
    op.drop_table("quota_converted")
    op.drop_table("quota_balance_value")
    op.execute("drop sequence quota_surrender_number")
