"""The account statement as data: exact figures with their lineage, on both axes of time, in a constant number of reads."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from factories.account_statement import Works, claimed, computed, given, retired, steelworks, today, with_data
from factories.accounts import held_account
from factories.identity import enterprise
from factories.inventory import add_records, lines_of
from factories.statements import reversed_
from sqlalchemy import event, text

from backend.accounts.errors import AccountNotFound
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.kit.quantities import EXACT
from backend.kit.settings import Settings
from backend.scores import service as scores
from backend.statements.account import encoding
from backend.statements.account.composing import figures
from backend.statements.account.figuring import OPERATIONS
from backend.statements.account.gathering import account_statement
from backend.statements.account.values import DIVISION, Mark, Op, StatementData
from backend.statements.errors import MomentInFuture, NothingToState, PeriodInvalid, PeriodNotOver

D = Decimal
SETTINGS = Settings.model_validate({})
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


@pytest.fixture(scope="module")
async def works(databases: Databases) -> Works:
    return await steelworks(databases)


async def stated(
    databases: Databases, works: Works, first: date = FIRST, last: date = LAST, as_of: datetime | None = None
) -> StatementData:
    async with databases.read(works.scope) as read:
        return await account_statement(read, works.scope, SETTINGS, works.id, first, last, as_of)


@asynccontextmanager
async def counted(databases: Databases) -> AsyncGenerator[list[str], None]:
    """Collect the statements sent meanwhile, but for those that set the scope."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "set_config" not in statement:
            sent.append(statement)

    engine = databases.engine("wuxi").sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def value(data: StatementData, figure_id: str) -> Decimal | None:
    return figures(data)[figure_id].value


async def test_totals_are_the_sums_of_the_inventorys_lines(databases: Databases, works: Works) -> None:
    data = await stated(databases, works)
    lines = await lines_of(databases, works.place, works.inventories[2025])
    for name, scope, other in (
        ("scope1", 1, "market"),
        ("scope2_location", 2, "market"),
        ("scope2_market", 2, "location"),
    ):
        own = [each.co2e_t for each in lines if each.scope == scope and each.basis != other]
        assert value(data, f"emissions.{name}.2025") == sum(own, D(0)), name
    (year,) = data.emissions
    assert year.inventory is not None
    assert (year.inventory.version, year.inventory.state, year.inventory.months_covered) == (1, "verified", 12)
    assert year.period is None
    assert [each.code for each in year.sources] == ["F01", "F02", "E01", "H01"]
    assert year.year is not None
    assert Mark.UNVERIFIED not in year.year.location.marks
    assert Mark.UNCERTAIN in year.year.location.marks  # fuel defaults that were not confirmed at their source


async def test_every_figure_follows_from_what_it_names(databases: Databases, works: Works) -> None:
    data = await stated(databases, works, last=today())
    every = figures(data)
    assert len(every) > 60
    for each in every.values():
        assert set(each.formula.operands) <= every.keys(), each.id
        assert each.value is not None or (each.note.zh and each.note.en), each.id
        if each.formula.op is Op.TAKEN:
            assert each.formula.operands == ()
            assert each.sources or each.value in (None, 0), each.id
            continue
        values = [every[one].value for one in each.formula.operands]
        if None in values:
            assert each.value is None
            assert each.note.zh
        else:
            assert each.value == OPERATIONS[each.formula.op](values), each.id  # type: ignore[arg-type] - none is None
        for one in each.formula.operands:
            assert set(every[one].marks) <= set(each.marks), each.id


