"""Commands of investment projects on the wire."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.accounts.schema_types import own_key
from backend.budgets.values import Paper, Replacement
from backend.kit.db import Write
from backend.projects import service
from backend.projects.schema_types import (
    AdmissionLevel,
    AdmissionMeasure,
    ExpertStance,
    InvestmentNature,
    InvestmentProject,
    ProjectDocumentKind,
    ProjectLineKind,
    admission_level,
    project,
)
from backend.projects.values import EiaReduction, EiaReference, Line, Output, ProjectFacts
from backend.projects.values import Paper as File
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

PROJECT = "InvestmentProject"
DAY = "The day it happened; today if left out. Not in the future, nor before the step before."
THE_PROJECT = "The project."


@strawberry.input(description="A line of a year's energy or process emissions at full production.")
class ProjectLineInput:
    """A line of a year."""

    kind: ProjectLineKind = strawberry.field(description="What it is.")  # type: ignore[valid-type]
    key: str = strawberry.field(
        default="", description="The fuel's name in the account's fuel table, or what a process emits from."
    )
    quantity: Decimal = strawberry.field(description="A year's amount, not negative.")
    unit: str = strawberry.field(description="Its unit.")
    factor: Decimal | None = strawberry.field(default=None, description="A process's tCO2e per unit.")
    document: str = strawberry.field(default="", description="The document of a process's factor.")


@strawberry.input(description="A product of a year.")
class ProjectOutputInput:
    """A product of a year."""

    product: str = strawberry.field(description="Its name; admission levels are found by it.")
    quantity: Decimal = strawberry.field(description="A year's amount, more than zero.")
    unit: str = strawberry.field(description="Its unit.")
    share: Decimal = strawberry.field(
        default=Decimal(1), description="Which share of energy and emissions is its own; all come to 1."
    )


@strawberry.input(description="A file of an application.")
class ProjectPaperInput:
    """A file of an application."""

    kind: ProjectDocumentKind = strawberry.field(description="What it is.")  # type: ignore[valid-type]
    evidence_id: strawberry.ID = strawberry.field(description="Evidence of the account.")


@strawberry.input(description="What a product's emissions are compared with.")
class EiaReferenceInput:
    """A reference of the prediction."""

    product: str = strawberry.field(description="The product, as `outputs` name it.")
    tonnes: Decimal = strawberry.field(description="tCO2e a unit, more than zero.")
    unit: str = strawberry.field(description="By this unit of the product.")
    level: str = strawberry.field(description="The document's word for it, for example 行业先进水平.")
    document: str = strawberry.field(description="Where it comes from.")


@strawberry.input(description="A measure and what it saves.")
class EiaReductionInput:
    """A measure of the prediction."""

    what: str = strawberry.field(description="The measure.")
    tonnes: Decimal = strawberry.field(description="tCO2e a year, not negative.")


@strawberry.input(description="What an application says.")
class ProjectFactsInput:
    """What an application says."""

    code: str = strawberry.field(description="The investment project's national code, 1 to 60 characters.")
    name: str = strawberry.field(description="1 to 200 characters.")
    division_code: str = strawberry.field(description="Where it is built: the account's division, or one below it.")
    sector: str = strawberry.field(description="Code of a sector of the jurisdiction.")
    nature: InvestmentNature = strawberry.field(description="New, extension or retrofit.")  # type: ignore[valid-type]
    starts_on: date = strawberry.field(description="When construction is to start.")
    produces_on: date = strawberry.field(description="When production is to start.")
    lines: list[ProjectLineInput] = strawberry.field(description="1 to 200 lines of a year at full production.")
    outputs: list[ProjectOutputInput] = strawberry.field(description="Products of that year.")
    value_added: Decimal | None = strawberry.field(default=None, description="A year's value added, 10,000 yuan.")
    is_key_field: bool | None = strawberry.field(
        default=None, description="Whether it is of a key field the nation reviews; unknown may block the submission."
    )
    electricity_equivalent: Decimal | None = strawberry.field(
        default=None, description="Equivalent value of electricity (等价值), kgce/kWh: a parameter of the year."
    )
    electricity_equivalent_document: str = strawberry.field(default="", description="The document it comes from.")
    environmental_grade: str = strawberry.field(default="", description="Grade of environmental performance: A, B, ...")
    eia_level: str = strawberry.field(
        default="", description="For the six heavy industries: how high its emissions are for its kind."
    )
    eia_measures: str = strawberry.field(default="", description="And what is done about them.")
    papers: list[ProjectPaperInput] = strawberry.field(default_factory=list, description="At most 50 files.")
    output_value: Decimal | None = strawberry.field(default=None, description="A year's output value, 10,000 yuan.")
    keeps_process: bool | None = strawberry.field(
        default=None,
        description="A retrofit that changes neither place nor main process nor main equipment: only what it adds counts for who "
        "reviews it. Left out: all of it counts.",
    )
    existing_tce: Decimal | None = strawberry.field(default=None, description="Energy of a year before it, tce.")
    existing_coal: Decimal | None = strawberry.field(default=None, description="Coal of a year before it, t.")
    existing_tonnes: Decimal | None = strawberry.field(
        default=None, description="Emissions of a year before it, tCO2e: a budget is drawn on for what is added."
    )
    eia_references: list[EiaReferenceInput] = strawberry.field(
        default_factory=list, description="What products' emissions are compared with in the prediction, at most 50."
    )
    eia_reductions: list[EiaReductionInput] = strawberry.field(
        default_factory=list, description="Measures and what they save, at most 50; the lines hold them already."
    )


@strawberry.input(description="Record an application as a draft.")
class DraftInvestmentProjectInput:
    """Record an application as a draft."""

    account_id: strawberry.ID = strawberry.field(description="Your account.")
    facts: ProjectFactsInput = strawberry.field(description="What it says.")


@strawberry.input(description="Say something else; all of it is replaced. An approved project is changed by it.")
class ReviseInvestmentProjectInput:
    """Say something else."""

    project_id: strawberry.ID = strawberry.field(description=THE_PROJECT)
    facts: ProjectFactsInput = strawberry.field(description="What it says now.")
    reason: str = strawberry.field(default="", description="Why; needed for a change of an approved project.")
    is_major: bool = strawberry.field(
        default=False, description="Of an approved project: main equipment or process changes; it is reviewed again."
    )


@strawberry.input(description="A step of the enterprise's.")
class InvestmentProjectStepInput:
    """A step of the enterprise's."""

    project_id: strawberry.ID = strawberry.field(description=THE_PROJECT)
    on: date | None = strawberry.field(default=None, description=DAY)
    note: str = strawberry.field(default="", description="Remarks; the reason of a withdrawal.")


