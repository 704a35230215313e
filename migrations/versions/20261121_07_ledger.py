"""Tables of ledger.

Revision: 0007_ledger
Follows: 0006_emissions
"""

revision = "0007_ledger"
down_revision = "0006_emissions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