async def test_intensities_are_set_against_own_history(databases: Databases, works: Works) -> None:
    data = await stated(databases, works)
    assert [(each.calendar_year, each.kind, each.product) for each in data.intensities] == [
        (2024, "value_added", ""), (2024, "output", "粗钢"), (2025, "value_added", ""), (2025, "output", "粗钢"),
    ]  # fmt: skip
    before, _, own, steel = data.intensities
    location = value(data, "emissions.location.2025")
    assert location is not None
    assert own.activity.value == D(43850)
    assert own.value.value == DIVISION.divide(location, D(43850))
    assert own.value.unit == "tCO2e/万CNY"
    assert steel.value.unit == "tCO2e/t"
    assert before.change is None
    assert own.change is not None
    assert own.change.formula.operands == ("intensity.value_added.2025", "intensity.value_added.2024")
    assert own.change.value is not None
    assert own.change.value < 0
    # Of a sector that is not told of, nothing is said.
    assert all(each.sector_mean is None and each.against_sector is None for each in data.intensities)


async def test_holdings_lead_from_opening_to_closing(databases: Databases, works: Works) -> None:
    data = await stated(databases, works)
    by_class = {each.class_code: each for each in data.holdings}
    assert set(by_class) == {"CEA", "CCER"}  # the certificates came after the period
    ccer = by_class["CCER"]
    assert (ccer.opening.value, ccer.closing.value) == (900, 780)
    assert [(each.kind, each.movements, each.change.value) for each in ccer.changes] == [("retire", 1, -120)]
    assert {each.bucket: each.amount.value for each in ccer.used} == {"retired": 120, "surrendered": 0, "expired": 0}
    (line,) = ccer.lines
    assert (line.effective_on, line.change, line.balance, line.beneficiary) == (
        date(2025, 6, 18),
        -120,
        780,
        "年度股东大会",
    )
    assert (by_class["CEA"].opening.value, by_class["CEA"].closing.value) == (0, 60000)
    whole = await stated(databases, works, last=today())
    for each in whole.holdings:
        assert each.closing.value == sum((one.amount.value or D(0) for one in each.buckets), D(0))
        assert each.left_out == 0
    gec = next(each for each in whole.holdings if each.class_code == "GEC")
    assert [(each.kind, each.change.value) for each in gec.changes] == [("import", 5000), ("retire", -3000)]


async def test_what_was_claimed_against_what(databases: Databases, works: Works) -> None:
    data = await stated(databases, works, last=today())
    (cover,) = data.cover
    assert (cover.calendar_year, cover.claimed.value) == (2025, 3000)
    assert cover.purchased.value == D("48888")
    assert [(each.kind, each.class_code, each.quantity.value, each.against.zh) for each in data.uses] == [
        ("purpose", "CCER", 120, "活动碳中和"), ("electricity", "GEC", 3000, "2025 年外购电力"),
    ]  # fmt: skip


async def test_quota_budget_duties_and_score_are_said_or_said_to_be_missing(databases: Databases, works: Works) -> None:
    data = await stated(databases, works)
    assert [each.calendar_year for each in data.quotas] == [2024, 2025]
    own = data.quotas[1]
    scope1 = value(data, "emissions.scope1.2025")
    assert (own.basis, own.obligation.value) == ("verified", scope1)
    assert own.remaining.value == D(17844)
    assert own.usable_cea.value == 60000
    assert own.gap.value == 17844 - 60000
    assert own.due_on == date(2026, 12, 31)
    assert [(each.calendar_year, each.allowed, each.note.en) for each in data.budgets] == [
        (2025, None, "No budget is set.")
    ]
    assert {each.kind for each in data.duties} >= {"quota"}
    assert "surrender" in {each.code for each in data.duties}
    assert (data.score, data.score_note.en) == (None, "No green score has been computed.")


async def test_part_of_a_year_is_the_sum_of_its_months(databases: Databases, works: Works) -> None:
    data = await stated(databases, works, date(2025, 2, 1), date(2025, 4, 30))
    (year,) = data.emissions
    assert year.period is not None
    assert year.year is not None
    assert year.period.scope1.id == "emissions.scope1.2025.02-04"
    assert [each.id.partition("/")[2] for each in year.period.scope1.sources] == ["2025-02", "2025-03", "2025-04"]
    assert year.period.location.value is not None
    assert year.year.location.value is not None
    assert year.period.location.value * 4 == year.year.location.value  # the same quantity in every month
    # Movements count by the day they took effect, to the day.
    assert {each.class_code: each.closing.value for each in data.holdings} == {"CCER": 900, "CEA": 60000}


