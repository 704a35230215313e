"""Verifiers' assignments: proposed, answered, engaged, done; independence, workload, the verification desk."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from factories import accounts, desks, identity
from factories.api import Client
from factories.identity import Made
from sqlalchemy import text

from backend.accounts.errors import AccountNotFound, AccountNotYours, YearOutOfRange
from backend.console import service
from backend.console.assigning import queries, rules
from backend.console.errors import (
    AssignmentNotFound,
    AssignmentOpen,
    AssignmentStepNotAllowed,
    DeskDayInvalid,
    DeskTextInvalid,
    VerificationTermsInvalid,
    VerifierNotIndependent,
)
from backend.console.jobs import keep_desks
from backend.console.values import AssignmentState, DeskState, Outcome, RelationKind, RelationValue, TermsValue
from backend.console.verification import queries as verification
from backend.console.verification.queries import DeskFilter
from backend.identity.errors import VerifierNotFound
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.wire.nodes import node_id

HOME, ELSEWHERE = "320211", "320213"
"""Divisions whose terms no other test sets."""
DAY = date(2026, 6, 1)


def relation(kind: RelationKind = RelationKind.CONSULTING, ends_on: date | None = None) -> RelationValue:
    return RelationValue(
        new_id(), new_id(), "", "", kind, date(2020, 1, 1), ends_on, "碳盘查咨询", is_own_word=False, recorded_at=now()
    )


def terms(most_years: int | None = None, cooling_years: int | None = None) -> TermsValue:
    return TermsValue(new_id(), "", most_years, cooling_years, "核查管理办法", "", date(2025, 1, 1), now())


@pytest.mark.parametrize(
    ("ends_on", "cooling_years", "outcome"),
    [
        (None, 1, Outcome.FAIL),  # it lasts
        (date(2021, 1, 1), None, Outcome.FAIL),  # no term for it: every relation counts
        (date(2023, 6, 1), 3, Outcome.FAIL),  # the third year ends on the very day
        (date(2023, 5, 31), 3, Outcome.PASS),
        (date(2024, 12, 31), 1, Outcome.PASS),
        (date(2025, 1, 1), 1, Outcome.FAIL),  # it reached into the year to verify
        (date(2020, 2, 29), 1, Outcome.PASS),
    ],
)
def test_a_relation_counts_while_it_lasts_and_for_the_years_set(
    ends_on: date | None, cooling_years: int | None, outcome: Outcome
) -> None:
    found = rules.check_relations([relation(ends_on=ends_on)], terms(cooling_years=cooling_years), 2025, DAY)
    assert found.outcome is outcome


def test_nothing_recorded_passes() -> None:
    assert rules.check_relations([], None, 2025, DAY).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("verified", "most", "row", "outcome"),
    [
        (set(), 3, 0, Outcome.PASS),
        ({2023, 2024}, 3, 2, Outcome.PASS),
        ({2022, 2023, 2024}, 3, 3, Outcome.FAIL),
        ({2021, 2022, 2024}, 3, 1, Outcome.PASS),
        ({2022, 2023, 2024}, None, 3, Outcome.PASS),
    ],
)
def test_years_in_a_row_are_counted_backwards(verified: set[int], most: int | None, row: int, outcome: Outcome) -> None:
    assert rules.years_in_a_row(verified, 2025) == row
    assert rules.check_rotation(verified, terms(most_years=most), 2025).outcome is outcome


def test_what_cannot_be_told_blocks() -> None:
    unknown = rules.check_declaration(AssignmentState.PROPOSED)
    assert unknown.outcome is Outcome.UNKNOWN
    with pytest.raises(VerifierNotIndependent):
        rules.require_independence([unknown])


@pytest.fixture
async def bureau(databases: Databases) -> Made:
    return await identity.authority(databases, division=HOME)


@pytest.fixture
async def body(databases: Databases) -> Made:
    return await identity.verifier(databases)


async def test_an_assignment_goes_from_the_proposal_to_the_verified_inventory(
    databases: Databases, bureau: Made, body: Made
) -> None:
    firm = await desks.working(databases, HOME)
    await desks.submitted(databases, firm)
    found = await desks.proposed(databases, bureau, firm.held, body)
    async with databases.read(body.scope) as read:  # proposed, it opens nothing
        assert await read.value(text("select count(*) from carbon_account where id = :id"), {"id": firm.held.id}) == 0
        (own,) = await queries.assignment_batch(read, body.scope, [(firm.held.id, found.id)])
    assert own is not None
    assert (own.account_number, own.credit_code) == (firm.held.account.number, firm.held.holder.credit_code)
    with pytest.raises(AssignmentStepNotAllowed):
        await desks.engaged(databases, firm, found)
    with pytest.raises(VerifierNotIndependent):
        async with databases.write(body.scope) as write:
            await service.answer(write, body.scope, firm.held.id, found.id, is_accepted=True, is_independent=False)
    accepted = await desks.accepted(databases, body, found)
    assert accepted.state is AssignmentState.ACCEPTED
    engaged = await desks.engaged(databases, firm, accepted)
    assert engaged.state is AssignmentState.ENGAGED
    async with databases.read(body.scope) as read:
        assert await read.value(text("select count(*) from carbon_account where id = :id"), {"id": firm.held.id}) == 1
    assert await state_of(databases, bureau, found.account_id, found.id) is AssignmentState.ENGAGED
    await desks.verified(databases, firm, body)
    await keep_desks(databases, "wuxi")
    assert await state_of(databases, bureau, found.account_id, found.id) is AssignmentState.DONE
    assert "assignments_done" not in await keep_desks(databases, "wuxi")


async def state_of(databases: Databases, bureau: Made, account_id: Any, own_id: Any) -> AssignmentState:
    async with databases.read(bureau.scope) as read:
        (found,) = await queries.assignment_batch(read, bureau.scope, [(account_id, own_id)])
    assert found is not None
    return found.state


async def test_an_engagement_there_is_already_is_taken_up(databases: Databases, bureau: Made, body: Made) -> None:
    firm = await desks.working(databases, HOME)
    known = await identity.engaged(databases, firm.held.holder, body)
    accepted = await desks.accepted(databases, body, await desks.proposed(databases, bureau, firm.held, body))
    assert (await desks.engaged(databases, firm, accepted)).engagement_id == known


async def test_a_verifier_declines_with_a_reason_and_another_is_proposed(
    databases: Databases, bureau: Made, body: Made
) -> None:
    held = await accounts.held_account(databases, division=HOME)
    found = await desks.proposed(databases, bureau, held, body)
    with pytest.raises(AssignmentOpen):
        await desks.proposed(databases, bureau, held, await identity.verifier(databases))
    with pytest.raises(DeskTextInvalid) as unsaid:
        async with databases.write(body.scope) as write:
            await service.answer(write, body.scope, held.id, found.id, is_accepted=False, is_independent=False)
    assert unsaid.value.message("en") == "'answer' needs 1 to 1000 characters."
    assert unsaid.value.message("zh") == "“答复”须为 1 至 1000 个字符。"
    async with databases.write(body.scope) as write:
        declined = await service.answer(
            write, body.scope, held.id, found.id, is_accepted=False, is_independent=False, text_given="人员不足"
        )
    assert (declined.state, declined.answer) == (AssignmentState.DECLINED, "人员不足")
    again = await desks.proposed(databases, bureau, held, await identity.verifier(databases))
    async with databases.write(bureau.scope) as write:
        withdrawn = await service.withdraw(write, bureau.scope, held.id, again.id, "调整安排")
    assert withdrawn.state is AssignmentState.WITHDRAWN
    with pytest.raises(AssignmentStepNotAllowed):
        async with databases.write(bureau.scope) as write:
            await service.withdraw(write, bureau.scope, held.id, again.id, "再次撤回")


async def test_two_proposals_at_once_leave_one(databases: Databases, bureau: Made) -> None:
    held = await accounts.held_account(databases, division=HOME)
    bodies = [await identity.verifier(databases) for _ in range(3)]
    found = await asyncio.gather(
        *(desks.proposed(databases, bureau, held, each) for each in bodies), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in found) == ["AssignmentOpen", "AssignmentOpen", "AssignmentValue"]


async def test_a_recorded_relation_keeps_a_verifier_from_an_account(
    databases: Databases, bureau: Made, body: Made
) -> None:
    firm = await desks.working(databases, HOME)
    accepted = await desks.accepted(databases, body, await desks.proposed(databases, bureau, firm.held, body))
    async with databases.write(body.scope) as write:  # the verifier's own word, by the credit code alone
        await service.record_relation(
            write, body.scope, verifier_id=None, credit_code=firm.held.holder.credit_code,
            kind=RelationKind.CONSULTING, starts_on=date(2024, 1, 1), ends_on=None, note="碳盘查咨询",
        )  # fmt: skip
    with pytest.raises(VerifierNotIndependent):
        await desks.engaged(databases, firm, accepted)
    async with databases.write(bureau.scope) as write:
        await service.withdraw(write, bureau.scope, firm.held.id, accepted.id, "存在利害关系")
    with pytest.raises(VerifierNotIndependent):
        await desks.proposed(databases, bureau, firm.held, body)
    neighbour = await identity.authority(databases, division=ELSEWHERE)
    async with databases.read(neighbour.scope) as read:
        assert await queries.relations(read, neighbour.scope, verifier_id=body.id, limit=10) == []
    async with databases.read(bureau.scope) as read:
        (seen,) = await queries.relations(read, bureau.scope, verifier_id=body.id, limit=10)
    assert (seen.credit_code, seen.is_own_word) == (firm.held.holder.credit_code, True)


async def test_terms_of_the_city_hold_below_and_the_districts_own_come_first(databases: Databases) -> None:
    tenant, city, district = "changzhou", "320400", "320412"
    bureau = await identity.authority(databases, tenant=tenant, division=city)
    below = await identity.authority(databases, tenant=tenant, division=district)
    paper = {"title": "核查机构管理办法", "number": "常环〔2026〕1号", "dated": date(2026, 1, 5)}

    async def in_force(code: str) -> tuple[int | None, int | None] | None:
        path = await identity.division_path(databases, tenant, code)
        async with databases.read(below.scope) as read:
            found = await queries.terms_in_force(read, below.scope, path)
        return None if found is None else (found.most_years, found.cooling_years)

    async with databases.write(bureau.scope) as write:
        await service.set_terms(write, bureau.scope, most_years=3, cooling_years=2, **paper)
    assert await in_force(district) == (3, 2)
    async with databases.write(below.scope) as write:
        await service.set_terms(write, below.scope, most_years=2, cooling_years=None, **paper)
    assert await in_force(district) == (2, None)
    assert await in_force(city) == (3, 2)
    officer = await identity.colleague(databases, below, "officer")
    with pytest.raises(Forbidden):
        async with databases.write(officer) as write:
            await service.set_terms(write, officer, most_years=1, cooling_years=1, **paper)
    with pytest.raises(VerificationTermsInvalid):
        async with databases.write(below.scope) as write:
            await service.set_terms(write, below.scope, most_years=0, cooling_years=1, **paper)


async def test_what_cannot_be_proposed_is_refused_by_name(databases: Databases, bureau: Made, body: Made) -> None:
    held = await accounts.held_account(databases, division=HOME)
    other = await accounts.held_account(databases, division=ELSEWHERE)
    with pytest.raises(DeskDayInvalid) as past:
        await desks.proposed(databases, bureau, held, body, due_on=today() - timedelta(days=1))
    assert "'day it is due'" in past.value.message("en")
    with pytest.raises(YearOutOfRange):
        await desks.proposed(databases, bureau, held, body, year=today().year + 1)
    with pytest.raises(AccountNotFound):
        await desks.proposed(databases, bureau, other, body)
    with pytest.raises(VerifierNotFound):
        await desks.proposed(databases, bureau, held, await identity.bank(databases))
    with pytest.raises(Forbidden):
        await desks.proposed(databases, body, held, body)


async def test_others_neither_see_nor_step(databases: Databases, bureau: Made, body: Made) -> None:
    firm = await desks.working(databases, HOME)
    found = await desks.proposed(databases, bureau, firm.held, body)
    key = (firm.held.id, found.id)
    strangers = [
        await identity.authority(databases, division=ELSEWHERE), await identity.verifier(databases),
        await identity.enterprise(databases, division=HOME), await identity.bank(databases),
    ]  # fmt: skip
    for stranger in strangers:
        async with databases.read(stranger.scope) as read:
            assert await queries.assignment_batch(read, stranger.scope, [key]) == [None]
    with pytest.raises(AssignmentNotFound):
        async with databases.write(strangers[1].scope) as write:
            await service.answer(write, strangers[1].scope, *key, is_accepted=True, is_independent=True)
    with pytest.raises(AssignmentNotFound):
        async with databases.write(strangers[2].scope) as write:
            await service.engage(write, strangers[2].scope, *key)
    with pytest.raises(AccountNotYours):
        async with databases.write(body.scope) as write:
            await service.engage(write, body.scope, *key)
    async with databases.read(firm.held.scope) as read:
        assert (await queries.assignment_batch(read, firm.held.scope, [key]))[0] is not None


async def test_the_desk_shows_every_account_with_its_state_findings_and_verifier(
    databases: Databases, bureau: Made, body: Made, client: Client
) -> None:
    firm = await desks.working(databases, HOME)
    await desks.submitted(databases, firm)
    late = await accounts.held_account(databases, division=HOME)
    found = await desks.proposed(databases, bureau, firm.held, body)
    await desks.engaged(databases, firm, await desks.accepted(databases, body, found))
    await desks.overdue(databases, bureau, late, body, 3)
    async with databases.read(bureau.scope) as read:
        rows = {
            each.account_id: each
            for each in await verification.desk(read, bureau.scope, 2025, DeskFilter(), limit=10_000)
        }
        wanted = DeskFilter(is_late=True)
        late_ones = {
            each.account_id for each in await verification.desk(read, bureau.scope, 2025, wanted, limit=10_000)
        }
        counts = {each.state: each for each in await verification.counts(read, bureau.scope, 2025, None)}
    mine = rows[firm.held.id]
    assert (mine.state, mine.verifier_id, mine.due_on) == (DeskState.SUBMITTED, body.id, found.due_on)
    assert mine.since is not None
    assert rows[late.id].state is DeskState.MISSING
    assert late.id in late_ones
    assert firm.held.id not in late_ones
    assert counts[DeskState.MISSING].late >= 1
    async with databases.read(body.scope) as read:
        seen = await verification.desk(read, body.scope, 2025, DeskFilter(), limit=100)
    assert [each.account_id for each in seen] == [firm.held.id]
    officer = await client.signed_in(bureau)
    shown = await officer.named("VerificationDesk", year=2025, isLate=True, first=100)
    (row,) = [each for each in shown["verificationDesk"]["nodes"] if each["number"] == late.account.number]
    assert (row["state"], row["isLate"], row["verifierName"] is not None) == ("MISSING", True, True)
    loads = (await officer.named("VerifierWorkloads", first=100))["verifierWorkloads"]
    while loads["pageInfo"]["hasNextPage"] and not own(loads, body):
        after = loads["pageInfo"]["endCursor"]
        loads = (await officer.named("VerifierWorkloads", first=100, after=after))["verifierWorkloads"]
    (load,) = own(loads, body)
    assert (load["open"], load["proposed"], load["late"]) == (1, 1, 1)
    file = await officer.http.get("/wuxi/downloads/verification-desk.xlsx?year=2025", headers=officer.headers)
    assert file.status_code == 200, file.text
    file = await officer.http.get("/wuxi/downloads/verification-assignments.xlsx", headers=officer.headers)
    assert file.status_code == 200, file.text


def own(loads: dict[str, Any], body: Made) -> list[dict[str, Any]]:
    return [each for each in loads["nodes"] if each["verifier"]["id"] == node_id("Organisation", body.id)]


async def test_the_whole_way_by_the_wire(databases: Databases, bureau: Made, body: Made, client: Client) -> None:
    firm = await desks.working(databases, HOME)
    officer, verifier = await client.signed_in(bureau), await client.signed_in(body)
    manager = await client.signed_in(firm.held.holder)
    given = {
        "accountId": node_id("CarbonAccount", firm.held.id), "year": 2025, "note": "年度核查",
        "verifierId": node_id("Organisation", body.id), "dueOn": (today() + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    made = (await officer.named("ProposeVerifier", input=given))["proposeVerifier"]["assignment"]
    assert [(each["code"], each["outcome"]) for each in made["independence"]] == [
        ("relations", "PASS"), ("rotation", "PASS"), ("declaration", "UNKNOWN"),
    ]  # fmt: skip
    step = {"assignmentId": made["id"]}
    answered = await verifier.named("AnswerAssignment", input={**step, "isAccepted": True, "isIndependent": True})
    assert answered["answerAssignment"]["assignment"]["state"] == "ACCEPTED"
    hired = (await manager.named("EngageProposedVerifier", input=step))["engageProposedVerifier"]["assignment"]
    assert hired["state"] == "ENGAGED"
    assert {each["outcome"] for each in hired["independence"]} == {"PASS"}
    listed = await verifier.named("VerificationAssignments", where={"isOpen": True})
    assert [each["id"] for each in listed["verificationAssignments"]["nodes"]] == [made["id"]]
    assert listed["verificationAssignments"]["nodes"][0]["account"]["name"] == firm.held.account.name


@pytest.mark.parametrize(
    ("days", "narrowest"), [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, rules.LATE)]
)
def test_reminders_narrow_as_the_day_comes(days: int, narrowest: int | None) -> None:
    assert rules.reminder(days) == narrowest


async def test_whoever_has_to_act_is_reminded_once_for_each_mark(
    databases: Databases, bureau: Made, body: Made, client: Client
) -> None:
    held = await accounts.held_account(databases, division=HOME)
    found = await desks.proposed(databases, bureau, held, body, due_on=today() + timedelta(days=5))

    async def reminded(own_id: UUID) -> int | None:
        await keep_desks(databases, "wuxi")
        async with databases.read(Scope.system("wuxi")) as read:
            return await read.value(text("select reminded from verification_assignment where id = :id"), {"id": own_id})

    async def told(made: Made, own_id: UUID) -> list[str]:
        async with databases.read(made.scope) as read:
            rows = await read.rows(
                text(
                    "select subject_zh from notice where kind = 'console.assignment' and link ->> 2 = :id order by id"
                ),
                {"id": str(own_id)},
            )
        return [row.subject_zh.rpartition(" ")[2] for row in rows]

    assert await reminded(found.id) == 7
    assert await reminded(found.id) == 7
    assert await told(body, found.id) == ["待核查机构答复", "距期限不足 7 天".rpartition(" ")[2]]
    await desks.accepted(databases, body, found)  # now the enterprise has to act, and was not reminded
    assert await reminded(found.id) == 7
    assert len(await told(held.holder, found.id)) == 2
    late = await desks.overdue(databases, bureau, await accounts.held_account(databases, division=HOME), body, 1)
    assert await reminded(late) == rules.LATE
    assert "已逾期" in await told(bureau, late)
    assert "已逾期" in await told(body, late)
