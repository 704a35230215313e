"""What Order 31 asks beyond the way of one project: silence, major changes, inspections, revocation, who may decide; impact."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from factories.budgets import approved as budgeted
from factories.budgets import balance, line, own_line, own_year
from factories.identity import authority, colleague, enterprise
from factories.projects import (
    WHY,
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
from sqlalchemy import update

from backend.budgets.values import Paper
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.scope import Scope
from backend.projects import queries, service
from backend.projects.errors import (
    ProjectDayInvalid,
    ProjectDeemedTaken,
    ProjectDifferentiationMissing,
    ProjectMeasuresMissing,
    ProjectNotOfCounties,
    ProjectNotReady,
    ProjectSecondPerson,
    ProjectStepNotAllowed,
)
from backend.projects.jobs import take_unanswered
from backend.projects.models import InvestmentProject
from backend.projects.values import (
    VALUE_ADDED,
    Action,
    CarbonClass,
    Finding,
    Measure,
    Nature,
    Output,
    ProjectState,
    ProjectValue,
)

D = Decimal
P = ProjectState
TENANT, DIVISION = "changzhou", "320411"
"""Not where the other tests of projects are: there is one budget of a division and year in a tenant."""
PAPER = Paper("锡双碳〔2026〕10号", date(2026, 3, 1), "关于发布碳排放准入水平的通知")


async def here(databases: Databases, **given) -> Ground:
    """Return a ground of this file's own place."""
    return await ground(databases, division=DIVISION, tenant=TENANT, **given)


async def now_of(databases: Databases, project: ProjectValue, tenant: str = TENANT) -> ProjectValue:
    system = Scope.system(tenant)
    async with databases.read(system) as read:
        [found] = await service.projects_by_id(read, system, [(project.account_id, project.id)])
    assert found is not None
    return found


async def steps_of(databases: Databases, project: ProjectValue, tenant: str = TENANT):
    system = Scope.system(tenant)
    async with databases.read(system) as read:
        [found] = await queries.steps_below(read, system, [(project.account_id, project.id)])
    return found


async def put(databases: Databases, project: ProjectValue, **values: object) -> None:
    system = Scope.system(TENANT)
    async with databases.write(system) as write:
        await write.run(update(InvestmentProject).where(InvestmentProject.id == project.id).values(**values))


async def test_materials_nobody_answers_count_as_taken_from_the_day_of_receipt(databases: Databases) -> None:
    site = await here(databases, tonnes=None)
    late = await stepped(databases, site.scope, service.submit, await drafted(databases, site))
    fresh = await stepped(databases, site.scope, service.submit, await drafted(databases, site))
    received, over = today() - timedelta(days=9), today() - timedelta(days=1)
    await put(databases, late, state_on=received, due_on=over)
    with pytest.raises(ProjectDeemedTaken):
        await stepped(databases, site.officer, service.return_materials, late, missing=["能源平衡图"])
    assert await take_unanswered(databases, TENANT) >= 1
    taken = await now_of(databases, late)
    assert (taken.state, taken.state_on, taken.due_on) == (P.IN_REVIEW, received, None)
    step = (await steps_of(databases, late))[-1]
    assert (step.action, step.actor_id) == (Action.TAKE, None)
    assert "视为受理" in step.note
    assert (await now_of(databases, fresh)).state is P.SUBMITTED
    # Nobody took it, so whoever decides has had no part in it.
    assert (await approved(databases, replace(site, year=(await _budget(databases, site))), taken)).state is P.APPROVED


async def _budget(databases: Databases, site: Ground) -> int:
    year = own_year(TENANT)
    await budgeted(databases, site.city, line(DIVISION, year, "100000"))
    return year


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"outputs": (Output("数控机床", D(500), "台"),)}, ["主要产品品种"]),
        ({"outputs": (Output("机床", D(510), "台"),)}, ["建设规模"]),
        ({"sector": "batteries"}, ["所属行业"]),
    ],
)
async def test_a_major_change_is_reviewed_again(databases: Databases, changes: dict, told: list[str]) -> None:
    site = await here(databases, tonnes="20000")
    project = await approved(databases, site, await in_review(databases, site, await drafted(databases, site)))
    changed = await stepped(
        databases, site.scope, service.revise, project, facts(site, power("10000"), **changes), reason="调整产品方案"
    )
    assert (changed.state, changed.prior_state) == (P.CHANGING, P.APPROVED)
    step = (await steps_of(databases, project))[-1]
    assert [each["zh"] for each in step.facts["major"]] == told


