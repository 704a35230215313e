"""Regional programmes: settings over the pack, participants, registrations, submissions; trees, purchases, payments.

Revision: 0012_programmes
Follows: 0011_ccer
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    KIND,
    OF_OWN_ACCOUNT,
    OF_VISIBLE_ACCOUNT,
    ORGANISATION,
    SYSTEM,
    WHOLE,
    either,
    kinds,
    of_account_for,
    protect,
    within,
)

revision = "0012_programmes"
down_revision = "0011_ccer"
branch_labels = None
depends_on = None

SIGNED_IN = f"{KIND} not in ('', 'nobody')"
OF_PARTICIPANT = f"{kinds('authority')} and account_id in (select id from programme_participant)"
"""Rows of a participant of the caller's region; programme_participant's own policy filters the sub-select."""
SEEN = either(SYSTEM, OF_VISIBLE_ACCOUNT, OF_PARTICIPANT)
OWN = either(SYSTEM, OF_OWN_ACCOUNT, OF_PARTICIPANT)
JUDGED = either(of_account_for("authority"), OF_PARTICIPANT, SYSTEM)
KEPT = f"{within('division_path')} and organisation_id = {ORGANISATION}"


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "programme_setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("methodology", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_setting")),
        sa.UniqueConstraint(
            "programme", "methodology", "version", name=op.f("uq_programme_setting_programme_methodology_version")
        ),
    )
    op.create_table(
        "programme_participant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_programme_participant_division_code_division")
        ),
        sa.ForeignKeyConstraint(["id"], ["ledger_account.id"], name=op.f("fk_programme_participant_id_ledger_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_programme_participant_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_participant")),
        sa.UniqueConstraint("programme", "code", name=op.f("uq_programme_participant_programme_code")),
    )
    op.create_index(
        op.f("ix_programme_participant_division_path"),
        "programme_participant",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_table(
        "programme_registration",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("methodology", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "state in ('submitted', 'approved', 'rejected')", name=op.f("ck_programme_registration_state")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_programme_registration")),
        sa.UniqueConstraint("account_id", "code", name=op.f("uq_programme_registration_account_id_code")),
    )
    op.create_index(
        op.f("ix_programme_registration_programme_state"),
        "programme_registration",
        ["programme", "state"],
        unique=False,
    )
    op.create_table(
        "programme_submission",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("methodology", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("computed", sa.Numeric(), nullable=True),
        sa.Column("quantity", sa.Numeric(), nullable=True),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("setting_id", sa.Uuid(), nullable=True),
        sa.Column("pack_sha256", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("movement_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revocation", sa.Text(), server_default=sa.text("''"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("registration_id"), "="),
            (sa.text("daterange(period_from, period_to, '[]')"), "&&"),
            where=sa.text("state not in ('rejected', 'revoked')"),
            using="gist",
            name="ex_programme_submission_period",
        ),
        sa.CheckConstraint(
            "(state in ('approved', 'revoked')) = (movement_id is not null)",
            name=op.f("ck_programme_submission_issued"),
        ),
        sa.CheckConstraint(
            "(state = 'revoked') = (revoked_at is not null)", name=op.f("ck_programme_submission_revoked")
        ),
        sa.CheckConstraint(
            "state in ('submitted', 'approved', 'rejected', 'revoked')", name=op.f("ck_programme_submission_state")
        ),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_programme_submission_period")),
        sa.ForeignKeyConstraint(
            ["account_id", "registration_id"],
            ["programme_registration.account_id", "programme_registration.id"],
            name=op.f("fk_programme_submission_account_id_registration_id_programme_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_programme_submission_movement_id_ledger_movement")
        ),
        sa.ForeignKeyConstraint(
            ["pack_sha256"], ["pack_version.sha256"], name=op.f("fk_programme_submission_pack_sha256_pack_version")
        ),
        sa.ForeignKeyConstraint(
            ["setting_id"], ["programme_setting.id"], name=op.f("fk_programme_submission_setting_id_programme_setting")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_programme_submission")),
    )
    op.create_index(
        op.f("ix_programme_submission_account_id_programme_methodology_period_to"),
        "programme_submission",
        ["account_id", "programme", "methodology", "period_to"],
        unique=False,
    )
    op.create_index(
        op.f("ix_programme_submission_programme_state"), "programme_submission", ["programme", "state"], unique=False
    )
    op.create_table(
        "programme_use",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("methodology", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("cap_period", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_programme_use_quantity")),
        sa.PrimaryKeyConstraint(
            "programme", "methodology", "period_start", "cap_period", name=op.f("pk_programme_use")
        ),
    )
    op.create_table(
        "tree_household",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("mu", sa.Numeric(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("mu > 0", name=op.f("ck_tree_household_mu")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_tree_household_division_code_division")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_tree_household_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree_household")),
        sa.UniqueConstraint("programme", "code", name=op.f("uq_tree_household_programme_code")),
    )
    op.create_index(
        op.f("ix_tree_household_division_path"),
        "tree_household",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_table(
        "tree_stand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("first_year", sa.BigInteger(), nullable=False),
        sa.Column("last_year", sa.BigInteger(), nullable=False),
        sa.Column("species", sa.Text(), nullable=False),
        sa.Column("photographs", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("programme"), "="),
            (sa.text("int8range(first_number, last_number, '[]')"), "&&"),
            (sa.text("int8range(first_year, last_year, '[]')"), "&&"),
            using="gist",
            name="ex_tree_stand_numbers",
        ),
        sa.CheckConstraint("first_number > 0 and last_number >= first_number", name=op.f("ck_tree_stand_numbers")),
        sa.CheckConstraint("last_year >= first_year", name=op.f("ck_tree_stand_years")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["tree_household.id"], name=op.f("fk_tree_stand_household_id_tree_household")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree_stand")),
    )
    op.create_index(op.f("ix_tree_stand_household_id"), "tree_stand", ["household_id"], unique=False)
    op.create_table(
        "tree_purchase",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("trees", sa.BigInteger(), nullable=False),
        sa.Column("yuan_per_tree", sa.Numeric(), nullable=False),
        sa.Column("yuan", sa.Numeric(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("beneficiary", sa.Text(), nullable=False),
        sa.Column("pack_sha256", sa.Text(), nullable=False),
        sa.Column("purchased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purchased_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("trees > 0", name=op.f("ck_tree_purchase_trees")),
        sa.ForeignKeyConstraint(
            ["pack_sha256"], ["pack_version.sha256"], name=op.f("fk_tree_purchase_pack_sha256_pack_version")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_tree_purchase")),
    )
    op.create_table(
        "tree_purchase_part",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("stand_id", sa.Uuid(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("programme"), "="),
            (sa.column("year"), "="),
            (sa.text("int8range(first_number, last_number, '[]')"), "&&"),
            using="gist",
            name="ex_tree_purchase_part_numbers",
        ),
        sa.CheckConstraint(
            "first_number > 0 and last_number >= first_number", name=op.f("ck_tree_purchase_part_numbers")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "purchase_id"],
            ["tree_purchase.account_id", "tree_purchase.id"],
            name=op.f("fk_tree_purchase_part_account_id_purchase_id_tree_purchase"),
        ),
        sa.ForeignKeyConstraint(
            ["stand_id"], ["tree_stand.id"], name=op.f("fk_tree_purchase_part_stand_id_tree_stand")
        ),
        sa.PrimaryKeyConstraint("account_id", "purchase_id", "first_number", name=op.f("pk_tree_purchase_part")),
    )
    op.create_table(
        "tree_payment",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("trees", sa.BigInteger(), nullable=False),
        sa.Column("yuan", sa.Numeric(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(state = 'paid') = (paid_on is not null)", name=op.f("ck_tree_payment_paid")),
        sa.CheckConstraint("state in ('due', 'paid')", name=op.f("ck_tree_payment_state")),
        sa.ForeignKeyConstraint(
            ["account_id", "purchase_id"],
            ["tree_purchase.account_id", "tree_purchase.id"],
            name=op.f("fk_tree_payment_account_id_purchase_id_tree_purchase"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["tree_household.id"], name=op.f("fk_tree_payment_household_id_tree_household")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_tree_payment")),
        sa.UniqueConstraint(
            "account_id",
            "purchase_id",
            "household_id",
            name=op.f("uq_tree_payment_account_id_purchase_id_household_id"),
        ),
    )
    op.create_index(
        op.f("ix_tree_payment_division_path"),
        "tree_payment",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_index(op.f("ix_tree_payment_household_id"), "tree_payment", ["household_id"], unique=False)

    # Terms of the methodologies are everybody's to read, like the pack they stand over.
    protect("programme_setting", select=SIGNED_IN, insert=either(SYSTEM, WHOLE))
    # The total is everybody's together, so that every authority that approves counts in it; it is no longer than that.
    counts = kinds("system", "authority")
    protect("programme_use", select=counts, insert=counts, update=counts, update_of=("quantity",))
    seen_here = either(SYSTEM, within("division_path"))
    protect("programme_participant", select=seen_here, insert=either(SYSTEM, KEPT))
    for table in ("programme_registration", "programme_submission"):
        protect(table, select=SEEN, insert=OWN, update=JUDGED)
    protect("tree_household", select=seen_here, insert=either(SYSTEM, KEPT), update=seen_here)
    # Who buys trees looks for them by number and place; whose they are, only the authority sees.
    protect("tree_stand", select=either(seen_here, kinds("enterprise")), insert=seen_here)
    protect("tree_purchase", select=SEEN, insert=OWN)
    protect("tree_purchase_part", select=SEEN, insert=OWN)
    protect("tree_payment", select=either(SEEN, within("division_path")), insert=OWN, update=seen_here)


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "tree_payment", "tree_purchase_part", "tree_purchase", "tree_stand", "tree_household", "programme_use",
        "programme_submission", "programme_registration", "programme_participant", "programme_setting",
    ):  # fmt: skip
        op.execute(f"drop table {table} cascade")
