"""The ledger of budgets: nothing is made or lost, nothing is held that is not there."""

import asyncio
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from factories.budgets import PAPER, WHY, approved, balance, line, own_line, own_year, project, reserved
from factories.identity import authority, colleague, enterprise
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.budgets import service
from backend.budgets.errors import (
    BudgetExceeded,
    BudgetHandedDown,
    BudgetMissing,
    BudgetOfAuthorities,
    BudgetOwnMissing,
    BudgetReservationClosed,
    BudgetReservationNotFound,
    BudgetReservationOpen,
    BudgetTonnesInvalid,
    BudgetTransferNested,
    BudgetTransferToItself,
    ReplacementRatioMissing,
)
from backend.budgets.models import BudgetEntry, BudgetPosting
from backend.budgets.values import Balance, Replacement
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope

D = Decimal
CITY, XISHAN, HUISHAN, BINHU = "320200", "320205", "320206", "320211"
GRAND = text(
    "select sum(b.available + b.withheld + b.reserved + b.posted + b.retired) as uses,"
    " sum(b.approved + b.adjusted + b.moved - b.handed) as made"
    " from budget_balance b join budget_line l on l.id = b.line_id where l.first_year = :year"
)
FROM_POSTINGS = text(
    "select count(*) from budget_balance b join budget_line l on l.id = b.line_id cross join lateral ("
    " select coalesce(sum(tonnes) filter (where pocket = 'available'), 0) as available,"
    " coalesce(sum(tonnes) filter (where pocket = 'reserved'), 0) as reserved,"
    " coalesce(sum(tonnes) filter (where pocket = 'moved'), 0) as moved,"
    " coalesce(sum(tonnes) filter (where pocket = 'handed'), 0) as handed"
    " from budget_posting p where p.line_id = b.line_id) p"
    " where l.first_year = :year and (b.available, b.reserved, b.moved, b.handed)"
    " is distinct from (p.available, p.reserved, p.moved, p.handed)"
)


async def tree(databases: Databases, *, city: str = "1000", districts: str = "300") -> tuple:
    """Have a city's budget handed down to two districts; return the city's authority and the year."""
    year, bureau = own_year(), await authority(databases)
    await approved(
        databases, bureau, line(CITY, year, city), line(XISHAN, year, districts), line(HUISHAN, year, districts)
    )
    return bureau, year


async def totals(databases: Databases, year: int) -> tuple[Decimal, Decimal]:
    async with databases.read(Scope.system("wuxi")) as read:
        assert await read.value(FROM_POSTINGS, {"year": year}) == 0
        row = await read.row(GRAND, {"year": year})
    return row.uses, row.made


async def test_a_city_hands_down_and_every_line_sums(databases: Databases) -> None:
    _, year = await tree(databases)
    city, district = await own_line(databases, CITY, year), await own_line(databases, XISHAN, year)
    assert await balance(databases, city.id) == Balance(approved=D(1000), handed=D(600), available=D(400))
    assert await balance(databases, district.id) == Balance(approved=D(300), available=D(300))
    assert await totals(databases, year) == (D(1000), D(1000))


