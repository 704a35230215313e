"""A jurisdiction on the wire: its names, divisions, programmes, sectors and the documents behind them."""

from datetime import date, datetime
from typing import Any

import strawberry

from backend.tenants import queries
from backend.tenants.errors import TenantNotFurnished
from backend.tenants.queries import DivisionRow
from backend.tenants.values import Document as PackDocument
from backend.tenants.values import Pack, Programme, Sector, Sourced
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info


@strawberry.type(
    description="An administrative division (行政区划, GB/T 2260), or a functional zone with a code of the tenant's own."
)
class Division:
    """An administrative division."""

    code: str = strawberry.field(description="GB/T 2260 code, or the tenant's own for a zone.")
    parent_code: str | None = strawberry.field(description="The division above; null for the province.")
    path: str = strawberry.field(description="Codes from the province down, each followed by a slash.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    level: str = strawberry.field(description="`province`, `city`, `district`, `county` or `zone`.")
    is_gbt2260: bool = strawberry.field(description="Whether GB/T 2260 lists it.")
    source: str = strawberry.field(description="Where code and name were read.")
    confidence: str = strawberry.field(description="How sure the source is.")
    children_count: int = strawberry.field(description="Divisions directly below.")

    @strawberry.field(description="The division above.")
    async def parent(self, info: Info) -> "Division | None":
        """Return the division above."""
        if self.parent_code is None:
            return None
        found = await info.context.loader(queries.division_batch).load(self.parent_code)
        return None if found is None else shown(found)


def shown(row: DivisionRow) -> Division:
    """Return a division as the wire has it."""
    return Division(
        code=row.code,
        parent_code=row.parent_code,
        path=row.path,
        name_zh=row.name_zh,
        name_en=row.name_en,
        level=row.level,
        is_gbt2260=row.is_gbt2260,
        source=row.source,
        confidence=row.confidence,
        children_count=row.children,
    )


async def load_division(context: Context, code: str) -> Division | None:
    """Return a division through the request's loader, None where the jurisdiction has none."""
    found = await context.loader(queries.division_batch).load(code)
    return None if found is None else shown(found)


@strawberry.type(description="A source document of the jurisdiction's pack.")
class TenantDocument:
    """A source document."""

    code: str = strawberry.field(description="Its code within the pack.")
    title_zh: str = strawberry.field(description="中文标题。")
    title_en: str = strawberry.field(description="English title.")
    number: str | None = strawberry.field(description="Its number (文号); null where not known.")
    issued: date | None = strawberry.field(description="When it was issued; null where not known.")
    confidence: str = strawberry.field(description="How sure the source is.")


@strawberry.type(
    description="Where a part of the pack comes from. A placeholder awaits an administrator; its note says what is missing."
)
class Provenance:
    """Where a part of the pack comes from."""

    document: TenantDocument | None = strawberry.field(description="The document; null for a mere placeholder.")
    is_placeholder: bool = strawberry.field(description="Not, or not wholly, an official rule.")
    confidence: str = strawberry.field(description="How sure the source is.")
    note_zh: str = strawberry.field(description="说明：占位内容缺少什么。")
    note_en: str = strawberry.field(description="Remarks: what a placeholder lacks.")


@strawberry.type(description="A programme the jurisdiction offers (碳普惠, 零碳园区, labels, finance).")
class TenantProgramme:
    """A programme."""

    code: str = strawberry.field(description="Its code.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    kind: str = strawberry.field(description="credits, points, certificates, finance, label, park, platform or report.")
    unit: str | None = strawberry.field(description="What it counts in; points are not tonnes.")
    status: str = strawberry.field(description="`in_force`, `pilot`, or `named`: a document names it and no more.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")


@strawberry.type(
    description="A sector the jurisdiction's documents name, and the accounting guide its accounts start from."
)
class TenantSector:
    """A sector."""

    code: str = strawberry.field(description="Its code.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    method_pack: str = strawberry.field(description="The method pack an account starts from.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")


@strawberry.type(description="An accounting guide as this jurisdiction applies it.")
class TenantMethodPack:
    """An accounting guide."""

    code: str = strawberry.field(description="Its code.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    fuel_table: str = strawberry.field(description="The fuel table its reports name.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")


@strawberry.type(description="Something the jurisdiction configures, in words, with its provenance.")
class TenantRule:
    """Something the jurisdiction configures."""

    code: str = strawberry.field(description="grid, factor_policy, calendar, score_model, budget or warnings.")
    text_zh: str = strawberry.field(description="中文说明。")
    text_en: str = strawberry.field(description="In words.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")


@strawberry.type(description="The jurisdiction this address serves (租户).")
class Tenant:
    """The jurisdiction."""

    code: str = strawberry.field(description="Its code, as in addresses.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    level: str = strawberry.field(description="`city` or `province`.")
    timezone: str = strawberry.field(description="IANA time zone.")
    division: Division = strawberry.field(description="Its own division.")
    grid_region: str = strawberry.field(description="The grid region whose average stands in (区域电网).")
    is_duty_separated: bool = strawberry.field(description="Whether nobody may approve the own work.")
    default_method_pack: str = strawberry.field(description="The method pack of accounts whose sector names none.")
    pack_version: str = strawberry.field(description="The version of the pack in force.")
    pack_sha256: str = strawberry.field(description="Hash of the pack's files.")
    loaded_at: datetime = strawberry.field(description="When the pack was loaded.")
    programmes: list[TenantProgramme] = strawberry.field(description="What it offers.")
    sectors: list[TenantSector] = strawberry.field(description="Sectors its documents name.")
    method_packs: list[TenantMethodPack] = strawberry.field(description="Accounting guides.")
    rules: list[TenantRule] = strawberry.field(description="What it configures, placeholders marked.")
    documents: list[TenantDocument] = strawberry.field(description="The documents behind all this.")
    placeholders_count: int = strawberry.field(description="Parts that await an administrator.")


def _document(document: PackDocument) -> TenantDocument:
    return TenantDocument(
        code=document.code,
        title_zh=document.title_zh,
        title_en=document.title_en,
        number=document.number,
        issued=document.issued,
        confidence=document.confidence.value,
    )


def provenance(pack: Pack, part: Sourced) -> Provenance:
    """Return where a part of a pack comes from, as the wire has it."""
    document = pack.document(part.document) if part.document else None
    return Provenance(
        document=_document(document) if document else None,
        is_placeholder=part.is_placeholder,
        confidence=part.confidence.value,
        note_zh=part.note_zh,
        note_en=part.note_en,
    )


def _programme(pack: Pack, part: Programme) -> TenantProgramme:
    return TenantProgramme(
        code=part.code,
        name_zh=part.name_zh,
        name_en=part.name_en,
        kind=part.kind.value,
        unit=part.unit,
        status=part.status.value,
        provenance=provenance(pack, part),
    )


def _sector(pack: Pack, part: Sector) -> TenantSector:
    return TenantSector(
        code=part.code,
        name_zh=part.name_zh,
        name_en=part.name_en,
        method_pack=part.method_pack,
        provenance=provenance(pack, part),
    )


def _rules(pack: Pack) -> list[TenantRule]:
    levels = ", ".join(pack.budget.levels)
    answers_zh = "、".join(response.name_zh for response in pack.warnings.responses) or "未设"
    answers_en = ", ".join(response.name_en for response in pack.warnings.responses) or "none"
    said: tuple[tuple[str, str, str, Sourced], ...] = (
        ("grid", f"区域电网：{pack.grid.name}", f"Grid region: {pack.grid.name}", pack.grid),
        ("factor_policy", f"因子取值规则：{pack.factor_policy.rule}", f"Factor policy: {pack.factor_policy.rule}",
         pack.factor_policy),
        ("calendar", f"核算年度自 {pack.calendar.first_month} 月起", f"Years start in month {pack.calendar.first_month}",
         pack.calendar),
        ("score_model", pack.score_model.name_zh, pack.score_model.name_en, pack.score_model),
        ("budget", f"{pack.budget.mode_zh}；层级：{levels}", f"{pack.budget.mode_en}; levels: {levels}", pack.budget),
        ("warnings", f"预警响应：{answers_zh}", f"Responses to warnings: {answers_en}", pack.warnings),
    )  # fmt: skip
    return [
        TenantRule(code=code, text_zh=zh, text_en=en, provenance=provenance(pack, part)) for code, zh, en, part in said
    ]


def _tenant(row: queries.PackRow, own: DivisionRow) -> Tenant:
    pack = Pack.model_validate(row.content)
    guides: list[Any] = [
        TenantMethodPack(
            code=part.code,
            name_zh=part.name_zh,
            name_en=part.name_en,
            fuel_table=part.fuel_table,
            provenance=provenance(pack, part),
        )
        for part in pack.method_packs
    ]
    return Tenant(
        code=pack.code,
        name_zh=pack.name_zh,
        name_en=pack.name_en,
        level=pack.level.value,
        timezone=pack.timezone,
        division=shown(own),
        grid_region=pack.grid_region,
        is_duty_separated=pack.separation_of_duties,
        default_method_pack=pack.default_method_pack,
        pack_version=row.version,
        pack_sha256=row.sha256,
        loaded_at=row.loaded_at,
        programmes=[_programme(pack, part) for part in pack.programmes],
        sectors=[_sector(pack, part) for part in pack.sectors],
        method_packs=guides,
        rules=_rules(pack),
        documents=[_document(document) for document in pack.documents],
        placeholders_count=sum(part.is_placeholder for _, part in pack.sourced()),
    )


@strawberry.type
class TenantsQuery:
    """Reads of the jurisdiction."""

    @strawberry.field(
        description="The jurisdiction: names, own division, programmes, sectors, guides and rules, each with its document "
        "or marked as a placeholder."
    )
    async def tenant(self, info: Info) -> Tenant:
        """Return the jurisdiction."""
        scope = info.context.scope
        scope.require("tenants:read")
        async with info.context.read() as read:
            row = await queries.pack_in_force(read, scope)
            own = await queries.division(read, scope, row.content["division_code"]) if row else None
        if row is None or own is None:
            raise TenantNotFurnished(tenant=scope.tenant)
        return _tenant(row, own)

    @strawberry.field(description="One division by its code; null where the jurisdiction has none.")
    async def division(self, info: Info, code: str) -> Division | None:
        """Return one division."""
        info.context.scope.require("tenants:read")
        found = await info.context.loader(queries.division_batch).load(code)
        return None if found is None else shown(found)

    @strawberry.field(
        description="Divisions as a tree: parents before their subdivisions. `under` is a division's code: it and everything "
        "below; `search` finds a part of a name or code."
    )
    async def divisions(
        self,
        info: Info,
        under: str | None = None,
        level: str | None = None,
        search: str | None = None,
        first: int = 100,
        after: str | None = None,
    ) -> Connection[Division]:
        """List divisions."""
        scope = info.context.scope
        scope.require("tenants:read")
        asked = page(first, after)
        last = asked.key(str)
        async with info.context.read() as read:
            top = await queries.division(read, scope, under) if under is not None else None
            rows: list[DivisionRow] = []
            if under is None or top is not None:
                path = top.path if top else None
                rows = await queries.divisions(
                    read, scope, path, level=level, search=search, after=last[0] if last else None, limit=asked.fetch
                )
        return connect(rows, asked, key=lambda row: [row.path], make=shown)
