"""Monthly series and warnings with their responses; notices in the product, by webhook and by e-mail.

Revision: 0036_monitoring
Follows: 0035_key_units
"""

revision = "0036_monitoring"
down_revision = "0035_key_units"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