async def test_what_the_applicant_states_is_major_and_consent_begins_two_years_anew(databases: Databases) -> None:
    site = await here(databases, tonnes="20000")
    project = await approved(databases, site, await in_review(databases, site, await drafted(databases, site)))
    long_ago = today() - timedelta(days=700)
    await put(databases, project, approved_on=long_ago, state_on=long_ago, due_on=today() + timedelta(days=30))
    same = facts(site, power("10000"))
    noted = await stepped(databases, site.scope, service.revise, project, same, reason="更名")
    assert noted.state is P.APPROVED
    waiting = await stepped(databases, site.scope, service.revise, project, same, reason="更换主要设备", is_major=True)
    assert waiting.state is P.CHANGING
    changed = await approved(databases, site, waiting)
    assert (changed.state, changed.approved_on) == (P.APPROVED, long_ago)
    assert changed.due_on == today().replace(year=today().year + 2)


async def test_an_inspection_finds_and_what_is_beyond_ten_percent_is_rectified(databases: Databases) -> None:
    site = await here(databases, tonnes="10000")
    project = await in_review(databases, site, await drafted(databases, site))
    with pytest.raises(ProjectStepNotAllowed):
        await stepped(databases, site.officer, service.inspect, project, service.Inspection(Finding.IN_ORDER, WHY))
    project = await approved(databases, site, project)
    await on_trial(databases, site, project)
    accepted = await measured(databases, site, project, "1229", "5000")
    tonnes = accepted.approved_tonnes
    assert tonnes is not None
    above = service.Inspection(Finding.IN_ORDER, "年度用能核查", D("1351.9001"), D(5000))
    with pytest.raises(ProjectDayInvalid):
        await stepped(databases, site.officer, service.inspect, accepted, above)
    with pytest.raises(ProjectMeasuresMissing):
        await stepped(databases, site.officer, service.inspect, accepted, replace(above, tonnes=None))
    with pytest.raises(Forbidden):
        await stepped(databases, site.scope, service.inspect, accepted, above)
    by = today() + timedelta(days=60)
    after = await stepped(databases, site.officer, service.inspect, accepted, replace(above, rectify_by=by))
    assert (after.state, (await now_of(databases, accepted)).state) == (P.ACCEPTED, P.ACCEPTED)
    step = (await steps_of(databases, accepted))[-1]
    assert (step.action, step.due_on, step.facts["finding"], step.facts["exceeds"]) == (
        Action.INSPECT, by, "rectify", True,
    )  # fmt: skip
    fine = service.Inspection(Finding.IN_ORDER, "整改到位", D("1229"), D(5000))
    await stepped(databases, site.officer, service.inspect, accepted, fine)
    assert (await steps_of(databases, accepted))[-1].due_on is None


async def test_a_revoked_opinion_gives_back_what_it_holds_and_not_what_was_posted(databases: Databases) -> None:
    site = await here(databases, tonnes="20000")
    held = await approved(databases, site, await in_review(databases, site, await drafted(databases, site)), "6000")
    used = await approved(databases, site, await in_review(databases, site, await drafted(databases, site)), "6000")
    await on_trial(databases, site, used)
    await measured(databases, site, used, "1229", "5000")
    own = (await own_line(databases, DIVISION, site.year, TENANT)).id
    assert (await balance(databases, own, TENANT)).reserved == D(6000)
    other = await colleague(databases, site.city, "administrator")
    await stepped(databases, site.decider, service.inspect, held, service.Inspection(Finding.IN_ORDER, WHY))
    given = {"reason": "提供虚假材料", "reference": "锡发改撤〔2026〕1号"}
    with pytest.raises(ProjectSecondPerson):
        await stepped(databases, site.decider, service.revoke, held, **given)
    with pytest.raises(Forbidden):
        await stepped(databases, site.officer, service.revoke, held, **given)
    for project in (held, used):
        revoked = await stepped(databases, other, service.revoke, project, **given)
        assert (revoked.state, revoked.due_on) == (P.REVOKED, None)
    after = await balance(databases, own, TENANT)
    assert (after.reserved, after.posted, after.available) == (D(0), D(5000), D(15000))
    with pytest.raises(ProjectStepNotAllowed):
        await stepped(databases, site.scope, service.start, held)


async def test_a_county_does_not_decide_on_the_two_high(databases: Databases) -> None:
    site = await here(databases, tonnes="10000")
    heavy = {
        "sector": "steel", "outputs": (Output("弹簧钢", D(1000), "t"),), "eia_level": "行业先进", "eia_measures": "余热回收",
        "environmental_grade": "A",
    }  # fmt: skip
    project = await in_review(databases, site, await drafted(databases, site, **heavy))
    level = service.Level(
        DIVISION, "steel", "弹簧钢", Measure.ENERGY, D(1229), "kgce/t", "标杆水平", PAPER, date(2026, 1, 1)
    )
    async with databases.write(site.decider) as write:
        await service.record_level(write, site.decider, level)
    told = service.Replacing(not_needed="不属于产能严重过剩行业")
    district = await authority(databases, division=DIVISION, tenant=TENANT)
    with pytest.raises(ProjectNotOfCounties):
        await approved(databases, replace(site, city=district), project, "100", replacing=told)
    assert (await approved(databases, site, project, "100", replacing=told)).state is P.APPROVED
    light = await in_review(databases, site, await drafted(databases, site))
    assert (await approved(databases, replace(site, city=district), light, "100")).state is P.APPROVED


