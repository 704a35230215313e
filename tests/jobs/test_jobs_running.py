"""How a job ends, each way once, through outbox, relay, queue and worker."""

import asyncio
from uuid import uuid4

import pytest
from factories import jobs as support
from factories.jobs import EFFECT, ask, count, enterprise, state, until, when
from sqlalchemy import delete, func, insert, select, update

from backend.jobs import leases, service
from backend.jobs.errors import JobFinished, JobNotFound, JobNotRetryable
from backend.jobs.queues import Queue
from backend.jobs.relay import relay_once, sweep_once
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.outbox import Job, Outbox
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings
from backend.kit.tasks import LeaseLost, Task

pytestmark = pytest.mark.usefixtures("worker")


async def test_a_job_runs_as_its_caller_and_its_result_is_kept(databases: Databases) -> None:
    scope = enterprise(correlation_id="c-1", language="en")
    job_id = await ask(databases, scope, "test:plain", {"a": [1, "二"]})
    job = await until(databases, scope, job_id)
    assert (job.state, job.result, job.error, job.attempts) == (
        "succeeded", {"echo": {"a": [1, "二"]}, "amount": "12.50"}, None, 1,
    )  # fmt: skip
    assert job.started_at is not None
    assert job.finished_at is not None
    assert job.created_at <= job.started_at <= job.finished_at
    assert [call["scope"] for call in support.calls if call["job"] == job_id] == [scope]


async def test_a_job_starts_within_half_a_second_of_its_commit(databases: Databases) -> None:
    scope = enterprise()
    delays = []
    for _ in range(5):
        job = await until(databases, scope, await ask(databases, scope, "test:plain"))
        assert job.started_at is not None
        delays.append((job.started_at - job.created_at).total_seconds())
    assert sorted(delays)[2] < 0.5


async def test_a_refusal_is_final_and_says_what_where_and_in_two_languages(databases: Databases) -> None:
    scope = enterprise()
    job = await until(databases, scope, await ask(databases, scope, "test:refuse", {"reason": "row 7"}))
    assert (job.state, job.attempts, job.result) == ("failed", 1, None)
    assert job.error == {
        "code": "test_refused", "en": "Refused on purpose: row 7", "zh": "按要求拒绝：row 7",
        "path": ["input", "file"], "details": {"reason": "row 7"},
    }  # fmt: skip


async def test_a_fault_is_masked_stores_nothing_and_names_the_correlation(databases: Databases) -> None:
    scope = enterprise(correlation_id="c-fault")
    job_id = await ask(databases, scope, "test:break")
    job = await until(databases, scope, job_id)
    assert job.error is not None
    assert (job.state, job.error["code"], job.error["details"]) == (
        "failed", "job_internal", {"correlation_id": "c-fault"},
    )  # fmt: skip
    assert "ZeroDivision" not in str(job.error)
    assert await count(databases, scope, EFFECT, job_id) == 0
    assert await count(databases, scope, "jobs:failed", job_id) == 1


async def test_an_outage_is_tried_again_until_it_is_over(databases: Databases) -> None:
    scope = enterprise()
    job = await until(databases, scope, await ask(databases, scope, "test:outage", {"failures": 1}))
    assert (job.state, job.result, job.attempts) == ("succeeded", {"attempt": 2}, 2)


async def test_an_outage_without_end_fails_after_the_kinds_attempts(databases: Databases) -> None:
    scope = enterprise()
    job = await until(databases, scope, await ask(databases, scope, "test:outage", {"failures": 9}), seconds=30)
    assert (job.state, job.attempts) == ("failed", 3)
    assert job.error is not None
    assert job.error["code"] == "unavailable"


async def test_a_job_that_takes_too_long_is_stopped(databases: Databases) -> None:
    scope = enterprise()
    job = await until(databases, scope, await ask(databases, scope, "test:slow"))
    assert job.error is not None
    assert (job.state, job.error["code"]) == ("failed", "job_timed_out")


async def test_progress_is_shown_and_a_cancel_stops_at_the_next_step(databases: Databases) -> None:
    scope = enterprise()
    job_id = await ask(databases, scope, "test:append", {"seconds": 30, "steps": 60})
    seen = await when(databases, scope, job_id, lambda job: job.done > 0)
    assert (seen.total, seen.note, seen.state) == (60, f"step {seen.done}", "running")
    async with databases.write(scope) as write:
        assert (await service.cancel(write, scope, job_id)).is_cancel_requested
    job = await until(databases, scope, job_id, seconds=5)
    assert (job.state, job.error) == ("cancelled", None)
    assert await count(databases, scope, EFFECT, job_id) == 0
    assert await count(databases, scope, "jobs:cancel", job_id) == 1


