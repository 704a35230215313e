"""The two walls of a tenant, looked at from the catalogue of its own database (design: tenancy)."""

from dataclasses import dataclass

from sqlalchemy import text

from backend.kit.db import Read

# Without a row of business in it; everything else in the schema needs a policy.
UNPROTECTED = ("alembic_version",)
APPEND_ONLY = ("activity_record", "audit_event", "inventory_line", "inventory_transition")

ROLE_POWERS = text("""
    select concat_ws(', ',
        case when rolsuper then 'SUPERUSER' end, case when rolbypassrls then 'BYPASSRLS' end,
        case when rolcreatedb then 'CREATEDB' end, case when rolcreaterole then 'CREATEROLE' end,
        case when rolreplication then 'REPLICATION' end)
    from pg_roles where rolname = current_user""")
MEMBERSHIPS = text("""
    select string_agg(granted.rolname, ', ' order by granted.rolname)
    from pg_auth_members join pg_roles granted on granted.oid = roleid
    where member = (select oid from pg_roles where rolname = current_user)""")
OTHER_DATABASES = text("""
    select string_agg(datname, ', ' order by datname) from pg_database
    where starts_with(datname, 'carbon_') and datname <> current_database()
      and has_database_privilege(current_user, datname, 'connect')""")
OPEN_TABLES = text("""
    select string_agg(relname, ', ' order by relname) from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> all(:unprotected)
      and not (relrowsecurity and relforcerowsecurity
               and exists (select from pg_policy where polrelid = pg_class.oid))""")
OWNED_TABLES = text("""
    select string_agg(relname, ', ' order by relname) from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and pg_has_role(current_user, relowner, 'member')""")
CHANGEABLE_BOOKS = text("""
    select string_agg(relname, ', ' order by relname) from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname = any(:append_only)
      and (has_any_column_privilege(current_user, oid, 'update') or has_table_privilege(current_user, oid, 'delete')
           or has_table_privilege(current_user, oid, 'truncate'))""")
UNSAFE_FUNCTIONS = text("""
    select string_agg(proname, ', ' order by proname) from pg_proc
    join pg_roles owner on owner.oid = proowner
    where prosecdef and pronamespace = 'public'::regnamespace and (owner.rolsuper or owner.rolbypassrls)
      and has_function_privilege(current_user, pg_proc.oid, 'execute')""")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `found` names what breaks the wall; empty when it holds."""

    english: str
    chinese: str
    found: str

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.found


async def look(read: Read) -> list[Finding]:
    """Look at the walls as the application role sees them."""
    lists = {"unprotected": list(UNPROTECTED), "append_only": list(APPEND_ONLY)}
    looks = (
        ("application role has no power of its own", "应用角色没有特权", ROLE_POWERS, ()),
        ("application role belongs to no other role", "应用角色不属于其他角色", MEMBERSHIPS, ()),
        ("no way into another tenant's database", "无法连接其他租户的数据库", OTHER_DATABASES, ()),
        ("row-level security forced on every table", "所有业务表强制行级安全", OPEN_TABLES, ("unprotected",)),
        ("application role owns no table", "应用角色不拥有任何表", OWNED_TABLES, ()),
        ("books can only be added to", "账簿只能追加", CHANGEABLE_BOOKS, ("append_only",)),
        ("no function lends a superuser's rights", "没有函数借用超级用户权限", UNSAFE_FUNCTIONS, ()),
    )
    return [
        Finding(english, chinese, str(await read.value(statement, {name: lists[name] for name in names}) or ""))
        for english, chinese, statement, names in looks
    ]
