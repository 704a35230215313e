"""Tables of figures.

Revision: 0019_figures
Follows: 0018_agreements
"""

revision = "0019_figures"
down_revision = "0018_agreements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
