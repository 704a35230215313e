"""A made-up city comes alive from a pack alone: database, roles, divisions, an organisation, an account."""

from pathlib import Path

import pytest
from factories.packs import write_pack
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from backend import installation
from backend.identity import rules as identity_rules
from backend.identity import service as identity
from backend.kit.db import Databases
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants


async def test_a_fifth_city_needs_no_code(servers, databases: Databases, tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    city = folder.name
    settings = servers.settings.model_copy(update={"tenants": f"wuxi,{city}", "packs_dir": folder.parent})
    addresses = installation.addresses(settings, servers.postgres.url)
    await installation.migrate(addresses, servers.postgres.url)
    both = Databases({code: each.app.get_secret_value() for code, each in addresses.items()})
    try:
        await installation.furnish(both, settings)
        scope = Scope.system(city)
        async with both.read(scope) as read:
            pack = await tenants.pack_in_force(read, scope)
            divisions = await tenants.divisions(read, scope)
            parameters = await read.value(text("select count(*) from parameter_version"))
        assert pack.code == city
        assert {division.code for division in divisions} == {division.code for division in pack.divisions}
        assert parameters > 400
        async with both.write(scope) as write:
            await identity.register_organisation(
                write, scope, kind=Kind.ENTERPRISE, name="云城机械有限公司",
                credit_code=identity_rules.fictitious_code(Kind.ENTERPRISE, pack.division_code, 1),
                division_code=pack.division_code,
            )  # fmt: skip
        async with both.read(Scope.system("wuxi")) as read:
            found = await read.value(text("select count(*) from organisation where name = '云城机械有限公司'"))
        assert found == 0
    finally:
        await both.close()
    # The new city's role is walled off from the others like theirs from it.
    url = make_url(addresses[city].app.get_secret_value()).set(database="carbon_wuxi")
    engine = create_async_engine(url)
    with pytest.raises(DBAPIError, match="permission denied for database"):
        async with engine.connect():
            pass
    await engine.dispose()
