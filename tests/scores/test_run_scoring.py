"""Runs: facts gathered set-wise, a score stored only where it differs, one run after the other."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from factories import identity
from factories.figures import figure, recorded
from factories.scores import Firm, Year, a_model, a_sector, add_year, authority_of, made_firm, scored
from sqlalchemy import event, text

from backend.accounts.values import AccountValue
from backend.esg.values import Grade, RatingValue
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.scores import ports, service
from backend.scores.errors import RollupsClosed
from backend.scores.peers.rules import NOBODY, Group, SectorPeers
from backend.scores.running.facts import all_facts, comparable
from backend.scores.running.gathering import gather
from backend.scores.running.material import Material, Override
from backend.scores.running.scoring import months_later
from backend.scores.running.values import Cause
from backend.scores.values import Fact, Quality, ScoreChange, Source, State

SYSTEM = Scope.system("wuxi")
ACCOUNT = AccountValue(
    new_id(), new_id(), "CA-1", "示例", "320206", "320000/320200/320206/", "steel", "general", "C_INDUSTRY_OTHER", "320000",
    "华东", has_separation_of_duties=False, is_demonstration=False, opened_at=datetime(2025, 1, 1, tzinfo=UTC), opened_by=None,
    closed_at=None,
)  # fmt: skip


async def facts(databases: Databases, firm: Firm, year: int = 2025, as_of: datetime | None = None) -> dict[str, Fact]:
    async with databases.read(SYSTEM) as read:
        return (await gather(read, SYSTEM, [firm.id], year, as_of))[firm.id]


async def moment(databases: Databases) -> datetime:
    async with databases.read(SYSTEM) as read:
        return await read.value(text("select clock_timestamp()"))


@asynccontextmanager
async def counted(databases: Databases):
    """Count the statements sent meanwhile."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    engine = databases.engine("wuxi").sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_facts_are_the_inventorys_numbers_with_quality_and_sources(databases: Databases) -> None:
    firm = await made_firm(databases, years={2024: Year(scope1="800"), 2025: Year()})
    found = await facts(databases, firm)
    expected = {
        "emissions_location": Decimal(1000), "emissions_market": Decimal(1000),
        "emissions_change": Decimal("-16.666667"), "value_added_intensity": Decimal(1),
        "output_intensity": Decimal("0.5"), "intensity_change": Decimal("-16.666667"),
        "energy_intensity": Decimal("0.3"), "green_power_share": Decimal(0), "neutralised_share": Decimal(0),
        "data_quality": Decimal(80), "metered_share": Decimal(100), "months_covered": Decimal(12),
        "inventory_state": "verified", "is_verified": True, "open_penalties": Decimal(0), "gaming_signs": Decimal(0),
        "disclosure_rating": "none", "sector_ratio": None,
    }  # fmt: skip
    assert {code: each.value for code, each in found.items()} == expected
    assert found["value_added_intensity"].unit == "tCO2e/万CNY"
    assert found["output_intensity"].unit == "tCO2e/t"
    assert found["value_added_intensity"].quality is Quality.VERIFIED
    kinds = [each.kind for each in found["value_added_intensity"].sources]
    assert kinds == ["Inventory", "YearFigure"]
    assert found["emissions_location"].sources[0].id == str(firm.inventories[2025])


async def test_missing_data_is_missing_and_never_a_small_number(databases: Databases) -> None:
    """Three months of data, no value added: a part of a year is not a good year."""
    firm = await made_firm(
        databases, years={2025: Year(months=(1, 1, 1, *[0] * 9), value_added=None, output=None, state="computed")}
    )
    found = await facts(databases, firm)
    for code in ("emissions_location", "value_added_intensity", "output_intensity", "emissions_change",
                 "intensity_change", "energy_intensity", "neutralised_share", "gaming_signs", "sector_ratio"):  # fmt: skip
        assert (found[code].value, found[code].quality) == (None, Quality.MISSING), code
        assert found[code].note.zh
        assert found[code].note.en
    assert found["months_covered"].value == 3
    none = await made_firm(databases, years={2024: Year()})
    missing = await facts(databases, none)
    assert (missing["inventory_state"].value, missing["is_verified"].value) == ("none", False)
    assert missing["data_quality"].quality is Quality.MISSING


