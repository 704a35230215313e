"""Admission levels: the most energy or emissions a unit of a product may take (准入水平、标杆水平)."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import insert

from backend.budgets.values import Paper
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.quantities import IncompatibleUnits, rate_conversion
from backend.kit.scope import Kind, Scope
from backend.projects.errors import ProjectLevelInvalid, ProjectOfAuthority
from backend.projects.models import AdmissionLevel
from backend.projects.rules import stating
from backend.projects.values import LevelValue, Measure
from backend.tenants import service as tenants

CONFIDENCE = "stated"
"""What an authority enters is what its document says; nobody else has confirmed it."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level as an authority states it: `most` is in `unit` (`kgce/t`, `tCO2e/t`), `level` is the document's word.

    `product` is one, or `value_added` or `output_value` for a sector's level by money (`tCO2e/万元`).
    """

    division_code: str
    sector: str
    product: str
    measure: Measure
    most: Decimal
    unit: str
    level: str
    document: Paper
    effective_on: date


async def record_level(write: Write, scope: Scope, given: Level) -> LevelValue:
    """Record an admission level that holds in a division and below; the newest one for a product counts.

    Raises:
        Unauthenticated, Forbidden: without `projects:decide`.
        ProjectOfAuthority: not an authority.
        DivisionUnknown: the jurisdiction has none.
        ProjectTextInvalid: product, level or document.
        ProjectLevelInvalid: outside the caller's region, an unknown sector, an amount, unit or day that cannot be.
    """
    scope.require("projects:decide")
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise ProjectOfAuthority(action="record_level")
    division = await tenants.required_division(write, scope, given.division_code)
    if not division.path.startswith(scope.region):
        raise _wrong("the division lies outside your region", "该区划不在您的辖区内", "divisionCode")
    pack = await tenants.pack_in_force(write, scope)
    if given.sector not in {each.code for each in pack.sectors}:
        raise _wrong("the jurisdiction has no such sector", "本地区没有该行业代码", "sector")
    product = stating.text("product", given.product, most=stating.LONGEST_NAME)
    if not 0 < given.most < stating.MOST:
        raise _wrong("more than zero is needed", "数值须大于零", "most")
    _check_unit(given.measure, given.unit)
    number = stating.text("documentNumber", given.document.number, most=stating.LONGEST_NAME)
    title = stating.text("documentTitle", given.document.title, most=stating.LONGEST_NAME)
    if given.document.dated > today():
        raise _wrong("the document is of a day to come", "文件日期不得晚于今天", "documentDated")
    value = LevelValue(
        id=new_id(), division_code=division.code, division_path=division.path, sector=given.sector, product=product,
        measure=given.measure, most=given.most, unit=given.unit,
        level=stating.text("level", given.level, most=stating.LONGEST_NAME), document_number=number,
        document_dated=given.document.dated, document_title=title, confidence=CONFIDENCE,
        effective_on=given.effective_on, recorded_at=now(), recorded_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(AdmissionLevel).values({**asdict(value), "measure": value.measure.value}))
    write.audit(
        "projects:record_level", object_type="AdmissionLevel", object_id=value.id, sector=value.sector,
        product=value.product, measure=value.measure.value, most=str(value.most), unit=value.unit,
        document=value.document_number,
    )  # fmt: skip
    return value


def _check_unit(measure: Measure, unit: str) -> None:
    above, slash, below = unit.partition("/")
    wanted = "tce" if measure is Measure.ENERGY else "tCO2e"
    try:
        rate_conversion(f"{wanted}/{below}", f"{above}/{below}")
    except IncompatibleUnits:
        slash = ""
    if not slash:
        raise _wrong(f"a unit like {wanted}/t is needed", f"单位应形如 {wanted}/t", "unit")


def _wrong(en: str, zh: str, field: str) -> ProjectLevelInvalid:
    return ProjectLevelInvalid(reason_en=en, reason_zh=zh, path=("input", field))
