"""Benchmarking (对标) within sectors, and carbon-efficiency codes (碳效码) given by it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue, FigureKind
from backend.keyunits import catalogue, queries, queries_standing
from backend.keyunits.errors import KeyUnitNothingToCompare, KeyUnitSchemeMissing
from backend.keyunits.models import KeyUnitBenchmark, KeyUnitCode
from backend.keyunits.rules import checking, comparing
from backend.keyunits.service.common import lock, note, of_authority, recorded
from backend.keyunits.service.listing import year_facts
from backend.keyunits.values import FEWEST, MONTHS, BenchmarkRow, Metric, Standing, Words, YearFacts
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants

NO_DATA = Words("全年数据不完整，无法对标。", "Without twelve months of data it cannot be compared.")
NO_VALUE = Words("未填报增加值，或增加值不为正，无法对标。", "Without a positive value added it cannot be compared.")
NO_SECTOR = Words(
    f"本行业可比账户不足 {FEWEST} 个或尚未对标，不予展示。",
    f"Fewer than {FEWEST} accounts of the sector, or not compared yet.",
)
COMPARED = Words("与本行业四分位值相比（取两位有效数字）。", "Beside the sector's quartiles, to two figures.")


async def _intensities(
    read: Read, scope: Scope, year: int, facts: Mapping[UUID, YearFacts]
) -> dict[UUID, dict[Metric, Decimal]]:
    """Return the intensities of accounts with a whole year and a positive value added. One statement."""
    whole = [one for one, each in facts.items() if each.months >= MONTHS]
    figures = await accounts.figures(read, scope, whole, [year])
    found: dict[UUID, dict[Metric, Decimal]] = {}
    for one in whole:
        added = next(
            (each.quantity for each in figures.get((one, year), ()) if each.kind is FigureKind.VALUE_ADDED), Decimal(0)
        )
        values = {metric: comparing.intensity(facts[one], added, metric) for metric in Metric}
        if all(each is not None for each in values.values()):
            found[one] = {metric: each for metric, each in values.items() if each is not None}
    return found


async def _own_place(read: Read, scope: Scope) -> tuple[str, str]:
    """Return code and path of the caller's region; of the whole jurisdiction for the service itself."""
    pack = await tenants.pack_in_force(read, scope)
    path = scope.region if scope.kind is Kind.AUTHORITY else pack.region
    return path.rstrip("/").rpartition("/")[2], path


async def compare_sectors(write: Write, scope: Scope, *, year: int) -> list[BenchmarkRow]:
    """Compare the accounts of each sector of the caller's region in a year; sectors of fewer than five are left out.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:supervise`.
        KeyUnitYearInvalid: no such year.
        KeyUnitNothingToCompare: no sector has enough accounts.
    """
    of_authority(scope)
    checking.year(year)
    code, path = await _own_place(write, scope)
    await lock(write, f"benchmark:{path}:{year}")
    facts = await year_facts(write, scope, year, path=path)
    found = await _intensities(write, scope, year, facts)
    known = await accounts.accounts_by_id(write, scope, sorted(found)) if found else []
    sectors: defaultdict[str, list[UUID]] = defaultdict(list)
    for each in known:
        if each is not None:
            sectors[each.sector].append(each.id)
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(), "year": year, "sector": sector, "metric": metric.value, "division_code": code,
            "division_path": path, "accounts": len(ids), "low": lines[0], "middle": lines[1], "high": lines[2],
            **recorded(scope),
        }
        for sector, ids in sorted(sectors.items())
        for metric in Metric
        if (lines := comparing.quantiles([found[one][metric] for one in ids])) is not None
    ]  # fmt: skip
    if not rows:
        raise KeyUnitNothingToCompare(year=year, fewest=FEWEST, path=("input", "year"))
    await write.run(insert(KeyUnitBenchmark), rows)
    note(write, "keyunits:compare", "division", scope.organisation_id or rows[0]["id"], year=year, sectors=len(rows))
    return await queries_standing.benchmarks(write, scope, year=year, path=path)


