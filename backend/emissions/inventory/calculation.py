"""The calculation of one or many accounts in one transaction: SQL over rows, Python over distinct sets.

Order: lock the books and take the instant (`as_of`); sum the records; set apart what claimed certificates cover; number
the parameter sets and resolve each once; make the lines; judge their quality and uncertainty; write inventories, lines, monthly roll-up and
transitions. What is written equals, to the last digit, what `reproduce` computes from the same versions.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.emissions.activity.books import BOOKS
from backend.emissions.activity.sql import parameters_of
from backend.emissions.inventory import sql
from backend.emissions.inventory.checks import checks_of
from backend.emissions.inventory.covered import cover_claims
from backend.emissions.inventory.judgement import Line
from backend.emissions.inventory.resolve import Book, Resolver
from backend.emissions.inventory.run import Gathered, Latest, Run, Standing, dumps, outcome_json
from backend.emissions.inventory.values import Computed, Item, ParameterSet, Request, Resolved, State
from backend.emissions.values import CheckOutcome
from backend.factors import service as factors
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope

# Locks are taken in the order of the ids; see `activity.books.enter` for one account.
LOCK_ALL = text(
    "select count(pg_advisory_xact_lock(:books, hashtext(id))) from"
    " (select id from unnest(cast(:ids as text[])) as id order by id) ordered"
)

# Families whose versions hold by date and enter a calculation; data years (grid factors) cut no year.
BREAKS = text(
    "select distinct day from ("
    " select unnest(array[lower(valid), upper(valid)]) as day from parameter_version where state <> 'rejected'"
    " and split_part(name, '.', 1) in ('aluminium', 'fuel', 'gwp', 'heat', 'process', 'standard_coal', 'steel')"
    ") days where day > :first and day <= :last order by day"
)


async def lock(write: Write, account_ids: Sequence[UUID]) -> datetime:
    """Lock the accounts' books until the transaction ends; return the database's instant after that."""
    await write.run(LOCK_ALL, {"books": BOOKS, "ids": [str(one) for one in account_ids]})
    return await write.value(text("select clock_timestamp()"))


async def prepare(
    read: Read, scope: Scope, request: Request, as_of: datetime, drafts: frozenset[UUID], book: Book | None = None
) -> Run:
    """Read the reference parameters, unless a book of this run is given, and cut the year where any changes."""
    if book is None:
        book = await open_book(read, scope, request, as_of, drafts)
    first, last = date(request.year, 1, 1), date(request.year, 12, 31)
    breaks = [row.day for row in await read.rows(BREAKS, {"first": first, "last": last})]
    starts = (first, *breaks)
    epochs = tuple(sum(1 for start in starts if start <= date(request.year, month, 1)) - 1 for month in range(1, 13))
    return Run(request, as_of, Resolver(book, request.factor_policy), epochs, starts)


async def open_book(
    read: Read, scope: Scope, request: Request, as_of: datetime, drafts: frozenset[UUID] = frozenset()
) -> Book:
    """Read the reference parameters once for a run."""
    return await factors.book(
        read, scope, published_by=request.factor_date, known_at=as_of, with_draft=set(drafts) or None
    )


async def gather(write: Write, run: Run, account_ids: Sequence[UUID]) -> Gathered:
    """Sum the records and resolve the distinct parameter sets; leave items and uses in temporary tables."""
    year = run.request.year
    await write.run(text(sql.TUNE))
    await write.run(text(sql.DROP))
    known = parameters_of(account_ids, date(year, 1, 1), date(year, 12, 1), run.as_of)
    dates = {name: known[name] for name in ("account_ids", "first_month", "last_month", "as_of")}
    await write.run(text(sql.CALIBRATED), dates)
    await write.run(text("analyze calculation_calibrated (account_id, meter_id)"))
    await write.run(text(sql.GROUP), {**known, "epochs": list(run.epochs)})
    await write.run(text("analyze calculation_group (source_id, quality)"))
    standings = await cover_claims(write, run, account_ids)
    await write.run(text(sql.UNIT), {"claiming": list(standings)})
    await write.run(text("analyze calculation_unit (source_id, set_id, quality)"))
    return await resolve_sets(write, run, standings)


async def resolve_sets(write: Write, run: Run, standings: Mapping[UUID, Standing]) -> Gathered:
    """Resolve the numbered parameter sets and leave items and uses in temporary tables."""
    found = await write.rows(text(sql.READ_SETS).columns(source_parameters=JSONB, record_parameters=JSONB))
    resolved = {row.set_id: run.resolver.resolve(_set(row, run)) for row in found}
    items, uses = numbered(resolved)
    await write.run(text(sql.ITEM), {"rows": dumps([_item(key, item) for key, item in items.items()])})
    await write.run(text(sql.USE), {"rows": dumps(uses)})
    await write.run(text("analyze calculation_item"))
    await write.run(text("analyze calculation_use"))
    return Gathered(resolved, items, standings)


async def resolve_again(write: Write, run: Run, standings: Mapping[UUID, Standing]) -> Gathered:
    """Resolve the same sets by another run's parameters; the lines are then made anew."""
    await write.run(text("drop table calculation_item, calculation_use, calculation_line"))
    return await resolve_sets(write, run, standings)


