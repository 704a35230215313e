"""Tables of portfolios.

Revision: 0025_portfolios
Follows: 0024_lending
"""

revision = "0025_portfolios"
down_revision = "0024_lending"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