@strawberry.input(description="Report what was measured, for acceptance.")
class ReportProjectAcceptanceInput:
    """Report what was measured."""

    project_id: strawberry.ID = strawberry.field(description=THE_PROJECT)
    tce: Decimal = strawberry.field(description="Energy of a year as measured, tce, calorific.")
    tonnes: Decimal = strawberry.field(description="Emissions of a year as measured, tCO2e.")
    evidence_id: strawberry.ID = strawberry.field(description="The acceptance report.")
    on: date | None = strawberry.field(default=None, description=DAY)
    note: str = strawberry.field(default="", description="Remarks.")


@strawberry.input(description="Take an application into review, or return it once with what it lacks.")
class CheckProjectMaterialsInput:
    """Check the materials."""

    project_id: strawberry.ID = strawberry.field(description=THE_PROJECT)
    missing: list[str] = strawberry.field(
        default_factory=list, description="All it lacks, at once; none: it is taken into review."
    )
    on: date | None = strawberry.field(default=None, description=DAY)
    note: str = strawberry.field(default="", description="Remarks.")


@strawberry.input(description="What an expert says of a project in review.")
class GiveProjectOpinionInput:
    """What an expert says."""

    project_id: strawberry.ID = strawberry.field(description=THE_PROJECT)
    expert: str = strawberry.field(description="Who.")
    stance: ExpertStance = strawberry.field(description="For, for under conditions, or against.")  # type: ignore[valid-type]
    opinion: str = strawberry.field(description="In words.")
    on: date | None = strawberry.field(default=None, description=DAY)


