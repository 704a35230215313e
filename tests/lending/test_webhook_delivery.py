"""Messages to banks, sent to a real server: signed, tried again under one id, given up, dropped with the consent."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from factories import identity
from factories.hooks import Got, delivered, deliveries_of, hooked, hurried, open_settings, receiving
from factories.lending import Lent, lent, revoked, scored
from sqlalchemy import select, text

from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.lending import service
from backend.lending.errors import DeliveryNotFound, EndpointDisabled
from backend.lending.models import ConsentRead, ScoreCredential, WebhookEndpoint
from backend.lending.webhooks import rules
from backend.lending.webhooks.jobs_delivering import wake
from backend.lending.webhooks.terms import terms
from backend.lending.webhooks.values import EventKind, MadeSecret
from backend.scores import ports
from backend.scores.values import ScoreChange

SYSTEM = Scope.system("wuxi")


async def changed(databases: Databases, *worlds: Lent) -> list[UUID]:
    """Store the next score of each borrower and tell of it, as a run does, in one transaction."""
    found = [await scored(databases, each.held, grade="B") for each in worlds]
    async with databases.write(SYSTEM) as write:
        await ports.tell(
            write, SYSTEM, [_change(each.held.id, score) for each, score in zip(worlds, found, strict=True)]
        )
    return found


def _change(account_id: UUID, score_id: UUID) -> ScoreChange:
    class After:
        id = score_id

    after: Any = After()
    return ScoreChange(account_id, new_id(), None, after, now())


async def again(databases: Databases, world: Lent, made: MadeSecret, ids: list[UUID] | None) -> int:
    async with databases.write(world.bank.scope) as write:
        return await service.redeliver(write, world.bank.scope, made.endpoint_id, ids)


@pytest.fixture
async def world(databases: Databases) -> Lent:
    return await lent(databases)


async def test_a_change_is_told_signed_and_says_no_more_than_that_it_happened(
    databases: Databases, servers, world: Lent
) -> None:
    async with receiving() as door:
        made = await hooked(databases, servers.settings, world.bank, door.url)
        (score,) = await changed(databases, world)
        assert (await delivered(databases, servers.settings, made.endpoint_id))["delivered"] == 1
        (got,) = door.got
        assert got.signed_with(made.secret)
        assert not got.signed_with("whsec_" + "A" * 43 + "=")
        assert abs(int(got.headers["webhook-timestamp"]) - now().timestamp()) < 30
        assert (got.path, got.headers["content-type"], got.headers["host"]) == (
            "/hook", "application/json", door.url.split("/")[2],
        )  # fmt: skip
        told = got.json
        assert told.pop("timestamp")
        assert told == {"type": "score.changed", "data": {"account_id": str(world.held.id), "score_id": str(score)}}
        (row,) = await deliveries_of(databases, made.endpoint_id)
        assert (str(row.id), row.state, row.attempts, row.last_status) == (
            got.headers["webhook-id"],
            "delivered",
            1,
            204,
        )
        # Nothing is sent twice.
        assert (await delivered(databases, servers.settings, made.endpoint_id))["delivered"] == 0
        assert len(door.got) == 1
    async with databases.read(SYSTEM) as read:
        log = await read.rows(select(ConsentRead.what).where(ConsentRead.account_ids.contains([world.held.id])))
    assert [row.what for row in log] == ["webhook"]


async def test_only_banks_whose_consent_opens_the_score_are_told(databases: Databases, servers, world: Lent) -> None:
    other = await lent(databases, scopes=("statement",))
    stranger = await identity.bank(databases)
    async with receiving() as door:
        ends = [await hooked(databases, servers.settings, each, door.url) for each in (other.bank, stranger)]
        own = await hooked(databases, servers.settings, world.bank, door.url)
        await changed(databases, world, other)
        for each in ends:
            assert await deliveries_of(databases, each.endpoint_id) == []
        assert [row.account_id for row in await deliveries_of(databases, own.endpoint_id)] == [world.held.id]


async def test_word_of_a_change_goes_with_its_transaction(databases: Databases, servers, world: Lent) -> None:
    made = await hooked(databases, servers.settings, world.bank, "http://127.0.0.1:1/hook")

    async def broken() -> None:
        async with databases.write(SYSTEM) as write:
            await ports.tell(write, SYSTEM, [_change(world.held.id, new_id())])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await broken()
    assert await deliveries_of(databases, made.endpoint_id) == []


async def test_consents_and_credentials_are_told_of_by_whoever_ends_them(databases: Databases, servers) -> None:
    lender = await identity.bank(databases)
    async with receiving() as door:
        made = await hooked(databases, servers.settings, lender, door.url)
        world = await lent(databases, bank=lender)
        async with databases.write(lender.scope) as write:
            credential = await service.credential(write, lender.scope, servers.settings, str(world.held.id))
        await revoked(databases, world)
        assert (await delivered(databases, servers.settings, made.endpoint_id))["delivered"] == 3
        told = {got.json["type"]: got.json["data"] for got in door.got}
        async with databases.read(SYSTEM) as read:
            own = await read.row(
                select(ScoreCredential.__table__).where(ScoreCredential.score_id == credential.score_id)
            )
        assert own is not None
        assert told == {
            "consent.granted": {"consent_id": str(world.consent)},
            "consent.revoked": {"consent_id": str(world.consent)},
            "credential.revoked": {
                "account_id": str(world.held.id), "consent_id": str(world.consent), "score_id": str(own.score_id),
                "status_list": own.status_list, "status_index": own.status_index,
            },
        }  # fmt: skip


async def test_a_revoked_consent_drops_what_waits(databases: Databases, servers, world: Lent) -> None:
    async with receiving() as door:
        made = await hooked(databases, servers.settings, world.bank, door.url, (EventKind.SCORE_CHANGED,))
        await changed(databases, world)
        door.answer = lambda got: 503
        assert (await delivered(databases, servers.settings, made.endpoint_id))["failed"] == 1
        await revoked(databases, world)
        await hurried(databases, made.endpoint_id)
        assert await delivered(databases, servers.settings, made.endpoint_id) == {
            "delivered": 0, "failed": 0, "dropped": 1,
        }  # fmt: skip
        assert len(door.got) == 1
        (row,) = await deliveries_of(databases, made.endpoint_id)
        assert (row.state, row.last_failure, row.attempts) == ("dropped", "consent_missing", 1)
        async with databases.read(SYSTEM) as read:
            events = await read.rows(
                text("select action from audit_event where object_id = :id"), {"id": str(row.id)}
            )  # fmt: skip
        assert [each.action for each in events] == ["lending:drop_webhook"]


async def test_a_failure_is_tried_again_under_the_same_id_until_given_up(
    databases: Databases, servers, world: Lent
) -> None:
    async with receiving() as door:
        made = await hooked(databases, servers.settings, world.bank, door.url)
        await changed(databases, world)
        door.answer = lambda got: 500
        for attempt, figure in enumerate(terms().pauses, 1):
            before = now()
            assert (await delivered(databases, servers.settings, made.endpoint_id))["failed"] == 1
            (row,) = await deliveries_of(databases, made.endpoint_id)
            assert (row.state, row.attempts, row.last_status, row.last_failure) == ("waiting", attempt, 500, "status")
            low, high = (timedelta(seconds=figure * share / 10) for share in (8, 12))
            assert before + low <= row.next_at <= now() + high
            # Not before its time.
            assert (await delivered(databases, servers.settings, made.endpoint_id))["failed"] == 0
            await hurried(databases, made.endpoint_id)
        assert (await delivered(databases, servers.settings, made.endpoint_id))["failed"] == 1
        (row,) = await deliveries_of(databases, made.endpoint_id)
        assert (row.state, row.attempts, row.next_at) == ("dead", 1 + len(terms().pauses), None)
        assert {got.headers["webhook-id"] for got in door.got} == {str(row.id)}
        assert len({got.body for got in door.got}) == 1
        with pytest.raises(DeliveryNotFound):
            await again(databases, world, made, [row.id, new_id()])
        assert await again(databases, world, made, [row.id]) == 1
        door.answer = lambda got: 200
        assert (await delivered(databases, servers.settings, made.endpoint_id))["delivered"] == 1
        assert door.got[-1].headers["webhook-id"] == str(row.id)


async def test_one_that_fails_for_long_or_is_gone_is_disabled(databases: Databases, servers, world: Lent) -> None:
    async with receiving() as door:
        made = await hooked(databases, servers.settings, world.bank, door.url)
        for status, since, because in ((500, now() - terms().disabled_after, "failing"), (410, None, "gone")):
            door.answer = lambda got, status=status: status
            await changed(databases, world)
            await hurried(databases, made.endpoint_id, failing_since=since)
            await delivered(databases, servers.settings, made.endpoint_id)
            async with databases.read(SYSTEM) as read:
                row = await read.row(select(WebhookEndpoint.__table__).where(WebhookEndpoint.id == made.endpoint_id))
            assert row is not None
            assert row.disabled_because == because
            assert {each.state for each in await deliveries_of(databases, made.endpoint_id)} == {"dead"}
            count = len(door.got)
            await changed(databases, world)  # nothing is kept for a disabled one
            assert len(await deliveries_of(databases, made.endpoint_id)) == count
            with pytest.raises(EndpointDisabled):
                await again(databases, world, made, None)
            async with databases.write(world.bank.scope) as write:
                await service.set_endpoint_enabled(write, world.bank.scope, made.endpoint_id, is_enabled=True)


async def test_a_new_secret_signs_beside_the_former_one_for_a_day(databases: Databases, servers, world: Lent) -> None:
    settings = open_settings(servers.settings)
    async with receiving() as door:
        made = await hooked(databases, settings, world.bank, door.url)
        async with databases.write(world.bank.scope) as write:
            fresh = await service.rotate_secret(write, world.bank.scope, settings, made.endpoint_id)
        for is_over in (False, True):
            await changed(databases, world)
            if is_over:
                await hurried(databases, made.endpoint_id, former_until=now())
            await delivered(databases, settings, made.endpoint_id)
            got = door.got[-1]
            assert [got.signed_with(fresh.secret), got.signed_with(made.secret)] == [True, not is_over]
    async with databases.read(SYSTEM) as read:
        row = await read.row(select(WebhookEndpoint.__table__).where(WebhookEndpoint.id == made.endpoint_id))
    assert row is not None
    for secret in (made.secret, fresh.secret):
        assert secret.removeprefix(rules.SECRET_PREFIX).encode() not in row.secret_sealed + row.former_sealed


async def test_redirections_are_not_followed(databases: Databases, servers, world: Lent) -> None:
    async with receiving() as door:
        made = await hooked(databases, servers.settings, world.bank, door.url)
        await changed(databases, world)
        door.answer, door.more = lambda got: 307, f"location: {door.url}/elsewhere\r\n"
        await delivered(databases, servers.settings, made.endpoint_id)
        assert [got.path for got in door.got] == ["/hook"]


async def test_a_private_address_is_refused_when_sending_too(
    databases: Databases, servers, world: Lent, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.kit import posting as sending  # noqa: PLC0415 - its loop is looked at here alone

    assert await sending.address_of("https://localhost.example.invalid/", is_private_allowed=False) == "unresolved"
    found = {"both.example": ["93.184.216.34", "10.0.0.1"], "good.example": ["93.184.216.34"]}

    class Loop:
        async def getaddrinfo(self, host: str, port: int, **more: Any) -> list[Any]:
            return [(0, 0, 0, "", (each, port)) for each in found[host]]

    monkeypatch.setattr(sending.asyncio, "get_running_loop", Loop)
    assert await sending.address_of("https://good.example/", is_private_allowed=False) == "93.184.216.34"
    assert await sending.address_of("https://both.example/", is_private_allowed=False) == "address_refused"
    monkeypatch.undo()
    # An endpoint that was accepted on one machine gets nothing once private addresses are no longer allowed.
    async with receiving() as door:
        made = await hooked(databases, servers.settings, world.bank, door.url)
        await changed(databases, world)
        from factories import hooks  # noqa: PLC0415 - the same job, under the shipped settings

        monkeypatch.setattr(hooks, "open_settings", lambda settings: settings)
        assert (await delivered(databases, servers.settings, made.endpoint_id))["failed"] == 1
        assert door.got == []
        (row,) = await deliveries_of(databases, made.endpoint_id)
        assert row.last_failure == "address_refused"


async def test_what_is_due_is_found_once_and_not_for_a_suspended_bank(
    databases: Databases, servers, world: Lent
) -> None:
    made = await hooked(databases, servers.settings, world.bank, "http://127.0.0.1:1/hook")

    async def jobs() -> int:
        async with databases.read(SYSTEM) as read:
            return await read.value(
                text("select count(*) from job where kind = 'lending:deliver' and payload ->> 'endpoint_id' = :id"),
                {"id": str(made.endpoint_id)},
            )

    await wake(databases, "wuxi")
    assert await jobs() == 0
    await changed(databases, world)
    await wake(databases, "wuxi")
    await wake(databases, "wuxi")
    assert await jobs() == 1
    await hurried(databases, made.endpoint_id, busy_until=None)
    async with databases.write(SYSTEM) as write:
        await write.run(text("update organisation set suspended_at = now() where id = :id"), {"id": world.bank.id})
    await wake(databases, "wuxi")
    assert await jobs() == 1


def test_a_body_is_the_same_on_each_attempt() -> None:
    got = Got("/", {}, b"{}")
    assert not got.headers
    headers = rules.signed_headers("m", 1, b"{}", [b"a", b"b"])
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert rules.signed_headers("m", 1, b"{}", [b"a"])["webhook-signature"] in headers["webhook-signature"]
