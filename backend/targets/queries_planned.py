"""Reads of entered values of plan targets. Row-level security decides which rows a caller sees."""

from sqlalchemy import text

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.targets.values_plans import EnteredValue

_COLUMNS = (
    "id, division_code, division_path, item, as_of, value, note, document_number, document_dated, document_title,"
    " recorded_at, recorded_by"
)
_NEWEST = text(f"""
select distinct on (item) {_COLUMNS} from plan_target_value where division_path = :path
order by item, as_of desc, recorded_at desc, id desc""")
_HISTORY = text(f"""
select {_COLUMNS} from plan_target_value where division_path = :path and item = :item
order by as_of desc, recorded_at desc, id desc limit :limit""")


async def newest(read: Read, _scope: Scope, path: str) -> dict[str, EnteredValue]:
    """Return the value that counts of each item of a division."""
    rows = await read.rows(_NEWEST, {"path": path})
    return {row.item: EnteredValue(**row._mapping) for row in rows}  # noqa: SLF001 - SQLAlchemy's public name of a row's mapping


async def history(read: Read, _scope: Scope, path: str, item: str, *, limit: int) -> list[EnteredValue]:
    """Return every value of an item, the newest first."""
    rows = await read.rows(_HISTORY, {"path": path, "item": item, "limit": limit})
    return [EnteredValue(**row._mapping) for row in rows]  # noqa: SLF001 - see above
