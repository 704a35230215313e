"""A bank's batch leaves the database while it is made: a cursor on what was admitted instead of a table of pieces.

Revision: 0028_batches
Follows: 0027_webhooks
"""

from alembic import op

from migrations.toolkit import function

revision = "0028_batches"
down_revision = "0027_webhooks"
branch_labels = None
depends_on = None

BEFORE = "lending_batch(text[], text[], boolean, text, uuid, uuid, text)"
NOW = "lending_batch(text[], text[], boolean, uuid, uuid, text, refcursor)"
STORAGE = "alter table consent_read alter account_ids set storage {0}, alter consent_ids set storage {0}"


def upgrade() -> None:
    """Replace the function (its arguments differ); keep the ids of a read as they are.

    Ids hardly shrink: trying to compress ten thousand of them took as long as finding whom they belong to.
    """
    op.execute(STORAGE.format("external"))
    op.execute(f"drop function {BEFORE}")
    function("0028_batches.sql", NOW)


def downgrade() -> None:
    """The function and the storage of before."""
    op.execute(STORAGE.format("extended"))
    op.execute(f"drop function {NOW}")
    function("0024_lending.sql", BEFORE, only="lending_batch")
