"""Tables of energy claims.

Revision: 0009_energy_claims
Follows: 0008_claims
"""

revision = "0009_energy_claims"
down_revision = "0008_claims"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
