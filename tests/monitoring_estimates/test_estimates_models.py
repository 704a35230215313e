"""Models and estimates as a worker makes them: versions, refusals, electricity of two sources, the difference kept."""

from decimal import Decimal

import pytest
from factories.estimates import (
    LAST,
    PAPER,
    estimated,
    estimates_of,
    history,
    models_of,
    told_by_the_grid,
    used,
    user,
    verified,
)
from factories.inventory import Place
from factories.regions import change_state, officer, path_of
from sqlalchemy import select

from backend.accounts.errors import AccountNotFound
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.monitoring.estimates import jobs, service
from backend.monitoring.estimates.errors import EstimateDocumentInvalid, EstimateEntriesInvalid, EstimatesOfAuthorities
from backend.monitoring.estimates.models import CarbonEstimateOutcome, ElectricityEntry
from backend.tenants.errors import DivisionUnknown


async def chief(databases: Databases, division: str) -> Scope:
    return officer(await path_of(databases, division, "guizhou"), "guizhou")


async def outcomes_of(databases: Databases, place: Place) -> list:
    async with databases.read(place.system) as read:
        table = CarbonEstimateOutcome.__table__
        statement = select(table).where(table.c.account_id == place.account_id).order_by(table.c.compared_at)
        return list(await read.rows(statement))


async def test_a_month_is_estimated_and_held_against_what_was_verified(databases: Databases) -> None:
    scope = await chief(databases, "522622")
    place = await user(databases, "522622")
    await verified(databases, place, history(13))
    await used(databases, place, {str(LAST): "150"}, decision=None)
    counts = await estimated(databases, scope)
    assert (counts["models"], counts["refused"], counts["estimates"]) == (1, 0, 1)
    (model,) = await models_of(databases, place)
    assert (model.version, model.state, model.months, model.last_month) == (1, "usable", 13, LAST.plus(-1).first_day)
    assert (model.scope1_slope, model.scope1_intercept, model.scope2_slope) == (2, 10, Decimal("0.5"))
    assert (model.error_percent, model.half_width, len(model.points)) == (0, 0, 13)
    (estimate,) = await estimates_of(databases, place)
    assert (estimate.month, estimate.mwh, estimate.source, estimate.state) == (LAST.first_day, 150, "records", "told")
    assert (estimate.scope1, estimate.scope2, estimate.low, estimate.high) == (310, 75, 385, 385)
    # The same again: nothing new is stored.
    assert await estimated(databases, scope) == {**counts, "models": 0, "estimates": 0}
    await jobs.keep_compared(databases, "guizhou")
    assert await outcomes_of(databases, place) == []

    # The year is verified anew with the month in it; a restatement later makes another row.
    months = history(13) | {str(LAST): ("150", "320", "80")}
    own_year = {month: each for month, each in months.items() if month.startswith(str(LAST.year))}
    (inventory,) = await verified(databases, place, own_year, 2, is_again=True)
    await jobs.keep_compared(databases, "guizhou")
    (outcome,) = await outcomes_of(databases, place)
    assert (outcome.inventory_id, outcome.verified, outcome.difference, outcome.is_held) == (inventory, 400, -15, False)
    await jobs.keep_compared(databases, "guizhou")
    assert len(await outcomes_of(databases, place)) == 1
    await change_state(databases, place, inventory, "restated")
    own_year[str(LAST)] = ("150", "310", "75")
    await verified(databases, place, own_year, 3, is_again=True)
    await jobs.keep_compared(databases, "guizhou")
    first, second = await outcomes_of(databases, place)
    assert (first.difference, second.difference, second.is_held) == (-15, 0, True)
    # More is verified now: the next model is another version, and the first stays.
    await estimated(databases, scope)
    assert [(each.version, each.months) for each in await models_of(databases, place)] == [(1, 13), (2, 14)]
    assert len(await estimates_of(databases, place)) == 1


