"""Every row of every reference file is in the database, with its exact values."""

import csv
import hashlib
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select

from backend.factors import formats, queries, service
from backend.factors.formats import Parsed
from backend.factors.models import ParameterVersion, ReferenceFile
from backend.factors.shipped import REFERENCE, shipped_files
from backend.factors.values import Version
from backend.kit.db import Databases
from backend.kit.scope import Scope

# File -> rows of the CSV, parameters they make, and how a row's parameters are told from another row's.
FILES: dict[str, tuple[int, int, Callable[[Version], object]]] = {
    "grid_factors.csv": (135, 135, lambda v: (v.key, v.region, v.valid.start)),
    "fuel_defaults.csv": (80, 240, lambda v: v.key),
    "standard_coal_coefficients.csv": (44, 44, lambda v: v.key),
    "ets_power_benchmarks.csv": (32, 80, lambda v: (v.key, v.valid.start)),
    "ets_power_corrections.csv": (19, 19, lambda v: (v.key, v.valid.start)),
    "gec_fields.csv": (33, 33, lambda v: v.key),
    "ccer_methodologies.csv": (18, 18, lambda v: v.key),
    "esg_topics.csv": (21, 21, lambda v: v.key),
    "zero_carbon_park_indicators.csv": (34, 68, lambda v: (v.attributes["id"], v.attributes.get("applies_when"))),
}


async def dataset(databases: Databases, name: str) -> list[Version]:
    async with databases.read(Scope.system("wuxi")) as read:
        rows = await read.rows(
            select(*queries.COLUMNS).where(
                ParameterVersion.dataset == name, ParameterVersion.recorded_by.is_(None), ParameterVersion.version == 1
            )
        )
    return [queries.version_of(row) for row in rows]


async def one(databases: Databases, name: str, key: str, region: str = "", year: int | None = None) -> Version:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await queries.versions_of(read, read.scope, [(name, key, region)])
    if year is not None:
        found = [version for version in found if version.valid.start == date(year, 1, 1)]
    assert len(found) == 1, found
    return found[0]


def cells(file: str) -> list[dict[str, str]]:
    with (REFERENCE / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("file", FILES)
async def test_every_row_is_stored(databases: Databases, file: str) -> None:
    rows, parameters, row_of = FILES[file]
    assert len(cells(file)) == rows
    stored = list(await dataset(databases, file.removesuffix(".csv")))
    assert len(stored) == parameters
    assert len({row_of(version) for version in stored}) == rows


def test_the_manifest_lists_every_file_as_it_is() -> None:
    manifest = tomllib.loads((REFERENCE / "manifest.toml").read_text(encoding="utf-8"))
    listed = {each["file"]: each["sha256"] for each in manifest["files"]}
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in REFERENCE.glob("*.csv")}


@pytest.mark.parametrize("shipped", shipped_files(), ids=lambda shipped: shipped.name)
def test_every_shipped_file_is_read_as_its_manifest_says(shipped) -> None:
    parsed = formats.parse(shipped.path.read_bytes(), shipped.defaults, 20_000)
    assert isinstance(parsed, Parsed)
    assert parsed.format == shipped.format


async def test_every_grid_factor_has_its_printed_value(databases: Databases) -> None:
    stored = {(v.key, v.region, v.valid.years): v for v in await dataset(databases, "grid_factors")}
    for row in cells("grid_factors.csv"):
        version = stored[row["factor_type"], row["geo_code"], row["data_year"]]
        assert str(version.value) == row["value"]
        assert (version.unit, version.confidence, version.document) == (row["unit"], row["confidence"], row["document"])
        assert version.note.startswith(row["note"])


async def test_every_fuel_row_has_its_three_printed_values(databases: Databases) -> None:
    stored = {(v.name, v.key): v for v in await dataset(databases, "fuel_defaults")}
    for row in cells("fuel_defaults.csv"):
        key = f"{row['table_id']}/{row['fuel_cn']}"
        assert str(stored["fuel.ncv", key].value) == row["ncv_gj_per_unit"]
        assert str(stored["fuel.carbon_content", key].value) == row["carbon_content_tc_per_gj"]
        assert str(stored["fuel.oxidation", key].value) == row["oxidation_factor"]
        assert stored["fuel.ncv", key].unit == f"GJ/{row['unit']}"
        assert stored["fuel.oxidation", key].attributes["derived_tco2_per_unit"] == row["derived_tco2_per_unit"]
        assert {stored[name, key].confidence for name in ("fuel.ncv", "fuel.carbon_content", "fuel.oxidation")} == {
            row["confidence"]
        }


