"""Tables of statements.

Revision: 0015_statements
Follows: 0014_quotas
"""

revision = "0015_statements"
down_revision = "0014_quotas"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""


def downgrade() -> None:
    """Drop the tables."""
