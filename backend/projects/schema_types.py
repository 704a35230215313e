"""Investment projects on the wire: projects, what applications said and came to, steps, conditions, admission levels."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, Evidence, evidence, load_account
from backend.accounts.service import evidence_by_id
from backend.budgets import service as budgets
from backend.factors.schema_types import NODE as FACTOR
from backend.projects import queries
from backend.projects.rules import judging, predicting, tiers, writing
from backend.projects.schema_evaluation import (
    ProjectCheckOutcome,
    ProjectImpact,
    ProjectPrediction,
    impact_shown,
    prediction_shown,
)
from backend.projects.service.common import reviewed
from backend.projects.service.placing import impacts
from backend.projects.values import (
    Action,
    Check,
    DocumentKind,
    LevelValue,
    LineKind,
    Measure,
    MethodLine,
    Nature,
    Paper,
    ProjectState,
    ProjectValue,
    Review,
    Source,
    Stance,
    StepValue,
    Tier,
    VersionValue,
)
from backend.tenants.schema import Division, load_division
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader
from backend.wire.scalars import JSON

ReviewTier = strawberry.enum(Tier, name="ReviewTier", description="Who reviews a project (审查层级).")
InvestmentProjectState = strawberry.enum(
    ProjectState, name="InvestmentProjectState", description="How far an investment project is (项目状态)."
)
InvestmentProjectAction = strawberry.enum(
    Action, name="InvestmentProjectAction", description="What moves an investment project on."
)
InvestmentNature = strawberry.enum(
    Nature, name="InvestmentNature", description="New, extension or retrofit (建设性质)."
)
ProjectLineKind = strawberry.enum(
    LineKind, name="ProjectLineKind", description="What a line of energy or emissions is."
)
ProjectDocumentKind = strawberry.enum(
    DocumentKind, name="ProjectDocumentKind", description="What a file of an application is (申请材料)."
)
ExpertStance = strawberry.enum(Stance, name="ExpertStance", description="What an expert says of a project (评审意见).")
AdmissionMeasure = strawberry.enum(Measure, name="AdmissionMeasure", description="What an admission level limits.")


@strawberry.type(description="The document a rule comes from, and how sure that is.")
class ProjectRuleSource:
    """The document a rule comes from."""

    document: str = strawberry.field(description="Its name, number and place.")
    since: date = strawberry.field(description="In force since, or issued on.")
    confidence: str = strawberry.field(description="How the rule is known: read in full, looked up, or from memory.")
    note: str = strawberry.field(description="What else is to be known of it.")


@strawberry.type(description="Who reviews a project and whether its carbon is evaluated (审查分级).")
class ProjectReview:
    """Who reviews a project."""

    tier: ReviewTier | None = strawberry.field(description="Who; null: it cannot be told.")  # type: ignore[valid-type]
    has_carbon_evaluation: bool | None = strawberry.field(
        description="Whether carbon is evaluated with it; null: no document of this jurisdiction says."
    )
    missing_zh: list[str] = strawberry.field(description="What is missing to tell, in Chinese.")
    missing_en: list[str] = strawberry.field(description="What is missing to tell, in English.")
    source: ProjectRuleSource = strawberry.field(description="Where the tiers come from.")
    carbon_source: ProjectRuleSource | None = strawberry.field(description="Where the carbon evaluation comes from.")
    is_increment: bool = strawberry.field(description="A retrofit that keeps its process is measured by what it adds.")


@strawberry.type(description="A condition of a project's approval (批准条件).")
class ProjectCheck:
    """A condition of a project's approval."""

    code: str = strawberry.field(description="tier, amounts, two_high, admission_energy, admission_carbon, ...")
    outcome: ProjectCheckOutcome = strawberry.field(description="What was found.")  # type: ignore[valid-type]
    reason_zh: str = strawberry.field(description="Why, in Chinese.")
    reason_en: str = strawberry.field(description="Why, in English.")
    source: ProjectRuleSource | None = strawberry.field(description="The rule's document, where there is one.")


@strawberry.type(description="A number of a line's formula and where it comes from (核算因子).")
class ProjectFactor:
    """A number of a line's formula."""

    letter: str = strawberry.field(description="Its letter in the formula.")
    value: Decimal = strawberry.field(description="Its value.")
    unit: str = strawberry.field(description="Its unit.")
    version_id: strawberry.ID | None = strawberry.field(description="The factor version; null for a stated factor.")
    document: str = strawberry.field(description="The document it comes from.")
    confidence: str = strawberry.field(description="How sure that is; 'stated' is the enterprise's word.")


