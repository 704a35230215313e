"""The second wall around compliance data: who sees which rows, and what the database itself refuses to write."""

import pytest
from factories import accounts, identity
from factories import quotas as make
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.quotas.models import (
    QuotaAllocation,
    QuotaAllocationLine,
    QuotaBalanceValue,
    QuotaCarryOver,
    QuotaClosing,
    QuotaConverted,
    QuotaFacility,
    QuotaOutput,
    QuotaSurrender,
    QuotaSurrenderLine,
    QuotaVerified,
)

BELOW = (
    QuotaFacility, QuotaOutput, QuotaVerified, QuotaAllocation, QuotaAllocationLine, QuotaSurrender, QuotaSurrenderLine,
    QuotaCarryOver,
)  # fmt: skip


@pytest.fixture
async def held(databases: Databases) -> accounts.Held:
    held = await accounts.held_account(databases, division=make.DIVISION)
    await make.taking_part(databases, held)
    return held


async def seen(databases: Databases, scope: Scope, held: accounts.Held) -> int:
    """In how many tables the caller sees something of the account."""
    async with databases.read(scope) as read:
        return sum([
            await read.value(select(func.count()).select_from(table).where(table.account_id == held.id)) > 0
            for table in BELOW
        ])  # fmt: skip


async def test_each_sees_what_is_theirs(databases: Databases, held: accounts.Held) -> None:
    assert await seen(databases, held.scope, held) == len(BELOW)
    for division, expected in (("320200", len(BELOW)), (make.DIVISION, len(BELOW)), ("320205", 0)):
        bureau = await identity.authority(databases, division=division)
        assert await seen(databases, bureau.scope, held) == expected
    body = await identity.verifier(databases)
    assert await seen(databases, body.scope, held) == 0
    await identity.engaged(databases, held.holder, body)
    assert await seen(databases, body.scope, held) == len(BELOW)
    lender = await identity.bank(databases)
    await identity.consented(databases, held.holder, lender)
    stranger = await identity.enterprise(databases)
    operator = await identity.operator(databases)
    for scope in (lender.scope, stranger.scope, operator.scope, Scope.nobody("wuxi")):
        assert await seen(databases, scope, held) == 0


async def test_the_database_refuses_what_the_commands_would(databases: Databases, held: accounts.Held) -> None:
    closing = insert(QuotaClosing).values(
        account_id=held.id, year=2024, obligation=1, settled=1, reason="x", closed_at=now()
    )
    balance = insert(QuotaBalanceValue).values(
        id=new_id(), sector="steel", year=2025, value=1, unit="t", document="x", note="", entered_at=now()
    )
    converted = insert(QuotaConverted).values(serials=func.int8range(1, 2), carry_over_id=new_id(), converted_at=now())
    for statement in (closing, balance, converted):  # the holder's own hand must not close, publish or convert
        with pytest.raises(DBAPIError, match="row-level security"):
            async with databases.write(held.scope) as write:
                await write.run(statement)
    changed = update(QuotaAllocation).where(QuotaAllocation.account_id == held.id).values(quantity=1)
    async with databases.write(held.scope) as write:
        assert await write.run(changed) == 0
    bureau = await identity.authority(databases, division=make.DIVISION)
    for statement in (
        "delete from quota_allocation",
        "update quota_surrender set cea = 1",
        "delete from quota_converted",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with databases.write(bureau.scope) as write:
                await write.run(text(statement))


async def test_a_serial_is_converted_once_and_one_person_never_decides_alone(
    databases: Databases, held: accounts.Held
) -> None:
    bureau = await identity.authority(databases, division=make.DIVISION)
    with pytest.raises(IntegrityError, match="ck_quota_allocation_two_persons"):
        async with databases.write(bureau.scope) as write:
            await write.run(
                update(QuotaAllocation)
                .where(QuotaAllocation.account_id == held.id, QuotaAllocation.state == "proposed")
                .values(state="rejected", decided_at=now(), decided_by=QuotaAllocation.proposed_by)
            )
    first = 2**61 + new_id().int % 2**60

    async def convert(start: int) -> None:
        made = {"serials": func.int8range(start, start + 10), "carry_over_id": new_id(), "converted_at": now()}
        async with databases.write(bureau.scope) as write:
            await write.run(insert(QuotaConverted).values(**made))

    await convert(first)
    with pytest.raises(IntegrityError, match="ex_quota_converted_serials"):
        await convert(first + 9)
    await convert(first + 10)
