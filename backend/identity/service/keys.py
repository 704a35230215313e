"""A tenant's signing keys: made, published, rotated, retired.

A new key is published before it signs, so that whoever caches the key set knows it in time; a retired one stays
published until the last token it signed has expired.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, text, update

from backend.identity.errors import SystemOnly
from backend.identity.models import SigningKey
from backend.identity.service.elevation import elevated
from backend.identity.service.revocation import LONGEST_ACCESS
from backend.identity.tokens import Seal, Signer, make_key, unseal
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope

PUBLISHED_BEFORE_SIGNING = timedelta(hours=1)
ROTATED_AFTER = timedelta(days=90)
_LOCK = text("select pg_advisory_xact_lock(hashtext('carbon.signing_key'))")


async def public_keys(read: Read) -> list[dict[str, Any]]:
    """Return the JWKs with which a token of this tenant may be verified now; read under the service's scope."""
    rows = await read.rows(
        select(SigningKey.public_jwk)
        .where(or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > func.now()))
        .order_by(SigningKey.signs_from)
    )
    return [row.public_jwk for row in rows]


async def signer(write: Write, seal: Seal) -> Signer:
    """Return the key that signs now, making the tenant's first one when there is none.

    A key that was sealed by another installation (a database brought here without its secrets) cannot sign
    here; a new one is made beside it.
    """
    async with elevated(write):
        found = await _signer(write, seal)
        if found is None:
            # Two first sign-ins at once make one key: the second waits here, then finds the first's.
            await write.run(_LOCK)
            found = await _signer(write, seal) or await _add(write, seal, now())
    return found


async def _signer(read: Read, seal: Seal) -> Signer | None:
    rows = await read.rows(
        select(SigningKey.id, SigningKey.private_sealed)
        .where(
            SigningKey.signs_from <= func.clock_timestamp(),
            or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > func.clock_timestamp()),
        )
        .order_by(SigningKey.signs_from.desc())
    )
    for row in rows:
        found = unseal(read.scope.tenant, row.id, row.private_sealed, seal)
        if found is not None:
            return found
    return None


async def _add(write: Write, seal: Seal, signs_from: datetime) -> Signer:
    key = make_key(write.scope.tenant, seal)
    await write.run(
        insert(SigningKey).values(
            id=key.key_id, public_jwk=key.public_jwk, private_sealed=key.private_sealed, created_at=now(),
            signs_from=signs_from, retired_at=None,
        )
    )  # fmt: skip
    write.audit("identity:make_key", object_type="SigningKey", object_id=key.key_id, signs_from=signs_from.isoformat())
    made = unseal(write.scope.tenant, key.key_id, key.private_sealed, seal)
    if made is None:  # pragma: no cover - what was sealed a moment ago opens
        raise AssertionError
    return made


async def rotate_keys(write: Write, scope: Scope, seal: Seal, *, is_compromised: bool = False) -> str:
    """Publish a new signing key and return its id.

    Ordinarily it signs an hour from now, and the old keys stay published until their last token has expired. After a
    compromise it signs at once and the old keys, with every token they signed, are refused at once.

    Raises:
        SystemOnly: only the service and its operator's tools rotate keys.
    """
    if scope.kind is not Kind.SYSTEM:
        raise SystemOnly
    await write.run(_LOCK)
    moment = now()
    signs_from = moment if is_compromised else moment + PUBLISHED_BEFORE_SIGNING
    retired_at = moment if is_compromised else signs_from + LONGEST_ACCESS
    await write.run(
        update(SigningKey)
        .where(or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > retired_at))
        .values(retired_at=retired_at)
    )
    made = await _add(write, seal, signs_from)
    write.audit("identity:rotate_keys", object_type="SigningKey", object_id=made.key_id, compromised=is_compromised)
    return made.key_id


async def rotate_when_due(write: Write, scope: Scope, seal: Seal) -> str | None:
    """Rotate when the newest key is older than 90 days; return the new key's id. For the schedule."""
    newest = await write.value(select(func.max(SigningKey.created_at)))
    if newest is None or now() - newest < ROTATED_AFTER:
        return None
    return await rotate_keys(write, scope, seal)
