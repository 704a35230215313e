"""Applications to join, files of invitations and verifiers' assignments, made by the desks' own commands."""

import hashlib
import itertools
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from factories import accounts, identity, inventory
from factories.accounts import Held
from factories.identity import Made
from sqlalchemy import insert

from backend.accounts import service as accounts_service
from backend.console import service
from backend.console.assigning.models import VerificationAssignment
from backend.console.values import AssignmentValue, JoinDraft, JoinFile
from backend.emissions.inventory import service as review
from backend.emissions.inventory.values import Computed
from backend.identity.rules import fictitious_code
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.kit.storage import StoredFile, key_of
from backend.wire.nodes import node_id

_SERIALS = itertools.count(secrets.randbelow(31**6 - 1_000_000))


def code(tenant: str = "wuxi") -> str:
    """Return a well-formed credit code nobody has."""
    return fictitious_code(Kind.ENTERPRISE, identity.ROOTS[tenant], next(_SERIALS))


def draft(**given: Any) -> JoinDraft:
    """Return what an applicant writes."""
    usual = {
        "name": f"申请企业{new_id().hex[-6:]}", "credit_code": code(), "division_code": "320206", "sector": "steel",
        "contact_name": "王芳", "contact_email": f"{new_id().hex}@example.com", "contact_phone": "0510-8888 0000",
        "note": "",
    }  # fmt: skip
    return JoinDraft(**{**usual, **given})


def proof(own_id: UUID, content: bytes | None = None, tenant: str = "wuxi") -> JoinFile:
    """Return a proof whose content is nowhere: for what needs only its row."""
    digest = hashlib.sha256(content or own_id.bytes).hexdigest()
    return JoinFile("营业执照.pdf", "application/pdf", 16, digest, key_of(tenant, "join", own_id))


async def applied(databases: Databases, **given: Any) -> UUID:
    """Let an enterprise apply to join; return its receipt."""
    scope, own_id = Scope.system("wuxi"), new_id()
    async with databases.write(scope) as write:
        receipt, _ = await service.apply_to_join(write, scope, own_id, draft(**given), proof(own_id))
    return receipt


async def asked_for(databases: Databases, bureau: Made) -> UUID:
    """Let an authority bring a file of invitations that nobody reads."""
    own = new_id()
    stored = StoredFile(key_of("wuxi", "invitations", own), 10, hashlib.sha256(own.bytes).hexdigest())
    async with databases.write(bureau.scope) as write:
        return (await service.request_file(write, bureau.scope, "受害者名单.xlsx", stored)).id


async def proposed(
    databases: Databases, bureau: Made, held: Held, body: Made, *, year: int = 2025, due_on: date | None = None
) -> AssignmentValue:
    """Let an authority propose a verifier."""
    async with databases.write(bureau.scope) as write:
        return await service.propose(
            write, bureau.scope, account_id=held.id, year=year, verifier_id=body.id,
            due_on=due_on or today() + timedelta(days=30),
        )  # fmt: skip


async def overdue(databases: Databases, bureau: Made, held: Held, body: Made, days: int) -> UUID:
    """Put an assignment on record that should have been answered some days ago; return its own id."""
    found = await proposed(databases, bureau, held, body, year=2024)
    columns = {name: getattr(found, name) for name in found.__slots__} | {
        "id": new_id(), "state": "proposed", "year": 2025, "due_on": today() - timedelta(days=days),
        "authority_id": bureau.id,
    }  # fmt: skip
    async with databases.write(Scope.system("wuxi")) as write:
        await write.run(insert(VerificationAssignment).values(columns))
    async with databases.write(bureau.scope) as write:
        await service.withdraw(write, bureau.scope, held.id, found.id, "重新安排")
    return columns["id"]


async def accepted(databases: Databases, body: Made, found: AssignmentValue) -> AssignmentValue:
    """Let the verifier accept, declaring independence."""
    async with databases.write(body.scope) as write:
        return await service.answer(
            write, body.scope, found.account_id, found.id, is_accepted=True, is_independent=True
        )


async def at_the_desks(databases: Databases, held: Held, body: Made, division: str) -> dict[str, str]:
    """Give the victim's region an application and a file, and the victim an assignment."""
    bureau = await identity.authority(databases, division=division)
    application = await applied(databases, name=f"受害者申请{new_id().hex[-6:]}", division_code=division)
    file = await asked_for(databases, bureau)
    assignment = await proposed(databases, bureau, held, body)
    return {
        "join_application": str(node_id("JoinApplication", application)),
        "invitation_file": str(node_id("InvitationFile", file)),
        "assignment": str(node_id("VerificationAssignment", held.id, assignment.id)),
    }


@dataclass(frozen=True)
class Firm:
    """An enterprise with a computed inventory of 2025."""

    held: Held
    place: inventory.Place
    computed: Computed
    meter_id: UUID


async def working(databases: Databases, division: str = "320206") -> Firm:
    """Make an enterprise with a year of electricity and its computed inventory."""
    held = await accounts.held_account(databases, division=division)
    site = await accounts.site_of(databases, held)
    source = await accounts.source_of(databases, held, site)
    meter = await accounts.meter_of(databases, held, source)
    async with databases.write(held.scope) as write:
        await accounts_service.open_year(write, held.scope, account_id=held.id, year=2025)
    place = inventory.Place("wuxi", held.id, held.holder.id, site.id, new_id(), {"E1": source.id}, held.holder.path)
    await inventory.add_records(databases, place, source.id, "MWh", inventory.whole_year(2025, "100"))
    return Firm(held, place, await inventory.compute(databases, place), meter.id)


async def submitted(databases: Databases, firm: Firm) -> None:
    """Let the enterprise submit its inventory."""
    scope = await identity.colleague(databases, firm.held.holder, "carbon_officer")
    async with databases.write(scope) as write:
        await review.submit(write, scope, account_id=firm.held.id, inventory_id=firm.computed.inventory_id)


async def verified(databases: Databases, firm: Firm, body: Made) -> None:
    """Let an engaged verifier verify it."""
    async with databases.write(body.scope) as write:
        await review.verify(
            write,
            body.scope,
            account_id=firm.held.id,
            inventory_id=firm.computed.inventory_id,
            statement="核查无保留意见",
        )


async def engaged(databases: Databases, firm: Firm, found: AssignmentValue) -> AssignmentValue:
    """Let the enterprise engage the verifier that accepted."""
    scope = firm.held.scope
    async with databases.write(scope) as write:
        return await service.engage(write, scope, found.account_id, found.id)
