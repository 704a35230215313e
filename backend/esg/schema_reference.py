"""Standards, requirements, crosswalk, metrics, topics and applicability on the wire."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.esg.values import (
    Applicability,
    Applies,
    Crossing,
    DisclosureDuty,
    DutyState,
    Level,
    Library,
    Metric,
    Pillar,
    Relation,
    Requirement,
    RequirementKind,
    Standard,
    Topic,
    Words,
)

strawberry.enum(Pillar, name="DisclosurePillar", description="Environment, society, governance.")
strawberry.enum(
    RequirementKind, name="DisclosureKind", description="Answered by a figure, by a text, or by a plain fact."
)
strawberry.enum(
    Level,
    name="DisclosureLevel",
    description="How strongly a standard asks of whom it binds. `MATERIAL`: mandatory when the topic is material.",
)
strawberry.enum(
    Relation,
    name="DisclosureRelation",
    description="`SAME`: one answer serves both. `NARROWER`: the other's answer serves this one too. `PARTIAL`: they overlap.",
)
strawberry.enum(
    Applies,
    name="DisclosureApplies",
    description="Whether a standard binds. `CANNOT_TELL` (the profile does not say) blocks as a duty would.",
)
strawberry.enum(DutyState, name="DisclosureDutyState", description="How a disclosure that is due stands.")

CONFIDENCE = "How sure that is: `verified-by-lookup`, `verified-by-lookup(secondary)`, `from-memory`, `placeholder`."


@strawberry.type(description="A text in both languages.")
class DisclosureText:
    """A text in both languages."""

    zh: str = strawberry.field(description="中文。")
    en: str = strawberry.field(description="English.")


@strawberry.type(description="What a standard asks for, in this product's words.")
class DisclosureRequirement:
    """What a standard asks for."""

    key: str = strawberry.field(description="Standard and code, e.g. `gri305:305-1.a`.")
    code: str = strawberry.field(description="Its code within the standard.")
    name: DisclosureText = strawberry.field(description="What is asked.")
    pillar: Pillar = strawberry.field(description="Environment, society or governance.")
    kind: RequirementKind = strawberry.field(description="What answers it.")
    level: Level = strawberry.field(description="How strongly it is asked.")
    topic: int | None = strawberry.field(description="The exchanges' topic (1 to 21), if it belongs to one.")
    metric: str | None = strawberry.field(description="The metric that feeds it; null: the owner answers.")
    point: str = strawberry.field(description="The point of a disclosure that answers it.")
    unit: str = strawberry.field(description="Unit of its figure; empty: none. `tCO2e/*`: per what the owner names.")
    may_explain: bool = strawberry.field(description="Whether a reason may stand in its place.")
    needs_evidence: bool = strawberry.field(description="Whether the owner's answer needs a file.")
    clause: str = strawberry.field(description="Where the standard says so.")
    mandatory_for: DisclosureText = strawberry.field(description="Whom the standard binds.")
    source: str = strawberry.field(description="Document and date.")
    confidence: str = strawberry.field(description=CONFIDENCE)
    confidence_note: str = strawberry.field(description="What was looked up, and what was not.")


@strawberry.type(description="A version of a disclosure standard. It never changes: a newer one is another version.")
class DisclosureStandard:
    """A version of a disclosure standard."""

    code: str = strawberry.field(description="Its code, e.g. `exchanges`.")
    version: str = strawberry.field(description="Its version.")
    name: DisclosureText = strawberry.field(description="Its name.")
    document: str = strawberry.field(description="Number of the document.")
    issued_on: date | None = strawberry.field(description="When the document was issued.")
    valid_from: date | None = strawberry.field(description="From when it holds; null: not said.")
    source: str = strawberry.field(description="Where this comes from.")
    confidence: str = strawberry.field(description=CONFIDENCE)
    confidence_note: str = strawberry.field(description="What was looked up, and what was not.")
    is_binding_on_some: bool = strawberry.field(description="Whether it binds anybody; else it is voluntary.")
    first_year: int = strawberry.field(description="The first year it holds for.")
    sha256: str = strawberry.field(description="Hash of the file it was loaded from.")
    requirements: list[DisclosureRequirement] = strawberry.field(description="What it asks for.")


@strawberry.type(description="How a requirement relates to one of another standard.")
class DisclosureCrossing:
    """A pair of the crosswalk."""

    from_key: str = strawberry.field(description="A requirement.")
    to_key: str = strawberry.field(description="The other standard's.")
    relation: Relation = strawberry.field(description="How the first relates to the second.")
    confidence: str = strawberry.field(description=CONFIDENCE)
    note: str = strawberry.field(description="Why.")


@strawberry.type(description="A metric of the catalogue.")
class DisclosureMetric:
    """A metric."""

    code: str = strawberry.field(description="Its code, e.g. `ghg.scope1`.")
    name: DisclosureText = strawberry.field(description="Its name.")
    kind: RequirementKind = strawberry.field(description="A figure, or a plain fact.")
    unit: str = strawberry.field(description="Its unit; `tCO2e/*`: per unit of what was made.")
    is_prefilled: bool = strawberry.field(description="Whether the account can feed it; else the owner enters it.")
    formula: DisclosureText = strawberry.field(description="How it comes about.")


@strawberry.type(description="One of the exchanges' 21 topics.")
class DisclosureTopic:
    """One of the exchanges' 21 topics."""

    number: int = strawberry.field(description="1 to 21.")
    pillar: Pillar = strawberry.field(description="Environment, society or governance.")
    name: DisclosureText = strawberry.field(description="Its name.")
    article: str = strawberry.field(description="The guidelines' articles.")
    mapping: str = strawberry.field(description="Where GRI and IFRS treat it.")
    source: str = strawberry.field(description="Document and date.")
    confidence: str = strawberry.field(description=CONFIDENCE)
    confidence_note: str = strawberry.field(description="What was looked up, and what was not.")


