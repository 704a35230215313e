"""The list: proposed from figures, decided by another person, read as of a past moment, seen by whom it concerns."""

from decimal import Decimal

import pytest
from factories import identity
from factories.accounts import held_account
from factories.keyunits import YEAR, bureau_of, decided, enlisted, file_of, proposed, unit_of, yeared

from backend.keyunits import queries, service
from backend.keyunits.errors import (
    KeyUnitChangeIdle,
    KeyUnitChoiceInvalid,
    KeyUnitDecided,
    KeyUnitProposalNotFound,
    KeyUnitSecondPerson,
    KeyUnitYearInvalid,
)
from backend.keyunits.values import ChangeKind, ProposalState, Reach
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.errors import Forbidden


async def test_figures_put_a_unit_on_the_list_once_another_person_confirms(databases: Databases) -> None:
    bureau = await bureau_of(databases, division="320213")
    large = await held_account(databases, division="320213", sector="textiles")
    small = await held_account(databases, division="320213", sector="textiles")
    emitter = await held_account(databases, division="320213", sector="steel")
    await yeared(databases, large, "10000")
    await yeared(databases, small, "9999.999999", "26000")  # no guide of the market: its scope 1 alone lists nobody
    await yeared(databases, emitter, "100", "26000")
    made = await proposed(databases, bureau.clerk)
    of = {each.account_id: each for each in made.proposals}
    assert small.id not in of
    assert (of[large.id].kind, of[large.id].state) == (ChangeKind.ENTER, ProposalState.WAITING)
    assert [(each.threshold, each.value, each.reach) for each in of[large.id].crossings] == [
        ("key_energy_user", Decimal(10000), Reach.REACHED)
    ]
    assert [(each.threshold, each.reach) for each in of[emitter.id].crossings] == [
        ("key_energy_user", Reach.BELOW), ("ets_industry", Reach.REACHED),
    ]  # fmt: skip
    assert "26000" in of[emitter.id].reason.zh
    assert "已核查" in of[emitter.id].reason.zh
    with pytest.raises(KeyUnitSecondPerson):
        await decided(databases, bureau.clerk, of[large.id])
    assert await file_of(databases, bureau.clerk, large) is None
    (told,) = await decided(databases, bureau.chief, of[large.id])
    assert told.state is ProposalState.CONFIRMED
    kept = await file_of(databases, large.scope, large)
    assert kept is not None
    assert (kept.since, kept.year, kept.energy, kept.is_verified) == (YEAR, YEAR, Decimal(10000), True)
    with pytest.raises(KeyUnitDecided):
        await decided(databases, bureau.chief, of[large.id], is_confirmed=False)
    again = {each.account_id for each in (await proposed(databases, bureau.clerk)).proposals}
    assert not again & {large.id, emitter.id}


async def test_a_rejected_proposal_lists_nobody(databases: Databases) -> None:
    bureau = await bureau_of(databases, division="320213")
    held = await held_account(databases, division="320213", sector="textiles")
    await yeared(databases, held, "20000")
    (row,) = [each for each in (await proposed(databases, bureau.clerk)).proposals if each.account_id == held.id]
    await decided(databases, bureau.chief, row, is_confirmed=False)
    assert await file_of(databases, bureau.clerk, held) is None
    # The same figures are not proposed a second time; new ones are.
    assert held.id not in {each.account_id for each in (await proposed(databases, bureau.clerk)).proposals}
    await yeared(databases, held, "20001", version=2)
    assert held.id in {each.account_id for each in (await proposed(databases, bureau.clerk)).proposals}


