"""Points of citizens and neutrality of events, as a city configures them.

Revision: 0040_citizens
Follows: 0039_targets
"""

import sqlalchemy as sa
from alembic import op

from migrations.toolkit import (
    KIND,
    OF_OWN_ACCOUNT,
    OF_VISIBLE_ACCOUNT,
    ORGANISATION,
    SYSTEM,
    WHOLE,
    either,
    function,
    kinds,
    of_account_for,
    open_to_owner,
    protect,
    within,
)

revision = "0040_citizens"
down_revision = "0039_targets"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "citizens_locked(text, text[])",
    "citizen_subjects(text, text[])",
    "citizen_used(text, text, uuid[], date, date)",
    "citizen_keys(text, text, text[])",
    "citizen_standing(text, text)",
)


def upgrade() -> None:
    """Create the tables, then their grants, policies and functions."""
    _create_points()
    _create_events()
    _protect_points()
    _protect_events()


def _create_points() -> None:
    op.create_table(
        "citizen_scene",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("activity_unit", sa.Text(), nullable=False),
        sa.Column("points_per_unit", sa.Numeric(), nullable=False),
        sa.Column("rounding", sa.Text(), nullable=False),
        sa.Column("cap_day", sa.Numeric(), nullable=True),
        sa.Column("cap_year", sa.Numeric(), nullable=True),
        sa.Column("validity_months", sa.BigInteger(), nullable=False),
        sa.Column("late_days", sa.BigInteger(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (decided_at is null)", name=op.f("ck_citizen_scene_decided")),
        sa.CheckConstraint("kind in ('consumption', 'living')", name=op.f("ck_citizen_scene_kind")),
        sa.CheckConstraint("rounding in ('down', 'half_up')", name=op.f("ck_citizen_scene_rounding")),
        sa.CheckConstraint("state in ('draft', 'approved', 'rejected')", name=op.f("ck_citizen_scene_state")),
        sa.CheckConstraint("cap_day > 0 and cap_year > 0", name=op.f("ck_citizen_scene_caps")),
        sa.CheckConstraint("points_per_unit > 0", name=op.f("ck_citizen_scene_points")),
        sa.CheckConstraint("validity_months >= 0 and late_days >= 0", name=op.f("ck_citizen_scene_spans")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_citizen_scene_operator_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_scene")),
        sa.UniqueConstraint("programme", "code", "version", name=op.f("uq_citizen_scene_programme_code_version")),
    )
    op.create_table(
        "citizen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closure", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("cancelled_points", sa.Numeric(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("(closed_at is null) or (subject is null)", name=op.f("ck_citizen_forgotten")),
        sa.ForeignKeyConstraint(["division_code"], ["division.code"], name=op.f("fk_citizen_division_code_division")),
        sa.ForeignKeyConstraint(["id"], ["ledger_account.id"], name=op.f("fk_citizen_id_ledger_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_citizen_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen")),
        sa.UniqueConstraint("programme", "number", name=op.f("uq_citizen_programme_number")),
        sa.UniqueConstraint("programme", "subject", name=op.f("uq_citizen_programme_subject")),
    )
    op.create_index(
        op.f("ix_citizen_division_path"),
        "citizen",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_table(
        "citizen_act",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("scene", sa.Text(), nullable=False),
        sa.Column("scene_version_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("computed", sa.Numeric(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=False),
        sa.Column("is_capped", sa.Boolean(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("movement_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revocation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("(points > 0) = (movement_id is not null)", name=op.f("ck_citizen_act_issued")),
        sa.CheckConstraint("quantity > 0 and computed >= 0 and points >= 0", name=op.f("ck_citizen_act_amounts")),
        sa.ForeignKeyConstraint(["account_id"], ["citizen.id"], name=op.f("fk_citizen_act_account_id_citizen")),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_citizen_act_movement_id_ledger_movement")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_citizen_act_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["scene_version_id"], ["citizen_scene.id"], name=op.f("fk_citizen_act_scene_version_id_citizen_scene")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_citizen_act")),
        sa.UniqueConstraint("programme", "scene", "key", name=op.f("uq_citizen_act_programme_scene_key")),
    )
    op.create_index(
        op.f("ix_citizen_act_account_id_scene_day"), "citizen_act", ["account_id", "scene", "day"], unique=False
    )
    op.create_index(
        op.f("ix_citizen_act_division_path"),
        "citizen_act",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_index(op.f("ix_citizen_act_organisation_id"), "citizen_act", ["organisation_id"], unique=False)
    op.create_table(
        "citizen_reward",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=False),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("yearly", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (decided_at is null)", name=op.f("ck_citizen_reward_decided")),
        sa.CheckConstraint("state in ('draft', 'approved', 'rejected')", name=op.f("ck_citizen_reward_state")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_citizen_reward_span")),
        sa.CheckConstraint("points > 0 and stock > 0 and yearly > 0", name=op.f("ck_citizen_reward_amounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_reward")),
        sa.UniqueConstraint("programme", "code", name=op.f("uq_citizen_reward_programme_code")),
    )
    op.create_table(
        "citizen_reward_taken",
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_citizen_reward_taken_taken")),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["citizen_reward.id"], name=op.f("fk_citizen_reward_taken_reward_id_citizen_reward")
        ),
        sa.PrimaryKeyConstraint("reward_id", name=op.f("pk_citizen_reward_taken")),
    )
    op.create_table(
        "citizen_redemption",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=False),
        sa.Column("voucher", sa.Text(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redeemed_by", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column("cancellation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_citizen_redemption_points")),
        sa.ForeignKeyConstraint(["account_id"], ["citizen.id"], name=op.f("fk_citizen_redemption_account_id_citizen")),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_citizen_redemption_movement_id_ledger_movement")
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["citizen_reward.id"], name=op.f("fk_citizen_redemption_reward_id_citizen_reward")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_citizen_redemption")),
        sa.UniqueConstraint("voucher", name=op.f("uq_citizen_redemption_voucher")),
    )
    op.create_index(
        op.f("ix_citizen_redemption_division_path"),
        "citizen_redemption",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_index(op.f("ix_citizen_redemption_reward_id"), "citizen_redemption", ["reward_id"], unique=False)
    op.create_table(
        "citizen_ranking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("citizens", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=False),
        sa.Column("incentive", sa.Text(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (decided_at is null)", name=op.f("ck_citizen_ranking_decided")),
        sa.CheckConstraint("state in ('draft', 'approved', 'rejected')", name=op.f("ck_citizen_ranking_state")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_citizen_ranking_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_ranking")),
    )
    op.create_index(
        op.f("ix_citizen_ranking_division_path"),
        "citizen_ranking",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_table(
        "citizen_place",
        sa.Column("ranking_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=False),
        sa.CheckConstraint("place > 0 and points > 0", name=op.f("ck_citizen_place_amounts")),
        sa.ForeignKeyConstraint(["account_id"], ["citizen.id"], name=op.f("fk_citizen_place_account_id_citizen")),
        sa.ForeignKeyConstraint(
            ["ranking_id"], ["citizen_ranking.id"], name=op.f("fk_citizen_place_ranking_id_citizen_ranking")
        ),
        sa.PrimaryKeyConstraint("ranking_id", "account_id", name=op.f("pk_citizen_place")),
    )


def _create_events() -> None:
    op.create_table(
        "event_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("classes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("vintage_years", sa.BigInteger(), nullable=True),
        sa.Column("required", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("vintage_years >= 0", name=op.f("ck_event_rule_vintage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_rule")),
        sa.UniqueConstraint("version", name=op.f("uq_event_rule_version")),
    )
    op.create_table(
        "carbon_event",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("boundary", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("participants", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("tonnes", sa.Numeric(), nullable=False),
        sa.Column("required", sa.Numeric(), nullable=False),
        sa.Column("retired", sa.Numeric(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("neutral_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'neutral') = (neutral_at is not null)", name=op.f("ck_carbon_event_neutral")),
        sa.CheckConstraint("state <> 'neutral' or retired = required", name=op.f("ck_carbon_event_whole")),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'confirmed', 'neutral', 'returned')", name=op.f("ck_carbon_event_state")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_carbon_event_days")),
        sa.CheckConstraint("retired >= 0 and retired <= required", name=op.f("ck_carbon_event_exact")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_carbon_event_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_carbon_event_division_code_division")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_carbon_event")),
        sa.UniqueConstraint("number", name=op.f("uq_carbon_event_number")),
    )
    op.create_index(
        op.f("ix_carbon_event_division_path"),
        "carbon_event",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_table(
        "carbon_event_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("parameter_id", sa.Uuid(), nullable=True),
        sa.Column("factor", sa.Numeric(), nullable=True),
        sa.Column("factor_unit", sa.Text(), nullable=False),
        sa.Column("factor_document", sa.Text(), nullable=False),
        sa.Column("factor_confidence", sa.Text(), nullable=False),
        sa.Column("tonnes", sa.Numeric(), nullable=False),
        sa.Column("exclusion", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(exclusion = '') = (factor is not null and quantity is not null)",
            name=op.f("ck_carbon_event_line_reckoned"),
        ),
        sa.CheckConstraint("tonnes >= 0 and quantity >= 0 and factor >= 0", name=op.f("ck_carbon_event_line_amounts")),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["carbon_event.account_id", "carbon_event.id"],
            name=op.f("fk_carbon_event_line_account_id_event_id_carbon_event"),
        ),
        sa.ForeignKeyConstraint(
            ["parameter_id"], ["parameter_version.id"], name=op.f("fk_carbon_event_line_parameter_id_parameter_version")
        ),
        sa.PrimaryKeyConstraint("account_id", "event_id", "revision", "position", name=op.f("pk_carbon_event_line")),
    )
    op.create_table(
        "carbon_event_retirement",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_by", sa.Uuid(), nullable=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.Column("reversal", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_carbon_event_retirement_quantity")),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["carbon_event.account_id", "carbon_event.id"],
            name=op.f("fk_carbon_event_retirement_account_id_event_id_carbon_event"),
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_carbon_event_retirement_movement_id_ledger_movement")
        ),
        sa.PrimaryKeyConstraint("account_id", "event_id", "movement_id", name=op.f("pk_carbon_event_retirement")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_carbon_event_retirement_movement_id")),
    )


def _protect_points() -> None:
    terms = either(SYSTEM, WHOLE)
    decided = ("state", "decided_at", "decided_by", "decision")
    here = either(SYSTEM, within("division_path"))
    kept = f"{within('division_path')} and organisation_id = {ORGANISATION}"
    own = f"{kinds('enterprise')} and organisation_id = {ORGANISATION}"
    # Who runs a scene has to know its terms, and those that come after.
    protect(
        "citizen_scene",
        select=kinds("system", "authority", "enterprise"),
        insert=terms,
        update=terms,
        update_of=decided,
    )
    protect(
        "citizen", select=here, insert=either(SYSTEM, kept), update=here,
        update_of=("subject", "closed_at", "closed_by", "closure", "cancelled_points"),
    )  # fmt: skip
    runs = (
        f"scene_version_id in (select id from citizen_scene where operator_id = {ORGANISATION} and state = 'approved')"
    )
    protect(
        "citizen_act", select=either(here, own), insert=either(SYSTEM, kept, f"{own} and {runs}"), update=here,
        update_of=("revoked_at", "revoked_by", "revocation"),
    )  # fmt: skip
    offices = kinds("system", "authority")
    protect("citizen_reward", select=offices, insert=terms, update=terms, update_of=decided)
    # What is gone is everybody's together, so that every authority that redeems counts in it.
    protect("citizen_reward_taken", select=offices, insert=terms, update=offices, update_of=("taken",))
    protect(
        "citizen_redemption", select=here, insert=here, update=here,
        update_of=("cancelled_at", "cancelled_by", "cancellation"),
    )  # fmt: skip
    protect("citizen_ranking", select=here, insert=here, update=here, update_of=decided)
    of_ranking = f"{offices} and ranking_id in (select id from citizen_ranking)"
    protect("citizen_place", select=of_ranking, insert=of_ranking)
    for table in ("citizen", "citizen_act"):
        open_to_owner(table)
    function("0040_citizens.sql", *FUNCTIONS)


def _protect_events() -> None:
    protect("event_rule", select=f"{KIND} not in ('', 'nobody')", insert=either(SYSTEM, WHOLE))
    seen, judged = either(SYSTEM, OF_VISIBLE_ACCOUNT), of_account_for("authority")
    protect(
        "carbon_event", select=seen, insert=OF_OWN_ACCOUNT, update=either(OF_OWN_ACCOUNT, judged),
        update_of=(
            "name", "place", "organiser", "boundary", "first_day", "last_day", "participants", "state", "revision",
            "tonnes", "required", "retired", "submitted_at", "submitted_by", "decided_at", "decided_by", "decision",
            "neutral_at",
        ),
    )  # fmt: skip
    protect("carbon_event_line", select=seen, insert=OF_OWN_ACCOUNT)
    protect(
        "carbon_event_retirement", select=seen, insert=OF_OWN_ACCOUNT, update=judged,
        update_of=("reversed_at", "reversed_by", "reversal"),
    )  # fmt: skip


def downgrade() -> None:
    """Drop the functions, then the tables."""
    for signature in FUNCTIONS:
        op.execute(f"drop function {signature}")
    for table in (
        "carbon_event_retirement", "carbon_event_line", "carbon_event", "event_rule", "citizen_place",
        "citizen_ranking", "citizen_redemption", "citizen_reward_taken", "citizen_reward", "citizen_act", "citizen",
        "citizen_scene",
    ):  # fmt: skip
        op.execute(f"drop table {table} cascade")
