"""Standards, policies, training material and requests for factors, searchable in Chinese and English.

Revision: 0035_knowledge
Follows: 0034_parks
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    ACTOR,
    OF_OWN_ACCOUNT,
    ORGANISATION,
    SYSTEM,
    either,
    function,
    kinds,
    open_to_owner,
    protect,
    within,
)

revision = "0035_knowledge"
down_revision = "0034_parks"
branch_labels = None
depends_on = None

MATCHING = "knowledge_matching(tsquery, text)"
OF_AUTHORITY = either(SYSTEM, within("division_path"))
OPEN = kinds("enterprise", "authority", "bank", "verifier", "operator")
"""Everybody who is signed in."""
CONTENT = (
    "parent_id", "kind", "code", "place", "number", "number_key", "title_zh", "title_en", "issuer", "standing",
    "published_on", "effective_on", "replaces", "summary", "keywords", "body", "source", "confidence", "note",
    "is_internal", "version", "recorded_at", "recorded_by", "withdrawn_at", "withdrawn_reason", "words",
)  # fmt: skip
"""What a correction may change; the division an entry belongs to stays."""


def upgrade() -> None:
    """Create the tables, their grants and policies, and the function a search calls."""
    _library()
    _requests()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _library() -> None:
    op.create_table(
        "knowledge_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        *_texts("kind", "code"),
        sa.Column("place", sa.BigInteger(), nullable=False),
        *_texts("number", "number_key", "title_zh", "title_en", "issuer", "standing"),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("replaces", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("keywords", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_texts("body", "source", "confidence", "note"),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        *_texts("division_code", "division_path"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.CheckConstraint(
            "kind in ('standard', 'methodology', 'policy', 'clause', 'training')", name=op.f("ck_knowledge_entry_kind")
        ),
        sa.CheckConstraint(
            "standing in ('current', 'replaced', 'draft', 'unknown')", name=op.f("ck_knowledge_entry_standing")
        ),
        sa.CheckConstraint("(kind = 'clause') = (parent_id is not null)", name=op.f("ck_knowledge_entry_parent")),
        sa.CheckConstraint("title_zh <> ''", name=op.f("ck_knowledge_entry_title")),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_reason = '')", name=op.f("ck_knowledge_entry_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["knowledge_entry.id"], name=op.f("fk_knowledge_entry_parent_id_knowledge_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_entry")),
    )
    op.create_index(op.f("ix_knowledge_entry_parent_id_place"), "knowledge_entry", ["parent_id", "place"], unique=False)
    op.create_index(
        op.f("ix_knowledge_entry_number_key"), "knowledge_entry", ["number_key"], unique=False,
        postgresql_ops={"number_key": "text_pattern_ops"},
    )  # fmt: skip
    op.create_index(
        op.f("ix_knowledge_entry_words"), "knowledge_entry", ["words"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "uq_knowledge_entry_code", "knowledge_entry", ["code"], unique=True, postgresql_where=sa.text("code <> ''")
    )
    op.create_index(
        "uq_knowledge_entry_number", "knowledge_entry", ["division_path", "kind", "number_key"], unique=True,
        postgresql_where=sa.text("parent_id is null and withdrawn_at is null"),
    )  # fmt: skip
    op.create_table(
        "knowledge_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        *_texts("division_path", "file_name", "media_type"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *_texts("sha256", "object_key"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_knowledge_file_size")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["knowledge_entry.id"], name=op.f("fk_knowledge_file_entry_id_knowledge_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_file")),
        sa.UniqueConstraint("entry_id", "sha256", name=op.f("uq_knowledge_file_entry_id_sha256")),
    )
    op.create_table(
        "knowledge_completion",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *_texts("name"),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *_texts("division_path"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["knowledge_entry.id"], name=op.f("fk_knowledge_completion_entry_id_knowledge_entry")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_knowledge_completion_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("entry_id", "person_id", name=op.f("pk_knowledge_completion")),
    )
    op.create_index(
        op.f("ix_knowledge_completion_entry_id_completed_at"), "knowledge_completion", ["entry_id", "completed_at"],
        unique=False,
    )  # fmt: skip
    op.create_table(
        "knowledge_shipment",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_knowledge_shipment")),
    )
    protect(
        "knowledge_entry",
        select=either(SYSTEM, f"{OPEN} and not is_internal", within("division_path")),
        insert=OF_AUTHORITY,
        update=OF_AUTHORITY,
        update_of=CONTENT,
    )
    open_to_owner("knowledge_entry")
    # A file is seen by whoever sees its entry, and comes from the authority whose entry it is.
    protect(
        "knowledge_file",
        select="entry_id in (select id from knowledge_entry)",
        insert=f"({OF_AUTHORITY}) and exists (select 1 from knowledge_entry e where e.id = knowledge_file.entry_id"
        " and e.division_path = knowledge_file.division_path)",
    )
    # People complete a training for themselves; their organisation knows, and the authority whose training it is.
    protect(
        "knowledge_completion",
        select=either(OF_AUTHORITY, f"organisation_id = {ORGANISATION}"),
        insert=f"person_id = {ACTOR} and organisation_id = {ORGANISATION} and exists (select 1 from knowledge_entry e"
        " where e.id = knowledge_completion.entry_id and e.kind = 'training'"
        " and e.division_path = knowledge_completion.division_path)",
    )
    protect("knowledge_shipment", select=SYSTEM, insert=SYSTEM, update=SYSTEM, update_of=("loaded_at",))
    function("0035_knowledge.sql", MATCHING)


def _requests() -> None:
    op.create_table(
        "knowledge_factor_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *_texts("division_path", "wanted", "unit", "purpose", "suggested_source"),
        sa.Column("suggested_value", sa.Numeric(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("wanted <> ''", name=op.f("ck_knowledge_factor_request_wanted")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_knowledge_factor_request_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_knowledge_factor_request")),
        sa.UniqueConstraint("id", name=op.f("uq_knowledge_factor_request_id")),
    )
    op.create_index(
        op.f("ix_knowledge_factor_request_asked_at_id"), "knowledge_factor_request", ["asked_at", "id"], unique=False
    )
    op.create_table(
        "knowledge_factor_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        *_texts("division_path", "kind"),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('answered', 'refused', 'withdrawn')", name=op.f("ck_knowledge_factor_step_kind")),
        sa.CheckConstraint(
            "(kind = 'answered') = (version_id is not null)", name=op.f("ck_knowledge_factor_step_version")
        ),
        sa.CheckConstraint("kind = 'answered' or reason <> ''", name=op.f("ck_knowledge_factor_step_reason")),
        sa.ForeignKeyConstraint(
            ["account_id", "request_id"],
            ["knowledge_factor_request.account_id", "knowledge_factor_request.id"],
            name="fk_knowledge_factor_step_request",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["parameter_version.id"], name=op.f("fk_knowledge_factor_step_version_id_parameter_version")
        ),
        sa.PrimaryKeyConstraint("account_id", "request_id", "id", name=op.f("pk_knowledge_factor_step")),
    )
    seen = either(OF_OWN_ACCOUNT, within("division_path"))
    protect("knowledge_factor_request", select=seen, insert=f"{kinds('system', 'enterprise')} and {OF_OWN_ACCOUNT}")
    protect("knowledge_factor_step", select=seen, insert=seen)


def downgrade() -> None:
    """Drop the function and the tables."""
    op.execute(f"drop function {MATCHING}")
    for table in (
        "knowledge_factor_step", "knowledge_factor_request", "knowledge_shipment", "knowledge_completion",
        "knowledge_file", "knowledge_entry",
    ):  # fmt: skip
        op.drop_table(table)
