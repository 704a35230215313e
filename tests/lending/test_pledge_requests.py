"""A pledge a bank asks for: what is refused by name, what an answer makes of it, and that it ends with its consent."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from factories import identity
from factories.api import Client
from factories.ledger import held, issued
from factories.lending import Lent, lent, pledge_asked, revoked
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.accounts import service as accounts_service
from backend.identity import service as identity_service
from backend.kit.clock import CHINA, today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import errors as books
from backend.ledger import service as ledger
from backend.ledger.values import Reason, Selection
from backend.lending import service
from backend.lending.errors import BanksOnly, ConsentMissing
from backend.lending.pledging import errors
from backend.lending.pledging.values import MOST_OPEN, PledgeDraft, PledgeRequestState, PledgeRequestValue
from backend.wire.nodes import node_id

D = Decimal


@dataclass
class Stage:
    """A bank with a consent for `pledge`, and an account with 100 CCER and 2.5 of points."""

    databases: Databases
    world: Lent
    serials: tuple[int, int]
    batch: UUID

    async def ask(self, **given: Any) -> PledgeRequestValue:
        return await pledge_asked(self.databases, self.world.bank, self.world.held, **given)

    async def accept(self, request: UUID, scope: Scope | None = None) -> Any:
        own = scope or self.world.held.scope
        async with self.databases.write(own) as write:
            return await service.accept_pledge_request(write, own, request)

    async def decline(self, request: UUID, reason: str = "另有安排") -> None:
        own = self.world.held.scope
        async with self.databases.write(own) as write:
            await service.decline_pledge_request(write, own, request, reason)

    async def withdraw(self, request: UUID, scope: Scope | None = None, reason: str = "改用其他担保") -> None:
        own = scope or self.world.bank.scope
        async with self.databases.write(own) as write:
            await service.withdraw_pledge_request(write, own, request, reason)

    async def listed(self, scope: Scope, **given: Any) -> list[PledgeRequestValue]:
        async with self.databases.read(scope) as read:
            return await service.pledge_requests(read, scope, **{"limit": 100, **given})

    async def amounts(self) -> dict[str, Decimal]:
        return await held(self.databases, self.world.held.id, "CCER")

    @asynccontextmanager
    async def unchanged(self) -> AsyncGenerator[None]:
        before = await self.amounts(), await self.listed(self.world.held.scope)
        yield
        assert (await self.amounts(), await self.listed(self.world.held.scope)) == before


@pytest.fixture
async def stage(databases: Databases) -> Stage:
    world = await lent(databases, scopes=("pledge",), is_scored=False)
    made = await issued(databases, world.held.id, "CCER", 100)
    return Stage(databases, world, made.serials[0], made.batch_ids[0])


async def test_accepted_it_is_a_pledge_of_the_ledger_which_the_bank_alone_releases(stage: Stage) -> None:
    until = today() + timedelta(days=365)
    asked = await stage.ask(
        units=Selection("CCER", D(40)), reference=" L-7 ", pledged_until=until, price_cny=D("71.25"),
    )  # fmt: skip
    assert (asked.state, asked.reference, asked.quantity, asked.value_cny) == (
        PledgeRequestState.ASKED, "L-7", D(40), D("2850.00"),
    )  # fmt: skip
    assert await stage.amounts() == {"available": D(100)}
    bank, holder = stage.world.bank.scope, stage.world.held.scope
    assert await stage.listed(bank) == [asked] == await stage.listed(holder)
    movement = await stage.accept(asked.id)
    assert (movement.kind.value, movement.quantity, movement.reference, movement.note) == (
        "pledge", D(40), "L-7", "流动资金贷款",
    )  # fmt: skip
    assert movement.facts["pledge_request"] == str(asked.id)
    assert movement.facts["pledged_until"] == until.isoformat()
    assert await stage.amounts() == {"available": D(60), "pledged": D(40)}
    (accepted,) = await stage.listed(bank, state=PledgeRequestState.ACCEPTED)
    assert (accepted.hold_id, accepted.state) == (movement.hold_id, PledgeRequestState.ACCEPTED)
    async with stage.unchanged():
        for again in (stage.accept(asked.id), stage.decline(asked.id), stage.withdraw(asked.id)):
            with pytest.raises(errors.PledgeRequestEnded) as refused:
                await again
            assert (refused.value.code, refused.value.details["state_zh"]) == ("pledge_request_ended", "已同意")
    await revoked(stage.databases, stage.world)
    assert await stage.amounts() == {"available": D(60), "pledged": D(40)}
    async with stage.databases.write(bank) as write:
        await ledger.release(write, bank, accepted.hold_id, Reason(note="结清"))
    assert await stage.amounts() == {"available": D(100)}


async def test_the_very_serials_asked_for_are_pledged(stage: Stage) -> None:
    first, _ = stage.serials
    wanted = ((first + 10, first + 14), (first + 20, first + 24))
    asked = await stage.ask(units=Selection("CCER", None, stage.batch, serials=wanted))
    assert (asked.quantity, asked.serials, asked.batch_id) == (D(10), wanted, stage.batch)
    movement = await stage.accept(asked.id)
    assert movement.serials == wanted
    with pytest.raises(books.SerialsNotHere):
        await stage.ask(units=Selection("CCER", None, serials=((first + 9, first + 10),)), reference="L-8")


@pytest.mark.parametrize(
    ("given", "refusal", "path"),
    [
        ({"units": Selection("CCER", D(101))}, books.InsufficientUnits, ("input", "units", "quantity")),
        ({"units": Selection("CEA", D(1))}, books.InsufficientUnits, ("input", "units", "quantity")),
        ({"units": Selection("NIX", D(1))}, books.ClassUnknown, ("input", "units", "unitClass")),
        ({"units": Selection("CCER", D("0.5"))}, books.UnitsNotWhole, ("input", "units", "quantity")),
        ({"units": Selection("CCER", D(0))}, books.QuantityNotPositive, None),
        ({"units": Selection("CCER", D("nan"))}, books.QuantityNotPositive, None),
        ({"units": Selection("CCER")}, books.SelectionEmpty, ("quantity",)),
        ({"units": Selection("CCER", D(1), batch_id=UUID(int=7))}, books.InsufficientUnits, ("input", "units", "quantity")),
        ({"units": Selection("CCER", serials=((1, 2), (2, 3)))}, books.SerialsRepeated, ("input", "units", "serials")),
        ({"units": Selection("CCER", D(3), serials=((1, 2),))}, books.QuantityMismatch, ("input", "units", "serials")),
        ({"units": Selection("CCER", serials=((10**15, 10**15),))}, books.SerialsNotHere, ("input", "units", "serials")),
        ({"reference": " "}, errors.PledgeTextInvalid, ("input", "reference")),
        ({"reference": "L\u202e1"}, errors.PledgeTextInvalid, ("input", "reference")),
        ({"purpose": "字" * 501}, errors.PledgeTextInvalid, ("input", "purpose")),
        ({"answer_by": today()}, errors.PledgeDatesInvalid, ("input", "answerBy")),
        ({"answer_by": today() + timedelta(days=91)}, errors.PledgeDatesInvalid, ("input", "answerBy")),
        ({"pledged_until": today() - timedelta(days=1)}, errors.PledgeDatesInvalid, ("input", "pledgedUntil")),
        ({"price_cny": D(0)}, errors.PledgePriceInvalid, ("input", "priceCny")),
        ({"price_cny": D("1.00001")}, errors.PledgePriceInvalid, ("input", "priceCny")),
        ({"price_cny": D("inf")}, errors.PledgePriceInvalid, ("input", "priceCny")),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_for_is_refused_by_name(
    stage: Stage, given: dict[str, Any], refusal: type[CarbonError], path: tuple[str, ...] | None
) -> None:
    async with stage.unchanged():
        with pytest.raises(refusal) as refused:
            await stage.ask(**given)
    assert path is None or refused.value.path == path


async def test_only_a_bank_with_a_consent_for_pledges_asks(databases: Databases, stage: Stage) -> None:
    other = await identity.bank(databases)
    blind = await lent(databases, scopes=("score", "statement"), is_scored=False)
    await issued(databases, blind.held.id, "CCER", 5)
    async with stage.unchanged():
        with pytest.raises(ConsentMissing):
            await pledge_asked(databases, other, stage.world.held)
        with pytest.raises(ConsentMissing):
            await pledge_asked(databases, blind.bank, blind.held)
        with pytest.raises((Forbidden, BanksOnly)):  # the holder of itself
            await pledge_asked(databases, stage.world.held.holder, stage.world.held)
    draft = PledgeDraft(Selection("CCER", D(1)), "L-1", "试")
    with pytest.raises(ConsentMissing):
        async with databases.write(stage.world.bank.scope) as write:
            await service.request_pledge(write, stage.world.bank.scope, new_id(), draft)


async def test_nobody_but_the_holder_answers_and_nobody_but_the_bank_withdraws(
    databases: Databases, stage: Stage
) -> None:
    asked = await stage.ask()
    strangers = [
        (await identity.bank(databases)).scope, (await identity.enterprise(databases)).scope,
        (await identity.authority(databases)).scope,
    ]  # fmt: skip
    async with stage.unchanged():
        for scope in (*strangers, stage.world.bank.scope):
            with pytest.raises((Forbidden, errors.PledgeRequestNotFound)):
                await stage.accept(asked.id, scope)
        for scope in (*strangers, stage.world.held.scope):
            with pytest.raises((Forbidden, errors.PledgeRequestNotFound)):
                await stage.withdraw(asked.id, scope)
        viewer = await identity.colleague(databases, stage.world.held.holder, "viewer")
        with pytest.raises(Forbidden):
            await stage.accept(asked.id, viewer)
    for scope in strangers:
        assert [each for each in await stage.listed(scope) if each.id == asked.id] == []


async def test_a_consent_revoked_between_asking_and_answering_ends_the_request(stage: Stage) -> None:
    asked = await stage.ask()
    await revoked(stage.databases, stage.world)
    (lapsed,) = await stage.listed(stage.world.bank.scope)
    assert (lapsed.state.value, lapsed.lapsed_because, lapsed.hold_id) == ("lapsed", "consent_ended", None)
    async with stage.unchanged():
        for late in (stage.accept(asked.id), stage.decline(asked.id), stage.withdraw(asked.id)):
            with pytest.raises(errors.PledgeConsentEnded):
                await late
        with pytest.raises(ConsentMissing):
            await stage.ask(reference="L-2")


async def test_an_answer_is_wholly_before_a_revocation_or_finds_the_request_ended(stage: Stage) -> None:
    for turn in range(4):
        consent = stage.world.consent
        asked = await stage.ask(reference=f"L-{turn}")
        own = stage.world.held.scope

        async def revoke(consent: UUID = consent, own: Scope = own) -> None:
            async with stage.databases.write(own) as write:
                await identity_service.revoke_consent(write, own, consent_id=consent)

        answer, _ = await asyncio.gather(stage.accept(asked.id), revoke(), return_exceptions=True)
        (now_is,) = [each for each in await stage.listed(own) if each.id == asked.id]
        if isinstance(answer, errors.PledgeConsentEnded):
            assert (now_is.state.value, now_is.hold_id) == ("lapsed", None)
        else:
            assert not isinstance(answer, BaseException)
            assert (now_is.state.value, now_is.hold_id) == ("accepted", answer.hold_id)
        stage.world = Lent(
            stage.world.held, stage.world.bank,
            await identity.consented(stage.databases, stage.world.held.holder, stage.world.bank, ("pledge",)),
        )  # fmt: skip


async def test_of_two_answers_at_once_the_second_finds_the_first(stage: Stage) -> None:
    asked = await stage.ask(units=Selection("CCER", D(30)))
    answers = await asyncio.gather(*(stage.accept(asked.id) for _ in range(3)), return_exceptions=True)
    refused = [each for each in answers if isinstance(each, BaseException)]
    assert [type(each) for each in refused] == [errors.PledgeRequestEnded] * 2
    assert await stage.amounts() == {"available": D(70), "pledged": D(30)}


async def test_what_the_holder_used_meanwhile_is_refused_by_the_books_and_the_request_stays(stage: Stage) -> None:
    asked = await stage.ask(units=Selection("CCER", D(100)))
    own = stage.world.held.scope
    async with stage.databases.write(own) as write:
        await ledger.pledge(write, own, stage.world.held.id, Selection("CCER", D(1)), stage.world.bank.id)
    async with stage.unchanged():
        with pytest.raises(books.InsufficientUnits):
            await stage.accept(asked.id)
    await stage.decline(asked.id)
    (declined,) = await stage.listed(stage.world.bank.scope, state=PledgeRequestState.DECLINED)
    assert (declined.answer, declined.hold_id) == ("另有安排", None)


async def test_a_closed_account_is_asked_for_nothing(databases: Databases) -> None:
    world = await lent(databases, scopes=("pledge",), is_scored=False)
    async with databases.write(world.held.scope) as write:
        await accounts_service.close_account(write, world.held.scope, account_id=world.held.id, reason="注销")
    with pytest.raises(books.AccountClosed):
        await pledge_asked(databases, world.bank, world.held)


async def past(servers: Any, request: UUID) -> None:
    """Let a request's days be over; what was asked is never changed but by the owner's hand."""
    engine = create_async_engine(servers.addresses["wuxi"].owner.get_secret_value())
    async with engine.begin() as connection:
        await connection.execute(
            text("update pledge_request set lapses_at = now() - interval '1 second' where id = :id"), {"id": request}
        )
    await engine.dispose()


async def test_a_request_lapses_unanswered_and_can_be_made_again(stage: Stage, servers: Any) -> None:
    soon = today() + timedelta(days=1)
    asked = await stage.ask(answer_by=soon)
    assert asked.lapses_at.astimezone(CHINA).isoformat() == f"{(soon + timedelta(days=1)).isoformat()}T00:00:00+08:00"
    with pytest.raises(errors.PledgeRequestOpen) as refused:
        await stage.ask()
    assert refused.value.details["reference"] == "L-1"
    await stage.ask(reference="L-2")
    await past(servers, asked.id)
    assert [each.reference for each in await stage.listed(stage.world.bank.scope, state=PledgeRequestState.ASKED)] == [
        "L-2"
    ]
    (lapsed,) = await stage.listed(stage.world.held.scope, state=PledgeRequestState.LAPSED)
    assert (lapsed.id, lapsed.lapsed_because, lapsed.ended_at) == (asked.id, "time", lapsed.lapses_at)
    with pytest.raises(errors.PledgeRequestEnded):
        await stage.accept(asked.id)
    again = await stage.ask()
    assert again.state is PledgeRequestState.ASKED
    assert len(await stage.listed(stage.world.bank.scope, state=PledgeRequestState.LAPSED)) == 1


async def test_a_request_never_outlives_the_consents_last_day(databases: Databases) -> None:
    world = await lent(databases, scopes=("account",), is_scored=False)
    await revoked(databases, world)
    await issued(databases, world.held.id, "CCER", 3)
    own, ends = world.held.scope, today() + timedelta(days=2)
    async with databases.write(own) as write:
        await identity_service.grant_consent(
            write, own, bank_id=world.bank.id, scopes=("pledge",), purpose="质押", starts_on=today(), ends_on=ends
        )
    asked = await pledge_asked(databases, world.bank, world.held)
    assert asked.lapses_at.astimezone(CHINA).isoformat() == f"{(ends + timedelta(days=1)).isoformat()}T00:00:00+08:00"


async def test_a_bank_has_so_many_open_requests_to_an_account(stage: Stage) -> None:
    for number in range(MOST_OPEN):
        await stage.ask(reference=f"L-{number}")
    with pytest.raises(errors.PledgeRequestsTooMany):
        await stage.ask(reference="L-99")
    (first, *_) = await stage.listed(stage.world.bank.scope, limit=1)
    await stage.withdraw(first.id)
    await stage.ask(reference="L-99")


async def test_the_holder_finds_the_request_in_its_log_and_both_sides_in_their_audit(stage: Stage) -> None:
    asked = await stage.ask()
    await stage.decline(asked.id)
    own = stage.world.held.scope
    async with stage.databases.read(own) as read:
        log = await service.reads_of(read, own, limit=9)
    assert [(each.what, each.needed, each.purpose) for each in log] == [("pledge", "pledge", "流动资金贷款")]
    for scope in (own, stage.world.bank.scope):
        async with stage.databases.read(scope) as read:
            found = await read.rows(
                text("select action from audit_event where object_id = :id order by id"), {"id": str(asked.id)}
            )
        assert [row.action for row in found] == ["lending:request_pledge", "lending:answer_pledge_request"]


async def test_asked_and_answered_through_the_api_and_a_key_sent_again_does_nothing_twice(
    databases: Databases, client: Client, stage: Stage
) -> None:
    bank, holder = await client.signed_in(stage.world.bank), await client.signed_in(stage.world.held.holder)
    account = str(node_id("CarbonAccount", stage.world.held.id))
    made = await bank.named(
        "CreateWebhookEndpoint", input={"url": "https://bank.example/h", "events": ["PLEDGE_ANSWERED"]}
    )
    endpoint = made["createWebhookEndpoint"]["id"]
    asked = {
        "accountId": account, "units": {"unitClass": "CCER", "quantity": "40"}, "reference": "L-7",
        "purpose": "流动资金贷款", "priceCny": "71.25",
    }  # fmt: skip
    first = (await bank.named("RequestPledge", input=asked, idempotencyKey="a"))["requestPledge"]["request"]
    assert (first["state"], D(first["valueCny"])) == ("ASKED", D(2850))
    assert (await bank.named("RequestPledge", input=asked, idempotencyKey="a"))["requestPledge"]["request"] == first
    other = (await bank.named("RequestPledge", input={**asked, "reference": "L-8"}, idempotencyKey="a"))[
        "requestPledge"
    ]
    assert other["code"] == "idempotency_key_reused", other
    refused = (
        await bank.named(
            "RequestPledge", input={**asked, "units": {"unitClass": "CCER", "quantity": "400"}, "reference": "L-9"}
        )
    )["requestPledge"]
    assert (refused["code"], refused["path"]) == ("insufficient_units", ["input", "units", "quantity"])
    (seen,) = (await holder.named("PledgeRequests", accountId=account, state="ASKED"))["pledgeRequests"]["nodes"]
    assert (seen["id"], seen["bank"]["id"], seen["hold"]) == (
        first["id"], str(node_id("Organisation", stage.world.bank.id)), None,
    )  # fmt: skip
    said = {"id": seen["id"], "isAccepted": True}
    answer = (await holder.named("AnswerPledgeRequest", input=said, idempotencyKey="b"))["answerPledgeRequest"]
    assert answer["movement"]["kind"] == "PLEDGE"
    assert (await holder.named("AnswerPledgeRequest", input=said, idempotencyKey="b"))["answerPledgeRequest"] == answer
    late = (await holder.named("AnswerPledgeRequest", input=said))["answerPledgeRequest"]
    assert (late["code"], late["path"]) == ("pledge_request_ended", ["input", "id"])
    assert await stage.amounts() == {"available": D(60), "pledged": D(40)}
    (mine,) = (await bank.named("PledgeRequests"))["pledgeRequests"]["nodes"]
    assert (mine["state"], mine["hold"]["id"], D(mine["hold"]["quantity"])) == (
        "ACCEPTED", answer["movement"]["holdId"], D(40),
    )  # fmt: skip
    (told,) = (await bank.named("WebhookDeliveries", endpointId=endpoint))["webhookDeliveries"]["nodes"]
    assert (told["kind"], told["accountId"]) == ("PLEDGE_ANSWERED", account)
    more = (await bank.named("RequestPledge", input=asked))["requestPledge"]["request"]
    gone = (await bank.named("WithdrawPledgeRequest", input={"id": more["id"], "reason": "改用保证"}))[
        "withdrawPledgeRequest"
    ]
    assert gone["id"] == more["id"]
    no_reason = (await holder.named("AnswerPledgeRequest", input={"id": more["id"], "isAccepted": False}))[
        "answerPledgeRequest"
    ]
    assert (no_reason["code"], no_reason["path"]) == ("pledge_reason_missing", ["input", "reason"])
