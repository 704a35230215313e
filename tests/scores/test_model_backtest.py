"""A back-test: who would move where, counted and told account by account, once for each job."""

from datetime import timedelta
from decimal import Decimal

import pytest
from factories import identity
from factories.scores import Year, made_firm
from sqlalchemy import text

from backend.kit.clock import today
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.tasks import Task
from backend.scores.modelling import backtesting, drafting, jobs_backtest, queries
from backend.scores.modelling.errors import BacktestYearInvalid, ScoreJurisdictionOnly, ScoreModelNotFound
from backend.scores.modelling.movements import counted, movement
from backend.scores.modelling.shipped import shipped
from backend.scores.modelling.values import BacktestLine, Movement, Outcome

D = Decimal
PLAIN, COLOURS = shipped()["plain"], shipped()["quzhou_four_colours"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(("plain", "B"), ("plain", "A"), "up"), (("plain", "B"), ("plain", "C"), "down"),
     (("plain", "B"), ("plain", "B"), "same"), (("plain", None), ("plain", "E"), "gained"),
     (("plain", "E"), ("plain", None), "lost"), (("plain", None), ("plain", None), "none"),
     (None, ("plain", "A"), "gained"), (None, ("plain", None), "none"),
     (("plain", "A"), ("quzhou_four_colours", "dark_green"), "same"),
     (("plain", "C"), ("quzhou_four_colours", "light_green"), "up"),
     (("plain", "C"), ("quzhou_four_colours", "yellow"), "down"),
     (("plain", "E"), ("quzhou_four_colours", "red"), "same")],
)  # fmt: skip
def test_movements_compare_places_between_best_and_worst(before, after, expected) -> None:
    def told(code, grade):
        return shipped()[code], Outcome("graded" if grade else "gated", grade, D(1) if grade else None)

    assert movement(None if before is None else told(*before), told(*after)) is Movement(expected)


def test_counts_add_up() -> None:
    graded, none = Outcome("graded", "A", D(90)), Outcome("cannot_tell", None, None)
    lines = [
        BacktestLine(new_id(), Movement.GAINED, None, graded), BacktestLine(new_id(), Movement.LOST, graded, none),
        BacktestLine(new_id(), Movement.SAME, graded, graded),
    ]  # fmt: skip
    assert counted(lines) == {
        "movements": {"up": 0, "down": 0, "same": 1, "gained": 1, "lost": 1, "none": 0},
        "before": {"-": 1, "A": 2}, "after": {"A": 2, "-": 1},
    }  # fmt: skip


@pytest.fixture(scope="module")
async def bureau(databases):
    return await identity.authority(databases, division="320200")


def lenient(**changed):
    """A model in which every account that has an inventory is graded best."""
    content = (
        PLAIN.model_dump(mode="json") | {"code": f"lenient_{new_id().hex}"[:40], "gates": [], "levers": []} | changed
    )
    content["grades"] = [
        {**content["grades"][0], "threshold": "0.01"}, {**content["grades"][-1], "threshold": "0"},
    ]  # fmt: skip
    return content


async def test_a_back_test_tells_who_moves_and_is_stored_once(databases, bureau) -> None:
    firm = await made_firm(databases, years={2031: Year(), 2032: Year(scope1="500")})
    silent = await made_firm(databases, years={2030: Year()})
    scope = bureau.scope
    async with databases.write(scope) as write:
        draft = await drafting.propose(write, scope, content=lenient(), reason="试算")
        job_id = await backtesting.request(write, scope, version_id=draft.id, year=2020)
        payload = await write.value(text("select payload from job where id = :id"), {"id": job_id})
        await write.run(text("update job set state = 'cancelled' where id = :id"), {"id": job_id})
    assert payload == {"version_id": str(draft.id), "revision": 1, "year": 2020}

    task = Task(databases, scope, None, None, new_id())
    given = {**payload, "year": 2032}
    first = await jobs_backtest.backtest_model(task, given)
    assert await jobs_backtest.backtest_model(task, given) == first

    async with databases.read(scope) as read:
        [found] = await queries.backtests(read, scope, draft.id, limit=10, after=None)
        lines = {}
        last = None
        while part := await queries.backtest_lines(read, scope, found.id, None, limit=100, after=last):
            last = part[-1].account_id
            lines.update({each.account_id: each for each in part})
    assert (found.year, found.revision, found.accounts, len(lines)) == (2032, 1, first["accounts"], found.accounts)
    assert sum(found.counts["movements"].values()) == found.accounts
    mine = lines[firm.id]
    assert (mine.after.state, mine.after.grade) == ("graded", "A")
    assert mine.movement in {Movement.UP, Movement.SAME}
    assert (lines[silent.id].movement, lines[silent.id].after.state) == (Movement.NONE, "cannot_tell")

    district = await identity.authority(databases, division="320205")
    for stranger in (district.scope, firm.scope, (await identity.bank(databases)).scope):
        async with databases.read(stranger) as read:
            seen = await queries.backtest_lines(read, stranger, found.id, None, limit=100, after=None)
            assert {each.account_id for each in seen} & {firm.id, silent.id} == set()


async def test_a_back_test_is_refused_for_others_and_for_years_to_come(databases, bureau) -> None:
    district = await identity.authority(databases, division="320206")
    firm = await identity.enterprise(databases)
    scope = bureau.scope
    async with databases.write(scope) as write:
        draft = await drafting.propose(write, scope, content=lenient(), reason="试算")
        for year in (2004, (today() + timedelta(days=366)).year):
            with pytest.raises(BacktestYearInvalid):
                await backtesting.request(write, scope, version_id=draft.id, year=year)
        with pytest.raises(ScoreModelNotFound):
            await backtesting.request(write, scope, version_id=new_id(), year=2025)
    for stranger, error in ((district.scope, ScoreJurisdictionOnly), (firm.scope, Forbidden)):
        async with databases.write(stranger) as write:
            with pytest.raises(error):
                await backtesting.request(write, stranger, version_id=draft.id, year=2025)


async def test_the_tested_version_is_read_as_it_was_when_asked_for(databases, bureau) -> None:
    scope = bureau.scope
    content = lenient()
    async with databases.write(scope) as write:
        draft = await drafting.propose(write, scope, content=content, reason="试算")
        await drafting.revise(
            write, scope, version_id=draft.id, revision=1, content={**content, "validity_months": 3}, reason="改"
        )
    async with databases.read(Scope.system("wuxi")) as read:
        trial = await backtesting.trial(read, Scope.system("wuxi"), draft.id, 1, 2025)
    assert (trial.tested.revision, trial.tested.content.validity_months) == (1, 12)
