"""Whom a standard binds, by when, and how a disclosure stands: three outcomes, and the unknown never frees anybody."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from factories import disclosure as make
from factories.standards import standards
from sqlalchemy import event, text

from backend.accounts.errors import AccountNotFound
from backend.esg import rules, service
from backend.esg.errors import DisclosureNotYours, ListingContradicted
from backend.esg.values import Applies, DutyState, Exchange, Index, ProfileValue
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id

PROFILE = ProfileValue(
    account_id=new_id(), id=new_id(), exchange=Exchange.SSE, stock_code="600000", indices=(), is_dual_listed=False,
    is_key_discharger=False, is_state_owned=None, is_foreign_invested=None, as_of=date(2026, 1, 1), evidence_id=None,
    note="", recorded_at=datetime(2026, 1, 1, tzinfo=UTC), recorded_by=None,
)  # fmt: skip
STANDARDS = standards()
MUST, MAY, UNKNOWN = Applies.MANDATORY, Applies.VOLUNTARY, Applies.CANNOT_TELL


def applied(code: str, profile: ProfileValue | None, year: int = 2025):
    return rules.applicability(STANDARDS[code], profile, year)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"indices": (Index.SSE180,)}, MUST),
        ({"indices": (Index.STAR50,)}, MUST),
        ({"exchange": Exchange.SZSE, "indices": (Index.CHINEXT,)}, MUST),
        ({"is_dual_listed": True}, MUST),
        ({"is_dual_listed": True, "indices": None}, MUST),
        ({}, MAY),
        ({"exchange": Exchange.NONE, "indices": None, "is_dual_listed": None}, MAY),
        ({"exchange": Exchange.ELSEWHERE, "indices": None, "is_dual_listed": None}, MAY),
        ({"exchange": Exchange.BSE, "indices": None}, MAY),
        ({"exchange": Exchange.BSE, "indices": None, "is_dual_listed": None}, UNKNOWN),
        ({"indices": None}, UNKNOWN),
        ({"is_dual_listed": None}, UNKNOWN),
        ({"exchange": None, "indices": None, "is_dual_listed": None}, UNKNOWN),
    ],
)
def test_the_exchanges_bind_members_of_four_indices_and_dual_listed_firms(given: Any, outcome: Applies) -> None:
    found = applied("exchanges", replace(PROFILE, **given))
    assert found.outcome is outcome
    assert found.due_on == (None if outcome is MAY else date(2026, 4, 30))


def test_the_reason_names_the_index_or_what_is_not_known() -> None:
    assert applied("exchanges", replace(PROFILE, indices=(Index.SZSE100,))).reason.zh == "属于深证100样本公司。"
    assert "whether it is listed at home and abroad" in applied("exchanges", None).reason.en
    assert applied("exchanges", PROFILE, 2024).reason.en == "Applies from the year 2025."


@pytest.mark.parametrize(("flag", "outcome"), [(True, MUST), (False, MAY), (None, UNKNOWN)])
def test_order_24_binds_those_on_the_list_until_15_march(flag: Any, outcome: Applies) -> None:
    found = applied("order24", replace(PROFILE, is_key_discharger=flag))
    assert (found.outcome, found.due_on) == (outcome, None if outcome is MAY else date(2026, 3, 15))


@pytest.mark.parametrize("code", ["basic", "climate", "ifrs-s2", "gri305", "changzhou"])
def test_the_others_are_voluntary_whatever_the_profile_says(code: str) -> None:
    for profile in (None, PROFILE, replace(PROFILE, indices=(Index.SSE180,), is_key_discharger=True)):
        assert (applied(code, profile).outcome, applied(code, profile).due_on) == (MAY, None)


@pytest.mark.parametrize(
    ("published", "day", "state"),
    [
        ([], date(2026, 4, 30), DutyState.DUE),
        ([], date(2026, 5, 1), DutyState.LATE),
        ([date(2026, 4, 30)], date(2026, 5, 1), DutyState.DONE),
        ([date(2026, 5, 2)], date(2026, 5, 1), DutyState.LATE),
        ([date(2026, 5, 1), date(2026, 6, 1)], date(2026, 7, 1), DutyState.DONE_LATE),
    ],
)
def test_a_duty_is_done_when_it_was_first_published(published: list[date], day: date, state: DutyState) -> None:
    assert rules.duty_state(applied("exchanges", replace(PROFILE, is_dual_listed=True)), published, day) is state


def test_a_voluntary_disclosure_is_done_or_voluntary_never_late() -> None:
    found = applied("gri305", PROFILE)
    assert rules.duty_state(found, [], date(2030, 1, 1)) is DutyState.VOLUNTARY
    assert rules.duty_state(found, [date(2026, 1, 1)], date(2030, 1, 1)) is DutyState.DONE
    assert rules.duty_state(applied("order24", None), [], date(2030, 1, 1)) is DutyState.CANNOT_TELL


@pytest.mark.parametrize(
    "given",
    [
        {"exchange": Exchange.NONE, "indices": [Index.SSE180]},
        {"exchange": Exchange.NONE, "indices": None},
        {"exchange": Exchange.SZSE, "indices": [Index.SSE180]},
        {"exchange": Exchange.BSE, "indices": [Index.SSE180]},
        {"exchange": Exchange.ELSEWHERE, "stock_code": "", "indices": None, "is_dual_listed": True},
        {"stock_code": "60000"},
        {"as_of": today() + timedelta(days=2)},
    ],
)
async def test_a_listing_that_contradicts_itself_is_refused(databases: Databases, given: Any) -> None:
    firm = await make.firm_of(databases, is_computed=False)
    with pytest.raises(ListingContradicted):
        await make.profiled(databases, firm, **given)
    async with databases.read(firm.writer) as read:
        assert await service.profile(read, firm.writer, firm.id) is None


async def test_the_newest_profile_counts_and_only_the_holder_writes_it(databases: Databases) -> None:
    firm, other = [await make.firm_of(databases, is_computed=False) for _ in range(2)]
    await make.profiled(databases, firm)
    await make.profiled(databases, firm, indices=[], stock_code="600001")
    async with databases.read(firm.writer) as read:
        found = await service.profile(read, firm.writer, firm.id)
        assert found is not None
        assert (found.stock_code, found.indices) == ("600001", ())
    for scope, error in (
        (other.writer, AccountNotFound),
        (replace(firm.verifier, permissions=firm.writer.permissions), DisclosureNotYours),
        (firm.verifier, Forbidden),
    ):
        with pytest.raises(error):
            await make.profiled(databases, replace(firm, writer=scope))
    async with databases.read(firm.authority) as read:
        assert await read.value(text("select count(*) from esg_profile where account_id = :id"), {"id": firm.id}) == 2


async def test_duties_of_many_accounts_take_four_statements(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    publication = await make.published(databases, firm)
    silent = await make.firm_of(databases, is_computed=False)
    day = today()

    async def asked(scope: Any, ids: list[Any], on: date) -> tuple[Any, int]:
        seen: list[str] = []
        engine = databases.engine(firm.tenant).sync_engine
        async with databases.read(scope) as read:

            def count(*arguments: Any) -> None:
                seen.append(arguments[2])

            event.listen(engine, "before_cursor_execute", count)
            try:
                found = await service.duties(read, scope, ids, on)
            finally:
                event.remove(engine, "before_cursor_execute", count)
        return found, len(seen)

    found, first = await asked(firm.place.system, [firm.id], day)
    both, second = await asked(firm.place.system, [firm.id, silent.id], day)
    assert (first, second) == (3, 3), "the library was read before: three"
    assert both[firm.id] == found[firm.id]
    states = {each.standard: (each.year, each.due_on, each.state) for each in found[firm.id]}
    due = date(day.year, 4, 30)
    late = DutyState.DONE_LATE if publication.published_at.date() > due else DutyState.DONE
    assert states["exchanges"] == (day.year - 1, due, late)
    assert states["gri305"] == (day.year - 1, None, DutyState.DONE)
    assert {each.state for each in both[silent.id]} == {DutyState.CANNOT_TELL, DutyState.VOLUNTARY}
    before, _ = await asked(firm.place.system, [firm.id], date(day.year, 1, 1))
    assert {each.state for each in before[firm.id]} == {DutyState.CANNOT_TELL, DutyState.VOLUNTARY}, "nothing was known"
