"""The seeded demonstration: everything once, whole, lawful by the books, and labelled as invented.

The first two tests find tenants nobody has seeded; the seeded ones of the others come after them.
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from factories.gec import clearing_ready
from sqlalchemy import text

from backend.credits.gec import jobs_import
from backend.credits.gec.checking import LineChecker
from backend.credits.gec.sheet import CertificateFile
from backend.demo import plan, seeding
from backend.demo.acting import acting
from backend.demo.city import watching
from backend.demo.units import certificates, seed_units
from backend.demo.units.cast import Cast, cast_of
from backend.demo.units.plan import load_units
from backend.emissions import service as emissions
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.storage import Storage
from backend.kit.tasks import Task
from backend.ledger import service as ledger
from backend.monitoring import service as monitoring
from backend.quotas import service as quotas
from backend.tenants.packs import load_packs

TENANTS = ("wuxi", "changzhou", "chengdu", "guizhou")


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_tenant_has_a_plan_of_units_that_fits_its_pack(tenant: str) -> None:
    found, pack, organisations = load_units(tenant), load_packs(None)[tenant], plan.load(tenant)
    assert found is not None
    assert organisations is not None
    codes = {each.code for each in organisations.enterprises}
    assert {found.compliance.enterprise, found.reductions.enterprise, found.reductions.buyer} <= codes
    assert found.reductions.sold + found.reductions.offered + found.reductions.pledged < found.reductions.imported
    assert found.certificates.claimed < found.certificates.monthly * len(found.certificates.months)
    for each in found.programmes:
        programme = pack.programme(each.programme)
        assert programme is not None
        assert programme.methodology(each.methodology) is not None
        assert bool(each.enterprise) != bool(each.participant)
        assert "演示" in each.name
        assert "演示" in each.beneficiary
    if found.trees is not None:
        programme = pack.programme(found.trees.programme)
        assert programme is not None
        assert programme.trees is not None
    assert found.programmes or found.trees


@pytest.mark.parametrize("tenant", TENANTS)
async def test_the_export_is_one_the_import_takes(tenant: str, tmp_path) -> None:
    found = load_units(tenant)
    assert found is not None
    file = tmp_path / "export.csv"
    file.write_bytes(certificates.export(found.certificates, "某某有限公司（演示）"))
    checker = LineChecker(
        names=frozenset({"某某有限公司(演示)"}), holder="某某有限公司（演示）", today=date(2026, 11, 21)
    )
    async with CertificateFile(file, checker, 100_000) as opened:
        rows = [each async for each in opened.progress()][-1]
        ready = await opened.sorted()
    assert checker.problems == {}
    assert rows == sum(ready.quantities) == found.certificates.monthly * len(found.certificates.months)


async def test_seeding_makes_everything_once(databases: Databases, servers) -> None:
    assert await seeding.seed_tenant(databases, servers.settings, "chengdu") == 10
    assert await seeding.seed_tenant(databases, servers.settings, "chengdu") == 0
    async with databases.read(Scope.system("chengdu")) as read:
        states = await read.rows(
            text("select o.name, i.year, i.version, i.state, i.excluded_count from inventory i"
                 " join carbon_account a on a.id = i.account_id join organisation o on o.id = a.organisation_id"
                 " where o.is_demonstration order by o.name, i.year, i.version")
        )  # fmt: skip
        unlabelled = await read.value(
            text("select count(*) from carbon_account a join organisation o on o.id = a.organisation_id"
                 " where o.is_demonstration and not a.is_demonstration")
        )  # fmt: skip
        pending = await read.value(
            text("select count(*) from activity_record r join carbon_account a on a.id = r.account_id"
                 " join organisation o on o.id = a.organisation_id where o.name like '成都天府数据中心%'"
                 " and not exists (select from approval p where p.account_id = r.account_id and p.batch_id = r.batch_id)")
        )  # fmt: skip
    assert unlabelled == 0
    assert pending == 24 * 5
    newest = Counter(row.state for row in states if row.year == 2025)
    assert newest == {"closed": 1, "verified": 1, "submitted": 1, "computed": 2, "restated": 1}
    assert {row.state for row in states if row.year == 2024} == {"closed"}
    assert all(row.excluded_count == 0 for row in states)


async def test_an_interrupted_seeding_goes_on(databases: Databases, servers, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = plan.load("changzhou")
    assert whole is not None
    monkeypatch.setattr(seeding, "load", lambda _: dataclasses.replace(whole, enterprises=whole.enterprises[:1]))
    assert await seeding.seed_tenant(databases, servers.settings, "changzhou") == 5
    monkeypatch.setattr(seeding, "load", lambda _: dataclasses.replace(whole, enterprises=whole.enterprises[:2]))
    assert await seeding.seed_tenant(databases, servers.settings, "changzhou") == 1


@pytest.fixture(scope="module")
async def guizhou(databases: Databases, servers) -> Cast:
    return await seeded(databases, servers, "guizhou", pieces=(4, 1))


@pytest.fixture(scope="module")
async def wuxi(databases: Databases, servers) -> Cast:
    return await seeded(databases, servers, "wuxi", pieces=(4, 1))


async def seeded(databases: Databases, servers: Any, tenant: str, pieces: tuple[int, int]) -> Cast:
    """Seed a tenant: organisations and units, the worker's part by hand, and what waits for the worker."""
    await clearing_ready(servers.settings)
    await seeding.seed_tenant(databases, servers.settings, tenant)
    told: list[str] = []
    assert await seed_units(databases, servers.settings, tenant, told.append, patience=0) == pieces[0]
    assert told == [f"{tenant}: certificates wait for a worker to read them; they are claimed at the next seeding"]
    system = Scope.system(tenant)
    organisations = plan.load(tenant)
    assert organisations is not None
    async with databases.write(system) as write:
        cast = await cast_of(write, system, servers.settings, organisations)
    assert cast is not None
    await read_certificates(databases, servers, system)
    assert await seed_units(databases, servers.settings, tenant, told.append, patience=0) == pieces[1]
    assert await seed_units(databases, servers.settings, tenant, told.append, patience=0) == 0
    assert len(told) == 1
    return cast


