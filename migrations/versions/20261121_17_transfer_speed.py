"""Transfers cost less: leaner functions of the ledger that write their own audit, and policies that name whom they bind.

Revision: 0017_transfer_speed
Follows: 0016_unit_import
"""

from alembic import op

from migrations.toolkit import function

revision = "0017_transfer_speed"
down_revision = "0016_unit_import"
branch_labels = None
depends_on = None

BOUND_TO = """
do $$
declare
    each record;
begin
    for each in
        select p.tablename, p.policyname from pg_policies p join pg_policies o
            on o.schemaname = p.schemaname and o.tablename = p.tablename and o.policyname = o.tablename || '_owner'
            where p.schemaname = 'public' and p.policyname <> o.policyname
    loop
        execute format('alter policy %I on %I to {}', each.policyname, each.tablename);
    end loop;
end $$
"""


def upgrade() -> None:
    """Bind policies to the application role where the owner has one of its own, and replace the functions.

    The owner's policy says `true`, so the planner dropped the others from what the functions do; but every execution of
    every statement first walked through them, looking for tables to lock: a sixth of a transfer. Policies that bind the
    application role are not in the owner's statements at all. Nobody sees more: a role that is neither of the two is now
    shown nothing, whatever it sets.
    """
    op.execute(BOUND_TO.format("' || quote_ident(current_database() || '_app') || '"))
    function("0017_ledger_lean.sql", is_replacing=True)


def downgrade() -> None:
    """Bind the policies to everybody again; the functions of before."""
    op.execute(BOUND_TO.format("public"))
    for file in ("0007_ledger_post.sql", "0007_ledger_apply.sql", "0007_ledger_gathered.sql"):
        function(file, is_replacing=True)
    op.execute("drop function ledger_audit(jsonb)")
