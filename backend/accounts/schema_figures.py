"""Yearly figures on the wire: what stands, what it followed, and the command that records them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts import queries, service
from backend.accounts.figures.queries import figures_by_id
from backend.accounts.schema_evidence import Evidence, evidence, own_key
from backend.accounts.values import FigureConfidence, FigureDraft, FigureKind, FigureValue
from backend.identity.schema_types import Person, load_person
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader, uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

FigureKindEnum = strawberry.enum(
    FigureKind,
    name="FigureKind",
    description="What a yearly figure counts: value added (增加值), revenue (营业收入), output of a product (产品产量), total "
    "assets (资产总计), equity (所有者权益), debt (负债合计), enterprise value including cash (EVIC), employees (从业人员).",
)
FigureConfidenceEnum = strawberry.enum(
    FigureConfidence,
    name="FigureConfidence",
    description="What a figure rests on: a file attached as evidence, or the holder's declaration alone.",
)


@strawberry.type(
    description="A yearly figure (年度经营数据) of an account as recorded; it never changes, only gets a successor."
)
class YearFigure(Node):
    """A yearly figure."""

    account_id: strawberry.Private[UUID]
    evidence_id: strawberry.Private[UUID | None]
    recorder_id: strawberry.Private[UUID | None]
    supersedes_id: strawberry.Private[UUID | None]
    year: int = strawberry.field(description="The calendar year.")
    kind: FigureKindEnum = strawberry.field(description="What it counts.")  # type: ignore[valid-type]
    product: str = strawberry.field(description="The product, of output; else empty.")
    is_main: bool = strawberry.field(description="Whether it is the output of the main product.")
    quantity: Decimal = strawberry.field(description="How much, in `unit`; of a withdrawn figure what was taken away.")
    unit: str = strawberry.field(description="CNY for money, `person` for employees, its own for output.")
    confidence: FigureConfidenceEnum = strawberry.field(description="What it rests on.")  # type: ignore[valid-type]
    is_withdrawn: bool = strawberry.field(description="Whether this record takes the figure away.")
    note: str = strawberry.field(description="Why it corrects the one before; empty for a first one.")
    recorded_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="The file that proves it; null for a declaration.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return the file that proves it."""
        if self.evidence_id is None:
            return None
        found = await info.context.loader(queries.evidence_by_id).load((self.account_id, self.evidence_id))
        return None if found is None else evidence(found)

    @strawberry.field(description="Who recorded it; null for a program, or where you may not know them.")
    async def recorded_by(self, info: Info) -> Person | None:
        """Return who recorded it."""
        return await load_person(info.context, self.recorder_id)

    @strawberry.field(description="The record it corrects; null for a first one.")
    async def supersedes(self, info: Info) -> "YearFigure | None":
        """Return the record before it."""
        return None if self.supersedes_id is None else await _load(info.context, self.account_id, self.supersedes_id)


def year_figure(value: FigureValue) -> YearFigure:
    """Return a figure as the wire has it."""
    return YearFigure(
        id=node_id("YearFigure", value.account_id, value.id),
        account_id=value.account_id,
        evidence_id=value.evidence_id,
        recorder_id=value.recorded_by,
        supersedes_id=value.supersedes_id,
        year=value.year,
        kind=value.kind,
        product=value.product,
        is_main=value.is_main,
        quantity=value.quantity,
        unit=value.unit,
        confidence=value.confidence,
        is_withdrawn=value.is_withdrawn,
        note=value.note,
        recorded_at=value.recorded_at,
    )


async def _load(context: Context, *ids: UUID) -> YearFigure | None:
    context.scope.require("accounts:read")
    if len(ids) != 2:  # noqa: PLR2004 - account and own
        return None
    found = await context.loader(figures_by_id).load((ids[0], ids[1]))
    return None if found is None else year_figure(found)


node_loader("YearFigure")(_load)


@strawberry.input(description="One figure of a year.")
class FigureInput:
    """One figure of a year."""

    kind: FigureKindEnum = strawberry.field(description="What it counts.")  # type: ignore[valid-type]
    quantity: Decimal | None = strawberry.field(
        description="How much; null takes the figure away. Only value added and equity may be negative."
    )
    unit: str = strawberry.field(
        default="", description="Money in `CNY` or `万CNY`, employees in `person`, output in its own; kept in CNY."
    )
    product: str = strawberry.field(default="", description="The product, of output alone; at most 80 characters.")
    is_main: bool | None = strawberry.field(
        default=None,
        description="Whether this is the main product. Left out, the main product stays; the first one of a year is main.",
    )


@strawberry.input(description="Record, correct or take away figures of a year.")
class RecordYearFiguresInput:
    """Record figures of a year."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    year: int = strawberry.field(description="From 2005 to this year.")
    figures: list[FigureInput] = strawberry.field(description="At most 100; what is not named stays as it is.")
    evidence_id: strawberry.ID | None = strawberry.field(
        default=None, description="Global id of the file that proves them, e.g. an audited report."
    )
    reason: str = strawberry.field(
        default="", description="Needed where a figure that stands is changed or taken away."
    )


@strawberry.type(description="The figures were recorded.")
class YearFiguresRecorded:
    """The figures were recorded."""

    figures: list[YearFigure] = strawberry.field(description="All that stand for the year now.")


@strawberry.type
class FiguresMutation:
    """Commands on yearly figures."""

    @command(
        "accounts:record_figures",
        description="Record figures of a year (填报年度经营数据): value added, output, assets and what else emissions are set "
        "in relation to.",
    )
    async def record_year_figures(context: Context, write: Write, input: RecordYearFiguresInput) -> YearFiguresRecorded:
        """Record figures of a year."""
        (account_id, *_) = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        evidence_id = None
        if input.evidence_id is not None:
            _, evidence_id = own_key(input.evidence_id, "Evidence", path=("input", "evidenceId"))
        recorded = await service.record_figures(
            write, context.scope, account_id=account_id, year=input.year, evidence_id=evidence_id, reason=input.reason,
            drafts=[
                FigureDraft(each.kind, each.quantity, each.unit, each.product, each.is_main) for each in input.figures
            ],
        )  # fmt: skip
        return YearFiguresRecorded(figures=[year_figure(each) for each in recorded])