@strawberry.type(description="How topics are judged.")
class DisclosureMaterialityTerms:
    """How topics are judged."""

    version: str = strawberry.field(description="Version of the terms.")
    low: Decimal = strawberry.field(description="The lowest score.")
    high: Decimal = strawberry.field(description="The highest score.")
    threshold: Decimal = strawberry.field(description="From this score on a topic is material.")
    document: str = strawberry.field(description="Where that comes from.")
    confidence: str = strawberry.field(description=CONFIDENCE)
    is_placeholder: bool = strawberry.field(description="True: no published terms were found; these stand in for them.")


@strawberry.type(description="All reference data of disclosure in force here.")
class DisclosureLibrary:
    """All reference data of disclosure in force here."""

    standards: list[DisclosureStandard] = strawberry.field(description="Those with a deadline first.")
    crosswalk: list[DisclosureCrossing] = strawberry.field(description="How their requirements relate.")
    metrics: list[DisclosureMetric] = strawberry.field(description="What the account can feed, and what is entered.")
    topics: list[DisclosureTopic] = strawberry.field(description="The exchanges' 21 topics.")
    materiality: DisclosureMaterialityTerms = strawberry.field(description="How topics are judged.")


@strawberry.type(description="Whether a standard binds an account for a year.")
class DisclosureApplicability:
    """Whether a standard binds an account for a year."""

    standard: str = strawberry.field(description="The standard's code.")
    version: str = strawberry.field(description="Its version.")
    year: int = strawberry.field(description="The year disclosed.")
    outcome: Applies = strawberry.field(description="Bound, not bound, or not to be told.")
    reason: DisclosureText = strawberry.field(description="Why.")
    due_on: date | None = strawberry.field(description="By when it is due; null: no day is set.")


@strawberry.type(description="A disclosure that is due, done, late, voluntary, or cannot be told.")
class DisclosureObligation:
    """A disclosure that is due or not."""

    standard: str = strawberry.field(description="The standard's code.")
    name: DisclosureText = strawberry.field(description="Its name.")
    year: int = strawberry.field(description="The year disclosed.")
    due_on: date | None = strawberry.field(description="By when; null: no day is set.")
    state: DutyState = strawberry.field(description="How it stands.")


def words(value: Words) -> DisclosureText:
    """Return a text as the wire has it."""
    return DisclosureText(zh=value.zh, en=value.en)


def requirement(value: Requirement) -> DisclosureRequirement:
    """Return a requirement as the wire has it."""
    return DisclosureRequirement(
        key=value.key, code=value.code, name=words(value.name), pillar=value.pillar, kind=value.kind,
        level=value.level, topic=value.topic, metric=value.metric, point=value.point, unit=value.unit,
        may_explain=value.may_explain, needs_evidence=value.needs_evidence, clause=value.clause,
        mandatory_for=words(value.mandatory_for), source=value.source, confidence=value.confidence,
        confidence_note=value.confidence_note,
    )  # fmt: skip


def standard(value: Standard) -> DisclosureStandard:
    """Return a standard as the wire has it."""
    return DisclosureStandard(
        code=value.code, version=value.version, name=words(value.name), document=value.document,
        issued_on=value.issued_on, valid_from=value.valid_from, source=value.source, confidence=value.confidence,
        confidence_note=value.confidence_note, is_binding_on_some=bool(value.binding.tests),
        first_year=value.binding.first_year, sha256=value.sha256,
        requirements=[requirement(each) for each in value.requirements],
    )  # fmt: skip


def crossing(value: Crossing) -> DisclosureCrossing:
    """Return a pair as the wire has it."""
    return DisclosureCrossing(
        from_key=value.from_key, to_key=value.to_key, relation=value.relation, confidence=value.confidence,
        note=value.note,
    )  # fmt: skip


def metric(value: Metric) -> DisclosureMetric:
    """Return a metric as the wire has it."""
    return DisclosureMetric(
        code=value.code, name=words(value.name), kind=value.kind, unit=value.unit,
        is_prefilled=value.rule is not None, formula=words(value.formula),
    )  # fmt: skip


def topic(value: Topic) -> DisclosureTopic:
    """Return a topic as the wire has it."""
    return DisclosureTopic(
        number=value.number, pillar=value.pillar, name=words(value.name), article=value.article,
        mapping=value.mapping, source=value.source, confidence=value.confidence,
        confidence_note=value.confidence_note,
    )  # fmt: skip


def library(value: Library) -> DisclosureLibrary:
    """Return the reference data as the wire has it."""
    terms = value.materiality
    return DisclosureLibrary(
        standards=[standard(each) for each in value.standards.values()],
        crosswalk=[crossing(each) for each in value.crossings],
        metrics=[metric(each) for each in value.metrics.values()],
        topics=[topic(each) for each in value.topics.values()],
        materiality=DisclosureMaterialityTerms(
            version=terms.version, low=terms.low, high=terms.high, threshold=terms.threshold, document=terms.document,
            confidence=terms.confidence, is_placeholder=terms.is_placeholder,
        ),
    )  # fmt: skip


def applicability(value: Applicability) -> DisclosureApplicability:
    """Return applicability as the wire has it."""
    return DisclosureApplicability(
        standard=value.standard, version=value.version, year=value.year, outcome=value.outcome,
        reason=words(value.reason), due_on=value.due_on,
    )  # fmt: skip


def obligation(value: DisclosureDuty) -> DisclosureObligation:
    """Return a duty as the wire has it."""
    return DisclosureObligation(
        standard=value.standard, name=words(value.name), year=value.year, due_on=value.due_on, state=value.state
    )