@strawberry.type(description="A line of a year's energy and emissions as it was reckoned (核算明细).")
class ProjectMethodLine:
    """A line as it was reckoned."""

    kind: ProjectLineKind = strawberry.field(description="What it is.")  # type: ignore[valid-type]
    key: str = strawberry.field(description="The fuel, or what a process emits from.")
    quantity: Decimal = strawberry.field(description="Of a year of full production.")
    unit: str = strawberry.field(description="The quantity's unit.")
    formula: str = strawberry.field(description="The formula of the tonnes.")
    formula_source: str = strawberry.field(description="Where the formula comes from.")
    factors: list[ProjectFactor] = strawberry.field(description="The formula's numbers.")
    tonnes: Decimal | None = strawberry.field(description="tCO2e; null: it cannot be told.")
    tce: Decimal | None = strawberry.field(description="Standard coal by calorific value; null: it cannot be told.")
    tce_rule: str = strawberry.field(description="printed (GB/T 2589), heat_value, none, or unknown.")
    reason_zh: str | None = strawberry.field(description="Why it cannot be told, in Chinese.")
    reason_en: str | None = strawberry.field(description="Why it cannot be told, in English.")


@strawberry.type(
    description="A year's energy and emissions by a product's unit or value added (单位产品、单位增加值指标)."
)
class ProjectIntensity:
    """Energy and emissions by a unit."""

    what: str = strawberry.field(description="The product, or value_added, or output_value.")
    unit: str = strawberry.field(description="By this unit; 万元 for value added and output value.")
    tce: Decimal | None = strawberry.field(description="tce by unit, six decimals.")
    fossil_tce: Decimal | None = strawberry.field(description="Of these fossil, six decimals.")
    tonnes: Decimal | None = strawberry.field(description="tCO2e by unit, six decimals.")


@strawberry.type(description="A part of a project's energy (能源消费结构), or of its emissions (碳排放结构).")
class ProjectEnergyShare:
    """A part of the energy structure, or of the emissions."""

    energy: str = strawberry.field(description="The fuel, electricity, heat, or (of emissions) process.")
    share: Decimal = strawberry.field(description="Of 1; of energy by calorific value.")


@strawberry.type(description="A file of an application.")
class ProjectPaper:
    """A file of an application."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    kind: ProjectDocumentKind = strawberry.field(description="What it is.")  # type: ignore[valid-type]

    @strawberry.field(description="The file; null where you may not see the account's evidence.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return the file."""
        found = await info.context.loader(evidence_by_id).load((self.account_id, self.own_id))
        return None if found is None else evidence(found)


@strawberry.type(
    description="What an application says, and what that came to when it was recorded (申请内容与核算结果)."
)
class InvestmentProjectVersion:
    """What an application says and came to."""

    version: int = strawberry.field(description="Counts from 1.")
    nature: InvestmentNature = strawberry.field(description="New, extension or retrofit.")  # type: ignore[valid-type]
    starts_on: date = strawberry.field(description="When construction is to start.")
    produces_on: date = strawberry.field(description="When production is to start.")
    is_key_field: bool | None = strawberry.field(description="Whether it is of a key field the nation reviews.")
    value_added: Decimal | None = strawberry.field(description="A year's value added, 10,000 yuan.")
    environmental_grade: str = strawberry.field(description="Grade of environmental performance (环保绩效等级).")
    eia_level: str = strawberry.field(description="How high its emissions are for its kind (环评温室气体排放水平).")
    eia_measures: str = strawberry.field(description="What is done about them.")
    tce: Decimal | None = strawberry.field(description="Energy by calorific value (当量值), tce a year.")
    tce_equivalent: Decimal | None = strawberry.field(description="Energy by equivalent value (等价值), tce a year.")
    coal: Decimal | None = strawberry.field(description="Coal, tonnes a year.")
    scope1: Decimal | None = strawberry.field(description="Direct and process emissions, tCO2e a year.")
    scope2: Decimal | None = strawberry.field(description="Of electricity (location-based) and heat, tCO2e a year.")
    tonnes: Decimal | None = strawberry.field(description="Both, tCO2e a year; what a budget is drawn on for.")
    review: ProjectReview = strawberry.field(description="Who reviews it.")
    lines: list[ProjectMethodLine] = strawberry.field(description="Line by line.")
    intensities: list[ProjectIntensity] = strawberry.field(description="By product and by value added.")
    structure: list[ProjectEnergyShare] = strawberry.field(description="The energy structure.")
    fossil_tce: Decimal | None = strawberry.field(description="Of the energy, what fuels hold, tce a year.")
    carbon: list[ProjectEnergyShare] = strawberry.field(description="The structure of the emissions.")
    output_value: Decimal | None = strawberry.field(description="A year's output value, 10,000 yuan.")
    keeps_process: bool | None = strawberry.field(description="Whether a retrofit keeps place, process and equipment.")
    existing_tce: Decimal | None = strawberry.field(description="Energy of a year before it, tce.")
    existing_coal: Decimal | None = strawberry.field(description="Coal of a year before it, t.")
    existing_tonnes: Decimal | None = strawberry.field(description="Emissions of a year before it, tCO2e.")
    prediction: ProjectPrediction = strawberry.field(description="The prediction of greenhouse gases.")
    papers: list[ProjectPaper] = strawberry.field(description="The application's files.")
    sha256: str = strawberry.field(description="SHA-256 of what it says and came to.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")


