"""Rows beside each other and beside the books: the checks only the database can make, said once, set-wise.

A file's rows are copied into a temporary table (COPY into a table with row-level security is not allowed, and
nothing of a bad file may touch the books anyway); a command's few rows travel as one JSON value. Both run the
same steps: `HEADS` (the newest record of each chain), `RESOLVED` (each row beside its chain), `USUAL` (what is
usual for each source and meter), `VERDICTS` (what becomes of each row).
"""

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

from sqlalchemy import text

from backend.emissions.activity.directory import Directory
from backend.emissions.activity.problems import Problem
from backend.emissions.activity.sql import NO_METER
from backend.emissions.activity.values import EntryLimits, StagedRow
from backend.kit.db import Read, Write
from backend.kit.quantities import conversion

COLUMNS: dict[str, str] = {
    "row_no": "bigint", "source_id": "uuid", "meter_id": "uuid", "month": "date", "quantity": "numeric",
    "unit": "text", "factor": "numeric", "tier": "text", "parameters": "jsonb", "evidence_id": "uuid",
    "note": "text", "record_id": "uuid", "reason": "text", "is_refused": "boolean", "is_barred": "boolean",
    "own_problems": "jsonb",
}  # fmt: skip
_TYPED = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())

_OF_ACCOUNT = """select id, source_id, coalesce(meter_id, {no_meter}) as meter, month, quantity, unit, tier, parameters,
        evidence_id, note, is_withdrawn
    from activity_record where account_id = :account_id and source_id in (select source_id from staged)"""

# First entries and corrections apart: each half has a partial index of its own.
HEADS = f"""
select r.* from (
    {_OF_ACCOUNT.format(no_meter=NO_METER)} and supersedes_id is null
    union all
    {_OF_ACCOUNT.format(no_meter=NO_METER)} and supersedes_id is not null
) r
where not exists (select from activity_record n where n.account_id = :account_id and n.supersedes_id = r.id)"""

# Rows that name one month of one source and meter more than once: the first of them, few or none.
REPEATED = f"""
select source_id, month, coalesce(meter_id, {NO_METER}) as meter, min(row_no) as first_row
from staged where source_id is not null and month is not null
group by 1, 2, 3 having count(*) > 1"""

# Only what the next steps need: a file's words stay where they are.
RESOLVED = f"""
select s.row_no, s.source_id, s.month, s.meter, s.quantity, s.unit, s.factor, s.quantity * s.factor as base,
    s.record_id, s.reason, s.is_refused, s.is_barred, s.own_problems,
    h.id as head_id, h.is_withdrawn as head_is_withdrawn, h.quantity as head_quantity, h.unit as head_unit,
    h.id is not null and not h.is_withdrawn and h.quantity = s.quantity and h.unit = s.unit and h.tier = s.tier
        and h.parameters = s.parameters and h.evidence_id is not distinct from s.evidence_id
        and h.note = s.note as is_same
from (select *, coalesce(meter_id, {NO_METER}) as meter from staged) s
left join heads h on h.source_id = s.source_id and h.month = s.month and h.meter = s.meter"""

# All other months of the source and meter: what stays in the books, and what the rows bring.
USUAL = """
select source_id, meter, count(*) as months, percentile_disc(0.5) within group (order by base) as median
from (
    select source_id, meter, base from resolved where base is not null and not is_refused
    union all
    select h.source_id, h.meter, h.quantity * f.factor
    from heads h
    join jsonb_to_recordset(cast(:factors as jsonb)) as f(source_id uuid, unit text, factor numeric)
        on f.source_id = h.source_id and f.unit = h.unit
    where not h.is_withdrawn and h.id not in (select head_id from resolved where head_id is not null)
) months
group by source_id, meter"""

# Months entered both for the source as a whole and for its meters.
MIXED = f"""
select source_id, month
from (
    select source_id, month, meter from resolved where source_id is not null and month is not null
    union all
    select source_id, month, meter from heads where not is_withdrawn
) entered
group by source_id, month
having bool_or(meter = {NO_METER}) and bool_or(meter <> {NO_METER})"""

_DISTANT = "u.months > :minimum_history and u.median > 0 and r.base > 0"

