"""The carbon evaluation on the wire: what is predicted of greenhouse gases, and what a project means for its place."""

from dataclasses import fields
from decimal import Decimal

import strawberry

from backend.projects.rules.placing import Impact
from backend.projects.rules.predicting import Prediction
from backend.projects.values import CarbonClass, Outcome

strawberry.enum(
    CarbonClass,
    name="ProjectCarbonClass",
    description="Emissions of a unit of value added above the intensity target of its place (高碳强度), or not; it may not be told.",
)


ProjectCheckOutcome = strawberry.enum(
    Outcome, name="ProjectCheckOutcome", description="Pass, fail, or cannot tell; the last two block."
)


@strawberry.type(description="A product's emissions a unit beside a reference the applicant states with its document.")
class ProjectPredictedLevel:
    """A product's emissions beside a reference."""

    product: str = strawberry.field(description="The product.")
    unit: str = strawberry.field(description="By this unit.")
    own: Decimal | None = strawberry.field(description="tCO2e a unit as predicted; null: it cannot be told.")
    reference: Decimal | None = strawberry.field(description="tCO2e a unit to compare with; null: none was stated.")
    level: str = strawberry.field(description="The document's word for it.")
    document: str = strawberry.field(description="Where it comes from.")
    outcome: Outcome = strawberry.field(description="Pass: not above it.")


@strawberry.type(description="A measure of the prediction and what it saves.")
class ProjectReduction:
    """A measure and what it saves."""

    what: str = strawberry.field(description="The measure.")
    tonnes: Decimal = strawberry.field(description="tCO2e a year.")


@strawberry.type(
    description="The greenhouse gas part of the environmental impact assessment (环评温室气体排放预测): amount, level, measures."
)
class ProjectPrediction:
    """The prediction of greenhouse gases."""

    is_needed: bool = strawberry.field(description="Whether the project's sector is one of those it is asked of.")
    direct: Decimal | None = strawberry.field(description="Direct and process emissions, tCO2e a year.")
    indirect: Decimal | None = strawberry.field(description="Of purchased electricity and heat, tCO2e a year.")
    total: Decimal | None = strawberry.field(description="Both, tCO2e a year.")
    before: Decimal | None = strawberry.field(description="A year of what is there before; null: nothing was stated.")
    change: Decimal | None = strawberry.field(description="What the project adds to that.")
    levels: list[ProjectPredictedLevel] = strawberry.field(description="How high that is, product by product.")
    level_said: str = strawberry.field(description="How high that is in the applicant's words.")
    measures_said: str = strawberry.field(description="What is done about it in the applicant's words.")
    reductions: list[ProjectReduction] = strawberry.field(description="Measures; the amounts hold them already.")
    reduced: Decimal = strawberry.field(description="What the measures save together, tCO2e a year.")
    source: str = strawberry.field(description="The document that asks for it.")


@strawberry.type(
    description="A year a project draws on, beside the budget it draws on; intensities in tCO2e per 10,000 yuan."
)
class ProjectImpactYear:
    """A year a project draws on."""

    year: int = strawberry.field(description="The year.")
    division_code: str = strawberry.field(description="Whose budget: the project's division's, or the nearest above.")
    tonnes: Decimal = strawberry.field(description="What the project takes, tCO2e.")
    available: Decimal = strawberry.field(description="What is left of the budget today, tCO2e.")
    share: Decimal | None = strawberry.field(description="The former of the latter, of 1; null: nothing is left.")
    target: Decimal | None = strawberry.field(description="The intensity target of the budget.")
    projected: Decimal | None = strawberry.field(description="The place's projected intensity without the project.")
    with_project: Decimal | None = strawberry.field(description="The same with it.")


@strawberry.type(
    description="What a project means for its place's budget and intensity target (对所在地碳排放总量和强度的影响), as it stands today."
)
class ProjectImpact:
    """What a project means for its place."""

    carbon_class: CarbonClass = strawberry.field(description="High, low, or it cannot be told.")
    own: Decimal | None = strawberry.field(description="Its tCO2e per 10,000 yuan of value added.")
    target: Decimal | None = strawberry.field(description="The intensity target there.")
    productivity: Decimal | None = strawberry.field(
        description="Value added, 10,000 yuan, for a tonne (单位碳排放产出效益)."
    )
    years: list[ProjectImpactYear] = strawberry.field(description="Year by year.")
    missing: list[int] = strawberry.field(description="Years without any budget you see.")
    note_zh: str = strawberry.field(description="说明。")
    note_en: str = strawberry.field(description="What it was told by.")


def prediction_shown(given: Prediction) -> ProjectPrediction:
    """Return a prediction as the wire has it."""
    return ProjectPrediction(
        is_needed=given.is_needed, direct=given.direct, indirect=given.indirect, total=given.total, before=given.before,
        change=given.change,
        levels=[ProjectPredictedLevel(**{one.name: getattr(each, one.name) for one in fields(each)}) for each in given.levels],
        level_said=given.level_said, measures_said=given.measures_said,
        reductions=[ProjectReduction(what=each.what, tonnes=each.tonnes) for each in given.reductions],
        reduced=given.reduced, source=given.source.document,
    )  # fmt: skip


def impact_shown(given: Impact) -> ProjectImpact:
    """Return what a project means for its place as the wire has it."""
    return ProjectImpact(
        carbon_class=given.carbon_class, own=given.own, target=given.target, productivity=given.productivity,
        years=[ProjectImpactYear(**{one.name: getattr(each, one.name) for one in fields(each)}) for each in given.years],
        missing=list(given.missing), note_zh=given.note.zh, note_en=given.note.en,
    )  # fmt: skip
