"""The board of requests and offers: listings, whose they are, matches, what was settled.

Revision: 0013_market
Follows: 0012_programmes
"""

import sqlalchemy as sa
from alembic import op

from migrations.toolkit import OF_OWN_ACCOUNT, SYSTEM, either, kinds, protect

revision = "0013_market"
down_revision = "0012_programmes"
branch_labels = None
depends_on = None

ON_THE_BOARD = kinds("system", "enterprise", "authority")
LISTS = kinds("system", "enterprise")
VISIBLE = "(select id from carbon_account)"
"""Accounts the caller sees; carbon_account's own policy filters the sub-select once a statement."""
LISTED = "(select listing_id from market_owner)"
"""Listings of accounts the caller sees."""
LISTED_BY_ME = f"(select listing_id from market_owner where {OF_OWN_ACCOUNT})"
ANSWERED = "(select listing_id from market_match)"


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "market_listing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("open_quantity", sa.Numeric(), nullable=False),
        sa.Column("minimum", sa.Numeric(), nullable=True),
        sa.Column("price", sa.Numeric(), nullable=True),
        sa.Column("vintage", sa.BigInteger(), nullable=True),
        sa.Column("produced_from", sa.Date(), nullable=True),
        sa.Column("produced_to", sa.Date(), nullable=True),
        sa.Column("technologies", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("units_valid_until", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side in ('offer', 'request')", name=op.f("ck_market_listing_side")),
        sa.CheckConstraint("state in ('open', 'matched', 'withdrawn', 'lapsed')", name=op.f("ck_market_listing_state")),
        sa.CheckConstraint(
            "quantity > 0 and open_quantity >= 0 and open_quantity <= quantity",
            name=op.f("ck_market_listing_quantity"),
        ),
        sa.CheckConstraint("state <> 'open' or open_quantity > 0", name=op.f("ck_market_listing_open")),
        sa.CheckConstraint("price > 0", name=op.f("ck_market_listing_price")),
        sa.ForeignKeyConstraint(
            ["class_code"], ["ledger_class.code"], name=op.f("fk_market_listing_class_code_ledger_class")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_listing")),
    )
    op.create_index(
        op.f("ix_market_listing_class_code_side_posted_at"),
        "market_listing",
        ["class_code", "side", "posted_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        op.f("ix_market_listing_valid_until"),
        "market_listing",
        ["valid_until"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "market_owner",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("listed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["hold_id"], ["ledger_hold.id"], name=op.f("fk_market_owner_hold_id_ledger_hold")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["market_listing.id"], name=op.f("fk_market_owner_listing_id_market_listing")
        ),
        sa.PrimaryKeyConstraint("account_id", "listing_id", name=op.f("pk_market_owner")),
    )
    op.create_index(op.f("ix_market_owner_listing_id"), "market_owner", ["listing_id"], unique=True)
    op.create_table(
        "market_match",
        sa.Column("responder_account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("price", sa.Numeric(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lister_account_id", sa.Uuid(), nullable=True),
        sa.Column("responder_name", sa.Text(), nullable=False),
        sa.Column("lister_name", sa.Text(), nullable=False),
        sa.Column("vintage", sa.BigInteger(), nullable=True),
        sa.Column("produced_from", sa.Date(), nullable=True),
        sa.Column("produced_to", sa.Date(), nullable=True),
        sa.Column("technologies", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("units_valid_until", sa.Date(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("movement_id", sa.Uuid(), nullable=True),
        sa.Column("movement_number", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side in ('offer', 'request')", name=op.f("ck_market_match_side")),
        sa.CheckConstraint(
            "state in ('proposed', 'confirmed', 'offered', 'settled', 'refused', 'withdrawn', 'lapsed')",
            name=op.f("ck_market_match_state"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_market_match_quantity")),
        sa.CheckConstraint(
            "state <> 'settled' or movement_id is not null and confirmed_at is not null",
            name=op.f("ck_market_match_settled"),
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["ledger_hold.id"], name=op.f("fk_market_match_hold_id_ledger_hold")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["market_listing.id"], name=op.f("fk_market_match_listing_id_market_listing")
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_market_match_movement_id_ledger_movement")
        ),
        sa.PrimaryKeyConstraint("responder_account_id", "id", name=op.f("pk_market_match")),
    )
    op.create_index(op.f("ix_market_match_listing_id"), "market_match", ["listing_id"], unique=False)
    op.create_index(
        op.f("ix_market_match_lapses_at"),
        "market_match",
        ["lapses_at"],
        unique=False,
        postgresql_where=sa.text("state in ('proposed', 'confirmed', 'offered')"),
    )
    op.create_table(
        "market_trade",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("price", sa.Numeric(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_market_trade_quantity")),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_market_trade")),
    )
    op.create_index(op.f("ix_market_trade_settled_on"), "market_trade", ["settled_on"], unique=False)

    # Banks and verifiers see nothing of the board. An enterprise sees what is open, what it listed, what it answered.
    protect(
        "market_owner",
        select=f"{ON_THE_BOARD} and account_id in {VISIBLE}",
        insert=f"{LISTS} and {OF_OWN_ACCOUNT}",
    )
    protect(
        "market_match",
        select=f"{ON_THE_BOARD} and (responder_account_id in {VISIBLE} or listing_id in {LISTED})",
        insert=f"{LISTS} and {OF_OWN_ACCOUNT.replace('account_id in', 'responder_account_id in', 1)}",
        update=f"{LISTS} and (responder_account_id in {VISIBLE} or listing_id in {LISTED_BY_ME})",
    )
    protect(
        "market_listing",
        select=either(
            kinds("system", "authority"),
            f"{kinds('enterprise')} and (state = 'open' or id in {LISTED} or id in {ANSWERED})",
        ),
        insert=LISTS,
        update=f"{LISTS} and id in {LISTED_BY_ME}",
    )
    # The volumes are the authority's; who settles writes its own line and cannot read the others'.
    protect("market_trade", select=either(SYSTEM, kinds("authority")), insert=LISTS)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("market_trade", "market_match", "market_owner", "market_listing"):
        op.execute(f"drop table {table} cascade")
