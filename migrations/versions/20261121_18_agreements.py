"""Tables of agreements.

Revision: 0018_agreements
Follows: 0017_transfer_speed
"""

revision = "0018_agreements"
down_revision = "0017_transfer_speed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
