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
from backend.statements import service as statements
from backend.tenants import service as tenants


async def revoked_count(read: Read, _scope: Scope, number: int) -> int:
    """Return how many credentials of a list hold no more; a bit that was set stays set. Under the service's scope.

    Raises:
        StatusListNotFound: no credential was ever given a place in it.
    """
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
    return int(row.revoked)


async def status_list(write: Write, scope: Scope, settings: Settings, number: int) -> tuple[int, str]:
    """Return how many credentials of a list hold no more, and the list as a signed token. Under the service's scope.

    Raises:
        Forbidden: for anybody but the service.
    """
    key = await statements.document_key(write, scope, identity.seal_of(settings))
    pack = await tenants.pack_in_force(write, scope)
    rows = await write.rows(
        select(ScoreCredential.status_index).where(
            ScoreCredential.status_list == number, ScoreCredential.revoked_at.is_not(None)
        )
    )
    issuer = addressing.issuer(scope.tenant, hosts=pack.hosts, base_domain=settings.base_domain, port=settings.port)
    uri = addressing.status_uri(issuer, number)
    told = listing.claims(uri, issuer, [row.status_index for row in rows], now())
    return len(rows), sign(told, key, listing.TYPE)
