"""Certificates of retirement at the network's door, and the page where anybody verifies them and account statements.

    GET  /accounts/{account}/certificates/{certificate}   the PDF, for who may see the account
    GET  /verify                                          asks for a number
    GET  /verify/{number}                                 what the document states and whether it holds: public
    POST /verify/{number}                                 the same, with a file to compare: public
    GET  /.well-known/documents.json                      the keys that sign documents, all there ever were: public

The public page shows what a certificate itself states and no more; of a statement its cover alone. Numbers carry sixty bits of chance, so nobody finds
a neighbour's certificate by counting; questions from one address are limited all the same.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import CacheControlHeader, State
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect, Stream
from redis.exceptions import RedisError

from backend.api import callers
from backend.api.certificate_page import CertificatePage
from backend.api.door import CORRELATION, ROUTE, TENANT
from backend.api.files import disposition, plain_id
from backend.api.forms import Form
from backend.api.refusals import ACTION
from backend.api.statement_page import StatementPage
from backend.api.surroundings import Surroundings
from backend.api.verification_page import POLICY, Comparison
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.errors import CarbonError
from backend.kit.scope import Scope
from backend.kit.storage import FileTooLarge
from backend.statements import rules, service
from backend.statements.errors import VerificationsTooOften
from backend.statements.values import MEDIA_TYPE

AnyRequest = Request[Any, Any, State]
Lang = Annotated[str | None, QueryParameter(name="lang")]
Number = Annotated[str | None, QueryParameter(name="number")]
MOST_A_MINUTE = 60
"""Verifications from one network address; a person needs a few."""
LARGEST_PDF = 16 * 1024 * 1024
"""Four times the longest certificate."""
_KEYS_MAY_BE_CACHED = 300


class CertificateFiles(Controller):
    """The documents, for who may see them."""

    path = "/accounts/{account:str}/certificates"
    tags: ClassVar[list[str]] = ["certificates"]

    @get("/{certificate:str}", opt={ACTION: "statements:download"})
    async def content(
        self, request: AnyRequest, state: State, account: FromPath[str], certificate: FromPath[str]
    ) -> Stream:
        """Give the PDF of a certificate."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/accounts/{account}/certificates/{certificate}"
        scope = await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))
        account_id = plain_id(account, "CarbonAccount", "account")
        own_id = plain_id(certificate, "RetirementCertificate", "certificate")
        async with here.databases.read(scope) as read:
            found = await service.certificate(read, scope, account_id, own_id)
        return Stream(
            here.storage.get(found.object_key), media_type=MEDIA_TYPE,
            headers={
                "content-disposition": disposition(f"{found.number}.pdf"), "content-length": str(found.size),
                "x-content-type-options": "nosniff",
            },
        )  # fmt: skip


class Verification(Controller):
    """The public page."""

    path = "/verify"
    tags: ClassVar[list[str]] = ["certificates"]

    @get("/")
    async def ask(self, request: AnyRequest, lang: Lang = None, number: Number = None) -> Response[Any]:
        """Ask for a number, or lead to the page of the one given."""
        asgi: Any = request.scope
        asgi[ROUTE] = "/verify"
        tenant = str(asgi[TENANT])
        if number:
            plain = rules.read_number(number)
            if plain is not None:
                return Redirect(f"/{tenant}/verify/{plain}?lang={_language(lang)}", status_code=303)
            return _html(CertificatePage(_language(lang), tenant, f"/{tenant}/verify").missing(number[:60]), 404)
        return _html(CertificatePage(_language(lang), tenant, f"/{tenant}/verify").ask())

    @get("/{number:str}")
    async def show(self, request: AnyRequest, state: State, number: FromPath[str], lang: Lang = None) -> Response[Any]:
        """Show what a certificate states and whether it holds."""
        asgi: Any = request.scope
        asgi[ROUTE] = "/verify/{number}"
        return await _answer(request, state.here, number, _language(lang), None)

    @post("/{number:str}", status_code=200)
    async def compare(
        self, request: AnyRequest, state: State, number: FromPath[str], lang: Lang = None
    ) -> Response[Any]:
        """Show the same, and whether the PDF given is the one that was issued. It is hashed as it streams, and not kept."""
        asgi: Any = request.scope
        asgi[ROUTE] = "/verify/{number}"
        form = Form(request.headers.get("content-type", ""), request.stream())
        return await _answer(request, state.here, number, _language(lang), form)


