"""Background work: reading a file of certificates into the books, all of it or nothing."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.credits.gec import codes, columns, importing, queries, sheet
from backend.credits.gec.checking import LineChecker, Sorted
from backend.credits.gec.import_errors import CertificateFileEmpty, EnergyClaimedAsCcer
from backend.credits.gec.importing import Holder
from backend.credits.gec.problems import Problem, describe
from backend.credits.gec.queries import CertificateImportValue
from backend.kit.clearing import ClaimedElsewhere, EnergyClaimedElsewhere
from backend.kit.clock import today
from backend.kit.errors import CarbonError
from backend.kit.storage import key_of
from backend.kit.tables import is_workbook
from backend.kit.tasks import Cancelled, Task, job
from backend.ledger import service as ledger
from backend.ledger.errors import OriginOverlap
from backend.ledger.values import GEC

SHOWN_PROBLEMS = 100
"""Problems listed in an answer; the annotated file has them all."""
NAMED_ROWS: dict[type[CarbonError], str] = {OriginOverlap: "imported_before", ClaimedElsewhere: "held_elsewhere"}


class Rehearsed(Exception):
    """A dry run got through; whatever it did is rolled back."""


@job(importing.KIND, timeout=3600)
async def import_certificates(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Import a file, once: an import that was finished before gives the same answer again."""
    account_id, import_id = UUID(payload["account_id"]), UUID(payload["import_id"])
    async with task.databases.read(task.scope) as read:
        found = await queries.certificate_import(read, task.scope, account_id, import_id)
        account = await importing.may_import(read, task.scope, account_id)
        holder = await importing.holder_of(read, task.scope, account)
    if found.state != "received":
        return result(found.id, found.state, found.summary)
    with tempfile.TemporaryDirectory(prefix="carbon-certificates-") as folder:
        source = Path(folder) / "source"
        try:
            await task.storage.save(found.object_key, source)
            return await _import(task, found, holder, source)
        except Cancelled:
            await _fail(task, found, {"code": "cancelled", "zh": "已取消。", "en": "Cancelled."})
            raise
        except CarbonError as error:
            facts = {name: str(value) for name, value in error.details.items()}
            told = {"code": error.code, "zh": error.message("zh"), "en": error.message("en"), **facts}
            await _fail(task, found, told)
            raise


def result(import_id: UUID, state: str, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job's result: the import, how it ended, what it did."""
    return {"import_id": str(import_id), "state": state, **summary}


async def _fail(task: Task, found: CertificateImportValue, error: dict[str, Any]) -> None:
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        await importing.finish(write, found.account_id, found.id, "failed", {"error": error})


async def _import(task: Task, found: CertificateImportValue, holder: Holder, source: Path) -> dict[str, Any]:
    checker = LineChecker(names=frozenset(holder.names), holder=holder.name, today=today())
    async with sheet.CertificateFile(source, checker, task.settings.import_max_rows) as file:
        async for rows in file.progress():
            await task.progress(rows, max(file.expected, rows + 1), "reading")
        if not file.rows:
            raise CertificateFileEmpty
        counts = {"rows": file.rows, "certificates": 0, "batches": 0, "errors": len(checker.problems)}
        if checker.problems:
            return await _refuse(task, found, source, checker.problems, counts)
        ready = await file.sorted()
    await task.progress(counts["rows"], counts["rows"] + 1, "storing")
    counts |= {"certificates": sum(ready.quantities), "batches": len(ready.specs)}
    try:
        return await _store(task, found, ready, counts)
    except Rehearsed:
        return await _end(task, found, "checked", {**counts, "problems": []})
    except (OriginOverlap, ClaimedElsewhere, EnergyClaimedAsCcer, EnergyClaimedElsewhere) as clash:
        row, problem = _clash(clash, ready)
        return await _refuse(task, found, source, {row: [problem]}, {**counts, "errors": 1})


async def _store(task: Task, found: CertificateImportValue, ready: Sorted, counts: dict[str, int]) -> dict[str, Any]:
    """Bring the file in, its end and the job's in the same transaction."""
    async with (
        ledger.cleared(task.databases, task.settings, task.scope, found.account_id, GEC, ready.specs) as cleared,
        task.databases.write(task.scope) as write,
    ):
        await task.hold(write)
        movements = await importing.bring(
            write, task.scope, found.account_id, found.id, ready, reference=found.file_name, sha256=found.sha256
        )
        await cleared.keep(write, movements)
        if found.is_dry_run:
            raise Rehearsed
        summary = {**counts, "problems": []}
        await importing.finish(write, found.account_id, found.id, "stored", summary)
        write.audit(importing.KIND, object_type="CertificateImport", object_id=found.id, state="stored", **counts)
        return await task.complete(write, result(found.id, "stored", summary))


def _clash(clash: CarbonError, ready: Sorted) -> tuple[int, Problem]:
    """Return the first row of the file that a refusal of the books is about, and what to tell there."""
    if isinstance(clash, EnergyClaimedAsCcer | EnergyClaimedElsewhere):
        is_here = isinstance(clash, EnergyClaimedAsCcer)
        project, month = str(clash.details["project" if is_here else "plant"]), str(clash.details["month"])
        spec = next(
            each for each in ready.specs
            if each.project_code == project and f"{each.produced_from:%Y-%m}" == month
        )  # fmt: skip
        first = spec.origins[0]
        code = "ccer_registered" if is_here else "ccer_elsewhere"
        return ready.rows[first.frame, first.first], Problem(
            code, columns.CCER.key, {"project": project, "month": month}
        )
    frame, first, last = str(clash.details["frame"]), int(str(clash.details["first"])), int(str(clash.details["last"]))
    told = {"first_code": codes.code_of(frame, first), "last_code": codes.code_of(frame, last)}
    return ready.rows[frame, first], Problem(NAMED_ROWS[type(clash)], columns.CODE.key, told)


async def _refuse(
    task: Task, found: CertificateImportValue, source: Path, problems: Mapping[int, Sequence[Problem]],
    counts: dict[str, int],
) -> dict[str, Any]:  # fmt: skip
    """Write down that nothing came in, and why, with the annotated copy beside the file."""
    target = source.with_name("annotated")
    await asyncio.to_thread(sheet.annotate, source, problems, target)
    suffix = "xlsx" if is_workbook(source) else "csv"
    key = key_of(task.scope.tenant, found.account_id, "certificates", f"{found.id}-annotated.{suffix}")
    await task.storage.put(key, target)
    shown = [describe(row, each) for row in sorted(problems) for each in problems[row]][:SHOWN_PROBLEMS]
    summary = {**counts, "certificates": 0, "batches": 0, "problems": shown}
    return await _end(task, found, "rejected", summary, key)


async def _end(
    task: Task, found: CertificateImportValue, state: str, summary: dict[str, Any], annotated_key: str | None = None
) -> dict[str, Any]:
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        await importing.finish(write, found.account_id, found.id, state, summary, annotated_key)
        counts = {key: value for key, value in summary.items() if key != "problems"}
        write.audit(
            importing.KIND, object_type="CertificateImport", object_id=found.id, state=state,
            outcome="refused" if state == "rejected" else "done", **counts,
        )  # fmt: skip
        return await task.complete(write, result(found.id, state, summary))
