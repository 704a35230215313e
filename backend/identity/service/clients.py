"""Programs that act for an organisation: created with a secret shown once, revoked at once."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, literal, or_, select, update

from backend.identity import rules
from backend.identity.errors import AlreadyRevoked, ClientNotFound, OrganisationNotFound, PermissionsInvalid
from backend.identity.models import ApiClient, Organisation
from backend.identity.service.authentication import token_hash
from backend.identity.service.revocation import withdraw
from backend.identity.values import grantable
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope


async def create_client(
    write: Write, scope: Scope, *, name: str, permissions: Sequence[str], organisation_id: UUID | None = None
) -> tuple[UUID, str]:
    """Create an API client and return its id and its secret, which is shown this once.

    `organisation_id` is for the service; others create clients of their own organisation.

    Raises:
        Unauthenticated, Forbidden: without `identity:manage_clients`.
        NameInvalid: see `rules`.
        OrganisationNotFound: the service names none.
        PermissionsInvalid: none, or one the creator lacks or no program may have.
    """
    scope.require("identity:manage_clients")
    plain = rules.name(name)
    owner = organisation_id if scope.kind is Kind.SYSTEM else scope.organisation_id
    kind = await write.value(select(Organisation.kind).where(Organisation.id == owner))
    if kind is None:
        raise OrganisationNotFound
    possible = grantable(Kind(kind))
    if scope.kind is not Kind.SYSTEM:
        possible &= scope.permissions
    wanted = frozenset(permissions)
    if not wanted or wanted - possible:
        raise PermissionsInvalid(
            refused=", ".join(sorted(wanted - possible)) or "-", known=", ".join(sorted(possible)),
            path=("input", "permissions"),
        )  # fmt: skip
    client_id, secret = new_id(), secrets.token_urlsafe(32)
    await write.run(
        insert(ApiClient).values(
            id=client_id, organisation_id=owner, name=plain, secret_hash=token_hash(secret).hex(),
            permissions=sorted(wanted), created_at=now(), created_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        "identity:create_client", object_type="ApiClient", object_id=client_id, organisation_id=owner,
        permissions=sorted(wanted),
    )  # fmt: skip
    return client_id, secret


async def revoke_client(write: Write, scope: Scope, *, client_id: UUID) -> None:
    """Revoke an API client; its tokens end now.

    Raises:
        Unauthenticated, Forbidden: without `identity:manage_clients`.
        ClientNotFound: none of the caller's organisation.
        AlreadyRevoked: it was revoked before.
    """
    scope.require("identity:manage_clients")
    found = await write.row(
        select(ApiClient.organisation_id, ApiClient.revoked_at)
        .where(
            ApiClient.id == client_id,
            or_(literal(scope.kind is Kind.SYSTEM), ApiClient.organisation_id == scope.organisation_id),
        )
        .with_for_update()
    )
    if found is None:
        raise ClientNotFound
    if found.revoked_at is not None:
        raise AlreadyRevoked(at=found.revoked_at.isoformat(timespec="seconds"))
    await write.run(update(ApiClient).where(ApiClient.id == client_id).values(revoked_at=now()))
    await withdraw(write, f"client:{client_id}")
    write.audit(
        "identity:revoke_client", object_type="ApiClient", object_id=client_id, organisation_id=found.organisation_id
    )