async def make_lines(write: Write) -> list[Line]:
    """Make the lines from groups and items; return what judging them needs."""
    await write.run(text(sql.LINE), {"qualities": list(sql.QUALITIES)})
    await write.run(text("analyze calculation_line (account_id, item_id)"))
    rows = await write.rows(text(sql.READ_LINES).columns(tiers=JSONB))
    return [Line(row.line_no, row.account_id, row.source_id, row.item_id, row.tiers, row.co2e_t) for row in rows]


async def calculate(
    write: Write, scope: Scope, account_ids: Sequence[UUID], run: Run, latest: Mapping[UUID, Latest]
) -> list[Computed]:
    """Compute and store a new version for every account; the caller has locked the books and checked states."""
    gathered = await gather(write, run, account_ids)
    lines = await make_lines(write)
    judged = run.judge.judge(lines, gathered.items)
    outcomes = await checks_of(write, account_ids, run, gathered)
    inventories: list[dict[str, Any]] = []
    for account_id in account_ids:
        before = latest.get(account_id)
        restates = run.request.restates.get(account_id)
        inventories.append({
            "account_id": account_id,
            "id": new_id(),
            "version": before.version + 1 if before else 1,
            "uncertainty": judged.uncertainty.get(account_id, {}),
            "checks": [outcome_json(each) for each in outcomes[account_id]],
            "quality_score": judged.quality.get(account_id),
            "restates_id": restates,
        })  # fmt: skip
    await store(write, scope, run, inventories, judged.notes)
    await transitions(write, scope, run, inventories, latest)
    return await _computed(write, run, inventories, outcomes)


async def store(
    write: Write, scope: Scope, run: Run, inventories: Sequence[Mapping[str, Any]], notes: Sequence[Mapping[str, Any]]
) -> None:
    """Write inventories, lines and months, each in one statement."""
    request = run.request
    rows = dumps(inventories)
    named = dumps([{"account_id": each["account_id"], "id": each["id"]} for each in inventories])
    await write.run(text(sql.NOTE), {"rows": dumps(notes)})
    await write.run(text("analyze calculation_note"))
    await write.run(
        text(sql.WRITE_INVENTORIES),
        {
            "rows": rows, "year": request.year, "as_of": run.as_of, "factor_policy": request.factor_policy,
            "factor_date": request.factor_date, "reason": request.reason, "job_id": request.job_id,
            "computed_by": scope.actor_id,
        },
    )  # fmt: skip
    await write.run(text(sql.WRITE_LINES), {"year": request.year, "inventories": named})
    await write.run(text(sql.WRITE_MONTHS), {"inventories": named})


