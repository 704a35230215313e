"""The clearing of registry codes between tenants: one database of keyed hashes that says nothing but yes or no.

A registry's code must not be in the books of two tenants, and no tenant may learn what another one holds. So all
tenants of an installation share one database in which a run of codes stands as keyed hashes (HMAC-SHA256, the key is
in the vault): of the run itself, cut into aligned blocks of 16^level codes, and of the larger blocks around them, the
marks. Two runs overlap exactly if

- a block of the new run is stored, as a block or as a mark (something at or below it is taken), or
- a larger block around it is stored as a block (all of it is taken).

The work depends on the digits of a number, not on how many codes a run has. Every row is three hashes: the node under
the installation's key; the owner's own mark on it, under the tenant's key, by which a tenant recognises its rows and
nobody else's; and the ticket under which it can be given back. A tenant's own rows never stand in its way: its own
books judge those.

Different codes can stand for one benefit: a certificate and a reduction of the same energy. So a month of a plant's
energy is reserved under the same ticket, as one hash of plant, month and use, and refused if the hash of a use that
excludes this one is another tenant's. The same use twice is no clash: a month's certificates have many holders.
"""

import asyncio
import hmac
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import ARRAY, LargeBinary, bindparam, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from backend.kit.errors import Conflict, Unavailable
from backend.kit.settings import Settings, TenantDatabase
from backend.kit.vault import secret

NAME = "carbon_clearing"
FAN, LEVELS = 16, 16
"""Sixteen blocks make the next larger one; sixteen levels hold every number of 64 bits."""
LOCK = 320210
CHUNK = 20_000
"""Hashes sent in one statement."""

SCHEMA = (
    (
        "create table if not exists clearing_mark (hash bytea not null, owner bytea not null, ticket bytea not null,"
        " primary key (hash, ticket), check (length(hash) = 32 and length(owner) = 32 and length(ticket) = 32))"
    ),
    "create index if not exists ix_clearing_mark_ticket on clearing_mark (ticket)",
    "revoke all on clearing_mark from public",
)
_HASHES = ARRAY(LargeBinary())
FIND = text("select hash, owner from clearing_mark where hash = any(:hashes)").bindparams(
    bindparam("hashes", type_=_HASHES)
)
STORE = text(
    "insert into clearing_mark (hash, owner, ticket) select * from unnest(:hashes, :owners, :tickets) on conflict do nothing"
).bindparams(*(bindparam(name, type_=_HASHES) for name in ("hashes", "owners", "tickets")))
RELEASE = text("delete from clearing_mark where ticket = any(:tickets)").bindparams(bindparam("tickets", type_=_HASHES))


class ClaimedElsewhere(Conflict):
    """Units that stand in the books of another jurisdiction; not told which."""

    code = "claimed_elsewhere"
    en = (
        "Units {first}-{last} of {registry} ({frame}) overlap with units that are already in the books of another "
        "jurisdiction of this installation. Nothing was imported. Ask the registry that issued them who holds them."
    )
    zh = (
        "{registry} 的 {frame} 第 {first}-{last} 号单位与本系统其他地区账簿中已登记的单位重叠，未导入任何内容。"
        "请向签发机构核实持有人。"
    )


class EnergyClaimedElsewhere(Conflict):
    """Energy that stands in the books of another jurisdiction for a use that excludes this one; not told which."""

    code = "energy_claimed_elsewhere"
    en = (
        "The energy of the plant {plant} in {month} is in the books of another jurisdiction of this installation for the "
        "other of two uses: green certificates or CCER, never both. Nothing was imported. Check the plant's code and the "
        "days; if they are right, ask the bodies that issued the units which of them stands."
    )
    zh = (
        "电站 {plant} 在 {month} 的电量已在本系统其他地区账簿中登记为绿证、CCER 二者中的另一种，绿证与 CCER 只能二选一，"
        "未导入任何内容。请核对电站编码和起止日期；如无误，请向签发机构核实。"
    )


