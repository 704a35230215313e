"""An investment project from its draft to its acceptance, and everything that stops it on the way."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from factories.accounts import evidence_of, held_account
from factories.budgets import approved as budgeted
from factories.budgets import balance, line, own_line
from factories.identity import authority, bank, colleague, enterprise
from factories.projects import (
    DIVISION,
    Ground,
    approved,
    drafted,
    facts,
    ground,
    in_review,
    measured,
    on_trial,
    power,
    stepped,
)
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from backend.accounts.errors import AccountNotYours, EvidenceNotFound
from backend.budgets.errors import BudgetExceeded, BudgetMissing
from backend.budgets.values import Balance, Paper, Replacement
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden, NotFound
from backend.kit.scope import Scope
from backend.projects import queries, service
from backend.projects.errors import (
    InvestmentProjectNotFound,
    ProjectApprovalLapsed,
    ProjectDecidedElsewhere,
    ProjectDivisionOutside,
    ProjectMaterialsMissing,
    ProjectNotReady,
    ProjectReplacementMissing,
    ProjectReturnedBefore,
    ProjectSecondPerson,
    ProjectStepNotAllowed,
    ProjectTierUnknown,
    ProjectVersionChanged,
)
from backend.projects.jobs import let_lapse
from backend.projects.models import InvestmentProject
from backend.projects.values import (
    Line,
    LineKind,
    Measure,
    Output,
    ProjectState,
    ProjectValue,
    Stance,
)

D = Decimal
P = ProjectState
PAPER = Paper("锡双碳〔2026〕9号", date(2026, 3, 1), "关于产能置换的批复")


async def version(databases: Databases, project: ProjectValue, number: int = 1):
    system = Scope.system("wuxi")
    async with databases.read(system) as read:
        [found] = await queries.versions_by_key(read, system, [(project.account_id, project.id, number)])
    assert found is not None
    return found


async def now_of(databases: Databases, project: ProjectValue) -> ProjectValue:
    system = Scope.system("wuxi")
    async with databases.read(system) as read:
        [found] = await service.projects_by_id(read, system, [(project.account_id, project.id)])
    assert found is not None
    return found


async def district(databases: Databases, site: Ground) -> Balance:
    return await balance(databases, (await own_line(databases, DIVISION, site.year)).id)


async def test_an_application_is_reckoned_line_by_line_with_its_factors(databases: Databases) -> None:
    site = await ground(databases, tonnes=None)
    project = await drafted(
        databases, site, power("10000"), Line(LineKind.FUEL, "柴油", D(100), "t"), Line(LineKind.HEAT, "", D(1000), "GJ"),
        Line(LineKind.PROCESS, "保护气", D(20), "t", D("2.5"), "企业实测报告"),
        electricity_equivalent=D("0.3"), electricity_equivalent_document="年度等价值通知",
    )  # fmt: skip
    found = await version(databases, project)
    lines = found.result["lines"]
    assert [each["tonnes"] is not None for each in lines] == [True] * 4
    assert D(lines[0]["tce"]) == D(1229)  # 10,000 MWh x 0.1229 kgce/kWh
    assert D(lines[1]["tce"]) == D("145.71")  # GB/T 2589: 1.4571 kgce/kg
    assert D(lines[3]["tonnes"]) == D(50)
    assert [each["letter"] for each in lines[1]["factors"]] == ["NCV", "CC", "OF", "CE"]
    assert all(each["version_id"] for each in lines[1]["factors"])
    factor = next(each for each in lines[0]["factors"] if each["letter"] == "EF")
    assert D(lines[0]["tonnes"]) == 10000 * D(factor["value"])
    assert found.tonnes == sum(D(each["tonnes"]) for each in lines)
    assert found.tce == sum(D(each["tce"]) for each in lines)
    assert found.tce_equivalent is not None
    assert found.tce is not None
    assert found.tce_equivalent - found.tce == 3000 - 1229
    assert found.coal == 0
    assert found.tier == "local"
    assert sum(D(each["share"]) for each in found.result["structure"]) == pytest.approx(D(1), abs=D("0.00001"))
    per = {each["what"]: D(each["tce"]) for each in found.result["intensities"]}
    assert per["机床"] == (found.tce / 500).quantize(D("0.000001"))
    assert per["value_added"] == (found.tce / 20000).quantize(D("0.000001"))


async def test_what_has_no_factor_cannot_be_told_and_stops_the_application(databases: Databases) -> None:
    site = await ground(databases, tonnes=None)
    project = await drafted(databases, site, Line(LineKind.FUEL, "无此燃料", D(100), "t"))
    found = await version(databases, project)
    assert (found.tce, found.tonnes, found.tier) == (None, None, None)
    assert found.result["lines"][0]["reason"]["zh"]
    with pytest.raises(ProjectTierUnknown):
        await stepped(databases, site.scope, service.submit, project)
    assert (await now_of(databases, project)).state is P.DRAFT


async def test_a_small_project_is_exempt_and_one_without_files_is_refused(databases: Databases) -> None:
    site = await ground(databases, tonnes=None)
    small = await drafted(databases, site, power("8000"), papers=())  # 983.2 tce
    assert (await stepped(databases, site.scope, service.submit, small)).state is P.EXEMPT
    bare = await drafted(databases, site, papers=(), outputs=(), value_added=None)
    with pytest.raises(ProjectMaterialsMissing) as refused:
        await stepped(databases, site.scope, service.submit, bare)
    assert refused.value.details["missing_en"] == (
        "an energy-saving report; a carbon evaluation; products and their yearly quantities; the yearly value added"
    )
    assert (await now_of(databases, bare)).state is P.DRAFT


async def test_materials_are_returned_once(databases: Databases) -> None:
    site = await ground(databases, tonnes=None)
    project = await drafted(databases, site)
    submitted = await stepped(databases, site.scope, service.submit, project)
    assert submitted.state is P.SUBMITTED
    returned = await stepped(databases, site.officer, service.return_materials, project, missing=["能源平衡图"])
    assert (returned.state, returned.is_returned_before) == (P.RETURNED, True)
    again = await stepped(databases, site.scope, service.revise, project, facts(site, power("9000")))
    assert (again.version, again.state) == (2, P.RETURNED)
    await stepped(databases, site.scope, service.submit, project)
    with pytest.raises(ProjectReturnedBefore):
        await stepped(databases, site.officer, service.return_materials, project, missing=["再次补正"])
    assert (await stepped(databases, site.officer, service.take, project)).state is P.IN_REVIEW


async def test_an_approval_by_a_second_person_holds_tonnes_and_acceptance_posts_them(databases: Databases) -> None:
    site = await ground(databases, tonnes="10000")
    project = await in_review(databases, site, await drafted(databases, site))
    reviewed = await stepped(
        databases, site.officer, service.give_opinion, project, expert="王工", stance=Stance.CONDITIONAL,
        opinion="建议选用一级能效设备",
    )  # fmt: skip
    done = await approved(databases, site, reviewed, "6000")
    assert (done.state, done.approved_tce, done.due_on) == (P.APPROVED, D(1229), today().replace(year=today().year + 2))
    held = await district(databases, site)
    assert (held.available, held.reserved, held.posted) == (D(4000), D(6000), D(0))
    await on_trial(databases, site, done)
    amount = (await now_of(databases, done)).approved_tonnes
    assert amount is not None
    accepted = await measured(databases, site, done, "1229", format(amount.quantize(D("0.01")), "f"))
    assert accepted.state is P.ACCEPTED
    after = await district(databases, site)
    assert (after.available, after.reserved, after.posted) == (
        10000 - amount.quantize(D("0.01")), D(0), amount.quantize(D("0.01")),
    )  # fmt: skip
    system = Scope.system("wuxi")
    async with databases.read(system) as read:
        [steps] = await queries.steps_below(read, system, [(project.account_id, project.id)])
        audited = await read.rows(
            text("select action from audit_event where object_id = :id order by at"), {"id": str(project.id)}
        )
    taken = [each.action.value for each in steps]
    assert taken == ["draft", "submit", "take", "opinion", "approve", "start", "trial", "report", "conclude"]
    assert sorted(row.action for row in audited) == sorted(f"projects:{each}" for each in taken)
    assert steps[4].facts["conditions"] == ["采用一级能效电机"]


async def test_whoever_took_the_materials_does_not_decide(databases: Databases) -> None:
    site = await ground(databases)
    project = await drafted(databases, site)
    await stepped(databases, site.scope, service.submit, project)
    taken = await stepped(databases, site.decider, service.take, project)
    with pytest.raises(ProjectSecondPerson):
        await approved(databases, site, taken)
    with pytest.raises(Forbidden):
        await approved(databases, replace(site, city=replace(site.city, scope=site.officer)), taken)
    assert (await now_of(databases, taken)).state is P.IN_REVIEW
    assert (await district(databases, site)).reserved == 0


async def test_an_approval_needs_the_version_and_a_budget_with_enough_left(databases: Databases) -> None:
    site = await ground(databases, tonnes="10000")
    project = await in_review(databases, site, await drafted(databases, site))
    with pytest.raises(ProjectVersionChanged):
        await approved(databases, site, replace(project, version=7))
    with pytest.raises(BudgetExceeded):
        await approved(databases, site, project, "10000.0001")
    with pytest.raises(BudgetMissing):
        await approved(databases, site, project, lines=[(2099, D(1))])
    assert (await now_of(databases, project)).state is P.IN_REVIEW
    assert (await district(databases, site)).available == D(10000)
    await approved(databases, site, project, "10000")
    assert (await district(databases, site)).available == 0


async def test_a_project_draws_on_its_sectors_budget_too(databases: Databases) -> None:
    site = await ground(databases, tonnes="10000")
    await budgeted(databases, site.city, line(DIVISION, site.year, "150", sector="machinery"))
    project = await in_review(databases, site, await drafted(databases, site))
    with pytest.raises(BudgetExceeded, match="sector machinery"):
        await approved(databases, site, project, "151")
    assert (await district(databases, site)).reserved == 0
    await approved(databases, site, project, "100")
    of_sector = await own_line(databases, DIVISION, site.year, sector="machinery")
    assert (await balance(databases, of_sector.id)).available == D(50)
    assert (await district(databases, site)).reserved == D(100)


async def test_a_refusal_says_why_and_holds_nothing(databases: Databases) -> None:
    site = await ground(databases)
    project = await in_review(databases, site, await drafted(databases, site))
    refusal = service.Decision(is_approved=False, version=1, reason="未达到准入水平")
    refused = await stepped(databases, site.decider, service.decide, project, refusal)
    assert (refused.state, refused.reservation_id) == (P.REFUSED, None)
    assert (await district(databases, site)).reserved == 0
    with pytest.raises(ProjectStepNotAllowed):
        await stepped(databases, site.scope, service.start, project)


async def test_more_than_ten_percent_is_rectified_before_it_is_accepted(databases: Databases) -> None:
    site = await ground(databases, tonnes="10000")
    project = await approved(databases, site, await in_review(databases, site, await drafted(databases, site)), "7000")
    await on_trial(databases, site, project)
    assert (await measured(databases, site, project, "1351.9001", "100")).state is P.RECTIFYING
    assert (await district(databases, site)).reserved == D(7000)
    assert (await measured(databases, site, project, "1351.9", "100")).state is P.ACCEPTED  # 1,229 x 1.1
    after = await district(databases, site)
    assert (after.reserved, after.posted, after.available) == (D(0), D(100), D(9900))


async def test_a_change_beyond_ten_percent_is_reviewed_again(databases: Databases) -> None:
    site = await ground(databases, tonnes="20000")
    project = await approved(databases, site, await in_review(databases, site, await drafted(databases, site)))
    noted = await stepped(databases, site.scope, service.revise, project, facts(site, power("11000")), reason="微调")
    assert (noted.state, noted.version, noted.approved_version) == (P.APPROVED, 2, 1)
    # Many small changes do not add up unseen: each is held against what was approved.
    large = await stepped(databases, site.scope, service.revise, project, facts(site, power("11000.01")), reason="扩产")
    assert (large.state, large.prior_state, large.due_on) == (P.CHANGING, P.APPROVED, project.due_on)
    with pytest.raises(ProjectStepNotAllowed):
        await stepped(databases, site.scope, service.start, project)
    refusal = service.Decision(is_approved=False, version=3, reason="不同意扩产")
    back = await stepped(databases, site.decider, service.decide, project, refusal)
    assert (back.state, back.approved_version, back.due_on) == (P.APPROVED, 1, project.due_on)
    again = await stepped(databases, site.scope, service.revise, project, facts(site, power("15000")), reason="扩产")
    changed = await approved(databases, site, again, "9000")
    assert (changed.state, changed.approved_version, changed.approved_tce) == (P.APPROVED, 4, D("1843.5"))
    assert (changed.approved_on, changed.due_on) == (project.approved_on, project.due_on)
    held = await district(databases, site)
    assert (held.reserved, held.available) == (D(9000), D(11000))


async def test_a_two_high_project_reaches_the_level_and_is_replaced(databases: Databases) -> None:
    site = await ground(databases, tonnes="10000")
    heavy = {
        "sector": "steel", "outputs": (Output("特种钢", D(1000), "t"),), "eia_level": "行业先进", "eia_measures": "余热回收",
    }  # fmt: skip
    project = await in_review(databases, site, await drafted(databases, site, **heavy))
    with pytest.raises(ProjectNotReady) as refused:
        await approved(databases, site, project, "100")
    assert "特种钢" in str(refused.value.details["reasons_zh"])
    level = service.Level(
        DIVISION, "steel", "特种钢", Measure.ENERGY, D(1229), "kgce/t", "标杆水平", PAPER, date(2026, 1, 1)
    )
    async with databases.write(site.decider) as write:
        await service.record_level(write, site.decider, level)
    with pytest.raises(ProjectReplacementMissing):
        await approved(databases, site, project, "100")
    reduced = service.Replacing(Replacement.REDUCED, "320200", D("1.5"), PAPER)
    with pytest.raises(CarbonError):  # the division's budget was handed down from the city's
        await approved(databases, site, project, "100", replacing=reduced)
    assert (await district(databases, site)).reserved == 0
    told = service.Replacing(not_needed="不属于产能严重过剩行业")
    done = await approved(databases, site, project, "100", replacing=told)
    assert done.state is P.APPROVED
    assert (await district(databases, site)).reserved == D(100)


async def test_a_reduced_replacement_takes_more_from_the_neighbour_than_the_project_holds(databases: Databases) -> None:
    site = await ground(databases, tonnes="10000")
    await budgeted(databases, site.city, line("320205", site.year, "1000"))
    heavy = {
        "sector": "steel", "outputs": (Output("轴承钢", D(1000), "t"),), "eia_level": "行业先进", "eia_measures": "余热回收",
    }  # fmt: skip
    project = await in_review(databases, site, await drafted(databases, site, **heavy))
    level = service.Level(
        DIVISION, "steel", "轴承钢", Measure.ENERGY, D(1229), "kgce/t", "标杆水平", PAPER, date(2026, 1, 1)
    )
    async with databases.write(site.decider) as write:
        await service.record_level(write, site.decider, level)
    reduced = service.Replacing(Replacement.REDUCED, "320205", D("1.5"), PAPER)
    await approved(databases, site, project, "100", replacing=reduced)
    own = await district(databases, site)
    assert (own.moved, own.reserved, own.available) == (D(100), D(100), D(10000))
    other = await balance(databases, (await own_line(databases, "320205", site.year)).id)
    assert (other.available, other.retired, other.moved) == (D(850), D(50), D(-100))


async def test_a_large_project_is_decided_above_the_city(databases: Databases) -> None:
    site = await ground(databases)
    project = await in_review(databases, site, await drafted(databases, site, power("90000")))  # 11,061 tce
    with pytest.raises(ProjectDecidedElsewhere):
        await approved(databases, site, project)
    assert (await approved(databases, site, project, reference="苏发改能审〔2026〕12号")).state is P.APPROVED


async def test_an_approval_lapses_after_two_years_and_gives_its_tonnes_back(databases: Databases) -> None:
    site = await ground(databases, tonnes="10000")
    project = await approved(databases, site, await in_review(databases, site, await drafted(databases, site)))
    other = await approved(databases, site, await in_review(databases, site, await drafted(databases, site)), "1000")
    system, yesterday = Scope.system("wuxi"), today() - timedelta(days=1)
    async with databases.write(system) as write:
        await write.run(update(InvestmentProject).where(InvestmentProject.id == project.id).values(due_on=yesterday))
        await write.run(update(InvestmentProject).where(InvestmentProject.id == other.id).values(due_on=today()))
    with pytest.raises(ProjectApprovalLapsed):
        await stepped(databases, site.scope, service.start, project)
    assert await let_lapse(databases, "wuxi") >= 1
    assert (await now_of(databases, project)).state is P.LAPSED
    assert (await now_of(databases, other)).state is P.APPROVED  # its last day is today
    held = await district(databases, site)
    assert (held.reserved, held.available) == (D(1000), D(9000))
    assert (await stepped(databases, site.scope, service.start, other)).state is P.STARTED


async def test_a_project_is_seen_by_its_enterprise_and_the_authorities_above_it(databases: Databases) -> None:
    site = await ground(databases, tonnes=None)
    project = await drafted(databases, site)
    await stepped(databases, site.scope, service.submit, project)
    insiders = [site.scope, site.officer, (await authority(databases, division=DIVISION)).scope]
    neighbour = await authority(databases, division="320205")
    strangers = [(await enterprise(databases, division=DIVISION)).scope, neighbour.scope, (await bank(databases)).scope]
    for scope, is_seen in [*((each, True) for each in insiders), *((each, False) for each in strangers)]:
        async with databases.read(scope) as read:
            [found] = await service.projects_by_id(read, scope, [(project.account_id, project.id)])
            [versions] = await queries.versions_by_key(read, scope, [(project.account_id, project.id, 1)])
            [steps] = await queries.steps_below(read, scope, [(project.account_id, project.id)])
        assert [found is not None, versions is not None, bool(steps)] == [is_seen] * 3
    with pytest.raises(InvestmentProjectNotFound):
        await stepped(databases, await colleague(databases, neighbour, "officer"), service.take, project)


async def test_an_application_stays_within_its_account(databases: Databases) -> None:
    site, other = await ground(databases, tonnes=None), await held_account(databases, division=DIVISION)
    with pytest.raises(ProjectDivisionOutside):
        await drafted(databases, site, division_code="320205")
    foreign = await evidence_of(databases, other)
    with pytest.raises(EvidenceNotFound):
        await drafted(databases, replace(site, evidence=foreign.id))
    project = await drafted(databases, site)
    with pytest.raises(NotFound):
        await stepped(databases, other.scope, service.submit, project)
    with pytest.raises((AccountNotYours, Forbidden)):
        await stepped(databases, site.decider, service.submit, project)


async def test_the_database_keeps_the_parties_steps_apart(databases: Databases) -> None:
    site = await ground(databases, tonnes=None)
    project = await drafted(databases, site)
    forged = text(
        'insert into investment_project_step (account_id, id, project_id, version, action, from_state, to_state, "on",'
        " reference, note, facts, recorded_at) values (:account, gen_random_uuid(), :project, 1, :action, 'draft', 'approved',"
        " current_date, '', '', '{}', now())"
    )
    for scope, action in ((site.scope, "approve"), (site.decider, "submit")):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with databases.write(scope) as write:
                await write.run(forged, {"account": project.account_id, "project": project.id, "action": action})
