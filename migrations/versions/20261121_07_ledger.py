"""The ledger of units: classes, accounts, batches, movements, postings, lots, holds, the journal chain.

Revision: 0007_ledger
Follows: 0006_emissions
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    KIND,
    KNOWN,
    ORGANISATION,
    SYSTEM,
    WHOLE,
    either,
    function,
    grant,
    kinds,
    open_to_owner,
    protect,
    within,
)

revision = "0007_ledger"
down_revision = "0006_emissions"
branch_labels = None
depends_on = None

SIGNED_IN = f"{KIND} not in ('', 'nobody')"
OF_HOLDER = either(SYSTEM, f"{KIND} <> 'bank' and account_id in (select id from ledger_account)")
"""Rows of a holder the caller sees; ledger_account's own policy filters this sub-select once a statement."""
TABLES = (
    "ledger_check", "ledger_checkpoint", "ledger_head", "ledger_link", "ledger_hold_part", "ledger_hold", "ledger_lot",
    "ledger_balance", "ledger_posting", "ledger_movement", "ledger_origin", "ledger_batch", "ledger_serials",
    "ledger_account", "ledger_class",
)  # fmt: skip


def upgrade() -> None:
    """Create the tables, then their policies and the functions that alone write them."""
    op.create_table(
        "ledger_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_sound", sa.Boolean(), nullable=False),
        sa.Column("counted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("broken", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("kind in ('invariants', 'journal')", name=op.f("ck_ledger_check_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_check")),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("first_position", sa.BigInteger(), nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_table(
        "ledger_class",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("scale", sa.BigInteger(), nullable=False),
        sa.Column("is_serialised", sa.Boolean(), nullable=False),
        sa.Column("max_transfers", sa.BigInteger(), nullable=True),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("confidence", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("dimension in ('tonne', 'certificate', 'point')", name=op.f("ck_ledger_class_dimension")),
        sa.CheckConstraint(
            "is_serialised or max_transfers is null", name=op.f("ck_ledger_class_transfers_are_counted_on_serials")
        ),
        sa.CheckConstraint("not is_serialised or scale = 0", name=op.f("ck_ledger_class_serials_are_whole")),
        sa.CheckConstraint("scale between 0 and 6", name=op.f("ck_ledger_class_scale")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ledger_class")),
    )
    op.create_table(
        "ledger_head",
        sa.Column("is_only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("ck_ledger_head_is_only")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "ledger_lot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("transfers", sa.BigInteger(), nullable=False),
        sa.Column("serials", postgresql.INT8RANGE(), nullable=False),
        postgresql.ExcludeConstraint((sa.column("serials"), "&&"), using="gist", name="ex_ledger_lot_serials"),
        sa.CheckConstraint(
            "not isempty(serials) and not lower_inf(serials) and not upper_inf(serials)",
            name=op.f("ck_ledger_lot_serials"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_lot")),
    )
    op.create_index(
        op.f("ix_ledger_lot_hold_id"),
        "ledger_lot",
        ["hold_id"],
        unique=False,
        postgresql_where=sa.text("hold_id is not null"),
    )
    op.create_index(
        "ix_ledger_lot_place",
        "ledger_lot",
        ["account_id", "batch_id", "bucket", sa.literal_column("lower(serials)")],
        unique=False,
    )
    op.create_table(
        "ledger_movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("from_account_id", sa.Uuid(), nullable=False),
        sa.Column("to_account_id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("beneficiary", sa.Text(), nullable=False),
        sa.Column("period", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('issue', 'import', 'transfer', 'offer', 'accept', 'decline', 'withdraw', 'lapse', 'pledge', 'release', 'reserve', 'free', 'retire', 'surrender', 'expire', 'reverse')",
            name=op.f("ck_ledger_movement_kind"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_ledger_movement_quantity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_movement")),
        sa.UniqueConstraint("number", name=op.f("uq_ledger_movement_number")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_movement_reverses_id")),
    )
    op.create_index(
        op.f("ix_ledger_movement_from_account_id_number"),
        "ledger_movement",
        ["from_account_id", "number"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ledger_movement_group_id"),
        "ledger_movement",
        ["group_id"],
        unique=False,
        postgresql_where=sa.text("group_id is not null"),
    )
    op.create_index(
        op.f("ix_ledger_movement_to_account_id_number"), "ledger_movement", ["to_account_id", "number"], unique=False
    )
    op.create_table(
        "ledger_posting",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("balance", sa.Numeric(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("serials", postgresql.INT8MULTIRANGE(), nullable=True),
        sa.Column("salt", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.CheckConstraint(
            "bucket in ('origin', 'available', 'offered', 'pledged', 'reserved', 'retired', 'surrendered', 'expired')",
            name=op.f("ck_ledger_posting_bucket"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_posting_amount")),
        sa.PrimaryKeyConstraint("account_id", "movement_id", "batch_id", "bucket", name=op.f("pk_ledger_posting")),
    )
    op.create_index(
        op.f("ix_ledger_posting_account_id_batch_id_bucket_recorded_at"),
        "ledger_posting",
        ["account_id", "batch_id", "bucket", "recorded_at"],
        unique=False,
        postgresql_include=["balance"],
    )
    op.create_index(
        "ix_ledger_posting_arrived",
        "ledger_posting",
        ["serials"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("amount > 0 and serials is not null"),
    )
    op.create_index(op.f("ix_ledger_posting_movement_id"), "ledger_posting", ["movement_id"], unique=False)
    op.create_table(
        "ledger_serials",
        sa.Column("is_only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("next", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("ck_ledger_serials_is_only")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_ledger_serials")),
    )
    op.create_table(
        "ledger_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("vintage", sa.BigInteger(), nullable=True),
        sa.Column("produced_from", sa.Date(), nullable=True),
        sa.Column("produced_to", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("is_transferable", sa.Boolean(), nullable=False),
        sa.Column("transfers_used", sa.BigInteger(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=True),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("serials", postgresql.INT8RANGE(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint((sa.column("serials"), "&&"), using="gist", name="ex_ledger_batch_serials"),
        sa.CheckConstraint("origin in ('issued', 'imported')", name=op.f("ck_ledger_batch_origin")),
        sa.CheckConstraint("produced_from <= produced_to", name=op.f("ck_ledger_batch_produced")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_ledger_batch_quantity")),
        sa.ForeignKeyConstraint(
            ["class_code"], ["ledger_class.code"], name=op.f("fk_ledger_batch_class_code_ledger_class")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_batch")),
    )
    op.create_index(
        op.f("ix_ledger_batch_class_code_valid_until"), "ledger_batch", ["class_code", "valid_until"], unique=False
    )
    op.create_table(
        "ledger_link",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_ledger_link_movement_id_ledger_movement")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_ledger_link")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_ledger_link_movement_id")),
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("accepts", sa.Text(), server_default=sa.text("'by_acceptance'"), nullable=False),
        sa.Column("last_posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("accepts in ('automatically', 'by_acceptance')", name=op.f("ck_ledger_account_accepts")),
        sa.CheckConstraint("kind in ('carbon', 'participant', 'origin')", name=op.f("ck_ledger_account_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_ledger_account_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
    )
    op.create_index(
        op.f("ix_ledger_account_division_path"),
        "ledger_account",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_index(op.f("ix_ledger_account_organisation_id"), "ledger_account", ["organisation_id"], unique=False)
    op.create_table(
        "ledger_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("counterparty_id", sa.Uuid(), nullable=True),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'offer') = (counterparty_id is not null)", name=op.f("ck_ledger_hold_counterparty")
        ),
        sa.CheckConstraint("(kind = 'pledge') = (beneficiary_id is not null)", name=op.f("ck_ledger_hold_beneficiary")),
        sa.CheckConstraint("kind in ('offer', 'pledge', 'reservation')", name=op.f("ck_ledger_hold_kind")),
        sa.CheckConstraint("state in ('open', 'settled', 'released', 'lapsed')", name=op.f("ck_ledger_hold_state")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_ledger_hold_quantity")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["organisation.id"], name=op.f("fk_ledger_hold_beneficiary_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_hold")),
    )
    op.create_index(op.f("ix_ledger_hold_account_id_state"), "ledger_hold", ["account_id", "state"], unique=False)
    op.create_index(
        op.f("ix_ledger_hold_beneficiary_id"),
        "ledger_hold",
        ["beneficiary_id"],
        unique=False,
        postgresql_where=sa.text("beneficiary_id is not null"),
    )
    op.create_index(
        op.f("ix_ledger_hold_counterparty_id"),
        "ledger_hold",
        ["counterparty_id"],
        unique=False,
        postgresql_where=sa.text("counterparty_id is not null"),
    )
    op.create_index(
        "ix_ledger_hold_ending", "ledger_hold", ["expires_at"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "ledger_origin",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("first_serial", sa.BigInteger(), nullable=False),
        sa.Column("registry_code", sa.Text(), nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("registry_code"), "="),
            (sa.column("frame"), "="),
            (sa.column("numbers"), "&&"),
            where=sa.text("is_live"),
            using="gist",
            name="ex_ledger_origin_numbers",
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["ledger_batch.id"], name=op.f("fk_ledger_origin_batch_id_ledger_batch")),
        sa.PrimaryKeyConstraint("batch_id", "first_serial", name=op.f("pk_ledger_origin")),
    )
    op.create_index(
        op.f("ix_ledger_origin_registry_code_frame"), "ledger_origin", ["registry_code", "frame"], unique=False
    )
    op.create_table(
        "ledger_balance",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.CheckConstraint("amount >= 0 or bucket = 'origin'", name=op.f("ck_ledger_balance_covered")),
        sa.CheckConstraint(
            "bucket in ('origin', 'available', 'offered', 'pledged', 'reserved', 'retired', 'surrendered', 'expired')",
            name=op.f("ck_ledger_balance_bucket"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_balance_account_id_ledger_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "batch_id", "bucket", name=op.f("pk_ledger_balance")),
    )
    op.create_index(
        op.f("ix_ledger_balance_account_id_class_code_bucket"),
        "ledger_balance",
        ["account_id", "class_code", "bucket"],
        unique=False,
    )
    op.create_index(op.f("ix_ledger_balance_batch_id"), "ledger_balance", ["batch_id"], unique=False)
    op.create_table(
        "ledger_hold_part",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_ledger_hold_part_quantity")),
        sa.ForeignKeyConstraint(["hold_id"], ["ledger_hold.id"], name=op.f("fk_ledger_hold_part_hold_id_ledger_hold")),
        sa.PrimaryKeyConstraint("hold_id", "batch_id", name=op.f("pk_ledger_hold_part")),
    )
    # Every transfer changes these rows; room on the page keeps the new version beside the old one.
    for table in ("ledger_account", "ledger_balance", "ledger_lot"):
        op.execute(f"alter table {table} set (fillfactor = 70)")
    op.execute("create sequence ledger_movement_number")
    function("0007_ledger_post.sql")
    function(
        "0007_ledger_apply.sql",
        "ledger_post(jsonb)",
        "ledger_open_participant(uuid, uuid, text, text)",
        "ledger_choose_acceptance(uuid, uuid, text)",
    )
    function("0007_ledger_gathered.sql", "ledger_post_gathered(jsonb, boolean)")
    op.execute(
        "create constraint trigger ledger_movement_is_linked after insert on ledger_movement"
        " deferrable initially deferred for each row execute function ledger_link_movement()"
    )
    _protect()
    op.execute("insert into ledger_serials default values")
    op.execute("insert into ledger_head (position, hash) values (0, decode(repeat('00', 32), 'hex'))")
    op.execute(
        "insert into ledger_account (id, kind, division_path, name, opened_at)"
        " values ('00000000-0000-0000-0000-000000000000', 'origin', '', 'origin', now())"
    )


def _protect() -> None:
    # What a class is never changes; a book is frozen by the service, or by the authority of the whole jurisdiction.
    protect(
        "ledger_class", select=KNOWN, insert=SYSTEM, update=either(SYSTEM, WHOLE),
        update_of=("name_zh", "name_en", "source", "confidence", "programme", "frozen_at", "frozen_reason"),
    )  # fmt: skip
    for table in ("ledger_class", "carbon_account", "command_key"):
        open_to_owner(table)
    protect("ledger_serials", select=SYSTEM, is_sealed=True)
    protect("ledger_head", select=SIGNED_IN, is_sealed=True)
    protect("ledger_link", select=SIGNED_IN, is_sealed=True)
    protect("ledger_checkpoint", select=KNOWN, insert=SYSTEM)
    protect("ledger_check", select=kinds("system", "authority", "operator"), insert=SYSTEM)
    protect(
        "ledger_account",
        select=either(
            SYSTEM,
            f"{KIND} <> 'bank' and kind = 'carbon' and id in (select id from carbon_account)",
            f"organisation_id = {ORGANISATION}",
            within("division_path"),
        ),
        is_sealed=True,
    )
    protect("ledger_balance", select=OF_HOLDER, is_sealed=True)
    protect("ledger_posting", select=OF_HOLDER, is_sealed=True)
    # A bank sees the holds in its favour, what they keep, and the movement that made them; never a balance.
    protect(
        "ledger_hold",
        select=either(
            OF_HOLDER,
            f"{KIND} <> 'bank' and counterparty_id in (select id from ledger_account)",
            f"beneficiary_id = {ORGANISATION}",
        ),
        is_sealed=True,
    )
    of_hold = "hold_id in (select id from ledger_hold)"
    protect("ledger_hold_part", select=of_hold, is_sealed=True)
    protect("ledger_lot", select=either(OF_HOLDER, of_hold), is_sealed=True)
    protect(
        "ledger_batch",
        select=either(
            SYSTEM,
            "exists (select from ledger_balance b where b.batch_id = ledger_batch.id)",
            "exists (select from ledger_hold_part p where p.batch_id = ledger_batch.id)",
        ),
        is_sealed=True,
    )
    protect(
        "ledger_origin",
        select=either(SYSTEM, "batch_id in (select id from ledger_batch)"),
        is_sealed=True,
    )
    protect(
        "ledger_movement",
        select=either(
            SYSTEM,
            f"{KIND} <> 'bank' and (from_account_id in (select id from ledger_account)"
            " or to_account_id in (select id from ledger_account))",
            f"id in (select opened_by from ledger_hold where beneficiary_id = {ORGANISATION})",
            f"id in (select closed_by from ledger_hold where beneficiary_id = {ORGANISATION})",
        ),
        is_sealed=True,
    )
    grant("sequence ledger_movement_number", "select")


def downgrade() -> None:
    """Drop what the revision made; first the policies that look into other tables."""
    for table in ("carbon_account", "command_key"):
        op.execute(f"drop policy {table}_owner on {table}")
    for table in TABLES:
        op.execute(f"drop policy {table}_select on {table}")
    for table in TABLES:
        op.execute(f"drop table {table} cascade")
    op.execute("drop sequence ledger_movement_number")
    for name in (
        "ledger_post_gathered", "ledger_post", "ledger_due", "ledger_lock", "ledger_touched", "ledger_open_participant", "ledger_choose_acceptance", "ledger_shrink_holds", "ledger_apply",
        "ledger_make_batch", "ledger_carry", "ledger_may", "ledger_link_movement", "ledger_entry", "ledger_line",
        "ledger_pairs",
        "ledger_size", "ledger_refuse",
    ):  # fmt: skip
        op.execute(f"drop function if exists {name} cascade")  # most went with the row types they take
