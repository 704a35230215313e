"""Commands on scores, penalties, signs and appeals on the wire: one transaction each."""

# `command` makes static functions whose argument is called `input` on the wire.
# ruff: noqa: A002
# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false

from datetime import date
from uuid import UUID

import strawberry

from backend.accounts.schema_types import own_key
from backend.kit.db import Write
from backend.scores.appeals import appealing
from backend.scores.appeals.values import Correction
from backend.scores.running import explaining, penalties, running
from backend.scores.running.values import Severity
from backend.scores.schema_scores_records import (
    APPEAL,
    PENALTY,
    SIGN,
    ScoreAppeal,
    ScorePenalty,
    ScoreSign,
    SeverityEnum,
    appeal,
    penalty,
    sign,
)
from backend.scores.schema_scores_types import SCORE
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import NodeIdInvalid, node_id, uuids


@strawberry.input(description="Compute an account's score now.")
class RequestGreenScoreInput:
    """Compute a score now."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")


@strawberry.type(description="A worker computes the score.")
class GreenScoreRequested:
    """A worker computes the score."""

    job_id: strawberry.ID = strawberry.field(description="The job's global id; `jobProgress` follows it.")


@strawberry.input(description="Record an environmental penalty.")
class RecordPenaltyInput:
    """Record a penalty."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    document: str = strawberry.field(description="Number of the decision (处罚决定书文号), at most 120 characters.")
    severity: SeverityEnum = strawberry.field(description="How grave.")  # type: ignore[valid-type]
    summary: str = strawberry.field(description="What it is for, at most 1,000 characters.")
    from_on: date = strawberry.field(description="First day it counts; not after today.")
    until_on: date | None = strawberry.field(
        default=None, description="Last day it counts; until withdrawn if left out."
    )


@strawberry.input(description="Withdraw a penalty.")
class WithdrawPenaltyInput:
    """Withdraw a penalty."""

    penalty_id: strawberry.ID = strawberry.field(description="The penalty's global id.")
    reason: str = strawberry.field(description="Why; kept with it.")


@strawberry.type(description="The penalty as it is now.")
class PenaltySaved:
    """The penalty as it is now."""

    penalty: ScorePenalty = strawberry.field(description="As it is now.")


