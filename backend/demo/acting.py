"""Playing the parts: a command of one organisation's person inside the demonstration's own transaction."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from backend.demo.people import ROLES as PARTS
from backend.demo.people import Party
from backend.identity.values import permissions_of
from backend.kit.db import Write, set_scope
from backend.kit.scope import Kind, Scope


def scope_of(tenant: str, party: Party, part: str) -> Scope:
    """Return the scope the person would have after signing in."""
    return Scope(
        tenant=tenant,
        kind=party.kind,
        organisation_id=party.id,
        actor_id=party.people[part],
        region=party.region if party.kind is Kind.AUTHORITY else "",
        permissions=permissions_of(party.kind, [PARTS[party.kind][part]]),
        correlation_id="demonstration",
    )


@asynccontextmanager
async def acting(write: Write, party: Party, part: str) -> AsyncGenerator[tuple[Write, Scope]]:
    """Let the block run as that person, under the same row-level security as in life."""
    scope = scope_of(write.scope.tenant, party, part)
    await set_scope(write.connection, scope)
    played = Write(write.connection, scope)
    played.events = write.events
    yield played, scope
    await set_scope(write.connection, write.scope)
