"""Many enterprises registered and their first administrators invited at once, in as many statements as for one."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.identity.errors import OrganisationExists, OrganisationNotFound, RegionForbidden
from backend.identity.models import Engagement, Invitation, Membership, Organisation
from backend.identity.service.authentication import token_hash
from backend.identity.service.elevation import elevated
from backend.identity.service.organisations import INVITATION_LIFE, new_token, tell_both
from backend.identity.values import ADMINISTRATOR, Newcomer, Offered
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope


async def taken_codes(write: Write, scope: Scope, codes: Collection[str]) -> set[str]:
    """Return which of these credit codes are registered in the jurisdiction, in whatever region.

    Raises:
        Unauthenticated, Forbidden: without `identity:register`.
    """
    scope.require("identity:register")
    async with elevated(write):
        rows = await write.rows(select(Organisation.credit_code).where(Organisation.credit_code.in_(codes)))
    return {row.credit_code for row in rows}


async def register_enterprises(write: Write, scope: Scope, newcomers: Sequence[Newcomer]) -> list[UUID]:
    """Register enterprises whose words were checked, all or none, and return their ids in the same order.

    Raises:
        Unauthenticated, Forbidden: without `identity:register`.
        RegionForbidden: a division outside the authority's region.
        OrganisationExists: a credit code is registered.
    """
    scope.require("identity:register")
    for each in newcomers:
        if scope.kind is Kind.AUTHORITY and not each.division_path.startswith(scope.region):
            raise RegionForbidden(division=each.division_code)
    moment, made = now(), [new_id() for _ in newcomers]
    rows = [
        {
            "id": own, "kind": Kind.ENTERPRISE.value, "name": each.name, "name_en": "", "credit_code": each.credit_code,
            "division_code": each.division_code, "division_path": each.division_path, "sector": each.sector,
            "is_demonstration": False, "created_at": moment,
        }
        for own, each in zip(made, newcomers, strict=True)
    ]  # fmt: skip
    try:
        # Under the caller's own scope: row-level security checks the region a second time.
        async with write.connection.begin_nested():
            await write.run(insert(Organisation), rows)
    except IntegrityError:
        taken = await taken_codes(write, scope, [each.credit_code for each in newcomers])
        raise OrganisationExists(credit_code=", ".join(sorted(taken)[:3])) from None
    for own, each in zip(made, newcomers, strict=True):
        tell_both(
            write, scope, "identity:register", own, kind=Kind.ENTERPRISE.value, credit_code=each.credit_code,
            division=each.division_code,
        )  # fmt: skip
    return made


async def invite_administrators(
    write: Write, scope: Scope, invited: Sequence[tuple[UUID, str, str]]
) -> list[Offered | None]:
    """Invite the first administrator of each (enterprise, address, name); tokens are returned this once.

    Invitations made before and still open are withdrawn: the newest token alone is good. None where the enterprise has
    an administrator: its own administrators invite.

    Raises:
        Unauthenticated, Forbidden: without `identity:register`.
        OrganisationNotFound: one is not visible, or no enterprise.
        RegionForbidden: one lies outside the authority's region.
    """
    scope.require("identity:register")
    keys = [each[0] for each in invited]
    seen = {
        row.id: row
        for row in await write.rows(
            select(Organisation.id, Organisation.division_code, Organisation.division_path).where(
                Organisation.id.in_(keys), Organisation.kind == Kind.ENTERPRISE.value
            )
        )
    }
    for key in keys:
        if key not in seen:
            raise OrganisationNotFound
        if scope.kind is Kind.AUTHORITY and not seen[key].division_path.startswith(scope.region):
            raise RegionForbidden(division=seen[key].division_code)
    moment = now()
    async with elevated(write):
        held = {
            row.organisation_id
            for row in await write.rows(
                select(Membership.organisation_id).where(
                    Membership.organisation_id.in_(keys), Membership.role == ADMINISTRATOR,
                    Membership.revoked_at.is_(None),
                )
            )
        }  # fmt: skip
        waiting = [each for each in invited if each[0] not in held]
        await write.run(
            update(Invitation)
            .where(
                Invitation.organisation_id.in_([each[0] for each in waiting]), Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
            )
            .values(revoked_at=moment)
        )  # fmt: skip
        offered: dict[UUID, Offered] = {}
        rows: list[dict[str, object]] = []
        for key, address, name in waiting:
            token, own = new_token(), new_id()
            offered[key] = Offered(own, token, moment + INVITATION_LIFE)
            rows.append(
                {
                    "id": own, "organisation_id": key, "email": address, "name": name, "role": ADMINISTRATOR,
                    "token_hash": token_hash(token), "created_at": moment, "created_by": scope.actor_id,
                    "expires_at": moment + INVITATION_LIFE,
                }
            )  # fmt: skip
        if rows:
            await write.run(insert(Invitation), rows)
    for key, each in offered.items():
        tell_both(write, scope, "identity:invite", key, role=ADMINISTRATOR, invitation=each.id)
    return [offered.get(key) for key in keys]


async def engagements_between(
    read: Read, _scope: Scope, pairs: Collection[tuple[UUID, UUID]], on: date
) -> dict[tuple[UUID, UUID], UUID]:
    """Return the engagement in force on a day for each (enterprise, verifier) that has one the caller sees."""
    rows = await read.rows(
        select(Engagement.id, Engagement.enterprise_id, Engagement.verifier_id).where(
            Engagement.enterprise_id.in_({each[0] for each in pairs}),
            Engagement.verifier_id.in_({each[1] for each in pairs}),
            Engagement.ended_at.is_(None), Engagement.starts_on <= on, Engagement.ends_on >= on,
        )
    )  # fmt: skip
    return {(row.enterprise_id, row.verifier_id): row.id for row in rows}