async def test_it_is_told_as_it_was_known(databases: Databases) -> None:
    works = await with_data(databases)
    await computed(databases, works, 2025, is_verified=False)
    await given(databases, works, "CCER", 100, date(2025, 2, 1), vintage=2024)
    before = now()
    first = await stated(databases, works)
    # Later: more data and a new version; units that are recorded now and took effect then; one reversed.
    await add_records(databases, works.place, works.place.sources["F02"], "万Nm3", {"2025-01": "99"}, tier="invoiced",
                      supersedes={"2025-01": await _first_record(databases, works, "F02")})  # fmt: skip
    await computed(databases, works, 2025, is_verified=False)
    moved = await retired(databases, works, 10, date(2025, 3, 1))
    between = now()
    await reversed_(databases, moved.id)
    then = await stated(databases, works, as_of=before)
    assert then.emissions == first.emissions
    assert {each.class_code: each.closing.value for each in then.holdings} == {"CCER": 100}
    later = await stated(databases, works, as_of=between)
    assert later.emissions[0].inventory is not None
    assert later.emissions[0].inventory.version == 2
    assert value(later, "emissions.scope1.2025") != value(first, "emissions.scope1.2025")
    assert later.holdings[0].closing.value == 90
    (use,) = later.uses
    assert not use.is_undone
    present = await stated(databases, works, last=today())
    assert present.holdings[0].closing.value == 100
    (use,) = present.uses
    assert use.is_undone
    # The same knowledge gives the same statement, whenever it is asked for.
    assert await stated(databases, works, as_of=before) == then
    with pytest.raises(NothingToState):
        await stated(databases, works, as_of=datetime(2026, 1, 31, tzinfo=UTC))


async def _first_record(databases: Databases, works: Works, source: str) -> Any:
    async with databases.read(works.scope) as read:
        return await read.value(
            text("select id from activity_record where account_id = :a and source_id = :s and month = '2025-01-01'"),
            {"a": works.id, "s": works.place.sources[source]},
        )


async def test_an_unverified_year_is_marked_through_and_through(databases: Databases) -> None:
    works = await with_data(databases)
    await computed(databases, works, 2025, is_verified=False)
    data = await stated(databases, works)
    for name in ("scope1", "location", "market"):
        assert Mark.UNVERIFIED in figures(data)[f"emissions.{name}.2025"].marks
    assert Mark.UNVERIFIED in figures(data)["intensity.value_added.2025"].marks
    assert Mark.UNVERIFIED in figures(data)["electricity.claimed_share.2025"].marks


@pytest.mark.parametrize(
    ("first", "last", "as_of", "error"),
    [
        (date(2025, 1, 2), LAST, None, PeriodInvalid),
        (date(2025, 1, 1), date(2025, 12, 30), None, PeriodInvalid),
        (date(2025, 2, 1), date(2025, 1, 31), None, PeriodInvalid),
        (date(2022, 1, 1), LAST, None, PeriodInvalid),
        (date(2004, 1, 1), date(2004, 12, 31), None, PeriodInvalid),
        (FIRST, today() + timedelta(days=1), None, PeriodNotOver),
        (FIRST, LAST, datetime(2025, 12, 31, 15, 59, tzinfo=UTC), None),
        (FIRST, LAST, datetime(2025, 12, 30, 15, 59, tzinfo=UTC), PeriodNotOver),
        (FIRST, LAST, datetime(2099, 1, 1, tzinfo=UTC), MomentInFuture),
        (FIRST, LAST, datetime(2025, 12, 31, 23, 0), None),  # noqa: DTZ001 - as the jurisdictions write it
    ],
)
async def test_periods_that_cannot_be_are_refused_by_name(
    databases: Databases, works: Works, first: date, last: date, as_of: datetime | None, error: type[CarbonError] | None
) -> None:
    with pytest.raises(error or NothingToState):  # at the turn of that year nothing was known of the account
        await stated(databases, works, first, last, as_of)


