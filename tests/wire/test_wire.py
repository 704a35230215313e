"""The GraphQL vocabulary: commands, idempotency, named errors, scalars, pages, node ids."""

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import strawberry
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from backend.kit import errors
from backend.kit.audit import AuditEvent
from backend.kit.clock import now
from backend.kit.db import Databases, Write
from backend.kit.ids import new_id
from backend.kit.outbox import Outbox
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings
from backend.wire.commands import command
from backend.wire.connections import Connection, PageInvalid, connect, decode, encode, page
from backend.wire.context import Context
from backend.wire.nodes import Node, NodeIdInvalid, node_id, uuids
from backend.wire.scalars import Month, ScalarInvalid, configuration, parse_decimal


@strawberry.input
class NoteInput:
    topic: str
    amount: Decimal = Decimal(0)
    month: Month = date(2025, 1, 1)  # pyright: ignore[reportAssignmentType]
    refuse: str = ""


@strawberry.type
class Note(Node):
    topic: str
    amount: Decimal
    month: Month


REFUSALS: dict[str, errors.CarbonError] = {
    "forbidden": errors.Forbidden(permission="test:note"),
    "not_found": errors.NotFound(what="note"),
    "invalid": errors.Invalid(reason="no", path=("input", "topic")),
    "conflict": errors.Conflict(reason="later"),
}


@strawberry.type
class Mutation:
    @command("test:note")
    async def add_note(context: Context, write: Write, input: NoteInput) -> Note:  # noqa: A002, N805
        """Add a note."""
        await write.run(insert(Outbox).values(id=new_id(), topic=input.topic, payload={}, created_at=now()))
        if input.refuse == "crash":
            raise RuntimeError
        if input.refuse == "constraint":
            await write.run(text("insert into audit_head values (null, 0, '')"))
        if input.refuse:
            raise REFUSALS[input.refuse]
        return Note(id=node_id("Note", uuid4()), topic=input.topic, amount=input.amount, month=input.month)


@strawberry.type
class Query:
    @strawberry.field
    def numbers(self, first: int = 50, after: str | None = None) -> Connection[int]:
        asked = page(first, after)
        start = asked.after[0] + 1 if asked.after else 0
        return connect(range(start, 105)[: asked.fetch], asked, key=lambda number: [number], make=int)


SCHEMA = strawberry.Schema(Query, Mutation, config=configuration())
ADD = """mutation($input: NoteInput!, $key: String) { addNote(input: $input, idempotencyKey: $key) {
  __typename ... on Note { id topic amount month } ... on Error { code messageZh messageEn path } } }"""


@pytest.fixture
def context(databases: Databases) -> Context:
    scope = Scope(tenant="wuxi", kind=Kind.ENTERPRISE, organisation_id=uuid4(), actor_id=uuid4(), language="en")
    return Context(scope=scope, databases=databases, settings=Settings())


async def add(context: Context, key: str | None = None, **given: Any) -> Any:
    return await SCHEMA.execute(ADD, variable_values={"input": given, "key": key}, context_value=context)


async def stored(context: Context, topic: str) -> int:
    async with context.databases.read(context.scope.as_system()) as read:
        return await read.value(select(func.count()).where(Outbox.topic == topic))


async def test_a_command_commits_and_answers_exactly(context: Context) -> None:
    topic = str(uuid4())
    result = await add(context, topic=topic, amount="0.10000000000000000000000001", month="2024-02")
    assert result.errors is None
    assert result.data["addNote"]["amount"] == "0.10000000000000000000000001"
    assert result.data["addNote"]["month"] == "2024-02"
    assert await stored(context, topic) == 1


async def test_the_same_key_replays_the_first_answer(context: Context) -> None:
    topic = str(uuid4())
    first = await add(context, key="one", topic=topic, amount="1.50")
    again = await add(context, key="one", topic=topic, amount="1.50")
    assert first.data == again.data
    assert await stored(context, topic) == 1
    other = await add(context, key="one", topic=topic, amount="1.51")
    assert other.data["addNote"]["__typename"] == "ConflictError"
    assert other.data["addNote"]["code"] == "idempotency_key_reused"
    assert await stored(context, topic) == 1


@pytest.mark.parametrize(
    ("refuse", "typename"),
    [
        ("forbidden", "ForbiddenError"), ("not_found", "NotFoundError"),
        ("invalid", "InvalidError"), ("conflict", "ConflictError"),
    ],
)  # fmt: skip
async def test_a_refusal_is_named_and_leaves_nothing(context: Context, refuse: str, typename: str) -> None:
    topic = str(uuid4())
    result = await add(context, key="refused", topic=topic, refuse=refuse)
    assert result.errors is None
    answer = result.data["addNote"]
    assert answer["__typename"] == typename
    assert answer["messageZh"]
    assert answer["messageEn"]
    assert await stored(context, topic) == 0
    # The key was not used up: the mended command may be sent with it.
    assert (await add(context, key="refused", topic=topic)).data["addNote"]["__typename"] == "Note"


