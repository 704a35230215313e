"""Runs with the model in force, and asking for one."""

from collections.abc import Sequence
from uuid import UUID

from backend.accounts import service as accounts
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.outbox import enqueue
from backend.kit.scope import Kind, Scope
from backend.scores.errors import ScoresOfAuthority
from backend.scores.modelling.activating import active_model
from backend.scores.running.scoring import Model, score_with
from backend.scores.running.values import Cause
from backend.scores.values import ScoreValue

RUN = "scores:run"
"""The kind of the job that scores; see `scores.jobs`."""


async def model_in_force(read: Read, scope: Scope) -> Model:
    """Return today's model.

    Raises:
        NoActiveScoreModel: none is in force.
    """
    found = await active_model(read, scope, today())
    return Model(found.content, found.version)


async def score(
    write: Write, scope: Scope, account_ids: Sequence[UUID], year: int | None = None, cause: str = Cause.ASKED
) -> list[ScoreValue]:
    """Compute the accounts' scores with the model in force; return those that differ from the last ones, now stored.

    `year` is the model's own for today unless given.

    Raises:
        RollupsClosed: anybody but the service.
        NoActiveScoreModel: no model is in force.
    """
    return await score_with(write, scope, account_ids, await model_in_force(write, scope), Cause(cause), year)


async def rescore(write: Write, account_id: UUID) -> UUID:
    """Have the account scored as soon as this transaction is committed, and not with the next sweep; return the job's id."""
    return await enqueue(
        write, RUN, {"account_ids": [str(account_id)], "cause": Cause.INPUTS}, account_id=account_id
    )  # fmt: skip


async def request_run(write: Write, scope: Scope, account_id: UUID) -> UUID:
    """Ask for a run of one account of the region now; return the job's id.

    Raises:
        Unauthenticated, Forbidden: without `scores:supervise`.
        AccountNotFound: not there, or not visible.
        ScoresOfAuthority: the caller is no authority.
    """
    scope.require("scores:supervise")
    account = await accounts.account(write, scope, account_id)
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise ScoresOfAuthority
    job_id = await enqueue(write, RUN, {"account_ids": [str(account_id)], "cause": Cause.ASKED}, account_id=account_id)
    write.audit("scores:request_run", object_type="account", object_id=account_id, account=account.number,
                organisation_id=account.organisation_id, job_id=job_id)  # fmt: skip
    return job_id