@strawberry.input(description="Tonnes of a year's budget.")
class ProjectBudgetYearInput:
    """Tonnes of a year's budget."""

    year: int = strawberry.field(description="The budget's year.")
    tonnes: Decimal = strawberry.field(description="tCO2e, more than zero.")


@strawberry.input(description="A document: number, date, title.")
class ProjectDecisionDocumentInput:
    """A document."""

    number: str = strawberry.field(description="Its number.")
    dated: date = strawberry.field(description="Its date, not to come.")
    title: str = strawberry.field(description="Its title.")


@strawberry.input(description="By what a project of high energy use and high emissions is replaced (等量/减量置换).")
class ProjectReplacementInput:
    """By what a project is replaced."""

    from_division_code: str = strawberry.field(
        default="", description="Whose budget gives up the tonnes; empty: nothing is moved, `notNeeded` says why."
    )
    is_reduced: bool = strawberry.field(default=False, description="Reduced rather than equal.")
    ratio: Decimal | None = strawberry.field(
        default=None, description="Tonnes given up for one; the jurisdiction's own if left out."
    )
    document: ProjectDecisionDocumentInput | None = strawberry.field(
        default=None, description="The document of the replacement; needed where tonnes move."
    )
    not_needed: str = strawberry.field(default="", description="Why no replacement is needed.")


@strawberry.input(description="Approve a project, or a change of one, with conditions; or refuse it with reasons.")
class DecideInvestmentProjectInput:
    """Approve or refuse."""

    project_id: strawberry.ID = strawberry.field(description=THE_PROJECT)
    version: int = strawberry.field(description="The version of the application that was read.")
    is_approved: bool = strawberry.field(description="Approve, or refuse.")
    reason: str = strawberry.field(description="The opinion in words, or the reasons of a refusal.")
    reference: str = strawberry.field(
        default="", description="The number of the decision's document; needed where a higher level decides."
    )
    conditions: list[str] = strawberry.field(default_factory=list, description="Conditions of the approval.")
    budget: list[ProjectBudgetYearInput] | None = strawberry.field(
        default=None,
        description="Tonnes to hold of the division's years; left out: a year of full production for each year from the "
        "first of production to the end of that five-year period.",
    )
    replacement: ProjectReplacementInput | None = strawberry.field(
        default=None, description="Needed for a project of high energy use and high emissions."
    )
    on: date | None = strawberry.field(default=None, description=DAY)


@strawberry.input(description="Conclude an acceptance by what was reported.")
class ConcludeProjectAcceptanceInput:
    """Conclude an acceptance."""

    project_id: strawberry.ID = strawberry.field(description=THE_PROJECT)
    on: date | None = strawberry.field(default=None, description=DAY)
    note: str = strawberry.field(default="", description="Remarks.")


@strawberry.input(description="Record an admission level that holds in a division and below.")
class RecordAdmissionLevelInput:
    """Record an admission level."""

    division_code: str = strawberry.field(description="Where it holds, and below.")
    sector: str = strawberry.field(description="Code of a sector of the jurisdiction.")
    product: str = strawberry.field(
        description="The product, as applications name it; value_added or output_value for a sector's level by money."
    )
    measure: AdmissionMeasure = strawberry.field(description="Energy or carbon.")  # type: ignore[valid-type]
    most: Decimal = strawberry.field(description="The most a unit may take.")
    unit: str = strawberry.field(description="For example kgce/t, or tCO2e/t.")
    level: str = strawberry.field(description="The document's word for it, for example 标杆水平.")
    document: ProjectDecisionDocumentInput = strawberry.field(description="Where it comes from.")
    effective_on: date = strawberry.field(description="Since when it holds.")


