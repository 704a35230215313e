"""CCER come in by the registry's export of serial ranges: what a line says of its units, and what follows from them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from backend.credits.ccer.rules import PLANT, is_exclusive
from backend.credits.ccer.service.claims import claim_imported
from backend.credits.ccer.service.holdings import unit_attributes
from backend.credits.ccer.service.reductions import REGISTRY
from backend.credits.ccer.values import STARTED_AFTER
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.kit.tables import Column
from backend.ledger.errors import AlreadyClaimed
from backend.ledger.ports import VINTAGE, Clash, Facts, Line, Source, Wrong, column, not_before, problem, register
from backend.ledger.values import CCER, BatchSpec, MovementValue

LONGEST_CODE = 60
PROJECT = column("project_code", "项目编号", "Project code", "登记的项目编号。", "The project's code.", 20)
NAME = column("project_name", "项目名称", "Project", "可留空。", "May be empty.", 24, must=False)
METHODOLOGY = column("methodology", "方法学", "Methodology", "方法学编号，含版本。", "Its code with version.", 20)
REGISTERED = column(
    "registered_on", "减排量登记日期", "Day of registration", "YYYY-MM-DD。", "YYYY-MM-DD.", 14, spellings=("登记日期",)
)
TRANSFERRED = column(
    "transferred_on", "划转日期", "Day of transfer", "YYYY-MM-DD，可留空。", "YYYY-MM-DD; may be empty.", 14, must=False
)
FROM = column(
    "produced_from", "监测期起", "Produced from", "YYYY-MM-DD；与“监测期止”同填或同空。海上风电、光热项目必填。",
    "YYYY-MM-DD; both days or neither. Needed for offshore wind and solar thermal.", 14, must=False,
)  # fmt: skip
TO = column("produced_to", "监测期止", "Produced to", "YYYY-MM-DD。", "YYYY-MM-DD.", 14, must=False)
PLANT_CODE = column(
    "plant_code", "电站绿证项目编码", "Plant's certificate code", "海上风电、光热项目必填：绿证编码前 17 位。",
    "Offshore wind and solar thermal: the 17 positions its certificates begin with.", 22, must=False,
)  # fmt: skip
MANAGED = column(
    "is_ets_managed", "是否纳入全国碳市场管理", "Managed by the trading market", "是或否；留空即未知，抵销时无法判定。",
    "是 (yes) or 否 (no); empty is not known, and an offset cannot be judged.", 16, must=False,
)  # fmt: skip

PLANT_WRONG = (
    "“{value}”不是电站的绿证项目编码，请填写 17 位数字或大写字母：方法学 {methodology} 的项目不得就同一电量同时申领绿证。",
    "'{value}' is not the 17 positions the plant's certificates begin with; {methodology} excludes certificates of its energy.",
)
DAYS_MISSING = (
    "方法学 {methodology} 的减排量须填写监测期起止日期，否则无法核对同一电量的绿证。",
    "Units of {methodology} need both days of production: certificates of the same energy cannot be found without.",
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
    methodology = line.text(METHODOLOGY, most=LONGEST_CODE).upper()
    registered = _needed(line, REGISTERED)
    vintage = line.year(VINTAGE, STARTED_AFTER.year)
    if vintage > registered.year:
        raise Wrong(problem("vintage_late", VINTAGE, YEAR_AFTER, value=vintage, limit=registered.year))
    first, last = _production(line, vintage, registered)
    transferred = line.day(TRANSFERRED)
    if transferred is not None:
        not_before(TRANSFERRED, transferred, REGISTERED, registered)
    plant = line.text(PLANT_CODE, most=LONGEST_CODE).upper()
    if is_exclusive(methodology):
        if first is None:
            raise Wrong(problem("production_missing", FROM, DAYS_MISSING, methodology=methodology))
        if not PLANT.fullmatch(plant):
            raise Wrong(problem("plant_wrong", PLANT_CODE, PLANT_WRONG, value=plant, methodology=methodology))
    attributes = unit_attributes(registered, methodology, line.text(NAME), plant, is_ets_managed=line.truth(MANAGED))
    if transferred is not None:
        attributes["transferred_on"] = str(transferred)
    return Facts(vintage, first, last, project, tuple(attributes.items()))


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
    """Claim for solar thermal and offshore wind the energy, so that no certificate stands on it.

    Raises:
        Clash: a certificate stands on it already.
    """
    for place, (spec, movement) in enumerate(zip(specs, movements, strict=True)):
        methodology, plant = str(spec.attributes["methodology"]), str(spec.attributes["plant_code"])
        first, last = spec.produced_from, spec.produced_to
        if first is None or last is None or not is_exclusive(methodology):
            continue
        try:
            await claim_imported(
                write, scope, account_id, plant, first, last, movement_id=movement.id,
                facts={"project": spec.project_code, "methodology": methodology},
            )  # fmt: skip
        except AlreadyClaimed as refused:
            raise Clash(place, problem("energy_certified", PLANT_CODE, CERTIFIED, first=first, last=last)) from refused


CCER_FILE = register(
    Source(
        CCER, REGISTRY, "credits:import",
        (PROJECT, NAME, METHODOLOGY, REGISTERED, TRANSFERRED, FROM, TO, PLANT_CODE, MANAGED), _read, _settle,
    )
)  # fmt: skip
