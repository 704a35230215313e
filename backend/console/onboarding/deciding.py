"""An officer accepts an application, which registers the enterprise and invites its administrator, or refuses it."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import update

from backend.console import rules
from backend.console.errors import DeskOfAuthority, JoinApplicationDecided, JoinApplicationNotFound
from backend.console.onboarding.models import JoinApplication
from backend.console.onboarding.queries import APPLICATION, application_of
from backend.console.values import JOIN_STATE_NAMES, JoinState, JoinValue
from backend.identity import service as identity
from backend.identity.values import Offered
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.scope import Kind, Scope


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted application and the invitation of the first administrator, whose token is shown this once."""

    application: JoinValue
    offered: Offered


def registrar(scope: Scope) -> Scope:
    """Return the scope under which the onboarding desk registers enterprises of the officer's region, nothing else.

    Raises:
        Unauthenticated, Forbidden: without `console:invite`.
        DeskOfAuthority: anybody but an authority.
    """
    scope.require("console:invite")
    if scope.kind is not Kind.AUTHORITY:
        raise DeskOfAuthority
    return replace(scope, permissions=scope.permissions | {"identity:register"})


async def accept_application(write: Write, scope: Scope, application_id: UUID) -> Accepted:
    """Register the enterprise as it applied, and invite the contact person as its administrator.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `registrar`.
        JoinApplicationNotFound: no such application in the region.
        JoinApplicationDecided: it was decided before.
        OrganisationExists: the credit code is registered.
    """
    acting = registrar(scope)
    found = await _held(write, application_id)
    organisation_id = await identity.register_organisation(
        write, acting, kind=Kind.ENTERPRISE, name=found.name, credit_code=found.credit_code,
        division_code=found.division_code, sector=found.sector,
    )  # fmt: skip
    offered = await identity.invite_administrator(
        write, acting, organisation_id=organisation_id, email=found.contact_email, name=found.contact_name
    )
    decided = await _decide(write, scope, found, JoinState.ACCEPTED, "", organisation_id)
    return Accepted(decided, offered)


async def refuse_application(write: Write, scope: Scope, application_id: UUID, reason: str) -> JoinValue:
    """Refuse an application; whoever holds the receipt reads the reason.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `registrar`.
        DeskTextInvalid: no reason, or too long.
        JoinApplicationNotFound: no such application in the region.
        JoinApplicationDecided: it was decided before.
    """
    registrar(scope)
    why = rules.text(reason, "reason", least=1)
    return await _decide(write, scope, await _held(write, application_id), JoinState.REFUSED, why, None)


async def _held(write: Write, application_id: UUID) -> JoinValue:
    row = await write.row(APPLICATION.where(JoinApplication.id == application_id).with_for_update())
    if row is None:
        raise JoinApplicationNotFound(path=("input", "applicationId"))
    found = application_of(row)
    if found.state is not JoinState.RECEIVED:
        raise JoinApplicationDecided(
            state=found.state.value, state_zh=JOIN_STATE_NAMES[found.state], path=("input", "applicationId")
        )
    return found


async def _decide(
    write: Write, scope: Scope, found: JoinValue, state: JoinState, reason: str, organisation_id: UUID | None
) -> JoinValue:
    changes = {
        "decided_at": now(), "decided_by": scope.actor_id, "reason": reason, "organisation_id": organisation_id,
    }  # fmt: skip
    await write.run(update(JoinApplication).where(JoinApplication.id == found.id).values(state=state.value, **changes))
    write.audit(
        f"console:application_{state.value}", object_type="JoinApplication", object_id=found.id,
        credit_code=found.credit_code, reason=reason,
        organisation=None if organisation_id is None else str(organisation_id),
    )  # fmt: skip
    return replace(found, state=state, **changes)
