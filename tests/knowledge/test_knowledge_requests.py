"""Requests for factors: asked, answered with a version, refused, withdrawn; whose they are."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from factories import identity
from factories.accounts import held_account
from factories.knowledge import asked_for

from backend.accounts.errors import AccountNotFound
from backend.factors import service as factors
from backend.factors.errors import ParameterNotFound
from backend.factors.values import Entry
from backend.kit import notices
from backend.kit.db import Databases, Write
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.notices import Addressee, Notice
from backend.kit.scope import Scope
from backend.knowledge import service
from backend.knowledge.errors import FactorRequestClosed, FactorRequestInvalid, FactorRequestNotFound
from backend.knowledge.requests import queries
from backend.knowledge.values import RequestDraft, RequestState, RequestValue


async def answered(databases: Databases, scope: Scope, request_id: UUID, **given: Any) -> RequestValue:
    async with databases.write(scope) as write:
        return await service.answer_request(write, scope, request_id, **given)


async def shown(databases: Databases, scope: Scope, request_id: UUID) -> RequestValue | None:
    async with databases.read(scope) as read:
        return (await queries.request_batch(read, scope, [request_id]))[0]


async def proposed(databases: Databases, scope: Scope) -> UUID:
    """Propose a version of a parameter nobody else uses."""
    entry = Entry(
        name="test.knowledge", key=new_id().hex, value=Decimal("17.1"), unit="GJ/t", label_zh="试", label_en="try",
        document="试〔2026〕1号", source="试",
    )  # fmt: skip
    async with databases.write(scope) as write:
        return (await factors.propose(write, scope, entry)).id


async def test_a_request_is_answered_once_the_proposed_version_counts(databases: Databases) -> None:
    held = await held_account(databases, division="320206")
    bureau = await identity.authority(databases)
    request = await asked_for(
        databases, held, unit="GJ/t", suggested_value=Decimal("17.1"), suggested_source="检测报告"
    )
    assert (request.state, request.suggested_value, request.account_id) == (
        RequestState.OPEN, Decimal("17.1"), held.id,
    )  # fmt: skip
    version = await proposed(databases, bureau.scope)
    waiting = await answered(databases, bureau.scope, request.id, version_id=version)
    assert (waiting.state, waiting.version_id) == (RequestState.PROPOSED, version)
    other = await identity.colleague(databases, bureau, "administrator")
    async with databases.write(other) as write:
        await factors.activate(write, other, [version], reason="启用")
    done = await shown(databases, held.scope, request.id)
    assert done is not None
    assert (done.state, done.version_id) == (RequestState.ANSWERED, version)
    with pytest.raises(FactorRequestClosed):
        await answered(databases, bureau.scope, request.id, refusal="不再需要")


async def test_a_rejected_version_opens_the_request_again(databases: Databases) -> None:
    held = await held_account(databases, division="320206")
    bureau = await identity.authority(databases)
    request = await asked_for(databases, held)
    version = await proposed(databases, bureau.scope)
    await answered(databases, bureau.scope, request.id, version_id=version)
    other = await identity.colleague(databases, bureau, "administrator")
    async with databases.write(other) as write:
        await factors.reject(write, other, [version], reason="来源不足")
    again = await shown(databases, held.scope, request.id)
    assert again is not None
    assert again.state is RequestState.OPEN
    with pytest.raises(FactorRequestInvalid):
        await answered(databases, bureau.scope, request.id, version_id=version)
    refused = await answered(databases, bureau.scope, request.id, refusal="尚无公布值")
    assert (refused.state, refused.reason) == (RequestState.REFUSED, "尚无公布值")


async def test_a_request_is_withdrawn_by_its_enterprise_alone(databases: Databases) -> None:
    held = await held_account(databases, division="320206")
    request = await asked_for(databases, held)
    bureau = await identity.authority(databases, division="320206")
    neighbour = await identity.authority(databases, division="320205")
    rival = await held_account(databases, division="320206")
    bank = await identity.bank(databases)
    for stranger in (neighbour, rival.holder, bank, await identity.verifier(databases)):
        assert await shown(databases, stranger.scope, request.id) is None
    async with databases.write(rival.scope) as write:
        with pytest.raises(FactorRequestNotFound):
            await service.withdraw_request(write, rival.scope, request.id, "越权")
        with pytest.raises(AccountNotFound):
            await service.request_factor(write, rival.scope, held.id, RequestDraft("越权"))
    with pytest.raises(FactorRequestNotFound):
        await answered(databases, neighbour.scope, request.id, refusal="越权")
    with pytest.raises(Forbidden):
        await answered(databases, held.scope, request.id, refusal="自答")
    with pytest.raises(Forbidden):
        async with databases.write(bureau.scope) as write:
            await service.request_factor(write, bureau.scope, held.id, RequestDraft("代申请"))
    async with databases.write(held.scope) as write:
        gone = await service.withdraw_request(write, held.scope, request.id, "已自行找到")
    assert gone.state is RequestState.WITHDRAWN
    with pytest.raises(FactorRequestClosed):
        await answered(databases, bureau.scope, request.id, refusal="迟到")
    async with databases.read(bureau.scope) as read:
        seen = await queries.requests(read, bureau.scope, limit=5, account_id=held.id)
        assert [each.id for each in seen] == [request.id]
        assert await queries.requests(read, bureau.scope, limit=5, account_id=held.id, is_waiting=True) == []


async def test_the_authority_hears_of_a_request_and_the_enterprise_of_its_answer(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, Addressee]] = []

    async def hear(_write: Write, _scope: Scope, notice: Notice, to: Addressee) -> None:
        heard.append((notice.text.zh, to))

    monkeypatch.setattr(notices, "_listeners", [hear])
    held = await held_account(databases, division="320206")
    bureau = await identity.authority(databases, division="320206")
    request = await asked_for(databases, held, "兰炭热值")
    await answered(databases, bureau.scope, request.id, refusal="尚无公布值")
    asked, told = heard
    assert asked == (
        "因子申请“兰炭热值”待处理",
        Addressee(division_path=request.division_path, roles=("administrator", "officer")),
    )
    assert told == ("因子申请“兰炭热值”已拒绝。尚无公布值", Addressee(account_id=held.id))


@pytest.mark.parametrize(
    "given",
    [
        {"wanted": " "}, {"wanted": "x" * 201}, {"wanted": "a", "purpose": "b\x07"},
        {"wanted": "a", "suggested_value": Decimal(1)},
        {"wanted": "a", "suggested_value": Decimal(1), "unit": "t"},
        {"wanted": "a", "suggested_value": Decimal("1E99"), "unit": "t", "suggested_source": "b"},
    ],
)  # fmt: skip
async def test_a_request_that_cannot_be_right_is_named(databases: Databases, given: dict[str, Any]) -> None:
    held = await held_account(databases, division="320206")
    with pytest.raises(FactorRequestInvalid):
        await asked_for(databases, held, **given)
    async with databases.read(held.scope) as read:
        assert await queries.requests(read, held.scope, limit=5) == []


async def test_an_answer_is_a_version_or_a_reason(databases: Databases) -> None:
    held = await held_account(databases, division="320206")
    request = await asked_for(databases, held)
    bureau = await identity.authority(databases, division="320206")
    for given in ({}, {"version_id": new_id(), "refusal": "都填"}, {"refusal": "x" * 1001}):
        with pytest.raises(FactorRequestInvalid):
            await answered(databases, bureau.scope, request.id, **given)
    with pytest.raises(ParameterNotFound):
        await answered(databases, bureau.scope, request.id, version_id=new_id())
    found = await shown(databases, held.scope, request.id)
    assert found is not None
    assert found.state is RequestState.OPEN
