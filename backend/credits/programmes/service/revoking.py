"""The registrar takes back what a programme issued: the units leave, the cap has room again, the days are free."""

from uuid import UUID

from sqlalchemy import update

from backend.credits.programmes import queries, rules
from backend.credits.programmes.errors import DecisionReasonMissing, NotIssued, SubmissionNotFound
from backend.credits.programmes.models import ProgrammeSubmission, ProgrammeUse
from backend.credits.programmes.service.common import check_authority
from backend.credits.programmes.service.submitting import use_keys
from backend.credits.programmes.values import REVOKE_SUBMISSION, State, SubmissionValue
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import Reason
from backend.tenants.values import MethodologyTerms


async def revoke(write: Write, scope: Scope, *, account_id: UUID, submission_id: UUID, reason: str) -> SubmissionValue:
    """Revoke a submission that was issued, while its units still lie where they were issued to.

    Raises:
        Unauthenticated, Forbidden: without `credits:review` or `ledger:reverse`.
        SubmissionNotFound: not there, or not visible.
        AuthorityOnly: the caller is no authority.
        DecisionReasonMissing, TextNotFit: the reason.
        NotIssued: never approved, or revoked before.
        MovementNotReversible: the units have moved on.
    """
    scope.require("credits:review")
    scope.require("ledger:reverse")
    if (await queries.submissions_by_id(write, scope, [(account_id, submission_id)]))[0] is None:
        raise SubmissionNotFound
    check_authority(scope)
    if not reason.strip():
        raise DecisionReasonMissing(path=("input", "reason"))
    why = rules.text(reason, "reason", most=1000)
    where = (ProgrammeSubmission.account_id == account_id, ProgrammeSubmission.id == submission_id)
    row = await write.row(queries.SUBMISSION.where(*where).with_for_update())
    if row is None:
        raise SubmissionNotFound
    known = queries.submission(row)
    if known.state is not State.APPROVED or known.quantity is None or known.movement_id is None:
        raise NotIssued(state=known.state.value)
    await write.run(
        update(ProgrammeSubmission)
        .where(*where)
        .values(state=State.REVOKED.value, revoked_at=now(), revoked_by=scope.actor_id, revocation=why)
    )
    for key in use_keys(known, MethodologyTerms.model_validate(known.terms)).values():
        counter = update(ProgrammeUse).filter_by(**key)
        await write.run(counter.values(quantity=ProgrammeUse.quantity - known.quantity))
    await ledger.reverse(write, scope, known.movement_id, Reason(note=why, undone_by=REVOKE_SUBMISSION))
    write.audit("credits:revoke_submission", object_type="ProgrammeSubmission", object_id=submission_id, reason=why,
                quantity=known.quantity, movement=known.movement_id)  # fmt: skip
    return queries.submission(await write.row(queries.SUBMISSION.where(*where)))
