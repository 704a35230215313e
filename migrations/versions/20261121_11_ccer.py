"""Tables of ccer.

Revision: 0011_ccer
Follows: 0010_gec
"""

revision = "0011_ccer"
down_revision = "0010_gec"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
