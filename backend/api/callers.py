"""Who is calling: the bearer token becomes a scope, or the caller is nobody."""

from typing import Any

from backend.api.door import CORRELATION, LANGUAGE, TENANT
from backend.identity import service as identity
from backend.kit.db import Databases
from backend.kit.errors import Unauthenticated
from backend.kit.scope import Scope

CALLER = "carbon.caller"
"""Where a connection's ASGI scope keeps who it turned out to be."""


def nobody(asgi_scope: Any) -> Scope:  # noqa: ANN401 - ASGI's scope is open
    """Return the scope of a caller without a token at the request's tenant."""
    return Scope.nobody(
        asgi_scope.get(TENANT) or "", correlation_id=asgi_scope[CORRELATION], language=asgi_scope[LANGUAGE] or "zh"
    )


def bearer(header: str | None) -> str | None:
    """Return the token of an Authorization header; None when there is no header.

    Raises:
        Unauthenticated: the header is there but is not a bearer token.
    """
    if not header:
        return None
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()


async def scope_of(databases: Databases, asgi_scope: Any, token: str | None) -> Scope:  # noqa: ANN401 - see above
    """Return the caller's scope with the request's correlation id, in its language (or else the person's own).

    Raises:
        Unauthenticated: the token is not valid, not of this tenant, expired or revoked.
    """
    asking = nobody(asgi_scope)
    if token is None:
        return asking
    scope = asgi_scope[CALLER] = await identity.scope_of_token(
        databases, asking.tenant, token, correlation_id=asking.correlation_id, language=asgi_scope[LANGUAGE]
    )
    return scope


def known(asgi_scope: Any) -> Scope:  # noqa: ANN401 - see above
    """Return who the caller turned out to be, nobody while it has proved nothing."""
    found: Scope | None = asgi_scope.get(CALLER)
    return nobody(asgi_scope) if found is None else found
