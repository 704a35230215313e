"""What `carbon up`, `carbon migrate` and the tests share: tenants created, migrated and furnished."""

from collections.abc import Callable, Mapping

from backend.credits.programmes import service as programmes
from backend.esg import service as esg
from backend.factors import service as factors
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings, TenantDatabase
from backend.knowledge import service as knowledge
from backend.ledger import service as ledger
from backend.scores import service as scores
from backend.tenants import provision
from backend.tenants import service as tenants
from backend.tenants.errors import PackMissing
from backend.tenants.packs import load_packs
from backend.tenants.values import Pack

Tell = Callable[[str], None]


def quietly(_message: str) -> None:
    """Tell nobody."""


def addresses(settings: Settings, admin_url: str | None) -> dict[str, TenantDatabase]:
    """Return the database addresses of every served tenant."""
    return {code: provision.addresses(settings, admin_url, code) for code in settings.tenant_codes}


async def migrate(
    databases: Mapping[str, TenantDatabase],
    admin_url: str | None = None,
    tell: Tell = quietly,
    *,
    clearing: TenantDatabase | None = None,
) -> None:
    """Create what is missing (given an administrator's address) and bring each database to the newest revision."""
    if clearing is not None:
        await provision.provision_clearing(admin_url, clearing)
    for code, database in databases.items():
        if admin_url is not None:
            await provision.provision(admin_url, code, database)
        changed = await provision.migrate(database)
        tell(f"{code}: {'migrated' if changed else 'up to date'}")


async def furnish(databases: Databases, settings: Settings, tell: Tell = quietly) -> None:
    """Load each tenant's pack, its classes of units and the reference parameters; what is there already stays.

    Raises:
        PackMissing: a served tenant has no pack.
        PackInvalid: a pack is broken.
    """
    packs = load_packs(settings.packs_dir)
    for code in databases.tenants:
        scope = Scope.system(code)
        async with databases.write(scope) as write:
            pack = pack_of(packs, code)
            await tenants.load_pack(write, scope, pack)
            report = await factors.load_reference(write, scope)
            await ledger.furnish(write, scope)
            await esg.furnish(write, scope)
            await programmes.register_classes(write, scope, pack)
            await scores.furnish(write, scope, pack)
            await knowledge.furnish(write, scope)
        tell(f"{code}: {report}")


def pack_of(packs: Mapping[str, Pack], code: str) -> Pack:
    """Return a served tenant's pack.

    Raises:
        PackMissing: no folder of that name among the packs.
    """
    if code not in packs:
        raise PackMissing(tenant=code, known=", ".join(sorted(packs)))
    return packs[code]
