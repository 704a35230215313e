"""Tables of market.

Revision: 0013_market
Follows: 0012_programmes
"""

revision = "0013_market"
down_revision = "0012_programmes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
