"""The keys that sign a jurisdiction's documents: made when needed, published for ever, renewed every year.

They are not the keys of access tokens: those are forgotten with the last token, and a document outlives them all.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update

from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.errors import Forbidden
from backend.kit.scope import Kind, Scope
from backend.statements import signing
from backend.statements.models import DocumentKeyRow
from backend.statements.signing import Sealing
from backend.statements.values import DocumentKey
from backend.tenants import service as tenants

_LOCK = text("select pg_advisory_xact_lock(hashtext('carbon.document_key'))")


async def public_keys(read: Read, _scope: Scope) -> list[dict[str, Any]]:
    """Return every document key there ever was, oldest first; read under the service's scope.

    A key that became known to others says so with `revoked_at`: what it signed is proved by the register alone.
    """
    rows = await read.rows(
        select(DocumentKeyRow.public_jwk, DocumentKeyRow.created_at, DocumentKeyRow.revoked_at).order_by(
            DocumentKeyRow.created_at
        )
    )
    return [
        {
            **row.public_jwk,
            "created_at": row.created_at.isoformat(timespec="seconds"),
            "revoked_at": None if row.revoked_at is None else row.revoked_at.isoformat(timespec="seconds"),
        }
        for row in rows
    ]


async def document_key(write: Write, scope: Scope, seal: Sealing) -> DocumentKey:
    """Return the key that signs now, making one when there is none, or the last one has signed for a year.

    A key that another installation sealed (a database brought here without its secrets) cannot sign here; a new one
    is made beside it. Under the service's scope.

    Raises:
        Forbidden: for anybody but the service.
    """
    _only_the_service(scope)
    found = await _usable(write, scope, seal)
    if found is None:
        # Two first certificates at once make one key: the second waits here, then finds the first's.
        await write.run(_LOCK)
        found = await _usable(write, scope, seal) or await _add(write, scope, seal, now())
    return found


async def renew_document_key(write: Write, scope: Scope, seal: Sealing, *, is_compromised: bool = False) -> str:
    """Let a new key sign from now on and return its id; the old ones stay published.

    After a compromise the old ones are marked revoked as well: a document they signed is then believed only if the
    register knows its hash.

    Raises:
        Forbidden: for anybody but the service and its operator's tools.
    """
    _only_the_service(scope)
    await write.run(_LOCK)
    moment = now()
    await write.run(update(DocumentKeyRow).where(DocumentKeyRow.retired_at.is_(None)).values(retired_at=moment))
    if is_compromised:
        await write.run(update(DocumentKeyRow).where(DocumentKeyRow.revoked_at.is_(None)).values(revoked_at=moment))
    made = await _add(write, scope, seal, moment)
    write.audit("statements:renew_key", object_type="DocumentKey", object_id=made.id, compromised=is_compromised)
    return made.id


def _only_the_service(scope: Scope) -> None:
    if scope.kind is not Kind.SYSTEM:
        raise Forbidden(permission="statements:renew_key")


async def _usable(read: Read, scope: Scope, seal: Sealing) -> DocumentKey | None:
    rows = await read.rows(
        select(DocumentKeyRow.id, DocumentKeyRow.certificate, DocumentKeyRow.private_sealed)
        .where(
            DocumentKeyRow.retired_at.is_(None),
            DocumentKeyRow.revoked_at.is_(None),
            DocumentKeyRow.created_at > func.clock_timestamp() - signing.LONGEST_USE,
        )
        .order_by(DocumentKeyRow.created_at.desc())
    )
    for row in rows:
        private = seal.open(row.private_sealed, _bound_to(scope.tenant, row.id))
        if private is not None:
            return DocumentKey(row.id, bytes(row.certificate), private)
    return None


async def _add(write: Write, scope: Scope, seal: Sealing, moment: datetime) -> DocumentKey:
    pack = await tenants.pack_in_force(write, scope)
    key = signing.make_key(pack.name_zh, moment)
    await write.run(
        insert(DocumentKeyRow).values(
            id=key.id, public_jwk=signing.public_jwk(key), certificate=key.certificate, created_at=moment,
            private_sealed=seal.close(key.private, _bound_to(scope.tenant, key.id)), retired_at=None, revoked_at=None,
        )
    )  # fmt: skip
    write.audit("statements:make_key", object_type="DocumentKey", object_id=key.id)
    return key


def _bound_to(tenant: str, key_id: str) -> str:
    return f"{tenant}:document:{key_id}"
