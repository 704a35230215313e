"""The parts of key units on the wire: rules, proposals, posts, meters, reports, comparisons, codes, passports."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.identity.schema_types import Person, load_person
from backend.keyunits import catalogue
from backend.keyunits.catalogue import Sourced, Threshold
from backend.keyunits.links import passport_path
from backend.keyunits.names import KIND_NAMES, MEASURE_UNITS, METRIC_NAMES, METRIC_UNITS, POST_NAMES, QUARTER_NAMES
from backend.keyunits.rules import moving
from backend.keyunits.schema_work import KeyUnitText, text
from backend.keyunits.values import (
    BenchmarkRow,
    ChangeKind,
    CodeRow,
    Crossing,
    Measure,
    Metric,
    OverdueItem,
    OverdueKind,
    PassportField,
    PassportRow,
    PostKind,
    PostRow,
    ProposalRow,
    ProposalState,
    Quarter,
    Reach,
    ReportRow,
    Standing,
)
from backend.kit.clock import today
from backend.tenants.schema import Division, load_division
from backend.wire.context import Info
from backend.wire.nodes import node_id

PROPOSAL = "KeyUnitProposal"
strawberry.enum(ChangeKind, name="KeyUnitChange", description="What becomes of a unit on the list.")
strawberry.enum(Measure, name="KeyUnitMeasure", description="What a threshold is held against.")
strawberry.enum(Reach, name="KeyUnitReach", description="Reached, below, or nobody can tell.")
strawberry.enum(ProposalState, name="KeyUnitProposalState", description="Where a proposal stands.")
strawberry.enum(PostKind, name="KeyUnitPostKind", description="Posts a key unit keeps.")
strawberry.enum(Metric, name="KeyUnitMetric", description="What is compared within a sector.")
strawberry.enum(
    Quarter, name="KeyUnitQuarter", description="A quarter of a sector, the first with the lowest intensities."
)
strawberry.enum(PassportField, name="UnitPassportField", description="What a public page may show besides the name.")
strawberry.enum(OverdueKind, name="KeyUnitOverdueKind", description="What a unit is late with.")


@strawberry.type(description="A document something rests on.")
class KeyUnitDocument:
    """A document."""

    title: str = strawberry.field(description="Its title.")
    number: str = strawberry.field(description="Its number, where it has one.")
    issued_on: date | None = strawberry.field(description="Its day of issue; null where it is not known.")


@strawberry.type(description="Where a rule was taken from, and how sure that is.")
class KeyUnitSource:
    """A source."""

    document: KeyUnitDocument = strawberry.field(description="The document.")
    quote: str = strawberry.field(description="Its own words, where they were read.")
    confidence: str = strawberry.field(description="How sure it is, as in the reference files.")
    is_placeholder: bool = strawberry.field(description="Whether it awaits the authority's own document.")
    note: KeyUnitText = strawberry.field(description="What is known of it, and what is not.")


@strawberry.type(description="From how much on an account is a key unit.")
class KeyUnitThreshold:
    """A threshold."""

    code: str = strawberry.field(description="Its code.")
    name: KeyUnitText = strawberry.field(description="Its name.")
    measure: Measure = strawberry.field(description="What is held against it.")
    limit: Decimal = strawberry.field(description="The limit, which itself reaches it, in `unit`.")
    unit: str = strawberry.field(description="tce or tCO2e, of a year.")
    first_year: int = strawberry.field(description="The first year it holds for.")
    method_packs: list[str] = strawberry.field(description="Only for accounts with these guides; empty: for all.")
    source: KeyUnitSource = strawberry.field(description="Where it was taken from.")


@strawberry.type(description="A report every key unit owes for a year.")
class KeyUnitDuty:
    """A duty."""

    code: str = strawberry.field(description="Its code.")
    name: KeyUnitText = strawberry.field(description="Its name.")
    due_on: date = strawberry.field(description="When the report of the last year is due.")
    source: KeyUnitSource = strawberry.field(description="Where it was taken from.")


@strawberry.type(description="A level of the carbon-efficiency code (碳效码).")
class KeyUnitCodeLevel:
    """A level."""

    level: int = strawberry.field(description="Its number, 1 the best.")
    name: KeyUnitText = strawberry.field(description="Its name.")
    up_to: Decimal | None = strawberry.field(description="Up to this ratio to the sector's middle; null: the last.")


@strawberry.type(description="The scheme of carbon-efficiency codes.")
class KeyUnitCodeScheme:
    """A scheme."""

    code: str = strawberry.field(description="Its code.")
    metric: Metric = strawberry.field(description="The intensity it goes by.")
    levels: list[KeyUnitCodeLevel] = strawberry.field(description="Its levels, the best first.")
    source: KeyUnitSource = strawberry.field(description="Where it was taken from.")


@strawberry.type(description="The rules of key units here, each with its source.")
class KeyUnitRules:
    """The rules."""

    thresholds: list[KeyUnitThreshold] = strawberry.field(description="From how much on an account is a key unit.")
    duties: list[KeyUnitDuty] = strawberry.field(description="What every key unit owes for a year.")
    scheme: KeyUnitCodeScheme | None = strawberry.field(description="Null where no document names such a code.")


def source(one: Sourced) -> KeyUnitSource:
    """Return a source as the wire has it."""
    return KeyUnitSource(
        document=KeyUnitDocument(title=one.document, number=one.document_number, issued_on=one.issued_on),
        quote=one.quote, confidence=one.confidence, is_placeholder=one.is_placeholder, note=text(one.note),
    )  # fmt: skip


def _threshold(one: Threshold) -> KeyUnitThreshold:
    return KeyUnitThreshold(
        code=one.code, name=text(one.name), measure=one.measure, limit=one.limit, unit=MEASURE_UNITS[one.measure],
        first_year=one.first_year, method_packs=sorted(one.method_packs), source=source(one.source),
    )  # fmt: skip


def rules(jurisdiction: str) -> KeyUnitRules:
    """Return a jurisdiction's rules as the wire has them."""
    scheme = catalogue.scheme(jurisdiction)
    return KeyUnitRules(
        thresholds=[_threshold(each) for each in catalogue.thresholds(jurisdiction)],
        duties=[
            KeyUnitDuty(
                code=each.code, name=text(each.name), due_on=moving.due_on(each, today().year - 1),
                source=source(each.source),
            )
            for each in catalogue.duties(jurisdiction)
        ],
        scheme=None if scheme is None else KeyUnitCodeScheme(
            code=scheme.code, metric=scheme.metric, source=source(scheme.source),
            levels=[KeyUnitCodeLevel(level=each.level, name=text(each.name), up_to=each.up_to) for each in scheme.levels],
        ),
    )  # fmt: skip


