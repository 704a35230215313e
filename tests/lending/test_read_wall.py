"""The wall in the database: a bank has no row of a score, and the functions answer nobody else."""

import json
from dataclasses import replace
from typing import Any

import pytest
from factories import identity
from factories.lending import Lent, lent
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.scope import Kind, Scope
from backend.lending import service
from backend.lending.errors import BanksOnly

CALLS = {
    "serve": "select * from lending_serve(array[:key], array['score'], array[null::uuid], array[''])",
    "told": "select * from lending_told(array[:key], null, null, 'score', 'score', '', null, '')",
    "portfolio": "select * from lending_told(null, null, null, 'account', 'score', '', null, '')",
    "open": "select * from lending_open(array[:key], 'account', 'score', '', null, '')",
    "history": "select * from lending_history(:key, null, 9, null, '')",
    "batch": "select * from lending_batch(array[:key], array[:key], true, uuidv7(), null, '', 'pieces')",
    "keep": "select lending_keep('{}')",
}


@pytest.fixture
async def world(databases: Databases, servers) -> Lent:
    made = await lent(databases, scopes=("indicators", "statement", "pledge"))
    async with databases.write(made.bank.scope) as write:
        await service.credential(write, made.bank.scope, servers.settings, made.held.account.number)
    return made


async def test_a_bank_has_no_row_of_a_score_even_under_a_consent(databases: Databases, world: Lent) -> None:
    tables = (
        "score",
        "score_standing",
        "score_credential",
        "score_rollup",
        "score_penalty",
        "score_sign",
        "score_appeal",
    )
    async with databases.read(world.bank.scope) as read:
        for table in tables:
            assert await read.value(text(f"select count(*) from {table}")) == 0, table
        log = await read.rows(text("select bank_id, what from consent_read"))
    assert [tuple(row) for row in log] == [(world.bank.id, "credential")]
    async with databases.read((await identity.bank(databases)).scope) as read:
        assert await read.value(text("select count(*) from consent_read")) == 0
    for scope in (world.held.scope, (await identity.authority(databases)).scope):
        async with databases.read(scope) as read:
            assert await read.value(text("select count(*) from consent_read")) == 0
    async with databases.read(world.held.scope) as read:
        assert await read.value(text("select count(*) from score_credential")) == 1


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", [each for each in Kind if each is not Kind.BANK])
async def test_the_functions_answer_banks_alone(databases: Databases, world: Lent, call: str, kind: Kind) -> None:
    scope = replace(world.bank.scope, kind=kind)
    given = {"key": str(world.held.id)} if ":key" in CALLS[call] else {}
    with pytest.raises(DBAPIError, match="only a bank reads under consents"):
        async with databases.write(scope) as write:
            await write.run(text(CALLS[call]), given)


@pytest.mark.parametrize("call", [call for call in CALLS if call != "keep"])
async def test_the_functions_tell_a_bank_without_consent_nothing(databases: Databases, world: Lent, call: str) -> None:
    stranger = (await identity.bank(databases)).scope
    given = {"key": str(world.held.id)} if ":key" in CALLS[call] else {}
    async with databases.write(stranger) as write:
        rows = await write.rows(text(CALLS[call]), given)
        assert await write.value(text("select count(*) from consent_read")) == 0
        if call == "batch":
            ((_, not_available),) = rows
            assert not_available == f'["{world.held.id}"]'
            rows = await write.rows(text("fetch all from pieces"))
    assert len(rows) == 0


@pytest.mark.parametrize(
    "inner", ["lending_admitted(null, null, 'score', now())", "lending_gate(null)", "lending_passed(null)"]
)
async def test_what_the_functions_are_made_of_is_not_called_from_outside(
    databases: Databases, world: Lent, inner: str
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with databases.write(world.bank.scope) as write:
            await write.run(text(f"select {inner}"))


async def test_material_of_credentials_is_for_the_service(databases: Databases, world: Lent) -> None:
    with pytest.raises(DBAPIError, match="only the service"):
        async with databases.write(world.bank.scope) as write:
            await write.run(text("select lending_material(uuidv7(), uuidv7())"))


async def test_one_bank_cannot_keep_a_credential_under_anothers_consent(databases: Databases, world: Lent) -> None:
    stranger = (await identity.bank(databases)).scope
    async with databases.read(Scope.system("wuxi")) as read:
        row: Any = await read.row(text("select * from score_credential where consent_id = :id"), {"id": world.consent})
    given = {
        "account_id": str(row.account_id), "id": str(world.bank.id), "consent_id": str(row.consent_id),
        "score_id": str(row.score_id), "key_id": row.key_id, "status_list": 0, "status_index": 131071, "served": "forged",
        "withheld": [], "issued_at": row.issued_at.isoformat(), "expires_at": row.expires_at.isoformat(),
    }  # fmt: skip
    async with databases.write(stranger) as write:
        assert await write.value(text("select lending_keep(cast(:c as jsonb))"), {"c": json.dumps(given)}) is None


async def test_services_refuse_whoever_is_no_bank(databases: Databases, world: Lent) -> None:
    bank = world.bank.scope
    for scope, error in (
        (Scope.nobody("wuxi"), Unauthenticated),
        (world.held.scope, Forbidden),
        (Scope.system("wuxi"), BanksOnly),
        (replace(bank, permissions=frozenset()), Forbidden),
    ):
        async with databases.write(bank) as write:
            for call in (
                service.told(write, scope, None), service.history(write, scope, "x"),
                service.opened(write, scope, world.held.id, "account", ""),
            ):  # fmt: skip
                with pytest.raises(error):
                    await call
