"""A pack in the database: divisions as a tree, the pack in force, a made-up city from a pack alone."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from factories.packs import DIVISIONS, PACK, write_pack
from sqlalchemy import event, func, select

from backend import installation
from backend.api.schema import schema
from backend.factors import service as factors
from backend.kit.audit import AuditEvent
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings
from backend.tenants import queries, service
from backend.tenants.errors import DivisionUnknown, PackMissing, PackNotForThisTenant, TenantNotFurnished
from backend.tenants.models import PackVersion
from backend.tenants.packs import load_pack, load_packs
from backend.wire.context import Context

OPERATIONS = Path(__file__).resolve().parents[2] / "graphql" / "operations" / "tenants"


def context(databases: Databases, tenant: str, **changes: Any) -> Context:
    given: dict[str, Any] = {"kind": Kind.ENTERPRISE, "permissions": frozenset({"tenants:read"}), **changes}
    scope = Scope(tenant=tenant, organisation_id=uuid4(), actor_id=uuid4(), **given)
    return Context(scope=scope, databases=databases, settings=Settings())


async def ask(asking: Context, operation: str, **variables: Any) -> Any:
    document = (OPERATIONS / f"{operation}.graphql").read_text(encoding="utf-8")
    return await schema.execute(document, variable_values=variables, context_value=asking)


@pytest.mark.parametrize("tenant", ["wuxi", "changzhou", "chengdu", "guizhou"])
async def test_each_tenant_has_its_own_divisions(databases: Databases, tenant: str) -> None:
    pack = load_packs()[tenant]
    async with databases.read(Scope.system(tenant)) as read:
        stored = await service.divisions(read, read.scope)
        assert {each.code: each.path for each in stored} == {each.code: each.path for each in pack.divisions}
        assert (await service.pack_in_force(read, read.scope)) == pack


async def test_parents_come_before_their_subdivisions(databases: Databases) -> None:
    async with databases.read(Scope.system("guizhou")) as read:
        stored = await service.divisions(read, read.scope)
        below = await service.divisions(read, read.scope, "520000/520100/")
    seen: set[str | None] = {None}
    for each in stored:
        assert each.parent_code in seen
        seen.add(each.code)
    assert below[0].code == "520100"
    assert len(below) == below[0].children + 1
    assert all(each.path.startswith("520000/520100/") for each in below)


async def test_one_division(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await service.division(read, read.scope, "320206")
        assert found is not None
        assert (found.name_zh, found.path, found.level) == ("惠山区", "320000/320200/320206/", "district")
        assert await service.division(read, read.scope, "510104") is None
        with pytest.raises(DivisionUnknown) as unknown:
            await service.required_division(read, read.scope, "510104")
    assert "Wuxi" in unknown.value.message("en")
    assert "无锡市" in unknown.value.message("zh")


async def test_the_same_pack_is_loaded_once(databases: Databases, system: Scope) -> None:
    async with databases.write(system) as write:
        assert await service.load_pack(write, system, load_packs()["wuxi"]) is False
    async with databases.read(system) as read:
        assert await read.value(select(func.count()).select_from(PackVersion)) == 1


async def test_another_tenants_pack_is_refused(databases: Databases, system: Scope) -> None:
    with pytest.raises(PackNotForThisTenant):
        async with databases.write(system) as write:
            await service.load_pack(write, system, load_packs()["guizhou"])


@pytest.mark.parametrize("kind", [Kind.ENTERPRISE, Kind.AUTHORITY, Kind.OPERATOR])
async def test_nobody_but_the_service_loads_a_pack(databases: Databases, kind: Kind) -> None:
    scope = Scope(tenant="wuxi", kind=kind, permissions=frozenset({"tenants:read"}))
    with pytest.raises(Forbidden):
        async with databases.write(scope) as write:
            await service.load_pack(write, scope, load_packs()["wuxi"])


def made_up(parent: Path, text: str = PACK, divisions: str = DIVISIONS) -> Path:
    """Write the made-up city's pack under a code of this module's own: its database is not shared."""
    return write_pack(parent, folder="fengcheng", pack=text.replace("yuncheng", "fengcheng"), divisions=divisions)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
async def fengcheng(servers, folder: Path):
    settings = servers.settings.model_copy(update={"tenants": "fengcheng", "packs_dir": folder.parent})
    addresses = installation.addresses(settings, servers.postgres.url)
    await installation.migrate(addresses, servers.postgres.url)
    databases = Databases({"fengcheng": addresses["fengcheng"].app.get_secret_value()})
    scope = Scope.system("fengcheng")
    try:
        async with databases.read(scope) as read:
            with pytest.raises(PackMissing):
                await service.pack_in_force(read, scope)
        early = await ask(context(databases, "fengcheng"), "TenantInfo")
        assert isinstance(early.errors[0].original_error, TenantNotFurnished)
        await installation.furnish(databases, settings)
        yield databases
    finally:
        await databases.close()


class TestMadeUpCity:
    """A fifth city: nothing but a folder of two files, in a database of its own."""

    async def test_it_comes_alive_from_a_pack_alone(self, fengcheng: Databases, folder: Path) -> None:
        pack = load_pack(folder)
        tenant = (await ask(context(fengcheng, "fengcheng"), "TenantInfo")).data["tenant"]
        assert (tenant["nameZh"], tenant["gridRegion"]) == ("云城市", "华中")
        tree = (await ask(context(fengcheng, "fengcheng"), "DivisionTree", under="990100")).data["divisions"]["nodes"]
        assert {each["code"] for each in tree} == {each.code for each in pack.subtree("990100")}
        scope = Scope.system("fengcheng")
        async with fengcheng.read(scope) as read:
            found = await factors.book(read, scope, published_by=date(2026, 6, 1))
            # No provincial factor exists for its made-up province: the grid region named by the pack stands in.
            answer = found.automatic(pack.province_code, pack.grid_region, date(2025, 1, 1))
        assert (answer.key, answer.region, answer.level) == ("regional_average", "华中", 2)
        assert answer.value == Decimal("0.5271")

    async def test_a_new_version_renames_and_keeps(self, fengcheng: Databases, folder: Path, tmp_path: Path) -> None:
        scope, first = Scope.system("fengcheng"), load_pack(folder)
        last = first.divisions[-1]
        lines = [line.replace("东区", "朝阳区") for line in DIVISIONS.splitlines()[:-1]]
        newer = load_pack(made_up(tmp_path, divisions="\n".join(lines) + "\n"))
        async with fengcheng.write(scope) as write:
            assert await service.load_pack(write, scope, newer) is True
        async with fengcheng.read(scope) as read:
            assert await service.pack_in_force(read, scope) == newer
            renamed, kept = (
                await service.division(read, scope, "990102"),
                await service.division(read, scope, last.code),
            )
            assert renamed is not None
            assert renamed.name_zh == "朝阳区"
            assert kept is not None, "accounts may name a division that left the pack"
        # A process that still carries the old pack does not switch the jurisdiction back by starting.
        async with fengcheng.write(scope) as write:
            assert await service.load_pack(write, scope, first) is False
        async with fengcheng.read(scope) as read:
            assert await service.pack_in_force(read, scope) == newer

    async def test_a_tree_is_stored_by_one_statement(self, fengcheng: Databases, tmp_path: Path) -> None:
        scope = Scope.system("fengcheng")
        pack = load_pack(made_up(tmp_path, divisions=DIVISIONS.replace("西县", "南县")))
        statements: list[str] = []
        engine = fengcheng.engine("fengcheng").sync_engine

        def note(_connection, _cursor, statement: str, *_rest: object) -> None:
            statements.append(statement.lower())

        event.listen(engine, "before_cursor_execute", note)
        try:
            async with fengcheng.write(scope) as write:
                await service.load_pack(write, scope, pack)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert sum("insert into division" in each for each in statements) == 1

    async def test_a_pack_without_separation_of_duties(self, fengcheng: Databases, tmp_path: Path) -> None:
        scope = Scope.system("fengcheng")
        text = PACK.replace("[grid]", "separation_of_duties = false\n\n[grid]", 1)
        async with fengcheng.write(scope) as write:
            assert await service.is_duty_separated(write, scope) is True
            await service.load_pack(write, scope, load_pack(made_up(tmp_path, text=text)))
            assert await service.is_duty_separated(write, scope) is False


async def test_duties_are_separated_unless_the_pack_says_otherwise(databases: Databases, system: Scope) -> None:
    async with databases.read(system) as read:
        assert await service.is_duty_separated(read, system) is True


async def test_loading_left_an_event(databases: Databases, system: Scope) -> None:
    async with databases.read(system) as read:
        details = await read.value(select(AuditEvent.details).where(AuditEvent.action == "tenants:load_pack"))
    assert details["pack"] == "wuxi"
    assert details["divisions"] == len(load_packs()["wuxi"].divisions)


async def test_the_jurisdiction_on_the_wire(databases: Databases) -> None:
    result = await ask(context(databases, "wuxi"), "TenantInfo")
    assert result.errors is None
    tenant = result.data["tenant"]
    assert (tenant["code"], tenant["nameZh"], tenant["gridRegion"]) == ("wuxi", "无锡市", "华东")
    assert tenant["division"]["path"] == "320000/320200/"
    programmes = {each["code"]: each for each in tenant["programmes"]}
    scheme = programmes["carbon_inclusive"]
    assert scheme["provenance"]["isPlaceholder"] is True
    assert scheme["provenance"]["document"]["code"] == "wuxi_dual_control"
    assert scheme["provenance"]["noteZh"]
    parts = [each["provenance"] for kind in ("programmes", "sectors", "methodPacks", "rules") for each in tenant[kind]]
    assert all(each["document"] or each["isPlaceholder"] for each in parts)
    # What lies inside a programme (its units, methodologies, rules) counts as well.
    inside = [part for each in load_packs()["wuxi"].programmes for _, part in each.sourced()]
    assert tenant["placeholdersCount"] == sum(each["isPlaceholder"] for each in parts) + sum(
        part.is_placeholder for part in inside
    )


async def test_divisions_on_the_wire(databases: Databases) -> None:
    asking = context(databases, "guizhou")
    whole = (await ask(asking, "DivisionTree")).data["divisions"]["nodes"]
    first = (await ask(asking, "DivisionTree", first=2)).data["divisions"]
    second = (await ask(asking, "DivisionTree", first=2, after=first["pageInfo"]["endCursor"])).data["divisions"]
    assert [*first["nodes"], *second["nodes"]] == whole[:4]
    cities = (await ask(asking, "DivisionTree", level="city")).data["divisions"]["nodes"]
    assert len(cities) == 9
    under = (await ask(asking, "DivisionTree", under="520300")).data["divisions"]["nodes"]
    assert under[0]["childrenCount"] == len(under) - 1
    assert (await ask(asking, "DivisionTree", under="320200")).data["divisions"]["nodes"] == []
    found = (await ask(asking, "DivisionTree", search="Zunyi")).data["divisions"]["nodes"]
    assert "520300" in {each["code"] for each in found}
    one = (await ask(asking, "DivisionByCode", code="520103")).data["division"]
    assert one["parent"]["code"] == "520100"
    assert (await ask(asking, "DivisionByCode", code="320200")).data["division"] is None


@pytest.mark.parametrize(
    ("kind", "error"), [(Kind.NOBODY, Unauthenticated), (Kind.BANK, Forbidden), (Kind.ENTERPRISE, Forbidden)]
)
async def test_callers_without_permission(databases: Databases, kind: Kind, error: type[Exception]) -> None:
    asking = context(databases, "wuxi", kind=kind, permissions=frozenset())
    for operation, variables in (("TenantInfo", {}), ("DivisionTree", {}), ("DivisionByCode", {"code": "320200"})):
        result = await ask(asking, operation, **variables)
        assert isinstance(result.errors[0].original_error, error)


async def test_a_tree_costs_the_same_whatever_its_length(databases: Databases) -> None:
    counts: list[int] = []
    for first in (1, 50):
        statements: list[str] = []
        engine = databases.engine("guizhou").sync_engine

        def note(_connection, _cursor, statement: str, *_rest: object, to: list[str] = statements) -> None:
            to.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            await ask(context(databases, "guizhou"), "DivisionTree", first=first)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts == [2, 2]


async def test_queries_of_many(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await queries.division_batch(read, read.scope, ["320206", "nowhere", "320200"])
    assert [each and each.code for each in found] == ["320206", None, "320200"]
