"""Carbon budgets that reserve: drafted, approved, decomposed, adjusted by entries, tracked and projected.

Revision: 0032_budgets
Follows: 0031_regions
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    ACTOR,
    OF_OWN_ACCOUNT,
    REGION,
    SYSTEM,
    WHOLE,
    either,
    function,
    kinds,
    open_to_owner,
    protect,
    within,
)

revision = "0032_budgets"
down_revision = "0031_regions"
branch_labels = None
depends_on = None

OF_AUTHORITIES = either(SYSTEM, within("division_path"))
BY_AUTHORITIES = kinds("system", "authority")
OF_PLAN = "plan_id in (select id from budget_plan)"
OF_LINE = "line_id in (select id from budget_line)"
# Whoever wrote a revision of the plan does not decide on it.
SECOND = (
    f"{kinds('authority')} and {OF_PLAN} and decided_by = {ACTOR} and not exists (select 1 from budget_plan_revision each"
    f" where each.plan_id = budget_plan_decision.plan_id and each.recorded_by = {ACTOR})"
)
# A division does not grant itself a budget: its own is handed down, unless it is the whole jurisdiction.
BELOW = (
    f"({kinds('authority')} and starts_with(division_path, {REGION})"
    f" and (division_path <> {REGION} or account_id is not null))"
)
APPROVED = (
    "exists (select 1 from budget_plan_decision each where each.plan_id = budget_line.plan_id and each.is_approved)"
)
# The figures no document publishes hold everywhere: whoever may read a budget is told them.
TOLD = kinds("system", "authority", "enterprise", "verifier")
PROPOSED = f"{WHOLE} and recorded_by = {ACTOR}"
RULED = (
    f"{WHOLE} and decided_by = {ACTOR} and not exists (select 1 from budget_rule each"
    f" where each.id = budget_rule_decision.rule_id and each.recorded_by = {ACTOR})"
)
BY_ACTOR = either(SYSTEM, f"{kinds('authority')} and recorded_by = {ACTOR}")


def upgrade() -> None:
    """Create the tables, then the ledger's functions, grants and policies."""
    op.create_table(
        "budget_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "name <> '' and document_number <> '' and document_title <> ''", name=op.f("ck_budget_plan_texts")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_budget_plan_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_plan")),
    )
    op.create_index(
        op.f("ix_budget_plan_division_path_created_at"), "budget_plan", ["division_path", "created_at"], unique=False
    )
    op.create_table(
        "budget_plan_revision",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_budget_plan_revision_sha256")),
        sa.CheckConstraint("revision > 0", name=op.f("ck_budget_plan_revision_revision")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["budget_plan.id"], name=op.f("fk_budget_plan_revision_plan_id_budget_plan")
        ),
        sa.PrimaryKeyConstraint("plan_id", "revision", name=op.f("pk_budget_plan_revision")),
    )
    op.create_table(
        "budget_plan_decision",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id", "revision"],
            ["budget_plan_revision.plan_id", "budget_plan_revision.revision"],
            name=op.f("fk_budget_plan_decision_plan_id_revision_budget_plan_revision"),
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_budget_plan_decision")),
    )
    op.create_table(
        "budget_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("first_year", sa.BigInteger(), nullable=False),
        sa.Column("last_year", sa.BigInteger(), nullable=False),
        sa.Column("tonnes", sa.Numeric(), nullable=False),
        sa.Column("withheld", sa.Numeric(), nullable=False),
        sa.Column("intensity_target", sa.Numeric(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(level = 'key_unit') = (account_id is not null)", name=op.f("ck_budget_line_unit")),
        sa.CheckConstraint("account_id is null or sector = ''", name=op.f("ck_budget_line_sector")),
        sa.CheckConstraint(
            "level in ('province', 'city', 'district', 'county', 'zone', 'key_unit')", name=op.f("ck_budget_line_level")
        ),
        sa.CheckConstraint(
            "method in ('history', 'benchmark', 'output', 'manual')", name=op.f("ck_budget_line_method")
        ),
        sa.CheckConstraint("intensity_target > 0", name=op.f("ck_budget_line_intensity_target")),
        sa.CheckConstraint("last_year in (first_year, first_year + 4)", name=op.f("ck_budget_line_years")),
        sa.CheckConstraint("tonnes >= 0 and withheld >= 0 and withheld <= tonnes", name=op.f("ck_budget_line_tonnes")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_budget_line_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_budget_line_division_code_division")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["budget_plan.id"], name=op.f("fk_budget_line_plan_id_budget_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
        sa.UniqueConstraint(
            "division_code",
            "account_id",
            "sector",
            "first_year",
            "last_year",
            name="uq_budget_line_key",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("ix_budget_line_account_id_first_year"), "budget_line", ["account_id", "first_year"], unique=False
    )
    op.create_index(
        op.f("ix_budget_line_division_path_first_year"),
        "budget_line",
        ["division_path", "first_year"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_table(
        "budget_balance",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("approved", sa.Numeric(), nullable=False),
        sa.Column("adjusted", sa.Numeric(), nullable=False),
        sa.Column("moved", sa.Numeric(), nullable=False),
        sa.Column("handed", sa.Numeric(), nullable=False),
        sa.Column("withheld", sa.Numeric(), nullable=False),
        sa.Column("available", sa.Numeric(), nullable=False),
        sa.Column("reserved", sa.Numeric(), nullable=False),
        sa.Column("posted", sa.Numeric(), nullable=False),
        sa.Column("retired", sa.Numeric(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "approved + adjusted + moved = handed + withheld + available + reserved + posted + retired",
            name=op.f("ck_budget_balance_sum"),
        ),
        sa.CheckConstraint("available >= 0", name=op.f("ck_budget_balance_available")),
        sa.CheckConstraint(
            "handed >= 0 and withheld >= 0 and reserved >= 0 and posted >= 0 and retired >= 0",
            name=op.f("ck_budget_balance_parts"),
        ),
        sa.ForeignKeyConstraint(["line_id"], ["budget_line.id"], name=op.f("fk_budget_balance_line_id_budget_line")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_budget_balance")),
    )
    op.create_table(
        "budget_reservation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("reference_kind", sa.Text(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("reference_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "reference_kind <> '' and reference_name <> '' and reason <> ''", name=op.f("ck_budget_reservation_texts")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_budget_reservation_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_reservation")),
    )
    op.create_index(
        op.f("ix_budget_reservation_division_path_recorded_at"),
        "budget_reservation",
        ["division_path", "recorded_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_budget_reservation_reference_kind_reference_id"),
        "budget_reservation",
        ["reference_kind", "reference_id"],
        unique=False,
    )
    op.create_table(
        "budget_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("reservation_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=True),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('approve', 'adjust', 'withhold', 'reserve', 'release', 'post', 'transfer')",
            name=op.f("ck_budget_entry_kind"),
        ),
        sa.CheckConstraint(
            "kind not in ('approve', 'adjust', 'withhold', 'transfer') or (document_number <> '' and document_title <> '' and document_dated is not null)",
            name=op.f("ck_budget_entry_document"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_budget_entry_reason")),
        sa.ForeignKeyConstraint(["plan_id"], ["budget_plan.id"], name=op.f("fk_budget_entry_plan_id_budget_plan")),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["budget_reservation.id"],
            name=op.f("fk_budget_entry_reservation_id_budget_reservation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_entry")),
    )
    op.create_index(op.f("ix_budget_entry_recorded_at"), "budget_entry", ["recorded_at"], unique=False)
    op.create_index(op.f("ix_budget_entry_reservation_id"), "budget_entry", ["reservation_id"], unique=False)
    op.create_table(
        "budget_posting",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("pocket", sa.Text(), nullable=False),
        sa.Column("tonnes", sa.Numeric(), nullable=False),
        sa.CheckConstraint(
            "pocket in ('approved', 'adjusted', 'moved', 'handed', 'withheld', 'available', 'reserved', 'posted', 'retired')",
            name=op.f("ck_budget_posting_pocket"),
        ),
        sa.CheckConstraint("tonnes <> 0", name=op.f("ck_budget_posting_tonnes")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["budget_entry.id"], name=op.f("fk_budget_posting_entry_id_budget_entry")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["budget_line.id"], name=op.f("fk_budget_posting_line_id_budget_line")),
        sa.PrimaryKeyConstraint("line_id", "entry_id", "pocket", name=op.f("pk_budget_posting")),
    )
    op.create_index(op.f("ix_budget_posting_entry_id"), "budget_posting", ["entry_id"], unique=False)
    op.create_table(
        "budget_projection",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("through", sa.Date(), nullable=True),
        sa.Column("missing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("low", sa.Numeric(), nullable=True),
        sa.Column("projected", sa.Numeric(), nullable=True),
        sa.Column("high", sa.Numeric(), nullable=True),
        sa.Column("error_percent", sa.Numeric(), nullable=True),
        sa.Column("tested", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note_zh", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("error_percent >= 0", name=op.f("ck_budget_projection_error_percent")),
        sa.CheckConstraint("low <= projected and projected <= high", name=op.f("ck_budget_projection_band")),
        sa.ForeignKeyConstraint(["line_id"], ["budget_line.id"], name=op.f("fk_budget_projection_line_id_budget_line")),
        sa.PrimaryKeyConstraint("line_id", "id", name=op.f("pk_budget_projection")),
    )
    op.create_index(
        op.f("ix_budget_projection_line_id_kept_at"), "budget_projection", ["line_id", "kept_at"], unique=False
    )
    function("0032_budgets.sql")
    for name in ("budget_balance_begins()", "budget_balance_grows()"):
        op.execute(f"revoke execute on function {name} from public")
    op.execute(
        "create trigger budget_line_balanced after insert on budget_line"
        " for each row execute function budget_balance_begins()"
    )
    op.execute(
        "create trigger budget_posting_balanced after insert on budget_posting referencing new table as posted"
        " for each statement execute function budget_balance_grows()"
    )
    _rules()
    protect("budget_plan", select=OF_AUTHORITIES, insert=OF_AUTHORITIES)
    protect("budget_plan_revision", select=OF_PLAN, insert=f"{OF_PLAN} and ({BY_ACTOR})")
    protect("budget_plan_decision", select=OF_PLAN, insert=either(SYSTEM, SECOND))
    protect(
        "budget_line",
        select=either(SYSTEM, within("division_path"), OF_OWN_ACCOUNT),
        insert=f"({either(SYSTEM, WHOLE, BELOW)}) and {APPROVED}",
    )
    # Amounts are the functions' alone; the one column of the application's lets it lock the row.
    protect(
        "budget_balance", select=OF_LINE, update=f"{OF_LINE} and {BY_AUTHORITIES}", update_of=("held",), is_sealed=True
    )
    protect("budget_reservation", select=OF_AUTHORITIES, insert=f"({OF_AUTHORITIES}) and ({BY_ACTOR})")
    protect("budget_posting", select=OF_LINE, insert=f"{OF_LINE} and {BY_AUTHORITIES}")
    protect("budget_entry", select="id in (select entry_id from budget_posting)", insert=BY_ACTOR)
    open_to_owner("budget_entry")
    protect("budget_projection", select=OF_LINE, insert=f"{OF_LINE} and {BY_AUTHORITIES}")


def _rules() -> None:
    op.create_table(
        "budget_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('elastic_percent', 'replacement_ratio')", name=op.f("ck_budget_rule_kind")),
        sa.CheckConstraint(
            "value >= case kind when 'replacement_ratio' then 1 else 0 end", name=op.f("ck_budget_rule_value")
        ),
        sa.CheckConstraint(
            "document_number <> '' and document_title <> '' and reason <> ''", name=op.f("ck_budget_rule_texts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_rule")),
    )
    op.create_index(op.f("ix_budget_rule_kind_effective_on"), "budget_rule", ["kind", "effective_on"], unique=False)
    op.create_table(
        "budget_rule_decision",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_budget_rule_decision_reason")),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["budget_rule.id"], name=op.f("fk_budget_rule_decision_rule_id_budget_rule")
        ),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_budget_rule_decision")),
    )
    protect("budget_rule", select=TOLD, insert=either(SYSTEM, PROPOSED))
    protect("budget_rule_decision", select=TOLD, insert=either(SYSTEM, RULED))


def downgrade() -> None:
    """Drop the tables and the functions."""
    op.drop_table("budget_rule_decision")
    op.drop_table("budget_rule")
    op.drop_table("budget_projection")
    op.drop_table("budget_balance")
    # The policy of entries looks into the postings, that of lines into the decisions.
    for table in ("budget_posting", "budget_entry", "budget_reservation", "budget_line", "budget_plan_decision"):
        op.execute(f"drop table {table} cascade")
    op.drop_table("budget_plan_revision")
    op.drop_table("budget_plan")
    op.execute("drop function budget_balance_grows()")
    op.execute("drop function budget_balance_begins()")