async def standings(read: Read, scope: Scope, asked: Sequence[tuple[UUID, int]]) -> list[list[Standing]]:
    """Return how each account's year lies in its sector, by metric; for a loader. Four statements for each year."""
    answers: dict[tuple[UUID, int], list[Standing]] = {}
    for year in {year for _, year in asked}:
        ids = [one for one, of in asked if of == year]
        facts = await year_facts(read, scope, year, account_ids=ids)
        intensities = await _intensities(read, scope, year, facts)
        known = {each.id: each for each in await accounts.accounts_by_id(read, scope, ids) if each is not None}
        benchmarks = await queries_standing.benchmarks(
            read, scope, year=year, sectors=sorted({each.sector for each in known.values()})
        )
        for one in ids:
            answers[one, year] = [
                _standing(
                    metric, year, known.get(one), facts.get(one), intensities.get(one, {}).get(metric), benchmarks
                )
                for metric in Metric
            ]
    return [answers[key] for key in asked]


def _standing(
    metric: Metric, year: int, account: AccountValue | None, facts: YearFacts | None, value: Decimal | None,
    benchmarks: Sequence[BenchmarkRow],
) -> Standing:  # fmt: skip
    if facts is None or facts.months < MONTHS or account is None:
        return Standing(metric, year, None, None, None, NO_DATA)
    if value is None:
        return Standing(metric, year, None, None, None, NO_VALUE)
    # Of the comparisons that hold the account, the one of the largest region.
    fitting = [
        each for each in benchmarks
        if each.metric is metric and each.sector == account.sector
        and account.division_path.startswith(each.division_path)
    ]  # fmt: skip
    if not fitting:
        return Standing(metric, year, value, None, None, NO_SECTOR)
    found = min(fitting, key=lambda each: len(each.division_path))
    return Standing(metric, year, value, found, comparing.quarter(value, found.low, found.middle, found.high), COMPARED)


async def give_codes(write: Write, scope: Scope, *, year: int) -> int:
    """Give every key unit of the caller's region its carbon-efficiency code of a year; return how many got one.

    Units that cannot be compared get none. What was given before stays on record; the newest counts.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:supervise`.
        KeyUnitYearInvalid: no such year.
        KeyUnitSchemeMissing: the jurisdiction's documents name no such code.
        KeyUnitNothingToCompare: the year was not compared yet, or no unit can be.
    """
    of_authority(scope)
    checking.year(year)
    scheme = catalogue.scheme(scope.tenant)
    if scheme is None:
        raise KeyUnitSchemeMissing
    _, path = await _own_place(write, scope)
    await lock(write, f"codes:{path}:{year}")
    units = await queries.files(write, scope)
    facts = await year_facts(write, scope, year, account_ids=list(units))
    found = await _intensities(write, scope, year, facts)
    benchmarks = {
        each.sector: each for each in await queries_standing.benchmarks(write, scope, year=year, path=path)
        if each.metric is scheme.metric
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        {
            "account_id": one, "id": new_id(), "year": year, "scheme": scheme.code, "level": told[0].level,
            "name_zh": told[0].name.zh, "name_en": told[0].name.en, "ratio": told[1],
            "intensity": values[scheme.metric], "benchmark_id": benchmark.id,
            "inventory_id": facts[one].inventory_id, "is_placeholder": scheme.source.is_placeholder, **recorded(scope),
        }
        for one, values in found.items()
        if (benchmark := benchmarks.get(units[one].sector)) is not None
        and (told := comparing.level(values[scheme.metric], benchmark.middle, scheme.levels)) is not None
    ]  # fmt: skip
    if not rows:
        raise KeyUnitNothingToCompare(year=year, fewest=FEWEST, path=("input", "year"))
    await write.run(insert(KeyUnitCode), rows)
    note(write, "keyunits:give_codes", "division", scope.organisation_id or rows[0]["id"], year=year, given=len(rows))
    return len(rows)