async def test_a_sectors_level_by_value_added_is_compared(databases: Databases) -> None:
    site = await here(databases, tonnes="10000")
    # The sector is this test's own: a level holds for every project of it.
    project = await in_review(databases, site, await drafted(databases, site, sector="textiles"))
    level = service.Level(
        DIVISION, "textiles", VALUE_ADDED, Measure.CARBON, D("0.1"), "tCO2e/万元", "准入水平", PAPER, date(2026, 1, 1)
    )
    async with databases.write(site.decider) as write:
        await service.record_level(write, site.decider, level)
    with pytest.raises(ProjectNotReady) as refused:
        await approved(databases, site, project, "100")
    assert "单位增加值" in str(refused.value.details["reasons_zh"])
    async with databases.write(site.decider) as write:
        await service.record_level(write, site.decider, replace(level, most=D(10)))
    assert (await approved(databases, site, project, "100")).state is P.APPROVED


async def test_a_retrofit_draws_on_the_budget_for_what_it_adds(databases: Databases) -> None:
    site = await here(databases, tonnes="100000")
    given = {"nature": Nature.RETROFIT, "keeps_process": True, "existing_tce": D(1000), "existing_coal": D(0),
             "existing_tonnes": D(5000)}  # fmt: skip
    small = await drafted(databases, site, power("10000"), **given)  # 229 tce more than before
    assert (await stepped(databases, site.scope, service.submit, small)).state is P.EXEMPT
    project = await in_review(databases, site, await drafted(databases, site, power("20000"), **given))
    # Years beyond the ground's own have no budget: the one year is named.
    decision = service.Decision(is_approved=True, version=1, reason=WHY)
    async with databases.read(site.decider) as read:
        [impact] = await service.impacts(read, site.decider, [(project.account_id, project.id, 1)])
    assert impact is not None
    first = impact.years[0]
    done = await stepped(
        databases, site.decider, service.decide, project, replace(decision, lines=[(site.year, first.tonnes)])
    )
    assert done.approved_tonnes is not None
    own = (await own_line(databases, DIVISION, site.year, TENANT)).id
    assert (await balance(databases, own, TENANT)).reserved == (done.approved_tonnes - 5000).quantize(D("0.0001"))
    await on_trial(databases, site, done)
    await measured(databases, site, done, "2458", "9000")
    after = await balance(databases, own, TENANT)
    assert (after.reserved, after.posted) == (D(0), D(4000))


@pytest.mark.parametrize(("target", "found"), [("0.2", CarbonClass.HIGH), ("0.5", CarbonClass.LOW)])
async def test_guizhou_controls_projects_by_their_carbon_intensity(
    databases: Databases, target: str, found: CarbonClass
) -> None:
    site = await ground(databases, tonnes=None, division="520300", tenant="guizhou")
    site = replace(site, year=own_year("guizhou"))
    await budgeted(
        databases, site.city, line("520000", site.year, "900000"),
        line("520300", site.year, "100000", intensity_target=target),
    )  # fmt: skip
    given = {"sector": "data_centres", "outputs": (Output("机架", D(500), "台"),)}
    project = await in_review(databases, site, await drafted(databases, site, **given))
    async with databases.read(site.decider) as read:
        [impact] = await service.impacts(read, site.decider, [(project.account_id, project.id, 1)])
    assert impact is not None
    assert (impact.carbon_class, impact.target) == (found, D(target))
    assert impact.own is not None
    assert impact.productivity is not None
    assert impact.years[0].available == D(100000)
    assert impact.years[0].share == (impact.years[0].tonnes / 100000).quantize(D("0.0001"))
    if found is CarbonClass.HIGH:
        with pytest.raises(ProjectDifferentiationMissing):
            await approved(databases, site, project, conditions=[])
        done = await approved(databases, site, project, conditions=["配套建设可再生能源"])
    else:
        done = await approved(databases, site, project, conditions=[])
    step = (await steps_of(databases, done, "guizhou"))[-1]
    assert step.facts["impact"]["carbon_class"] == found.value


async def test_an_enterprise_is_not_told_of_its_places_budget(databases: Databases) -> None:
    site = await here(databases, tonnes="10000")
    project = await drafted(databases, site)
    for scope, years in (
        (site.scope, 0),
        (site.decider, 1),
        ((await enterprise(databases, tenant=TENANT)).scope, None),
    ):
        async with databases.read(scope) as read:
            [impact] = await service.impacts(read, scope, [(project.account_id, project.id, 1)])
        assert (None if impact is None else len(impact.years)) == years