async def test_a_budget_approved_above_others_takes_them_over(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    await approved(databases, bureau, line(XISHAN, year, "300"), line(HUISHAN, year, "200", withheld="150"))
    await approved(databases, bureau, line(CITY, year, "800"))
    city = await own_line(databases, CITY, year)
    assert await balance(databases, city.id) == Balance(approved=D(800), handed=D(500), available=D(300))
    assert (await balance(databases, (await own_line(databases, HUISHAN, year)).id)).available == D(50)
    assert await totals(databases, year) == (D(800), D(800))


async def test_a_budget_below_what_lies_below_it_is_refused(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    await approved(databases, bureau, line(XISHAN, year, "300"))
    with pytest.raises(BudgetExceeded):
        await approved(databases, bureau, line(CITY, year, "299.9999"))
    with pytest.raises(IndexError):
        await own_line(databases, CITY, year)


async def test_a_reservation_over_years_is_held_posted_and_released(databases: Databases) -> None:
    bureau, year = await tree(databases)
    later = own_year()
    await approved(databases, bureau, line(XISHAN, later, "50"))
    scope = bureau.scope
    held = await reserved(databases, scope, XISHAN, [(year, "120.5"), (later, "50")])
    now, then = await own_line(databases, XISHAN, year), await own_line(databases, XISHAN, later)
    assert await balance(databases, now.id) == Balance(approved=D(300), available=D("179.5"), reserved=D("120.5"))
    assert (await balance(databases, then.id)).available == 0
    async with databases.write(scope) as write:
        await service.post(write, scope, held, [(year, D(130))], WHY)
    assert await balance(databases, now.id) == Balance(approved=D(300), available=D(170), posted=D(130))
    assert await balance(databases, then.id) == Balance(approved=D(50), available=D(50))
    with pytest.raises(BudgetReservationClosed):
        async with databases.write(scope) as write:
            await service.release(write, scope, held, WHY)
    with pytest.raises(BudgetReservationClosed):
        async with databases.write(scope) as write:
            await service.post(write, scope, held, [(year, D(1))], WHY)


async def test_more_than_is_left_is_refused_for_all_years(databases: Databases) -> None:
    bureau, year = await tree(databases)
    later = own_year()
    await approved(databases, bureau, line(XISHAN, later, "50"))
    with pytest.raises(BudgetExceeded) as refusal:
        await reserved(databases, bureau.scope, XISHAN, [(year, "10"), (later, "50.0001")])
    assert refusal.value.details["available"] == "50"
    assert refusal.value.details["asked"] == "50.0001"
    assert (await balance(databases, (await own_line(databases, XISHAN, year)).id)).available == D(300)


async def test_what_is_withheld_is_not_open_to_projects(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    await approved(databases, bureau, line(BINHU, year, "100", withheld="90"))
    with pytest.raises(BudgetExceeded):
        await reserved(databases, bureau.scope, BINHU, [(year, "11")])
    own = await own_line(databases, BINHU, year)
    async with databases.write(bureau.scope) as write:
        await service.adjust(write, bureau.scope, own.id, withheld=D(-5), reason=WHY, document=PAPER)
    await reserved(databases, bureau.scope, BINHU, [(year, "11")])
    assert await balance(databases, own.id) == Balance(approved=D(100), withheld=D(85), available=D(4), reserved=D(11))
    with pytest.raises(BudgetTonnesInvalid):
        async with databases.write(bureau.scope) as write:
            await service.adjust(write, bureau.scope, own.id, withheld=D(-86), reason=WHY, document=PAPER)


async def test_a_division_without_a_budget_draws_on_the_nearest_above(databases: Databases) -> None:
    bureau, year = await tree(databases)
    held = await reserved(databases, bureau.scope, BINHU, [(year, "400")])
    city = await own_line(databases, CITY, year)
    assert (await balance(databases, city.id)).available == 0
    district = await authority(databases, division=BINHU)
    with pytest.raises(BudgetMissing):
        await reserved(databases, district.scope, BINHU, [(year, "1")])
    with pytest.raises(BudgetReservationNotFound):
        async with databases.write(district.scope) as write:
            await service.release(write, district.scope, held, WHY)


async def test_with_a_sector_both_budgets_are_held(databases: Databases) -> None:
    year, bureau = own_year(), await authority(databases)
    await approved(databases, bureau, line(XISHAN, year, "300"), line(XISHAN, year, "40", sector="steel"))
    await reserved(databases, bureau.scope, XISHAN, [(year, "30")], sector="steel")
    await reserved(databases, bureau.scope, XISHAN, [(year, "30")], sector="chemicals")
    whole, steel = await own_line(databases, XISHAN, year), await own_line(databases, XISHAN, year, sector="steel")
    assert (await balance(databases, whole.id)).available == D(240)
    assert (await balance(databases, steel.id)).available == D(10)
    with pytest.raises(BudgetExceeded):
        await reserved(databases, bureau.scope, XISHAN, [(year, "11")], sector="steel")


async def test_one_thing_is_reserved_for_once(databases: Databases) -> None:
    bureau, year = await tree(databases)
    thing = project()
    held = await reserved(databases, bureau.scope, XISHAN, [(year, "1")], thing)
    with pytest.raises(BudgetReservationOpen):
        await reserved(databases, bureau.scope, XISHAN, [(year, "1")], thing)
    async with databases.write(bureau.scope) as write:
        await service.release(write, bureau.scope, held, WHY)
    await reserved(databases, bureau.scope, XISHAN, [(year, "1")], thing)


async def moved(databases: Databases, scope: Scope, source: str, target: str, lines: list, **given) -> None:
    async with databases.write(scope) as write:
        await service.transfer(
            write, scope, source, target, [(year, D(each)) for year, each in lines], WHY, PAPER, **given
        )


async def test_an_equal_replacement_moves_and_a_reduced_one_retires_the_rest(databases: Databases) -> None:
    bureau, year = await tree(databases)
    xishan, huishan = await own_line(databases, XISHAN, year), await own_line(databases, HUISHAN, year)
    await moved(databases, bureau.scope, XISHAN, HUISHAN, [(year, "100")])
    assert await balance(databases, xishan.id) == Balance(approved=D(300), moved=D(-100), available=D(200))
    await moved(
        databases, bureau.scope, XISHAN, HUISHAN, [(year, "100")], replacement=Replacement.REDUCED, ratio=D("1.25")
    )
    assert await balance(databases, xishan.id) == Balance(
        approved=D(300), moved=D(-200), available=D(75), retired=D(25)
    )
    assert await balance(databases, huishan.id) == Balance(approved=D(300), moved=D(200), available=D(500))
    city = await own_line(databases, CITY, year)
    assert await balance(databases, city.id) == Balance(approved=D(1000), handed=D(600), available=D(400))
    assert await totals(databases, year) == (D(1000), D(1000))


async def test_transfers_that_cannot_be(databases: Databases) -> None:
    bureau, year = await tree(databases)
    with pytest.raises(BudgetExceeded):
        await moved(
            databases, bureau.scope, XISHAN, HUISHAN, [(year, "241")], replacement=Replacement.REDUCED, ratio=D("1.25")
        )
    with pytest.raises(ReplacementRatioMissing):
        await moved(databases, bureau.scope, XISHAN, HUISHAN, [(year, "1")], replacement=Replacement.REDUCED)
    with pytest.raises(BudgetTonnesInvalid):
        await moved(
            databases, bureau.scope, XISHAN, HUISHAN, [(year, "1")], replacement=Replacement.REDUCED, ratio=D("0.9")
        )
    with pytest.raises(BudgetTransferNested):
        await moved(databases, bureau.scope, CITY, HUISHAN, [(year, "1")])
    for way in (Replacement.EQUAL, Replacement.REDUCED):
        with pytest.raises(BudgetTransferToItself):
            await moved(databases, bureau.scope, XISHAN, XISHAN, [(year, "1")], replacement=way)
    with pytest.raises(BudgetOwnMissing):
        await moved(databases, bureau.scope, XISHAN, BINHU, [(year, "1")])
    district = await authority(databases, division=XISHAN)
    with pytest.raises(BudgetOwnMissing):
        await moved(databases, district.scope, XISHAN, HUISHAN, [(year, "1")])
    assert (await balance(databases, (await own_line(databases, XISHAN, year)).id)).available == D(300)


async def test_across_cities_of_a_province_the_cities_totals_follow(databases: Databases) -> None:
    year, province = own_year(), await authority(databases, tenant="guizhou")
    codes = {"520000": "1000", "520100": "400", "520102": "100", "520200": "300", "520201": "50"}
    await approved(databases, province, *(line(code, year, each) for code, each in codes.items()))
    await moved(databases, province.scope, "520102", "520201", [(year, "40")])
    found = {
        code: await balance(databases, (await own_line(databases, code, year, "guizhou")).id, "guizhou")
        for code in codes
    }
    assert found["520000"] == Balance(approved=D(1000), handed=D(700), available=D(300))
    assert found["520100"] == Balance(approved=D(400), moved=D(-40), handed=D(60), available=D(300))
    assert found["520102"] == Balance(approved=D(100), moved=D(-40), available=D(60))
    assert found["520200"] == Balance(approved=D(300), moved=D(40), handed=D(90), available=D(250))
    assert found["520201"] == Balance(approved=D(50), moved=D(40), available=D(90))
    city = await authority(databases, tenant="guizhou", division="520100")
    with pytest.raises(BudgetOwnMissing):
        await moved(databases, city.scope, "520102", "520201", [(year, "1")])


async def test_an_adjustment_takes_from_above_and_gives_back(databases: Databases) -> None:
    bureau, year = await tree(databases)
    city, xishan = await own_line(databases, CITY, year), await own_line(databases, XISHAN, year)
    for tonnes in ("150", "-450", "0.5"):
        async with databases.write(bureau.scope) as write:
            await service.adjust(write, bureau.scope, xishan.id, tonnes=D(tonnes), reason=WHY, document=PAPER)
    assert await balance(databases, xishan.id) == Balance(approved=D(300), adjusted=D("-299.5"), available=D("0.5"))
    assert await balance(databases, city.id) == Balance(approved=D(1000), handed=D("300.5"), available=D("699.5"))
    with pytest.raises(BudgetExceeded):
        async with databases.write(bureau.scope) as write:
            await service.adjust(write, bureau.scope, xishan.id, tonnes=D(700), reason=WHY, document=PAPER)
    async with databases.write(bureau.scope) as write:
        await service.adjust(write, bureau.scope, city.id, tonnes=D(100), reason=WHY, document=PAPER)
    assert await totals(databases, year) == (D(1100), D(1100))
    district = await authority(databases, division=XISHAN)
    with pytest.raises(BudgetHandedDown):
        async with databases.write(district.scope) as write:
            await service.adjust(write, district.scope, xishan.id, tonnes=D(1), reason=WHY, document=PAPER)


async def test_only_authorities_that_may(databases: Databases) -> None:
    bureau, year = await tree(databases)
    viewer, plant = await colleague(databases, bureau, "viewer"), await enterprise(databases, division=XISHAN)
    for scope in (viewer, plant.scope):
        with pytest.raises(Forbidden):
            await reserved(databases, scope, XISHAN, [(year, "1")])
    granted = replace(plant.scope, permissions=frozenset({"budgets:adjust"}))
    with pytest.raises(BudgetOfAuthorities):
        await reserved(databases, granted, XISHAN, [(year, "1")])


async def test_two_that_give_back_and_hold_anew_crosswise_do_not_wait_for_each_other(databases: Databases) -> None:
    bureau, year = await tree(databases)
    scope = bureau.scope
    one, two = project("一号"), project("二号")
    held = {
        XISHAN: (one, await reserved(databases, scope, XISHAN, [(year, "100")], one)),
        HUISHAN: (two, await reserved(databases, scope, HUISHAN, [(year, "100")], two)),
    }

    async def move(source: str, target: str) -> None:
        thing, reservation_id = held[source]
        async with databases.write(scope) as write:
            await service.lock_for(write, scope, [target], [year], [reservation_id])
            await service.release(write, scope, reservation_id, WHY)
            await asyncio.sleep(0.3)  # the other one has begun meanwhile
            await service.reserve(write, scope, target, [(year, D(70))], thing, WHY)

    await asyncio.wait_for(asyncio.gather(move(XISHAN, HUISHAN), move(HUISHAN, XISHAN)), 30)
    for division in (XISHAN, HUISHAN):
        own = await balance(databases, (await own_line(databases, division, year)).id)
        assert (own.reserved, own.available) == (D(70), D(230))


async def test_hundreds_at_once_never_hold_more_than_there_is(databases: Databases) -> None:
    bureau, year = await tree(databases, districts="100")
    scope, luck = bureau.scope, random.Random(7)
    refused, held = 0, list[tuple]()

    async def one(number: int) -> None:
        nonlocal refused
        division = (XISHAN, HUISHAN)[number % 2]
        try:
            if number % 5 == 4:
                await moved(
                    databases, scope, division, (HUISHAN, XISHAN)[number % 2], [(year, str(luck.randint(1, 3)))]
                )
            else:
                tonnes = str(luck.randint(1, 5))
                held.append((await reserved(databases, scope, division, [(year, tonnes)]), tonnes))
                if number % 3 == 0:
                    async with databases.write(scope) as write:
                        await service.release(write, scope, held.pop()[0], WHY)
        except (BudgetExceeded, BudgetReservationClosed):
            refused += 1

    await asyncio.gather(*(one(number) for number in range(300)))
    assert refused > 0
    uses, made = await totals(databases, year)
    assert (uses, made) == (D(1000), D(1000))
    both = [await balance(databases, (await own_line(databases, each, year)).id) for each in (XISHAN, HUISHAN)]
    assert sum(each.total for each in both) == D(200)
    assert all(each.available >= 0 for each in both)


@pytest.mark.parametrize(
    ("kind", "pockets"),
    [
        ("adjust", {"adjusted": 5}),
        ("reserve", {"reserved": 301, "available": -301}),
        ("reserve", {"posted": -1, "available": 1}),
        ("transfer", {"moved": 5, "available": 5}),
        ("release", {"adjusted": 5, "available": 5}),
    ],
)
async def test_the_database_itself_refuses_what_makes_tonnes(
    databases: Databases, kind: str, pockets: dict[str, int]
) -> None:
    bureau, year = await tree(databases)
    own, entry = await own_line(databases, XISHAN, year), new_id()
    given = {
        "id": entry, "kind": kind, "reason": WHY, "document_number": "1", "document_dated": PAPER.dated,
        "document_title": "试", "effective_on": PAPER.dated, "facts": {}, "recorded_at": now(),
        "recorded_by": bureau.person_id,
    }  # fmt: skip
    rows = [{"line_id": own.id, "entry_id": entry, "pocket": name, "tonnes": D(each)} for name, each in pockets.items()]

    async def forged() -> None:
        async with databases.write(bureau.scope) as write:
            await write.run(insert(BudgetEntry).values(given))
            await write.run(insert(BudgetPosting).values(rows))

    with pytest.raises(IntegrityError, match=r"makes or destroys|violates check constraint"):
        await forged()
    assert await balance(databases, own.id) == Balance(approved=D(300), available=D(300))


async def test_nobody_writes_a_balance(databases: Databases) -> None:
    bureau, year = await tree(databases)
    own = await own_line(databases, XISHAN, year)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with databases.write(bureau.scope) as write:
            await write.run(text("update budget_balance set available = 1 where line_id = :id"), {"id": own.id})
