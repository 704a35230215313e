"""Running one job: claim it, keep its lease alive, run its function as the caller, store how it ended.

A job ends in one of these ways:

    it returned             succeeded, with its result
    it refused (CarbonError)  failed, with that error; running it again would refuse again
    a cancel was asked for  cancelled, its open transaction rolled back
    it took too long        failed (`job_timed_out`)
    an outage               back to the queue after a pause, until the kind's attempts are used up
    a fault of ours         failed (`job_internal`) with the correlation id under which the log has the rest
    this worker is stopping back to the queue at once, the attempt not counted
    the lease was lost      nothing: another worker answers for it now
"""

import asyncio
import json
import os
import socket
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.jobs import leases
from backend.jobs.errors import JobInternal, JobKindUnknown, JobLost, JobTimedOut
from backend.jobs.values import Claim, JobState
from backend.kit import broker
from backend.kit.db import Databases, Write
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.kit.logs import bound, log
from backend.kit.outages import is_outage
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.tasks import KINDS, Cancelled, Kind, LeaseLost, Task
from backend.kit.telemetry import span

STORE_SECONDS = 120.0
"""How long an ending is offered to a database that is away before the job is left to its lease."""
STOP_SECONDS = 8.0
"""The same while this worker is stopping: whoever stops it waits for us."""
UNKNOWN_KIND_ATTEMPTS, UNKNOWN_KIND_PAUSE = 5, 20.0
LONGEST_PAUSE = 60.0

logger = log(__name__)


@dataclass(slots=True)
class Ending:
    """How a job ended: a final state, or back to the queue."""

    state: JobState | None = None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    delay: float = 0
    is_refunded: bool = False


def describe(error: CarbonError) -> dict[str, Any]:
    """Return an error as the job record keeps it."""
    facts = {
        "code": error.code, "zh": error.message("zh"), "en": error.message("en"),
        "path": list(error.path), "details": error.details,
    }  # fmt: skip
    return json.loads(json.dumps(facts, default=str))


async def surely(work: Coroutine[Any, Any, None]) -> None:
    """Await to the end even when the awaiting task is cancelled meanwhile."""
    task = asyncio.create_task(work)
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)


