"""Files of entries, and who completed a training."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.errors import Forbidden
from backend.kit.scope import Scope
from backend.knowledge.errors import KnowledgeEntryNotFound, KnowledgeEntryWithdrawn, KnowledgeNoTraining
from backend.knowledge.library.queries import by_id
from backend.knowledge.library.recording import own_entry
from backend.knowledge.values import CompletionValue, EntryKind, FileValue

_COLUMNS = "id, entry_id, file_name, media_type, size, sha256, object_key, recorded_at"
_ADD = text(
    "insert into knowledge_file (id, entry_id, division_path, file_name, media_type, size, sha256, object_key,"
    " recorded_at, recorded_by) values (:id, :entry_id, :division_path, :file_name, :media_type, :size, :sha256,"
    " :object_key, :at, :by) on conflict (entry_id, sha256) do nothing"
)
_SAME = text(f"select {_COLUMNS} from knowledge_file where entry_id = :entry_id and sha256 = :sha256")
_FILE = text(f"select {_COLUMNS} from knowledge_file where entry_id = :entry_id and id = :id")
_FILES = text(
    f"select {_COLUMNS} from knowledge_file where entry_id = any(cast(:ids as uuid[])) order by recorded_at, id"
)
_DONE = "select entry_id, person_id, name, organisation_id, version, completed_at from knowledge_completion"
_COMPLETE = text(
    "insert into knowledge_completion (entry_id, person_id, name, organisation_id, division_path, version,"
    " completed_at) values (:entry_id, :person_id, :name, :organisation_id, :division_path, :version, :at)"
    " on conflict (entry_id, person_id) do nothing"
)
_OWN = text(f"{_DONE} where entry_id = any(cast(:ids as uuid[])) and person_id = :person_id")
_LIST = text(
    f"{_DONE} where entry_id = :entry_id and (cast(:after_at as timestamptz) is null"
    " or (completed_at, person_id) < (cast(:after_at as timestamptz), cast(:after_id as uuid)))"
    " order by completed_at desc, person_id desc limit :limit"
)


async def attachable(read: Read, scope: Scope, entry_id: UUID) -> None:
    """Refuse a file before a byte of it is taken; see `attach_file` for what is raised."""
    scope.require("knowledge:publish")
    await own_entry(read, scope, entry_id)


async def attach_file(
    write: Write, scope: Scope, *, entry_id: UUID, file_id: UUID, file_name: str, media_type: str, size: int,
    sha256: str, object_key: str,
) -> FileValue:  # fmt: skip
    """Make a file in storage part of an own entry; the same content again is the file that is there.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:publish`.
        KnowledgeEntryNotFound, KnowledgeEntryNotOwn, KnowledgeEntryWithdrawn: see `own_entry`.
    """
    scope.require("knowledge:publish")
    entry = await own_entry(write, scope, entry_id)
    await write.run(
        _ADD,
        {
            "id": file_id, "entry_id": entry_id, "division_path": entry.division_path, "file_name": file_name,
            "media_type": media_type, "size": size, "sha256": sha256, "object_key": object_key, "at": now(),
            "by": scope.actor_id,
        },
    )  # fmt: skip
    row = await write.row(_SAME, {"entry_id": entry_id, "sha256": sha256})
    if row is None:
        raise KnowledgeEntryNotFound
    found = FileValue(*row)
    if found.id == file_id:
        write.audit(
            "knowledge:attach", object_type="knowledge_entry", object_id=entry_id, file=str(file_id), name=file_name,
            size=size, sha256=sha256,
        )  # fmt: skip
    return found


async def file(read: Read, scope: Scope, entry_id: UUID, file_id: UUID) -> FileValue:
    """Return a file of an entry the caller may read.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:read`.
        KnowledgeEntryNotFound: no such file, or of an entry the caller may not see.
    """
    scope.require("knowledge:read")
    row = await read.row(_FILE, {"entry_id": entry_id, "id": file_id})
    if row is None:
        raise KnowledgeEntryNotFound
    return FileValue(*row)


async def file_batch(read: Read, _scope: Scope, ids: list[UUID]) -> list[list[FileValue]]:
    """Return the files of each entry in the order they came; for a loader."""
    found: dict[UUID, list[FileValue]] = {}
    for row in await read.rows(_FILES, {"ids": ids}):
        found.setdefault(row.entry_id, []).append(FileValue(*row))
    return [found.get(each, []) for each in ids]


async def complete_training(write: Write, scope: Scope, entry_id: UUID) -> CompletionValue:
    """Say that the calling person has completed a training; said again, the first time stands.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:read`, or for no person of an organisation.
        KnowledgeEntryNotFound: no such entry, or one the caller may not see.
        KnowledgeNoTraining: something else than training material of an authority.
        KnowledgeEntryWithdrawn: taken away.
    """
    scope.require("knowledge:read")
    entry = (await by_id(write, scope, [entry_id])).get(entry_id)
    if entry is None:
        raise KnowledgeEntryNotFound(path=("input", "id"))
    if entry.kind is not EntryKind.TRAINING or entry.division_path == "":
        raise KnowledgeNoTraining(title=entry.title_zh, path=("input", "id"))
    if entry.withdrawn_at is not None:
        raise KnowledgeEntryWithdrawn(title=entry.title_zh, path=("input", "id"))
    person = None
    if scope.actor_id is not None and scope.organisation_id is not None:
        (person,) = await identity.people_by_id(write, scope, [scope.actor_id])
    if person is None:
        raise Forbidden(permission="knowledge:complete")
    await write.run(
        _COMPLETE,
        {
            "entry_id": entry_id, "person_id": person.id, "name": person.name,
            "organisation_id": scope.organisation_id, "division_path": entry.division_path, "version": entry.version,
            "at": now(),
        },
    )  # fmt: skip
    write.audit(
        "knowledge:complete", object_type="knowledge_entry", object_id=entry_id, title=entry.title_zh,
        version=entry.version,
    )  # fmt: skip
    row = await write.row(_OWN, {"ids": [entry_id], "person_id": person.id})
    if row is None:
        raise KnowledgeEntryNotFound(path=("input", "id"))
    return CompletionValue(*row)


async def own_completions(read: Read, scope: Scope, ids: list[UUID]) -> list[CompletionValue | None]:
    """Return what the calling person completed of some trainings; for a loader."""
    rows = await read.rows(_OWN, {"ids": ids, "person_id": scope.actor_id}) if scope.actor_id is not None else ()
    found = {row.entry_id: CompletionValue(*row) for row in rows}
    return [found.get(each) for each in ids]


async def completions(
    read: Read, scope: Scope, entry_id: UUID, *, limit: int, after: tuple[datetime, UUID] | None = None
) -> Sequence[CompletionValue]:
    """Return who completed a training, the newest first: an organisation its own people, its authority everybody.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:read`.
    """
    scope.require("knowledge:read")
    at, last = after or (None, None)
    rows = await read.rows(_LIST, {"entry_id": entry_id, "limit": limit, "after_at": at, "after_id": last})
    return [CompletionValue(*row) for row in rows]