@strawberry.type(description="A step a project took (办理记录). Steps are only added, never changed.")
class InvestmentProjectStep:
    """A step a project took."""

    action: InvestmentProjectAction = strawberry.field(description="What was done.")  # type: ignore[valid-type]
    from_state: str = strawberry.field(description="The state before; empty for the first.")
    to_state: str = strawberry.field(description="The state after.")
    version: int = strawberry.field(description="The version of the application it was of.")
    on: date = strawberry.field(description="The day it happened.")
    due_on: date | None = strawberry.field(description="The day on which the new state's time runs out.")
    reference: str = strawberry.field(description="The number of a document.")
    note: str = strawberry.field(description="Reason, opinion, or remarks.")
    facts: JSON = strawberry.field(
        description="What else was said: `missing` materials, `expert` and `stance`, `conditions`, `budget` and "
        "`replacement`, `impact` on its place, measured `tce` and `tonnes` beside the approved ones, `major` changes, `finding`s."
    )
    recorded_at: datetime = strawberry.field(description="When it was entered here.")


@strawberry.type(description="Tonnes a project holds of a year's budget (预算占用), tCO2e.")
class ProjectBudgetYear:
    """Tonnes a project holds of a year's budget."""

    year: int = strawberry.field(description="The budget's year.")
    budget_id: strawberry.ID = strawberry.field(description="The budget it draws on: a `CarbonBudget`.")
    reserved: Decimal = strawberry.field(description="Held until acceptance.")
    posted: Decimal = strawberry.field(description="Posted at acceptance.")


@strawberry.type(
    description="An admission level (准入水平): the most energy or emissions a unit of a product may take."
)
class AdmissionLevel(Node):
    """An admission level."""

    sector: str = strawberry.field(description="Code of the sector.")
    product: str = strawberry.field(description="The product, as applications name it.")
    measure: AdmissionMeasure = strawberry.field(description="Energy or carbon.")  # type: ignore[valid-type]
    most: Decimal = strawberry.field(description="The most a unit may take.")
    unit: str = strawberry.field(description="Of `most`, for example kgce/t.")
    level: str = strawberry.field(description="The document's word for it, for example 标杆水平.")
    division_code: str = strawberry.field(description="Where it holds, and below.")
    document_number: str = strawberry.field(description="The document's number.")
    document_dated: date = strawberry.field(description="The document's date.")
    document_title: str = strawberry.field(description="The document's title.")
    confidence: str = strawberry.field(description="'stated': as the authority entered it.")
    effective_on: date = strawberry.field(description="Since when it holds.")
    recorded_at: datetime = strawberry.field(description="When it was entered.")


