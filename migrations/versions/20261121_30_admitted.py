"""Who is admitted to a batch is found and logged in less time: by plans that expect many keys.

Revision: 0030_admitted
Follows: 0029_pledge_requests
"""

from migrations.toolkit import function

revision = "0030_admitted"
down_revision = "0029_pledge_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace both functions; who may call them stays as it was."""
    function("0030_admitted.sql", is_replacing=True)


def downgrade() -> None:
    """The functions of before."""
    function("0024_lending.sql", is_replacing=True, only="lending_admitted")
    function("0028_batches.sql", is_replacing=True)