async def test_a_refused_model_estimates_nothing_and_says_why(databases: Databases) -> None:
    scope = await chief(databases, "522623")
    short, other = await user(databases, "522623"), await user(databases, "522623")
    await verified(databases, short, history(11))
    await used(databases, short, {str(LAST): "150"})
    await used(databases, other, {str(LAST): "150"})
    counts = await estimated(databases, scope)
    assert (counts["models"], counts["refused"], counts["estimates"]) == (1, 1, 0)
    (model,) = await models_of(databases, short)
    assert (model.state, model.refusal, model.months, model.error_percent) == ("refused", "too_short", 11, None)
    # Nothing verified at all: there is nothing to say, and nothing is stored.
    assert await models_of(databases, other) == []


async def test_beyond_the_history_a_month_is_not_told(databases: Databases) -> None:
    scope = await chief(databases, "522624")
    place = await user(databases, "522624")
    await verified(databases, place, history(13))
    await used(databases, place, {str(LAST): "1000"})
    await estimated(databases, scope)
    (estimate,) = await estimates_of(databases, place)
    assert (estimate.state, estimate.scope1, estimate.high) == ("outside_range", None, None)


async def test_the_grid_tells_what_the_holder_has_not_entered(databases: Databases) -> None:
    scope = await chief(databases, "522625")
    place = await user(databases, "522625")
    await verified(databases, place, history(13))
    await told_by_the_grid(databases, scope, place, {str(LAST): "120"})
    await estimated(databases, scope)
    await told_by_the_grid(databases, scope, place, {str(LAST): "130"})
    await estimated(databases, scope)
    await used(databases, place, {str(LAST): "140"})
    await estimated(databases, scope)
    assert [(each.source, each.mwh, each.scope1) for each in await estimates_of(databases, place)] == [
        ("grid", 120, 250), ("grid", 130, 270), ("records", 140, 290),
    ]  # fmt: skip


async def test_entries_are_stored_whole_or_not_at_all(databases: Databases) -> None:
    scope, elsewhere = await chief(databases, "522626"), await chief(databases, "522627")
    own, foreign = await user(databases, "522626"), await user(databases, "522627")
    month = LAST.first_day
    given = [
        service.ElectricityDraft(own.account_id, month, Decimal(1)),
        service.ElectricityDraft(own.account_id, month, Decimal(2)),
        service.ElectricityDraft(own.account_id, LAST.plus(1).first_day, Decimal(-1)),
    ]
    with pytest.raises(EstimateEntriesInvalid) as refused:
        async with databases.write(scope) as write:
            await service.record_electricity(write, scope, given, PAPER)
    assert [(each["row"], each["en"].partition(": ")[2][:8]) for each in refused.value.details["faults"]] == [
        (2, "it is th"), (3, "the mont"), (3, "the elec"),
    ]  # fmt: skip
    others = [*given[:1], service.ElectricityDraft(foreign.account_id, month, Decimal(1))]
    with pytest.raises(AccountNotFound):
        async with databases.write(scope) as write:
            await service.record_electricity(write, scope, others, PAPER)
    with pytest.raises(EstimateDocumentInvalid):
        async with databases.write(scope) as write:
            await service.record_roster(
                write, scope, [service.RosterDraft(own.account_id, is_large=True)], service.Paper("", month, "名录")
            )
    with pytest.raises(EstimateEntriesInvalid):
        async with databases.write(scope) as write:
            await service.record_roster(write, scope, [], PAPER)
    plant = own.enterprise()
    asking = Scope(
        plant.tenant, plant.kind, plant.organisation_id, plant.actor_id, "", frozenset({"monitoring:estimate"})
    )
    with pytest.raises(EstimatesOfAuthorities):
        async with databases.write(asking) as write:
            await service.request_estimates(write, asking, "522626")
    with pytest.raises(DivisionUnknown):
        async with databases.write(elsewhere) as write:
            await service.request_estimates(write, elsewhere, "522626")
    async with databases.read(own.system) as read:
        wanted = [own.account_id, foreign.account_id]
        assert await read.rows(select(ElectricityEntry.id).where(ElectricityEntry.account_id.in_(wanted))) == []
