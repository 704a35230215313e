"""The carbon ledger of a jurisdiction: emissions and sinks by division, sector and month, from below and from above.

Revision: 0031_regions
Follows: 0030_admitted
"""

from decimal import Decimal

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    ACTOR,
    KNOWN,
    OF_VISIBLE_ACCOUNT,
    SYSTEM,
    WHOLE,
    either,
    function,
    kinds,
    open_to_owner,
    protect,
    within,
)

revision = "0031_regions"
down_revision = "0030_admitted"
branch_labels = None
depends_on = None

TRIGGERS = (
    ("inventory_stored_noted", "inventory"),
    ("inventory_changed_noted", "inventory"),
    ("account_opened_noted", "carbon_account"),
    ("account_moved_noted", "carbon_account"),
)
FUNCTIONS = ("regions_note_inventories()", "regions_note_account()")
SEEN = either(SYSTEM, within("division_path"))
"""The service, and the authority whose region the row lies in."""

OF_BALANCE = "balance_id in (select id from region_balance)"
# Who entered a version does not decide on it.
SECOND = (
    f"{kinds('authority')} and {OF_BALANCE} and decided_by = {ACTOR} and not exists (select 1 from region_balance each"
    f" where each.id = region_balance_decision.balance_id and each.recorded_by = {ACTOR})"
)


def upgrade() -> None:
    """Create the tables, then their grants and policies, then the functions and triggers."""
    _rollups()
    _figures()
    _balances()
    _open_data()
    op.execute(
        "insert into region_change (account_id) select id from carbon_account"
    )  # what was there before is counted by the first roller


def _amounts(*names: str) -> list[sa.Column[Decimal]]:
    return [sa.Column(name, sa.Numeric(), nullable=False) for name in names]


def _place() -> list[sa.Column[str]]:
    return [
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
    ]


def _rollups() -> None:
    op.create_table(
        "region_change",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_change")),
    )
    op.create_table(
        "region_account",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *_place(),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_region_account_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_region_account")),
    )
    op.create_table(
        "region_account_month",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("inventory_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        *_place(),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        *_amounts("scope1", "scope2_location", "scope2_market", "energy_tce"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_region_account_month_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "month", name=op.f("pk_region_account_month")),
    )
    counted = {
        "region_month": ("month", sa.Date(), "verified_accounts"),
        "region_year": ("year", sa.BigInteger(), "verified_accounts"),
        "region_standing": (None, None, "open_accounts"),
    }
    for table, (key, kind, part) in counted.items():
        sums = ("scope1", "scope2_location", "scope2_market", "energy_tce", "verified_scope1_2")
        op.create_table(
            table,
            *_place(),
            *([] if key is None else [sa.Column(key, kind, nullable=False)]),
            sa.Column("accounts", sa.BigInteger(), nullable=False),
            sa.Column(part, sa.BigInteger(), nullable=False),
            *(_amounts(*sums) if table == "region_month" else ()),
            sa.CheckConstraint(f"accounts > 0 and {part} between 0 and accounts", name=op.f(f"ck_{table}_accounts")),
            sa.ForeignKeyConstraint(
                ["division_code"], ["division.code"], name=op.f(f"fk_{table}_division_code_division")
            ),
            sa.PrimaryKeyConstraint(
                "division_path", "sector", *(() if key is None else (key,)), name=op.f(f"pk_{table}")
            ),
        )
    op.create_table(
        "region_stamp",
        sa.Column("is_only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("ck_region_stamp_only")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_region_stamp")),
    )
    op.execute("insert into region_stamp default values")
    protect("region_stamp", select=kinds("system", "authority"), update=SYSTEM, update_of=("version",))
    protect("region_change", select=SYSTEM, delete=SYSTEM)
    open_to_owner("region_change")
    visible = either(SYSTEM, OF_VISIBLE_ACCOUNT)
    for table, seen in (
        ("region_account", visible),
        ("region_account_month", visible),
        ("region_month", SEEN),
        ("region_year", SEEN),
        ("region_standing", SEEN),
    ):
        protect(table, select=seen, insert=SYSTEM, update=SYSTEM, delete=SYSTEM)
    function("0031_regions.sql")
    for each in FUNCTIONS:
        op.execute(f"revoke execute on function {each} from public")


def _figures() -> None:
    op.create_table(
        "region_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('gdp', 'industrial_value_added', 'population', 'forest_sink', 'grassland_sink', 'wetland_sink',"
            " 'cropland_sink', 'other_sink', 'industrial_processes', 'agriculture', 'waste')",
            name=op.f("ck_region_figure_kind"),
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_region_figure_quantity")),
        sa.CheckConstraint("document <> ''", name=op.f("ck_region_figure_document")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_region_figure_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_figure")),
    )
    op.create_index(
        op.f("ix_region_figure_division_code_year_kind_recorded_at"),
        "region_figure",
        ["division_code", "year", "kind", "recorded_at"],
        unique=False,
    )
    protect("region_figure", select=SEEN, insert=SEEN)


def _balances() -> None:
    op.create_table(
        "region_balance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("fuel_table", sa.Text(), nullable=False),
        sa.Column("assumptions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("document <> ''", name=op.f("ck_region_balance_document")),
        sa.CheckConstraint("version = 1 or note <> ''", name=op.f("ck_region_balance_correction_has_reason")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_region_balance_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_balance")),
        sa.UniqueConstraint(
            "division_code", "year", "version", name=op.f("uq_region_balance_division_code_year_version")
        ),
    )
    op.create_table(
        "region_balance_cell",
        sa.Column("balance_id", sa.Uuid(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("energy", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["balance_id"], ["region_balance.id"], name=op.f("fk_region_balance_cell_balance_id_region_balance")
        ),
        sa.PrimaryKeyConstraint("balance_id", "flow", "sector", "energy", name=op.f("pk_region_balance_cell")),
    )
    op.create_table(
        "region_balance_decision",
        sa.Column("balance_id", sa.Uuid(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_region_balance_decision_reason")),
        sa.ForeignKeyConstraint(
            ["balance_id"], ["region_balance.id"], name=op.f("fk_region_balance_decision_balance_id_region_balance")
        ),
        sa.PrimaryKeyConstraint("balance_id", name=op.f("pk_region_balance_decision")),
    )
    for table in ("region_balance", "region_balance_cell"):
        protect(table, select=SEEN, insert=SEEN)
    protect("region_balance_decision", select=OF_BALANCE, insert=either(SYSTEM, SECOND))


def _open_data() -> None:
    op.create_table(
        "region_open_year",
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("hidden", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_region_open_year_sha256")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_region_open_year")),
    )
    protect("region_open_year", select=KNOWN, insert=either(SYSTEM, WHOLE))


def downgrade() -> None:
    """Drop triggers, functions and tables."""
    for trigger, table in TRIGGERS:
        op.execute(f"drop trigger {trigger} on {table}")
    for each in FUNCTIONS:
        op.execute(f"drop function {each}")
    for table in (
        "region_open_year", "region_stamp", "region_balance_decision", "region_balance_cell", "region_balance", "region_figure", "region_standing", "region_year", "region_month", "region_account_month", "region_account",
        "region_change",
    ):  # fmt: skip
        op.drop_table(table)
