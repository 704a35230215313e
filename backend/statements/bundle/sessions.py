"""Making a bundle from beginning to end, for the doors: the statement's file, one read, the key, the archive."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from backend.identity import service as identity
from backend.kit.db import Databases
from backend.kit.outbox import enqueue
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import Storage, key_of
from backend.statements.bundle import archive, gathering, queries
from backend.statements.bundle.subjects import subject_of
from backend.statements.bundle.values import MOST_DIRECT
from backend.statements.errors import BundleNotMade, DocumentNotMade
from backend.statements.service.keys import document_key, public_keys

KIND = "statements:bundle"


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle and the name its file should have."""

    name: str
    content: bytes


def place(scope: Scope, account_id: UUID, statement_id: UUID) -> str:
    """Return where a bundle made by a job is in storage."""
    return key_of(scope.tenant, account_id, "bundles", f"{statement_id}.zip")


def file_name(number: str) -> str:
    """Return the name of a bundle's file."""
    return f"{number}.zip"


async def make(
    databases: Databases, storage: Storage, settings: Settings, scope: Scope, account_id: UUID, statement_id: UUID,
    *, most: int | None = MOST_DIRECT,
) -> Made:  # fmt: skip
    """Return the signed bundle of an issued statement; `most` records at most, None for any number.

    Raises:
        Unauthenticated, Forbidden: without `statements:read`, `emissions:read` or `ledger:read`.
        StatementNotFound: not there, or not visible.
        FileMissing, StorageUnavailable: the statement's own file cannot be read.
        DocumentNotMade: the file in storage is not the one that was issued.
        BundleNotMade: it rests on more records than a caller waits for.
    """
    async with databases.read(scope) as read:
        issued = await queries.issued(read, scope, account_id, statement_id)
    document = await storage.read(issued.object_key)
    if sha256(document).hexdigest() != issued.sha256:
        raise DocumentNotMade(reason="statement file changed in storage")
    subject = subject_of(document)
    async with databases.read(scope) as read:
        count = await gathering.size_of(read, scope, subject)
        if most is not None and count > most:
            raise BundleNotMade(count=count, most=most)
        parts = await gathering.gather(read, scope, subject)
    system = scope.as_system()
    async with databases.write(system) as write:
        key = await document_key(write, system, identity.seal_of(settings))
        keys = await public_keys(write, system)
    content = await asyncio.to_thread(archive.made, subject, parts, issued.jws, key, keys)
    return Made(file_name(issued.number), content)


async def request(databases: Databases, scope: Scope, account_id: UUID, statement_id: UUID) -> UUID:
    """Ask a worker for the bundle of a statement; return the job's id.

    Raises:
        Unauthenticated, Forbidden: without `statements:read`.
        StatementNotFound: not there, or not visible.
    """
    async with databases.write(scope) as write:
        issued = await queries.issued(write, scope, account_id, statement_id)
        job_id = await enqueue(
            write, KIND, {"account_id": str(account_id), "statement_id": str(statement_id)}, account_id=account_id
        )
        write.audit(
            KIND, object_type="AccountStatement", object_id=statement_id, number=issued.number, job_id=str(job_id)
        )
    return job_id
