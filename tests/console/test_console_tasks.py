"""What each kind of user has to do, by deadline, across the nouns; in as many statements however much there is."""

import re
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from factories import accounts, desks, identity
from factories.api import Client
from factories.identity import Made
from factories.quotas import regulated
from sqlalchemy import event, text

from backend.accounts import service as accounts_service
from backend.console import service
from backend.console.tasks import gathering, sql
from backend.console.values import TASK_NAMES, TaskKind, TaskValue
from backend.emissions.inventory import service as review
from backend.emissions.inventory.values import Severity
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Unauthenticated
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.wire.nodes import node_id

HOME = "320214"


async def kinds(databases: Databases, scope: Scope) -> dict[TaskKind, list[TaskValue]]:
    async with databases.read(scope) as read:
        found: dict[TaskKind, list[TaskValue]] = {}
        for each in await service.tasks(read, scope):
            found.setdefault(each.kind, []).append(each)
    return found


@asynccontextmanager
async def counted(databases: Databases):
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    engine = databases.engine("wuxi").sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
async def bureau(databases: Databases) -> Made:
    return await identity.authority(databases, division=HOME)


async def test_a_finding_goes_from_the_enterprise_to_the_verifier(databases: Databases, bureau: Made) -> None:
    firm, body = await desks.working(databases, HOME), await identity.verifier(databases)
    await desks.submitted(databases, firm)
    found = await desks.proposed(databases, bureau, firm.held, body)
    assert [each.kind for each in (await kinds(databases, body.scope))[TaskKind.ASSIGNMENT_TO_ANSWER]]
    accepted = await desks.accepted(databases, body, found)
    (task,) = (await kinds(databases, firm.held.scope))[TaskKind.VERIFIER_TO_ENGAGE]
    assert (task.due_on, task.subject, task.ids) == (
        found.due_on, "VerificationAssignment", (firm.held.id, found.id),
    )  # fmt: skip
    await desks.engaged(databases, firm, accepted)
    (task,) = (await kinds(databases, body.scope))[TaskKind.INVENTORY_TO_VERIFY]
    assert (task.account_id, task.due_on) == (firm.held.id, found.due_on)
    async with databases.write(body.scope) as write:
        finding = await review.raise_finding(
            write, body.scope, account_id=firm.held.id, inventory_id=firm.computed.inventory_id,
            severity=Severity.MINOR, message="请补充电费发票",
        )  # fmt: skip
    (task,) = (await kinds(databases, firm.held.scope))[TaskKind.FINDING_TO_ANSWER]
    assert (task.ids, task.due_on, task.detail_en) == ((firm.held.id, finding), found.due_on, "2025 minor")
    assert task.detail_zh == "2025 一般"
    async with databases.write(firm.held.scope) as write:
        await review.answer_finding(
            write, firm.held.scope, account_id=firm.held.id, finding_id=finding, message="已补充"
        )
    assert TaskKind.FINDING_TO_ANSWER not in await kinds(databases, firm.held.scope)
    (task,) = (await kinds(databases, body.scope))[TaskKind.FINDING_TO_JUDGE]
    assert task.ids == (firm.held.id, finding)
    under_way = (await kinds(databases, bureau.scope))[TaskKind.ASSIGNMENT_UNDER_WAY]
    assert [each.due_on for each in under_way if each.account_id == firm.held.id] == [found.due_on]


async def test_a_meter_without_a_calibration_that_holds_is_a_task(databases: Databases) -> None:
    firm = await desks.working(databases, HOME)
    (task,) = (await kinds(databases, firm.held.scope))[TaskKind.CALIBRATION]
    assert (task.ids, task.due_on) == ((firm.held.id, firm.meter_id), None)
    day = today()
    async with databases.write(firm.held.scope) as write:
        await accounts_service.record_calibration(
            write, firm.held.scope, account_id=firm.held.id, meter_id=firm.meter_id,
            calibrated_on=day - timedelta(days=300), valid_until=day + timedelta(days=sql.SOON_DAYS - 1),
            evidence_id=None,
        )  # fmt: skip
    (task,) = (await kinds(databases, firm.held.scope))[TaskKind.CALIBRATION]
    assert task.due_on == day + timedelta(days=sql.SOON_DAYS - 1)
    async with databases.write(firm.held.scope) as write:
        await accounts_service.record_calibration(
            write, firm.held.scope, account_id=firm.held.id, meter_id=firm.meter_id,
            calibrated_on=day - timedelta(days=1), valid_until=day + timedelta(days=sql.SOON_DAYS), evidence_id=None,
        )  # fmt: skip
    assert TaskKind.CALIBRATION not in await kinds(databases, firm.held.scope)