class Runner:
    """Runs the jobs of every tenant of this process, `settings.worker_concurrency` at once for each."""

    def __init__(self, databases: Databases, storage: Any, settings: Settings, redis: Redis) -> None:  # noqa: ANN401 - storage is a port
        self.databases, self.storage, self.settings, self.redis = databases, storage, settings, redis
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.lease_seconds = float(settings.job_lease_seconds)  # statistic: seconds, no business quantity
        self._places = {tenant: asyncio.Semaphore(settings.worker_concurrency) for tenant in databases.tenants}
        self._running: set[asyncio.Task[None]] = set()
        self._leases: set[str] = set()
        self._is_stopping = False

    def leases(self) -> frozenset[str]:
        """Return the leases of the jobs that run here now."""
        return frozenset(self._leases)

    async def run(self, tenant: str, job_id: UUID) -> None:
        """Run a job to its end, even if the caller is cancelled meanwhile; never raises for the job's sake."""
        work = asyncio.create_task(self._run(tenant, job_id), name=f"job {job_id}")
        self._running.add(work)
        work.add_done_callback(self._running.discard)
        await asyncio.shield(work)

    async def stop(self) -> None:
        """Put every running job back to its queue and wait until that is stored."""
        self._is_stopping = True
        for work in list(self._running):
            work.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, tenant: str, job_id: UUID) -> None:
        async with self._places[tenant]:
            system = Scope.system(tenant)
            try:
                async with self.databases.write(system) as write:
                    held = await leases.claim(write, job_id, f"{self.name}:{new_id().hex}", self.lease_seconds)
            except Exception as error:
                if not is_outage(error):
                    raise
                # The record still says that the job waits; the sweeper will tell us again.
                logger.warning("job_not_claimed", tenant=tenant, job_id=str(job_id), reason=str(error))
                return
            if held is None or held.scope.tenant != tenant:
                return
            facts = {"tenant": tenant, "job_id": str(job_id), "kind": held.kind, "attempt": held.attempt}
            self._leases.add(held.lease)
            try:
                with bound(**facts, correlation_id=held.scope.correlation_id), span("job", **facts):
                    await self._attempt(held)
            finally:
                self._leases.discard(held.lease)

    async def _attempt(self, held: Claim) -> None:
        started = monotonic()
        logger.info("job_started")
        await self._announce(held)
        kind = KINDS.get(held.kind)
        ending: Ending | None
        if held.is_cancel_requested:
            ending = Ending(JobState.CANCELLED)
        elif kind is None:
            ending = self._unknown(held)
        elif held.attempt > kind.attempts:
            ending = Ending(JobState.FAILED, error=describe(JobLost(attempts=kind.attempts)))
        else:
            ending = await self._work(held, kind)
        if ending is not None:
            await surely(self._store(held, ending))
        await self._announce(held)
        state = "lost" if ending is None else ending.state.value if ending.state else "released"
        logger.info("job_ended", state=state, seconds=round(monotonic() - started, 3))

    def _unknown(self, held: Claim) -> Ending:
        """Leave a kind of a newer release to a newer worker for a while."""
        if held.attempt < UNKNOWN_KIND_ATTEMPTS:
            return Ending(delay=UNKNOWN_KIND_PAUSE)
        return Ending(JobState.FAILED, error=describe(JobKindUnknown(kind=held.kind)))

    async def _work(self, held: Claim, kind: Kind) -> Ending | None:
        """Run the function; return how it ended, None when the job is not ours any more (or is stored already)."""
        task = Task(
            self.databases, held.scope, self.storage, self.settings, held.job_id, attempt=held.attempt, lease=held.lease
        )

        async def report(done: int, total: int, note: str) -> bool:
            return await self._report(held, done, total, note)

        task.report = report
        work = asyncio.create_task(self._call(kind, task, held.payload))
        watch = asyncio.create_task(self._watch(held, work))
        limit = asyncio.timeout(kind.timeout)
        try:
            async with limit:
                result = await work
        except asyncio.CancelledError as error:
            return self._interrupted(held, kind, error, watch)
        except Exception as error:  # noqa: BLE001 - whatever it was, the caller is told
            is_late = limit.expired()
            return self._failed(held, kind, JobTimedOut(seconds=round(kind.timeout)) if is_late else error)
        finally:
            watch.cancel()
        if task.is_complete:
            return None
        return Ending(JobState.SUCCEEDED, result=json.loads(json.dumps(result or {}, default=str)))

    async def _call(self, kind: Kind, task: Task, payload: dict[str, Any]) -> dict[str, Any] | None:
        return await kind.function(task, payload)

    def _interrupted(
        self, held: Claim, kind: Kind, error: asyncio.CancelledError, watch: asyncio.Task[str]
    ) -> Ending | None:
        """Return what a cancelled function means: our watch did it, or this worker is stopping."""
        if watch.done():
            return Ending(JobState.CANCELLED) if watch.result() == "cancelled" else None
        if self._is_stopping:
            return Ending(is_refunded=True)
        return self._failed(held, kind, error)

    def _failed(self, held: Claim, kind: Kind, error: BaseException) -> Ending | None:
        """Return what an exception means; see the module."""
        if isinstance(error, Cancelled):
            return Ending(JobState.CANCELLED)
        if isinstance(error, LeaseLost):
            return None
        if is_outage(error):
            logger.warning("job_interrupted", reason=str(error))
            if held.attempt < kind.attempts:
                return Ending(delay=min(LONGEST_PAUSE, 0.5 * 2**held.attempt))
            error = error if isinstance(error, CarbonError) else JobLost(attempts=held.attempt)
        if isinstance(error, CarbonError):
            logger.info("job_refused", code=error.code)
            return Ending(JobState.FAILED, error=describe(error))
        logger.error("job_failed", exc_info=error)
        shown = JobInternal(correlation_id=held.scope.correlation_id or str(held.job_id))
        return Ending(JobState.FAILED, error=describe(shown))

    async def _watch(self, held: Claim, work: asyncio.Task[Any]) -> str:
        """Renew the lease every third of it; stop the work when a cancel came or the lease cannot be kept."""
        deadline = monotonic() + self.lease_seconds
        pause = self.lease_seconds / 3
        while True:
            await asyncio.sleep(pause)
            asked = monotonic()
            try:
                async with (
                    asyncio.timeout(self.lease_seconds / 3),
                    self.databases.write(Scope.system(held.scope.tenant)) as write,
                ):
                    answer = await leases.renew(write, held, self.lease_seconds)
            except Exception as error:  # noqa: BLE001 - the deadline decides, whatever the reason
                if monotonic() >= deadline:
                    logger.warning("job_lease_not_renewed", reason=str(error))
                    work.cancel()
                    return "lost"
                pause = min(1.0, self.lease_seconds / 10)
                continue
            deadline, pause = asked + self.lease_seconds, self.lease_seconds / 3
            if answer is None and not work.done():
                work.cancel()
                return "lost"
            if answer:
                work.cancel()
                return "cancelled"

    async def _report(self, held: Claim, done: int, total: int, note: str) -> bool:
        async with self.databases.write(Scope.system(held.scope.tenant)) as write:
            answer = await leases.report(write, held, done, total, note, self.lease_seconds)
        if answer is None:
            raise LeaseLost
        await self._announce(held)
        return answer

    async def _store(self, held: Claim, ending: Ending) -> None:
        """Store the ending, waiting for a database that is away; a lease that is gone meanwhile wins."""
        started, pause = monotonic(), 0.2
        system = Scope.system(held.scope.tenant, correlation_id=held.scope.correlation_id)
        while True:
            try:
                async with self.databases.write(system) as write:
                    await self._write_ending(write, held, ending)
            except Exception as error:
                patience = STOP_SECONDS if self._is_stopping else STORE_SECONDS
                if not is_outage(error) or monotonic() > started + patience:
                    logger.exception("job_ending_not_stored")
                    return
                await asyncio.sleep(pause)
                pause = min(2.0, pause * 2)
            else:
                return

    async def _write_ending(self, write: Write, held: Claim, ending: Ending) -> None:
        if ending.state is None:
            await leases.release(write, held, delay=ending.delay, is_refunded=ending.is_refunded)
            return
        stored = await leases.finish(write, held, ending.state, result=ending.result, error=ending.error)
        if stored and ending.state is not JobState.SUCCEEDED:
            # What succeeded has left its own events; a failure leaves none but this.
            write.audit(
                f"jobs:{ending.state.value}", object_type="job", object_id=held.job_id,
                organisation_id=held.scope.organisation_id, kind=held.kind, code=(ending.error or {}).get("code"),
            )  # fmt: skip

    async def _announce(self, held: Claim) -> None:
        """Wake whoever watches the job; they read the record, so a lost announcement costs a second."""
        with suppress(RedisError, OSError):
            await self.redis.publish(broker.job_channel(held.scope.tenant, held.job_id), b"")
