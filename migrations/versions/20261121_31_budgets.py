"""Carbon budgets that reserve: drafted, approved, decomposed, adjusted by entries, tracked and projected.

Revision: 0031_budgets
Follows: 0030_regions
"""

revision = "0031_budgets"
down_revision = "0030_regions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
