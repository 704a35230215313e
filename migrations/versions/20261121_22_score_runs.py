"""Tables of score runs.

Revision: 0022_score_runs
Follows: 0021_scores
"""

revision = "0022_score_runs"
down_revision = "0021_scores"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
