"""Files of key energy and carbon units: thresholds, posts, findings, retrofits, efficiency codes, passports.

Revision: 0034_key_units
Follows: 0033_parks
"""

revision = "0034_key_units"
down_revision = "0033_parks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
