"""Books that a test may break: a copy of a sound database with some life in it, and the superuser's hand.

async with copied(sound) as books:
    await books.tamper("update ledger_posting set amount = ...")
"""

import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from factories import identity
from factories.accounts import Held, held_account
from factories.ledger import imported, issued, with_points
from jwt.algorithms import ECAlgorithm
from sqlalchemy import make_url

from backend.installation import furnish
from backend.jobs.bookkeeping import seal_journal
from backend.kit.db import Databases, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings
from backend.ledger import service
from backend.ledger.claims.values import Use, of_serials
from backend.ledger.values import Accepts, MovementValue, Reason, Selection
from backend.tenants import provision

D = Decimal
_COPIES = itertools.count(1)


@dataclass(frozen=True)
class Key:
    """A key that signs checkpoints in a test, and its public half as it would be published."""

    id: str
    private: bytes
    public: dict[str, Any]

    async def of(self, _write: Write, _scope: Scope) -> "Key":
        return self


def new_key() -> Key:
    made = ec.generate_private_key(ec.SECP256R1())
    key_id = new_id().hex
    public = ECAlgorithm.to_jwk(made.public_key(), as_dict=True) | {"kid": key_id, "alg": "ES256", "use": "sig"}
    return Key(key_id, made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), public)


async def sealed(databases: Databases, settings: Settings, *, tenant: str = "wuxi") -> None:
    """Put a checkpoint over all entries there are, signed with the jurisdiction's own key as the schedule does it.

    A key of a test's own would make the shared books look forged to whoever recomputes them meanwhile.
    """
    await seal_journal(databases, settings, tenant)


@dataclass
class Life:
    """Two accounts that have done everything a ledger can do."""

    giver: Held
    taker: Held
    bank: identity.Made
    moved: dict[str, MovementValue]


async def some_life(databases: Databases, *, tenant: str = "wuxi") -> Life:
    """Live through every verb: what is left are balances in every bucket, open holds and standing claims."""
    await with_points(databases, tenant)
    a, b = await held_account(databases, tenant=tenant), await held_account(databases, tenant=tenant)
    bank = await identity.organisation(databases, Kind.BANK, tenant=tenant)
    moved = {"issue": await issued(databases, a.id, "CCER", 1000, tenant=tenant, vintage=2025)}
    moved["import"] = await imported(databases, a.scope, a.id, "GEC", 50, vintage=2026)
    moved["points"] = await issued(databases, a.id, "TEST_POINT", D("12.50"), tenant=tenant)
    async with databases.write(b.scope) as write:
        await service.choose_acceptance(write, b.scope, b.id, Accepts.AUTOMATICALLY)
    first = moved["issue"].serials[0][0]
    async with databases.write(a.scope) as write:
        moved["transfer"] = await service.transfer(
            write, a.scope, a.id, Selection("CCER", serials=((first + 200, first + 299),)), to_account_id=b.id
        )
    async with databases.write(b.scope) as write:
        moved["offer"] = await service.transfer(write, b.scope, b.id, Selection("CCER", D(7)), to_account_id=a.id)
    async with databases.write(a.scope) as write:
        moved["pledge"] = await service.pledge(
            write, a.scope, a.id, Selection("CCER", D(80)), bank.id, Reason(reference="LOAN-1")
        )
    async with databases.write(a.scope) as write:
        moved["reserve"] = await service.reserve(write, a.scope, a.id, Selection("CCER", D(9)), Reason(purpose="duty"))
    async with databases.write(a.scope) as write:
        (moved["retire"],) = await service.retire(
            write, a.scope, a.id, [Selection("GEC", D(5))], Reason(purpose="event", beneficiary="马拉松“绿色”")
        )
        await service.claim(
            write, a.scope, Use.EVENT, a.id, of_serials(moved["retire"].serials), period=2026,
            movement_id=moved["retire"].id,
        )  # fmt: skip
    async with databases.write(a.scope) as write:
        (moved["points_retired"],) = await service.retire(write, a.scope, a.id, [Selection("TEST_POINT", D("2.25"))])
    return Life(a, b, bank, moved)


@dataclass
class Books:
    """A tenant's database that nobody else uses, and its superuser."""

    databases: Databases
    admin: asyncpg.Connection
    system: Scope
    life: Life
    key: Key

    async def tamper(self, *statements: str) -> None:
        """Change rows as only a superuser can: no trigger, no policy, no privilege is asked."""
        async with self.admin.transaction():
            await self.admin.execute("set local session_replication_role = replica")
            for each in statements:
                await self.admin.execute(each)

    async def value(self, statement: str) -> Any:
        return await self.admin.fetchval(statement)

    async def frozen(self) -> set[str]:
        return {
            row["code"] for row in await self.admin.fetch("select code from ledger_class where frozen_at is not null")
        }


@dataclass
class Sound:
    """A sound database that nobody is connected to, to be copied."""

    admin_url: str
    app_url: str
    life: Life
    key: Key


async def sound_books(servers: Any) -> Sound:
    """Make a database like Wuxi's with some life in it and its first checkpoint."""
    database = provision.addresses(servers.settings, servers.postgres.url, "books")
    await provision.provision(servers.postgres.url, "books", database)
    await provision.migrate(database)
    databases, key, scope = Databases({"wuxi": database.app.get_secret_value()}), new_key(), Scope.system("wuxi")
    await furnish(databases, servers.settings)
    life = await some_life(databases)
    async with databases.write(scope) as write:
        await service.seal_journal(write, scope, key.of)
    await databases.close()
    return Sound(servers.postgres.url, database.app.get_secret_value(), life, key)


@asynccontextmanager
async def copied(sound: Sound) -> AsyncGenerator[Books]:
    """Copy the sound database for one test."""
    name = f"books_{next(_COPIES)}"
    admin = await asyncpg.connect(sound.admin_url)
    await admin.execute(f"create database {name} template carbon_books")
    url = make_url(sound.app_url).set(database=name).render_as_string(hide_password=False)
    databases = Databases({"wuxi": url}, pool_size=3)
    inside = await asyncpg.connect(sound.admin_url, database=name)
    try:
        yield Books(databases, inside, Scope.system("wuxi"), sound.life, sound.key)
    finally:
        await databases.close()
        await inside.close()
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()
