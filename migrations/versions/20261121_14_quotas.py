"""Tables of quotas.

Revision: 0014_quotas
Follows: 0013_market
"""

revision = "0014_quotas"
down_revision = "0013_market"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
