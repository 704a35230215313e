"""Scope, audit chain, outbox and idempotency on a real database."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from backend.kit import audit, idempotency
from backend.kit.audit import AuditEvent
from backend.kit.db import Databases
from backend.kit.outbox import Job, Outbox, enqueue
from backend.kit.scope import Kind, Scope


def enterprise() -> Scope:
    return Scope(tenant="wuxi", kind=Kind.ENTERPRISE, organisation_id=uuid4(), actor_id=uuid4())


async def test_without_scope_no_row_is_visible(databases: Databases) -> None:
    scope = enterprise()
    async with databases.write(scope) as write:
        write.audit("test:seen", object_type="test")
    async with databases.engine("wuxi").connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(AuditEvent)) == 0


async def test_a_chain_holds_and_belongs_to_its_organisation(databases: Databases) -> None:
    scope, other = enterprise(), enterprise()
    for number in range(3):
        async with databases.write(scope) as write:
            write.audit("test:step", object_type="test", number=number)
            write.audit("test:step", object_type="test", note="第二条")
    async with databases.read(scope) as read:
        assert await read.value(select(func.count()).select_from(AuditEvent)) == 6
        assert await audit.verify(read.connection, scope.organisation_id) is None
    async with databases.read(other) as read:
        assert await read.value(select(func.count()).select_from(AuditEvent)) == 0


async def test_events_cannot_be_changed_by_the_application(databases: Databases) -> None:
    scope = enterprise()
    async with databases.write(scope) as write:
        write.audit("test:step", object_type="test")
    for statement in ("update audit_event set action = 'x'", "delete from audit_event"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with databases.write(scope) as write:
                await write.run(text(statement))


async def test_a_rolled_back_command_leaves_no_job_and_no_event(databases: Databases) -> None:
    scope = enterprise()

    async def fail() -> None:
        async with databases.write(scope) as write:
            await enqueue(write, "test:job", {})
            write.audit("test:step")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with databases.read(scope) as read:
        assert await read.value(select(func.count()).select_from(Job)) == 0
        assert await read.value(select(func.count()).select_from(AuditEvent)) == 0


async def test_a_job_and_its_letter_leave_together(databases: Databases) -> None:
    scope = enterprise()
    async with databases.write(scope) as write:
        job_id = await enqueue(write, "test:none", {"a": 1})
    async with databases.read(scope.as_system()) as read:
        told = await read.value(select(func.count()).where(Outbox.payload["job_id"].astext == str(job_id)))
        row = await read.row(select(Job.state, Job.scope).where(Job.id == job_id))
    assert told == 1
    assert row is not None
    assert row.state == "queued"
    assert Scope.load(row.scope) == scope


async def test_the_same_key_returns_the_first_answer_and_refuses_other_input(databases: Databases) -> None:
    scope = enterprise()
    async with databases.write(scope) as write:
        assert await idempotency.begin(write, "k1", "test:do", {"a": 1}) is None
        await idempotency.finish(write, "k1", {"id": 7})
    async with databases.write(scope) as write:
        assert await idempotency.begin(write, "k1", "test:do", {"a": 1}) == {"id": 7}
    with pytest.raises(idempotency.IdempotencyKeyReused):
        async with databases.write(scope) as write:
            await idempotency.begin(write, "k1", "test:do", {"a": 2})
    async with databases.write(enterprise()) as write:
        assert await idempotency.begin(write, "k1", "test:do", {"a": 2}) is None
