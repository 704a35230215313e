"""Neutral events: exact lines, the authority's word, units retired for exactly the footprint and claimed once."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any
from uuid import UUID

import pytest
from factories import identity
from factories.accounts import Held, held_account
from factories.citizens import FACTS, KILOMETRES, PAPER, confirmed_event, drafted_event, lines, submitted_event
from factories.ledger import held as holdings
from factories.ledger import issued
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.errors import AccountNotYours
from backend.credits.events import errors, queries, rules, service
from backend.credits.events.values import EventState, EventValue, LineDraft, LineValue, OwnFactor
from backend.credits.programmes.errors import AuthorityOnly, JurisdictionOnly
from backend.factors import service as factors
from backend.factors.values import Choice
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.quantities import IncompatibleUnits
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.claims.values import Use, of_serials
from backend.ledger.errors import AlreadyClaimed, InsufficientUnits, MovementOwned, QuantityNotPositive
from backend.ledger.values import Reason, Selection

T = Decimal("61.72835")
"""1,234,567 pkm at 0.05 kg."""


@pytest.fixture
async def owner(databases: Databases) -> Held:
    return await held_account(databases, tenant="chengdu", division="510104")


@pytest.fixture
async def city(databases: Databases) -> Scope:
    return (await identity.authority(databases, tenant="chengdu")).scope


async def retired(databases: Databases, held: Held, event: EventValue, *selections: Selection) -> EventValue:
    async with databases.write(held.scope) as write:
        return await service.retire_for_event(
            write, held.scope, account_id=held.id, event_id=event.id, selections=selections
        )


def units(code: str, quantity: int) -> Selection:
    return Selection(code, quantity=Decimal(quantity))


async def test_a_footprint_is_reckoned_line_by_line(databases: Databases, owner: Held) -> None:
    scope = Scope.system("chengdu")
    async with databases.read(scope) as read:
        book = await factors.book(read, scope, published_by=today(), names=["grid.electricity"])
    grid = book.find("grid.electricity", "national_average", ["CN"], date(2026, 5, 16))
    assert isinstance(grid, Choice)
    drafts = lines(
        LineDraft("energy", "场馆用电", Decimal("12.5"), "MWh", parameter_id=grid.version_id),
        LineDraft("stay", "住宿", Decimal(300), "间夜", factor=OwnFactor(Decimal("15.1"), "kgCO2e/间夜", "酒店提供")),
    )
    made = await drafted_event(databases, owner, drafts)
    async with databases.read(owner.scope) as read:
        (found,) = await queries.lines_of(read, owner.scope, [(owner.id, made.id)])
    assert [each.tonnes for each in found[:3]] == [T, Decimal("6.6325"), Decimal("4.53")]
    assert (found[1].factor, found[1].factor_unit, found[1].factor_confidence) == (
        Decimal("0.5306"), "kgCO2/kWh", "verified-by-lookup",
    )  # fmt: skip
    assert (found[2].factor_confidence, found[3].exclusion) == ("tenant-entered", "活动中未发生")
    assert (made.tonnes, made.required, made.revision) == (Decimal("72.89085"), Decimal(73), 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": "aviation"}, "category"), ({"quantity": None}, "quantity"), ({"exclusion": "未发生"}, "quantity"),
        ({"quantity": Decimal(-1)}, "quantity"), ({"factor": None}, "factor"), ({"unit": "kWh"}, "unit"),
        ({"factor": replace(KILOMETRES, unit="kgCO2e")}, "unit"), ({"factor": replace(KILOMETRES, unit="kWh/pkm")}, "unit"),
    ],
)  # fmt: skip
async def test_a_line_that_cannot_be_reckoned_names_its_field(
    databases: Databases, owner: Held, change: dict[str, Any], field: str
) -> None:
    made = await drafted_event(databases, owner)
    wrong = replace(lines()[0], **change)
    with pytest.raises(errors.EventLineInvalid) as caught:
        async with databases.write(owner.scope) as write:
            await service.set_lines(
                write, owner.scope, account_id=owner.id, event_id=made.id, drafts=[lines()[0], wrong]
            )
    assert (caught.value.details["line"], caught.value.details["field"]) == (2, field)
    async with databases.read(owner.scope) as read:
        (now,) = await queries.events_by_id(read, owner.scope, [(owner.id, made.id)])
    assert now == made


async def test_every_group_is_reckoned_or_left_out_with_a_reason(databases: Databases, owner: Held) -> None:
    made = await drafted_event(databases, owner, lines()[:-1])
    with pytest.raises(errors.EventCategoriesOpen) as caught:
        async with databases.write(owner.scope) as write:
            await service.submit_event(write, owner.scope, account_id=owner.id, event_id=made.id)
    assert "：废弃物处理。" in caught.value.message("zh")
    assert ": Treatment of waste." in caught.value.message("en")
    nothing = [LineDraft("transport", "无", Decimal(0), "pkm", factor=KILOMETRES), *lines()[1:]]
    made = await drafted_event(databases, owner, nothing)
    with pytest.raises(errors.EventFootprintEmpty):
        async with databases.write(owner.scope) as write:
            await service.submit_event(write, owner.scope, account_id=owner.id, event_id=made.id)


async def test_the_authority_confirms_or_sends_back(databases: Databases, owner: Held, city: Scope) -> None:
    made = await submitted_event(databases, owner)
    key = {"account_id": owner.id, "event_id": made.id}
    with pytest.raises(errors.EventNotChangeable):
        async with databases.write(owner.scope) as write:
            await service.set_lines(write, owner.scope, **key, drafts=lines())
    far = await identity.authority(databases, tenant="chengdu", division="510105")
    with pytest.raises(errors.EventNotFound):
        async with databases.write(far.scope) as write:
            await service.decide_event(write, far.scope, **key, is_confirmed=True)
    body = await identity.verifier(databases, tenant="chengdu")
    await identity.engaged(databases, owner.holder, body)
    with pytest.raises(AuthorityOnly):
        async with databases.write(body.scope) as write:
            await service.decide_event(write, body.scope, **key, is_confirmed=True)
    async with databases.write(city) as write:
        back = await service.decide_event(write, city, **key, is_confirmed=False, reason="请补充住宿")
    assert (back.state, back.decision) == (EventState.RETURNED, "请补充住宿")
    async with databases.write(owner.scope) as write:
        await service.change_event(write, owner.scope, **key, facts=replace(FACTS, participants=21_000))
    async with databases.write(owner.scope) as write:
        await service.submit_event(write, owner.scope, **key)
    async with databases.write(city) as write:
        found = await service.decide_event(write, city, **key, is_confirmed=True)
    assert (found.state, found.participants) == (EventState.CONFIRMED, 21_000)
    with pytest.raises(errors.EventNotSubmitted):
        async with databases.write(city) as write:
            await service.decide_event(write, city, **key, is_confirmed=True)


async def test_units_are_retired_for_exactly_the_footprint(databases: Databases, owner: Held, city: Scope) -> None:
    await issued(databases, owner.id, "CCER", 100, tenant="chengdu", vintage=2025)
    await issued(databases, owner.id, "CDCER", 50, tenant="chengdu", vintage=2025)
    waiting = await submitted_event(databases, owner)
    with pytest.raises(errors.EventNotConfirmed):
        await retired(databases, owner, waiting, units("CCER", 1))
    event = await confirmed_event(databases, owner, city)
    with pytest.raises(errors.EventRetirementTooMuch):
        await retired(databases, owner, event, units("CCER", 40), units("CDCER", 23))
    with pytest.raises(errors.EventUnitsNotAccepted):
        await retired(databases, owner, event, units("TF_POINT", 1))
    with pytest.raises(InsufficientUnits):
        await retired(databases, owner, event, units("CDCER", 51))
    with pytest.raises(QuantityNotPositive):
        await retired(databases, owner, event, units("CCER", 0))
    part = await retired(databases, owner, event, units("CCER", 40))
    assert (part.state, part.retired, part.neutral_at) == (EventState.CONFIRMED, Decimal(40), None)
    whole = await retired(databases, owner, event, units("CDCER", 20), units("CCER", 2))
    assert (whole.state, whole.retired, whole.required) == (EventState.NEUTRAL, Decimal(62), Decimal(62))
    with pytest.raises(errors.EventNotConfirmed):
        await retired(databases, owner, event, units("CCER", 1))
    assert await holdings(databases, owner.id, "CCER", tenant="chengdu") == {
        "available": Decimal(58), "retired": Decimal(42),
    }  # fmt: skip
    async with databases.read(owner.scope) as read:
        (found,) = await queries.retirements_of(read, owner.scope, [(owner.id, event.id)])
        movements = await ledger.movements_by_id(read, owner.scope, [each.movement_id for each in found])
        claims = await ledger.claims_of_movements(read, owner.scope, list(movements))
    assert {each.group_id for each in movements.values()} == {event.id}
    assert {(each.purpose, each.beneficiary, each.reference, each.period) for each in movements.values()} == {
        ("event", "成都绿色马拉松", event.number, 2026)
    }
    assert [each[0].use for each in claims.values()] == [Use.EVENT] * 3


async def test_what_was_claimed_elsewhere_neutralises_nothing(databases: Databases, owner: Held, city: Scope) -> None:
    made = await issued(databases, owner.id, "CCER", 100, tenant="chengdu", vintage=2025)
    event = await confirmed_event(databases, owner, city)
    async with databases.write(owner.scope) as write:
        await ledger.claim(write, owner.scope, Use.FOOTPRINT, owner.id, of_serials(made.serials), period=2026)
    with pytest.raises(AlreadyClaimed):
        await retired(databases, owner, event, units("CCER", 62))
    assert await holdings(databases, owner.id, "CCER", tenant="chengdu") == {"available": Decimal(100)}


async def test_a_retirement_is_taken_back_with_its_claim(databases: Databases, owner: Held, city: Scope) -> None:
    await issued(databases, owner.id, "CCER", 62, tenant="chengdu", vintage=2025)
    event, other = await confirmed_event(databases, owner, city), await confirmed_event(databases, owner, city)
    await retired(databases, owner, event, units("CCER", 62))
    async with databases.read(city) as read:
        (found,) = await queries.retirements_of(read, city, [(owner.id, event.id)])
    gone = {"account_id": owner.id, "movement_id": found[0].movement_id, "reason": "活动取消"}
    with pytest.raises(errors.EventRetirementNotFound):
        async with databases.write(city) as write:
            await service.reverse_retirement(write, city, **gone, event_id=other.id)
    with pytest.raises(MovementOwned):
        async with databases.write(city) as write:
            await ledger.correct(write, city, found[0].movement_id, Reason(note="试"))
    async with databases.write(city) as write:
        back = await service.reverse_retirement(write, city, **gone, event_id=event.id)
    assert (back.state, back.retired, back.neutral_at) == (EventState.CONFIRMED, Decimal(0), None)
    assert await holdings(databases, owner.id, "CCER", tenant="chengdu") == {"available": Decimal(62)}
    with pytest.raises(errors.EventRetirementReversed):
        async with databases.write(city) as write:
            await service.reverse_retirement(write, city, **gone, event_id=event.id)
    assert (await retired(databases, owner, other, units("CCER", 62))).state is EventState.NEUTRAL


async def test_two_who_retire_at_once_do_not_retire_too_much(databases: Databases, owner: Held, city: Scope) -> None:
    await issued(databases, owner.id, "CCER", 200, tenant="chengdu", vintage=2025)
    event = await confirmed_event(databases, owner, city)
    done = await asyncio.gather(
        *(retired(databases, owner, event, units("CCER", 40)) for _ in range(4)), return_exceptions=True
    )
    assert [type(each) for each in done].count(EventValue) == 1
    assert [type(each) for each in done].count(errors.EventRetirementTooMuch) == 3
    assert await holdings(databases, owner.id, "CCER", tenant="chengdu") == {
        "available": Decimal(160), "retired": Decimal(40),
    }  # fmt: skip


async def test_an_administrators_rule_holds_from_its_day_on(databases: Databases, owner: Held, city: Scope) -> None:
    """Days nobody else's events are of: the rule is the whole jurisdiction's."""
    begins = date(today().year + 1, 12, 1)
    district = await identity.authority(databases, tenant="chengdu", division="510104")
    given: dict[str, Any] = {
        "classes": ["CCER"], "vintage_years": 3, "required": ["transport"], "valid_from": begins,
        "source": PAPER, "reason": "试行",
    }  # fmt: skip
    with pytest.raises(JurisdictionOnly):
        async with databases.write(district.scope) as write:
            await service.configure_events(write, district.scope, **given)
    for wrong in ({"classes": ["TF_POINT"]}, {"classes": []}, {"required": ["aviation"]}, {"vintage_years": -1}):
        with pytest.raises(errors.EventRuleInvalid):
            async with databases.write(city) as write:
                await service.configure_events(write, city, **(given | wrong))
    async with databases.write(city) as write:
        await service.configure_events(write, city, **given)
    async with databases.read(owner.scope) as read:
        before = await service.rule_on(read, owner.scope, begins - timedelta(days=1))
        after = await service.rule_on(read, owner.scope, begins)
    assert (before.is_placeholder, "CDCER" in before.classes, after.is_placeholder, after.classes) == (
        True, True, False, ("CCER",),
    )  # fmt: skip
    days = {"first_day": begins, "last_day": begins}
    made = await drafted_event(databases, owner, lines()[:1], **days)
    async with databases.write(owner.scope) as write:
        await service.submit_event(write, owner.scope, account_id=owner.id, event_id=made.id)
    async with databases.write(city) as write:
        event = await service.decide_event(write, city, account_id=owner.id, event_id=made.id, is_confirmed=True)
    old = await issued(databases, owner.id, "CCER", 62, tenant="chengdu", vintage=begins.year - 4)
    none = await issued(databases, owner.id, "CCER", 62, tenant="chengdu")
    new = await issued(databases, owner.id, "CCER", 62, tenant="chengdu", vintage=begins.year - 3)
    for made_of, refusal in ((old, errors.EventVintageTooOld), (none, errors.EventVintageUnknown)):
        with pytest.raises(refusal):
            await retired(databases, owner, event, Selection("CCER", serials=made_of.serials))
    with pytest.raises(errors.EventUnitsNotAccepted):
        await retired(databases, owner, event, units("CDCER", 1))
    neutral = await retired(databases, owner, event, Selection("CCER", serials=new.serials))
    assert neutral.state is EventState.NEUTRAL


async def test_a_strangers_account_has_no_event(databases: Databases, owner: Held, city: Scope) -> None:
    scope = replace(city, permissions=city.permissions | {"credits:register"})
    with pytest.raises(AccountNotYours):
        async with databases.write(city) as write:
            await service.draft_event(write, scope, account_id=owner.id, facts=FACTS)
    for change in ({"last_day": date(2026, 5, 15)}, {"participants": 0}):
        with pytest.raises(errors.EventFactsInvalid):
            await drafted_event(databases, owner, **change)


NUMBERS = st.decimals(min_value=0, max_value=10**9, places=6)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20))
def test_the_whole_is_the_sum_of_its_lines_and_never_less_than_retired(given: list[tuple[Decimal, Decimal]]) -> None:
    found = [rules.tonnes(quantity, "km", factor, "kgCO2e/km") for quantity, factor in given]
    for (quantity, factor), tonnes in zip(given, found, strict=True):
        assert tonnes * 1000 == quantity * factor
    whole = rules.total(_line(each) for each in found)
    with localcontext(prec=60):
        assert whole == sum(found)
    assert whole <= rules.required(whole) < whole + 1


def _line(tonnes: Decimal) -> LineValue:
    nobody = UUID(int=0)
    return LineValue(nobody, nobody, 1, 1, "fuel", "", None, "", None, None, "", "", "", tonnes, "试")


def test_units_are_converted_exactly_or_not_at_all() -> None:
    assert rules.tonnes(Decimal("1.5"), "MWh", Decimal("0.5306"), "tCO2/MWh") == Decimal("0.7959")
    assert rules.tonnes(Decimal("1.5"), "MWh", Decimal("0.5306"), "kgCO2/kWh") == Decimal("0.7959")
    for unit, of in (("GJ", "kgCO2/kWh"), ("MWh", "kgCO2"), ("MWh", "kWh/kWh")):
        with pytest.raises(IncompatibleUnits):
            rules.tonnes(Decimal(1), unit, Decimal(1), of)