@strawberry.type(description="The project as it is now.")
class InvestmentProjectChanged:
    """The project as it is now."""

    project: InvestmentProject = strawberry.field(description="With its state.")


@strawberry.type(description="The admission level was recorded.")
class AdmissionLevelRecorded:
    """The admission level was recorded."""

    level: AdmissionLevel = strawberry.field(description="As recorded.")


def _facts(given: ProjectFactsInput) -> ProjectFacts:
    return ProjectFacts(
        code=given.code, name=given.name, division_code=given.division_code, sector=given.sector, nature=given.nature,
        starts_on=given.starts_on, produces_on=given.produces_on,
        lines=tuple(
            Line(each.kind, each.key, each.quantity, each.unit, each.factor, each.document) for each in given.lines
        ),
        outputs=tuple(Output(each.product, each.quantity, each.unit, each.share) for each in given.outputs),
        value_added=given.value_added, is_key_field=given.is_key_field,
        electricity_equivalent=given.electricity_equivalent,
        electricity_equivalent_document=given.electricity_equivalent_document,
        environmental_grade=given.environmental_grade, eia_level=given.eia_level, eia_measures=given.eia_measures,
        papers=tuple(
            File(each.kind, own_key(each.evidence_id, "Evidence", path=("input", "facts", "papers"))[1])
            for each in given.papers
        ),
        output_value=given.output_value, keeps_process=given.keeps_process, existing_tce=given.existing_tce,
        existing_coal=given.existing_coal, existing_tonnes=given.existing_tonnes,
        eia_references=tuple(
            EiaReference(each.product, each.tonnes, each.unit, each.level, each.document)
            for each in given.eia_references
        ),
        eia_reductions=tuple(EiaReduction(each.what, each.tonnes) for each in given.eia_reductions),
    )  # fmt: skip


def _paper(given: ProjectDecisionDocumentInput) -> Paper:
    return Paper(given.number, given.dated, given.title)


def _replacing(given: ProjectReplacementInput | None) -> service.Replacing | None:
    if given is None:
        return None
    return service.Replacing(
        replacement=Replacement.REDUCED if given.is_reduced else Replacement.EQUAL,
        from_division=given.from_division_code, ratio=given.ratio,
        document=None if given.document is None else _paper(given.document), not_needed=given.not_needed,
    )  # fmt: skip


