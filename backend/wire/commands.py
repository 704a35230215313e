"""One command, one transaction, committed before the answer is built.

`command` turns a plain function into a mutation field::

    @command("accounts:open")
    async def open_account(context: Context, write: Write, input: OpenAccountInput) -> AccountOpened: ...

The field is `openAccount(input: OpenAccountInput!, idempotencyKey: String): OpenAccountResult`, the result a
union of the success type and the named errors. With a key, the success is stored beside it as JSON and
replayed to whoever sends the same key with the same input.
"""

import dataclasses
import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Union, get_type_hints

import strawberry
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import DBAPIError

from backend.kit import idempotency
from backend.kit.db import Write
from backend.kit.errors import CarbonError, Forbidden, NotFound, Unauthenticated, Unavailable
from backend.wire.context import Context, Info
from backend.wire.errors import REFUSALS, Error, named, of_validation

AUDITED = (Forbidden, NotFound, Unauthenticated)
Body = Callable[..., Awaitable[Any]]


class DatabaseUnavailable(Unavailable):
    """The database did not take the command; nothing was stored."""

    code = "database_unavailable"
    en = "The database is not reachable; nothing was stored. Send the command again with the same key."
    zh = "数据库暂时不可用，未保存任何数据。请使用相同的幂等键重试。"


async def refused(context: Context, action: str, error: CarbonError) -> None:
    """Leave an audit event of a refusal, in a transaction of its own: the command's was rolled back."""
    async with context.databases.write(context.scope) as write:
        write.audit(action, outcome="refused", code=error.code, facts=error.details, path=list(error.path))


async def run(context: Context, action: str, body: Body, given: Any, key: str | None, adapter: Any) -> Any:  # noqa: ANN401 - any input and success type
    """Run the body in one transaction, once for each key.

    Raises:
        CarbonError: whatever the body refuses; IdempotencyKeyReused.
    """
    async with context.databases.write(context.scope) as write:
        if key is not None:
            facts = dataclasses.asdict(given) if dataclasses.is_dataclass(given) else given  # type: ignore[arg-type]
            first = await idempotency.begin(write, key, action, facts)
            if first is not None:
                return adapter.validate_python(first["success"])
        success = await (body(context, write) if given is None else body(context, write, given))
        if key is not None:
            await idempotency.finish(write, key, {"success": adapter.dump_python(success, mode="json")})
        return success


def command(action: str, *, description: str | None = None) -> Callable[[Body], Any]:
    """Make a mutation field of a function `(context, write[, input]) -> success`; see the module."""

    def decorate(body: Body) -> Any:  # noqa: ANN401 - Strawberry's field object
        hints = get_type_hints(body, include_extras=True)
        success = hints["return"]
        takes_input = "input" in hints
        name = "".join(part.capitalize() for part in body.__name__.split("_"))
        union = Annotated[Union[(success, *REFUSALS)], strawberry.union(f"{name}Result")]  # noqa: UP007 - built at run time
        adapters: list[TypeAdapter[Any]] = []

        async def resolve(info: Info, given: Any, idempotency_key: str | None) -> Any:  # noqa: ANN401
            # Built on first use: the success type may refer to types that are defined after this one.
            if not adapters:
                adapters.append(TypeAdapter(success))
            context = info.context
            try:
                return await run(context, action, body, given, idempotency_key, adapters[0])
            except ValidationError as error:
                return named(of_validation(error), context.scope)
            except CarbonError as error:
                if isinstance(error, AUDITED):
                    await refused(context, action, error)
                return named(error, context.scope)
            except (DBAPIError, OSError) as error:
                if isinstance(error, DBAPIError) and not error.connection_invalidated:
                    raise
                return named(DatabaseUnavailable(), context.scope)

        if takes_input:

            async def field(info: Info, input: Any, idempotency_key: str | None = None) -> Any:  # noqa: A002, ANN401 - the wire's word
                return await resolve(info, input, idempotency_key)

            field.__annotations__["input"] = hints["input"]
        else:

            async def field(info: Info, idempotency_key: str | None = None) -> Any:  # type: ignore[misc]  # noqa: ANN401
                return await resolve(info, None, idempotency_key)

        # Nullable: an unexpected failure of one field must not take the other answers of the request with it.
        field.__annotations__["return"] = union | None
        field.__name__ = body.__name__
        field.__doc__ = body.__doc__
        text = description or inspect.cleandoc(body.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        return strawberry.mutation(field, description=text)

    return decorate


__all__ = ["Error", "Write", "command", "refused"]
