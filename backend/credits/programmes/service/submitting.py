"""A quantity of a period is submitted with its evidence; a second person decides, and approval issues the units."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from backend.accounts import service as accounts
from backend.credits.programmes import queries, rules
from backend.credits.programmes.errors import (
    EvidenceMissing,
    EvidenceUnknown,
    NotDecided,
    PeriodTaken,
    RegistrationNotFound,
    SubmissionNotFound,
)
from backend.credits.programmes.models import ProgrammeSubmission, ProgrammeUse
from backend.credits.programmes.service.common import check_authority, check_holder, in_force, is_of, issuing
from backend.credits.programmes.service.registering import check_decision
from backend.credits.programmes.values import REVOKE_SUBMISSION, InForce, State, SubmissionValue
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.quantities import EXACT
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import BatchSpec, Reason
from backend.tenants.values import CapPeriod, MethodologyTerms

PERIODS = "ex_programme_submission_period"


async def submit(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    registration_id: UUID,
    period_from: date,
    period_to: date,
    inputs: Mapping[str, Any],
    evidence_ids: Sequence[UUID] = (),
    reference: str = "",
) -> SubmissionValue:
    """Submit a quantity of a period (both days included) for issue.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
        RegistrationNotFound: not there, or not visible.
        Forbidden: without `credits:register` (an authority: `credits:review`).
        ParticipantNotFound, AccountNotFound, AccountNotYours, AccountClosed: whose it is.
        NotDecided: the registration is not approved.
        ProgrammeUnknown, ProgrammeIssuesNothing, MethodologyUnknown: the pack offers it no more.
        MethodologyNotConfigured: figures it needs are not known.
        PeriodInvalid, PeriodAcrossCaps: in this order.
        InputsWrong, NothingToIssue: what the formula is given, what it gives.
        EvidenceMissing, EvidenceUnknown, TextNotFit: in this order.
        PeriodTaken: some of the days were submitted before.
    """
    scope.require("credits:read")
    (known,) = await queries.registrations_by_id(write, scope, [(account_id, registration_id)])
    if known is None:
        raise RegistrationNotFound
    is_participant = await check_holder(write, scope, account_id)
    if known.state is not State.APPROVED:
        raise NotDecided(registration=known.code, state=known.state.value)
    found = await in_force(write, scope, known.programme, known.methodology, period_to)
    made, review = issuing(found.programme)
    rules.check_configured(found.methodology, found.terms)
    rules.check_period(period_from, period_to, today())
    rules.check_one_cap_period(found.terms, period_from, period_to)
    given = rules.inputs(found.methodology.formula, inputs)
    _worth(found, given)
    told = rules.text(reference, "reference", is_needed=False)
    await _check_evidence(
        write,
        scope,
        account_id,
        evidence_ids,
        is_needed=review.is_evidence_needed,
        is_told=is_participant and bool(told),
    )
    value = SubmissionValue(
        account_id=account_id, id=new_id(), registration_id=registration_id, programme=known.programme,
        methodology=known.methodology, period_from=period_from, period_to=period_to,
        inputs={name: format(number, "f") for name, number in given.items()}, evidence_ids=tuple(evidence_ids),
        reference=told, state=State.SUBMITTED, computed=None, quantity=None, terms=None, setting_id=None,
        pack_sha256=None, valid_until=None, movement_id=None, submitted_at=now(), submitted_by=scope.actor_id,
        decided_at=None, decided_by=None, decision="",
    )  # fmt: skip
    values = {name: getattr(value, name) for name in value.__slots__}
    try:
        await write.run(
            insert(ProgrammeSubmission).values(
                values | {"state": value.state.value, "evidence_ids": list(value.evidence_ids)}
            )
        )
    except IntegrityError as error:
        if not is_of(error, PERIODS):
            raise
        raise PeriodTaken(period_from=str(period_from), period_to=str(period_to)) from error
    write.audit("credits:submit", object_type="ProgrammeSubmission", object_id=value.id, programme=known.programme,
                registration=known.code, period_from=period_from, period_to=period_to, unit_class=made.code)  # fmt: skip
    return value


async def _check_evidence(
    write: Write, scope: Scope, account_id: UUID, ids: Sequence[UUID], *, is_needed: bool, is_told: bool
) -> None:
    if is_needed and not ids and not is_told:
        raise EvidenceMissing(path=("input", "evidenceIds"))
    found = await accounts.evidence_by_id(write, scope, [(account_id, each) for each in ids])
    for each, evidence in zip(ids, found, strict=True):
        if evidence is None:
            raise EvidenceUnknown(evidence=str(each), path=("input", "evidenceIds"))


def _worth(found: InForce, given: Mapping[str, Decimal]) -> tuple[Decimal, Decimal]:
    """Return what the formula gives, and that rounded to units of the class."""
    made, _ = issuing(found.programme)
    if found.terms.rounding is None:
        raise AssertionError(found.methodology.code)
    computed = rules.computed(found.methodology, found.terms, given)
    return computed, rules.rounded(computed, made, found.terms.rounding)


async def decide(
    write: Write, scope: Scope, *, account_id: UUID, submission_id: UUID, is_approved: bool, reason: str = ""
) -> SubmissionValue:
    """Approve a submission, which issues its units in the same transaction, or reject it.

    The terms are those that hold on the period's last day; what they were is kept with the submission.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`; to approve, without `ledger:issue`.
        SubmissionNotFound: not there, or not visible.
        AuthorityOnly: the caller is no authority.
        AlreadyDecided: decided before.
        OwnSubmission: the caller submitted it.
        DecisionReasonMissing, TextNotFit: a rejection says why.
        ProgrammeUnknown, ProgrammeIssuesNothing, MethodologyUnknown, MethodologyNotConfigured: the rules in force.
        PeriodAcrossCaps, NothingToIssue, ParticipantCapReached, TotalCapReached: in this order.
        AccountClosed, ClassFrozen: by the books (see `ledger.issue`).
    """
    scope.require("credits:review")
    if (await queries.submissions_by_id(write, scope, [(account_id, submission_id)]))[0] is None:
        raise SubmissionNotFound
    check_authority(scope)
    if is_approved:
        scope.require("ledger:issue")
    where = (ProgrammeSubmission.account_id == account_id, ProgrammeSubmission.id == submission_id)
    row = await write.row(queries.SUBMISSION.where(*where).with_for_update())
    if row is None:
        raise SubmissionNotFound
    known = queries.submission(row)
    why = check_decision(scope, known.state, known.submitted_by, is_approved=is_approved, reason=reason)
    decided: dict[str, Any] = {"decided_at": now(), "decided_by": scope.actor_id, "decision": why}
    issued = await _issue(write, scope, known) if is_approved else {}
    state = State.APPROVED if is_approved else State.REJECTED
    await write.run(update(ProgrammeSubmission).where(*where).values(state=state.value, **decided, **issued))
    write.audit("credits:decide_submission", object_type="ProgrammeSubmission", object_id=submission_id,
                state=state.value, reason=why, quantity=issued.get("quantity"), movement=issued.get("movement_id"))  # fmt: skip
    return queries.submission(await write.row(queries.SUBMISSION.where(*where)))


async def _issue(write: Write, scope: Scope, known: SubmissionValue) -> dict[str, Any]:
    """Issue what a submission is worth; return what is kept of it."""
    (registration,) = await queries.registrations_by_id(write, scope, [(known.account_id, known.registration_id)])
    if registration is None:
        raise RegistrationNotFound
    found = await in_force(write, scope, known.programme, known.methodology, known.period_to)
    made, _ = issuing(found.programme)
    rules.check_configured(found.methodology, found.terms)
    rules.check_one_cap_period(found.terms, known.period_from, known.period_to)
    given = {name: Decimal(text) for name, text in known.inputs.items()}
    computed, quantity = _worth(found, given)
    await _within_caps(write, scope, known, found, quantity)
    valid_until = rules.last_day(today(), found.terms.validity_months or 0)
    movement = await ledger.issue(
        write, scope, known.account_id, made.code, quantity,
        BatchSpec(
            vintage=known.period_to.year, produced_from=known.period_from, produced_to=known.period_to,
            valid_until=valid_until, is_transferable=made.is_transferable, project_code=registration.code,
            attributes={"programme": known.programme, "methodology": known.methodology, "submission": str(known.id),
                        "confidence": found.confidence, "is_placeholder": found.is_placeholder},
        ),
        Reason(purpose="programme", reference=registration.code, period=known.period_to.year,
               facts={"submission": str(known.id), "computed": format(computed, "f")}, undone_by=REVOKE_SUBMISSION),
    )  # fmt: skip
    return {
        "computed": computed, "quantity": quantity, "terms": found.terms.model_dump(mode="json"),
        "setting_id": found.setting.id if found.setting else None, "pack_sha256": found.pack_sha256,
        "valid_until": valid_until, "movement_id": movement.id,
    }  # fmt: skip


async def _within_caps(write: Write, scope: Scope, known: SubmissionValue, found: InForce, quantity: Decimal) -> None:
    """Check the caps and count the quantity; approvals of one methodology and period queue at the counter's row."""
    start = rules.cap_start(found.terms, known.period_to)
    end = rules.cap_end(found.terms, start)
    totals: dict[CapPeriod, Decimal] = {}
    for span, key in use_keys(known, found.terms).items():
        counted = upsert(ProgrammeUse).values(**key, quantity=quantity)
        counted = counted.on_conflict_do_update(
            index_elements=list(key), set_={"quantity": ProgrammeUse.quantity + counted.excluded.quantity}
        ).returning(ProgrammeUse.quantity)
        totals[span] = await write.value(counted)
    of_participant = await queries.issued_to(
        write, scope, known.account_id, known.programme, known.methodology, start, end
    )
    of_all = EXACT.subtract(totals[found.terms.cap_period], quantity)
    rules.check_caps(found.terms, start, quantity, of_participant=of_participant, of_all=of_all)


def use_keys(known: SubmissionValue, terms: MethodologyTerms) -> dict[CapPeriod, dict[str, Any]]:
    """Return the rows a submission counts in, by span, always in one order.

    Both spans are counted, whichever the cap uses now: a cap may be set later, or over another span.
    """
    return {
        span: {
            "programme": known.programme, "methodology": known.methodology, "cap_period": span.value,
            "period_start": rules.cap_start(terms.model_copy(update={"cap_period": span}), known.period_to),
        }
        for span in CapPeriod
    }  # fmt: skip
