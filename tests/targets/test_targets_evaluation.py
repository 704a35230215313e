"""The comprehensive evaluation: worked out, opened to remarks, approved by another person; what cannot be told blocks.

It is Guizhou's, whose province evaluates nine prefectures and a new area; each test evaluates a year nobody else does.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from factories.budgets import approved, line
from factories.identity import Made, authority, colleague, enterprise
from factories.regions import counted_account, roll_all, store_inventory
from factories.targets import PAPER, WHY, in_force, limit, opened, reduction, stated
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.regions.models import RegionFigure
from backend.targets import catalogue, service
from backend.targets import queries_evaluations as queries
from backend.targets.errors import (
    EvaluationExists,
    EvaluationIncomplete,
    EvaluationNotFound,
    EvaluationRemarkAnswered,
    EvaluationRemarksOpen,
    EvaluationSchemeDecided,
    EvaluationStateWrong,
    PlanTargetNotFound,
    TargetFigureInvalid,
    TargetHandedDown,
    TargetSecondPerson,
    TargetsOfTheWhole,
)
from backend.targets.models import EvaluationRemark, EvaluationRemarkAnswer, EvaluationRevision, EvaluationStep
from backend.targets.values import Footing
from backend.targets.values_evaluation import (
    EvaluationState,
    IndicatorOutcome,
    SheetVerdict,
    ValueSource,
)
from backend.targets.values_plans import EnteredDraft, PlanTargetOutcome, PlanTargetSource

D = Decimal
T = "guizhou"
GUIYANG, ZUNYI = "520100", "520300"
PREFECTURES = ("520100", "520200", "520300", "520400", "520500", "520600", "522300", "522600", "522700", "520000-GAXQ")
COMPLETE = {
    "intensity_completion": "100", "total_use": "100", "budget_use": "100", "energy_structure": "100",
    "energy_intensity": "100", "resource_efficiency": "100", "sinks": "100", "urban_construction": "100",
    "transport": "100",
}  # fmt: skip


async def sheets_of(databases: Databases, scope: Scope, evaluation_id) -> dict:
    async with databases.read(scope) as read:
        return {each.division_code: each for each in await queries.sheets(read, scope, [evaluation_id])}


async def state_all(databases: Databases, bureau: Made, year: int, **others: dict[str, str | None]) -> None:
    """State every indicator of every prefecture as met, and some otherwise."""
    for code in PREFECTURES:
        await stated(databases, bureau.scope, code, year, **{**COMPLETE, **others.get(f"of_{code}", {})})


async def decide(databases: Databases, scope: Scope, evaluation_id, *, is_approved: bool = True):
    async with databases.write(scope) as write:
        return await service.decide_evaluation(
            write, scope, evaluation_id, is_approved=is_approved, reason=WHY, document=PAPER if is_approved else None
        )


async def rework(databases: Databases, scope: Scope, evaluation_id):
    async with databases.write(scope) as write:
        return await service.rework_evaluation(write, scope, evaluation_id, reason=WHY)


async def test_from_the_first_working_out_to_the_approval(databases: Databases) -> None:
    year, bureau = 2011, await authority(databases, tenant=T)
    officer = await colleague(databases, bureau, "officer")
    async with databases.write(officer) as write:
        begun = await service.begin_evaluation(write, officer, year=year, name="年度综合评价", reason=WHY)
    assert (begun.state, begun.revision, begun.scheme.is_placeholder) == (EvaluationState.DRAFT, 1, True)
    with pytest.raises(EvaluationExists):
        async with databases.write(bureau.scope) as write:
            await service.begin_evaluation(write, bureau.scope, year=year, name="另一次", reason=WHY)
    first = await sheets_of(databases, officer, begun.id)
    assert set(first) == set(PREFECTURES)
    assert {(each.score, each.place, each.verdict) for each in first.values()} == {
        (None, None, SheetVerdict.CANNOT_TELL)
    }
    with pytest.raises(EvaluationStateWrong):
        await decide(databases, bureau.scope, begun.id)
    async with databases.write(officer) as write:
        assert (await service.open_evaluation(write, officer, begun.id, reason=WHY)).state is EvaluationState.OPEN
    with pytest.raises(TargetSecondPerson):
        await decide(databases, replace(bureau.scope, actor_id=officer.actor_id), begun.id)
    with pytest.raises(EvaluationIncomplete, match="520100: intensity_completion"):
        await decide(databases, bureau.scope, begun.id)
    await state_all(
        databases,
        bureau,
        year,
        of_520300={"transport": None, "intensity_completion": "50"},
        of_520100={"transport": "0"},
    )
    await rework(databases, officer, begun.id)
    found = await sheets_of(databases, officer, begun.id)
    assert found[GUIYANG].revision == 2
    # 95 of 100; and 15 + 65 of 95.
    assert (found[GUIYANG].score, found[GUIYANG].place, found[GUIYANG].verdict) == (D("95.00"), 9, SheetVerdict.MET)
    assert (found[ZUNYI].score, found[ZUNYI].place, found[ZUNYI].verdict) == (D("84.21"), 10, SheetVerdict.MISSED)
    assert {each.place for code, each in found.items() if code not in {GUIYANG, ZUNYI}} == {1}
    lines = {each.indicator.code: each for each in found[ZUNYI].lines}
    assert lines["transport"].outcome is IndicatorOutcome.NOT_APPLICABLE
    assert (lines["intensity_completion"].source, lines["intensity_completion"].points) == (ValueSource.STATED, D(15))
    done = await decide(databases, bureau.scope, begun.id)
    assert (done.state, done.approved_document) == (EvaluationState.APPROVED, f"{PAPER.number} {PAPER.title}")
    with pytest.raises(EvaluationStateWrong):
        await rework(databases, officer, begun.id)
    async with databases.read(officer) as read:
        old = await queries.sheets(read, officer, [begun.id], revision=1)
        [steps] = await queries.steps_of(read, officer, [begun.id])
    assert {each.score for each in old} == {None}
    assert [each.kind.value for each in steps] == ["opened", "approved"]


async def test_a_division_sees_its_own_sheet_once_it_is_opened_and_remarks_on_it(databases: Databases) -> None:
    year, bureau = 2012, await authority(databases, tenant=T)
    officer = await colleague(databases, bureau, "officer")
    guiyang, zunyi = [await authority(databases, tenant=T, division=code) for code in (GUIYANG, ZUNYI)]
    async with databases.write(officer) as write:
        begun = await service.begin_evaluation(write, officer, year=year, name="年度综合评价", reason=WHY)
    assert await sheets_of(databases, guiyang.scope, begun.id) == {}
    async with databases.read(guiyang.scope) as read:
        with pytest.raises(EvaluationNotFound):
            await service.evaluation(read, guiyang.scope, begun.id)
    async with databases.write(officer) as write:
        await service.open_evaluation(write, officer, begun.id, reason=WHY)
    assert set(await sheets_of(databases, guiyang.scope, begun.id)) == {GUIYANG}
    county = await authority(databases, tenant=T, division="520102")
    assert await sheets_of(databases, county.scope, begun.id) == {}
    plant = await enterprise(databases, tenant=T)
    async with databases.read(plant.scope) as read:
        assert await queries.evaluations(read, plant.scope, limit=100) == []

    async def remark(made: Made, code: str, indicator: str = "transport"):
        async with databases.write(made.scope) as write:
            return await service.remark_on_evaluation(
                write, made.scope, begun.id, division_code=code, said="数据应更新", indicator=indicator, document=PAPER
            )

    own = await remark(guiyang, GUIYANG)
    with pytest.raises(EvaluationNotFound):
        await remark(zunyi, GUIYANG)
    await state_all(databases, bureau, year)
    await rework(databases, officer, begun.id)
    with pytest.raises(EvaluationRemarksOpen):
        await decide(databases, bureau.scope, begun.id)
    async with databases.read(zunyi.scope) as read:
        assert await queries.remarks_of(read, zunyi.scope, [begun.id]) == [[]]
    with pytest.raises(TargetHandedDown):
        async with databases.write(guiyang.scope) as write:
            await service.answer_remark(write, guiyang.scope, own.id, is_accepted=True, said="同意")
    with pytest.raises(TargetHandedDown):
        await rework(databases, guiyang.scope, begun.id)
    async with databases.write(officer) as write:
        answered = await service.answer_remark(write, officer, own.id, is_accepted=True, said="已更新")
    assert (answered.is_accepted, answered.answer) == (True, "已更新")
    with pytest.raises(EvaluationRemarkAnswered):
        async with databases.write(officer) as write:
            await service.answer_remark(write, officer, own.id, is_accepted=False, said="不同意")
    rejected = await decide(databases, bureau.scope, begun.id, is_approved=False)
    assert rejected.state is EvaluationState.DRAFT
    with pytest.raises(EvaluationStateWrong):
        await remark(guiyang, GUIYANG)


async def test_the_database_holds_the_second_person_itself(databases: Databases) -> None:
    year, bureau = 2013, await authority(databases, tenant=T)
    officer = await colleague(databases, bureau, "officer")
    evaluation_id = await opened(databases, bureau, year)
    await rework(databases, officer, evaluation_id)
    forged = {
        "evaluation_id": evaluation_id, "number": 2, "revision": 2, "kind": "approved", "owner_path": bureau.path,
        "reason": WHY, "document_number": "x", "document_dated": date(2026, 1, 1), "document_title": "x",
        "recorded_at": now(), "recorded_by": officer.actor_id,
    }  # fmt: skip
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(officer) as write:
            await write.run(insert(EvaluationStep).values(forged))


async def test_the_database_holds_whose_an_evaluation_is(databases: Databases) -> None:
    year, bureau = 2015, await authority(databases, tenant=T)
    evaluation_id = await opened(databases, bureau, year)
    guiyang = await authority(databases, tenant=T, division=GUIYANG)
    async with databases.write(guiyang.scope) as write:
        own = await service.remark_on_evaluation(
            write, guiyang.scope, evaluation_id, division_code=GUIYANG, said="数据应更新"
        )
    signed = {"recorded_at": now(), "recorded_by": guiyang.person_id, "owner_path": guiyang.path}
    answer = {"remark_id": own.id, "division_path": guiyang.path, "is_accepted": True, "said": "同意", **signed}
    step = {
        "evaluation_id": evaluation_id, "number": 2, "revision": 1, "kind": "approved", "reason": WHY,
        "document_number": "x", "document_dated": date(2026, 1, 1), "document_title": "x", **signed,
    }  # fmt: skip
    remark = {
        "id": new_id(), "evaluation_id": evaluation_id, "division_code": "520102",
        "division_path": f"{guiyang.path}520102/", "indicator": "", "said": "冒名", "document_number": "",
        "document_dated": None, "document_title": "", **signed, "owner_path": bureau.path,
    }  # fmt: skip
    revision = {
        "evaluation_id": evaluation_id, "revision": 2, "owner_path": guiyang.path, "made_at": now(),
        "made_by": guiyang.person_id,
    }  # fmt: skip
    for table, row in (
        (EvaluationRemarkAnswer, answer), (EvaluationStep, step), (EvaluationRemark, remark), (EvaluationRevision, revision),
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match="row-level security"):
            async with databases.write(guiyang.scope) as write:
                await write.run(insert(table).values(row))


async def test_values_are_computed_from_the_books_where_they_tell_something(databases: Databases) -> None:
    year, bureau = 2014, await authority(databases, tenant=T)
    code = "520600"
    async with databases.read(Scope.system(T)) as read:
        path = await read.value(text("select path from division where code = :code"), {"code": code})
    await in_force(
        databases, bureau, reduction(code, year, year + 1, "10", year - 1, footing=Footing.STATED),
        limit(code, year, year + 1, "400", footing=Footing.STATED), effective_on=date(year, 1, 1),
    )  # fmt: skip
    for of, tonnes in ((year - 1, "200"), (year, "220")):
        await stated(databases, bureau.scope, code, of, emissions=tonnes)
    async with databases.write(Scope.system(T)) as write:
        for of, kind, quantity in (
            (year - 1, "gdp", "100"), (year, "gdp", "125"), (year - 1, "forest_sink", "80"), (year, "forest_sink", "60"),
        ):  # fmt: skip
            await write.run(
                insert(RegionFigure).values(
                    id=new_id(), division_code=code, division_path=path, year=of, kind=kind, quantity=D(quantity),
                    unit="万CNY" if kind == "gdp" else "tCO2e", document="统计公报", document_number="",
                    document_date=date(2026, 1, 1), note="", is_withdrawn=False, recorded_at=now(), recorded_by=None,
                )
            )  # fmt: skip
    await stated(databases, bureau.scope, code, year, sinks="100", total_use="1")
    evaluation_id = await opened(databases, bureau, year)
    own = (await sheets_of(databases, bureau.scope, evaluation_id))[code]
    lines = {each.indicator.code: each for each in own.lines}
    # 220/125 against 200/100: 12 % of the 5 % due. 220 of 200 tonnes due. 60 of 80: what is stated beside stays out.
    assert [(lines[each].value, lines[each].source) for each in ("intensity_completion", "total_use", "sinks")] == [
        (D("240.0000"), ValueSource.COMPUTED), (D("110.0000"), ValueSource.COMPUTED), (D("75.0000"), ValueSource.COMPUTED),
    ]  # fmt: skip
    assert [lines[each].points for each in ("intensity_completion", "total_use", "sinks")] == [D(30), D(10), D("3.75")]
    assert lines["intensity_completion"].facts["due"] == "5.0000"
    assert lines["budget_use"].outcome is IndicatorOutcome.CANNOT_TELL


async def test_the_years_budget_is_looked_at_once_all_its_months_are_known(databases: Databases) -> None:
    year, bureau = 2018, await authority(databases, tenant=T)
    whole, half = "520400", "522300"
    await approved(databases, bureau, line(whole, year, "1200"), line(half, year, "1200"))
    for code, months in ((whole, range(1, 13)), (half, range(1, 7))):
        steel = await counted_account(databases, T, division=code, sector="steel")
        await store_inventory(databases, steel, year, 1, dict.fromkeys(months, ("100", "5", "0", "0")))
    await roll_all(databases, T)
    evaluation_id = await opened(databases, bureau, year)
    sheets = await sheets_of(databases, bureau.scope, evaluation_id)
    own = {
        code: next(each for each in sheets[code].lines if each.indicator.code == "budget_use") for code in (whole, half)
    }
    # 105 x 12 of 1,200 tonnes: 105 %, which earns three quarters of ten points.
    assert (own[whole].value, own[whole].points, own[whole].source) == (D(105), D("7.5"), ValueSource.COMPUTED)
    assert (own[half].value, own[half].outcome) == (None, IndicatorOutcome.CANNOT_TELL)
    assert own[half].facts["through"] == f"{year}-06"


async def test_a_scheme_is_proposed_and_approved_for_a_year_on(databases: Databases) -> None:
    """In Chengdu, whose evaluations no other test begins."""
    bureau = await authority(databases, tenant="chengdu")
    officer = await colleague(databases, bureau, "officer")
    district = await authority(databases, tenant="chengdu", division="510104")
    first = replace(catalogue.shipped().indicators[0], weight=D(70))
    other = replace(catalogue.shipped().indicators[8], weight=D(30))
    scheme = replace(
        catalogue.shipped(), is_placeholder=False, name_zh="市级评价", note_zh="", note_en="", indicators=(first, other)
    )
    with pytest.raises(TargetsOfTheWhole):
        async with databases.write(district.scope) as write:
            await service.propose_scheme(write, district.scope, scheme, first_year=2020, document=PAPER, reason=WHY)
    async with databases.write(officer) as write:
        proposed = await service.propose_scheme(write, officer, scheme, first_year=2020, document=PAPER, reason=WHY)
    assert proposed.id is not None
    with pytest.raises(Forbidden):
        async with databases.write(officer) as write:
            await service.decide_scheme(write, officer, proposed.id, is_approved=True, reason=WHY)
    async with databases.write(bureau.scope) as write:
        own = await service.propose_scheme(write, bureau.scope, scheme, first_year=2020, document=PAPER, reason=WHY)
    assert own.id is not None
    with pytest.raises(TargetSecondPerson):
        async with databases.write(bureau.scope) as write:
            await service.decide_scheme(write, bureau.scope, own.id, is_approved=True, reason=WHY)
    async with databases.read(officer) as read:
        assert (await service.scheme_of(read, officer, 2020)).id is None
    async with databases.write(bureau.scope) as write:
        await service.decide_scheme(write, bureau.scope, proposed.id, is_approved=True, reason=WHY)
    with pytest.raises(EvaluationSchemeDecided):
        async with databases.write(bureau.scope) as write:
            await service.decide_scheme(write, bureau.scope, proposed.id, is_approved=False, reason=WHY)
    async with databases.read(officer) as read:
        assert (await service.scheme_of(read, officer, 2019)).id is None
        assert (await service.scheme_of(read, officer, 2024)).id == proposed.id
    evaluation_id = await opened(databases, bureau, 2020)
    async with databases.read(bureau.scope) as read:
        found = await service.evaluation(read, bureau.scope, evaluation_id)
    assert (found.scheme_id, [each.weight for each in found.scheme.indicators]) == (proposed.id, [D(70), D(30)])
    with pytest.raises(TargetFigureInvalid):
        await stated(databases, bureau.scope, "510104", 2020, sinks="1")


async def test_numbers_of_the_documents_are_followed(databases: Databases) -> None:
    bureau = await authority(databases, tenant="chengdu")
    scope = bureau.scope
    async with databases.read(scope) as read:
        before = {each.named.item: each for each in await service.plan_targets(read, scope)}
    own = before["renewable_capacity"]
    assert (own.named.year, own.named.comparator, own.named.quantity, own.named.unit) == (2030, ">", D(150), "万kW")
    assert (own.outcome, own.source) == (PlanTargetOutcome.CANNOT_TELL, PlanTargetSource.NONE)
    drafts = [
        EnteredDraft("renewable_capacity", date(2025, 12, 31), D("120.5")),
        EnteredDraft("green_travel", date(2025, 12, 31), D(79), "调查值"),
    ]
    async with databases.write(scope) as write:
        found = {
            each.named.item: each for each in await service.record_plan_values(write, scope, drafts, document=PAPER)
        }
    assert (found["renewable_capacity"].percent, found["renewable_capacity"].outcome) == (
        D("80.33"), PlanTargetOutcome.NOT_YET,
    )  # fmt: skip
    assert (found["green_travel"].outcome, found["green_travel"].note) == (PlanTargetOutcome.MET, "调查值")
    async with databases.write(scope) as write:
        await service.record_plan_values(
            write, scope, [EnteredDraft("green_travel", date(2025, 6, 30), D(70))], document=PAPER
        )
    async with databases.read(scope) as read:
        values = await service.plan_target_history(read, scope, "green_travel")
        now_ = {each.named.item: each for each in await service.plan_targets(read, scope)}
    assert [each.value for each in values] == [D(79), D(70)]
    assert now_["green_travel"].value == D(79)
    with pytest.raises(PlanTargetNotFound):
        async with databases.write(scope) as write:
            await service.record_plan_values(
                write, scope, [EnteredDraft("nothing_such", date(2025, 6, 30), D(70))], document=PAPER
            )
    district = await authority(databases, tenant="chengdu", division="510104")
    async with databases.read(district.scope) as read:
        told = {each.named.item: each.value for each in await service.plan_targets(read, district.scope)}
    assert told.keys() == before.keys()
    assert set(told.values()) == {None}
    with pytest.raises(TargetsOfTheWhole):
        async with databases.write(district.scope) as write:
            await service.record_plan_values(write, district.scope, drafts, document=PAPER)


async def test_wuxis_parks_are_counted_by_the_product(databases: Databases) -> None:
    bureau = await authority(databases)
    async with databases.read(bureau.scope) as read:
        found = {each.named.item: each for each in await service.plan_targets(read, bureau.scope, year=2027)}
    # A document without a number is called by its title alone.
    assert all(not each.named.document.startswith("None") for each in found.values())
    assert (found["parks_accepted_2027"].source, found["parks_accepted_2027"].named.quantity) == (
        PlanTargetSource.COUNTED, D(10),
    )  # fmt: skip
    assert found["parks_research"].named.quantity == D("3.5")
