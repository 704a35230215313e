"""Tables of gec.

Revision: 0010_gec
Follows: 0009_energy_claims
"""

revision = "0010_gec"
down_revision = "0009_energy_claims"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
