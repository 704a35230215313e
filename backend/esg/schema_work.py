"""A disclosure as it stands, on the wire: points with what fills them, gaps, matrix, rounds, comparatives, tasks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import Evidence
from backend.esg import schema_reference as reference
from backend.esg.schema_reference import (
    DisclosureApplicability,
    DisclosureRequirement,
    DisclosureText,
    DisclosureTopic,
    words,
)
from backend.esg.schema_types import (
    DISCLOSURE,
    PUBLICATION,
    Disclosure,
    DisclosureAssurance,
    DisclosureProfile,
    DisclosurePublication,
    assurance,
    disclosure,
    files,
    profile,
    publication,
)
from backend.esg.values import (
    AssessmentValue,
    Comparative,
    DisclosureView,
    EntryKind,
    EntryValue,
    Gap,
    GapKind,
    MatrixCell,
    Pillar,
    PointState,
    PointValue,
    Prefill,
    RequirementKind,
    Step,
    StepValue,
    TaskValue,
    Words,
)
from backend.identity.schema_types import Person, load_person
from backend.wire.context import Info
from backend.wire.nodes import node_id

strawberry.enum(
    EntryKind,
    name="DisclosureEntryKind",
    description="`PREFILL`: by the account. `ANSWER`: by the owner. `OVERRIDE`: by the owner, against the account. "
    "`OMISSION`: left out, with the reason. `WITHDRAWAL`: the owner's last word taken back.",
)
strawberry.enum(
    PointState,
    name="DisclosurePointState",
    description="`UNKNOWN`: the account cannot tell. `RESTATED`: its source changed since it was filled in.",
)
strawberry.enum(GapKind, name="DisclosureGapKind", description="What a disclosure lacks.")
strawberry.enum(Step, name="DisclosureStepKind", description="What moved a disclosure on.")


@strawberry.type(description="Where a value comes from.")
class DisclosureSource:
    """Where a value comes from."""

    kind: str = strawberry.field(
        description="`inventory`, `figure`, `movement`, `ledger`, `holding`, `verified_emissions`."
    )
    id: str = strawberry.field(description="Its identifier.")
    version: str = strawberry.field(description="Its version: an inventory's, a figure's moment, a movement's number.")
    note: str = strawberry.field(description="In words, e.g. the inventory's state and months covered.")


@strawberry.type(description="Something said of a point. It never changes; the newest of its kind counts.")
class DisclosureEntry:
    """Something said of a point."""

    account_id: strawberry.Private[UUID]
    evidence_ids: strawberry.Private[list[UUID]]
    actor_id: strawberry.Private[UUID | None]
    kind: EntryKind = strawberry.field(description="By whom, and how.")
    value: Decimal | None = strawberry.field(description="The figure.")
    unit: str = strawberry.field(description="Its unit.")
    text: DisclosureText | None = strawberry.field(description="The text or plain fact.")
    reason: DisclosureText | None = strawberry.field(description="Why it cannot be told, or why the owner says so.")
    formula: DisclosureText | None = strawberry.field(description="How a prefilled value comes about.")
    sources: list[DisclosureSource] = strawberry.field(description="Lineage of a prefilled value.")
    recorded_at: datetime = strawberry.field(description="When it was said.")

    @strawberry.field(description="Files it stands on.")
    async def evidence(self, info: Info) -> list[Evidence]:
        """Return its files."""
        return await files(info.context, self.account_id, self.evidence_ids)

    @strawberry.field(description="Who said it; null for the account itself.")
    async def recorded_by(self, info: Info) -> Person | None:
        """Return who said it."""
        return await load_person(info.context, self.actor_id)


@strawberry.type(description="What the account says now, where that differs from what was filled in.")
class DisclosureFreshValue:
    """What the account says now."""

    value: Decimal | None = strawberry.field(description="The figure.")
    unit: str = strawberry.field(description="Its unit.")
    text: DisclosureText | None = strawberry.field(description="The plain fact.")
    reason: DisclosureText | None = strawberry.field(description="Why it cannot be told.")
    sources: list[DisclosureSource] = strawberry.field(description="Its lineage.")


@strawberry.type(description="The prior year's figure: as published, and as the account says it today.")
class DisclosureComparative:
    """The prior year's figure."""

    year: int = strawberry.field(description="The prior year.")
    published: Decimal | None = strawberry.field(description="As the newest publication of that year has it.")
    current: Decimal | None = strawberry.field(description="As the account says it today.")
    unit: str = strawberry.field(description="Unit of the published figure, else of the current one.")
    publication_id: strawberry.ID | None = strawberry.field(description="That publication.")
    is_restated: bool = strawberry.field(description="Whether both are known and differ.")


