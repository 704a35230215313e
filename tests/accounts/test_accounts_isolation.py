"""The second wall around accounts: who sees which, in every table below them, and that seeing is not changing."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from factories import accounts as make
from factories import identity
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from backend.accounts import queries, service
from backend.accounts.models import Calibration, CarbonAccount, Evidence, Meter, ReportingYear, Site, Source
from backend.accounts.queries import ChildrenKey
from backend.accounts.values import AccountFilter
from backend.identity.models import Consent, Engagement
from backend.identity.values import CONSENT_SCOPES
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

BELOW = (Site, Source, Meter, Calibration, ReportingYear, Evidence)
DISTRICT, NEIGHBOUR = "320206", "320205"


@pytest.fixture
async def held(databases: Databases) -> make.Held:
    """An account in Huishan with one thing in every table."""
    held = await make.held_account(databases, division=DISTRICT)
    source = await make.source_of(databases, held, await make.site_of(databases, held))
    meter = await make.meter_of(databases, held, source)
    evidence = await make.evidence_of(databases, held)
    async with databases.write(held.scope) as write:
        await service.open_year(write, held.scope, account_id=held.id, year=2025)
        await service.record_calibration(
            write, held.scope, account_id=held.id, meter_id=meter.id, calibrated_on=today(),
            valid_until=today() + timedelta(days=1), evidence_id=evidence.id,
        )  # fmt: skip
    return held


async def seen(databases: Databases, scope: Scope, held: make.Held) -> tuple[bool, int]:
    """Tell whether the caller sees the account, and in how many tables below it something of it."""
    async with databases.read(scope) as read:
        account = await queries.account(read, scope, held.id)
        tables = 0
        for table in BELOW:
            tables += await read.value(select(func.count()).select_from(table).where(table.account_id == held.id)) > 0
        listed = await queries.accounts(read, scope, AccountFilter(organisation_id=held.holder.id))
        # Batch functions for loaders obey the same wall.
        key = ChildrenKey(held.id, None, 10, None)
        below = [len((await batch(read, scope, [key]))[0]) for batch in (
            queries.sites_below, queries.sources_below, queries.meters_below, queries.calibrations_below,
            queries.evidence_below,
        )]  # fmt: skip
    assert [each.id for each in listed] == ([held.id] if account else [])
    assert below == [1 if tables else 0] * 5
    return account is not None, tables


async def test_the_holder_sees_everything_and_a_stranger_nothing(databases: Databases, held: make.Held) -> None:
    assert await seen(databases, held.scope, held) == (True, 6)
    for role in ("energy_manager", "carbon_officer", "viewer"):
        assert await seen(databases, await identity.colleague(databases, held.holder, role), held) == (True, 6)
    stranger = await identity.enterprise(databases, division=DISTRICT)
    assert await seen(databases, stranger.scope, held) == (False, 0)
    assert await seen(databases, Scope.nobody("wuxi"), held) == (False, 0)
    operator = await identity.operator(databases)
    assert await seen(databases, operator.scope, held) == (False, 0)
    # The kind is not enough: an enterprise's scope without its organisation sees nothing.
    assert await seen(databases, Scope("wuxi", Kind.ENTERPRISE, actor_id=uuid4()), held) == (False, 0)


async def test_an_authority_sees_its_subtree(databases: Databases, held: make.Held) -> None:
    for division, expected in (("320200", (True, 6)), (DISTRICT, (True, 6)), (NEIGHBOUR, (False, 0))):
        bureau = await identity.authority(databases, division=division)
        assert await seen(databases, bureau.scope, held) == expected
    # An authority whose region got lost sees nothing, not everything.
    city = await identity.authority(databases)
    assert await seen(databases, replace(city.scope, region=""), held) == (False, 0)


async def test_a_verifier_sees_while_engaged(databases: Databases, held: make.Held) -> None:
    body = await identity.verifier(databases)
    assert await seen(databases, body.scope, held) == (False, 0)
    engagement = await identity.engaged(databases, held.holder, body)
    assert await seen(databases, body.scope, held) == (True, 6)
    assert await seen(databases, (await identity.verifier(databases)).scope, held) == (False, 0)

    async def between(**dates) -> tuple[bool, int]:
        async with databases.write(Scope.system("wuxi")) as write:
            await write.run(update(Engagement).where(Engagement.id == engagement).values(**dates))
        return await seen(databases, body.scope, held)

    day = timedelta(days=1)
    assert await between(starts_on=today() + day) == (False, 0)
    assert await between(starts_on=today() - day, ends_on=today() - day) == (False, 0)
    assert await between(ends_on=today()) == (True, 6)
    assert await between(ended_at=now()) == (False, 0)


async def test_a_bank_sees_the_account_it_has_consent_for_and_nothing_below(
    databases: Databases, held: make.Held
) -> None:
    bank = await identity.bank(databases)
    assert await seen(databases, bank.scope, held) == (False, 0)
    for scope in CONSENT_SCOPES:  # whatever is open, the account itself is
        other = await identity.bank(databases)
        await identity.consented(databases, held.holder, other, (scope,))
        assert await seen(databases, other.scope, held) == (True, 0)
    consent = await identity.consented(databases, held.holder, bank, ("account",))
    assert await seen(databases, bank.scope, held) == (True, 0)
    async with databases.write(Scope.system("wuxi")) as write:
        await write.run(update(Consent).where(Consent.id == consent).values(revoked_at=now()))
    assert await seen(databases, bank.scope, held) == (False, 0)


async def test_another_jurisdiction_is_another_database(databases: Databases, held: make.Held) -> None:
    for tenant in ("changzhou", "chengdu", "guizhou"):
        assert await seen(databases, replace(held.scope, tenant=tenant), held) == (False, 0)
        assert await seen(databases, Scope.system(tenant), held) == (False, 0)


async def test_who_sees_without_holding_cannot_write_even_by_hand(databases: Databases, held: make.Held) -> None:
    body = await identity.verifier(databases)
    await identity.engaged(databases, held.holder, body)
    city = await identity.authority(databases)
    for scope in (body.scope, city.scope):
        async with databases.write(scope) as write:
            assert await write.run(update(CarbonAccount).where(CarbonAccount.id == held.id).values(name="x")) == 0
            for table in (Site, Source, Meter):
                assert await write.run(update(table).where(table.account_id == held.id).values(name="x")) == 0
        site = {"account_id": held.id, "id": new_id(), "code": "X", "name": "x", "division_code": DISTRICT,
                "created_at": now()}  # fmt: skip
        with pytest.raises(DBAPIError, match="row-level security"):
            async with databases.write(scope) as write:
                await write.run(insert(Site).values(**site))
    # The holder itself cannot open an account in somebody else's name.
    async with databases.read(held.scope) as read:
        row = (await read.row(select(CarbonAccount.__table__).where(CarbonAccount.id == held.id)))._asdict()
    stranger = await identity.enterprise(databases)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(stranger.scope) as write:
            await write.run(insert(CarbonAccount).values(**{**row, "id": new_id(), "number": str(uuid4())}))


@pytest.mark.parametrize(
    "statement",
    [
        "delete from carbon_account", "delete from site", "delete from evidence", "delete from reporting_year",
        "update evidence set sha256 = ''", "update calibration set valid_until = '2099-01-01'",
        "select setval('carbon_account_number', 1)",
    ],
)  # fmt: skip
async def test_nothing_is_removed_or_rewritten(databases: Databases, held: make.Held, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with databases.write(held.scope) as write:
            await write.run(text(statement))