async def test_a_first_year_has_nothing_to_compare_with_and_rests_on_its_verification(databases: Databases) -> None:
    """The checks of two years do not apply; a verified inventory stands in as an estimate, one that is not tells nothing."""
    firm = await made_firm(databases, years={2025: Year()})
    told = (await facts(databases, firm))["gaming_signs"]
    assert (told.value, told.quality) == (Decimal(0), Quality.ESTIMATED)
    assert "首个核算年度" in told.note.zh
    assert "does not apply" in told.note.en
    assert told.note.en.endswith("; the inventory is verified")
    open_ = await made_firm(databases, years={2025: Year(state="submitted")})
    missing = (await facts(databases, open_))["gaming_signs"]
    assert (missing.value, missing.quality) == (None, Quality.MISSING)
    assert "once the inventory is verified" in missing.note.en


async def test_who_has_a_past_is_no_beginner(databases: Databases) -> None:
    """An inventory of any year before, activity of one, or a closed account: the checks cannot tell, and nothing is known."""
    gap = await made_firm(databases, years={2023: Year(), 2025: Year()})
    told = (await facts(databases, gap))["gaming_signs"]
    assert (told.value, told.quality) == (None, Quality.MISSING)
    assert "Cannot tell" in told.note.en
    measured = await made_firm(databases, years={2025: Year()})
    batch = new_id()
    async with databases.write(SYSTEM) as write:
        await write.run(
            text(
                "insert into activity_batch (account_id, id, origin, state, created_at)"
                " values (:account, :batch, 'single', 'stored', now())"
            ),
            {"account": measured.id, "batch": batch},
        )
        await write.run(
            text("insert into activity_record (account_id, id, batch_id, source_id, month, quantity, unit, tier, recorded_at)"
                 " values (:account, gen_random_uuid(), :batch, :source, '2024-12-01', 5, 't', 'metered', now())"),
            {"account": measured.id, "batch": batch, "source": measured.sources["B0"]},
        )  # fmt: skip
    assert (await facts(databases, measured))["gaming_signs"].value is None
    old = await made_firm(databases, years={2024: Year()})
    again = await made_firm(databases, years={2025: Year()})
    assert (await facts(databases, again))["gaming_signs"].value == 0
    async with databases.write(SYSTEM) as write:
        await write.run(
            text("update carbon_account set organisation_id = :holder, closed_at = now() where id = :id"),
            {"holder": again.held.holder.id, "id": old.id},
        )
    assert (await facts(databases, again))["gaming_signs"].value is None


@pytest.mark.parametrize(
    ("told", "quality"),
    [
        (Year(), Quality.VERIFIED),
        (Year(state="submitted"), Quality.COMPUTED),
        (Year(state="submitted", tier="estimated"), Quality.ESTIMATED),
        (Year(is_proved=False), Quality.ESTIMATED),
    ],
)
async def test_a_ratio_is_as_good_as_the_worse_of_its_parts(databases: Databases, told: Year, quality: Quality) -> None:
    firm = await made_firm(databases, years={2025: told})
    assert (await facts(databases, firm))["value_added_intensity"].quality is quality


async def test_facts_of_a_past_moment_know_nothing_later(databases: Databases) -> None:
    firm = await made_firm(databases, years={2025: Year(value_added=None)})
    before = await moment(databases)
    await recorded(databases, firm.held, 2025, figure("value_added", "5000000"))
    await add_year(databases, firm, 2025, Year(scope1="100", version=2))
    past, now = await facts(databases, firm, as_of=before), await facts(databases, firm)
    assert (past["emissions_location"].value, past["value_added_intensity"].value) == (Decimal(1000), None)
    assert (now["emissions_location"].value, now["value_added_intensity"].value) == (Decimal(500), Decimal(1))


async def test_statements_do_not_grow_with_accounts(databases: Databases) -> None:
    firms = [await made_firm(databases) for _ in range(4)]
    async with databases.read(SYSTEM) as read, counted(databases) as one:
        await gather(read, SYSTEM, [firms[0].id], 2025)
    async with databases.read(SYSTEM) as read, counted(databases) as four:
        await gather(read, SYSTEM, [each.id for each in firms], 2025)
    assert len(one) == len(four) < 25


async def test_a_run_stores_a_score_once_and_again_when_inputs_change(databases: Databases) -> None:
    firm = await made_firm(databases, years={2025: Year(state="computed")})
    [first] = await scored(databases, [firm.id])
    assert (first.number, first.year, first.cause) == (1, 2025, "nightly")
    assert await scored(databases, [firm.id]) == []
    await add_year(databases, firm, 2025, Year(scope1="500", version=2))
    [second] = await scored(databases, [firm.id], cause=Cause.INPUTS)
    assert (second.number, second.cause) == (2, "inputs")
    assert {each.version for each in second.inputs if each.kind == "Inventory"} == {"2"}
    [third] = await scored(databases, [firm.id], model=a_model(version=2), cause=Cause.MODEL)
    assert (third.number, third.model_version) == (3, 2)


