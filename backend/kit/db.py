"""Transactions: one database per tenant, a read type and a write type, scope set before anything else.

`Databases` hands out `Read` (read-only transaction) and `Write` (one command, one transaction). Only doors
(`schema`, `jobs`, `api`, `cli`) open them; services flush nothing and commit nothing. A `Write` carries the
audit events and outbox rows of its command and stores them last, just before the commit, so that the lock on
an organisation's audit chain is held as briefly as can be.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Executable, Row, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from backend.kit import audit
from backend.kit.errors import Unavailable
from backend.kit.scope import Scope


class DatabaseAway(Unavailable):
    """The tenant's database server does not answer."""

    code = "database_away"
    en = "The database is not reachable. Nothing was read or stored; try again shortly."
    zh = "数据库暂时不可用，未读取或保存任何数据，请稍后重试。"


SET_SCOPE = text(
    "select set_config('carbon.kind', :kind, true), set_config('carbon.organisation', :organisation, true),"
    " set_config('carbon.actor', :actor, true), set_config('carbon.region', :region, true)"
)


class Read:
    """A read-only transaction of one tenant under one scope."""

    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self.connection = connection
        self.scope = scope

    async def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """Return every row."""
        return (await self.connection.execute(statement, parameters)).all()

    async def row(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row[Any] | None:
        """Return the first row or None."""
        return (await self.connection.execute(statement, parameters)).first()

    async def value(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - a scalar of any column type
        """Return the first column of the first row or None."""
        return (await self.connection.execute(statement, parameters)).scalar()


class Write(Read):
    """A command's transaction. A query may run inside it; a reader can never be handed to a command."""

    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        super().__init__(connection, scope)
        self.events: list[audit.Event] = []

    async def run(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> int:
        """Execute and return the number of rows touched."""
        return (await self.connection.execute(statement, parameters)).rowcount

    def audit(self, action: str, **facts: Any) -> None:  # noqa: ANN401 - facts are JSON-able details of any kind
        """Record what this command did; see `kit.audit.Event` for the facts."""
        self.events.append(audit.Event.of(self.scope, action, **facts))


class Databases:
    """Engines of the application role, one per tenant, made on first use."""

    def __init__(self, urls: Mapping[str, str], *, pool_size: int = 10, application: str = "carbon") -> None:
        self._urls = dict(urls)
        self._pool_size = pool_size
        self._application = application
        self._engines: dict[str, AsyncEngine] = {}
        self.companions: dict[Any, Any] = {}
        """What others keep for as long as these pools live, by a key of their own."""

    @property
    def tenants(self) -> tuple[str, ...]:
        """Codes of the tenants this process serves."""
        return tuple(self._urls)

    def engine(self, tenant: str) -> AsyncEngine:
        """Return the tenant's engine; KeyError if this process does not serve it."""
        if tenant not in self._engines:
            self._engines[tenant] = create_async_engine(
                self._urls[tenant],
                pool_size=self._pool_size,
                max_overflow=self._pool_size,
                pool_use_lifo=True,
                pool_recycle=1800,
                connect_args={"server_settings": {"application_name": self._application}},
            )
        return self._engines[tenant]

    @asynccontextmanager
    async def read(self, scope: Scope) -> AsyncGenerator[Read]:
        """Open a read-only transaction under the scope."""
        connection = await self._begun(scope, is_read_only=True)
        try:
            yield Read(connection, scope)
        finally:
            await connection.close()

    @asynccontextmanager
    async def write(self, scope: Scope) -> AsyncGenerator[Write]:
        """Open a command's transaction; commits on return, rolls back on raise."""
        connection = await self._begun(scope, is_read_only=False)
        try:
            write = Write(connection, scope)
            yield write
            if write.events:
                await audit.store(connection, write.events)
            await connection.commit()
        finally:
            await connection.close()

    async def at_once(
        self, tenant: str, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """Run one statement that is a transaction of its own: what it did is committed when its rows are here.

        Nobody's scope is set, so it is for server functions that are told who asks. One round trip instead of four.

        Raises:
            DatabaseAway: the server does not answer. Any other loss of the connection leaves open what was done.
        """
        try:
            async with self.engine(tenant).connect() as connection:
                # One that died while it was idle (the server restarted) knows it by now; `_begun` finds out by trying.
                while (await connection.get_raw_connection()).driver_connection.is_closed():  # type: ignore[union-attr]
                    await connection.invalidate()
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                return (await connection.execute(statement, parameters)).all()
        except OSError as error:
            raise DatabaseAway from error

    async def _begun(self, scope: Scope, *, is_read_only: bool) -> AsyncConnection:
        """Return a connection whose transaction knows the scope.

        Raises:
            DatabaseAway: the server does not answer.

        A pooled connection may have died while it was idle (the server restarted). Nothing has been done yet when the
        scope is set, so that one failure is answered with a fresh connection; asking each connection first whether it
        lives would cost every transaction a round trip.
        """
        engine = self.engine(scope.tenant)
        try:
            try:
                return await _with_scope(engine, scope, is_read_only=is_read_only)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            return await _with_scope(engine, scope, is_read_only=is_read_only)
        except OSError as error:  # no socket, refused, timed out: the driver leaves these as they are
            raise DatabaseAway from error

    async def close(self) -> None:
        """Close every pool."""
        for engine in self._engines.values():
            await engine.dispose()
        self._engines.clear()


async def _with_scope(engine: AsyncEngine, scope: Scope, *, is_read_only: bool) -> AsyncConnection:
    connection = await engine.connect()
    try:
        if is_read_only:
            await connection.execution_options(postgresql_readonly=True)
        await set_scope(connection, scope)
    except BaseException:
        await connection.close()
        raise
    return connection


async def set_scope(connection: AsyncConnection, scope: Scope) -> None:
    """Tell the transaction who is asking."""
    settings = scope.settings()
    await connection.execute(
        SET_SCOPE,
        {
            "kind": settings["carbon.kind"],
            "organisation": settings["carbon.organisation"],
            "actor": settings["carbon.actor"],
            "region": settings["carbon.region"],
        },
    )