@strawberry.input(description="Explain a sign in your data.")
class ExplainSignInput:
    """Explain a sign."""

    sign_id: strawberry.ID = strawberry.field(description="The sign's global id.")
    explanation: str = strawberry.field(description="What happened, at most 1,000 characters.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="Evidence of the same account.")


@strawberry.input(description="Accept an explanation, or refuse it.")
class DecideSignInput:
    """Decide on an explanation."""

    sign_id: strawberry.ID = strawberry.field(description="The sign's global id.")
    is_accepted: bool = strawberry.field(description="Accepted: the sign counts no more.")
    reason: str = strawberry.field(description="Why; the enterprise reads it.")


@strawberry.type(description="The sign as it is now.")
class SignSaved:
    """The sign as it is now."""

    sign: ScoreSign = strawberry.field(description="With everything said about it.")


@strawberry.input(description="Appeal against one indicator or gate of a score.")
class AppealScoreInput:
    """Appeal against a score."""

    score_id: strawberry.ID = strawberry.field(description="The score's global id.")
    indicator: str = strawberry.field(description="Code of the indicator or gate.")
    reason: str = strawberry.field(description="Why, at most 1,000 characters.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="Evidence of the same account.")


@strawberry.input(description="Take an open appeal back.")
class WithdrawAppealInput:
    """Take an appeal back."""

    appeal_id: strawberry.ID = strawberry.field(description="The appeal's global id.")


@strawberry.input(description="The value an acceptance puts in the place of the appealed fact.")
class CorrectionInput:
    """A corrected fact."""

    value: str = strawberry.field(description="A plain decimal, a code, or `true`/`false`, as the fact is.")
    reason: str = strawberry.field(description="Why this value.")


@strawberry.input(description="Answer an appeal.")
class AnswerAppealInput:
    """Answer an appeal."""

    appeal_id: strawberry.ID = strawberry.field(description="The appeal's global id.")
    is_accepted: bool = strawberry.field(description="Accepted: the score is run again at once.")
    answer: str = strawberry.field(description="The answer in words.")
    document: str = strawberry.field(default="", description="What it rests on; an acceptance needs it.")
    correction: CorrectionInput | None = strawberry.field(
        default=None, description="Left out where the records themselves have been put right."
    )


@strawberry.type(description="The appeal as it is now.")
class AppealSaved:
    """The appeal as it is now."""

    appeal: ScoreAppeal = strawberry.field(description="With the effect of its answer.")


def _evidence(account_id: UUID, value: str | None) -> UUID | None:
    """Return the own id of evidence of this very account, None for none."""
    if value is None:
        return None
    account, own = own_key(value, "Evidence", path=("input", "evidenceId"))
    if account != account_id:
        raise NodeIdInvalid(id=value, expected="Evidence", path=("input", "evidenceId"))
    return own


@strawberry.type
class ScoreRunsMutation:
    """Commands on scores, penalties, signs and appeals."""

    @command("scores:request_run")
    @staticmethod
    async def request_green_score(context: Context, write: Write, input: RequestGreenScoreInput) -> GreenScoreRequested:
        """Compute an account's score now, beside the runs of changed inputs and of every night; for authorities."""
        [own] = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        return GreenScoreRequested(job_id=node_id("Job", await running.request_run(write, context.scope, own)))

    @command("scores:record_penalty")
    @staticmethod
    async def record_penalty(context: Context, write: Write, input: RecordPenaltyInput) -> PenaltySaved:
        """Record an environmental penalty by its document; it counts in the account's score while it is in force."""
        [own] = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        value = await penalties.record_penalty(
            write, context.scope, account_id=own, document=input.document, severity=Severity(input.severity),
            summary=input.summary, from_on=input.from_on, until_on=input.until_on,
        )  # fmt: skip
        return PenaltySaved(penalty=penalty(value))

    @command("scores:withdraw_penalty")
    @staticmethod
    async def withdraw_penalty(context: Context, write: Write, input: WithdrawPenaltyInput) -> PenaltySaved:
        """Withdraw a penalty with the reason; the record stays."""
        account, own = own_key(input.penalty_id, PENALTY, path=("input", "penaltyId"))
        value = await penalties.withdraw_penalty(
            write, context.scope, account_id=account, penalty_id=own, reason=input.reason
        )
        return PenaltySaved(penalty=penalty(value))

    @command("scores:explain_sign")
    @staticmethod
    async def explain_sign(context: Context, write: Write, input: ExplainSignInput) -> SignSaved:
        """Explain a sign in your data, as its holder."""
        account, own = own_key(input.sign_id, SIGN, path=("input", "signId"))
        value = await explaining.explain_sign(
            write, context.scope, account_id=account, sign_id=own, explanation=input.explanation,
            evidence_id=_evidence(account, input.evidence_id),
        )  # fmt: skip
        return SignSaved(sign=sign(value))

    @command("scores:decide_sign")
    @staticmethod
    async def decide_sign(context: Context, write: Write, input: DecideSignInput) -> SignSaved:
        """Accept the explanation of a sign, or refuse it, as the authority."""
        account, own = own_key(input.sign_id, SIGN, path=("input", "signId"))
        value = await explaining.decide_sign(
            write, context.scope, account_id=account, sign_id=own, is_accepted=input.is_accepted, reason=input.reason
        )
        return SignSaved(sign=sign(value))

    @command("scores:appeal")
    @staticmethod
    async def appeal_score(context: Context, write: Write, input: AppealScoreInput) -> AppealSaved:
        """Appeal against one indicator or gate of your score."""
        account, own = own_key(input.score_id, SCORE, path=("input", "scoreId"))
        value = await appealing.appeal_score(
            write, context.scope, account_id=account, score_id=own, indicator=input.indicator, reason=input.reason,
            evidence_id=_evidence(account, input.evidence_id),
        )  # fmt: skip
        return AppealSaved(appeal=appeal(value))

    @command("scores:withdraw_appeal")
    @staticmethod
    async def withdraw_appeal(context: Context, write: Write, input: WithdrawAppealInput) -> AppealSaved:
        """Take your open appeal back."""
        account, own = own_key(input.appeal_id, APPEAL, path=("input", "appealId"))
        value = await appealing.withdraw_appeal(write, context.scope, account_id=account, appeal_id=own)
        return AppealSaved(appeal=appeal(value))

    @command("scores:answer_appeal")
    @staticmethod
    async def answer_appeal(context: Context, write: Write, input: AnswerAppealInput) -> AppealSaved:
        """Answer an appeal; an acceptance runs the score again at once, and the appeal shows what that changed."""
        account, own = own_key(input.appeal_id, APPEAL, path=("input", "appealId"))
        given = input.correction
        value = await appealing.answer_appeal(
            write, context.scope, account_id=account, appeal_id=own, is_accepted=input.is_accepted,
            answer=input.answer, document=input.document,
            correction=None if given is None else Correction(given.value, given.reason),
        )  # fmt: skip
        return AppealSaved(appeal=appeal(value))
