"""Compute: a new version of a year's inventory, for one account or for many."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text

from backend.emissions.inventory.calculation import calculate, latest_versions, lock, prepare
from backend.emissions.inventory.errors import WrongState, YearNotOpen
from backend.emissions.inventory.resolve import Book
from backend.emissions.inventory.run import Latest
from backend.emissions.inventory.service.common import check_policy
from backend.emissions.inventory.values import Computed, Request, State
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.errors import NotFound
from backend.kit.outbox import enqueue
from backend.kit.scope import Scope

KIND = "emissions:compute"
KIND_ALL = "emissions:compute_all"
PUBLISHED = "published"

ACCOUNT = text("select organisation_id from carbon_account where id = :account_id")
OPEN_YEAR = text("select 1 from reporting_year where account_id = :account_id and year = :year")
DONE = text(
    "select account_id from inventory where account_id = any(cast(:account_ids as uuid[])) and job_id = :job_id"
)


async def request_computation(
    write: Write, scope: Scope, *, account_id: UUID, year: int, factor_policy: str = PUBLISHED,
    factor_date: date | None = None, reason: str = "",
) -> UUID:  # fmt: skip
    """Ask a worker to compute the account's year; return the job's id.

    Raises:
        Unauthenticated, Forbidden: without `emissions:compute`.
        NotFound: no such account, or not visible.
        PolicyInvalid: an unknown factor policy.
        YearNotOpen: the account does not report on this year.
        WrongState: the newest version is submitted, verified or closed.
    """
    scope.require("emissions:compute")
    organisation_id = await account_of(write, account_id)
    check_policy(factor_policy)
    await _check_open(write, account_id, year)
    check_computable((await latest_versions(write, [account_id], year)).get(account_id))
    payload = {
        "account_id": str(account_id), "year": year, "factor_policy": factor_policy,
        "factor_date": (factor_date or today()).isoformat(), "reason": reason.strip(),
    }  # fmt: skip
    job_id = await enqueue(write, KIND, payload, account_id=account_id)
    write.audit(
        "emissions:compute", object_type="account", object_id=account_id, organisation_id=organisation_id,
        year=year, job_id=job_id, factor_policy=factor_policy,
    )  # fmt: skip
    return job_id


async def request_all(write: Write, scope: Scope, *, year: int, factor_policy: str = PUBLISHED) -> UUID:
    """Ask a worker to compute the year of every account that reports on it; return the job's id.

    Raises:
        Unauthenticated, Forbidden: without `jobs:operate`.
        PolicyInvalid: an unknown factor policy.
    """
    scope.require("jobs:operate")
    check_policy(factor_policy)
    payload = {"year": year, "factor_policy": factor_policy, "factor_date": today().isoformat()}
    job_id = await enqueue(write, KIND_ALL, payload)
    write.audit("emissions:compute_all", object_type="year", object_id=year, job_id=job_id)
    return job_id


async def compute(write: Write, scope: Scope, account_id: UUID, request: Request) -> Computed:
    """Compute and store a new version now.

    Raises:
        Unauthenticated, Forbidden: without `emissions:compute` (`emissions:restate` for a restatement).
        NotFound: no such account, or not visible.
        YearNotOpen: the account does not report on this year.
        WrongState: the newest version is submitted, verified or closed and this is no restatement.
    """
    restates = request.restates.get(account_id)
    scope.require("emissions:restate" if restates else "emissions:compute")
    organisation_id = await account_of(write, account_id)
    await _check_open(write, account_id, request.year)
    as_of = await lock(write, [account_id])
    latest = await latest_versions(write, [account_id], request.year)
    check_computable(latest.get(account_id), restates)
    run = await prepare(write, scope, request, as_of, frozenset())
    [computed] = await calculate(write, scope, [account_id], run, latest)
    write.audit(
        "emissions:restated" if restates else "emissions:computed", object_type="inventory",
        object_id=computed.inventory_id, organisation_id=organisation_id, account_id=account_id, year=request.year,
        version=computed.version, records=computed.record_count, excluded=computed.excluded_count,
        reason=request.reason,
    )  # fmt: skip
    return computed


async def compute_many(
    write: Write, scope: Scope, account_ids: Sequence[UUID], request: Request, book: Book | None = None
) -> list[Computed]:
    """Compute a batch of accounts in one transaction; those that are beyond `computed`, or done by this job, stay.

    `book` holds the reference parameters of a run of several batches (see `open_book`).

    Raises:
        Unauthenticated, Forbidden: without `jobs:operate`.
    """
    scope.require("jobs:operate")
    as_of = await lock(write, account_ids)
    latest = await latest_versions(write, account_ids, request.year)
    done: set[UUID] = set()
    if request.job_id is not None:
        rows = await write.rows(DONE, {"account_ids": list(account_ids), "job_id": request.job_id})
        done = {row.account_id for row in rows}
    chosen = [one for one in account_ids if one not in done and _computable(latest.get(one))]
    if not chosen:
        return []
    run = await prepare(write, scope, request, as_of, frozenset(), book)
    computed = await calculate(write, scope, chosen, run, latest)
    write.audit(
        "emissions:computed", object_type="year", object_id=request.year, accounts=len(computed),
        job_id=request.job_id,
    )  # fmt: skip
    return computed


async def computed_by_job(read: Read, _scope: Scope, job_id: UUID, account_id: UUID) -> UUID | None:
    """Return the inventory a job has stored already, so that running it again does nothing."""
    return await read.value(
        text("select id from inventory where account_id = :account_id and job_id = :job_id"),
        {"account_id": account_id, "job_id": job_id},
    )


async def reporting_accounts(read: Read, _scope: Scope, year: int) -> list[UUID]:
    """Return every visible account that reports on the year, in the order of ids."""
    rows = await read.rows(
        text(
            "select y.account_id from reporting_year y join carbon_account a on a.id = y.account_id"
            " where y.year = :year and a.closed_at is null order by y.account_id"
        ),
        {"year": year},
    )
    return [row.account_id for row in rows]


async def account_of(read: Read, account_id: UUID) -> UUID:
    """Return the organisation of a visible account; raise NotFound."""
    organisation_id = await read.value(ACCOUNT, {"account_id": account_id})
    if organisation_id is None:
        raise NotFound(what="carbon account")
    return organisation_id


async def _check_open(read: Read, account_id: UUID, year: int) -> None:
    if await read.value(OPEN_YEAR, {"account_id": account_id, "year": year}) is None:
        raise YearNotOpen(year=year)


def _computable(latest: Latest | None) -> bool:
    return latest is None or latest.state in (State.COMPUTED, State.WITHDRAWN)


def check_computable(latest: Latest | None, restates: UUID | None = None) -> None:
    """Raise WrongState unless a new version may follow the newest one."""
    if restates is not None:
        if latest is None or latest.inventory_id != restates or latest.state not in (State.VERIFIED, State.CLOSED):
            raise WrongState(state=latest.state if latest else "open", needed="verified/closed")
        return
    if latest is not None and not _computable(latest):
        raise WrongState(state=latest.state, needed="open/computed")
