"""Signing in, over REST where the world expects it: passwords, refresh, OAuth 2 client credentials, key set.

The handlers know the tenant from the ASGI scope, where the door put it, and find the databases and settings in the
application's state.
"""

import base64
import binascii
from typing import Annotated, Any, ClassVar
from urllib.parse import unquote_plus
from uuid import UUID

import msgspec
from litestar import Controller, MediaType, Request, Response, get, post
from litestar.datastructures import CacheControlHeader, State
from litestar.enums import RequestEncodingType
from litestar.exceptions import ValidationException
from litestar.params import Body, JSONBody
from litestar.types import ExceptionHandlersMap

from backend.api.callers import bearer, nobody
from backend.api.door import CORRELATION, TENANT
from backend.api.failures import problem, status_of
from backend.identity import tokens
from backend.identity.errors import ClientRefused, PermissionsInvalid
from backend.identity.service import sessions
from backend.identity.values import ROLES, Session
from backend.kit.db import Databases
from backend.kit.errors import Invalid, Unauthenticated
from backend.kit.settings import Settings
from backend.wire.nodes import node_id, uuids

AnyRequest = Request[Any, Any, State]
_KEYS_MAY_BE_CACHED = 300
"""Seconds; a new key is published an hour before it signs."""


class SignIn(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Body of a sign-in. Without `organisationId` the person's first organisation is chosen."""

    email: str
    password: str
    organisation_id: str | None = None


class Refresh(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Body of a refresh. With `organisationId` the session moves to another organisation of the person."""

    refresh_token: str
    organisation_id: str | None = None


class SignOut(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Body of a sign-out."""

    refresh_token: str


class Acceptance(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Body of accepting an invitation: a new person's chosen password, a known person's own."""

    token: str
    password: str
    language: str = "zh"


class PasswordChange(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Body of changing one's own password."""

    current: str
    password: str


class SignedIn(msgspec.Struct, rename="camel"):
    """A session: send `accessToken` as `Authorization: Bearer`, keep `refreshToken` for one refresh."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str | None
    refresh_expires_at: str | None
    organisation_id: str
    person_id: str
    roles: tuple[str, ...]
    permissions: tuple[str, ...]

    @classmethod
    def of(cls, session: Session) -> "SignedIn":
        """Return the body for a session."""
        ends = session.refresh_expires_at
        return cls(
            access_token=session.access_token,
            token_type="Bearer",  # noqa: S106 - the token's kind
            expires_in=session.expires_in,
            refresh_token=session.refresh_token,
            refresh_expires_at=None if ends is None else ends.isoformat(timespec="seconds"),
            organisation_id=str(node_id("Organisation", session.organisation_id)),
            person_id=str(node_id("Person", session.subject_id)),
            roles=session.roles,
            permissions=session.permissions,
        )


def tenant_of(request: AnyRequest) -> str:
    """Return the tenant the door found for this request."""
    return str(request.scope[TENANT])  # type: ignore[literal-required]


def correlation_of(request: AnyRequest) -> str:
    """Return the request's correlation id, empty behind no door."""
    return str(request.scope.get(CORRELATION, ""))


class BodyInvalid(Invalid):
    """The body is not what this address takes."""

    code = "body_invalid"
    en = "The request body cannot be read: {reason}."
    zh = "无法解析请求内容：{reason}。"


def unreadable(request: AnyRequest, error: ValidationException) -> Response[dict[str, Any]]:
    """Answer a body that lacks fields or has others as problem details that name them."""
    told = BodyInvalid(reason=_reasons(error))
    body = problem(told, nobody(request.scope))
    return Response(body, status_code=status_of(told), media_type="application/problem+json")


def _reasons(error: ValidationException) -> str:
    if not isinstance(error.extra, list):
        return error.detail
    return "; ".join(f"{each.get('key', 'body')}: {each.get('message', '')}" for each in error.extra)


def _organisation(value: str | None) -> UUID | None:
    """Read an organisation's global id, or its bare UUID."""
    if value is None:
        return None
    try:
        return UUID(value)
    except ValueError:
        return uuids(value, "Organisation", path=("organisationId",))[0]


HANDLERS: ExceptionHandlersMap = {ValidationException: unreadable}


class AuthController(Controller):
    """Sessions of people."""

    path = "/auth"
    tags: ClassVar[list[str]] = ["auth"]
    exception_handlers: ExceptionHandlersMap = HANDLERS

    @post("/sign-in", status_code=200)
    async def sign_in(self, request: AnyRequest, data: JSONBody[SignIn], state: State) -> SignedIn:
        """Open a session with e-mail and password."""
        session = await sessions.sign_in(
            _databases(state), _settings(state), tenant_of(request), email=data.email, password=data.password,
            organisation_id=_organisation(data.organisation_id), correlation_id=correlation_of(request),
        )  # fmt: skip
        return SignedIn.of(session)

    @post("/refresh", status_code=200)
    async def refresh(self, request: AnyRequest, data: JSONBody[Refresh], state: State) -> SignedIn:
        """Continue a session; the refresh token given is used up."""
        session = await sessions.refresh(
            _databases(state), _settings(state), tenant_of(request), token=data.refresh_token,
            organisation_id=_organisation(data.organisation_id), correlation_id=correlation_of(request),
        )  # fmt: skip
        return SignedIn.of(session)

    @post("/sign-out", status_code=204)
    async def sign_out(self, request: AnyRequest, data: JSONBody[SignOut], state: State) -> None:
        """End a session, its access tokens included."""
        await sessions.sign_out(
            _databases(state), tenant_of(request), token=data.refresh_token, correlation_id=correlation_of(request)
        )

    @post("/accept-invitation", status_code=200)
    async def accept_invitation(self, request: AnyRequest, data: JSONBody[Acceptance], state: State) -> SignedIn:
        """Accept an invitation and open a session."""
        session = await sessions.accept_invitation(
            _databases(state), _settings(state), tenant_of(request), token=data.token, password=data.password,
            language=data.language, correlation_id=correlation_of(request),
        )  # fmt: skip
        return SignedIn.of(session)

    @post("/change-password", status_code=200)
    async def change_password(self, request: AnyRequest, data: JSONBody[PasswordChange], state: State) -> SignedIn:
        """Change the caller's own password; every other session ends, and a new one is returned."""
        token = bearer(request.headers.get("authorization"))
        if token is None:
            raise Unauthenticated
        session = await sessions.change_password(
            _databases(state), _settings(state), tenant_of(request), token=token, current=data.current,
            new=data.password, correlation_id=correlation_of(request),
        )  # fmt: skip
        return SignedIn.of(session)


class OAuthController(Controller):
    """Tokens of programs: RFC 6749 section 4.4, with its own error format."""

    path = "/oauth"
    tags: ClassVar[list[str]] = ["auth"]

    @post("/token", status_code=200)
    async def token(
        self,
        request: AnyRequest,
        data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
        state: State,
    ) -> Response[dict[str, Any]]:
        """Issue an access token for client credentials, sent as Basic authentication or in the form."""
        if data.get("grant_type") != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "grant_type must be client_credentials")
        header = request.headers.get("authorization")
        try:
            client_id, secret = _basic(header) if header else (data.get("client_id", ""), data.get("client_secret", ""))
        except ValueError:
            return _oauth_error(401, "invalid_client", "the Authorization header is not Basic", is_basic=True)
        try:
            session = await sessions.client_session(
                _databases(state), _settings(state), tenant_of(request), client_id=client_id, secret=secret,
                permissions=data.get("scope", "").split(), correlation_id=correlation_of(request),
            )  # fmt: skip
        except ClientRefused as error:
            return _oauth_error(401, "invalid_client", error.message("en"), is_basic=header is not None)
        except PermissionsInvalid as error:
            return _oauth_error(400, "invalid_scope", error.message("en"))
        body = {
            "access_token": session.access_token,
            "token_type": "Bearer",
            "expires_in": session.expires_in,
            "scope": " ".join(session.permissions),
        }
        return Response(body, headers={"Cache-Control": "no-store"})


def _basic(header: str) -> tuple[str, str]:
    """Read client id and secret of a Basic header (each form-encoded, RFC 6749 section 2.3.1).

    Raises:
        ValueError: it is not Basic.
    """
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        raise ValueError
    try:
        name, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError from None
    if not colon:
        raise ValueError
    return unquote_plus(name), unquote_plus(secret)


def _oauth_error(status: int, code: str, text: str, *, is_basic: bool = False) -> Response[dict[str, Any]]:
    headers = {"Cache-Control": "no-store"}
    if is_basic:
        headers["WWW-Authenticate"] = 'Basic realm="carbon"'
    return Response({"error": code, "error_description": text}, status_code=status, headers=headers)


class WellKnownController(Controller):
    """What verifiers of our tokens read."""

    path = "/.well-known"
    tags: ClassVar[list[str]] = ["auth"]

    @get("/jwks.json", cache_control=CacheControlHeader(public=True, max_age=_KEYS_MAY_BE_CACHED))
    async def jwks(self, request: AnyRequest, state: State) -> dict[str, list[dict[str, Any]]]:
        """Return the tenant's public keys."""
        return await sessions.jwks(_databases(state), _settings(state), tenant_of(request))

    @get("/openid-configuration", media_type=MediaType.JSON)
    async def configuration(self, request: AnyRequest) -> dict[str, Any]:
        """Return where tokens come from and how they are signed."""
        # Below its name every tenant answers on every host of the process.
        base = f"{request.base_url}{tenant_of(request)}"
        scopes = {permission for roles in ROLES.values() for granted in roles.values() for permission in granted}
        return {
            "issuer": tokens.issuer(tenant_of(request)),
            "token_endpoint": f"{base}/oauth/token",
            "jwks_uri": f"{base}/.well-known/jwks.json",
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "scopes_supported": sorted(scopes),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": [tokens.ALGORITHM],
        }


def _databases(state: State) -> Databases:
    return state.databases


def _settings(state: State) -> Settings:
    return state.settings


CONTROLLERS = (AuthController, OAuthController, WellKnownController)
"""What the application mounts; the door has taken the tenant off the path."""