async def read_certificates(databases: Databases, servers: Any, system: Scope) -> None:
    """Do what the worker does with the demonstration's export."""
    async with databases.read(system) as read:
        [row] = await read.rows(
            text("select account_id, id from gec_import where state = 'received' and file_name = :name"),
            {"name": certificates.FILE},
        )  # fmt: skip
    task = Task(
        databases=databases, scope=system, storage=Storage.of(servers.settings), settings=servers.settings,
        job_id=new_id(),
    )  # fmt: skip
    result = await jobs_import.import_certificates(task, {"account_id": str(row.account_id), "import_id": str(row.id)})
    assert result["state"] == "stored"


async def held(
    databases: Databases, tenant: str, account_ids: Sequence[UUID]
) -> dict[tuple[UUID, str], dict[str, Decimal]]:
    """Return what accounts have of each class, by bucket; empty buckets left out."""
    system = Scope.system(tenant)
    async with databases.read(system) as read:
        found = await ledger.balances(read, system, list(account_ids))
    totals: dict[tuple[UUID, str], dict[str, Decimal]] = {}
    for each in found:
        buckets = totals.setdefault((each.account_id, each.class_code), {})
        buckets[each.bucket.value] = buckets.get(each.bucket.value, Decimal(0)) + each.amount
    return totals


async def test_allowances_settle_the_past_year_and_the_next_one_lacks_some(databases: Databases, wuxi: Cast) -> None:
    account_id = wuxi.players["e6"].account_id
    assert (await held(databases, "wuxi", [account_id]))[account_id, "CEA"] == {
        "available": Decimal(861425), "surrendered": Decimal(895090)
    }  # fmt: skip
    system = Scope.system("wuxi")
    async with databases.read(system) as read:
        past = await quotas.position(read, system, account_id, 2024)
        coming = await quotas.position(read, system, account_id, 2025)
    assert (past.standing.settled_cea, past.standing.remaining) == (Decimal(895090), Decimal(0))
    assert (coming.standing.remaining, coming.usable_cea, coming.usable_ccer, coming.gap) == (
        Decimal(860901), Decimal(848022), Decimal(7000), Decimal(5879)
    )  # fmt: skip


async def test_reductions_are_sold_offered_and_pledged(databases: Databases, wuxi: Cast) -> None:
    seller, buyer = wuxi.players["e6"].account_id, wuxi.players["e1"].account_id
    found = await held(databases, "wuxi", [seller, buyer])
    assert found[seller, "CCER"] == {
        "available": Decimal(7000), "offered": Decimal(2000), "pledged": Decimal(6000)
    }  # fmt: skip
    assert found[buyer, "CCER"] == {"available": Decimal(5000)}


