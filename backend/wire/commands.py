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
from typing import Annotated, Any, Optional, Union, get_type_hints

import strawberry
from pydantic import ValidationError

from backend.kit import idempotency
from backend.kit.db import Write
from backend.kit.errors import CarbonError, Forbidden, NotFound, Unauthenticated, Unavailable
from backend.kit.outages import is_not_text, is_outage
from backend.wire import stored
from backend.wire.context import Context, Info
from backend.wire.errors import REFUSALS, Error, TextInvalid, named, of_validation

AUDITED = (Forbidden, NotFound, Unauthenticated)
Body = Callable[..., Awaitable[Any]]


class DatabaseUnavailable(Unavailable):
    """The database did not answer. When it went away during the commit, nobody can tell whether that was done."""

    code = "database_unavailable"
    en = "The database did not answer, so it is not certain whether the command was stored. Send it again with the same key: it is done once."
    zh = "数据库未应答，无法确定该操作是否已保存。请使用相同的幂等键重试，操作只会执行一次。"


async def refused(context: Context, action: str, error: CarbonError) -> None:
    """Leave an audit event of a refusal, in a transaction of its own: the command's was rolled back."""
    async with context.databases.write(context.scope) as write:
        write.audit(action, outcome="refused", code=error.code, facts=error.details, path=list(error.path))


async def run(context: Context, action: str, body: Body, given: Any, key: str | None, kind: Any) -> Any:  # noqa: ANN401 - any input and success type
    """Run the body in one transaction, once for each key.

    Raises:
        CarbonError: whatever the body refuses; IdempotencyKeyReused.
    """
    if context.scope.organisation_id is None:
        key = None  # nobody's command is refused anyway, and there is no one to keep an answer for
    async with context.databases.write(context.scope) as write:
        if key is not None:
            facts = dataclasses.asdict(given) if dataclasses.is_dataclass(given) else given  # type: ignore[arg-type]
            first = await idempotency.begin(write, key, action, facts)
            if first is not None:
                return stored.load(kind, first["success"])
        success = await (body(context, write) if given is None else body(context, write, given))
        if key is not None:
            await idempotency.finish(write, key, {"success": stored.dump(success)})
        return success


async def answer(context: Context, action: str, work: Awaitable[Any]) -> Any:  # noqa: ANN401 - any success type
    """Await the command and turn what it refuses into a member of the result's union."""
    try:
        return await work
    except ValidationError as error:
        return named(of_validation(error), context.scope)
    except CarbonError as error:
        if isinstance(error, AUDITED):
            await refused(context, action, error)
        return named(error, context.scope)
    except Exception as error:
        if is_not_text(error):
            return named(TextInvalid(), context.scope)
        if not is_outage(error):
            raise
        return named(DatabaseUnavailable(), context.scope)


def command(action: str, *, description: str | None = None, is_gathered: bool = False) -> Callable[[Body], Any]:
    """Make a mutation field of a function `(context, write[, input]) -> success`; see the module.

    A gathered command shares its transaction with others that arrive at the same time. Its function is
    `(context, key, input) -> success`, and keeps its own promise of idempotency.
    """

    def decorate(body: Body) -> Any:  # noqa: ANN401 - Strawberry's field object
        hints = get_type_hints(body, include_extras=True)
        success = hints["return"]

        def work(context: Context, given: Any, key: str | None) -> Awaitable[Any]:  # noqa: ANN401 - any input
            if is_gathered:
                return body(context, key, given)
            return run(context, action, body, given, key, success)

        name = "".join(part.capitalize() for part in body.__name__.split("_"))

        async def with_input(info: Info, input: Any, idempotency_key: str | None = None) -> Any:  # noqa: A002, ANN401 - the wire's word
            return await answer(info.context, action, work(info.context, input, idempotency_key))

        async def without_input(info: Info, idempotency_key: str | None = None) -> Any:  # noqa: ANN401 - any success type
            return await answer(info.context, action, work(info.context, None, idempotency_key))

        field = with_input if "input" in hints else without_input
        if "input" in hints:
            field.__annotations__["input"] = hints["input"]
        union = Annotated[Union[(success, *REFUSALS)], strawberry.union(f"{name}Result")]
        # Nullable: an unexpected failure of one field must not take the other answers of the request with it.
        field.__annotations__["return"] = Optional[union]  # noqa: UP045 - built at run time
        field.__name__ = body.__name__
        text = description or inspect.cleandoc(body.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        return strawberry.mutation(field, description=text)

    return decorate


__all__ = ["Error", "Write", "command", "refused"]
