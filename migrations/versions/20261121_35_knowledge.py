"""Standards, policies, training material and requests for factors, searchable in Chinese and English.

Revision: 0035_knowledge
Follows: 0034_key_units
"""

revision = "0035_knowledge"
down_revision = "0034_key_units"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