async def test_every_benchmark_has_its_printed_values(databases: Databases) -> None:
    stored = {(v.name, v.key, v.valid.years): v for v in await dataset(databases, "ets_power_benchmarks")}
    columns = {
        "electricity_benchmark": "ets.electricity_benchmark",
        "heat_benchmark": "ets.heat_benchmark",
        "balance_value_electricity": "ets.electricity_balance",
        "balance_value_heat": "ets.heat_balance",
    }
    for row in cells("ets_power_benchmarks.csv"):
        for column, name in columns.items():
            version = stored.get((name, row["unit_class"], row["year"]))
            assert (str(version.value) if version else "") == row[column]
            assert version is None or version.published_on == date.fromisoformat(row["document_date"])


async def test_samples_of_every_other_file(databases: Databases) -> None:
    jiangsu = await one(databases, "grid.electricity", "provincial_average", "320000", 2023)
    assert (jiangsu.value, jiangsu.published_on) == (Decimal("0.5827"), date(2025, 12, 31))
    assert jiangsu.source == "MEE announcement (values read in several public repos quoting it)"

    gas = await one(databases, "standard_coal", "气田/油田天然气")
    assert (gas.value, gas.low, gas.high, gas.unit) == (None, Decimal("1.1000"), Decimal("1.3300"), "kgce/m3")
    equivalent = await one(databases, "standard_coal", "电力(等价值)")
    assert equivalent.value is None
    assert (equivalent.text_value or "").startswith("no fixed value")

    code = await one(databases, "gec.fields", "cert_code")
    assert (code.label_zh, code.attributes["type"], code.attributes["required"]) == ("绿证编码", "string(32)", "yes")

    topic = await one(databases, "esg.topics", "21")
    assert (topic.text_value, topic.valid.start) == ("反不正当竞争", date(2024, 5, 1))

    mine = await one(databases, "ccer.methodologies", "CCER-10-001-V01")
    assert (mine.text_value, mine.published_on) == ("煤矿低浓度瓦斯和风排瓦斯利用", date(2025, 1, 1))
    assert mine.note == "only the month of publish_date is known (2025-01); its first day is used"
    assert mine.attributes["publish_date"] == "2025-01"

    small = await one(databases, "park.indicators", "2/long/annual_energy_tce<1000000")
    large = await one(databases, "park.indicators", "2/long/annual_energy_tce>=1000000")
    assert (small.value, large.value, small.attributes["comparator"]) == (Decimal("0.2"), Decimal("0.3"), "<=")
    level = await one(databases, "park.indicators", "30/near")
    assert (level.text_value, level.attributes["comparator"]) == ("efficiency_grade_1", "meets_or_better")

    peaking = await one(databases, "ets.correction", "peaking (conventional coal; others 1)/coal", "", 2023)
    assert peaking.text_value == "F<65%:1.015^(16-20F); else 1; F as fraction"
    assert peaking.valid.years == "2023-2024"

    notice = await one(databases, "grid.electricity", "ets_notice_national", "CN", 2022)
    assert (notice.published_on, notice.attributes["document_date"]) == (date(2023, 2, 1), "2023-02")
    project = await one(databases, "grid.electricity", "legacy_regional_om", "华东", 2019)
    assert (project.value, project.published_on) == (Decimal("0.7921"), None)


async def test_confidence_passes_unchanged(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        for shipped in shipped_files():
            parsed = formats.parse(shipped.path.read_bytes(), shipped.defaults, 20_000)
            assert isinstance(parsed, Parsed)
            rows = await read.rows(
                select(ParameterVersion.confidence, func.count())
                .where(ParameterVersion.dataset == shipped.defaults.dataset, ParameterVersion.version == 1)
                .where(ParameterVersion.recorded_by.is_(None))
                .group_by(ParameterVersion.confidence)
            )
            expected: dict[str, int] = {}
            for entry in parsed.entries:
                expected[entry.confidence] = expected.get(entry.confidence, 0) + 1
            assert {row[0]: row[1] for row in rows} == expected


async def test_loading_again_stores_nothing_and_asks_once(databases: Databases, system: Scope) -> None:
    async with databases.read(system) as read:
        before = await read.value(select(func.count()).select_from(ParameterVersion))
    statements: list[str] = []
    engine = databases.engine("wuxi").sync_engine

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        async with databases.write(system) as write:
            report = await service.load_reference(write, system)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert all(each.was_known for each in report.files)
    assert str(report) == f"reference parameters up to date ({len(shipped_files())} files)"
    async with databases.read(system) as read:
        assert await read.value(select(func.count()).select_from(ParameterVersion)) == before
    # One to say who asks, one for the hashes.
    assert len(statements) == 2


async def test_every_tenant_has_every_file(databases: Databases) -> None:
    for tenant in databases.tenants:
        async with databases.read(Scope.system(tenant)) as read:
            loaded = {row.name for row in await queries.loaded_files(read, read.scope)}
            assert loaded >= {each.name for each in shipped_files()}
            assert await read.value(select(func.sum(ReferenceFile.row_count))) >= 416