@strawberry.type(description="An investment project (固定资产投资项目): energy review and carbon evaluation.")
class InvestmentProject(Node):
    """An investment project."""

    value: strawberry.Private[ProjectValue]
    code: str = strawberry.field(description="The national code of the investment project (项目代码).")
    name: str = strawberry.field(description="Its name.")
    sector: str = strawberry.field(description="Code of its sector.")
    state: InvestmentProjectState = strawberry.field(description="How far it is.")  # type: ignore[valid-type]
    state_on: date = strawberry.field(description="Since when.")
    due_on: date | None = strawberry.field(
        description="When the state's time runs out: the check of the materials (5 working days; null where the official "
        "calendar is not recorded), the approval (2 years), the acceptance (6 months); null where there is no limit."
    )
    version: int = strawberry.field(description="The newest version of the application.")
    approved_version: int | None = strawberry.field(description="The version that was approved.")
    approved_on: date | None = strawberry.field(description="When it was approved first.")
    approved_tce: Decimal | None = strawberry.field(description="Energy approved, tce a year.")
    approved_tonnes: Decimal | None = strawberry.field(description="Emissions approved, tCO2e a year.")
    is_two_high: bool | None = strawberry.field(
        description="Whether it is of high energy use and high emissions by its sector (两高); for power, see the checks."
    )
    created_at: datetime = strawberry.field(description="When it was recorded.")

    @strawberry.field(description="The enterprise's account; null where you may not see it.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.value.account_id)

    @strawberry.field(description="Where it is built.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.value.division_code)

    @strawberry.field(description="What the application says now, and what it came to.")
    async def application(self, info: Info) -> InvestmentProjectVersion | None:
        """Return the newest version."""
        found = await _version(info.context, self.value, self.value.version)
        return None if found is None else version(info.context, found)

    @strawberry.field(description="What was approved.")
    async def approved(self, info: Info) -> InvestmentProjectVersion | None:
        """Return the approved version."""
        if self.value.approved_version is None:
            return None
        found = await _version(info.context, self.value, self.value.approved_version)
        return None if found is None else version(info.context, found)

    @strawberry.field(description="The conditions of an approval as they stand today.")
    async def checks(self, info: Info) -> list[ProjectCheck]:
        """Return the conditions."""
        found = await _version(info.context, self.value, self.value.version)
        if found is None:
            return []
        levels = await info.context.loader(queries.levels_by_sector).load(self.value.sector)
        facts, result = writing.facts_of(found.facts), writing.result_of(found.result)
        scope = info.context.scope
        above = [each for each in levels if self.value.division_path.startswith(each.division_path)]
        return [
            check(each) for each in judging.checks(scope.tenant, facts, result, reviewed(scope, facts, result), above)
        ]

    @strawberry.field(description="Its steps, oldest first.")
    async def steps(self, info: Info) -> list[InvestmentProjectStep]:
        """Return its steps."""
        key = (self.value.account_id, self.value.id)
        return [step(each) for each in await info.context.loader(queries.steps_below).load(key)]

    @strawberry.field(description="What it holds of its division's budgets; for the authority whose budgets they are.")
    async def budget(self, info: Info) -> list[ProjectBudgetYear]:
        """Return what it holds."""
        if self.value.reservation_id is None:
            return []
        found = await info.context.loader(budgets.reservation_years).load(self.value.reservation_id)
        return [
            ProjectBudgetYear(
                year=each.year,
                budget_id=node_id("CarbonBudget", each.line_id),
                reserved=each.reserved,
                posted=each.posted,
            )
            for each in found
        ]

    @strawberry.field(
        description="What it means for its place as the budgets stand today; null where you do not read budgets."
    )
    async def impact(self, info: Info) -> ProjectImpact | None:
        """Return what it means for its place."""
        key = (self.value.account_id, self.value.id, self.value.version)
        found = await info.context.loader(impacts).load(key)
        return None if found is None else impact_shown(found)

    @strawberry.field(
        description="The day by which the last inspection's finding is to be rectified; null: nothing is."
    )
    async def rectify_by(self, info: Info) -> date | None:
        """Return by when something is to be rectified."""
        steps = await info.context.loader(queries.steps_below).load((self.value.account_id, self.value.id))
        return next((each.due_on for each in reversed(steps) if each.action is Action.INSPECT), None)


async def _version(context: Context, project: ProjectValue, number: int) -> VersionValue | None:
    return await context.loader(queries.versions_by_key).load((project.account_id, project.id, number))


def source(given: Source | None) -> ProjectRuleSource | None:
    """Return a rule's document as the wire has it."""
    if given is None:
        return None
    return ProjectRuleSource(
        document=given.document, since=given.since, confidence=given.confidence, note=given.note
    )  # fmt: skip


def review(given: Review) -> ProjectReview:
    """Return who reviews a project as the wire has it."""
    rule = source(given.source)
    assert rule is not None  # noqa: S101 - a review names its rule
    return ProjectReview(
        tier=given.tier, has_carbon_evaluation=given.has_carbon_evaluation,
        missing_zh=[each.zh for each in given.missing], missing_en=[each.en for each in given.missing], source=rule,
        carbon_source=source(given.carbon_source), is_increment=given.is_increment,
    )  # fmt: skip


def check(given: Check) -> ProjectCheck:
    """Return a condition as the wire has it."""
    return ProjectCheck(
        code=given.code, outcome=given.outcome, reason_zh=given.reason.zh, reason_en=given.reason.en,
        source=source(given.source),
    )  # fmt: skip


def method_line(given: MethodLine) -> ProjectMethodLine:
    """Return a line as the wire has it."""
    reason = given.reason
    return ProjectMethodLine(
        kind=given.kind, key=given.key, quantity=given.quantity, unit=given.unit, formula=given.formula,
        formula_source=given.formula_source,
        factors=[
            ProjectFactor(
                letter=each.letter, value=each.value, unit=each.unit,
                version_id=None if each.version_id is None else node_id(FACTOR, each.version_id),
                document=each.document, confidence=each.confidence,
            )
            for each in given.factors
        ],
        tonnes=given.tonnes, tce=given.tce, tce_rule=given.tce_rule, reason_zh=None if reason is None else reason.zh,
        reason_en=None if reason is None else reason.en,
    )  # fmt: skip


def version(context: Context, given: VersionValue) -> InvestmentProjectVersion:
    """Return what an application says and came to as the wire has it."""
    facts, result = writing.facts_of(given.facts), writing.result_of(given.result)
    return InvestmentProjectVersion(
        version=given.version, nature=facts.nature, starts_on=facts.starts_on, produces_on=facts.produces_on,
        is_key_field=facts.is_key_field, value_added=facts.value_added, environmental_grade=facts.environmental_grade,
        eia_level=facts.eia_level, eia_measures=facts.eia_measures, tce=result.tce,
        tce_equivalent=result.tce_equivalent, coal=result.coal, scope1=result.scope1, scope2=result.scope2,
        tonnes=result.tonnes, review=review(reviewed(context.scope, facts, result)),
        lines=[method_line(each) for each in result.lines],
        intensities=[
            ProjectIntensity(
                what=each.what, unit=each.unit, tce=each.tce, tonnes=each.tonnes, fossil_tce=each.fossil_tce
            )
            for each in result.intensities
        ],
        structure=[ProjectEnergyShare(energy=each.energy, share=each.share) for each in result.structure],
        fossil_tce=result.fossil_tce,
        carbon=[ProjectEnergyShare(energy=each.energy, share=each.share) for each in result.carbon],
        output_value=facts.output_value, keeps_process=facts.keeps_process, existing_tce=facts.existing_tce,
        existing_coal=facts.existing_coal, existing_tonnes=facts.existing_tonnes,
        prediction=prediction_shown(predicting.predict(facts, result)),
        papers=[paper(given.account_id, each) for each in facts.papers], sha256=given.sha256,
        recorded_at=given.recorded_at,
    )  # fmt: skip


def paper(account_id: UUID, given: Paper) -> ProjectPaper:
    """Return a file of an application as the wire has it."""
    return ProjectPaper(account_id=account_id, own_id=given.evidence_id, kind=given.kind)


def step(given: StepValue) -> InvestmentProjectStep:
    """Return a step as the wire has it."""
    return InvestmentProjectStep(
        action=given.action, from_state=given.from_state, to_state=given.to_state, version=given.version, on=given.on,
        due_on=given.due_on, reference=given.reference, note=given.note, facts=dict(given.facts),  # type: ignore[arg-type]  # JSON
        recorded_at=given.recorded_at,
    )  # fmt: skip


def admission_level(given: LevelValue) -> AdmissionLevel:
    """Return an admission level as the wire has it."""
    return AdmissionLevel(
        id=node_id("AdmissionLevel", given.id), sector=given.sector, product=given.product, measure=given.measure,
        most=given.most, unit=given.unit, level=given.level, division_code=given.division_code,
        document_number=given.document_number, document_dated=given.document_dated,
        document_title=given.document_title, confidence=given.confidence, effective_on=given.effective_on,
        recorded_at=given.recorded_at,
    )  # fmt: skip


def project(given: ProjectValue) -> InvestmentProject:
    """Return a project as the wire has it."""
    return InvestmentProject(
        id=node_id("InvestmentProject", given.account_id, given.id), value=given, code=given.code, name=given.name,
        sector=given.sector, state=given.state, state_on=given.state_on, due_on=given.due_on, version=given.version,
        approved_version=given.approved_version, approved_on=given.approved_on, approved_tce=given.approved_tce,
        approved_tonnes=given.approved_tonnes, is_two_high=tiers.is_two_high(given.sector, None),
        created_at=given.created_at,
    )  # fmt: skip


@node_loader("InvestmentProject")
async def load_project(context: Context, account_id: UUID, own_id: UUID) -> InvestmentProject | None:
    """Return the project the caller can see, or None."""
    if not context.scope.allows("projects:read"):
        return None
    found = await context.loader(queries.projects_by_id).load((account_id, own_id))
    return None if found is None else project(found)


@node_loader("AdmissionLevel")
async def load_level(context: Context, own_id: UUID) -> AdmissionLevel | None:
    """Return the admission level the caller can see, or None."""
    if not context.scope.allows("projects:read"):
        return None
    found = await context.loader(queries.levels_by_id).load(own_id)
    return None if found is None else admission_level(found)