VERDICTS = f"""
select v.row_no, v.head_id, v.books, v.mixed, v.usual,
    case
        when v.is_refused or v.books is not null or v.mixed is not null
            or (not v.is_same and (v.is_barred or v.usual ->> 'code' = 'quantity_absurd')) then 'error'
        when v.is_same then 'unchanged'
        when v.head_id is not null then 'correction'
        else 'new'
    end as verdict,
    case when not v.is_same or v.is_refused or v.books is not null then v.own_problems end as problems
from (
    select r.*,
        case
            when r.row_no <> p.first_row then
                jsonb_build_object('code', 'duplicate_in_file', 'column', 'month', 'first', p.first_row)
            when r.record_id is not null and x.id is null then
                jsonb_build_object('code', 'record_unknown', 'column', 'record', 'value', r.record_id)
            when r.record_id is not null and (x.source_id, x.month, coalesce(x.meter_id, {NO_METER}))
                <> (r.source_id, r.month, r.meter) then
                jsonb_build_object('code', 'record_moved', 'column', 'record', 'value', r.record_id)
            when r.is_same or r.head_id is null then null
            when r.record_id is not null and r.record_id <> r.head_id then
                jsonb_build_object('code', 'record_outdated', 'column', 'record', 'value', r.record_id)
            when r.head_is_withdrawn and r.reason = '' then
                jsonb_build_object('code', 'withdrawn_before', 'column', 'correction_reason')
            when r.head_is_withdrawn then null
            when r.record_id is null then jsonb_build_object('code', 'overlap', 'column', 'month',
                'stored', trim_scale(r.head_quantity)::text, 'unit', r.head_unit)
            when r.reason = '' then jsonb_build_object('code', 'reason_missing', 'column', 'correction_reason')
        end as books,
        case when m.source_id is not null and not r.is_same then
            jsonb_build_object('code', 'overlap_with_meters', 'column', 'meter', 'month', to_char(r.month, 'YYYY-MM'))
        end as mixed,
        case when {_DISTANT} and not r.is_same and not r.is_refused
                and (r.base > u.median * :unusual or r.base * :unusual < u.median) then
            case when r.base > u.median * :absurd or r.base * :absurd < u.median
                then jsonb_build_object('limit', trim_scale(:absurd)::text,
                    'code', case when r.reason = '' then 'quantity_absurd' else 'quantity_explained' end)
                    || cast(:absurd_facts as jsonb)
                else jsonb_build_object('limit', trim_scale(:unusual)::text, 'code', 'quantity_unusual')
                    || cast(:unusual_facts as jsonb) end
            || jsonb_build_object('column', 'quantity',
                'value', trim_scale(r.quantity)::text, 'unit', r.unit,
                'median', trim_scale(round(u.median / r.factor, 3))::text,
                'ratio', trim_scale(round(r.base / u.median, 4))::text)
        end as usual
    from resolved r
    left join activity_record x on x.account_id = :account_id and x.id = r.record_id
    left join usual u on u.source_id = r.source_id and u.meter = r.meter
    left join mixed m on m.source_id = r.source_id and m.month = r.month
    left join repeated p on p.source_id = r.source_id and p.month = r.month and p.meter = r.meter
) v"""

STEPS = {
    "heads": HEADS,
    "repeated": REPEATED,
    "resolved": RESOLVED,
    "usual": USUAL,
    "mixed": MIXED,
    "verdicts": VERDICTS,
}

ANALYSED = {"heads": "source_id, month, meter", "resolved": "source_id, month, meter, record_id", "verdicts": "row_no"}
"""What the planner must know of a file's steps to join them by hash."""

COUNTS = """
select count(*) as rows, count(*) filter (where verdict = 'new') as new,
    count(*) filter (where verdict = 'unchanged') as unchanged,
    count(*) filter (where verdict = 'correction') as corrections,
    count(*) filter (where verdict = 'error') as errors,
    count(*) filter (where verdict in ('new', 'correction') and (problems is not null or usual is not null)) as warnings
from verdicts"""

PROBLEMS = """
select row_no, verdict, problems, books, mixed, usual from verdicts
where problems is not null or books is not null or mixed is not null or usual is not null
order by row_no"""

INSERT = """
insert into activity_record (account_id, id, batch_id, source_id, meter_id, month, quantity, unit, tier, parameters,
    evidence_id, note, supersedes_id, is_withdrawn, reason, recorded_at, recorded_by)
select :account_id, uuidv7(), :batch_id, s.source_id, s.meter_id, s.month, s.quantity, s.unit, s.tier, s.parameters,
    s.evidence_id, s.note, v.head_id, false, case when v.head_id is null then '' else s.reason end, :recorded_at,
    :recorded_by
from staged s join verdicts v on v.row_no = s.row_no and v.verdict in ('new', 'correction')
order by s.source_id, s.month, s.meter_id"""
"""Sorted by the key: the indexes then grow at one end, which is twice as fast as in file order."""


def _escape(value: str) -> str:
    """Write text as COPY's text format wants it."""
    if not value or value.isalnum():
        return value
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a row's own problem in the form the SQL builds its problems in."""
    return {**{name: str(value) for name, value in problem.details.items()},
            "code": problem.code, "column": problem.column}  # fmt: skip


def problem_of(found: dict[str, Any]) -> Problem:
    """Read back what `problem_json` or the SQL wrote."""
    details = {name: value for name, value in found.items() if name not in {"code", "column"}}
    return Problem(found["code"], found["column"], details)