@strawberry.type(description="A point of a disclosure: answered once for every requirement that asks for the same.")
class DisclosurePoint:
    """A point of a disclosure."""

    owner_id: strawberry.Private[UUID | None]
    point: str = strawberry.field(description="Its name: a metric's code, or a requirement's key.")
    name: DisclosureText = strawberry.field(description="What it says.")
    pillar: Pillar = strawberry.field(description="Environment, society or governance.")
    topic: int | None = strawberry.field(description="The exchanges' topic, if it belongs to one.")
    kind: RequirementKind = strawberry.field(description="A figure, a text or a plain fact.")
    state: PointState = strawberry.field(description="How it stands.")
    value: Decimal | None = strawberry.field(description="The figure that counts: the owner's, else the account's.")
    unit: str = strawberry.field(description="Its unit.")
    text: DisclosureText | None = strawberry.field(description="The text that counts.")
    is_mandatory: bool = strawberry.field(description="Whether a standard that binds demands it.")
    is_cannot_tell: bool = strawberry.field(description="Whether it cannot be told if it is demanded; that blocks too.")
    requirements: list[DisclosureRequirement] = strawberry.field(description="What it answers.")
    prefill: DisclosureEntry | None = strawberry.field(description="What the account said when it was asked last.")
    entry: DisclosureEntry | None = strawberry.field(description="What the owner said.")
    fresh: DisclosureFreshValue | None = strawberry.field(description="What the account says now; null: the same.")
    covered_by: str | None = strawberry.field(description="Another standard's point whose answer stands for this one.")
    comparative: DisclosureComparative | None = strawberry.field(description="The prior year's figure.")
    due_on: date | None = strawberry.field(description="By when its owner is to answer.")

    @strawberry.field(description="Who answers for it.")
    async def owner(self, info: Info) -> Person | None:
        """Return its owner."""
        return await load_person(info.context, self.owner_id)


@strawberry.type(description="Something a disclosure lacks.")
class DisclosureGap:
    """Something a disclosure lacks."""

    kind: GapKind = strawberry.field(description="What kind.")
    point: str | None = strawberry.field(description="At which point.")
    topic: int | None = strawberry.field(description="Of which topic.")
    standard: str | None = strawberry.field(description="Of which standard.")
    is_blocking: bool = strawberry.field(description="Whether it keeps the disclosure from going on.")
    message: DisclosureText = strawberry.field(description="In words.")


@strawberry.type(description="A topic in the matrix of double materiality. Null: not judged yet.")
class DisclosureMatrixCell:
    """A topic in the matrix of double materiality."""

    actor_id: strawberry.Private[UUID | None]
    topic: DisclosureTopic = strawberry.field(description="The topic.")
    impact: Decimal | None = strawberry.field(description="Score of the impact on people and environment.")
    financial: Decimal | None = strawberry.field(description="Score of the financial effect.")
    impact_reason: str = strawberry.field(description="Why that impact.")
    financial_reason: str = strawberry.field(description="Why that effect.")
    is_impact_material: bool | None = strawberry.field(description="Whether the impact reaches the threshold.")
    is_financially_material: bool | None = strawberry.field(description="Whether the effect reaches the threshold.")
    judged_at: datetime | None = strawberry.field(description="When it was judged.")

    @strawberry.field(description="Who judged it.")
    async def judged_by(self, info: Info) -> Person | None:
        """Return who judged it."""
        return await load_person(info.context, self.actor_id)


