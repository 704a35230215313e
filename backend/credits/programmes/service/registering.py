"""Projects and scenes are registered, participants opened; the authority decides."""

from typing import Any
from uuid import UUID

from sqlalchemy import literal, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.credits.programmes import queries, rules
from backend.credits.programmes.errors import (
    AlreadyDecided,
    CodeUsed,
    DecisionReasonMissing,
    OwnSubmission,
    PointsOnly,
    RegistrationNotFound,
)
from backend.credits.programmes.models import ProgrammeParticipant, ProgrammeRegistration
from backend.credits.programmes.service.common import (
    check_authority,
    check_holder,
    in_force,
    issuing,
    keeper,
    programme_of,
)
from backend.credits.programmes.values import ParticipantValue, RegistrationValue, State
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.tenants import service as tenants
from backend.tenants.values import UnitDimension


async def open_participant(
    write: Write, scope: Scope, *, programme: str, code: str, name: str, division_code: str
) -> ParticipantValue:
    """Open an account in the ledger for somebody who is no enterprise, to hold points of a programme.

    Raises:
        Unauthenticated, Forbidden: without `credits:review` and `ledger:issue`.
        ProgrammeUnknown, ProgrammeIssuesNothing: in this order.
        PointsOnly: the programme issues tonnes.
        TextNotFit: code or name.
        DivisionUnknown: not a division known here.
        AuthorityOnly: not an authority, or the division lies outside its region.
        CodeUsed: another participant of the programme has the code.
    """
    scope.require("credits:review")
    scope.require("ledger:issue")
    found = programme_of(await tenants.pack_in_force(write, scope), programme)
    made, _ = issuing(found)
    if made.dimension is not UnitDimension.POINT:
        raise PointsOnly(programme=programme, path=("input", "programme"))
    clean_code, clean_name = rules.text(code, "code", most=40), rules.text(name, "name")
    division = await tenants.required_division(write, scope, division_code)
    keeper_id = keeper(scope, division.path)
    opened = await ledger.open_participant(write, scope, clean_name, division.path)
    values: dict[str, Any] = {
        "id": opened, "programme": programme, "code": clean_code, "name": clean_name, "division_code": division.code,
        "division_path": division.path, "organisation_id": keeper_id, "opened_at": now(),
        "opened_by": scope.actor_id,
    }  # fmt: skip
    fresh = upsert(ProgrammeParticipant).values(values).on_conflict_do_nothing().returning(literal(1))
    if await write.value(fresh) is None:
        raise CodeUsed(value=clean_code, path=("input", "code"))
    write.audit("credits:open_participant", object_type="ProgrammeParticipant", object_id=opened,
                programme=programme, code=clean_code)  # fmt: skip
    return ParticipantValue(**values)


async def register(
    write: Write, scope: Scope, *, holder_id: UUID, programme: str, methodology: str, code: str, name: str,
    description: str = "",
) -> RegistrationValue:  # fmt: skip
    """Register a project, or taking part in a scene, for one's own account (an authority: for a participant).

    `code` is the project's own: within the account it is registered once, under whatever programme.

    Raises:
        Unauthenticated, Forbidden, ParticipantNotFound, AccountNotFound, AccountNotYours, AccountClosed: whose it is.
        ProgrammeUnknown, ProgrammeIssuesNothing, MethodologyUnknown: in this order.
        TextNotFit: code, name or description.
        CodeUsed: the project is registered already.
    """
    await check_holder(write, scope, holder_id)
    found = await in_force(write, scope, programme, methodology, today())
    _, review = issuing(found.programme)
    at = now()
    is_reviewed = review.is_registration_reviewed
    value = RegistrationValue(
        account_id=holder_id, id=new_id(), programme=programme, methodology=methodology,
        code=rules.text(code, "code", most=40), name=rules.text(name, "name"),
        description=rules.text(description, "description", most=1000, is_needed=False),
        state=State.SUBMITTED if is_reviewed else State.APPROVED, submitted_at=at, submitted_by=scope.actor_id,
        decided_at=None if is_reviewed else at, decided_by=None, decision="",
    )  # fmt: skip
    values = {name: getattr(value, name) for name in value.__slots__} | {"state": value.state.value}
    fresh = upsert(ProgrammeRegistration).values(values).on_conflict_do_nothing().returning(literal(1))
    if await write.value(fresh) is None:
        raise CodeUsed(value=value.code, path=("input", "code"))
    write.audit("credits:register", object_type="ProgrammeRegistration", object_id=value.id, programme=programme,
                methodology=methodology, code=value.code)  # fmt: skip
    return value


async def decide_registration(
    write: Write, scope: Scope, *, account_id: UUID, registration_id: UUID, is_approved: bool, reason: str = ""
) -> RegistrationValue:
    """Approve or reject a registration.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        RegistrationNotFound: not there, or not visible.
        AuthorityOnly: the caller is no authority.
        AlreadyDecided: decided before.
        OwnSubmission: the caller submitted it.
        DecisionReasonMissing, TextNotFit: a rejection says why.
    """
    scope.require("credits:review")
    key = (account_id, registration_id)
    # Seen first: a lock is subject to the policy for changes, which hides the row from those who may only look.
    if (await queries.registrations_by_id(write, scope, [key]))[0] is None:
        raise RegistrationNotFound
    check_authority(scope)
    row = await write.row(
        queries.REGISTRATION.where(
            ProgrammeRegistration.account_id == account_id, ProgrammeRegistration.id == registration_id
        ).with_for_update()
    )
    if row is None:
        raise RegistrationNotFound
    known = queries.registration(row)
    why = check_decision(scope, known.state, known.submitted_by, is_approved=is_approved, reason=reason)
    state = State.APPROVED if is_approved else State.REJECTED
    await write.run(
        update(ProgrammeRegistration)
        .where(ProgrammeRegistration.account_id == account_id, ProgrammeRegistration.id == registration_id)
        .values(state=state.value, decided_at=now(), decided_by=scope.actor_id, decision=why)
    )
    write.audit("credits:decide_registration", object_type="ProgrammeRegistration", object_id=registration_id,
                state=state.value, reason=why)  # fmt: skip
    return queries.registration(
        await write.row(
            queries.REGISTRATION.where(
                ProgrammeRegistration.account_id == account_id, ProgrammeRegistration.id == registration_id
            )
        )
    )


def check_decision(
    scope: Scope, state: State, submitted_by: UUID | None, *, is_approved: bool, reason: str
) -> str:  # fmt: skip
    """Check that the caller may decide now, and return the reason's text.

    Raises:
        AlreadyDecided, OwnSubmission, DecisionReasonMissing, TextNotFit: in this order.
    """
    if state is not State.SUBMITTED:
        raise AlreadyDecided(state=state.value)
    if scope.actor_id is not None and scope.actor_id == submitted_by:
        raise OwnSubmission
    if not is_approved and not reason.strip():
        raise DecisionReasonMissing(path=("input", "reason"))
    return rules.text(reason, "reason", most=1000, is_needed=False)
