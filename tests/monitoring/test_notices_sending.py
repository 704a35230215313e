"""Notices: in the product for whom they are meant, by mail and webhook until they arrive, never twice under another id."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from factories import accounts, identity
from factories.hooks import receiving
from factories.identity import Made, authority, colleague
from factories.mail import Post, mail_server
from sqlalchemy import select, text, update

from backend.kit import notices as port
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.notices import Addressee, Link, Notice, Said
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.monitoring import service
from backend.monitoring.errors import NoticeEndpointNotFound, NoticeEndpointUrlInvalid
from backend.monitoring.jobs import send_notices
from backend.monitoring.models import Notice as NoticeRow
from backend.monitoring.models import NoticeDelivery, NoticeEndpoint
from backend.monitoring.notices import deliveries, queries
from backend.monitoring.notices.terms import terms
from backend.monitoring.notices.values import NoticeState

TENANT = "chengdu"
SYSTEM = Scope.system(TENANT)
SUBJECT = Said("碳预算即将用尽", "The carbon budget is nearly used up")


async def notified(databases: Databases, scope: Scope, to: Addressee, *, key: str | None = None) -> tuple[str, int]:
    """Tell somebody something under a key of its own."""
    own = key or new_id().hex
    async with databases.write(scope) as write:
        count = await service.notify(
            write, scope, to, "test.told", SUBJECT, Link("EmissionWarning", (new_id(),)), key=own,
            text=Said("全文\n第二行", "In full"),
        )  # fmt: skip
    return own, count


async def rows_of(databases: Databases, organisation_id: UUID) -> list[Any]:
    async with databases.read(SYSTEM) as read:
        return list(
            await read.rows(
                select(NoticeDelivery.__table__)
                .where(NoticeDelivery.organisation_id == organisation_id)
                .order_by(NoticeDelivery.channel, NoticeDelivery.id)
            )
        )


async def sent(databases: Databases, settings: Settings, organisation_id: UUID) -> list[Any]:
    """Send what is due until nothing of this organisation is; return its deliveries."""
    for _ in range(20):
        await send_notices(databases, settings, TENANT)
        rows = await rows_of(databases, organisation_id)
        if not any(row.state == "waiting" and row.next_at <= now() for row in rows):
            return rows
    message = "notices of this organisation stay due"
    raise AssertionError(message)


async def hurried(databases: Databases, organisation_id: UUID) -> None:
    """Let the next attempts be due now."""
    async with databases.write(SYSTEM) as write:
        await write.run(
            update(NoticeDelivery)
            .where(NoticeDelivery.organisation_id == organisation_id, NoticeDelivery.state == "waiting")
            .values(next_at=now())
        )


def own_mail(post: Post, made: Made) -> list[Any]:
    return [each for each in post.got if made.email in each["To"]]


async def test_a_notice_reaches_those_it_is_for_and_nobody_else(databases: Databases) -> None:
    held = await accounts.held_account(databases, tenant=TENANT, division="510104")
    bureau = await authority(databases, tenant=TENANT, division="510104")
    officer = await colleague(databases, bureau, "officer")
    viewer = await colleague(databases, bureau, "viewer")
    _, count = await notified(databases, held.scope, Addressee(account_id=held.id))
    assert count == 1
    async with databases.write(held.scope) as write:
        (mine,) = await service.notices(write, held.scope, limit=10)
        assert (mine.kind, mine.subject, mine.read_at) == ("test.told", SUBJECT, None)
        assert await service.unread(write, held.scope) == 1
        assert await service.mark_read(write, held.scope, [new_id()]) == 0
        assert await service.mark_read(write, held.scope, [mine.id]) == 1
        assert await service.mark_read(write, held.scope, None) == 0
        assert await service.notices(write, held.scope, is_unread_only=True, limit=10) == []
    # An enterprise tells its authority something without learning who works there.
    key, count = await notified(
        databases, held.scope, Addressee(division_path=bureau.path, roles=("officer",)), key=new_id().hex
    )
    assert count >= 1
    assert (await notified(databases, held.scope, Addressee(division_path=bureau.path), key=key))[1] == 0
    for scope, expected in ((officer, 1), (viewer, 0), (bureau.scope, 0)):
        async with databases.read(scope) as read:
            assert len(await service.notices(read, scope, limit=10)) == expected
    async with databases.read(held.scope) as read:
        assert (
            await read.rows(text("select 1 from notice_reader where organisation_id = :own"), {"own": bureau.id}) == []
        )
    other = await identity.enterprise(databases, tenant=TENANT)
    assert (await notified(databases, held.scope, Addressee((other.id,), person_ids=(held.holder.person_id,))))[1] == 0
    nobody = Scope.nobody(TENANT)
    async with databases.read(nobody) as read:
        with pytest.raises(Unauthenticated):
            await service.notices(read, nobody, limit=1)


async def test_rooms_below_tell_through_the_port_and_a_refused_command_tells_nothing(databases: Databases) -> None:
    made = await identity.enterprise(databases, tenant=TENANT)
    notice = Notice("test.below", "once", SUBJECT, SUBJECT)

    async def refused() -> None:
        async with databases.write(made.scope) as write:
            await port.tell(write, made.scope, notice, Addressee((made.id,)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await refused()
    async with databases.write(made.scope) as write:
        assert await service.notices(write, made.scope, limit=10) == []
        await port.tell(write, made.scope, notice, Addressee((made.id,)))
        assert [each.kind for each in await service.notices(write, made.scope, limit=10)] == ["test.below"]


async def test_mail_arrives_in_its_readers_language_or_comes_again_under_its_id(databases: Databases, servers) -> None:
    made = await identity.enterprise(databases, tenant=TENANT)
    await notified(databases, made.scope, Addressee((made.id,)))
    async with mail_server() as post:
        settings = post.settings(servers.settings)
        post.answer = lambda to: "451 try later" if to == made.email else "250 OK"
        (row,) = await sent(databases, settings, made.id)
        assert (row.state, row.attempts, row.last_failure, row.last_status) == ("waiting", 1, "refused", 451)
        assert timedelta(seconds=20) < row.next_at - row.last_at < timedelta(seconds=40)
        post.answer = lambda _: "250 OK"
        await hurried(databases, made.id)
        (row,) = await sent(databases, settings, made.id)
        assert (row.state, row.attempts) == ("delivered", 2)
        (mail,) = own_mail(post, made)
        assert (mail["Subject"], mail["Message-ID"]) == (SUBJECT.zh, f"<{row.id}@city.example>")
        assert "全文" in mail.get_content()
        assert mail["From"] == "成都市 <carbon@city.example>"

        post.answer = lambda to: "550 no such mailbox" if to == made.email else "250 OK"
        await notified(databases, made.scope, Addressee((made.id,)))
        row = (await sent(databases, settings, made.id))[1]
        assert (row.state, row.last_status) == ("dead", 550)


async def test_mail_that_is_off_or_not_wanted_is_not_sent(databases: Databases, servers) -> None:
    made = await identity.enterprise(databases, tenant=TENANT)
    await notified(databases, made.scope, Addressee((made.id,)))
    (row,) = await sent(databases, servers.settings, made.id)
    assert (row.state, row.last_failure) == ("dropped", "mail_off")
    async with databases.write(made.scope) as write:
        await service.set_by_email(write, made.scope, by_email=False)
        assert not await queries.by_email(write, made.scope)
    assert (await notified(databases, made.scope, Addressee((made.id,))))[1] == 1
    assert len(await rows_of(databases, made.id)) == 1
    async with databases.write(made.scope) as write:
        await service.set_by_email(write, made.scope, by_email=True)
    await notified(databases, made.scope, Addressee((made.id,)))
    async with databases.write(SYSTEM) as write:
        await write.run(text("update membership set revoked_at = now() where organisation_id = :own"), {"own": made.id})
    async with mail_server() as post:
        row = (await sent(databases, post.settings(servers.settings), made.id))[1]
        assert own_mail(post, made) == []
    assert (row.state, row.last_failure) == ("dropped", "person_gone")


async def test_a_server_that_is_away_or_says_nothing_blocks_no_command(databases: Databases, servers) -> None:
    made = await identity.enterprise(databases, tenant=TENANT)
    await notified(databases, made.scope, Addressee((made.id,)))
    async with mail_server() as post:
        away = post.settings(servers.settings)
    (row,) = await sent(databases, away, made.id)
    assert (row.state, row.last_failure) == ("waiting", "connection")
    async with databases.write(SYSTEM) as write:
        await write.run(
            update(NoticeDelivery)
            .where(NoticeDelivery.id == row.id)
            .values(attempts=len(terms().pauses), next_at=now())
        )
    (row,) = await sent(databases, away, made.id)
    assert (row.state, row.next_at) == ("dead", None)


async def test_a_webhook_is_signed_tried_again_given_up_and_sent_again(databases: Databases, servers) -> None:
    bureau = await authority(databases, tenant=TENANT, division="510105")
    settings = servers.settings.model_copy(update={"webhook_allow_private": True})
    async with databases.write(bureau.scope) as write:
        with pytest.raises(NoticeEndpointUrlInvalid):
            await service.create_endpoint(write, bureau.scope, servers.settings, "http://127.0.0.1/x")
    async with receiving() as door:
        async with databases.write(bureau.scope) as write:
            endpoint = await service.create_endpoint(write, bureau.scope, settings, door.url, "值班平台")
        await notified(databases, bureau.scope, Addressee((bureau.id,)))
        door.answer = lambda _: 503
        row = (await sent(databases, settings, bureau.id))[-1]
        assert (row.channel, row.state, row.last_status, row.last_failure) == ("webhook", "waiting", 503, "status")
        door.answer = lambda _: 204
        await hurried(databases, bureau.id)
        row = (await sent(databases, settings, bureau.id))[-1]
        assert (row.state, row.attempts) == ("delivered", 2)
        first, again = door.got
        assert first.signed_with(endpoint.secret)
        assert first.headers["webhook-id"] == again.headers["webhook-id"] == str(row.id)
        assert first.body == again.body
        assert first.json["type"] == "test.told"
        assert first.json["data"]["subject_zh"] == SUBJECT.zh
        # Nothing but failures for three days: disabled, and what waits is dead.
        await notified(databases, bureau.scope, Addressee((bureau.id,)))
        door.answer = lambda _: 500
        async with databases.write(SYSTEM) as write:
            await write.run(
                update(NoticeEndpoint)
                .where(NoticeEndpoint.id == endpoint.id)
                .values(failing_since=now() - terms().disabled_after)
            )
        row = (await sent(databases, settings, bureau.id))[-1]
        assert row.state == "dead"
        async with databases.write(bureau.scope) as write:
            (shown,) = await queries.endpoints(write, bureau.scope)
            assert shown.disabled_at is not None
            assert await service.send_again(write, bureau.scope) == 0
            await service.enable_endpoint(write, bureau.scope, endpoint.id)
            assert await service.send_again(write, bureau.scope) == 1
        door.answer = lambda _: 204
        assert (await sent(databases, settings, bureau.id))[-1].state == "delivered"
        async with databases.write(bureau.scope) as write:
            await service.remove_endpoint(write, bureau.scope, endpoint.id)
            with pytest.raises(NoticeEndpointNotFound):
                await service.remove_endpoint(write, bureau.scope, endpoint.id)
            listed = await queries.deliveries(write, bureau.scope, state=NoticeState.DELIVERED, limit=10)
        assert {each.endpoint_id for each in listed} == {endpoint.id}


async def test_endpoints_are_an_authoritys_own(databases: Databases, servers) -> None:
    bureau, other = await authority(databases, tenant=TENANT), await authority(databases, tenant=TENANT)
    async with databases.write(bureau.scope) as write:
        endpoint = await service.create_endpoint(write, bureau.scope, servers.settings, "https://city.example/hook")
    async with databases.write(other.scope) as write:
        assert await queries.endpoints(write, other.scope) == []
        with pytest.raises(NoticeEndpointNotFound):
            await service.enable_endpoint(write, other.scope, endpoint.id)
    officer = await colleague(databases, bureau, "officer")
    plant = await identity.enterprise(databases, tenant=TENANT)
    for scope in (officer, plant.scope):
        async with databases.write(scope) as write:
            with pytest.raises(Forbidden):
                await service.create_endpoint(write, scope, servers.settings, "https://city.example/hook")


async def test_two_workers_send_each_notice_once(databases: Databases, servers) -> None:
    made = await identity.enterprise(databases, tenant=TENANT)
    for _ in range(20):
        await notified(databases, made.scope, Addressee((made.id,)))
    async with mail_server() as post:
        settings = post.settings(servers.settings)
        await asyncio.gather(*(send_notices(databases, settings, TENANT) for _ in range(2)))
        await sent(databases, settings, made.id)
        ids = [each["Message-ID"] for each in own_mail(post, made)]
    assert len(ids) == len(set(ids)) == 20


async def test_old_notices_are_forgotten_with_what_was_sent(databases: Databases) -> None:
    """A tenant's own housekeeping, seen from a moment before any other test's notices."""
    made = await identity.enterprise(databases, tenant=TENANT)
    await notified(databases, made.scope, Addressee((made.id,)))
    async with databases.write(SYSTEM) as write:
        assert await deliveries.forget(write, SYSTEM, now() - timedelta(days=1), 100) == 0
        (own,) = await write.rows(
            select(NoticeRow.id, NoticeRow.created_at).where(NoticeRow.organisation_id == made.id)
        )
        assert await deliveries.forget(write, SYSTEM, own.created_at + timedelta(seconds=1), 10_000) >= 1
        assert await write.value(select(NoticeRow.id).where(NoticeRow.id == own.id)) is None
        assert await write.value(select(NoticeDelivery.id).where(NoticeDelivery.notice_id == own.id)) is None
