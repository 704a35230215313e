"""Status lists: which credentials hold no more, published for whoever was handed one."""

from sqlalchemy import func, select

from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.lending.credentials.signing import sign
from backend.lending.errors import StatusListNotFound
from backend.lending.models import ScoreCredential
from backend.lending.rules import addressing, listing
from backend.lending.values import StatusList
from backend.statements import service as statements
from backend.tenants import service as tenants

MOST_LISTS = 2**31
"""More than there will ever be."""


async def standing(read: Read, scope: Scope, number: int) -> tuple[int, frozenset[str]]:
    """Return what a copy of a list must be looked at with: how many credentials hold no more, and the keys revoked.

    A bit that was set stays set, so a list is another one only when their number is. Under the service's scope.

    Raises:
        StatusListNotFound: no credential was ever given a place in it.
    """
    row = None
    if number < MOST_LISTS:
        row = await read.row(
            select(
                select(ScoreCredential.id).where(ScoreCredential.status_list == number).exists().label("is_there"),
                select(func.count())
                .where(ScoreCredential.status_list == number, ScoreCredential.revoked_at.is_not(None))
                .scalar_subquery()
                .label("revoked"),
            )
        )
    if row is None or not row.is_there:
        raise StatusListNotFound(number=number)
    keys = await statements.public_keys(read, scope)
    return int(row.revoked), frozenset(each["kid"] for each in keys if each["revoked_at"])


async def status_list(write: Write, scope: Scope, settings: Settings, number: int) -> StatusList:
    """Return a list as a signed token. Under the service's scope.

    Raises:
        Forbidden: for anybody but the service.
    """
    key = await statements.document_key(write, scope, identity.seal_of(settings))
    hosts = await tenants.hosts(write, scope)
    rows = await write.rows(
        select(ScoreCredential.status_index).where(
            ScoreCredential.status_list == number, ScoreCredential.revoked_at.is_not(None)
        )
    )
    issuer = addressing.issuer(scope.tenant, hosts=hosts, base_domain=settings.base_domain, port=settings.port)
    uri = addressing.status_uri(issuer, number)
    told = listing.claims(uri, issuer, [row.status_index for row in rows], now())
    return StatusList(len(rows), key.id, sign(told, key, listing.TYPE))