async def test_a_cancel_reaches_work_that_reports_nothing(databases: Databases) -> None:
    scope = enterprise()
    job_id = await ask(databases, scope, "test:deaf")
    await until(databases, scope, job_id, "running")
    async with databases.write(scope) as write:
        await service.cancel(write, scope, job_id)
    job = await until(databases, scope, job_id, seconds=5)
    assert job.state == "cancelled"
    assert await count(databases, scope, EFFECT, job_id) == 0


async def test_a_waiting_job_is_cancelled_at_once_and_never_runs(databases: Databases) -> None:
    scope = enterprise()
    async with databases.write(scope) as write:
        job_id = await support.enqueue(write, "test:append", {})
        await service.cancel(write, scope, job_id)
    await asyncio.sleep(0.5)
    job = await state(databases, scope, job_id)
    assert (job.state, job.attempts) == ("cancelled", 0)
    assert await count(databases, scope, EFFECT, job_id) == 0


async def test_a_failed_job_can_be_run_again(databases: Databases) -> None:
    scope = enterprise()
    job_id = await ask(databases, scope, "test:outage", {"failures": 3})
    await until(databases, scope, job_id, "failed", seconds=30)
    async with databases.write(scope) as write:
        await write.run(update(Job).where(Job.id == job_id).values(payload={"failures": 0}))
        retried = await service.retry(write, scope, job_id)
    assert (retried.state, retried.attempts, retried.error) == ("queued", 0, None)
    job = await until(databases, scope, job_id, "succeeded")
    assert job.attempts == 1


async def test_what_has_ended_is_neither_cancelled_nor_run_again(databases: Databases) -> None:
    scope = enterprise()
    job_id = await ask(databases, scope, "test:plain")
    before = await until(databases, scope, job_id)
    with pytest.raises(JobFinished):
        async with databases.write(scope) as write:
            await service.cancel(write, scope, job_id)
    with pytest.raises(JobNotRetryable):
        async with databases.write(scope) as write:
            await service.retry(write, scope, job_id)
    assert await state(databases, scope, job_id) == before


async def test_others_do_not_see_a_job_and_the_operator_may_stop_it(databases: Databases) -> None:
    scope, other = enterprise(), enterprise()
    viewer = Scope("wuxi", Kind.ENTERPRISE, scope.organisation_id, uuid4(), permissions=frozenset({"jobs:read"}))
    operator = Scope("wuxi", Kind.OPERATOR, uuid4(), uuid4(), permissions=frozenset({"jobs:read", "jobs:operate"}))
    job_id = await ask(databases, scope, "test:append", {"seconds": 20, "steps": 40})
    for caller, error in ((other, JobNotFound), (viewer, Forbidden), (Scope.nobody("wuxi"), Unauthenticated)):
        with pytest.raises(error):
            async with databases.write(caller) as write:
                await service.cancel(write, caller, job_id)
    assert not (await state(databases, scope, job_id)).is_cancel_requested
    async with databases.write(operator) as write:
        await service.cancel(write, operator, job_id)
    assert (await until(databases, scope, job_id)).state == "cancelled"


async def test_a_kind_of_a_newer_release_waits_for_a_newer_worker(databases: Databases) -> None:
    scope = enterprise()
    job_id = await ask(databases, scope, "test:of_tomorrow")
    await when(databases, scope, job_id, lambda job: job.attempts == 1)
    job = await until(databases, scope, job_id, "queued")
    assert (job.state, job.error) == ("queued", None)


async def test_tenants_have_queues_of_their_own(databases: Databases) -> None:
    """All places of one tenant are taken by long work; another tenant's job starts as if alone."""
    busy = enterprise("chengdu")
    long = [await ask(databases, busy, "test:append", {"seconds": 20, "steps": 40}) for _ in range(8)]
    await until(databases, busy, long[0], "running")
    scope = enterprise("guizhou")
    job = await until(databases, scope, await ask(databases, scope, "test:plain"), seconds=5)
    assert job.started_at is not None
    assert (job.started_at - job.created_at).total_seconds() < 1
    states = [(await state(databases, busy, each)).state for each in long]
    assert states.count("running") == 4
    for each in long:
        async with databases.write(busy) as write:
            await service.cancel(write, busy, each)
    for each in long:
        await until(databases, busy, each)


async def test_telling_twice_is_running_once(databases: Databases, servers) -> None:
    scope = enterprise()
    job_id = await ask(databases, scope, "test:append", {"seconds": 0.5})
    queue = Queue(servers.valkey.url, "wuxi")
    await queue.push([(job_id, number) for number in range(5)])
    await until(databases, scope, job_id)
    await queue.push([(job_id, number) for number in range(5)])
    await asyncio.sleep(0.5)
    await queue.close()
    assert await count(databases, scope, EFFECT, job_id) == 1
    assert await count(databases, scope, support.BEGAN, job_id) == 1


