"""Environmental penalties on record: entered by the authority from a document, withdrawn with a reason, never changed.

Either asks for a new score in its own transaction. One that ends with its last day leaves the score with the night's run.
"""

from dataclasses import asdict, replace
from datetime import date
from uuid import UUID

from sqlalchemy import literal, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.kit.clock import CHINA, now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.scores.errors import PenaltyDatesInvalid, PenaltyKnown, PenaltyNotFound, PenaltyWithdrawn
from backend.scores.running.common import note, supervised, words
from backend.scores.running.models import ScorePenalty
from backend.scores.running.queries import PENALTY, penalty_of
from backend.scores.running.running import rescore
from backend.scores.running.values import PenaltyValue, Severity

LONGEST_DOCUMENT = 120


async def record_penalty(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    document: str,
    severity: Severity,
    summary: str,
    from_on: date,
    until_on: date | None,
) -> PenaltyValue:
    """Record a penalty by its document number; it counts from `from_on` through `until_on` (None: until withdrawn).

    Raises:
        Unauthenticated, Forbidden: without `scores:penalise`.
        AccountNotFound: not there, or not visible.
        ScoresOfAuthority: the caller is no authority.
        ScoreTextMissing: the document or the summary.
        PenaltyDatesInvalid: from a day to come, or until before from.
        PenaltyKnown: the document is on record for this account.
    """
    scope.require("scores:penalise")
    account = await supervised(write, scope, account_id)
    number, told = words("document", document, most=LONGEST_DOCUMENT), words("summary", summary)
    if from_on > today() or (until_on is not None and until_on < from_on):
        raise PenaltyDatesInvalid(from_on=str(from_on), until_on=str(until_on or "-"), path=("input", "fromOn"))
    value = PenaltyValue(
        account_id=account_id, id=new_id(), document=number, severity=severity, summary=told, from_on=from_on,
        until_on=until_on, recorded_at=now(), recorded_by=scope.actor_id, organisation_id=scope.organisation_id,
        withdrawn_at=None, withdrawn_by=None, withdrawal_reason="",
    )  # fmt: skip
    row = {**asdict(value), "severity": severity.value}
    statement = upsert(ScorePenalty).values(row).on_conflict_do_nothing().returning(literal(1))
    if await write.value(statement) is None:
        raise PenaltyKnown(document=number, path=("input", "document"))
    await rescore(write, account_id)
    note(write, account, "scores:record_penalty", "score_penalty", value.id, document=number, severity=severity.value,
         from_on=from_on, until_on=until_on)  # fmt: skip
    return value


async def withdraw_penalty(
    write: Write, scope: Scope, *, account_id: UUID, penalty_id: UUID, reason: str
) -> PenaltyValue:
    """Withdraw a penalty: from now on it does not count, and the record says why.

    Raises:
        Unauthenticated, Forbidden: without `scores:penalise`.
        AccountNotFound: not there, or not visible.
        ScoresOfAuthority: the caller is no authority.
        PenaltyNotFound: not of this account.
        ScoreTextMissing: the reason.
        PenaltyWithdrawn: it was before.
    """
    scope.require("scores:penalise")
    account = await supervised(write, scope, account_id)
    row = await write.row(
        PENALTY.where(ScorePenalty.account_id == account_id, ScorePenalty.id == penalty_id).with_for_update()
    )
    if row is None:
        raise PenaltyNotFound
    value = penalty_of(row)
    why = words("reason", reason)
    if value.withdrawn_at is not None:
        day = value.withdrawn_at.astimezone(CHINA).date()
        raise PenaltyWithdrawn(document=value.document, on=day.isoformat())
    withdrawn = replace(value, withdrawn_at=now(), withdrawn_by=scope.actor_id, withdrawal_reason=why)
    await write.run(
        update(ScorePenalty)
        .where(ScorePenalty.account_id == account_id, ScorePenalty.id == penalty_id)
        .values(
            withdrawn_at=withdrawn.withdrawn_at, withdrawn_by=withdrawn.withdrawn_by, withdrawal_reason=why
        )
    )  # fmt: skip
    await rescore(write, account_id)
    note(write, account, "scores:withdraw_penalty", "score_penalty", penalty_id, document=value.document, reason=why)
    return withdrawn
