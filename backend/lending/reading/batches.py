"""Scores of many borrowers in one answer: one statement makes the text, one signature covers it."""

import hashlib
import json
from collections.abc import Sequence

from backend.identity import service as identity
from backend.identity.service.elevation import elevated
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.lending.credentials.signing import sign
from backend.lending.errors import TooManyBorrowers
from backend.lending.reading.opening import BATCH, check_bank
from backend.lending.rules import addressing
from backend.lending.values import MOST_BORROWERS, Batch
from backend.statements import service as statements
from backend.tenants import service as tenants

TYPE = "carbon-batch+jwt"


async def batch(
    write: Write, scope: Scope, settings: Settings, keys: Sequence[str] | None, *, has_indicators: bool = False
) -> Batch:
    """Return the newest scores of borrowers (ids, account numbers, credit codes), or of the whole portfolio, signed.

    What is not to be had is named by its key, whatever the cause. The signature is a JWS whose payload names the
    SHA-256 of the text, so that the text itself travels as it is. One row in the log.

    Raises:
        Unauthenticated, Forbidden: without `lending:read`.
        BanksOnly: the caller is no bank.
        TooManyBorrowers: more than `MOST_BORROWERS` keys.
    """
    check_bank(scope)
    if keys is not None and len(keys) > MOST_BORROWERS:
        raise TooManyBorrowers(most=MOST_BORROWERS, given=len(keys), path=("borrowers",))
    async with elevated(write):
        system = scope.as_system()
        key = await statements.document_key(write, system, identity.seal_of(settings))
        pack = await tenants.pack_in_force(write, system)
    issuer = addressing.issuer(scope.tenant, hosts=pack.hosts, base_domain=settings.base_domain, port=settings.port)
    row = await write.row(
        BATCH,
        {
            "keys": None if keys is None else [addressing.plain_key(each) for each in keys],
            "given": None if keys is None else [each.replace("\0", "\ufffd") for each in keys], "has_indicators": has_indicators,
            "head": json.dumps({"iss": issuer, "bank": str(scope.organisation_id)}, ensure_ascii=False)[1:-1] + ",",
            "actor": scope.actor_id, "correlation": scope.correlation_id,
        },
    )  # fmt: skip
    assert row is not None  # noqa: S101 - the function always answers one row
    digest = hashlib.sha256(row.body)
    told = {
        "iss": issuer, "aud": str(scope.organisation_id), "iat": int(now().timestamp()), "jti": str(row.read_id),
        "sha256": digest.hexdigest(),
    }  # fmt: skip
    return Batch(row.read_id, row.accounts, row.body, sign(told, key, TYPE), digest.digest())