async def test_applications_projects_and_consents_reach_whom_they_concern(databases: Databases, bureau: Made) -> None:
    receipt = await desks.applied(databases, division_code=HOME)
    joining = (await kinds(databases, bureau.scope))[TaskKind.JOIN_APPLICATION]
    assert receipt in {each.ids[0] for each in joining}
    viewer = await identity.colleague(databases, bureau, "viewer")
    seen = await kinds(databases, viewer)
    assert TaskKind.JOIN_APPLICATION in seen
    assert TaskKind.PROJECT not in seen  # a viewer may do nothing about one
    held, lender = await accounts.held_account(databases, division=HOME), await identity.bank(databases)
    asked = await identity.asked(databases, lender, held.holder)
    (task,) = (await kinds(databases, held.scope))[TaskKind.CONSENT_REQUEST]
    assert (task.ids, task.subject) == ((asked,), "ConsentRequest")
    officer = await identity.colleague(databases, held.holder, "energy_manager")
    assert TaskKind.CONSENT_REQUEST not in await kinds(databases, officer)  # the administrator consents
    assert TaskKind.CONSENT_ENDING not in await kinds(databases, lender.scope)
    await identity.consented(databases, held.holder, lender)
    async with databases.write(Scope.system("wuxi")) as write:
        await write.run(
            text("update consent set ends_on = :day where bank_id = :bank"),
            {"day": today() + timedelta(days=sql.CONSENT_DAYS), "bank": lender.id},
        )
    (ending,) = (await kinds(databases, lender.scope))[TaskKind.CONSENT_ENDING]
    assert ending.due_on == today() + timedelta(days=sql.CONSENT_DAYS)


async def test_the_list_is_in_order_and_pages_meet(databases: Databases, bureau: Made, client: Client) -> None:
    for _ in range(3):
        await desks.applied(databases, division_code=HOME)
    held = await accounts.held_account(databases, division=HOME)
    await desks.proposed(databases, bureau, held, await identity.verifier(databases))
    officer = await client.signed_in(bureau)
    whole = (await officer.named("Tasks", first=100))["tasks"]["nodes"]
    days = [each["dueOn"] or "9999" for each in whole]
    assert days == sorted(days)
    assert len({each["key"] for each in whole}) == len(whole)
    paged, after = [], None
    while True:
        found = (await officer.named("Tasks", first=2, after=after))["tasks"]
        paged += found["nodes"]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"] or len(paged) >= 100:
            break
    assert [each["key"] for each in paged[:100]] == [each["key"] for each in whole]
    own = node_id("CarbonAccount", held.id)
    assert own
    counts = (await officer.named("TaskCounts"))["taskCounts"]
    assert sum(each["tasks"] for each in counts) >= len(whole)
    file = await officer.http.get("/wuxi/downloads/tasks.xlsx", headers=officer.headers)
    assert file.status_code == 200, file.text
    file = await officer.http.get("/wuxi/downloads/join-applications.xlsx", headers=officer.headers)
    assert file.status_code == 200, file.text
    file = await officer.http.get("/wuxi/downloads/invitation-files.xlsx", headers=officer.headers)
    assert file.status_code == 200, file.text
    only = (await officer.named("Tasks", kinds=["JOIN_APPLICATION"], first=100))["tasks"]["nodes"]
    assert {each["kind"] for each in only} == {"JOIN_APPLICATION"}
    assert (await officer.named("Tasks", dueBefore=today().isoformat()))["tasks"]["nodes"] == []


async def test_the_number_of_statements_does_not_grow(databases: Databases, bureau: Made) -> None:
    async def sent() -> int:
        async with counted(databases) as seen, databases.read(bureau.scope) as read:
            await gathering.tasks(read, bureau.scope)
        return len(seen)

    await desks.applied(databases, division_code=HOME)
    before = await sent()
    for _ in range(4):
        await desks.applied(databases, division_code=HOME)
    assert await sent() == before


async def test_nobody_and_strangers_have_nothing_of_it(databases: Databases, bureau: Made) -> None:
    with pytest.raises(Unauthenticated):
        async with databases.read(Scope.nobody("wuxi")) as read:
            await service.tasks(read, Scope.nobody("wuxi"))
    await desks.applied(databases, division_code=HOME)
    neighbour = await identity.authority(databases, division="320213")
    applications = (await kinds(databases, neighbour.scope)).get(TaskKind.JOIN_APPLICATION, [])
    async with databases.read(bureau.scope) as read:
        ours = {each.ids[0] for each in await service.tasks(read, bureau.scope, kinds=[TaskKind.JOIN_APPLICATION])}
    assert ours.isdisjoint({each.ids[0] for each in applications})


def test_every_kind_of_task_has_a_name() -> None:
    assert set(TASK_NAMES) == set(TaskKind)
    made = TaskValue(TaskKind.PROJECT, None, now(), "甲", "乙", "b", "InvestmentProject", (new_id(),))
    assert made.key.startswith("project:")


async def test_a_compliance_duty_is_told_with_its_year_once(databases: Databases) -> None:
    plant = await regulated(databases)
    async with databases.read(plant.scope) as read:
        duties = await service.tasks(read, plant.scope, kinds=[TaskKind.QUOTA_DUTY])
    assert duties
    for each in duties:
        year, day = re.search(r"\d{4}", each.detail_zh), each.due_on
        assert year is not None
        assert each.detail_zh.replace("" if day is None else day.isoformat(), "").count(year[0]) == 1, each.detail_zh
