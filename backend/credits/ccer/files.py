"""CCER come in by the registry's export of serial ranges: what a line says of its units, and what follows from them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from backend.credits.ccer.published import methodology_of
from backend.credits.ccer.rules import PLANT, is_exclusive
from backend.credits.ccer.service.claims import claim_imported, to_claim
from backend.credits.ccer.service.holdings import unit_attributes
from backend.credits.ccer.service.reductions import REGISTRY
from backend.credits.ccer.values import STARTED_AFTER
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.kit.tables import Column, is_blank
from backend.ledger.errors import AlreadyClaimed
from backend.ledger.methods import OLD_SCHEME_BEFORE
from backend.ledger.ports import VINTAGE, Clash, Facts, Line, Source, Wrong, column, fold, not_before, problem, register
from backend.ledger.values import CCER, BatchSpec, MovementValue

LONGEST_CODE = 60
PROJECT = column("project_code", "项目编号", "Project code", "登记的项目编号。", "The project's code.", 20)
NAME = column("project_name", "项目名称", "Project", "可留空。", "May be empty.", 24, must=False)
METHODOLOGY = column(
    "methodology", "方法学", "Methodology", "已发布方法学的编号（含版本）或中文名称。",
    "Of a published methodology: its code with version, or its Chinese name.", 20,
)  # fmt: skip
REGISTERED = column(
    "registered_on", "减排量登记日期", "Day of registration", "YYYY-MM-DD。", "YYYY-MM-DD.", 14, spellings=("登记日期",)
)
TRANSFERRED = column(
    "transferred_on", "划转日期", "Day of transfer", "YYYY-MM-DD，可留空。", "YYYY-MM-DD; may be empty.", 14, must=False
)
FROM = column(
    "produced_from", "监测期起", "Produced from", "YYYY-MM-DD；与“监测期止”同填或同空。填写电站编码时必填；海上风电、光热项目必填。",
    "YYYY-MM-DD; both days or neither. Needed with a plant's code, and for offshore wind and solar thermal.", 14,
    must=False,
)  # fmt: skip
TO = column("produced_to", "监测期止", "Produced to", "YYYY-MM-DD。", "YYYY-MM-DD.", 14, must=False)
PLANT_CODE = column(
    "plant_code", "电站绿证项目编码", "Plant's certificate code",
    "绿证编码前 17 位；海上风电、光热项目必填，与电站电量无关的项目留空。",
    "The 17 positions its certificates begin with; needed for offshore wind and solar thermal, empty where no plant's "
    "energy is concerned.", 22, must=False,
)  # fmt: skip
MANAGED = column(
    "is_ets_managed", "是否纳入全国碳市场管理", "Managed by the trading market", "是或否；留空即未知，抵销时无法判定。",
    "是 (yes) or 否 (no); empty is not known, and an offset cannot be judged.", 16, must=False,
)  # fmt: skip

METHODOLOGY_UNKNOWN = (
    "“{value}”不是已发布的方法学，请填写含版本的编号（如 CCER-01-002-V01）或中文名称；仅登记日期早于 {limit} 的旧机制减排量可保留原方法学。",
    (
        "'{value}' is not a published methodology. Write its code with version, such as CCER-01-002-V01, or its Chinese name; only "
        "units registered under the old scheme (before {limit}) keep another."
    ),
)
PLANT_NEEDED = (
    "“{value}”不是电站的绿证项目编码，请填写 17 位数字或大写字母：方法学 {methodology} 的项目不得就同一电量同时申领绿证。",
    "'{value}' is not the 17 positions the plant's certificates begin with; {methodology} excludes certificates of its energy.",
)
PLANT_WRONG = (
    "“{value}”不是电站的绿证项目编码，请填写 17 位数字或大写字母，系统按该编码核对同一电量的绿证；与电站电量无关的项目请留空。",
    (
        "'{value}' is not the 17 positions the plant's certificates begin with, by which certificates of the same energy are "
        "found. Leave it empty if no plant's energy is concerned."
    ),
)
PLANT_NUMBER = (
    "电站编码被存为数字，末尾数位可能已丢失。请将该列设为文本格式后重新导出。",
    "The plant's code was stored as a number and may have lost digits. Export again with that column as text.",
)
DAYS_NEEDED = (
    "方法学 {methodology} 的减排量须填写监测期起止日期，否则无法核对同一电量的绿证。",
    "Units of {methodology} need both days of production: certificates of the same energy cannot be found without.",
)
DAYS_MISSING = (
    "填写了电站编码，还须填写监测期起止日期，否则无法核对同一电量的绿证；与电站电量无关的项目请将电站编码留空。",
    (
        "With a plant's code give both days of production too: certificates of the same energy cannot be found without. Leave "
        "the code empty if no plant's energy is concerned."
    ),
)
HALF = ("监测期起止日期须同时填写。", "Give both days of production, or neither.")
VINTAGE_OTHER = (
    "年度 {value} 与监测期起始年份 {expected} 不符。",
    "The vintage {value} is not the year {expected} in which production begins.",
)
YEAR_AFTER = (
    "减排量年度 {value} 晚于登记年份 {limit}。",
    "The vintage {value} lies after the year of registration {limit}.",
)
CERTIFIED = (
    "该电站 {first} 至 {last} 的部分电量已有绿证登记，绿证与 CCER 只能二选一，未导入任何内容。",
    ("Green certificates stand on energy of the plant from {first} to {last}: certificates or CCER, never both. Nothing was "
    "imported."),
)  # fmt: skip


def _read(line: Line) -> Facts:
    project = line.text(PROJECT, most=LONGEST_CODE).upper()
    said = line.text(METHODOLOGY, most=LONGEST_CODE)
    registered = _needed(line, REGISTERED)
    methodology = methodology_of(said, registered)
    if methodology is None:
        raise Wrong(
            problem("methodology_unknown", METHODOLOGY, METHODOLOGY_UNKNOWN, value=said, limit=OLD_SCHEME_BEFORE)
        )
    vintage = line.year(VINTAGE, STARTED_AFTER.year)
    if vintage > registered.year:
        raise Wrong(problem("vintage_late", VINTAGE, YEAR_AFTER, value=vintage, limit=registered.year))
    first, last = _production(line, vintage, registered)
    transferred = line.day(TRANSFERRED)
    if transferred is not None:
        not_before(TRANSFERRED, transferred, REGISTERED, registered)
    plant = _plant(line, methodology, has_days=first is not None)
    attributes = unit_attributes(registered, methodology, line.text(NAME), plant, is_ets_managed=line.truth(MANAGED))
    if transferred is not None:
        attributes["transferred_on"] = str(transferred)
    return Facts(vintage, first, last, project, tuple(attributes.items()))


def _plant(line: Line, methodology: str, *, has_days: bool) -> str:
    """Return the plant's code, empty where it may be; with it come the days, or certificates could not be found by it."""
    cell = line.cells.get(PLANT_CODE.key)
    if not isinstance(cell, str) and not is_blank(cell):
        raise Wrong(problem("plant_not_text", PLANT_CODE, PLANT_NUMBER))
    plant, must = fold(line.text(PLANT_CODE, most=LONGEST_CODE)), is_exclusive(methodology)
    if not plant and not must:
        return plant
    if not has_days:
        words = DAYS_NEEDED if must else DAYS_MISSING
        raise Wrong(problem("production_missing", FROM, words, methodology=methodology))
    if not PLANT.fullmatch(plant):
        words = PLANT_NEEDED if must else PLANT_WRONG
        raise Wrong(problem("plant_wrong", PLANT_CODE, words, value=plant, methodology=methodology))
    return plant


