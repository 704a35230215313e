"""Scores of many borrowers in one answer: one statement makes the text, one signature covers it."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import Any, NamedTuple

from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.lending.credentials.signing import sign
from backend.lending.errors import TooManyBorrowers
from backend.lending.reading.opening import check_bank
from backend.lending.rules import addressing
from backend.lending.values import MOST_BORROWERS, Batch
from backend.statements import service as statements
from backend.statements.values import DocumentKey
from backend.tenants import service as tenants

TYPE = "carbon-batch+jwt"
BATCH = "select read_at, not_available from lending_batch($1, $2, $3, $4, $5, $6, 'pieces')"
AT_ONCE = 1000
PIECES = f"fetch {AT_ONCE} from pieces"


class Seal(NamedTuple):
    """Who answers, by its address, and the key it signs with."""

    issuer: str
    key: DocumentKey


async def seal(write: Write, scope: Scope, settings: Settings) -> Seal:
    """Return who answers here and the key that signs; under the service's scope, while others' rows are read."""
    key = await statements.document_key(write, scope, identity.seal_of(settings))
    hosts = await tenants.hosts(write, scope)
    return Seal(addressing.issuer(scope.tenant, hosts=hosts, base_domain=settings.base_domain, port=settings.port), key)


async def batch(
    write: Write, scope: Scope, sealing: Awaitable[Seal], keys: Sequence[str] | None, *, has_indicators: bool = False
) -> Batch:
    """Return the newest scores of borrowers (ids, account numbers, credit codes), or of the whole portfolio, signed.

    What is not to be had is named by its key, whatever the cause. The signature is a JWS whose payload names the
    SHA-256 of the text, so that the text itself travels as it is. One row in the log. `sealing` is awaited when the
    database has begun its work.

    Raises:
        Unauthenticated, Forbidden: without `lending:read`.
        BanksOnly: the caller is no bank.
        TooManyBorrowers: more than `MOST_BORROWERS` keys.
    """
    check_bank(scope)
    if keys is not None and len(keys) > MOST_BORROWERS:
        raise TooManyBorrowers(most=MOST_BORROWERS, given=len(keys), path=("borrowers",))
    own = new_id()
    # The driver's own rows: of ten thousand, every other kind costs as much again.
    driver: Any = (await write.connection.get_raw_connection()).driver_connection
    read_at, not_available = await driver.fetchrow(
        BATCH,
        None if keys is None else [addressing.plain_key(each) for each in keys],
        None if keys is None else [each.replace("\0", "\ufffd") for each in keys],
        has_indicators, own, scope.actor_id, scope.correlation_id,
    )  # fmt: skip
    issuer, key = await sealing
    head = json.dumps({"iss": issuer, "bank": str(scope.organisation_id)}, ensure_ascii=False)[1:-1]
    pieces = [f'{{{head},"read":{{"id":"{own}","at":{read_at}}},"borrowers":[\n'.encode()]
    digest = hashlib.sha256(pieces[0])
    async for piece in _borrowers(driver):
        digest.update(piece)
        pieces.append(piece)
    pieces.append(f'\n],"not_available":{not_available}}}\n'.encode())
    digest.update(pieces[-1])
    told = {
        "iss": issuer, "aud": str(scope.organisation_id), "iat": int(now().timestamp()), "jti": str(own),
        "sha256": digest.hexdigest(),
    }  # fmt: skip
    return Batch(own, tuple(pieces), sign(told, key, TYPE), digest.digest())


async def _borrowers(driver: Any) -> AsyncIterator[bytes]:  # noqa: ANN401 - the driver's own connection
    """Give the text of the borrowers in pieces; while one is looked at, the database makes the next."""
    before: tuple[bytes, ...] = ()
    under_way = asyncio.create_task(driver.fetch(PIECES))
    try:
        while rows := await under_way:
            under_way = asyncio.create_task(driver.fetch(PIECES))
            await asyncio.sleep(0)  # lets the question leave before the rows are looked at
            yield b",\n".join((*before, *[row[0] for row in rows]))
            before = (b"",)
    finally:
        await asyncio.gather(under_way, return_exceptions=True)
