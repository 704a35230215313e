"""Tables of lending.

Revision: 0024_lending
Follows: 0023_account_statements
"""

revision = "0024_lending"
down_revision = "0023_account_statements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
