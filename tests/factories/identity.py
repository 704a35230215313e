"""Organisations, people and their scopes for tests: real rows, made under the service's own scope.

    plant = await enterprise(databases)                  # Made: .id .scope (its administrator)
    viewer = await colleague(databases, plant, "viewer") # a scope of another person of the same organisation
    bureau = await authority(databases, division="320206")
    await engaged(databases, plant, await verifier(databases))

Passwords are `PASSWORD`, hashed once: argon2id takes a tenth of a second.
"""

import itertools
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text

from backend.identity import service
from backend.identity.models import Membership, Organisation, Person
from backend.identity.passwords import HASHER
from backend.identity.rules import fictitious_code
from backend.identity.service import sessions
from backend.identity.values import ADMINISTRATOR, permissions_of
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

PASSWORD = "correct horse battery"
_HASH = HASHER.hash(PASSWORD)
# Every run and every worker makes codes of its own, even against a database that outlives it.
_SERIALS = itertools.count(secrets.randbelow(31**6 - 1_000_000))
ROOTS = {"wuxi": "320200", "changzhou": "320400", "chengdu": "510100", "guizhou": "520000"}


@dataclass(frozen=True, slots=True)
class Made:
    """An organisation, and the scope of its first person (its administrator unless told otherwise)."""

    id: UUID
    kind: Kind
    path: str
    credit_code: str
    person_id: UUID
    email: str
    scope: Scope


async def division_path(databases: Databases, tenant: str, code: str) -> str:
    """Return the path of a division of the tenant's pack."""
    async with databases.read(Scope.system(tenant)) as read:
        path = await read.value(text("select path from division where code = :code"), {"code": code})
    assert path is not None, f"{tenant} has no division {code}"
    return path


async def person(databases: Databases, *, tenant: str = "wuxi", email: str | None = None, name: str = "李明") -> UUID:
    """Make a person without any role; the password is `PASSWORD`."""
    person_id = new_id()
    async with databases.write(Scope.system(tenant)) as write:
        await write.run(
            insert(Person).values(
                id=person_id, email=email or address(person_id), name=name, password_hash=_HASH, created_at=now()
            )
        )
    return person_id


def address(person_id: UUID) -> str:
    """Return the e-mail address `person` gives by default."""
    return f"{person_id.hex}@example.com"


async def organisation(
    databases: Databases,
    kind: Kind,
    *,
    tenant: str = "wuxi",
    division: str | None = None,
    role: str = ADMINISTRATOR,
    name: str = "示范单位",
    sector: str | None = None,
) -> Made:
    """Make an organisation with one person in it."""
    code = division or ROOTS[tenant]
    path = await division_path(databases, tenant, code)
    organisation_id, credit_code = new_id(), fictitious_code(kind, ROOTS[tenant], next(_SERIALS))
    async with databases.write(Scope.system(tenant)) as write:
        await write.run(
            insert(Organisation).values(
                id=organisation_id, kind=kind.value, name=f"{name}{credit_code[-7:]}", credit_code=credit_code,
                division_code=code, division_path=path, sector=sector, created_at=now(),
            )
        )  # fmt: skip
    person_id = await person(databases, tenant=tenant)
    made = Made(
        organisation_id, kind, path, credit_code, person_id, address(person_id),
        Scope(
            tenant=tenant, kind=kind, organisation_id=organisation_id, actor_id=person_id,
            region=path if kind is Kind.AUTHORITY else "", permissions=permissions_of(kind, [role]), language="en",
        ),
    )  # fmt: skip
    await grant(databases, made, person_id, role)
    return made


async def grant(databases: Databases, made: Made, person_id: UUID, role: str) -> UUID:
    """Give a person a role in an organisation."""
    membership_id = new_id()
    async with databases.write(Scope.system(made.scope.tenant)) as write:
        await write.run(
            insert(Membership).values(
                id=membership_id, organisation_id=made.id, person_id=person_id, role=role, granted_at=now()
            )
        )
    return membership_id


async def membership_of(databases: Databases, made: Made, person_id: UUID, role: str) -> UUID:
    """Return the id of an active membership."""
    async with databases.read(Scope.system(made.scope.tenant)) as read:
        return await read.value(
            select(Membership.id).where(
                Membership.organisation_id == made.id, Membership.person_id == person_id, Membership.role == role,
                Membership.revoked_at.is_(None),
            )
        )  # fmt: skip


async def colleague(databases: Databases, made: Made, role: str) -> Scope:
    """Make another person of the organisation and return their scope."""
    person_id = await person(databases, tenant=made.scope.tenant)
    await grant(databases, made, person_id, role)
    return replace(made.scope, actor_id=person_id, permissions=permissions_of(made.kind, [role]))


async def enterprise(databases: Databases, **given) -> Made:
    """Make an enterprise; see `organisation`."""
    return await organisation(databases, Kind.ENTERPRISE, **{"sector": "steel", **given})


async def authority(databases: Databases, **given) -> Made:
    """Make an authority; its region is its division."""
    return await organisation(databases, Kind.AUTHORITY, **given)


async def verifier(databases: Databases, **given) -> Made:
    """Make a verification body."""
    return await organisation(databases, Kind.VERIFIER, **given)


async def bank(databases: Databases, **given) -> Made:
    """Make a bank."""
    return await organisation(databases, Kind.BANK, **given)


async def operator(databases: Databases, **given) -> Made:
    """Make an operator."""
    return await organisation(databases, Kind.OPERATOR, **given)


async def engaged(databases: Databases, made: Made, body: Made) -> UUID:
    """Engage a verifier from today for a year."""
    async with databases.write(made.scope) as write:
        return await service.engage(
            write, made.scope, verifier_id=body.id, purpose="年度核查",
            starts_on=today(), ends_on=today() + timedelta(days=365),
        )  # fmt: skip


async def consented(databases: Databases, made: Made, lender: Made, scopes: tuple[str, ...] = ("account",)) -> UUID:
    """Consent to a bank from today for a year."""
    async with databases.write(made.scope) as write:
        return await service.grant_consent(
            write, made.scope, bank_id=lender.id, scopes=scopes, purpose="绿色信贷",
            starts_on=today(), ends_on=today() + timedelta(days=365),
        )  # fmt: skip


async def asked(
    databases: Databases, lender: Made, made: Made, scopes: tuple[str, ...] = ("account",), **given: Any
) -> UUID:
    """Let a bank ask an enterprise for a consent, from today for a year."""
    async with databases.write(lender.scope) as write:
        usual = {
            "asked_for": made.credit_code, "scopes": scopes, "purpose": "绿色信贷", "starts_on": today(),
            "ends_on": today() + timedelta(days=365),
        }  # fmt: skip
        return await service.request_consent(write, lender.scope, **{**usual, **given})


async def token_of(databases: Databases, settings, made: Made, scope: Scope | None = None) -> str:
    """Sign the person of a scope in through the front door and return the access token."""
    who = scope or made.scope
    assert who.actor_id is not None
    session = await sessions.sign_in(
        databases, settings, who.tenant, email=address(who.actor_id), password=PASSWORD, organisation_id=made.id
    )
    return session.access_token
