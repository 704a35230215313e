"""Warnings with their responses, monthly quick reports, and estimates of carbon from electricity.

Revision: 0036_monitoring
Follows: 0035_knowledge
"""

revision = "0036_monitoring"
down_revision = "0035_knowledge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
