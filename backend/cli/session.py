"""The servers and databases a command works on: named by settings, found running, or started for its duration."""

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.kit.db import Databases
from backend.kit.errors import NotFound
from backend.kit.servers import (
    FolderInUse,
    RunningServer,
    running_postgres,
    running_valkey,
    start_postgres,
    start_valkey,
)
from backend.kit.settings import Settings, TenantDatabase


class NothingInstalled(NotFound):
    """The data folder holds no database yet."""

    code = "nothing_installed"
    en = "Nothing is installed in {folder} yet. Run `carbon up`, or `carbon migrate`, or set CARBON_DATA_DIR."
    zh = "{folder} 中尚未安装。请运行 carbon up 或 carbon migrate，或设置 CARBON_DATA_DIR。"


class TenantNotServed(NotFound):
    """The tenant named on the command line is none of this installation's."""

    code = "tenant_not_served"
    en = "This installation does not serve a tenant '{tenant}'. It serves: {served}."
    zh = "本系统没有租户“{tenant}”。现有租户：{served}。"


@dataclass(frozen=True)
class Addresses:
    """Where the servers are. `admin_url` is None when every tenant's database is named by setting."""

    admin_url: str | None
    redis_url: str
    databases: dict[str, TenantDatabase]


def postgres_folder(settings: Settings) -> Path:
    """Return the folder of the embedded PostgreSQL."""
    return settings.data_dir / "postgres"


def valkey_folder(settings: Settings) -> Path:
    """Return the folder of the embedded Valkey."""
    return settings.data_dir / "valkey"


def needs_postgres(settings: Settings) -> bool:
    """Tell whether the settings leave PostgreSQL to us."""
    return settings.postgres_admin_url is None and not set(settings.tenant_codes) <= set(settings.databases)


def needs_valkey(settings: Settings) -> bool:
    """Tell whether the settings leave Valkey to us."""
    return settings.redis_url is None


def served(settings: Settings, tenant: str | None) -> tuple[str, ...]:
    """Return the tenant named, or all that are served.

    Raises:
        TenantNotServed: no such tenant here.
    """
    if tenant is None:
        return settings.tenant_codes
    if tenant not in settings.tenant_codes:
        raise TenantNotServed(tenant=tenant, served=", ".join(settings.tenant_codes))
    return (tenant,)


def check_packs(settings: Settings) -> None:
    """See that every served tenant has a pack, before a misspelt one gets a database.

    Raises:
        PackMissing: a served tenant has no pack.
        PackInvalid: a pack is broken.
    """
    from backend import installation  # noqa: PLC0415 - keeps `--help` quick
    from backend.tenants.packs import load_packs  # noqa: PLC0415 - the same

    packs = load_packs(settings.packs_dir)
    for code in settings.tenant_codes:
        installation.pack_of(packs, code)


def addresses_of(settings: Settings, admin_url: str | None, redis_url: str) -> Addresses:
    """Gather the addresses of the servers and of every tenant's database."""
    from backend.tenants import provision  # noqa: PLC0415 - keeps `--help` quick

    databases = {code: provision.addresses(settings, admin_url, code) for code in settings.tenant_codes}
    return Addresses(admin_url, redis_url, databases)


@contextmanager
def servers(settings: Settings, *, with_redis: bool = True, is_first: bool = False) -> Generator[Addresses]:
    """Yield the servers' addresses; what this started, it stops.

    `is_first` allows a new installation; other commands must not leave an empty one behind.

    Raises:
        NothingInstalled: no database in the data folder, and none named.
    """
    if needs_postgres(settings) and not is_first and not (postgres_folder(settings) / "password").exists():
        raise NothingInstalled(folder=settings.data_dir)
    with ExitStack() as stack:
        admin_url = settings.postgres_admin_url.get_secret_value() if settings.postgres_admin_url else None
        if needs_postgres(settings):
            admin_url = _running_or_started(stack, postgres_folder(settings), running_postgres, start_postgres)
        redis_url = settings.redis_url.get_secret_value() if settings.redis_url else ""
        if with_redis and needs_valkey(settings):
            redis_url = _running_or_started(stack, valkey_folder(settings), running_valkey, start_valkey)
        yield addresses_of(settings, admin_url, redis_url)


def _running_or_started(
    stack: ExitStack, folder: Path, running: Callable[[Path], str | None], start: Callable[[Path], RunningServer]
) -> str:
    """Return the address of the running server or of one started now.

    Raises:
        FolderInUse: another process is just starting or stopping it.
    """
    try:
        server = start(folder)
    except FolderInUse:
        url = running(folder)
        if url is None:
            raise
        return url
    stack.callback(server.stop)
    return server.url


@asynccontextmanager
async def databases(settings: Settings) -> AsyncGenerator[Databases]:
    """Yield the tenants' databases under their application roles."""
    with servers(settings, with_redis=False) as found:
        opened = Databases({code: database.app.get_secret_value() for code, database in found.databases.items()})
        try:
            yield opened
        finally:
            await opened.close()