async def test_certificates_move_the_market_side_alone(databases: Databases, wuxi: Cast) -> None:
    account_id = wuxi.players["e4"].account_id
    assert (await held(databases, "wuxi", [account_id]))[account_id, "GEC"] == {
        "available": Decimal(200), "retired": Decimal(1000)
    }  # fmt: skip
    system = Scope.system("wuxi")
    async with databases.read(system) as read:
        assert await emissions.claimed_energy(read, system, [account_id], 2025) == {account_id: Decimal(1000)}
        versions = await read.rows(
            text("select version, state, scope2_location, scope2_market from inventory"
                 " where account_id = :id and year = 2025 order by version"),
            {"id": account_id},
        )  # fmt: skip
    assert [(row.version, row.state) for row in versions] == [(1, "withdrawn"), (2, "computed")]
    before, after = versions
    assert before.scope2_location == before.scope2_market == after.scope2_location
    assert after.scope2_market < after.scope2_location


async def test_the_tenants_own_programme_issues_and_says_that_its_terms_are_the_demonstrations(
    databases: Databases, wuxi: Cast
) -> None:
    account_id = wuxi.players["e5"].account_id
    assert (await held(databases, "wuxi", [account_id]))[account_id, "WX_CI"] == {
        "available": Decimal(2040), "retired": Decimal(400)
    }  # fmt: skip
    system = Scope.system("wuxi")
    async with databases.read(system) as read:
        documents = await read.rows(text("select document from programme_setting where reason = '演示'"))
    assert [row.document for row in documents] == ["演示设定，不是官方数值"]


async def test_households_are_due_their_trees_and_one_is_paid(databases: Databases, guizhou: Cast) -> None:
    async with databases.read(Scope.system("guizhou")) as read:
        rows = await read.rows(
            text("select h.code, p.trees, p.yuan, p.state, p.paid_on from tree_payment p"
                 " join tree_household h on h.id = p.household_id where h.code like 'DEMO-%' order by h.code")
        )  # fmt: skip
    assert [(row.code, row.trees, row.yuan) for row in rows] == [
        ("DEMO-H1", 450, Decimal(1350)), ("DEMO-H2", 150, Decimal(450))
    ]  # fmt: skip
    assert sorted(row.state for row in rows) == ["due", "paid"]
    assert {row.paid_on for row in rows} == {None, today()}
    assert (await held(databases, "guizhou", [guizhou.players["e1"].account_id]))[
        guizhou.players["e1"].account_id, "CEA"
    ] == {"surrendered": Decimal(253024)}


async def test_points_and_tonnes_of_chengdu_lie_in_books_of_their_own(databases: Databases, servers) -> None:
    cast = await seeded(databases, servers, "chengdu", pieces=(5, 1))
    async with databases.read(Scope.system("chengdu")) as read:
        [participant] = await read.rows(text("select id from programme_participant where code = 'DEMO-P1'"))
    account_id = cast.players["e2"].account_id
    found = await held(databases, "chengdu", [participant.id, account_id])
    assert found == {
        (participant.id, "TF_POINT"): {"available": Decimal(140), "retired": Decimal(100)},
        (account_id, "CDCER"): {"available": Decimal(1275), "retired": Decimal(300)},
    }


async def test_a_piece_the_books_refuse_is_told_and_left_out(
    databases: Databases, servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clearing_ready(servers.settings)
    await seeding.seed_tenant(databases, servers.settings, "changzhou")
    whole = load_units("changzhou")
    assert whole is not None
    system = Scope.system("changzhou")
    async with databases.write(system) as write:
        await ledger.freeze(write, system, "CCER", "试")
    told: list[str] = []
    try:
        # certificates, compliance and the programme; not the reductions.
        assert await seed_units(databases, servers.settings, "changzhou", told.append, patience=0) == 3
    finally:
        async with databases.write(system) as write:
            await ledger.unfreeze(write, system, "CCER", "试")
    assert told[0].startswith("changzhou: reductions left out: ")
    assert await seed_units(databases, servers.settings, "changzhou", told.append, patience=0) == 1


async def test_a_look_at_another_month_keeps_no_warning_from_the_demonstration(
    databases: Databases, wuxi: Cast
) -> None:
    """The worker may evaluate the month that is over before the demonstration has any data."""
    scope, newest = (
        Scope.system("wuxi"),
        text("select max(evaluated_at) from monitoring_evaluation where month = :month"),
    )
    async with databases.write(scope) as write, acting(write, wuxi.city, "clerk") as (played, clerk):
        await monitoring.evaluate(played, clerk, date(2025, 11, 1))
    async with databases.write(scope) as write:
        await watching.warnings(write, wuxi)
        looked = await write.value(newest, {"month": watching.MONTH})
        assert looked is not None
        assert not await watching.warnings(write, wuxi)
        assert await write.value(newest, {"month": watching.MONTH}) == looked
