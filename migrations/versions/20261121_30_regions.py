"""The carbon ledger of a jurisdiction: emissions and sinks by division, sector and month, from below and from above.

Revision: 0030_regions
Follows: 0028_batches
"""

revision = "0030_regions"
down_revision = "0028_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
