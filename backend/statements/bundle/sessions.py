"""Making a bundle from beginning to end, for the doors: the statement's file, one read, the key, the archive."""

import asyncio
import json
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from backend.identity import service as identity
from backend.kit.db import Databases, Read
from backend.kit.outbox import enqueue
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import FileMissing, Storage, StoredFile, key_of
from backend.statements import service
from backend.statements.account.issued import FileKind, StatementValue
from backend.statements.bundle import archive, gathering
from backend.statements.bundle.subjects import subject_of
from backend.statements.bundle.values import MOST_DIRECT, MOST_MADE, MOST_PROOFS, MOST_PROOFS_MADE, Subject
from backend.statements.errors import BundleNotMade, BundleTooLarge, DocumentNotMade

KIND = "statements:bundle"


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle and the name its file should have; of how many of its movements it has the journal's proof."""

    name: str
    content: bytes
    movements: int
    proofs: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A bundle a job made: where it is, how many bytes it has, how many movements are in it and proven.

    One that was kept before counts were has none.
    """

    key: str
    size: int
    movements: int | None
    proofs: int | None


def place(scope: Scope, account_id: UUID, statement_id: UUID, ending: str = "zip") -> str:
    """Return where a bundle made by a job is in storage; beside it, as `json`, its counts."""
    return key_of(scope.tenant, account_id, "bundles", f"{statement_id}.{ending}")


async def keep(storage: Storage, scope: Scope, account_id: UUID, statement_id: UUID, made: Made) -> StoredFile:
    """Put a bundle in storage with its counts beside it; the counts first, so that none is there without them.

    Raises:
        StorageUnavailable: the store fails.
    """
    counts = json.dumps({"movements": made.movements, "proofs": made.proofs}).encode()
    await storage.put(place(scope, account_id, statement_id, "json"), counts)
    return await storage.put(place(scope, account_id, statement_id), made.content)


async def kept(storage: Storage, scope: Scope, account_id: UUID, statement_id: UUID) -> Kept | None:
    """Return the bundle a job made of a statement; None where none did.

    Raises:
        StorageUnavailable: the store fails.
    """
    key = place(scope, account_id, statement_id)
    size = await storage.size(key)
    if size is None:
        return None
    try:
        counts = json.loads(await storage.read(place(scope, account_id, statement_id, "json")))
    except FileMissing:
        counts = {}
    return Kept(key, size, counts.get("movements"), counts.get("proofs"))


def file_name(number: str) -> str:
    """Return the name of a bundle's file."""
    return f"{number}.zip"


async def statement_of(read: Read, scope: Scope, account_id: UUID, statement_id: UUID) -> StatementValue:
    """Return an issued statement the caller may see, with all that it rests on.

    Raises:
        Unauthenticated, Forbidden: without `statements:read`, `emissions:read` and `ledger:read`.
        StatementNotFound: not there, or not visible.
    """
    for needed in ("statements:read", "emissions:read", "ledger:read"):
        scope.require(needed)
    return await service.issued_statement(read, scope, account_id, statement_id)


async def _document(storage: Storage, issued: StatementValue) -> bytes:
    """Return the statement's JSON, byte for byte.

    Raises:
        FileMissing, StorageUnavailable: it cannot be read.
        DocumentNotMade: the file in storage is not the one that was issued.
    """
    file = issued.file(FileKind.JSON)
    document = b"" if file is None else await storage.read(file.object_key)
    if file is None or sha256(document).hexdigest() != file.sha256:
        raise DocumentNotMade(reason="statement file changed in storage")
    return document


async def _fitting(read: Read, scope: Scope, subject: Subject) -> int:
    """Return about how many records and movements a bundle would hold.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
        BundleTooLarge: more than lie in memory at once.
    """
    count = await gathering.size_of(read, scope, subject)
    if count > MOST_MADE:
        raise BundleTooLarge(count=count, most=MOST_MADE)
    return count


async def make(
    databases: Databases, storage: Storage, settings: Settings, scope: Scope, account_id: UUID, statement_id: UUID,
    *, most: int | None = MOST_DIRECT,
) -> Made:  # fmt: skip
    """Return the signed bundle of an issued statement; `most` records and movements at most while a caller waits.

    None is for jobs: they make larger ones, up to `MOST_MADE`, and put more proofs in.

    Raises:
        Unauthenticated, Forbidden: without `statements:read`, `emissions:read` or `ledger:read`.
        StatementNotFound: not there, or not visible.
        FileMissing, StorageUnavailable: the statement's own file cannot be read.
        DocumentNotMade: the file in storage is not the one that was issued.
        BundleTooLarge: it rests on more records and movements than lie in memory at once.
        BundleNotMade: on more than a caller waits for.
    """
    async with databases.read(scope) as read:
        issued = await statement_of(read, scope, account_id, statement_id)
    document = await _document(storage, issued)
    subject = subject_of(document)
    async with databases.read(scope) as read:
        count = await _fitting(read, scope, subject)
        if most is not None and count > most:
            raise BundleNotMade(count=count, most=most)
        proofs = MOST_PROOFS_MADE if most is None else MOST_PROOFS
        contents = await gathering.gather(read, scope, subject, most_proofs=proofs)
    system = scope.as_system()
    async with databases.write(system) as write:
        key = await service.document_key(write, system, identity.seal_of(settings))
        keys = await service.public_keys(write, system)
    content = await asyncio.to_thread(archive.made, subject, contents.parts, issued.jws, key, keys)
    return Made(file_name(issued.number), content, contents.movements, contents.proofs)


async def request(
    databases: Databases, storage: Storage, scope: Scope, account_id: UUID, statement_id: UUID
) -> UUID:  # fmt: skip
    """Ask a worker for the bundle of a statement; return the job's id. What no job could make is refused at once.

    Raises:
        Unauthenticated, Forbidden: without `statements:read`, `emissions:read` or `ledger:read`.
        StatementNotFound: not there, or not visible.
        FileMissing, StorageUnavailable: the statement's own file cannot be read.
        DocumentNotMade: the file in storage is not the one that was issued.
        BundleTooLarge: it rests on more records and movements than lie in memory at once.
    """
    async with databases.read(scope) as read:
        issued = await statement_of(read, scope, account_id, statement_id)
    subject = subject_of(await _document(storage, issued))
    async with databases.write(scope) as write:
        await _fitting(write, scope, subject)
        job_id = await enqueue(
            write, KIND, {"account_id": str(account_id), "statement_id": str(statement_id)}, account_id=account_id
        )
        write.audit(
            KIND, object_type="AccountStatement", object_id=statement_id, number=issued.number, job_id=str(job_id)
        )
    return job_id
