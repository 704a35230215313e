"""Read models that cross nouns, for screens: the city's dashboard, desks of verification and onboarding.

Revision: 0038_desks
Follows: 0037_targets
"""

revision = "0038_desks"
down_revision = "0037_targets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
