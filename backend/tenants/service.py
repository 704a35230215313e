"""Commands on a jurisdiction, and the reads other nouns ask for."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, text

from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.tenants import queries
from backend.tenants.errors import DivisionUnknown, PackMissing, PackNotForThisTenant
from backend.tenants.models import PackVersion
from backend.tenants.queries import DivisionRow
from backend.tenants.values import Pack

__all__ = [
    "DivisionRow", "division", "divisions", "is_duty_separated", "load_pack", "pack_in_force", "required_division",
]  # fmt: skip

# One statement for the whole tree. A division that left the pack stays: accounts may name it.
_UPSERT = text("""
    insert into division (code, parent_code, path, name_zh, name_en, level, is_gbt2260, source, confidence)
    select code, parent_code, path, name_zh, name_en, level, is_gbt2260, source, confidence
      from jsonb_to_recordset(cast(:rows as jsonb)) as row (
        code text, parent_code text, path text, name_zh text, name_en text, level text, is_gbt2260 boolean,
        source text, confidence text)
    on conflict (code) do update set
        parent_code = excluded.parent_code, path = excluded.path, name_zh = excluded.name_zh,
        name_en = excluded.name_en, level = excluded.level, is_gbt2260 = excluded.is_gbt2260,
        source = excluded.source, confidence = excluded.confidence
    where (division.parent_code, division.path, division.name_zh, division.name_en, division.level,
           division.is_gbt2260, division.source, division.confidence)
        is distinct from (excluded.parent_code, excluded.path, excluded.name_zh, excluded.name_en, excluded.level,
           excluded.is_gbt2260, excluded.source, excluded.confidence)
""")
_LOCK = text("select pg_advisory_xact_lock(hashtext('pack_version'))")


async def division(read: Read, scope: Scope, code: str) -> DivisionRow | None:
    """Return the division with this code, or None."""
    return await queries.division(read, scope, code)


async def required_division(read: Read, scope: Scope, code: str) -> DivisionRow:
    """Return the division with this code.

    Raises:
        DivisionUnknown: the jurisdiction has none.
    """
    found = await queries.division(read, scope, code)
    if found is None:
        names = await queries.pack_setting(read, scope, "name_en"), await queries.pack_setting(read, scope, "name_zh")
        raise DivisionUnknown(
            division=code, jurisdiction_en=names[0] or scope.tenant, jurisdiction_zh=names[1] or scope.tenant
        )
    return found


async def divisions(read: Read, scope: Scope, under: str | None = None) -> Sequence[DivisionRow]:
    """Return the division at the path `under` and everything below it (all of them for None), parents first."""
    return await queries.divisions(read, scope, under)


async def pack_in_force(read: Read, scope: Scope) -> Pack:
    """Return the jurisdiction's pack.

    Raises:
        PackMissing: none has been loaded into this database.
    """
    row = await queries.pack_in_force(read, scope)
    if row is None:
        raise PackMissing(tenant=scope.tenant, known="")
    return Pack.model_validate(row.content)


async def is_duty_separated(read: Read, scope: Scope) -> bool:
    """Tell whether the pack in force separates duties; without a pack they are separated."""
    return await queries.pack_setting(read, scope, "separation_of_duties") is not False


async def hosts(read: Read, scope: Scope) -> Sequence[str]:
    """Return the host names of the jurisdiction's own, the first being the one it is known by; none before a pack."""
    return await queries.pack_setting(read, scope, "hosts") or ()


async def load_pack(write: Write, scope: Scope, pack: Pack) -> bool:
    """Store the pack's divisions and the pack itself; False when this database has been given it before.

    Divisions are added and renamed, never removed. To return to an earlier pack, load it under a new version: a
    process that still carries an old one must not switch the jurisdiction back by starting.

    Raises:
        Unauthenticated, Forbidden: by anybody but the service itself.
        PackNotForThisTenant: the pack's code is another tenant's.
    """
    if scope.kind is not Kind.SYSTEM:
        scope.require("tenants:load_pack")
    if pack.code != scope.tenant:
        raise PackNotForThisTenant(pack=pack.code, tenant=scope.tenant)
    await write.run(_LOCK)
    known = await queries.pack_versions(write, scope)
    if pack.sha256 in {row.sha256 for row in known}:
        return False
    content: dict[str, Any] = pack.model_dump(mode="json")
    rows = await write.run(_UPSERT, {"rows": _json(content["divisions"])})
    await write.run(
        insert(PackVersion).values(sha256=pack.sha256, version=pack.version, content=content, loaded_at=now())
    )
    write.audit(
        "tenants:load_pack",
        object_type="pack",
        object_id=pack.sha256,
        pack=pack.code,
        version=pack.version,
        divisions=len(pack.divisions),
        divisions_changed=rows,
    )
    return True


def _json(rows: Any) -> str:  # noqa: ANN401 - JSON of the divisions
    return json.dumps(rows, ensure_ascii=False)
