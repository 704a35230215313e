"""Background work: reading a registry's export into the books, all of it or nothing."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.kit import sheets
from backend.kit.clearing import ClaimedElsewhere, EnergyClaimedElsewhere
from backend.kit.clock import today
from backend.kit.errors import CarbonError
from backend.kit.sheets import LineFile
from backend.kit.storage import key_of
from backend.kit.tables import is_workbook
from backend.kit.tasks import Cancelled, Task, job
from backend.ledger.claims.values import energy_of, energy_subject
from backend.ledger.clearing.sessions import cleared
from backend.ledger.errors import OriginOverlap
from backend.ledger.registry import importing, queries
from backend.ledger.registry.checking import LineChecker, Ready
from backend.ledger.registry.columns import FIRST
from backend.ledger.registry.errors import TooManyRuns, UnitFileEmpty
from backend.ledger.registry.importing import Holder
from backend.ledger.registry.problems import Clash, Problem, describe, problem
from backend.ledger.registry.queries import UnitImportValue
from backend.ledger.registry.serials import serial_of
from backend.ledger.registry.sources import Source, source_of
from backend.ledger.values import BatchSpec

SHOWN_PROBLEMS = 100
"""Problems listed in an answer; the annotated file has them all."""
MOST_RUNS = 5000
"""Separate runs of serials of one file: each costs the clearing up to some hundred hashes under a lock all share."""
NAMED: dict[type[CarbonError], str] = {OriginOverlap: "imported_before", ClaimedElsewhere: "held_elsewhere"}


class Rehearsed(Exception):
    """A dry run got through; whatever it did is rolled back."""


@job(importing.KIND, timeout=3600)
async def import_unit_file(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Import a file, once: an import that was finished before gives the same answer again."""
    account_id, import_id = UUID(payload["account_id"]), UUID(payload["import_id"])
    async with task.databases.read(task.scope) as read:
        found = await queries.unit_import(read, task.scope, account_id, import_id)
        source = source_of(found.class_code)
        account = await importing.may_import(read, task.scope, source, account_id)
        holder = await importing.holder_of(read, task.scope, account)
    if found.state != "received":
        return result(found, found.state, found.summary)
    with tempfile.TemporaryDirectory(prefix="carbon-units-") as folder:
        path = Path(folder) / "source"
        try:
            await task.storage.save(found.object_key, path)
            return await _import(task, found, source, holder, path)
        except Cancelled:
            await _fail(task, found, {"code": "cancelled", "zh": "已取消。", "en": "Cancelled."})
            raise
        except CarbonError as error:
            facts = {name: str(value) for name, value in error.details.items()}
            told = {"code": error.code, "zh": error.message("zh"), "en": error.message("en"), **facts}
            await _fail(task, found, told)
            raise