def _needed(line: Line, column_: Column) -> date:
    found = line.day(column_)
    if found is None:
        raise Wrong(problem("cell_missing", column_))
    return found


def _production(line: Line, vintage: int, registered: date) -> tuple[date | None, date | None]:
    first, last = line.day(FROM), line.day(TO)
    if first is None and last is None:
        return None, None
    if first is None or last is None:
        raise Wrong(problem("production_half", TO if last is None else FROM, HALF))
    not_before(TO, last, FROM, first)
    not_before(REGISTERED, registered, TO, last)
    if first.year != vintage:
        raise Wrong(problem("vintage_other", VINTAGE, VINTAGE_OTHER, value=vintage, expected=first.year))
    return first, last


async def _settle(
    write: Write, scope: Scope, account_id: UUID, specs: Sequence[BatchSpec], movements: Sequence[MovementValue]
) -> None:
    """Claim the energy of plants that lines name, once a plant and days, so that no certificate stands on it.

    Raises:
        Clash: a certificate stands on it already.
    """
    for place, extent, movement, facts in to_claim(specs, movements):
        first, last = specs[place].produced_from, specs[place].produced_to
        try:
            await claim_imported(write, scope, account_id, extent, movement_id=movement.id, facts=facts)
        except AlreadyClaimed as refused:
            raise Clash(place, problem("energy_certified", PLANT_CODE, CERTIFIED, first=first, last=last)) from refused


CCER_FILE = register(
    Source(
        CCER, REGISTRY, "credits:import",
        (PROJECT, NAME, METHODOLOGY, REGISTERED, TRANSFERRED, FROM, TO, PLANT_CODE, MANAGED), _read, _settle, PLANT_CODE,
    )
)  # fmt: skip