async def test_a_late_worker_changes_nothing(databases: Databases) -> None:
    scope, system = enterprise("changzhou"), Scope.system("changzhou")
    async with databases.write(scope) as write:
        job_id = new_id()
        await write.run(
            insert(Job).values(
                id=job_id, kind="test:by_hand", state="queued", organisation_id=scope.organisation_id,
                scope=scope.dump(), payload={}, correlation_id="", created_at=func.now() + func.make_interval(0, 0, 0, 1),
            )
        )  # fmt: skip
    async with databases.write(system) as write:
        first = await leases.claim(write, job_id, "first", 0.05)
    await asyncio.sleep(0.1)
    async with databases.write(system) as write:
        second = await leases.claim(write, job_id, "second", 60)
    assert first is not None
    assert second is not None
    assert (first.attempt, second.attempt) == (1, 2)
    async with databases.write(system) as write:
        assert not await leases.finish(write, first, support.JobState.SUCCEEDED, result={"who": "first"})
        assert await leases.renew(write, first, 60) is None
        assert await leases.report(write, first, 1, 1, "", 60) is None
        assert not await leases.release(write, first)
        assert await leases.claim(write, job_id, "third", 60) is None
        assert await leases.finish(write, second, support.JobState.SUCCEEDED, result={"who": "second"})
    assert (await state(databases, scope, job_id)).result == {"who": "second"}


async def test_the_outbox_is_emptied_and_a_lost_message_is_told_again(databases: Databases, servers) -> None:
    """In a tenant-like queue of its own: the letter is told and deleted; what Redis loses the sweeper finds."""
    scope, system = enterprise(), Scope.system("wuxi")
    job_id = await ask(databases, scope, "test:plain")
    await until(databases, scope, job_id)
    async with databases.read(system) as read:
        letters = await read.value(
            select(func.count()).select_from(Outbox).where(Outbox.payload["job_id"].astext == str(job_id))
        )
    assert letters == 0
    async with databases.write(scope) as write:
        lost = await support.enqueue(write, "test:plain", {})
        await write.run(update(Job).where(Job.id == lost).values(created_at=func.now() - func.make_interval(0, 0, 1)))
    async with databases.write(system) as write:
        await write.run(delete(Outbox).where(Outbox.payload["job_id"].astext == str(lost)))
    queue = Queue(servers.valkey.url, "wuxi")
    await sweep_once(databases, queue)
    await relay_once(databases, queue)
    await queue.close()
    assert (await until(databases, scope, lost)).state == "succeeded"


async def test_one_transaction_longer_than_the_lease_keeps_its_job(databases: Databases) -> None:
    """The heartbeat passes the lock that keeps others out (leases are 3 seconds here)."""
    scope = enterprise()
    job_id = await ask(databases, scope, "test:hold", {"seconds": 8})
    job = await until(databases, scope, job_id, seconds=30)
    assert (job.state, job.result, job.attempts) == ("succeeded", {"attempt": 1}, 1)
    assert await count(databases, scope, EFFECT, job_id) == 1


async def test_a_function_that_hogs_the_event_loop_is_late_not_dead(databases: Databases) -> None:
    scope = enterprise()
    job_id = await ask(databases, scope, "test:hold", {"seconds": 5, "blocks": True})
    job = await until(databases, scope, job_id, seconds=30)
    assert (job.state, job.result, job.attempts) == ("succeeded", {"attempt": 1}, 1)


async def test_a_held_job_cannot_be_taken_even_when_its_lease_has_run_out(databases: Databases) -> None:
    scope, system = enterprise("changzhou"), Scope.system("changzhou")
    async with databases.write(scope) as write:
        job_id = new_id()
        await write.run(
            insert(Job).values(
                id=job_id, kind="test:by_hand", state="queued", organisation_id=scope.organisation_id,
                scope=scope.dump(), payload={}, correlation_id="", created_at=func.now() + func.make_interval(0, 0, 0, 1),
            )
        )  # fmt: skip
    async with databases.write(system) as write:
        first = await leases.claim(write, job_id, "holder", 0.05)
    assert first is not None
    task = Task(databases, scope, None, Settings(), job_id, lease="holder")
    async with databases.write(scope) as holding:
        await task.hold(holding)
        await asyncio.sleep(0.1)
        async with databases.write(system) as write:
            assert await leases.claim(write, job_id, "thief", 60) is None
            assert job_id not in await leases.reclaim_overdue(write)
            assert await leases.renew(write, first, 0.05) is False
        await asyncio.sleep(0.1)
    async with databases.write(system) as write:
        assert job_id not in await leases.reclaim_overdue(write, alive=["holder"])
        second = await leases.claim(write, job_id, "heir", 60)
    assert second is not None
    with pytest.raises(LeaseLost):
        async with databases.write(scope) as write:
            await task.hold(write)
    with pytest.raises(LeaseLost):
        async with databases.write(scope) as write:
            await task.complete(write, {})
