"""The law of what certificates cover: nothing is lost, nothing covered twice, whatever the order or the size."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.emissions.claims.covering import cover, spread, total
from backend.emissions.claims.values import Cell, Part
from backend.emissions.rules import certificates_covered
from backend.kit.quantities import EXACT

AMOUNTS = st.decimals(min_value=0, max_value=10**7, places=9, allow_nan=False)
WHOLE = st.integers(min_value=1, max_value=10**6).map(Decimal)
MONTHS = st.integers(min_value=1, max_value=12).map(lambda month: date(2025, month, 1))
ELSEWHERE = st.sampled_from([None, date(2024, 12, 1)])


@st.composite
def cells(draw: st.DrawFn) -> list[Cell]:
    places = draw(
        st.lists(st.tuples(st.integers(1, 3), MONTHS, st.sampled_from(["MWh", "kWh"])), unique=True, max_size=20)
    )
    return [Cell(UUID(int=source), month, unit, "{}", draw(AMOUNTS)) for source, month, unit in places]


PARTS = st.lists(st.builds(Part, WHOLE, st.one_of(MONTHS, ELSEWHERE)), max_size=8)


@given(cells(), PARTS, AMOUNTS, st.randoms())
def test_parts_add_up_and_never_exceed_what_is_there(
    bought: list[Cell], parts: list[Part], most: Decimal, dice
) -> None:
    found = cover(bought, parts, most)
    rooms = {each.place: each.mwh for each in bought}
    assert all(Decimal(0) < amount <= rooms[place] for place, amount in found.items())
    claimed = total(part.mwh for part in parts)
    assert total(found.values()) == min(claimed, most, total(rooms.values()))
    # Whatever order cells and certificates come in, the answer is the same.
    dice.shuffle(bought)
    dice.shuffle(parts)
    assert cover(bought, parts, most) == found


@given(cells(), PARTS)
def test_a_month_is_covered_by_its_own_certificates_first(bought: list[Cell], parts: list[Part]) -> None:
    found = cover(bought, parts, total(each.mwh for each in bought))
    for month in {each.month for each in bought}:
        produced = total(part.mwh for part in parts if part.produced == month)
        there = total(each.mwh for each in bought if each.month == month)
        covered = total(amount for place, amount in found.items() if place[1] == month)
        assert covered >= min(produced, there)


@given(st.lists(AMOUNTS, max_size=15), AMOUNTS)
def test_spreading_is_in_proportion_to_a_watt_hour(rooms: list[Decimal], wanted: Decimal) -> None:
    whole = total(rooms)
    amount = min(wanted, whole)
    found = spread(amount, rooms)
    assert total(found) == amount
    slack = Decimal("0.000001") * (len(rooms) + 1)
    for room, part in zip(rooms, found, strict=True):
        assert 0 <= part <= room
        fair = EXACT.multiply(amount, room)
        assert abs(EXACT.subtract(EXACT.multiply(part, whole), fair)) <= EXACT.multiply(slack, whole)


def test_the_check_has_three_answers() -> None:
    ten, nine, one = Decimal(10), Decimal(9), Decimal(1)
    answers = [
        certificates_covered(claimed, purchased, waiting).outcome.value
        for claimed, purchased, waiting in (
            (Decimal(0),) * 3,
            (ten, ten, Decimal(0)),
            (ten, nine, one),
            (ten, nine, Decimal("0.999")),
        )
    ]
    assert answers == ["pass", "pass", "cannot_tell", "fail"]
