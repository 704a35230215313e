"""Grants and row-level security, said once for every migration.

`protect` gives the application role exactly the named privileges on a table and FORCEs row-level security
with one policy per privilege. Settings are read as `(select current_setting(...))`, so that PostgreSQL
evaluates them once a statement; a missing setting is NULL, and NULL shows no row.

The application role is named after the database: `<database>_app`.
"""

import re
from pathlib import Path

from alembic import op

SQL = Path(__file__).parent / "sql"
"""Server functions, one file for each revision that makes them."""

KIND = "(select current_setting('carbon.kind', true))"
ORGANISATION = "(select nullif(current_setting('carbon.organisation', true), '')::uuid)"
ACTOR = "(select nullif(current_setting('carbon.actor', true), '')::uuid)"
REGION = "(select nullif(current_setting('carbon.region', true), ''))"

SYSTEM = f"{KIND} = 'system'"
KNOWN = f"{KIND} <> ''"
"""Any caller that said who it is, nobody included."""


def kinds(*names: str) -> str:
    """Return the test that the caller is one of the kinds."""
    return f"{KIND} in ({', '.join(repr(name) for name in names)})"


def within(path: str) -> str:
    """Return the test that an authority's region contains the division path."""
    return f"({kinds('authority')} and starts_with({path}, {REGION}))"


WHOLE = (
    f"({kinds('authority')} and {REGION} = (select d.path from division d join pack_version p"
    " on d.code = p.content ->> 'division_code' order by p.loaded_at desc limit 1))"
)
"""The authority of the whole jurisdiction, whose region is the pack's own division."""


def either(*tests: str) -> str:
    """Join tests with OR."""
    return " or ".join(f"({test})" for test in tests)


# Accounts the caller sees; carbon_account's own policy filters this sub-select once a statement.
OF_VISIBLE_ACCOUNT = f"{KIND} <> 'bank' and account_id in (select id from carbon_account)"
OF_OWN_ACCOUNT = f"account_id in (select id from carbon_account where {SYSTEM} or organisation_id = {ORGANISATION})"


def of_account_for(*names: str) -> str:
    """Return the test for a row of a visible account, written by one of the kinds (or the system)."""
    return f"{kinds('system', *names)} and account_id in (select id from carbon_account)"


CONSENT_OPENED_BY = {
    "account": ("account", "score", "indicators", "statement", "pledge"),
    "score": ("score", "indicators"),
    "indicators": ("indicators",),
    "statement": ("statement",),
    "pledge": ("pledge",),
}
"""For each thing a consent can open, the scopes that open it; a test holds it to the words of identity."""


def consenting(scope_name: str) -> str:
    """Return the enterprises whose consent opens this to the calling bank now, as a sub-select of their ids."""
    scopes = ", ".join(repr(each) for each in CONSENT_OPENED_BY[scope_name])
    return (
        f"select enterprise_id from consent where bank_id = {ORGANISATION} and revoked_at is null"
        f" and scopes && array[{scopes}]"
        " and (statement_timestamp() at time zone 'Asia/Shanghai')::date between starts_on and ends_on"
    )


def of_consented(scope_name: str) -> str:
    """Return the test for a row with `account_id` that the calling bank may see: its holder's consent opens this now."""
    return (
        f"({kinds('bank')} and account_id in"
        f" (select id from carbon_account where organisation_id in ({consenting(scope_name)})))"
    )


def grant(table: str, *privileges: str) -> None:
    """Grant privileges on a table to the database's application role."""
    op.execute(
        f"do $$ begin execute format('grant {', '.join(privileges)} on {table} to %I',"
        f" current_database() || '_app'); end $$"
    )


def protect(
    table: str,
    *,
    select: str,
    insert: str | None = None,
    update: str | None = None,
    update_of: tuple[str, ...] = (),
    delete: str | None = None,
    is_sealed: bool = False,
) -> None:
    """Switch on and FORCE row-level security with these tests; a privilege without a test is not granted.

    `update_of` grants the update of these columns alone.
    A sealed table is written by server functions of the owner alone: the application role may only look.
    """
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy {table}_select on {table} for select using ({select})")
    if insert:
        op.execute(f"create policy {table}_insert on {table} for insert with check ({insert})")
    if update:
        op.execute(f"create policy {table}_update on {table} for update using ({update}) with check ({update})")
    if delete:
        op.execute(f"create policy {table}_delete on {table} for delete using ({delete})")
    columns = f" ({', '.join(update_of)})" if update_of else ""
    privileges = {"insert": insert, f"update{columns}": update, "delete": delete}
    grant(table, "select", *(name for name, test in privileges.items() if test))
    if is_sealed:
        open_to_owner(table)


def open_to_owner(table: str) -> None:
    """Let server functions that run as the owner see and write every row.

    Nobody signs in as the owner but migrations. Without this, each statement of such a function would carry the
    tests of every policy, which costs more than the work itself; `true` makes the planner drop them.
    """
    op.execute(
        f"do $$ begin execute format('create policy {table}_owner on {table} to %I using (true) with check (true)',"
        f" current_user); end $$"
    )


def function(file: str, *signatures: str, is_replacing: bool = False, only: str = "") -> None:
    """Create the functions of a file in `migrations/sql`; the application role, and nobody else, may call those named.

    `is_replacing` puts them in the place of functions that are there; who may call those stays as it was. `only` takes
    the one function of that name.
    """
    for statement in re.split(r"(?m)^(?=create )", (SQL / file).read_text(encoding="utf-8")):
        if statement.startswith(f"create function {only}(" if only else "create "):
            op.execute(statement.replace("create function", "create or replace function", 1 if is_replacing else 0))
    for signature in signatures:
        op.execute(f"revoke execute on function {signature} from public")
        grant(f"function {signature}", "execute")