@pytest.mark.parametrize("refuse", ["forbidden", "not_found"])
async def test_a_refused_access_is_audited(context: Context, refuse: str) -> None:
    await add(context, topic="x", refuse=refuse)
    async with context.databases.read(context.scope) as read:
        events = await read.rows(select(AuditEvent.action, AuditEvent.outcome))
    assert [(event.action, event.outcome) for event in events] == [("test:note", "refused")]


@pytest.mark.parametrize("refuse", ["crash", "constraint"])
async def test_a_failure_is_no_success_and_takes_nothing_else_along(context: Context, refuse: str) -> None:
    good, bad = str(uuid4()), str(uuid4())
    result = await SCHEMA.execute(
        "mutation($good: NoteInput!, $bad: NoteInput!) { a: addNote(input: $good) { __typename }"
        " b: addNote(input: $bad) { __typename } }",
        variable_values={"good": {"topic": good}, "bad": {"topic": bad, "refuse": refuse}},
        context_value=context,
    )
    assert result.data == {"a": {"__typename": "Note"}, "b": None}
    assert result.errors is not None
    assert isinstance(result.errors[0].original_error, RuntimeError if refuse == "crash" else IntegrityError)
    assert await stored(context, good) == 1
    assert await stored(context, bad) == 0


@pytest.mark.parametrize("value", [1.5, True, "NaN", "Infinity", "1,5", ""])
async def test_what_is_no_decimal_is_refused(context: Context, value: Any) -> None:
    result = await add(context, topic="x", amount=value)
    assert result.errors
    assert result.data is None


@pytest.mark.parametrize("value", ["2024-13", "2024-1", "24-01", "2024/01", "January"])
async def test_what_is_no_month_is_refused(context: Context, value: str) -> None:
    assert (await add(context, topic="x", month=value)).errors


async def test_pages_follow_each_other_without_gaps(context: Context) -> None:
    seen: list[int] = []
    after = None
    while True:
        result = await SCHEMA.execute(
            "query($after: String) { numbers(first: 40, after: $after) { nodes pageInfo { hasNextPage endCursor } } }",
            variable_values={"after": after}, context_value=context,
        )  # fmt: skip
        seen += result.data["numbers"]["nodes"]
        after = result.data["numbers"]["pageInfo"]["endCursor"]
        if not result.data["numbers"]["pageInfo"]["hasNextPage"]:
            break
    assert seen == list(range(105))


@pytest.mark.parametrize(("first", "after"), [(0, None), (101, None), (10, "not a cursor"), (10, "eyJhIjogMX0")])
def test_a_bad_page_is_refused(first: int, after: str | None) -> None:
    with pytest.raises(PageInvalid):
        page(first, after)


def test_cursors_and_node_ids_come_back_as_they_went() -> None:
    assert decode(encode(["2024-01-01", 7])) == ["2024-01-01", 7]
    one, two = uuid4(), uuid4()
    assert uuids(node_id("Source", one, two), "Source") == (one, two)
    for wrong in (node_id("Meter", one), "", "%%%", "AAAA"):
        with pytest.raises(NodeIdInvalid):
            uuids(wrong, "Source")


async def test_a_colleague_is_not_handed_the_first_answer(context: Context) -> None:
    topic = str(uuid4())
    await add(context, key="ours", topic=topic)
    colleague = dataclasses.replace(context, scope=dataclasses.replace(context.scope, actor_id=uuid4()))
    assert (await add(colleague, key="ours", topic=topic)).data["addNote"]["code"] == "idempotency_key_reused"


async def test_a_key_of_nobody_is_no_way_in(context: Context) -> None:
    nobody = dataclasses.replace(context, scope=Scope.nobody("wuxi"))
    answer = (await add(nobody, key="k", topic="x", refuse="forbidden")).data["addNote"]
    assert answer["__typename"] == "ForbiddenError"


@pytest.mark.parametrize("sent", [12.5, True, "NaN", "abc"])
def test_a_number_that_cannot_be_read_is_told_in_both_languages(sent: object) -> None:
    with pytest.raises(ScalarInvalid) as refused:
        parse_decimal(sent)
    zh = refused.value.message("zh")
    assert zh.startswith("输入无效：")
    assert not any(word in zh for word in ("send", "not a"))
    assert refused.value.message("en").startswith("The input is not valid: ")
