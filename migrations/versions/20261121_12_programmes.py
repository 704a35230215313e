"""Tables of programmes.

Revision: 0012_programmes
Follows: 0011_ccer
"""

revision = "0012_programmes"
down_revision = "0011_ccer"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
