"""Verify: another organisation, engaged for it, confirms the inventory."""

from uuid import UUID

from backend.emissions.inventory.errors import MajorFindingsOpen
from backend.emissions.inventory.service.common import check_claims, hold, move, need, reasoned
from backend.emissions.inventory.service.review import check_verifier, open_findings
from backend.emissions.inventory.values import Severity, State
from backend.kit.db import Write
from backend.kit.scope import Scope


async def verify(write: Write, scope: Scope, *, account_id: UUID, inventory_id: UUID, statement: str) -> None:
    """Verify a submitted inventory with a statement in words.

    Raises:
        Unauthenticated, Forbidden: without `emissions:verify`.
        InventoryNotFound: not there, or not visible (not engaged).
        NotTheVerifier, OwnOrganisation: the caller is no verifier, or the enterprise itself.
        WrongState, NotNewest: it is not the newest version, submitted.
        ClaimsChanged: certificates were claimed or given back since it was computed; return it.
        ReasonMissing: without a statement.
        MajorFindingsOpen: a major finding on any version of the year is not resolved.
    """
    scope.require("emissions:verify")
    held = await hold(write, account_id, inventory_id)
    check_verifier(scope, held)
    need(held, State.SUBMITTED)
    await check_claims(write, held)
    words = reasoned(statement)
    count = await open_findings(write, account_id, held.year, Severity.MAJOR)
    if count:
        raise MajorFindingsOpen(count=count)
    await move(write, scope, held, State.VERIFIED, words, "emissions:verify")
