"""Targets: drafted by one, decided by another, handed down so that they fit, read as of any day, followed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from factories.accounts import held_account
from factories.identity import authority, colleague
from factories.regions import counted_account, path_of, roll_all, store_inventory
from factories.targets import PAPER, WHY, decided, drafted, in_force, limit, own_period, reduction, stated
from sqlalchemy import event, insert
from sqlalchemy.exc import DBAPIError

from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.regions.models import RegionFigure
from backend.targets import queries, queries_plans, service
from backend.targets.errors import (
    TargetDocumentInvalid,
    TargetFigureInvalid,
    TargetHandedDown,
    TargetLineInvalid,
    TargetNotFound,
    TargetParentMissing,
    TargetPlanDecided,
    TargetPlanNotFound,
    TargetPlanRevised,
    TargetsCannotTell,
    TargetSecondPerson,
    TargetShareInvalid,
    TargetsOver,
    TargetsShort,
)
from backend.targets.models import DualTarget, TargetFigure, TargetPlanDecision
from backend.targets.service import Portion, Wanted
from backend.targets.values import (
    EMISSIONS,
    FigureDraft,
    Footing,
    Paper,
    TargetKind,
    TargetMethod,
    TargetPlanState,
    TargetVerdict,
)

D = Decimal
CITY, XISHAN, HUISHAN, BINHU = "320200", "320205", "320206", "320211"
DISTRICTS = (XISHAN, HUISHAN, BINHU, "320213", "320214", "320281", "320282", "320200-JKQ")


async def test_a_plan_is_revised_and_approved_by_another_person(databases: Databases) -> None:
    (first, last), bureau = own_period(), await authority(databases)
    officer = await colleague(databases, bureau, "officer")
    plan = await drafted(databases, officer, limit(XISHAN, first, last, "100"))
    assert (plan.state, plan.revision, plan.division_path) == (TargetPlanState.DRAFT, 1, "320000/320200/")
    async with databases.write(officer) as write:
        plan = await service.revise_plan(write, officer, plan.id, lines=[limit(XISHAN, first, last, "120")], reason=WHY)
    async with databases.read(officer) as read:
        kept = await queries_plans.revisions(read, officer, plan.id)
    assert [(each.revision, each.lines[0]["value"]) for each in kept] == [(2, "120"), (1, "100")]
    with pytest.raises(TargetPlanRevised):
        await decided(databases, bureau.scope, plan.id, revision=1)
    with pytest.raises(Forbidden):
        await decided(databases, officer, plan.id)
    assert (await decided(databases, bureau.scope, plan.id, revision=2)).state is TargetPlanState.APPROVED
    with pytest.raises(TargetPlanDecided):
        await decided(databases, bureau.scope, plan.id)
    async with databases.read(bureau.scope) as read:
        (own,) = await service.targets(read, bureau.scope, year=first, division_code=XISHAN, limit=10)
    assert (own.value, own.document_number, own.approved_by) == (D(120), PAPER.number, bureau.person_id)


async def test_who_wrote_a_part_does_not_decide_and_the_database_holds_it(databases: Databases) -> None:
    (first, last), bureau = own_period(), await authority(databases)
    plan = await drafted(databases, bureau.scope, limit(XISHAN, first, last, "100"))
    with pytest.raises(TargetSecondPerson):
        await decided(databases, bureau.scope, plan.id)
    forged = {
        "plan_id": plan.id, "revision": 1, "is_approved": True, "reason": WHY, "decided_at": now(),
        "decided_by": bureau.person_id,
    }  # fmt: skip
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(bureau.scope) as write:
            await write.run(insert(TargetPlanDecision).values(forged))
    async with databases.read(bureau.scope) as read:
        assert (await service.target_plan(read, bureau.scope, plan.id)).state is TargetPlanState.DRAFT


async def test_a_rejected_plan_leaves_no_target(databases: Databases) -> None:
    (first, last), bureau = own_period(), await authority(databases)
    officer = await colleague(databases, bureau, "officer")
    plan = await drafted(databases, officer, limit(XISHAN, first, last, "100"))
    assert (await decided(databases, bureau.scope, plan.id, is_approved=False)).state is TargetPlanState.REJECTED
    async with databases.read(bureau.scope) as read:
        assert await service.targets(read, bureau.scope, year=first, limit=10) == []


async def test_limits_below_never_come_to_more_than_the_one_above(databases: Databases) -> None:
    (first, last), bureau = own_period(), await authority(databases)
    await in_force(databases, bureau, limit(CITY, first, last, "1000"), limit(XISHAN, first, last, "600"))
    with pytest.raises(TargetsOver, match=r"come to 1000\.1 tCO2e"):
        await in_force(databases, bureau, limit(HUISHAN, first, last, "400.1"))
    await in_force(databases, bureau, limit(HUISHAN, first, last, "400"))
    with pytest.raises(TargetsOver):
        await in_force(databases, bureau, limit(CITY, first, last, "999"))
    district = await authority(databases, division=XISHAN)
    held = await held_account(databases, division=XISHAN)
    with pytest.raises(TargetsOver):
        await in_force(databases, district, limit("", first, last, "601", account_id=held.id))
    (unit,) = await in_force(databases, district, limit("", first, last, "30", account_id=held.id))
    assert (unit.division_code, unit.account_id) == (XISHAN, held.id)


async def test_reductions_below_carry_the_one_above(databases: Databases) -> None:
    (first, last), bureau = own_period(), await authority(databases)
    base, scope = 2019, bureau.scope
    await in_force(databases, bureau, reduction(CITY, first, last, "18", base, footing=Footing.STATED))
    every = [reduction(each, first, last, "18", base, footing=Footing.STATED) for each in DISTRICTS]
    low = [reduction(each, first, last, "17.9", base, footing=Footing.STATED) for each in DISTRICTS]
    mixed = [reduction(XISHAN, first, last, "30", base, footing=Footing.STATED), *low[1:]]
    with pytest.raises(TargetsShort):
        await in_force(databases, bureau, *low)
    with pytest.raises(TargetsCannotTell, match="320213"):
        await in_force(databases, bureau, *mixed)
    for each in DISTRICTS:
        await stated(databases, scope, each, base, emissions="1000" if each == XISHAN else "2000")
    # 30 % of 1,000 and 17.9 % of 14,000: 18.7067 % of all.
    assert len(await in_force(databases, bureau, *mixed)) == len(DISTRICTS)
    with pytest.raises(TargetsShort, match=r"come to 17\.9667 %"):
        await in_force(databases, bureau, reduction(XISHAN, first, last, "18.9", base, footing=Footing.STATED))
    assert len(await in_force(databases, bureau, *every)) == len(DISTRICTS)


async def test_a_district_decomposes_its_own_but_does_not_set_it(databases: Databases) -> None:
    (first, last), bureau = own_period(), await authority(databases)
    district = await authority(databases, division=XISHAN)
    held = await held_account(databases, division=XISHAN)
    unit = limit("", first, last, "30", account_id=held.id)
    with pytest.raises(TargetParentMissing):
        await in_force(databases, district, unit)
    with pytest.raises(TargetHandedDown):
        await in_force(databases, district, limit(XISHAN, first, last, "100"))
    with pytest.raises(TargetLineInvalid):
        await drafted(databases, district.scope, limit(HUISHAN, first, last, "100"))
    await in_force(databases, bureau, limit(XISHAN, first, last, "100"), limit(HUISHAN, first, last, "100"))
    await in_force(databases, district, unit)
    async with databases.read(held.scope) as read:
        (own,) = await service.targets(read, held.scope, year=first, limit=10)
        assert (own.account_id, own.value) == (held.id, D(30))
    async with databases.read(district.scope) as read:
        seen = await service.targets(read, district.scope, year=first, limit=10)
        assert {(each.division_code, each.account_id) for each in seen} == {(XISHAN, None), (XISHAN, held.id)}
    for stranger in (await authority(databases, division=BINHU), await authority(databases, tenant="changzhou")):
        async with databases.read(stranger.scope) as read:
            assert await service.targets(read, stranger.scope, year=first, limit=10) == []
            with pytest.raises(TargetNotFound):
                await service.target_history(read, stranger.scope, own.id)
            with pytest.raises(TargetPlanNotFound):
                await service.target_plan(read, stranger.scope, own.plan_id)


async def test_the_database_refuses_a_target_nobody_approved(databases: Databases) -> None:
    (first, last), bureau = own_period(), await authority(databases)
    plan = await drafted(databases, bureau.scope, limit(XISHAN, first, last, "100"))
    row = {
        "id": new_id(), "plan_id": plan.id, "division_code": XISHAN, "division_path": f"{bureau.path}{XISHAN}/",
        "account_id": None, "kind": "total", "first_year": first, "last_year": last, "base_year": None, "value": D(1),
        "footing": "accounts", "method": "manual", "basis": {}, "document_number": "x", "document_dated": today(),
        "document_title": "x", "effective_on": today(), "approved_at": now(), "approved_by": bureau.person_id,
    }  # fmt: skip
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(bureau.scope) as write:
            await write.run(insert(DualTarget).values(row))


async def test_a_newer_target_takes_the_place_from_its_day_on(databases: Databases) -> None:
    (first, last), bureau = own_period(), await authority(databases)
    day = today()
    (old,) = await in_force(databases, bureau, limit(XISHAN, first, last, "100"), effective_on=day - timedelta(days=9))
    before = now()
    (new,) = await in_force(databases, bureau, limit(XISHAN, first, last, "90"), effective_on=day + timedelta(days=5))
    scope = bureau.scope
    async with databases.read(scope) as read:

        async def of(**asked) -> list[Decimal]:
            return [each.value for each in await service.targets(read, scope, year=first, limit=10, **asked)]

        assert await of() == [D(100)]
        assert await of(on=day + timedelta(days=5)) == [D(90)]
        assert await of(on=day + timedelta(days=5), known_at=before) == [D(100)]
        assert await of(on=day - timedelta(days=10)) == []
        assert [each.id for each in await service.target_history(read, scope, old.id)] == [new.id, old.id]


async def test_what_takes_effect_later_must_fit_as_well(databases: Databases) -> None:
    (first, last), bureau = own_period(), await authority(databases)
    day = today()
    await in_force(databases, bureau, limit(CITY, first, last, "100"), limit(XISHAN, first, last, "50"))
    await in_force(databases, bureau, limit(XISHAN, first, last, "90"), effective_on=day + timedelta(days=9))
    with pytest.raises(TargetsOver, match="come to 90 tCO2e"):
        await in_force(databases, bureau, limit(CITY, first, last, "80"), effective_on=day + timedelta(days=1))
    with pytest.raises(TargetsOver, match="come to 110 tCO2e"):
        await in_force(databases, bureau, limit(HUISHAN, first, last, "20"))
    # What is replaced before then need not fit beside it.
    await in_force(databases, bureau, limit(XISHAN, first, last, "60"), effective_on=day + timedelta(days=1))
    await in_force(databases, bureau, limit(HUISHAN, first, last, "10"))


async def test_a_page_of_targets_takes_as_many_statements_as_one(databases: Databases) -> None:
    (first, last), bureau = own_period(), await authority(databases)
    found = await in_force(
        databases, bureau, *[reduction(each, first, last, "18", footing=Footing.STATED) for each in DISTRICTS],
        *[limit(each, first, last, "10") for each in DISTRICTS],
    )  # fmt: skip
    counts: list[int] = []
    statements: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest) -> None:
        statements.append(statement)

    engine = databases.engine("wuxi").sync_engine
    for some in (found[:2], found):
        async with databases.read(bureau.scope) as read:
            statements.clear()
            event.listen(engine, "before_cursor_execute", note)
            try:
                await service.progress_of(read, bureau.scope, list(some))
            finally:
                event.remove(engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert len(found) == 2 * len(DISTRICTS)
    assert counts[0] == counts[1] <= 8


async def test_progress_by_accounts_and_as_stated_are_never_mixed(databases: Databases) -> None:
    bureau, scope = await authority(databases, tenant="changzhou"), Scope.system("changzhou")
    division = "320412"
    path = await path_of(databases, division, "changzhou")
    steel = await counted_account(databases, "changzhou", division=division, sector="steel")
    power = await counted_account(databases, "changzhou", division=division, sector="power")
    for year, each in ((2016, "100"), (2017, "95")):
        months = dict.fromkeys(range(1, 13), (each, "5", "0", "0"))
        await store_inventory(databases, steel, year, 1, months)
        await store_inventory(databases, power, year, 1, dict.fromkeys(range(1, 13), ("900", "0", "0", "0")))
    await roll_all(databases, "changzhou")
    async with databases.write(scope) as write:
        for year, gdp in ((2016, "126"), (2017, "125")):
            await write.run(
                insert(RegionFigure).values(
                    id=new_id(), division_code=division, division_path=path, year=year, kind="gdp", quantity=D(gdp),
                    unit="万CNY", document="统计公报", document_number="", document_date=date(2026, 1, 1), note="",
                    is_withdrawn=False, recorded_at=now(), recorded_by=None,
                )
            )  # fmt: skip
    found = await in_force(
        databases, bureau, reduction(division, 2017, 2018, "8", 2016), limit(division, 2017, 2018, "2000"),
    )  # fmt: skip
    async with databases.read(bureau.scope) as read:
        far = {
            each.kind: own
            for each, own in zip(found, await service.progress_of(read, bureau.scope, found), strict=True)
        }
    # (100 + 5) x 12 = 1,260 of 126, then 1,200 of 125: 4 % of the 4 % due; power plants' burning is left out.
    intensity, total = far[TargetKind.INTENSITY], far[TargetKind.TOTAL]
    assert (intensity.base_intensity, intensity.reached, intensity.due) == (D(10), D(4), D(4))
    assert (intensity.verdict, intensity.completion, intensity.through) == (TargetVerdict.ON_TRACK, D(100), 2017)
    # Changzhou's totals are elastic, by how much nobody has set: beyond what is due nothing is told.
    assert (total.reached, total.due, total.verdict) == (D(1200), D(1000), TargetVerdict.CANNOT_TELL)
    await stated(databases, bureau.scope, division, 2016, emissions="1260")
    await stated(databases, bureau.scope, division, 2017, emissions="1300")
    (own,) = await in_force(databases, bureau, reduction(division, 2017, 2018, "8", 2016, footing=Footing.STATED))
    async with databases.read(bureau.scope) as read:
        (by_stated,) = await service.progress_of(read, bureau.scope, [own])
    assert (by_stated.reached, by_stated.verdict) == (D("-4.0000"), TargetVerdict.BEHIND)


async def test_a_target_is_decomposed(databases: Databases) -> None:
    bureau = await authority(databases)
    scope, (first, last) = bureau.scope, own_period()
    shared = {"division_code": CITY, "first_year": first, "last_year": last, "step": D("0.1")}
    two = [Portion(XISHAN, weight=D(2)), Portion(HUISHAN)]
    for code, tonnes in ((XISHAN, "100"), (HUISHAN, "300")):
        await stated(databases, scope, code, 2018, emissions=tonnes)
    async with databases.read(scope) as read:
        equal = await service.decomposed_target(
            read,
            scope,
            Wanted(kind=TargetKind.INTENSITY, value=D(18), method=TargetMethod.EQUAL, base_year=2018, **shared),
        )
        assert {each.division_code for each in equal} == set(DISTRICTS)
        assert {each.value for each in equal} == {D(18)}
        asked = Wanted(
            kind=TargetKind.INTENSITY, value=D(18), method=TargetMethod.WEIGHTED, base_year=2018, portions=two,
            footing=Footing.STATED, **shared,
        )  # fmt: skip
        weighted = {each.division_code: each for each in await service.decomposed_target(read, scope, asked)}
        # 18 x 400 / (200 + 300) = 14.4 for a weight of one.
        assert {key: each.value for key, each in weighted.items()} == {XISHAN: D("28.8"), HUISHAN: D("14.4")}
        assert weighted[XISHAN].basis["inputs"][0]["value"] == "100"
        tonnes = await service.decomposed_target(
            read,
            scope,
            Wanted(
                kind=TargetKind.TOTAL, value=D(100), method=TargetMethod.OUTPUT,
                portions=[Portion(XISHAN, output=D(2), unit="t"), Portion(HUISHAN, output=D(1), unit="t")], **shared,
            ),
        )  # fmt: skip
        assert {each.division_code: each.value for each in tonnes} == {XISHAN: D("66.7"), HUISHAN: D("33.3")}
        for broken in (
            Wanted(kind=TargetKind.INTENSITY, value=D(18), method=TargetMethod.OUTPUT, base_year=2018, **shared),
            Wanted(kind=TargetKind.TOTAL, value=D(18), method=TargetMethod.EQUAL, **shared),
            Wanted(
                kind=TargetKind.INTENSITY,
                value=D(18),
                method=TargetMethod.EQUAL,
                portions=[Portion("520100")],
                **shared,
            ),
            Wanted(kind=TargetKind.INTENSITY, value=D(18), method=TargetMethod.MANUAL, portions=two, **shared),
        ):
            with pytest.raises(TargetShareInvalid):
                await service.decomposed_target(read, scope, broken)
        assert await queries.targets(read, scope, year=first) == []


async def test_a_division_does_not_state_the_emissions_it_is_measured_by(databases: Databases) -> None:
    district = await authority(databases, division=XISHAN)
    year = 2008
    with pytest.raises(TargetHandedDown):
        await stated(databases, district.scope, XISHAN, year, emissions="1")
    forged = {
        "id": new_id(), "division_code": XISHAN, "division_path": district.path, "year": year, "item": EMISSIONS,
        "value": D(1), "unit": "tCO2e", "note": "", "document_number": "x", "document_dated": today(),
        "document_title": "x", "entered_from": district.path, "recorded_at": now(),
        "recorded_by": district.person_id,
    }  # fmt: skip
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(district.scope) as write:
            await write.run(insert(TargetFigure).values(forged))
    found = await stated(databases, district.scope, XISHAN, year, transport="91", urban_construction=None)
    assert [(each.item, each.value, each.unit) for each in found] == [
        ("transport", D(91), "%"), ("urban_construction", None, "%"),
    ]  # fmt: skip
    again = await stated(databases, district.scope, XISHAN, year, transport="92")
    assert {each.item: each.value for each in again} == {"transport": D(92), "urban_construction": None}


@pytest.mark.parametrize(
    "draft",
    [
        FigureDraft("nothing_such", D(1)), FigureDraft("transport", None), FigureDraft("transport", D("1.1234567")),
        FigureDraft("emissions", D(-1)), FigureDraft("emissions", None, "无"), FigureDraft("transport", D("NaN")),
    ],
)  # fmt: skip
async def test_figures_that_cannot_be(databases: Databases, draft: FigureDraft) -> None:
    bureau = await authority(databases)
    with pytest.raises(TargetFigureInvalid):
        async with databases.write(bureau.scope) as write:
            await service.record_stated(
                write, bureau.scope, division_code=XISHAN, year=2009, drafts=[draft], document=PAPER
            )
    with pytest.raises(TargetDocumentInvalid):
        async with databases.write(bureau.scope) as write:
            await service.record_stated(
                write, bureau.scope, division_code=XISHAN, year=2009, drafts=[FigureDraft("transport", D(1))],
                document=Paper("", today(), "x"),
            )  # fmt: skip
    async with databases.read(bureau.scope) as read:
        assert await service.stated_figures(read, bureau.scope, year=2009) == []
