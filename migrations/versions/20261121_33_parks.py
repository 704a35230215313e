"""Zero-carbon parks and what stands beside them: indicators, evaluation, the workflow, programme targets.

Revision: 0033_parks
Follows: 0032_projects
"""

revision = "0033_parks"
down_revision = "0032_projects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, policies and functions."""


def downgrade() -> None:
    """Drop them."""