class DocumentKeys(Controller):
    """What verifiers of our documents read."""

    path = "/.well-known/documents.json"
    tags: ClassVar[list[str]] = ["certificates"]

    @get("/", cache_control=CacheControlHeader(public=True, max_age=_KEYS_MAY_BE_CACHED))
    async def keys(self, request: AnyRequest, state: State) -> dict[str, list[dict[str, Any]]]:
        """Return every document key of the tenant, as JSON Web Keys with their certificates."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/.well-known/documents.json"
        scope = Scope.system(str(asgi[TENANT]), correlation_id=asgi[CORRELATION])
        async with here.databases.read(scope) as read:
            return {"keys": await service.public_keys(read, scope)}


@dataclass(frozen=True, slots=True)
class _Document:
    """A document that was found: the hashes of its files, and its page, given how a file compares and the file's hash."""

    hashes: Collection[str]
    page: Callable[[Comparison, str], bytes]


async def _answer(
    request: AnyRequest, here: Surroundings, number: str, language: str, form: Form | None
) -> Response[Any]:
    """Answer about a document, under the service's scope: the caller is nobody, the number is the key."""
    asgi: Any = request.scope
    tenant, plain = str(asgi[TENANT]), rules.read_number(number)
    is_statement = plain is not None and plain.startswith(rules.STATEMENT)
    kind, find = (StatementPage, _statement) if is_statement else (CertificatePage, _certificate)
    page: Any = kind(language, tenant, f"/{tenant}/verify/{plain or ''}")
    try:
        await _check_rate(request, here, tenant)
    except VerificationsTooOften as error:
        return _html(page.refused(error.message(language)), 429)
    digest = None if form is None else await _digest(form)
    scope = Scope.system(tenant, correlation_id=asgi[CORRELATION])
    async with here.databases.read(scope) as read:
        found = None if plain is None else await find(read, scope, plain, page)
    if found is None:
        return _html(page.missing(number[:60]), 404)
    return _html(found.page(_compared(digest, found.hashes), digest or ""))


async def _certificate(read: Read, scope: Scope, number: str, page: CertificatePage) -> _Document | None:
    value = await service.certificate_by_number(read, scope, number)
    if value is None:
        return None
    (how,) = await service.standings(read, scope, [value])
    return _Document({value.sha256}, lambda same, _: page.certificate(value, how, rules.mark(value.facts), same))


async def _statement(read: Read, scope: Scope, number: str, page: StatementPage) -> _Document | None:
    value = await service.statement_by_number(read, scope, number)
    if value is None:
        return None
    (gone,) = await service.superseded(read, scope, [value])
    files = {each.sha256: each for each in value.files}
    return _Document(files, lambda same, digest: page.statement(value, gone, same, files.get(digest)))


def _compared(digest: str | None, issued: Collection[str]) -> Comparison:
    """Return whether a file's hash is one of those that were issued; without a file there is nothing to compare."""
    if digest is None:
        return Comparison.NONE
    return Comparison.SAME if digest in issued else Comparison.DIFFERENT


async def _digest(form: Form) -> str:
    """Return the SHA-256 of the form's file, which is hashed as it streams.

    Raises:
        FormInvalid: no form, or no file in it.
        FileTooLarge: more than any document of ours weighs.
    """
    digest, size = hashlib.sha256(), 0
    try:
        await form.open()
        async for chunk in form.chunks():
            size += len(chunk)
            if size > LARGEST_PDF:
                raise FileTooLarge(megabytes=LARGEST_PDF // (1024 * 1024), limit=LARGEST_PDF)
            digest.update(chunk)
        await form.finish()
    except CarbonError:
        await form.drain(LARGEST_PDF)
        raise
    return digest.hexdigest()


async def _check_rate(request: AnyRequest, here: Surroundings, tenant: str) -> None:
    """Count a question of this address; without Redis nothing is counted, and everything answered.

    Raises:
        VerificationsTooOften: more than a person asks in a minute.
    """
    if here.redis is None:
        return
    key = f"carbon:{tenant}:verify:{_address(request)}:{now():%Y%m%d%H%M}"
    try:
        async with here.redis.pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 120)
            count, _ = await pipe.execute()
    except (RedisError, OSError):
        return
    if int(count) > MOST_A_MINUTE:
        raise VerificationsTooOften


def _address(request: AnyRequest) -> str:
    """Return who asks: the last address a proxy of ours wrote down, else the connection's own.

    Who speaks to us without a proxy may write down what they like; they escape this count, and disturb nobody else's.
    """
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    own = "" if request.client is None else request.client.host
    return hashlib.sha256((forwarded or own).encode()).hexdigest()[:16]


def _language(asked: str | None) -> str:
    """Return the page's language: Chinese unless English was chosen."""
    return "en" if asked == "en" else "zh"


def _html(text: bytes, status: int = 200) -> Response[Any]:
    return Response(text, status_code=status, media_type="text/html", headers={"content-security-policy": POLICY})


CONTROLLERS = [CertificateFiles, Verification, DocumentKeys]
"""What the application mounts."""