async def test_a_year_in_which_it_is_below_takes_it_off_and_a_gap_in_data_does_not(databases: Databases) -> None:
    bureau, held = await unit_of(databases, division="320213", sector="textiles", year=2023)
    assert (await file_of(databases, bureau.clerk, held)) is not None
    before = now()
    await yeared(databases, held, "3000", year=2024, months=5)
    made = await proposed(databases, bureau.clerk, year=2024, code="320213")
    (row,) = [each for each in made.proposals if each.account_id == held.id]
    assert row.kind is ChangeKind.STAY
    assert "5 个月" in row.reason.zh
    await yeared(databases, held, "9000", year=2024, version=2)
    (newer,) = [
        each for each in (await proposed(databases, bureau.clerk, year=2024)).proposals if each.account_id == held.id
    ]
    assert (newer.kind, newer.energy) == (ChangeKind.LEAVE, Decimal(9000))
    with pytest.raises(KeyUnitDecided):  # the newer figures took its place
        await decided(databases, bureau.chief, row)
    await decided(databases, bureau.chief, newer)
    assert await file_of(databases, bureau.clerk, held) is None
    async with databases.read(bureau.clerk) as read:
        then = await service.files(read, bureau.clerk, [held.id], as_of=before)
    assert then[held.id].since == 2023
    await yeared(databases, held, "12000", year=2025)
    (back,) = [each for each in (await proposed(databases, bureau.clerk)).proposals if each.account_id == held.id]
    assert back.kind is ChangeKind.ENTER
    await decided(databases, bureau.chief, back)
    kept = await file_of(databases, bureau.clerk, held)
    assert kept is not None
    assert kept.since == 2025


async def test_chengdu_keeps_files_from_five_thousand_tonnes_on(databases: Databases) -> None:
    bureau = await bureau_of(databases, tenant="chengdu", division="510104")
    held = await held_account(databases, tenant="chengdu", division="510104", sector="displays")
    other = await held_account(databases, tenant="chengdu", division="510104", sector="displays")
    await yeared(databases, held, "5000")
    await yeared(databases, other, "4999.9999")
    of = {each.account_id: each for each in (await proposed(databases, bureau.clerk)).proposals}
    assert other.id not in of
    assert [(each.threshold, each.reach) for each in of[held.id].crossings] == [
        ("energy_file", Reach.REACHED), ("key_energy_user", Reach.BELOW),
    ]  # fmt: skip


async def test_changes_by_hand_fit_the_list(databases: Databases) -> None:
    bureau, held = await unit_of(databases)
    with pytest.raises(KeyUnitChangeIdle):
        await enlisted(databases, bureau, held)
    stranger = await held_account(databases, division="320206")
    for kind in (ChangeKind.LEAVE, ChangeKind.STAY):
        with pytest.raises(KeyUnitChangeIdle):
            async with databases.write(bureau.clerk) as write:
                await service.propose_unit(write, bureau.clerk, stranger.id, year=YEAR, kind=kind, reason="试")
    for year in (1999, 2999):
        with pytest.raises(KeyUnitYearInvalid):
            await proposed(databases, bureau.clerk, year=year)
    with pytest.raises(KeyUnitChoiceInvalid):
        await decided(databases, bureau.chief)
    with pytest.raises(Forbidden):
        await proposed(databases, held.scope)


async def test_neighbours_strangers_and_banks_see_nothing(databases: Databases) -> None:
    bureau, held = await unit_of(databases)
    async with databases.write(bureau.clerk) as write:
        row = await service.propose_unit(write, bureau.clerk, held.id, year=YEAR, kind=ChangeKind.LEAVE, reason="试")
    neighbour = await bureau_of(databases, division="320205")
    with pytest.raises(KeyUnitProposalNotFound):
        await decided(databases, neighbour.clerk, row)
    strangers = (neighbour.clerk, (await identity.enterprise(databases, division="320206")).scope)
    for scope in strangers:
        assert await file_of(databases, scope, held) is None
        async with databases.read(scope) as read:
            assert held.id not in {each.account_id for each in await queries.proposals(read, scope, limit=1000)}
            assert held.id not in {each.account_id for each in await queries.page(read, scope, limit=1000)}
    bank = (await identity.bank(databases)).scope
    async with databases.read(bank) as read:
        with pytest.raises(Forbidden):
            await service.files(read, bank, [held.id])
    city = await bureau_of(databases)
    assert await file_of(databases, city.clerk, held) is not None