@strawberry.type(description="A remark of a reviewer, or the owner's answer to one.")
class DisclosureRemark:
    """A remark of a reviewer, or an answer to one."""

    point: str = strawberry.field(description="About which point; empty: the whole.")
    text: str = strawberry.field(description="What is to be mended, or what the owner says to that.")


@strawberry.type(description="What moved a disclosure on.")
class DisclosureStep:
    """What moved a disclosure on."""

    actor_id: strawberry.Private[UUID | None]
    step: Step = strawberry.field(description="What was done.")
    round: int = strawberry.field(description="In which round.")
    note: str = strawberry.field(description="In words.")
    remarks: list[DisclosureRemark] = strawberry.field(description="Of a returning reviewer.")
    answers: list[DisclosureRemark] = strawberry.field(description="Of the owner who submits it again, to remarks.")
    recorded_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Who did it.")
    async def recorded_by(self, info: Info) -> Person | None:
        """Return who did it."""
        return await load_person(info.context, self.actor_id)


@strawberry.type(description="A disclosure with everything below it, as it stands now.")
class DisclosureWork:
    """A disclosure with everything below it."""

    disclosure: Disclosure = strawberry.field(description="Where it stands.")
    profile: DisclosureProfile | None = strawberry.field(description="What the account says of its duties.")
    applicability: list[DisclosureApplicability] = strawberry.field(description="Which of its standards bind, and why.")
    matrix: list[DisclosureMatrixCell] = strawberry.field(description="Double materiality, topic by topic.")
    points: list[DisclosurePoint] = strawberry.field(description="What it says.")
    gaps: list[DisclosureGap] = strawberry.field(description="What it lacks, what blocks first.")
    steps: list[DisclosureStep] = strawberry.field(description="How it came here, oldest first.")
    publications: list[DisclosurePublication] = strawberry.field(description="The year's publications, oldest first.")
    assurances: list[DisclosureAssurance] = strawberry.field(description="Statements of verifiers on them.")


@strawberry.type(description="A point somebody answers for, in a disclosure on its way.")
class DisclosureTask:
    """A point somebody answers for."""

    owner_id: strawberry.Private[UUID]
    disclosure_id: strawberry.ID = strawberry.field(description="The disclosure's global id.")
    year: int = strawberry.field(description="The year disclosed.")
    point: str = strawberry.field(description="The point.")
    due_on: date = strawberry.field(description="By when.")
    is_answered: bool = strawberry.field(description="Whether it is answered.")
    is_overdue: bool = strawberry.field(description="Whether its day has passed and it is not.")

    @strawberry.field(description="Who answers for it.")
    async def owner(self, info: Info) -> Person | None:
        """Return its owner."""
        return await load_person(info.context, self.owner_id)


def _maybe(zh: str, en: str) -> DisclosureText | None:
    return DisclosureText(zh=zh, en=en or zh) if zh else None


def _words(value: Words | None) -> DisclosureText | None:
    return None if value is None else words(value)


def _sources(value: Sequence[Mapping[str, str]]) -> list[DisclosureSource]:
    return [
        DisclosureSource(kind=each["kind"], id=each["id"], version=each["version"], note=each.get("note", ""))
        for each in value
    ]


def entry(value: EntryValue) -> DisclosureEntry:
    """Return something said as the wire has it."""
    return DisclosureEntry(
        account_id=value.account_id, evidence_ids=list(value.evidence_ids), actor_id=value.recorded_by,
        kind=value.kind, value=value.value, unit=value.unit, text=_maybe(value.text_zh, value.text_en),
        reason=_maybe(value.reason, value.reason_en), formula=_maybe(value.formula_zh, value.formula_en),
        sources=_sources(value.sources), recorded_at=value.recorded_at,
    )  # fmt: skip


