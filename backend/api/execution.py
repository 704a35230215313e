"""Running a prepared operation: limits, a time limit, errors mapped, refusals audited, everything counted."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from inspect import isawaitable
from time import perf_counter
from typing import Any

from graphql import ExecutionResult, GraphQLError, execute, subscribe
from strawberry.execution import optimized_is_awaitable

from backend.api.completion import PlannedExecutor
from backend.api.documents import Prepared
from backend.api.failures import business, graphql_error
from backend.api.surroundings import Surroundings
from backend.kit.errors import CarbonError, Limited, Unavailable
from backend.kit.scope import Scope
from backend.kit.telemetry import span
from backend.wire.context import Context

TIMEOUT_SECONDS = 30.0
Answer = dict[str, Any]


class OperationTooSlow(Limited):
    """It took longer than one request may."""

    code = "operation_too_slow"
    en = "The operation took longer than {seconds} seconds and was stopped. Ask for less at once."
    zh = "操作超过 {seconds} 秒，已中止；请减少一次请求的内容。"


def refusal(error: CarbonError, scope: Scope) -> Answer:
    """Return an answer that holds one error and no data."""
    return {"data": None, "errors": [graphql_error(error, scope)]}


def _arguments(prepared: Prepared, variables: dict[str, Any], context: Context) -> dict[str, Any]:
    return {
        "document": prepared.document,
        "context_value": context,
        "variable_values": variables,
        "operation_name": prepared.name,
        "is_awaitable": optimized_is_awaitable,
        "executor_class": PlannedExecutor,
        "plans": prepared.plans,
        "operation_extensions": None,
    }


async def run(
    here: Surroundings, prepared: Prepared, variables: dict[str, Any], context: Context
) -> tuple[Answer, bool]:
    """Run a query or a mutation; return the answer and whether a server we need is away."""
    started = perf_counter()
    try:
        prepared.size.check(variables)
        with span("graphql", operation=prepared.label):
            async with asyncio.timeout(TIMEOUT_SECONDS):
                result: Any = execute(here.schema._schema, **_arguments(prepared, variables, context))  # noqa: SLF001 - Strawberry's own schema of graphql-core
                if isawaitable(result):
                    result = await result
    except CarbonError as error:
        answer, told = refusal(error, context.scope), [error]
    except TimeoutError:
        error = OperationTooSlow(seconds=round(TIMEOUT_SECONDS))
        answer, told = refusal(error, context.scope), [error]
    else:
        answer, told = await _answer(here, result, prepared, variables, context)
    here.metrics.operation_seconds.labels(prepared.label).observe(perf_counter() - started)
    here.metrics.operations.labels(context.scope.tenant, prepared.label, told[0].code if told else "ok").inc()
    return answer, not answer["data"] and any(isinstance(error, Unavailable) for error in told)


async def _answer(
    here: Surroundings, result: ExecutionResult, prepared: Prepared, variables: dict[str, Any], context: Context
) -> tuple[Answer, list[CarbonError]]:
    """Return the result as it goes over the wire, and what went wrong; what it refuses is audited."""
    causes = result.errors or []
    told = [business(error, context.scope) for error in causes]
    schema = here.schema._schema  # noqa: SLF001 - see above
    await here.refusals.of_answer(context.databases, context.scope, schema, prepared, variables, result, told)
    if not told:
        return {"data": result.data}, []
    shown = [graphql_error(error, context.scope, cause) for error, cause in zip(told, causes, strict=True)]
    return {"data": result.data, "errors": shown}, told


async def watch(
    here: Surroundings, prepared: Prepared, variables: dict[str, Any], context: Context
) -> AsyncGenerator[Answer]:
    """Run a subscription; yield its answers until it ends or the caller closes this generator."""
    try:
        prepared.size.check(variables)
        source: Any = subscribe(here.schema._schema, **_arguments(prepared, variables, context))  # noqa: SLF001 - see above
        if isawaitable(source):
            source = await source
    except CarbonError as error:
        yield refusal(error, context.scope)
        return
    if isinstance(source, ExecutionResult):
        yield (await _answer(here, source, prepared, variables, context))[0]
        return
    async for answer in _answers(here, source, prepared, variables, context):
        yield answer


async def _answers(
    here: Surroundings,
    source: AsyncIterator[ExecutionResult],
    prepared: Prepared,
    variables: dict[str, Any],
    context: Context,
) -> AsyncGenerator[Answer]:
    try:
        async for result in source:
            yield (await _answer(here, result, prepared, variables, context))[0]
    except Exception as error:  # noqa: BLE001 - the stream itself broke: the caller is told, the log has the rest
        broken = ExecutionResult(None, [GraphQLError(str(error), original_error=error)])
        (told,) = (await _answer(here, broken, prepared, variables, context))[1]
        yield refusal(told, context.scope)
    finally:
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()