def paper(row: Any) -> KeyUnitDocument:  # noqa: ANN401 - any row with a document
    """Return a row's document as the wire has it."""
    return KeyUnitDocument(title=row.document, number=row.document_number, issued_on=row.document_date)


@strawberry.type(description="A threshold held against a year.")
class KeyUnitCrossing:
    """A crossing."""

    threshold: str = strawberry.field(description="The threshold's code.")
    measure: Measure = strawberry.field(description="What was held against it.")
    value: Decimal | None = strawberry.field(description="The year's sum of the months there are; null without any.")
    limit: Decimal = strawberry.field(description="The limit.")
    unit: str = strawberry.field(description="tce or tCO2e.")
    reach: Reach = strawberry.field(description="What came of it.")


def crossing(one: Crossing) -> KeyUnitCrossing:
    """Return a crossing as the wire has it."""
    return KeyUnitCrossing(
        threshold=one.threshold, measure=one.measure, value=one.value, limit=one.limit,
        unit=MEASURE_UNITS[one.measure], reach=one.reach,
    )  # fmt: skip


@strawberry.type(description="What is proposed for the list of a year, with what became of it.")
class KeyUnitProposal:
    """A proposal."""

    account_id: strawberry.Private[UUID]
    proposer_id: strawberry.Private[UUID | None]
    id: strawberry.ID = strawberry.field(description="Global id.")
    year: int = strawberry.field(description="The year whose figures it follows from.")
    kind: ChangeKind = strawberry.field(description="What is proposed.")
    kind_name: KeyUnitText = strawberry.field(description="The same in words.")
    crossings: list[KeyUnitCrossing] = strawberry.field(description="The year against each threshold.")
    months: int = strawberry.field(description="Months of the year with data.")
    is_verified: bool = strawberry.field(description="Whether the year's inventory was verified then.")
    reason: KeyUnitText = strawberry.field(description="Why.")
    is_manual: bool = strawberry.field(description="Whether somebody proposed it by hand.")
    recorded_at: datetime = strawberry.field(description="When it was proposed.")
    state: ProposalState = strawberry.field(description="Where it stands.")
    decision: str | None = strawberry.field(description="The second person's reason.")
    decided_at: datetime | None = strawberry.field(description="When it was decided on.")
    document: KeyUnitDocument | None = strawberry.field(description="The document of the decision.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="Who proposed it; null for a program, or where you may not know them.")
    async def recorded_by(self, info: Info) -> Person | None:
        """Return who proposed it."""
        return await load_person(info.context, self.proposer_id)


def proposal(row: ProposalRow) -> KeyUnitProposal:
    """Return a proposal as the wire has it."""
    return KeyUnitProposal(
        account_id=row.account_id, proposer_id=row.recorded_by, id=node_id(PROPOSAL, row.account_id, row.id),
        year=row.year, kind=row.kind, kind_name=text(KIND_NAMES[row.kind]),
        crossings=[crossing(each) for each in row.crossings], months=row.months, is_verified=row.is_verified,
        reason=text(row.reason), is_manual=row.is_manual, recorded_at=row.recorded_at, state=row.state,
        decision=row.decision, decided_at=row.decided_at, document=None if row.document is None else paper(row),
    )  # fmt: skip


@strawberry.type(description="Who holds a post; the newest of a kind counts.")
class KeyUnitPost:
    """A post."""

    kind: PostKind = strawberry.field(description="Which post.")
    name: KeyUnitText = strawberry.field(description="What it is called.")
    person_name: str = strawberry.field(description="The person.")
    title: str = strawberry.field(description="Their office.")
    contact: str = strawberry.field(description="How they are reached; for the authority and the unit itself.")
    starts_on: date = strawberry.field(description="Their first day.")
    ends_on: date | None = strawberry.field(description="Their last day; null: still in the post.")
    document: KeyUnitDocument = strawberry.field(description="The document of the appointment.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")


def post(row: PostRow) -> KeyUnitPost:
    """Return a post as the wire has it."""
    return KeyUnitPost(
        kind=row.kind, name=text(POST_NAMES[row.kind]), person_name=row.person_name, title=row.title,
        contact=row.contact, starts_on=row.starts_on, ends_on=row.ends_on, document=paper(row),
        recorded_at=row.recorded_at,
    )  # fmt: skip


@strawberry.type(description="The chief carbon officer (首席双碳官) as the disclosures' register names them.")
class KeyUnitChiefOfficer:
    """A chief carbon officer."""

    person_name: str = strawberry.field(description="The person.")
    title: str = strawberry.field(description="Their office.")
    starts_on: date = strawberry.field(description="Their first day.")
    document: str = strawberry.field(description="The document of the appointment.")


@strawberry.type(description="The meters of a unit.")
class KeyUnitMeters:
    """Meters."""

    meters: int = strawberry.field(description="How many there are.")
    uncalibrated: int = strawberry.field(description="Not under a valid calibration today.")
    due: int = strawberry.field(description="Calibrated today, and not any more on `dueBy`.")
    due_by: date = strawberry.field(description="In 90 days.")


@strawberry.type(description="A report filed for a duty of a year; the newest counts.")
class KeyUnitReport:
    """A report."""

    duty: str = strawberry.field(description="The duty's code.")
    year: int = strawberry.field(description="The year it is of.")
    filed_on: date = strawberry.field(description="When it was filed.")
    note: str = strawberry.field(description="In words.")
    evidence_id: strawberry.ID | None = strawberry.field(description="Global id of the report as a file.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")


def report(row: ReportRow) -> KeyUnitReport:
    """Return a report as the wire has it."""
    return KeyUnitReport(
        duty=row.duty, year=row.year, filed_on=row.filed_on, note=row.note, recorded_at=row.recorded_at,
        evidence_id=None if row.evidence_id is None else node_id("Evidence", row.account_id, row.evidence_id),
    )  # fmt: skip


@strawberry.type(description="How the accounts of a sector lie in a year: of at least five, to two figures.")
class KeyUnitBenchmark:
    """A comparison."""

    division_code: strawberry.Private[str]
    year: int = strawberry.field(description="The year.")
    sector: str = strawberry.field(description="The sector's code.")
    metric: Metric = strawberry.field(description="What is compared.")
    name: KeyUnitText = strawberry.field(description="The same in words.")
    unit: str = strawberry.field(description="Its unit.")
    accounts: int = strawberry.field(description="How many were compared.")
    low: Decimal = strawberry.field(description="A quarter of them lie up to here.")
    middle: Decimal = strawberry.field(description="Half of them lie up to here.")
    high: Decimal = strawberry.field(description="Three quarters of them lie up to here.")
    recorded_at: datetime = strawberry.field(description="When they were compared.")

    @strawberry.field(description="Of which division's accounts.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_code)


def benchmark(row: BenchmarkRow) -> KeyUnitBenchmark:
    """Return a comparison as the wire has it."""
    return KeyUnitBenchmark(
        division_code=row.division_code, year=row.year, sector=row.sector, metric=row.metric,
        name=text(METRIC_NAMES[row.metric]), unit=METRIC_UNITS[row.metric], accounts=row.accounts, low=row.low,
        middle=row.middle, high=row.high, recorded_at=row.recorded_at,
    )  # fmt: skip


@strawberry.type(description="A unit's intensity of a year beside its sector.")
class KeyUnitStanding:
    """A standing."""

    metric: Metric = strawberry.field(description="What is compared.")
    year: int = strawberry.field(description="The year.")
    unit: str = strawberry.field(description="Its unit.")
    intensity: Decimal | None = strawberry.field(description="The unit's own; null where it cannot be told.")
    benchmark: KeyUnitBenchmark | None = strawberry.field(description="The sector's; null where it is not shown.")
    quarter: Quarter | None = strawberry.field(description="In which quarter it lies.")
    quarter_name: KeyUnitText | None = strawberry.field(description="The same in words.")
    note: KeyUnitText = strawberry.field(description="How it was compared, or why it was not.")


def standing(one: Standing) -> KeyUnitStanding:
    """Return a standing as the wire has it."""
    return KeyUnitStanding(
        metric=one.metric, year=one.year, unit=METRIC_UNITS[one.metric], intensity=one.intensity,
        benchmark=None if one.benchmark is None else benchmark(one.benchmark), quarter=one.quarter,
        quarter_name=None if one.quarter is None else text(QUARTER_NAMES[one.quarter]), note=text(one.note),
    )  # fmt: skip


@strawberry.type(description="A carbon-efficiency code (碳效码) of a year, as it was given.")
class KeyUnitCode:
    """A code."""

    year: int = strawberry.field(description="The year.")
    scheme: str = strawberry.field(description="The scheme's code.")
    level: int = strawberry.field(description="Its level, 1 the best.")
    name: KeyUnitText = strawberry.field(description="The level's name.")
    ratio: Decimal = strawberry.field(description="Intensity ÷ middle of the sector.")
    intensity: Decimal = strawberry.field(description="tCO2e per 10,000 yuan of value added.")
    is_placeholder: bool = strawberry.field(description="Whether the scheme awaits the authority: no official rating.")
    recorded_at: datetime = strawberry.field(description="When it was given.")


def code(row: CodeRow) -> KeyUnitCode:
    """Return a code as the wire has it."""
    return KeyUnitCode(
        year=row.year, scheme=row.scheme, level=row.level, name=text(row.name), ratio=row.ratio,
        intensity=row.intensity, is_placeholder=row.is_placeholder, recorded_at=row.recorded_at,
    )  # fmt: skip


@strawberry.type(description="The digital passport (数字护照): what the enterprise agreed to show in public.")
class UnitPassport:
    """A passport."""

    passport_id: strawberry.Private[UUID]
    fields: list[PassportField] = strawberry.field(description="What it shows besides the name.")
    valid_until: date = strawberry.field(description="The last day it is shown.")
    is_withdrawn: bool = strawberry.field(description="Whether the enterprise ended it.")
    recorded_at: datetime = strawberry.field(description="When that was said.")

    @strawberry.field(
        description="Its public address, relative to this host: signed, for anybody who has it. `/qr.svg` and `/qr.png` below it are its QR code."
    )
    def path(self, info: Info) -> str:
        """Return its address."""
        return passport_path(info.context.settings, info.context.scope.tenant, self.passport_id)


def passport(row: PassportRow) -> UnitPassport:
    """Return a passport as the wire has it."""
    return UnitPassport(
        passport_id=row.passport_id, fields=list(row.fields), valid_until=row.valid_until,
        is_withdrawn=row.is_withdrawn, recorded_at=row.recorded_at,
    )  # fmt: skip


@strawberry.type(description="Something a unit is late with.")
class KeyUnitOverdue:
    """Something late."""

    account_id: strawberry.Private[UUID]
    kind: OverdueKind = strawberry.field(description="What kind of thing.")
    name: KeyUnitText = strawberry.field(description="What it is called.")
    due_on: date | None = strawberry.field(description="The day it was due; null where there is none.")
    count: int = strawberry.field(description="How many.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)


def overdue(one: OverdueItem) -> KeyUnitOverdue:
    """Return something late as the wire has it."""
    return KeyUnitOverdue(
        account_id=one.account_id, kind=one.kind, name=text(one.name), due_on=one.due_on, count=one.count
    )