def _fresh(value: Prefill) -> DisclosureFreshValue:
    return DisclosureFreshValue(
        value=value.value, unit=value.unit, text=_words(value.text), reason=_words(value.reason),
        sources=_sources([each.as_json() for each in value.sources]),
    )  # fmt: skip


def _comparative(account_id: UUID, value: Comparative) -> DisclosureComparative:
    named = value.publication_id
    return DisclosureComparative(
        year=value.year, published=value.published, current=value.current, unit=value.unit,
        publication_id=None if named is None else node_id(PUBLICATION, account_id, named),
        is_restated=value.is_restated,
    )  # fmt: skip


def point(account_id: UUID, value: PointValue) -> DisclosurePoint:
    """Return a point as the wire has it."""
    return DisclosurePoint(
        owner_id=value.owner_id, point=value.point, name=words(value.name), pillar=value.pillar, topic=value.topic,
        kind=value.kind, state=value.state, value=value.value, unit=value.unit, text=_words(value.text),
        is_mandatory=value.is_mandatory, is_cannot_tell=value.is_cannot_tell,
        requirements=[reference.requirement(each) for each in value.requirements],
        prefill=None if value.prefill is None else entry(value.prefill),
        entry=None if value.entry is None else entry(value.entry),
        fresh=None if value.fresh is None else _fresh(value.fresh), covered_by=value.covered_by,
        comparative=None if value.comparative is None else _comparative(account_id, value.comparative),
        due_on=value.due_on,
    )  # fmt: skip


def gap(value: Gap) -> DisclosureGap:
    """Return a gap as the wire has it."""
    return DisclosureGap(
        kind=value.kind, point=value.point, topic=value.topic, standard=value.standard,
        is_blocking=value.is_blocking, message=words(value.words),
    )  # fmt: skip


def cell(value: MatrixCell) -> DisclosureMatrixCell:
    """Return a topic of the matrix as the wire has it."""
    one: AssessmentValue | None = value.assessment
    return DisclosureMatrixCell(
        actor_id=one.recorded_by if one else None, topic=reference.topic(value.topic),
        impact=one.impact if one else None, financial=one.financial if one else None,
        impact_reason=one.impact_reason if one else "", financial_reason=one.financial_reason if one else "",
        is_impact_material=value.is_impact_material, is_financially_material=value.is_financially_material,
        judged_at=one.recorded_at if one else None,
    )  # fmt: skip


def step(value: StepValue) -> DisclosureStep:
    """Return a step as the wire has it."""
    told = [DisclosureRemark(point=each["point"], text=each["text"]) for each in value.remarks]
    is_answer = value.step is Step.SUBMIT
    return DisclosureStep(
        actor_id=value.recorded_by, step=value.step, round=value.round, note=value.note,
        remarks=[] if is_answer else told, answers=told if is_answer else [], recorded_at=value.recorded_at,
    )  # fmt: skip


def work(value: DisclosureView) -> DisclosureWork:
    """Return a disclosure with everything below it as the wire has it."""
    return DisclosureWork(
        disclosure=disclosure(value.disclosure),
        profile=None if value.profile is None else profile(value.profile),
        applicability=[reference.applicability(each) for each in value.applicability],
        matrix=[cell(each) for each in value.matrix],
        points=[point(value.disclosure.account_id, each) for each in value.points],
        gaps=[gap(each) for each in value.gaps],
        steps=[step(each) for each in value.steps],
        publications=[publication(each) for each in value.publications],
        assurances=[assurance(each) for each in value.assurances],
    )


def task(value: TaskValue) -> DisclosureTask:
    """Return a task as the wire has it."""
    return DisclosureTask(
        owner_id=value.owner_id, disclosure_id=node_id(DISCLOSURE, value.account_id, value.disclosure_id),
        year=value.year, point=value.point, due_on=value.due_on, is_answered=value.is_answered,
        is_overdue=value.is_overdue,
    )  # fmt: skip