async def transitions(
    write: Write, scope: Scope, run: Run, inventories: Sequence[Mapping[str, Any]], latest: Mapping[UUID, Latest]
) -> None:
    """Record that new versions are computed, and that the ones before them are withdrawn or restated."""
    rows: list[dict[str, Any]] = []
    for each in inventories:
        account_id, before = each["account_id"], latest.get(each["account_id"])
        rows.append({
            "account_id": account_id, "id": new_id(), "inventory_id": each["id"],
            "from_state": before.state if before else "open", "to_state": "computed", "reason": run.request.reason,
        })  # fmt: skip
        if before is not None and before.state != State.WITHDRAWN:
            ended = State.RESTATED if each["restates_id"] else State.WITHDRAWN
            rows.append({
                "account_id": account_id, "id": new_id(), "inventory_id": before.inventory_id,
                "from_state": before.state, "to_state": ended.value,
                "reason": run.request.reason or f"replaced by version {each['version']}",
            })  # fmt: skip
    document = dumps(rows)
    await write.run(text(sql.END_INVENTORIES), {"rows": document})
    who = {"as_of": run.as_of, "actor_id": scope.actor_id, "organisation_id": scope.organisation_id}
    await write.run(text(sql.WRITE_TRANSITIONS), {"rows": document, **who})


async def latest_versions(read: Read, account_ids: Sequence[UUID], year: int) -> dict[UUID, Latest]:
    """Return the newest version of each account that has one."""
    rows = await read.rows(text(sql.LATEST), {"account_ids": list(account_ids), "year": year})
    return {row.account_id: Latest(row.id, row.version, row.state) for row in rows}


async def _computed(
    write: Write, run: Run, inventories: Sequence[Mapping[str, Any]], outcomes: Mapping[UUID, Sequence[CheckOutcome]]
) -> list[Computed]:
    lines = {row.account_id: row.lines for row in await write.rows(text(sql.COUNT_LINES))}
    counted = await write.rows(
        text(
            "select account_id, id, version, record_count, excluded_count from inventory"
            " where account_id = any(cast(:accounts as uuid[])) and id = any(cast(:ids as uuid[])) order by account_id"
        ),
        {"accounts": [each["account_id"] for each in inventories], "ids": [each["id"] for each in inventories]},
    )
    return [
        Computed(
            row.id, row.account_id, row.version, lines.get(row.account_id, 0), row.record_count, row.excluded_count,
            tuple(outcomes[row.account_id]), run.as_of,
        )
        for row in counted
    ]  # fmt: skip


def numbered(resolved: Mapping[int, Resolved]) -> tuple[dict[int, Item], list[dict[str, Any]]]:
    """Give equal items one number; list which set uses which item with which conversion."""
    items: dict[int, Item] = {}
    numbers: dict[tuple[Any, ...], int] = {}
    uses: list[dict[str, Any]] = []
    for one in resolved.values():
        for item in one.items:
            identity = (
                item.scope, item.category, item.method, item.key, item.gas, item.basis, item.base_unit,
                item.coefficient, item.gwp, item.coal, item.formula, _versions(item),
            )  # fmt: skip
            key = numbers.setdefault(identity, len(numbers) + 1)
            items.setdefault(key, item)
            uses.append({"set_id": one.set_id, "item_id": key, "conversion": one.conversion})
    return items, uses


def _versions(item: Item) -> tuple[tuple[object, ...], ...]:
    """Return which values and versions an item rests on: the same ones on another day make the same line."""
    named = ("code", "version_id", "used_value", "value", "text_value", "source", "origin")
    return tuple(tuple(each.get(name) for name in named) for each in item.parameters)


def _set(row: Any, run: Run) -> ParameterSet:  # noqa: ANN401 - a row of `sql.READ_SETS`
    return ParameterSet(
        set_id=row.set_id, method=row.method, key=row.key, scope=row.scope, category=row.category,
        fuel_table=row.fuel_table, province_code=row.province_code, grid_region=row.grid_region,
        is_certificate_claimed=row.is_certificate_claimed, unit=row.unit, on=run.starts[row.epoch],
        source_parameters=row.source_parameters, record_parameters=row.record_parameters, is_covered=row.is_covered,
    )  # fmt: skip


def _item(key: int, item: Item) -> dict[str, Any]:
    return {
        "item_id": key, "scope": item.scope, "category": item.category, "method": item.method, "key": item.key,
        "gas": item.gas, "basis": item.basis, "base_unit": item.base_unit, "coefficient": item.coefficient,
        "coefficient_unit": item.coefficient_unit, "gwp": item.gwp, "coal": item.coal, "formula": item.formula,
        "formula_source": item.formula_source, "parameters": item.parameters,
    }  # fmt: skip