class ClearingAway(Unavailable):
    """The clearing database does not answer, or is not set: it cannot be told whether units are held elsewhere."""

    code = "clearing_away"
    en = "The clearing of unit codes between jurisdictions is not reachable, so nothing can be imported. Try again shortly."
    zh = "跨地区单位编码核验服务暂时不可用，无法导入，请稍后重试。"


@dataclass(frozen=True, slots=True)
class Run:
    """Codes of one registry: those of one frame whose counting digits go from `first` to `last`, both included."""

    registry: str
    frame: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Energy:
    """A month (`YYYY-MM`) of a plant's energy put to a use; `against` are the uses that exclude it."""

    plant: str
    month: str
    use: str
    against: tuple[str, ...]


def blocks(first: int, last: int) -> list[tuple[int, int]]:
    """Cut a run of numbers into the fewest aligned blocks: (level, index) covers FAN**level numbers."""
    found: list[tuple[int, int]] = []
    low, high, level = first, last + 1, 0
    while low < high:
        while low < high and low % FAN:
            found.append((level, low))
            low += 1
        while low < high and high % FAN:
            high -= 1
            found.append((level, high))
        low, high, level = low // FAN, high // FAN, level + 1
    return found


def around(found: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return every larger block around these."""
    larger: set[tuple[int, int]] = set()
    for level, index in found:
        above, place = level + 1, index // FAN
        while above <= LEVELS and (above, place) not in larger:
            larger.add((above, place))
            above, place = above + 1, place // FAN
    return larger


def addresses(settings: Settings, admin_url: str | None) -> TenantDatabase | None:
    """Return the two addresses of the clearing database, as set or on the administrator's server; None without either."""
    if settings.clearing is not None:
        return settings.clearing
    if admin_url is None:
        return None
    base = make_url(admin_url).set(drivername="postgresql+asyncpg", database=NAME)

    def address(role: str) -> SecretStr:
        password = secret(settings.data_dir, f"postgres:{role}")
        return SecretStr(base.set(username=role, password=password).render_as_string(hide_password=False))

    return TenantDatabase(owner=address(f"{NAME}_owner"), app=address(f"{NAME}_app"))


async def furnish(database: TenantDatabase) -> None:
    """Make the table where it is missing, under the owner's role; the application's may add, look and give back."""
    app = make_url(database.app.get_secret_value()).username
    engine = create_async_engine(database.owner.get_secret_value(), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
            for statement in (*SCHEMA, f'grant select, insert, delete on clearing_mark to "{app}"'):
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


class Clearing:
    """One tenant's way into the clearing. A connection is opened for each call: imports are rare."""

    def __init__(self, url: str | None, common: str, own: str) -> None:
        self._url, self._common, self._own = url, common.encode(), own.encode()

    @classmethod
    def of(cls, settings: Settings, tenant: str) -> Self:
        """Return the tenant's clearing as the settings have it; its keys are made the first time."""
        admin = settings.postgres_admin_url.get_secret_value() if settings.postgres_admin_url else None
        found = addresses(settings, admin)
        return cls(
            None if found is None else found.app.get_secret_value(),
            secret(settings.data_dir, "clearing:codes"),
            secret(settings.data_dir, f"clearing:{tenant}"),
        )

    async def reserve(self, parts: Sequence[tuple[UUID, Sequence[Run | Energy]]]) -> None:
        """Reserve runs of codes and months of energy, each part under a ticket of its own; all or none.

        Committed when this returns. Doing it again under the same tickets changes nothing.

        Raises:
            ClaimedElsewhere: another tenant holds some of the codes.
            EnergyClaimedElsewhere: another tenant uses some of the energy for what excludes this use.
            ClearingAway: it cannot be told.
        """
        asked: dict[bytes, Run | Energy] = {}
        hashes: list[bytes] = []
        tickets: list[bytes] = []

        def work() -> list[bytes]:
            for ticket, wanted in parts:
                sealed = self._ticket(ticket)
                seen: set[bytes] = set()
                for each in wanted:
                    seen |= self._months(each, asked) if isinstance(each, Energy) else self._nodes(each, asked)
                hashes.extend(seen)
                tickets.extend([sealed] * len(seen))
            return [self._owned(each) for each in hashes]

        owners = await asyncio.to_thread(work)
        async with self._open() as connection:
            # One at a time, so that two tenants with the same codes cannot both find nothing.
            await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
            for some in _chunks(list(asked)):
                for row in await connection.execute(FIND, {"hashes": some}):
                    if not hmac.compare_digest(row.owner, self._owned(row.hash)):
                        raise _refusal(asked[row.hash])
            for start in range(0, len(hashes), CHUNK):
                cut = slice(start, start + CHUNK)
                await connection.execute(STORE, {"hashes": hashes[cut], "owners": owners[cut], "tickets": tickets[cut]})

    async def release(self, tickets: Sequence[UUID]) -> None:
        """Give back what was reserved under the tickets; nothing for tickets that hold nothing.

        Raises:
            ClearingAway: the database does not answer.
        """
        if tickets:
            async with self._open() as connection:
                for some in _chunks([self._ticket(each) for each in tickets]):
                    await connection.execute(RELEASE, {"tickets": some})

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[AsyncConnection]:
        if self._url is None:
            raise ClearingAway
        engine = create_async_engine(
            self._url, poolclass=NullPool,
            connect_args={"server_settings": {"application_name": "carbon-clearing", "statement_timeout": "60s"}},
        )  # fmt: skip
        try:
            async with engine.begin() as connection:
                yield connection
        except (DBAPIError, OSError) as error:
            raise ClearingAway from error
        finally:
            await engine.dispose()

    def _nodes(self, run: Run, asked: dict[bytes, Run | Energy]) -> set[bytes]:
        """Return the hashes a run is stored as; put those that would clash with it into `asked`."""
        cut = blocks(run.first, run.last)
        larger = around(cut)
        stored: set[bytes] = set()
        for node in cut:
            as_block, as_mark = self._hash("block", run, node), self._hash("mark", run, node)
            asked.setdefault(as_block, run)
            asked.setdefault(as_mark, run)
            stored.add(as_block)
        for node in larger:
            asked.setdefault(self._hash("block", run, node), run)
            stored.add(self._hash("mark", run, node))
        return stored

    def _months(self, energy: Energy, asked: dict[bytes, Run | Energy]) -> set[bytes]:
        """Return the hash a month of energy is stored as; put those that would clash with it into `asked`."""
        for use in energy.against:
            asked.setdefault(self._sealed("energy", use, energy.plant, energy.month), energy)
        return {self._sealed("energy", energy.use, energy.plant, energy.month)}

    def _hash(self, kind: str, run: Run, node: tuple[int, int]) -> bytes:
        return self._sealed(kind, run.registry, run.frame, str(node[0]), str(node[1]))

    def _sealed(self, *words: str) -> bytes:
        return hmac.digest(self._common, "\x1f".join(words).encode(), "sha256")

    def _owned(self, found: bytes) -> bytes:
        return hmac.digest(self._own, found, "sha256")

    def _ticket(self, ticket: UUID) -> bytes:
        return hmac.digest(self._own, b"ticket" + ticket.bytes, "sha256")


def _refusal(wanted: Run | Energy) -> Conflict:
    if isinstance(wanted, Energy):
        return EnergyClaimedElsewhere(plant=wanted.plant, month=wanted.month)
    return ClaimedElsewhere(registry=wanted.registry, frame=wanted.frame, first=wanted.first, last=wanted.last)


def _chunks(found: list[bytes]) -> Iterable[list[bytes]]:
    return (found[start : start + CHUNK] for start in range(0, len(found), CHUNK))