def result(found: UnitImportValue, state: str, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job's result: the import, how it ended, what it did."""
    return {"import_id": str(found.id), "unit_class": found.class_code, "state": state, **summary}


async def _fail(task: Task, found: UnitImportValue, error: dict[str, Any]) -> None:
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        await importing.finish(write, found.account_id, found.id, "failed", {"error": error})


async def _import(task: Task, found: UnitImportValue, source: Source, holder: Holder, path: Path) -> dict[str, Any]:
    checker = LineChecker(source, frozenset(holder.names), holder.name, today())
    async with LineFile(path, source.layout, checker.begin, task.settings.import_max_rows) as file:
        async for rows in file.progress():
            await task.progress(rows, max(file.expected, rows + 1), "reading")
        if not file.rows:
            raise UnitFileEmpty
        ready: Ready = await file.in_thread(checker.finish)
        counts = {"rows": file.rows, "units": 0, "batches": 0, "errors": len(checker.problems)}
        if checker.problems:
            return await _refuse(task, found, source, path, checker.problems, counts)
        joined = await file.in_thread(ready.joined)
    runs = sum(len(each.origins) for each in joined)
    if runs > MOST_RUNS:
        raise TooManyRuns(found=runs, limit=MOST_RUNS)
    await task.progress(counts["rows"], counts["rows"] + 1, "storing")
    counts |= {"units": sum(ready.quantities), "batches": len(ready.specs)}
    try:
        return await _store(task, found, source, ready, joined, counts)
    except Rehearsed:
        return await _end(task, found, "checked", {**counts, "problems": []})
    except (OriginOverlap, ClaimedElsewhere) as clash:
        row, wrong = _named(clash, ready)
    except EnergyClaimedElsewhere as clash:
        row, wrong = _energy(clash, source, ready)
    except Clash as clash:
        first = ready.specs[clash.place].origins[0]
        row, wrong = ready.rows[first.frame, first.first], clash.problem
    return await _refuse(task, found, source, path, {row: [wrong]}, {**counts, "errors": 1})


async def _store(
    task: Task, found: UnitImportValue, source: Source, ready: Ready, joined: Sequence[BatchSpec], counts: dict[str, int]
) -> dict[str, Any]:  # fmt: skip
    """Bring the file in, its end and the job's in the same transaction."""
    async with (
        cleared(task.databases, task.settings, task.scope, found.account_id, found.class_code, joined) as reserved,
        task.databases.write(task.scope) as write,
    ):
        await task.hold(write)
        movements = await importing.bring(
            write, task.scope, source, found.account_id, found.id, ready, reference=found.file_name,
            sha256=found.sha256,
        )  # fmt: skip
        await reserved.keep(write, movements)
        if found.is_dry_run:
            raise Rehearsed
        summary = {**counts, "problems": []}
        await importing.finish(write, found.account_id, found.id, "stored", summary)
        write.audit(importing.KIND, object_type="UnitImport", object_id=found.id, state="stored", **counts)
        return await task.complete(write, result(found, "stored", summary))


def _named(clash: CarbonError, ready: Ready) -> tuple[int, Problem]:
    """Return the first row of the file that a refusal of the books is about, and what to tell there."""
    frame, first, last = str(clash.details["frame"]), int(str(clash.details["first"])), int(str(clash.details["last"]))
    said = problem(NAMED[type(clash)], FIRST, first=serial_of(frame, first), last=serial_of(frame, last))
    return ready.rows[frame, first], said


def _energy(clash: EnergyClaimedElsewhere, source: Source, ready: Ready) -> tuple[int, Problem]:
    """Return the first row of the file that stands for the energy of a plant and month, and what to tell there."""
    plant, month = str(clash.details["plant"]), str(clash.details["month"])

    def is_of(spec: BatchSpec) -> bool:
        extent = energy_of(source.class_code, spec)
        return (
            extent is not None
            and extent.subject == energy_subject(plant)
            and f"{spec.produced_from:%Y-%m}" <= month <= f"{spec.produced_to:%Y-%m}"
        )

    first = next(filter(is_of, ready.specs)).origins[0]
    return ready.rows[first.frame, first.first], problem("energy_elsewhere", source.plant, plant=plant, month=month)


async def _refuse(
    task: Task, found: UnitImportValue, source: Source, path: Path, problems: Mapping[int, Sequence[Problem]],
    counts: dict[str, int],
) -> dict[str, Any]:  # fmt: skip
    """Write down that nothing came in, and why, with the annotated copy beside the file."""
    target = path.with_name("annotated")
    await asyncio.to_thread(sheets.annotate, source.layout, path, problems, target)
    suffix = "xlsx" if is_workbook(path) else "csv"
    key = key_of(task.scope.tenant, found.account_id, "units", f"{found.id}-annotated.{suffix}")
    await task.storage.put(key, target)
    shown = [describe(row, each) for row in sorted(problems) for each in problems[row]][:SHOWN_PROBLEMS]
    summary = {**counts, "units": 0, "batches": 0, "problems": shown}
    return await _end(task, found, "rejected", summary, key)


async def _end(
    task: Task, found: UnitImportValue, state: str, summary: dict[str, Any], annotated_key: str | None = None
) -> dict[str, Any]:
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        await importing.finish(write, found.account_id, found.id, state, summary, annotated_key)
        counts = {key: value for key, value in summary.items() if key != "problems"}
        write.audit(
            importing.KIND, object_type="UnitImport", object_id=found.id, state=state,
            outcome="refused" if state == "rejected" else "done", **counts,
        )  # fmt: skip
        return await task.complete(write, result(found, state, summary))