def _blocked(row: StagedRow) -> tuple[bool, bool]:
    """Tell whether the row is wrong, and whether it is wrong unless it changes nothing."""
    errors = [problem.is_about_change for problem in row.problems if not problem.is_warning]
    return not all(errors), any(errors)


NULL = "\\N"


def copy_line(row: StagedRow) -> str:
    """Return the row as a line of COPY's text format.

    Written out for speed: ids, dates, numbers and units have no character that needs an escape.
    """
    parameters, problems = "{}", "\\N"
    is_refused = is_barred = False
    if row.parameters:
        parameters = _escape(json.dumps(row.parameters, ensure_ascii=False))
    if row.problems:
        problems = _escape(json.dumps([problem_json(each) for each in row.problems], ensure_ascii=False))
        is_refused, is_barred = _blocked(row)
    return (
        f"{row.row}\t{row.source_id or NULL}\t{row.meter_id or NULL}\t{row.month or NULL}"
        f"\t{NULL if row.quantity is None else row.quantity}\t{row.unit or NULL}"
        f"\t{NULL if row.factor is None else row.factor}\t{row.tier}\t{parameters}\t{row.evidence_id or NULL}"
        f"\t{_escape(row.note)}\t{row.record_id or NULL}\t{_escape(row.reason)}\t{is_refused}\t{is_barred}\t{problems}"
    )


def _json_row(row: StagedRow) -> dict[str, Any]:
    is_refused, is_barred = _blocked(row)
    fields = dict(zip(COLUMNS, row[:-1], strict=False))
    problems = [problem_json(problem) for problem in row.problems] or None
    return {**fields, "is_refused": is_refused, "is_barred": is_barred, "own_problems": problems}


def _factors(directory: Directory, sources: Iterable[str] | None = None) -> str:
    wanted = None if sources is None else set(sources)
    rows = [
        {"source_id": source.text_id, "unit": unit.code, "factor": str(conversion(unit.code, source.base_unit))}
        for source in directory.sources.values()
        if wanted is None or source.text_id in wanted
        for unit in source.units
    ]
    return json.dumps(rows)


def _bound(directory: Directory, limits: EntryLimits, factors: str) -> dict[str, Any]:
    return {
        "account_id": directory.account_id, "factors": factors, "minimum_history": limits.minimum_history,
        "unusual": limits.unusual.value, "absurd": limits.absurd.value,
        "unusual_facts": json.dumps(limits.unusual.facts), "absurd_facts": json.dumps(limits.absurd.facts),
    }  # fmt: skip


async def driver(read: Read) -> Any:  # noqa: ANN401 - asyncpg is untyped
    """Return asyncpg's own connection, inside the same transaction."""
    raw = await read.connection.get_raw_connection()
    return raw.driver_connection


async def stage_file(write: Write, chunks: AsyncIterator[bytes]) -> None:
    """Copy lines of `copy_line`, in chunks, into the transaction's temporary table."""
    await write.run(text(f"create temporary table staged ({_TYPED}) on commit drop"))
    connection = await driver(write)
    await connection.copy_to_table("staged", source=chunks, format="text", encoding="utf-8")
    await write.run(text("analyze staged (row_no, source_id, month)"))


async def resolve_file(write: Write, directory: Directory, limits: EntryLimits) -> None:
    """Run the steps over the staged file; each result is a temporary table. The account's books must be locked."""
    bound = _bound(directory, limits, _factors(directory))
    for name, select in STEPS.items():
        used = {key: value for key, value in bound.items() if f":{key}" in select}
        await write.run(text(f"create temporary table {name} on commit drop as {select}"), used)
        if name in ANALYSED:
            await write.run(text(f"analyze {name} ({ANALYSED[name]})"))


async def resolve_few(read: Read, directory: Directory, limits: EntryLimits, rows: Iterable[StagedRow]) -> list[Any]:
    """Run the steps over a command's rows in one statement; return the verdicts in the order of the rows."""
    staged = [_json_row(row) for row in rows]
    sources = {row["source_id"] for row in staged if row["source_id"]}
    bound = _bound(directory, limits, _factors(directory, sources))
    steps = ",\n".join(f"{name} as materialized ({select})" for name, select in STEPS.items())
    statement = text(
        f"with staged as materialized (select * from jsonb_to_recordset(cast(:rows as jsonb)) as s({_TYPED})),"
        f"{steps} select v.*, s.source_id, s.meter_id, s.month, s.quantity, s.unit, s.tier, s.parameters, s.evidence_id,"
        " s.note, s.reason from verdicts v join staged s on s.row_no = v.row_no order by v.row_no"
    )
    return list(await read.rows(statement, {**bound, "rows": json.dumps(staged, default=str)}))
