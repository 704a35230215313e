"""Desks of verification and onboarding, tasks by deadline.

Revision: 0040_desks
Follows: 0039_citizens
"""

revision = "0040_desks"
down_revision = "0039_citizens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