async def test_what_is_read_back_is_what_was_computed(databases: Databases) -> None:
    firm = await made_firm(databases, years={2024: Year(), 2025: Year()})
    [stored] = await scored(databases, [firm.id])
    async with databases.read(firm.scope) as read:
        found = (await service.latest(read, firm.scope, [firm.id]))[firm.id]
    assert found == stored
    assert found.valid_until == months_later(today(), a_model().content.validity_months)


async def test_the_ready_answer_says_what_the_columns_say(databases: Databases) -> None:
    firm = await made_firm(databases)
    [stored] = await scored(databases, [firm.id])
    async with databases.read(firm.scope) as read:
        row = await read.row(text("select * from score where id = :id"), {"id": stored.id})
    answer, told = json.loads(row.answer), json.loads(row.indicators)
    assert answer["id"] == str(stored.id)
    assert (answer["number"], answer["year"], answer["state"]) == (1, 2025, row.state)
    assert (answer["grade"], answer["points"]) == (row.grade, None if row.points is None else format(row.points, "f"))
    assert answer["valid_until"] == row.valid_until.isoformat()
    assert answer["model"]["is_placeholder"] is True
    assert [each["code"] for each in told["indicators"]] == [each.code for each in a_model().content.indicators]
    assert "indicators" not in answer
    assert "value" not in json.dumps(answer["gates"][0])


async def test_history_and_past_moments(databases: Databases) -> None:
    firm = await made_firm(databases)
    await scored(databases, [firm.id])
    between = await moment(databases)
    await add_year(databases, firm, 2025, Year(scope1="100", version=2))
    await scored(databases, [firm.id])
    async with databases.read(firm.scope) as read:
        numbers = [each.number for each in await service.history(read, firm.scope, firm.id, limit=10)]
        past = await service.latest(read, firm.scope, [firm.id], between)
        early = await service.latest(read, firm.scope, [firm.id], datetime(2020, 1, 1, tzinfo=UTC))
    assert numbers == [2, 1]
    assert past[firm.id].number == 1
    assert early == {}


async def test_two_runs_of_one_account_follow_each_other(databases: Databases) -> None:
    firm = await made_firm(databases)
    results = await asyncio.gather(*(scored(databases, [firm.id]) for _ in range(4)))
    assert sorted(len(each) for each in results) == [0, 0, 0, 1]
    async with databases.read(SYSTEM) as read:
        assert await read.value(text("select count(*) from score where account_id = :id"), {"id": firm.id}) == 1


async def test_a_score_is_renewed_in_its_last_days(databases: Databases) -> None:
    firm = await made_firm(databases)
    await scored(databases, [firm.id])
    short = a_model()
    assert await scored(databases, [firm.id], model=short) == []
    # A score stored long ago: made by hand, because what is stored never changes.
    other = await made_firm(databases)
    [old] = await scored(databases, [other.id])
    async with databases.write(SYSTEM) as write:
        await write.run(
            text("insert into score select account_id, gen_random_uuid(), 2, year, model_code, model_version, state, points,"
                 " grade, computed_at, :until, cause, inputs, answer, indicators, as_of, fingerprint from score where id = :id"),
            {"id": old.id, "until": today() + timedelta(days=7)},
        )  # fmt: skip
        await write.run(
            text("update score_standing t set number = 2, score_id = s.id from score s"
                 " where t.account_id = :id and s.account_id = t.account_id and s.number = 2"),
            {"id": other.id},
        )  # fmt: skip
    [renewed] = await scored(databases, [other.id])
    assert (renewed.number, renewed.assessment) == (3, old.assessment)