@strawberry.type
class ProjectCommands:
    """Commands of investment projects."""

    @command("projects:draft")
    async def draft_investment_project(
        context: Context, write: Write, input: DraftInvestmentProjectInput
    ) -> InvestmentProjectChanged:
        """Record an application as a draft, with what it comes to line by line."""
        [account_id] = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        return InvestmentProjectChanged(
            project=project(await service.draft(write, context.scope, account_id, _facts(input.facts)))
        )

    @command("projects:revise")
    async def revise_investment_project(
        context: Context, write: Write, input: ReviseInvestmentProjectInput
    ) -> InvestmentProjectChanged:
        """Replace what an application says; an approved project is changed, and reviewed again where the change is major."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        return InvestmentProjectChanged(
            project=project(
                await service.revise(
                    write, context.scope, *key, _facts(input.facts), reason=input.reason, is_major=input.is_major
                )
            )
        )  # fmt: skip

    @command("projects:submit")
    async def submit_investment_project(
        context: Context, write: Write, input: InvestmentProjectStepInput
    ) -> InvestmentProjectChanged:
        """Submit an application; one so small that nobody reviews it apart is exempt at once."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        return InvestmentProjectChanged(project=project(await service.submit(write, context.scope, *key, on=input.on)))

    @command("projects:withdraw")
    async def withdraw_investment_project(
        context: Context, write: Write, input: InvestmentProjectStepInput
    ) -> InvestmentProjectChanged:
        """Take an application back before it is decided on; `note` is the reason."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        return InvestmentProjectChanged(
            project=project(await service.withdraw(write, context.scope, *key, reason=input.note, on=input.on))
        )

    @command("projects:start")
    async def start_investment_project(
        context: Context, write: Write, input: InvestmentProjectStepInput
    ) -> InvestmentProjectChanged:
        """Give notice that construction has started, within two years of the approval."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        return InvestmentProjectChanged(
            project=project(await service.start(write, context.scope, *key, on=input.on, note=input.note))
        )

    @command("projects:trial")
    async def begin_project_trial(
        context: Context, write: Write, input: InvestmentProjectStepInput
    ) -> InvestmentProjectChanged:
        """Give notice of the trial run; acceptance is due six months later."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        return InvestmentProjectChanged(
            project=project(await service.begin_trial(write, context.scope, *key, on=input.on, note=input.note))
        )

    @command("projects:report")
    async def report_project_acceptance(
        context: Context, write: Write, input: ReportProjectAcceptanceInput
    ) -> InvestmentProjectChanged:
        """Report what was measured, for acceptance."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        evidence = own_key(input.evidence_id, "Evidence", path=("input", "evidenceId"))[1]
        measured = service.Measured(input.tce, input.tonnes, evidence)
        return InvestmentProjectChanged(
            project=project(await service.report(write, context.scope, *key, measured, on=input.on, note=input.note))
        )

    @command("projects:check_materials")
    async def check_project_materials(
        context: Context, write: Write, input: CheckProjectMaterialsInput
    ) -> InvestmentProjectChanged:
        """Take an application into review, or return it once with the whole list of what it lacks."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        if input.missing:
            made = await service.return_materials(write, context.scope, *key, missing=input.missing, on=input.on)
        else:
            made = await service.take(write, context.scope, *key, on=input.on, note=input.note)
        return InvestmentProjectChanged(project=project(made))

    @command("projects:opinion")
    async def give_project_opinion(
        context: Context, write: Write, input: GiveProjectOpinionInput
    ) -> InvestmentProjectChanged:
        """Record what an expert says of a project in review."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        made = await service.give_opinion(
            write, context.scope, *key, expert=input.expert, stance=input.stance, opinion=input.opinion, on=input.on
        )
        return InvestmentProjectChanged(project=project(made))

    @command("projects:decide")
    async def decide_investment_project(
        context: Context, write: Write, input: DecideInvestmentProjectInput
    ) -> InvestmentProjectChanged:
        """Approve a project with conditions and hold its tonnes, or refuse it, as a second person."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        lines = None if input.budget is None else [(each.year, each.tonnes) for each in input.budget]
        decision = service.Decision(
            is_approved=input.is_approved, version=input.version, reason=input.reason, reference=input.reference,
            conditions=input.conditions, lines=lines, replacing=_replacing(input.replacement),
        )  # fmt: skip
        return InvestmentProjectChanged(
            project=project(await service.decide(write, context.scope, *key, decision, on=input.on))
        )

    @command("projects:conclude")
    async def conclude_project_acceptance(
        context: Context, write: Write, input: ConcludeProjectAcceptanceInput
    ) -> InvestmentProjectChanged:
        """Conclude an acceptance: within ten percent it is accepted and its budget posted, else it is to be rectified."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        return InvestmentProjectChanged(
            project=project(await service.conclude(write, context.scope, *key, on=input.on, note=input.note))
        )

    @command("projects:record_level")
    async def record_admission_level(
        context: Context, write: Write, input: RecordAdmissionLevelInput
    ) -> AdmissionLevelRecorded:
        """Record an admission level; the newest one for a product counts."""
        given = service.Level(
            input.division_code, input.sector, input.product, input.measure, input.most, input.unit, input.level,
            _paper(input.document), input.effective_on,
        )  # fmt: skip
        return AdmissionLevelRecorded(level=admission_level(await service.record_level(write, context.scope, given)))
