"""The register of investment projects as a workbook, and opinion letters as pages."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from backend.accounts import service as accounts
from backend.emissions.methods.arithmetic import WORKING
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.projects import letters, queries
from backend.projects.errors import InvestmentProjectNotFound, ProjectNotDecided
from backend.projects.queries import ProjectFilter
from backend.projects.rules import judging, writing
from backend.projects.service.common import reviewed
from backend.projects.values import VALUE_ADDED, Action, Assessment, ProjectValue
from backend.projects.wording import ACTIONS_ZH, LINES_ZH, STATES_ZH, TIERS_ZH
from backend.tenants import service as tenants
from backend.wire.nodes import uuids
from backend.wire.workbooks import Asked, Cell, Heading, Making, Sheet, download, workbook

MOST_ROWS = 20_000
"""Projects of one workbook; a sentence below the table says when there are more."""
KEY = 2
"""A project's global id holds its account's id and its own."""
T, TCE = "tCO2e", "tce"
PLACES = Decimal("0.0001")
_REGISTER = (
    Heading("项目代码", "Code", width=24), Heading("项目名称", "Name", width=32), Heading("区划代码", "Division"),
    Heading("行业", "Sector"), Heading("状态", "State"), Heading("状态日期", "Since"), Heading("期限", "Due"),
    Heading("审查层级", "Reviewed by"), Heading("碳排放评价", "Carbon evaluation"),
    Heading("能源消费量（当量值）", "Energy, calorific", TCE), Heading("能源消费量（等价值）", "Energy, equivalent", TCE),
    Heading("煤炭消费量", "Coal", "t"), Heading("碳排放量", "Emissions", T), Heading("批复日期", "Approved on"),
    Heading("批复能源消费量", "Energy approved", TCE), Heading("批复碳排放量", "Emissions approved", T),
    Heading("化石能源消费量", "Fossil energy", TCE), Heading("增加值", "Value added", "万元"),
    Heading("单位增加值碳排放", "Emissions of value added", "tCO2e/万元"),
    Heading("单位碳排放产出效益", "Value added for a tonne", "万元/tCO2e"),
)  # fmt: skip
_LINES = (
    Heading("项目代码", "Code", width=24), Heading("类别", "Kind"), Heading("品种", "Energy or process"),
    Heading("数量", "Quantity"), Heading("单位", "Unit"), Heading("公式", "Formula", width=28),
    Heading("因子", "Factors", width=60), Heading("碳排放量", "Emissions", T), Heading("能源消费量", "Energy", TCE),
    Heading("无法核算的原因", "Why it cannot be told", width=40),
)  # fmt: skip
_STEPS = (
    Heading("项目代码", "Code", width=24), Heading("事项", "Step"), Heading("日期", "Day"), Heading("期限", "Due"),
    Heading("文号", "Document"), Heading("说明", "Note", width=60), Heading("录入时间", "Entered at"),
)  # fmt: skip


@download("investment-projects.xlsx")
async def register(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&sector=`: the register, the lines of every application, and the steps."""
    scope.require("projects:read")
    division, path = asked.text("division"), None
    if division is not None:
        path = (await tenants.required_division(read, scope, division)).path
    wanted = ProjectFilter(division_path=path, sector=asked.text("sector"))
    found = await queries.current_versions(read, scope, wanted, MOST_ROWS + 1)
    steps = await queries.steps_below(read, scope, [(each.account_id, each.id) for each, _ in found[:MOST_ROWS]])
    pack = await tenants.pack_in_force(read, scope)
    is_zh = asked.language == "zh"
    sectors = {each.code: each.name_zh if is_zh else each.name_en for each in pack.sectors}
    rows: list[Sequence[Cell]] = []
    lines: list[Sequence[Cell]] = []
    done: list[Sequence[Cell]] = []
    for (project, version), taken in zip(found, steps, strict=False):
        result = writing.result_of(version.result)
        state, tier = project.state, version.tier
        rows.append((
            project.code, project.name, project.division_code, sectors.get(project.sector, project.sector),
            STATES_ZH[state] if is_zh else state.value, project.state_on, project.due_on,
            None if tier is None else TIERS_ZH[tier] if is_zh else tier, version.has_carbon_evaluation, result.tce,
            result.tce_equivalent, result.coal, result.tonnes, project.approved_on, project.approved_tce,
            project.approved_tonnes, result.fossil_tce, *_yields(version.facts, result),
        ))  # fmt: skip
        for line in result.lines:
            factors = "; ".join(
                f"{each.letter} = {format(each.value, 'f')} {each.unit} ({each.document}, {each.confidence})"
                for each in line.factors
            )
            reason = line.reason
            lines.append((
                project.code, LINES_ZH[line.kind] if is_zh else line.kind.value, line.key, line.quantity, line.unit,
                line.formula, factors, line.tonnes, line.tce,
                None if reason is None else reason.zh if is_zh else reason.en,
            ))  # fmt: skip
        done += [
            (
                project.code, ACTIONS_ZH[each.action] if is_zh else each.action.value, each.on, each.due_on,
                each.reference, each.note, each.recorded_at,
            )
            for each in taken
        ]  # fmt: skip
    notes = [
        (f"仅列出前 {MOST_ROWS} 个项目。", f"Only the first {MOST_ROWS} projects are listed.")
    ] if len(found) > MOST_ROWS else []  # fmt: skip
    sheets = [
        Sheet("项目台账", "Register", _REGISTER, rows, notes),
        Sheet("核算明细", "Lines", _LINES, lines),
        Sheet("办理记录", "Steps", _STEPS, done),
    ]
    return lambda: workbook(sheets, asked.language)