async def test_listeners_hear_of_grades_and_states_that_changed_and_of_nothing_else(databases: Databases) -> None:
    heard: list[ScoreChange] = []

    async def listen(_write, _scope, changes) -> None:
        heard.extend(each for each in changes if each.account_id == firm.id)

    firm = await made_firm(databases, years={2024: Year(), 2025: Year()})
    ports.listen(listen)
    try:
        await scored(databases, [firm.id])
        await scored(databases, [firm.id], model=a_model(version=2), cause=Cause.MODEL)
        await add_year(databases, firm, 2025, Year(scope1="601", version=2))
        same = await scored(databases, [firm.id], model=a_model(version=2))
    finally:
        ports._listeners.remove(listen)
    assert [(each.before and each.before.number, each.after.number) for each in heard[:2]] == [(None, 1), (1, 2)]
    moved = same[0].assessment.grade != heard[1].after.assessment.grade
    assert len(heard) == (3 if moved else 2)
    assert heard[0].organisation_id == firm.held.holder.id


async def test_only_the_service_runs_and_only_the_near_read(databases: Databases) -> None:
    firm = await made_firm(databases)
    [score] = await scored(databases, [firm.id])
    with pytest.raises(RollupsClosed):
        async with databases.write(firm.scope) as write:
            await service.score(write, firm.scope, [firm.id])
    other = await identity.enterprise(databases, division="320206")
    lender, body = await identity.bank(databases), await identity.verifier(databases)
    await identity.consented(databases, firm.held.holder, lender, ("account", "score", "indicators"))
    await identity.engaged(databases, firm.held.holder, body)
    near = authority_of(firm)
    far = Scope("wuxi", Kind.AUTHORITY, near.organisation_id, near.actor_id, "320000/320200/320205/", near.permissions)
    for scope, count in ((firm.scope, 1), (near, 1), (other.scope, 0), (far, 0), (lender.scope, 0), (body.scope, 0)):
        async with databases.read(scope) as read:
            for table in ("score", "score_standing"):
                seen = await read.value(text(f"select count(*) from {table} where account_id = :id"), {"id": firm.id})
                assert seen == count, (scope.kind, table)
            assert await read.value(text("select count(*) from score_rollup")) == 0
    with pytest.raises(Forbidden):
        async with databases.read(lender.scope) as read:
            await service.latest(read, lender.scope, [firm.id])
    assert score.number == 1


async def test_a_closed_account_is_scored_no_more(databases: Databases) -> None:
    firm = await made_firm(databases)
    async with databases.write(SYSTEM) as write:
        await write.run(text("update carbon_account set closed_at = now() where id = :id"), {"id": firm.id})
    assert await scored(databases, [firm.id]) == []


def test_months_later_stays_in_the_month() -> None:
    assert months_later(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert months_later(date(2025, 11, 21), 12) == date(2026, 11, 21)


async def test_an_unverified_year_is_no_grade_and_says_why(databases: Databases) -> None:
    firm = await made_firm(databases, sector=a_sector(), years={2024: Year()})
    [score] = await scored(databases, [firm.id])
    assert score.assessment.state is not State.GRADED
    assert score.assessment.harms


def test_a_rated_disclosure_is_a_fact_with_its_rubric() -> None:
    rating = RatingValue(
        account_id=new_id(), year=2025, grade=Grade.AA, points=Decimal(80), rubric_code="shipped", rubric_version="2",
        is_placeholder=True, rated_at=datetime(2026, 5, 1, tzinfo=UTC), disclosure_id=new_id(),
    )  # fmt: skip
    found = Material(ACCOUNT, 2025, date(2026, 5, 1), rating=rating)
    told, _ = all_facts(found, comparable(found), NOBODY)
    fact = told["disclosure_rating"]
    assert fact.value == "AA"
    assert fact.sources == (Source("Disclosure", str(rating.disclosure_id), "shipped/2"),)
    none, _ = all_facts(Material(ACCOUNT, 2025, date(2026, 5, 1)), comparable(found), NOBODY)
    assert none["disclosure_rating"].value == "none"


def test_a_correction_of_the_intensity_moves_the_ratio_to_the_sector() -> None:
    override = Override(
        new_id(), "value_added_intensity", "0.5", "tCO2e/万CNY", "锡环函9号", "核实", datetime(2026, 5, 1, tzinfo=UTC), (),
    )  # fmt: skip
    found = Material(ACCOUNT, 2025, date(2026, 5, 1), overrides=[override])
    group = Group(6, Decimal("0.8"), ((Decimal("0.8"), 6),), date(2026, 4, 1))
    told, _ = all_facts(found, comparable(found), SectorPeers({"value_added_intensity": group}))
    assert told["value_added_intensity"].value == Decimal("0.5")
    assert (told["sector_ratio"].value, told["sector_ratio"].quality) == (Decimal("0.625"), Quality.VERIFIED)