async def test_not_yours_is_not_there(databases: Databases, works: Works) -> None:
    stranger = await enterprise(databases)
    async with databases.read(stranger.scope) as read:
        with pytest.raises(AccountNotFound):
            await account_statement(read, stranger.scope, SETTINGS, works.id, FIRST, LAST)
    nobody = type(stranger.scope)(stranger.scope.tenant, stranger.scope.kind, stranger.id)
    async with databases.read(nobody) as read:
        with pytest.raises(Forbidden):
            await account_statement(read, nobody, SETTINGS, works.id, FIRST, LAST)
    empty = await held_account(databases)
    async with databases.read(empty.scope) as read:
        with pytest.raises(NothingToState):
            await account_statement(read, empty.scope, SETTINGS, empty.id, FIRST, LAST)


async def test_it_asks_as_often_for_much_as_for_little(databases: Databases, works: Works) -> None:
    small = await with_data(databases)
    await computed(databases, small, 2025, is_verified=False)
    sizes: list[int] = []
    for each in (works, works):
        async with counted(databases) as sent:
            await stated(databases, each)
        sizes.append(len(sent))
    for number in range(3):
        await given(databases, works, "CCER", 5 + number, date(2025, 9, 1), vintage=2025)
    await claimed(databases, works, 2024, 10)
    async with counted(databases) as sent:
        await stated(databases, works, date(2024, 1, 1), LAST)
    assert {*sizes, len(sent)} == {sizes[0]}
    assert sizes[0] <= 40
    async with counted(databases) as sent:
        await stated(databases, small)
    assert len(sent) <= sizes[0]


def test_json_keeps_every_digit(works: Works) -> None:
    shown: Sequence[Any] = encoding.as_json(
        (D("1E+3"), D("0.1000"), date(2025, 1, 1), datetime(2025, 1, 1, tzinfo=UTC))
    )
    assert shown == ["1000", "0.1000", "2025-01-01", "2025-01-01T00:00:00+00:00"]


async def test_the_json_is_the_same_for_the_same_statement(databases: Databases, works: Works) -> None:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    data = await stated(databases, works, as_of=now())
    content = encoding.document(data, "AS-1", moment, "http://localhost")
    assert encoding.document(data, "AS-1", moment, "http://localhost") == content
    whole = json.loads(content)
    total = whole["emissions"][0]["year"]["location"]
    assert total["id"] == "emissions.location.2025"
    parts = [whole["emissions"][0]["year"][name]["value"] for name in ("scope1", "scope2_location")]
    assert D(total["value"]) == EXACT.add(*map(D, parts))
    assert total["formula"]["operands"] == ["emissions.scope1.2025", "emissions.scope2_location.2025"]


async def test_the_score_of_the_moment_is_told_with_its_model(databases: Databases) -> None:
    works = await with_data(databases)
    await computed(databases, works, 2025)
    before = now()
    async with databases.write(works.place.system) as write:
        (made,) = await scores.score(write, works.place.system, [works.id], 2025, "asked")
    data = await stated(databases, works)
    assert data.score is not None
    assert (data.score.score_id, data.score.number, data.score.calendar_year) == (made.id, made.number, 2025)
    assert (data.score.model_code, data.score.model_version) == (made.model_code, made.model_version)
    points = figures(data)["score.points.2025"]
    assert points.value == (None if made.assessment.points is None else made.assessment.points)
    assert (Mark.PLACEHOLDER in points.marks) is made.is_placeholder
    assert {each.kind for each in points.sources} == {each.kind for each in made.inputs}
    earlier = await stated(databases, works, as_of=before)
    assert earlier.score is None
    assert earlier.emissions == data.emissions
