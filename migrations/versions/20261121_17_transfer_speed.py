"""Tables of transfer speed.

Revision: 0017_transfer_speed
Follows: 0016_unit_import
"""

revision = "0017_transfer_speed"
down_revision = "0016_unit_import"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
