"""What the database itself lets an authority do to the ledger's classes and to what stands for the whole jurisdiction."""

import pytest
from factories import identity
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.kit.db import Databases
from backend.kit.scope import Scope

FREEZE = text("update ledger_class set frozen_at = now(), frozen_reason = 'x' where code = 'GEC'")
OPEN = text("update ledger_class set frozen_at = null, frozen_reason = '' where code = 'GEC'")


@pytest.mark.parametrize(
    ("tenant", "city", "district"), [("wuxi", "320200", "320205"), ("guizhou", "520000", "520100")]
)
async def test_a_book_is_frozen_by_the_whole_jurisdictions_authority_alone(
    databases: Databases, tenant: str, city: str, district: str
) -> None:
    part = await identity.authority(databases, tenant=tenant, division=district)
    whole = await identity.authority(databases, tenant=tenant, division=city)
    plant = await identity.enterprise(databases, tenant=tenant)
    for scope in (part.scope, plant.scope):
        async with databases.write(scope) as write:
            assert await write.run(FREEZE) == 0
    async with databases.write(whole.scope) as write:
        assert await write.run(FREEZE) == 1
    async with databases.write(Scope.system(tenant)) as write:
        assert await write.run(OPEN) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_class set max_transfers = null", "update ledger_class set scale = 2",
        "update ledger_class set dimension = 'point'", "update ledger_class set code = 'X'",
        "update programme_use set methodology = 'x'", "delete from programme_use",
    ],
)  # fmt: skip
async def test_what_a_class_is_never_changes(databases: Databases, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with databases.write(Scope.system("wuxi")) as write:
            await write.run(text(statement))


@pytest.mark.parametrize(
    ("table", "columns", "values"),
    [
        ("quota_balance_value", "sector, year, value, unit, document, note, entered_at",
         "'steel', 2025, 1, 't', 'x', '', now()"),
        ("programme_setting", "programme, methodology, version, terms, valid_from, document, reason, set_at",
         "'x', 'x', 1, '{}', '2026-01-01', 'x', 'x', now()"),
    ],
)  # fmt: skip
async def test_terms_of_the_whole_jurisdiction_are_not_a_districts_to_enter(
    databases: Databases, table: str, columns: str, values: str
) -> None:
    part = await identity.authority(databases, division="320205")
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(part.scope) as write:
            await write.run(text(f"insert into {table} (id, {columns}) values (uuidv7(), {values})"))
