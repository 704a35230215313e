"""Figures, disclosures, scores and the bank's side of the demonstration: everything once, and lawful by the books."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from backend.accounts import service as accounts
from backend.accounts.values import FigureKind
from backend.demo import plan, seeding
from backend.demo.acting import scope_of
from backend.demo.standing import figures, load_standing, seed_standing
from backend.demo.units.cast import Cast, cast_of
from backend.esg import service as esg
from backend.esg.city.values import RegisterKind
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.lending import service as lending
from backend.scores import service as scores
from backend.tenants.packs import load_packs

TENANTS = ("wuxi", "changzhou", "chengdu", "guizhou")
MEMBERS = ("m1", "m2", "m3", "m4", "m5")


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_tenant_has_a_plan_of_standing_that_names_its_own(tenant: str) -> None:
    found, organisations = load_standing(tenant), plan.load(tenant)
    assert found is not None
    assert organisations is not None
    assert tenant in load_packs(None)
    states = {each.code: each.state for each in organisations.enterprises}
    assert sorted(each.is_published for each in found.disclosures) == [False, True]
    named = {each.enterprise for each in (*found.disclosures, *found.consents, *found.loans, found.penalty)}
    assert named <= states.keys()
    assert all(states[each.enterprise] in {"verified", "closed"} for each in found.disclosures if each.is_published)
    assert [each.is_asked for each in found.consents].count(True) == 1
    assert [each.is_revoked for each in found.consents].count(True) == 1
    assert len({each.enterprise for each in found.consents}) == len(found.consents)
    assert all("演示" in words for words in (found.penalty.document, found.penalty.summary, found.penalty.appeal))
    assert all("演示" in each.purpose for each in found.consents)
    assert all("演示" in each.note for each in found.terms)
    assert all(each.reference.startswith("DEMO-") for each in found.loans)


@pytest.mark.parametrize("tenant", TENANTS)
def test_figures_are_the_same_in_every_run_and_grow(tenant: str) -> None:
    organisations = plan.load(tenant)
    assert organisations is not None
    for enterprise in organisations.enterprises:
        past, coming = (
            {each.kind: each for each in figures.drafts(tenant, enterprise, year)} for year in figures.YEARS
        )
        assert past == {each.kind: each for each in figures.drafts(tenant, enterprise, 2024)}
        assert set(past) == set(FigureKind) - {FigureKind.ENTERPRISE_VALUE}
        worth = {kind: each.quantity or Decimal(0) for kind, each in past.items()}
        assert worth[FigureKind.VALUE_ADDED] < worth[FigureKind.REVENUE]
        assert worth[FigureKind.EQUITY] + worth[FigureKind.DEBT] <= worth[FigureKind.TOTAL_ASSETS]
        assert (coming[FigureKind.VALUE_ADDED].quantity or 0) > worth[FigureKind.VALUE_ADDED]
        assert coming[FigureKind.DEBT] == past[FigureKind.DEBT]


@pytest.fixture(scope="module")
async def cast(databases: Databases, servers) -> Cast:
    """Seed Wuxi: its organisations and their standing. Units are others' tests, which count what they make."""
    await seeding.seed_tenant(databases, servers.settings, "wuxi")
    told: list[str] = []
    assert await seed_standing(databases, servers.settings, "wuxi", told.append) == 10
    assert await seed_standing(databases, servers.settings, "wuxi", told.append) == 0
    assert told == []
    organisations = plan.load("wuxi")
    assert organisations is not None
    system = Scope.system("wuxi")
    async with databases.write(system) as write:
        found = await cast_of(write, system, servers.settings, organisations)
    assert found is not None
    return found


async def test_every_account_has_a_score_and_the_penalised_one_a_shut_gate(databases: Databases, cast: Cast) -> None:
    system = Scope.system("wuxi")
    ids = {code: each.account_id for code, each in cast.players.items()}
    async with databases.read(system) as read:
        found = await scores.latest(read, system, list(ids.values()))
        appeals = await read.rows(
            text("select indicator, state from score_appeal where account_id = :id"), {"id": ids["e3"]}
        )
    assert found.keys() == set(ids.values())
    shut = {each.code for each in found[ids["e3"]].assessment.gates if not each.is_open}
    assert "penalty" in shut
    assert [(row.indicator, row.state) for row in appeals] == [("penalty", "open")]
    rating = {each.code: each.fact for each in found[ids["e2"]].assessment.indicators}["disclosure"]
    assert rating.value not in {None, "none"}


