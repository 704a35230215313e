"""Dual-control targets handed down and decomposed, and the comprehensive evaluation of divisions.

Revision: 0038_targets
Follows: 0037_estimates
"""

revision = "0038_targets"
down_revision = "0037_estimates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
