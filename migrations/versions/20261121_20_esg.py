"""Tables of esg.

Revision: 0020_esg
Follows: 0019_figures
"""

revision = "0020_esg"
down_revision = "0019_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