def _yields(facts: Mapping[str, Any], result: Assessment) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Return value added, emissions of a unit of it, and what a tonne brings."""
    value = None if facts["value_added"] is None else Decimal(facts["value_added"])
    own = next((each.tonnes for each in result.intensities if each.what == VALUE_ADDED), None)
    brings = WORKING.divide(value, result.tonnes) if value is not None and result.tonnes else None
    return value, own, None if brings is None else brings.quantize(PLACES, ROUND_HALF_UP, WORKING)


async def asked_for(read: Read, scope: Scope, asked: Asked) -> ProjectValue:
    """Return the project of `?project=`, a global id.

    Raises:
        InvestmentProjectNotFound: not there, or not visible.
    """
    scope.require("projects:read")
    key = uuids(asked.text("project") or "", "InvestmentProject", path=("project",))
    if len(key) != KEY:
        raise InvestmentProjectNotFound
    [project] = await queries.projects_by_id(read, scope, [(key[0], key[1])])
    if project is None:
        raise InvestmentProjectNotFound
    return project


@download("project-opinion.pdf")
async def opinion_letter(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?project=` (a global id): the opinion letter of a project's last decision.

    Raises:
        InvestmentProjectNotFound: not there, or not visible.
        ProjectNotDecided: nobody has decided on it.
    """
    project = await asked_for(read, scope, asked)
    key = (project.account_id, project.id)
    [steps] = await queries.steps_below(read, scope, [(key[0], key[1])])
    decided = next((each for each in reversed(steps) if each.action in {Action.APPROVE, Action.REFUSE}), None)
    if decided is None:
        raise ProjectNotDecided
    [version] = await queries.versions_by_key(read, scope, [(key[0], key[1], decided.version)])
    [account] = await accounts.accounts_by_id(read, scope, [project.account_id])
    assert version is not None  # noqa: S101 - a decision is of a version
    facts, result = writing.facts_of(version.facts), writing.result_of(version.result)
    division = await tenants.required_division(read, scope, project.division_code)
    review = reviewed(scope, facts, result)
    # The levels as they were when it was decided: a letter says the same whenever it is asked for.
    above = [
        each for each in await queries.levels(read, scope, sector=facts.sector, on=decided.on)
        if project.division_path.startswith(each.division_path) and each.recorded_at <= decided.recorded_at
    ]  # fmt: skip
    letter = letters.Letter(
        project=project, facts=facts, result=result, review=review, decided=decided,
        opinions=[each for each in steps if each.action is Action.OPINION and each.version == decided.version],
        checks=judging.checks(scope.tenant, facts, result, review, above), mark=version.sha256,
        division=division.name_zh if asked.language == "zh" else division.name_en,
        applicant="" if account is None else account.name,
    )  # fmt: skip
    return lambda: letters.pages(letter, asked.language)