async def test_five_of_a_sector_are_told_their_place(databases: Databases, cast: Cast) -> None:
    system = Scope.system("wuxi")
    ids = [cast.players[code].account_id for code in MEMBERS]
    async with databases.read(system) as read:
        found = await scores.latest(read, system, ids)
    facts = [each.fact for one in found.values() for each in one.assessment.indicators if each.code == "intensity"]
    assert len(facts) == len(MEMBERS)
    points = {each.points for one in found.values() for each in one.assessment.indicators if each.code == "intensity"}
    assert None not in points
    assert len(points) > 1


async def test_one_disclosure_is_published_and_rated_and_one_has_gaps(databases: Databases, cast: Cast) -> None:
    system = Scope.system("wuxi")
    published, draft = cast.players["e2"].account_id, cast.players["e1"].account_id
    async with databases.read(system) as read:
        rated = await esg.rating(read, system, [published, draft], 2025)
        rows = await read.rows(text("select account_id, id, state from esg_disclosure where year = 2025"))
        mine = {row.account_id: row for row in rows}
        view = await esg.view(read, system, (draft, mine[draft].id))
    assert rated.keys() == {published}
    assert rated[published].is_placeholder
    assert (mine[published].state, mine[draft].state) == ("published", "draft")
    assert any(each.is_blocking for each in view.gaps)


async def test_the_city_counts_its_listed_firms_a_service_body_and_the_officers(
    databases: Databases, cast: Cast
) -> None:
    city = scope_of("wuxi", cast.city, "clerk")
    async with databases.read(city) as read:
        firms = await esg.register(read, city, RegisterKind.LISTED_FIRM, after=None, limit=200)
        bodies = await esg.register(read, city, RegisterKind.SERVICE_BODY, after=None, limit=200)
    keys = {each.key: each for each in (*firms, *bodies)}
    assert {"szse:999902", "sse:999901", "DEMO-S01"} <= keys.keys()
    assert keys["szse:999902"].account_id == cast.players["e2"].account_id
    assert all("演示" in each.document for each in keys.values() if each.key in {"szse:999902", "DEMO-S01"})
    async with databases.read(Scope.system("wuxi")) as read:
        named = await read.rows(
            text("select account_id, person_name from esg_carbon_officer where account_id = any(:ids)"),
            {"ids": [cast.players[code].account_id for code in ("e1", "e2")]},
        )  # fmt: skip
    assert [row.person_name for row in named] == ["首席双碳官（演示）"] * 2


async def test_the_bank_reads_what_is_open_and_knows_its_loans(databases: Databases, cast: Cast) -> None:
    bank = scope_of("wuxi", cast.parties["bank"], "admin")
    ids = {each.account_id: code for code, each in cast.players.items()}
    async with databases.write(bank) as write:
        told = await lending.told(write, bank, None)
        places = (await lending.portfolio(write, bank, limit=50)).borrowers
        offers = await lending.terms_versions(write, bank, limit=5)
    read = {ids[each.account_id] for each in told if each.account_id in ids}
    assert {"e1", "e2", "e6", "m1", "m2"} <= read
    assert not {"e3", "e4", "e5"} & read
    open_to = {each.name: each for each in places if each.account_id is not None}
    assert open_to[cast.players["e6"].name].outstanding == Decimal(84000000)
    assert open_to[cast.players["e6"].name].financed.attributed > 0
    assert any(each.account_id is None for each in places)
    [offer] = offers
    assert [each.grade for each in offer.grades] == ["A", "B", "C"]
    async with databases.read(Scope.system("wuxi")) as plain:
        asked = await plain.rows(
            text("select r.state, r.ends_on from consent_request r where r.enterprise_id = :id"),
            {"id": cast.players["e4"].party.id},
        )  # fmt: skip
    assert [(row.state, row.ends_on > today() + timedelta(days=700)) for row in asked] == [("asked", True)]


async def test_figures_are_proven_by_a_file_where_the_inventory_is(databases: Databases, cast: Cast) -> None:
    system = Scope.system("wuxi")
    proven, stated = cast.players["e1"].account_id, cast.players["e4"].account_id
    async with databases.read(system) as read:
        found = await accounts.figures(read, system, [proven, stated], [2025])
    assert all(each.evidence_id is not None for each in found[proven, 2025])
    assert all(each.evidence_id is None for each in found[stated, 2025])
    products = {each.product: each.is_main for each in found[proven, 2025] if each.kind is FigureKind.OUTPUT}
    assert products == {"特种钢材": True}
