"""Dual-control targets handed down and decomposed, and the comprehensive evaluation of divisions.

Revision: 0037_targets
Follows: 0036_monitoring
"""

revision = "0037_targets"
down_revision = "0036_monitoring"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
