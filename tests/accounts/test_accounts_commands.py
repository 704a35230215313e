"""Each command of the carbon account, and each of its refusals."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from factories import accounts as make
from factories import identity
from sqlalchemy import select

from backend.accounts import errors, ports, queries, service
from backend.accounts.values import AccountFilter
from backend.emissions import errors as methods
from backend.emissions import source_rules
from backend.kit.audit import AuditEvent
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.quantities import IncompatibleUnits, UnknownUnit
from backend.kit.scope import Scope
from backend.tenants.errors import DivisionUnknown


async def do(databases: Databases, command, scope: Scope, **given):
    """Run one command in its own transaction."""
    async with databases.write(scope) as write:
        return await command(write, scope, **given)


async def refused(databases: Databases, error: type[Exception], command, scope: Scope, **given) -> Exception:
    with pytest.raises(error) as caught:
        await do(databases, command, scope, **given)
    assert caught.type is error
    return caught.value


async def events(databases: Databases, held: make.Held, action: str) -> list:
    async with databases.read(held.scope.as_system()) as read:
        return list(await read.rows(
            select(AuditEvent.object_id, AuditEvent.details, AuditEvent.actor_id)
            .where(AuditEvent.chain_id == held.holder.id, AuditEvent.action == action)
            .order_by(AuditEvent.sequence)
        ))  # fmt: skip


@pytest.fixture
async def held(databases: Databases) -> make.Held:
    return await make.held_account(databases)


async def test_an_account_takes_its_guide_from_the_sector(databases: Databases) -> None:
    holder = await identity.enterprise(databases)
    account = await do(
        databases, service.open_account, holder.scope, name=" 江阴  特钢\t一厂 ", division_code="320281", sector="steel"
    )
    assert (account.name, account.division_path) == ("江阴 特钢 一厂", "320000/320200/320281/")
    assert (account.method_pack, account.fuel_table) == ("steel", "A_MEE_ETS")
    assert (account.province_code, account.grid_region) == ("320000", "华东")
    assert (account.has_separation_of_duties, account.is_demonstration, account.closed_at) == (True, False, None)
    assert (account.organisation_id, account.opened_by) == (holder.id, holder.person_id)
    prefix, code, serial = account.number.split("-")
    assert (prefix, code, len(serial), serial.isdigit()) == ("CA", "320281", 6, True)
    held = make.Held(account, holder)
    async with databases.read(holder.scope) as read:
        assert await service.account(read, holder.scope, account.id) == account
    opened = await events(databases, held, "accounts:open")
    assert [(row.object_id, row.details["sector"], row.actor_id) for row in opened] == [
        (str(account.id), "steel", holder.person_id)
    ]


async def test_guide_and_table_can_be_given(databases: Databases) -> None:
    holder = await identity.enterprise(databases, tenant="guizhou")
    account = await do(
        databases, service.open_account, holder.scope, name="铝厂", division_code="520100", sector="other",
        method_pack="aluminium", fuel_table="D_IPCC2006",
    )  # fmt: skip
    assert (account.method_pack, account.fuel_table, account.grid_region) == ("aluminium", "D_IPCC2006", "南方")
    other = await do(
        databases, service.open_account, holder.scope, name="办公楼", division_code="520100", sector="other"
    )
    assert (other.method_pack, other.fuel_table) == ("general", "C_INDUSTRY_OTHER")
    assert other.number != account.number


async def test_numbers_are_given_once_under_competition(databases: Databases) -> None:
    holder = await identity.enterprise(databases)
    given = {"name": "账户", "division_code": "320206", "sector": "steel"}
    accounts = await asyncio.gather(*(do(databases, service.open_account, holder.scope, **given) for _ in range(12)))
    assert len({account.number for account in accounts}) == 12


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": " \u200b "}, errors.TextMissing),
        ({"name": "长" * 201}, errors.TextTooLong),
        ({"division_code": "110000"}, DivisionUnknown),
        ({"division_code": "320000"}, errors.DivisionOutside),
        ({"sector": "piracy"}, errors.SectorUnknown),
        ({"method_pack": "alchemy"}, errors.MethodPackUnknown),
        ({"fuel_table": "Z"}, errors.FuelTableUnknown),
        ({"organisation_id": uuid4()}, errors.AccountNotYours),
    ],
)
async def test_an_account_is_refused(databases: Databases, changes: dict, error: type[Exception]) -> None:
    holder = await identity.enterprise(databases)
    given = {"name": "账户", "division_code": "320206", "sector": "steel", **changes}
    await refused(databases, error, service.open_account, holder.scope, **given)
    async with databases.read(holder.scope) as read:
        assert await queries.account_count(read, holder.scope, AccountFilter()) == 0


async def test_who_opens_accounts(databases: Databases) -> None:
    holder = await identity.enterprise(databases)
    given = {"name": "账户", "division_code": "320206", "sector": "steel"}
    for role in ("energy_manager", "carbon_officer", "viewer"):
        colleague = await identity.colleague(databases, holder, role)
        await refused(databases, Forbidden, service.open_account, colleague, **given)
    await refused(databases, Unauthenticated, service.open_account, Scope.nobody("wuxi"), **given)
    bureau = await identity.authority(databases)
    strong = replace(bureau.scope, permissions=bureau.scope.permissions | {"accounts:open"})
    await refused(databases, errors.AccountNotYours, service.open_account, strong, **given)
    system = Scope.system("wuxi")
    await refused(databases, errors.HolderMissing, service.open_account, system, **given)
    await refused(databases, errors.HolderMissing, service.open_account, system, organisation_id=bureau.id, **given)
    account = await do(
        databases, service.open_account, system, organisation_id=holder.id, is_demonstration=True, **given
    )
    assert (account.organisation_id, account.is_demonstration) == (holder.id, True)
    # What the service does for an enterprise stands in that enterprise's own chain.
    assert len(await events(databases, make.Held(account, holder), "accounts:open")) == 1


async def test_rename_and_switch_leave_before_and_after(databases: Databases, held: make.Held) -> None:
    renamed = await do(databases, service.rename_account, held.scope, account_id=held.id, name="新名称")
    again = await do(databases, service.rename_account, held.scope, account_id=held.id, name="新名称")
    assert (renamed.name, again.name) == ("新名称", "新名称")
    told = await events(databases, held, "accounts:rename")
    assert [row.details["changes"] for row in told] == [{"name": {"before": "示范厂区账户", "after": "新名称"}}]
    await refused(databases, errors.TextMissing, service.rename_account, held.scope, account_id=held.id, name="")
    switched = await do(
        databases, service.switch_separation_of_duties, held.scope, account_id=held.id, is_on=False, reason="仅一名人员"
    )
    assert switched.has_separation_of_duties is False
    told = await events(databases, held, "accounts:switch_separation_of_duties")
    assert told[0].details["reason"] == "仅一名人员"
    await refused(
        databases, errors.ReasonMissing, service.switch_separation_of_duties, held.scope,
        account_id=held.id, is_on=True, reason="  ",
    )  # fmt: skip
    manager = await identity.colleague(databases, held.holder, "energy_manager")
    await refused(
        databases, Forbidden, service.switch_separation_of_duties, manager, account_id=held.id, is_on=True, reason="x"
    )


async def test_a_closed_account_takes_nothing_more(databases: Databases, held: make.Held) -> None:
    site = await make.site_of(databases, held)
    await do(databases, service.open_year, held.scope, account_id=held.id, year=2025)
    close = {"account_id": held.id, "reason": "企业注销"}
    error = await refused(databases, errors.AccountHasOpenYears, service.close_account, held.scope, **close)
    assert error.details == {"years": "2025"}
    await do(databases, service.close_year, held.scope, account_id=held.id, year=2025)
    await refused(databases, errors.ReasonMissing, service.close_account, held.scope, **{**close, "reason": ""})
    closed = await do(databases, service.close_account, held.scope, **close)
    assert closed.closed_at is not None
    await refused(databases, errors.AccountClosed, service.close_account, held.scope, **close)
    await refused(databases, errors.AccountClosed, service.open_year, held.scope, account_id=held.id, year=2026)
    await refused(databases, errors.AccountClosed, service.add_site, held.scope, account_id=held.id, code="S", name="x")
    await refused(
        databases, errors.AccountClosed, service.change_site, held.scope, account_id=held.id, site_id=site.id, name="x"
    )
    async with databases.read(held.scope) as read:
        assert (await service.account(read, held.scope, held.id)).closed_at == closed.closed_at


async def test_sites(databases: Databases, held: make.Held) -> None:
    site = await make.site_of(
        databases, held, code="S-1", name="一号厂区", division_code="320206", address="惠山大道 1 号"
    )
    assert (site.code, site.division_code, site.address) == ("S-1", "320206", "惠山大道 1 号")
    assert (await make.site_of(databases, held)).division_code == held.account.division_code
    base = {"account_id": held.id, "code": "S-9", "name": "厂区"}
    for changes, error in (
        ({"code": "S-1"}, errors.CodeTaken),
        ({"code": "S 9"}, errors.CodeInvalid),
        ({"code": "=1+1"}, errors.CodeInvalid),
        ({"name": ""}, errors.TextMissing),
        ({"division_code": "999999"}, DivisionUnknown),
        ({"account_id": uuid4()}, errors.AccountNotFound),
    ):
        await refused(databases, error, service.add_site, held.scope, **{**base, **changes})
    changed = await do(
        databases, service.change_site, held.scope, account_id=held.id, site_id=site.id, name="主厂区", address=""
    )
    assert changed == replace(site, name="主厂区", address="")
    async with databases.read(held.scope) as read:
        assert await queries.site(read, held.scope, held.id, site.id) == changed
    await refused(
        databases, errors.SiteNotFound, service.change_site, held.scope, account_id=held.id, site_id=uuid4(), name="x"
    )
    # A code is unique in its account only.
    assert (await make.site_of(databases, await make.held_account(databases), code="S-1")).code == "S-1"


async def test_sources_are_judged_by_the_methods(databases: Databases, held: make.Held) -> None:
    site = await make.site_of(databases, held)
    source = await make.source_of(
        databases, held, site, code="F01", name="锅炉", method="fuel_combustion", key="天然气", unit="10^4Nm3",
        parameters={"ncv": "389.31", "oxidation_factor": Decimal("0.99")},
    )  # fmt: skip
    assert (source.scope, source.category, source.key, source.unit) == (1, "combustion", "天然气", "万Nm3")
    assert source.parameters == {"ncv": "389.31", "oxidation_factor": "0.99"}
    async with databases.read(held.scope) as read:
        assert await queries.source(read, held.scope, held.id, source.id) == source
    base = {"account_id": held.id, "site_id": site.id, "code": "F09", "name": "锅炉", "method": "fuel_combustion",
            "key": "天然气", "unit": "万Nm3"}  # fmt: skip
    for changes, error in (
        ({"code": "F01"}, errors.CodeTaken),
        ({"code": ""}, errors.CodeInvalid),
        ({"name": "x" * 201}, errors.TextTooLong),
        ({"site_id": uuid4()}, errors.SiteNotFound),
        ({"method": "alchemy"}, methods.UnknownMethod),
        ({"method": "clinker", "unit": "t"}, methods.MethodNotInPack),
        ({"emission_scope": 2}, methods.ScopeNotAllowed),
        ({"unit": "kWh"}, methods.UnitNotAccepted),
        ({"unit": "furlong"}, UnknownUnit),
        ({"parameters": {"phlogiston": "1"}}, methods.UnknownParameter),
        ({"parameters": {"oxidation_factor": "1.2"}}, methods.ImpossibleParameter),
        ({"parameters": {"factor": "2.1"}}, methods.MissingText),
    ):
        await refused(databases, error, service.add_source, held.scope, **{**base, **changes})


async def test_without_methods_no_source_can_be_judged(databases: Databases, held: make.Held) -> None:
    site = await make.site_of(databases, held)
    ports.provide_source_rules(ports.NoSourceRules())
    try:
        await refused(
            databases, errors.SourceRulesMissing, service.add_source, held.scope, account_id=held.id, site_id=site.id,
            code="E", name="电", method="purchased_electricity", unit="MWh",
        )  # fmt: skip
    finally:
        ports.provide_source_rules(source_rules.MethodSourceRules())


async def test_a_source_changes_ends_and_resumes(databases: Databases, held: make.Held) -> None:
    source = await make.source_of(databases, held, await make.site_of(databases, held))
    one = {"account_id": held.id, "source_id": source.id}
    declared = {"factor": "0.5703", "factor_source": "供应商合同"}
    changed = await do(databases, service.change_source, held.scope, **one, name="电网", parameters=declared)
    assert (changed.name, changed.parameters) == ("电网", declared)
    told = await events(databases, held, "accounts:change_source")
    assert told[0].details["changes"]["parameters"] == {"before": {}, "after": declared}
    await refused(databases, methods.UnknownParameter, service.change_source, held.scope, **one, parameters={"a": "1"})
    await refused(
        databases, errors.SourceNotFound, service.change_source, held.scope, account_id=held.id, source_id=uuid4()
    )
    for ended_on in (date(2004, 12, 31), date(today().year + 1, 1, 1)):
        await refused(
            databases, errors.EndDateInvalid, service.end_source, held.scope, **one, ended_on=ended_on, reason="停用"
        )
    end = {**one, "ended_on": date(2025, 6, 30)}
    await refused(databases, errors.ReasonMissing, service.end_source, held.scope, **end, reason="")
    assert (await do(databases, service.end_source, held.scope, **end, reason="停用")).ended_on == date(2025, 6, 30)
    await refused(databases, errors.SourceEnded, service.end_source, held.scope, **end, reason="停用")
    await refused(databases, errors.SourceEnded, service.add_meter, held.scope, **one, code="M", name="表", unit="kWh")
    await refused(databases, errors.ReasonMissing, service.resume_source, held.scope, **one, reason="")
    assert (await do(databases, service.resume_source, held.scope, **one, reason="误操作")).ended_on is None
    async with databases.read(held.scope) as read:
        assert await queries.source(read, held.scope, held.id, source.id) == changed


async def test_meters_and_calibrations(databases: Databases, held: make.Held) -> None:
    source = await make.source_of(databases, held, await make.site_of(databases, held))
    meter = await make.meter_of(databases, held, source, code="M-1", unit="度", multiplier=Decimal(2000))
    assert (meter.unit, meter.multiplier) == ("kWh", Decimal(2000))
    base = {"account_id": held.id, "source_id": source.id, "code": "M-9", "name": "表", "unit": "kWh"}
    for changes, error in (
        ({"code": "M-1"}, errors.CodeTaken),
        ({"unit": "t"}, IncompatibleUnits),
        ({"unit": "?"}, UnknownUnit),
        ({"multiplier": Decimal(0)}, errors.MultiplierInvalid),
        ({"multiplier": Decimal(-1)}, errors.MultiplierInvalid),
        ({"multiplier": Decimal("NaN")}, errors.MultiplierInvalid),
        ({"multiplier": Decimal("1E+40")}, errors.MultiplierInvalid),
        ({"multiplier": Decimal("1.2345678901234")}, errors.MultiplierInvalid),
        ({"source_id": uuid4()}, errors.SourceNotFound),
    ):
        await refused(databases, error, service.add_meter, held.scope, **{**base, **changes})
    renamed = await do(
        databases, service.rename_meter, held.scope, account_id=held.id, meter_id=meter.id, name="关口表"
    )
    assert renamed == replace(meter, name="关口表")
    await refused(
        databases,
        errors.MeterNotFound,
        service.rename_meter,
        held.scope,
        account_id=held.id,
        meter_id=uuid4(),
        name="x",
    )

    evidence = await make.evidence_of(databases, held)
    one = {"account_id": held.id, "meter_id": meter.id}
    first = {"calibrated_on": date(2024, 3, 1), "valid_until": date(2025, 2, 28)}
    calibration = await do(databases, service.record_calibration, held.scope, **one, **first, evidence_id=evidence.id)
    assert (calibration.valid_until, calibration.evidence_id) == (date(2025, 2, 28), evidence.id)
    later = {"calibrated_on": today(), "valid_until": today() + timedelta(days=1)}
    await do(databases, service.record_calibration, held.scope, **one, **later)
    for changes, error in (
        (
            {"calibrated_on": today() + timedelta(days=1), "valid_until": date(2099, 1, 1)},
            errors.CalibrationDatesInvalid,
        ),
        ({"valid_until": date(2024, 3, 1)}, errors.CalibrationDatesInvalid),
        ({"meter_id": uuid4()}, errors.MeterNotFound),
        ({"evidence_id": new_id()}, errors.EvidenceNotFound),
    ):
        await refused(databases, error, service.record_calibration, held.scope, **{**one, **first, **changes})

    days = [
        date(2024, 2, 29),
        date(2024, 3, 1),
        date(2025, 2, 28),
        date(2025, 3, 1),
        today(),
        today() + timedelta(days=2),
    ]
    async with databases.read(held.scope) as read:
        states = await service.calibration_states(
            read, held.scope, [service.StateKey(held.id, meter.id, day) for day in days]
        )
    assert states == ["none", "valid", "valid", "expired", "valid", "expired"]


async def test_reporting_years(databases: Databases, held: make.Held) -> None:
    year = {"account_id": held.id, "year": 2025}
    assert (await do(databases, service.open_year, held.scope, **year)).closed_at is None
    await refused(databases, errors.YearOpen, service.open_year, held.scope, **year)
    for wrong in (2004, today().year + 2):
        await refused(databases, errors.YearOutOfRange, service.open_year, held.scope, account_id=held.id, year=wrong)
    assert (await do(databases, service.close_year, held.scope, **year)).closed_at is not None
    await refused(databases, errors.YearClosed, service.close_year, held.scope, **year)
    await refused(databases, errors.YearNotFound, service.close_year, held.scope, account_id=held.id, year=2024)
    await refused(databases, errors.ReasonMissing, service.open_year, held.scope, **year)
    assert (await do(databases, service.open_year, held.scope, **year, reason="补报")).closed_at is None
    assert [row.details["reason"] for row in await events(databases, held, "accounts:reopen_year")] == ["补报"]


async def test_the_same_content_is_kept_once_in_an_account(databases: Databases, held: make.Held) -> None:
    first = await make.evidence_of(databases, held, b"%PDF-1.7 one")
    again = await make.evidence_of(databases, held, b"%PDF-1.7 one", file_name="另一个名字.pdf")
    elsewhere = await make.evidence_of(databases, await make.held_account(databases), b"%PDF-1.7 one")
    assert again == first
    assert elsewhere.id != first.id
    assert len(await events(databases, held, "accounts:attach")) == 1


COMMANDS = {
    service.add_meter: {"source_id": uuid4(), "code": "M", "name": "x", "unit": "kWh"},
    service.add_site: {"code": "S", "name": "x"},
    service.add_source: {"site_id": uuid4(), "code": "E", "name": "x", "method": "purchased_electricity", "unit": "MWh"},
    service.attach_evidence: {
        "evidence_id": uuid4(), "file_name": "a.pdf", "media_type": "application/pdf", "size": 1, "sha256": "0",
        "object_key": "wuxi/a",
    },
    service.change_site: {"site_id": uuid4(), "name": "x"},
    service.change_source: {"source_id": uuid4(), "name": "x"},
    service.close_account: {"reason": "x"},
    service.close_year: {"year": 2025},
    service.end_source: {"source_id": uuid4(), "ended_on": date(2025, 1, 1), "reason": "x"},
    service.open_year: {"year": 2025},
    service.record_calibration: {
        "meter_id": uuid4(), "calibrated_on": date(2025, 1, 1), "valid_until": date(2026, 1, 1),
    },
    service.rename_account: {"name": "x"},
    service.rename_meter: {"meter_id": uuid4(), "name": "x"},
    service.resume_source: {"source_id": uuid4(), "reason": "x"},
    service.switch_separation_of_duties: {"is_on": False, "reason": "x"},
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
async def test_every_command_knows_its_callers(databases: Databases, held: make.Held, command) -> None:
    """Nobody, a viewer of the house, a stranger, and one who sees the account without holding it."""
    given = {"account_id": held.id, **COMMANDS[command]}
    await refused(databases, Unauthenticated, command, Scope.nobody("wuxi"), **given)
    await refused(databases, Forbidden, command, await identity.colleague(databases, held.holder, "viewer"), **given)
    await refused(databases, errors.AccountNotFound, command, (await identity.enterprise(databases)).scope, **given)
    body = await identity.verifier(databases)
    await identity.engaged(databases, held.holder, body)
    strong = replace(body.scope, permissions=held.scope.permissions)
    await refused(databases, errors.AccountNotYours, command, strong, **given)
    async with databases.read(held.scope) as read:
        assert await service.account(read, held.scope, held.id) == held.account
        assert await service.sites(read, held.scope, [held.id]) == []
        assert await service.reporting_years(read, held.scope, [held.id]) == [[]]
