"""From computed to closed and back: who may, in which state, with which words, and what is left behind."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from factories.inventory import Place, add_records, add_source, compute, inventory_of, lines_of, make_place, whole_year
from sqlalchemy import func, select, text

from backend.emissions.inventory import diff, queries, service
from backend.emissions.inventory.errors import (
    ChecksBlock,
    FindingClosed,
    FindingNotFound,
    InventoryNotFound,
    LineNotFound,
    MajorFindingsOpen,
    NotNewest,
    NotTheVerifier,
    OwnData,
    ReasonMissing,
    TextMissing,
    WrongState,
    YearNotOpen,
)
from backend.emissions.inventory.values import Computed, Request, Severity
from backend.emissions.models import Inventory, InventoryTransition
from backend.factors.errors import PolicyInvalid
from backend.kit.audit import AuditEvent
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, NotFound
from backend.kit.scope import Scope


async def ready(databases: Databases, **options: Any) -> tuple[Place, Computed]:
    """An account whose newest inventory passes every check."""
    place = await make_place(databases, **options)
    source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    await add_records(databases, place, source, "GJ", whole_year(2025, "1000"))
    return place, await compute(databases, place)


async def step(databases: Databases, scope: Scope, command: Any, place: Place, computed: Computed, **given: Any) -> Any:
    async with databases.write(scope) as write:
        return await command(write, scope, account_id=place.account_id, inventory_id=computed.inventory_id, **given)


async def submitted(databases: Databases) -> tuple[Place, Computed]:
    place, computed = await ready(databases)
    await step(databases, place.enterprise(), service.submit, place, computed)
    return place, computed


async def verified(databases: Databases) -> tuple[Place, Computed]:
    place, computed = await submitted(databases)
    await step(databases, place.verifier(), service.verify, place, computed, statement="核查无误")
    return place, computed


async def transitions_of(databases: Databases, place: Place, computed: Computed) -> list[tuple[str, str, str]]:
    async with databases.read(place.enterprise()) as read:
        rows = await read.rows(
            select(InventoryTransition)
            .where(InventoryTransition.inventory_id == computed.inventory_id)
            .order_by(InventoryTransition.at)
        )
    return [(row.from_state, row.to_state, row.reason) for row in rows]


async def test_the_whole_way_leaves_its_steps_and_its_audit(databases: Databases) -> None:
    place, computed = await verified(databases)
    await step(databases, place.authority(), service.close, place, computed, note="2025 年度归档")
    assert await transitions_of(databases, place, computed) == [
        ("open", "computed", ""),
        ("computed", "submitted", ""),
        ("submitted", "verified", "核查无误"),
        ("verified", "closed", "2025 年度归档"),
    ]
    async with databases.read(place.enterprise()) as read:
        actions = await read.rows(select(AuditEvent.action).order_by(AuditEvent.sequence))
    # Computed by the system here; everything else lands in the enterprise's own chain, whoever did it.
    assert [row.action for row in actions] == [
        "emissions:computed", "emissions:submit", "emissions:verify", "emissions:close",
    ]  # fmt: skip
    async with databases.read(place.verifier()) as read:
        assert await read.value(select(func.count()).select_from(AuditEvent)) == 1


async def test_checks_that_cannot_tell_block_like_failures(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    await add_records(databases, place, source, "GJ", {"2025-01": "1"})
    computed = await compute(databases, place)
    with pytest.raises(ChecksBlock) as refusal:
        await step(databases, place.enterprise(), service.submit, place, computed)
    assert refusal.value.details == {"count": 1, "codes": "completeness"}
    assert (await inventory_of(databases, place, computed)).state == "computed"


async def test_submit_is_refused_to_the_wrong_people_and_states(databases: Databases) -> None:
    place, computed = await ready(databases)
    other, _ = await ready(databases)
    with pytest.raises(InventoryNotFound):
        await step(databases, other.enterprise(), service.submit, place, computed)
    with pytest.raises(Forbidden):
        await step(databases, place.enterprise(role="energy_manager"), service.submit, place, computed)
    with pytest.raises(Forbidden):
        await step(databases, place.verifier(), service.submit, place, computed)
    newer = await compute(databases, place)
    with pytest.raises(WrongState):
        await step(databases, place.enterprise(), service.submit, place, computed)
    await step(databases, place.enterprise(), service.submit, place, newer)
    with pytest.raises(WrongState):
        await step(databases, place.enterprise(), service.submit, place, newer)
    with pytest.raises(WrongState):
        await compute(databases, place)


async def test_separation_of_duties_keeps_hands_apart(databases: Databases) -> None:
    place = await make_place(databases, separation=True)
    source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    clerk, officer = uuid4(), uuid4()
    await add_records(databases, place, source, "GJ", whole_year(2025, "1"), by=clerk, approved_by=officer)
    scope = place.enterprise(clerk)
    async with databases.write(scope) as write:
        computed = await service.compute(write, scope, place.account_id, Request(2025, "published", date(2026, 3, 1)))
    with pytest.raises(OwnData):
        await step(databases, scope, service.submit, place, computed)
    await step(databases, place.enterprise(officer), service.submit, place, computed)
    assert (await inventory_of(databases, place, computed)).state == "submitted"


async def test_rounds_loop_until_the_major_finding_is_resolved(databases: Databases) -> None:
    place, computed = await submitted(databases)
    [line] = await lines_of(databases, place, computed)
    verifier, officer = place.verifier(), place.enterprise()
    finding_id: UUID = await step(
        databases, verifier, service.raise_finding, place, computed, severity=Severity.MAJOR, message="热量依据？",
        line_id=line.id,
    )  # fmt: skip
    with pytest.raises(MajorFindingsOpen):
        await step(databases, verifier, service.verify, place, computed, statement="好")
    async with databases.write(officer) as write:
        await service.answer_finding(
            write, officer, account_id=place.account_id, finding_id=finding_id, message="见结算单"
        )
    async with databases.write(verifier) as write:
        await service.resolve_finding(
            write, verifier, account_id=place.account_id, finding_id=finding_id, is_resolved=False, message="缺三月"
        )
    with pytest.raises(ReasonMissing):
        await step(databases, verifier, service.return_inventory, place, computed, reason="  ")
    await step(databases, verifier, service.return_inventory, place, computed, reason="请补三月结算单")
    assert (await inventory_of(databases, place, computed)).state == "computed"
    source = place.sources["H1"]
    async with databases.read(place.system) as read:
        march = await read.value(
            text("select id from activity_record where source_id = :source and month = date '2025-03-01'"),
            {"source": source},
        )
    await add_records(databases, place, source, "GJ", {"2025-03": "1100"}, supersedes={"2025-03": march})
    second = await compute(databases, place)
    assert second.version == 2
    await step(databases, officer, service.submit, place, second)
    # The finding was raised on version 1 and still stands in the way of version 2.
    with pytest.raises(MajorFindingsOpen):
        await step(databases, verifier, service.verify, place, second, statement="好")
    async with databases.write(verifier) as write:
        await service.resolve_finding(
            write, verifier, account_id=place.account_id, finding_id=finding_id, is_resolved=True, message="已更正"
        )
    await step(databases, verifier, service.verify, place, second, statement="核查通过")
    async with databases.read(officer) as read:
        [messages] = await queries.message_batch(read, officer, [(place.account_id, finding_id)])
        [found] = await queries.findings(read, officer, place.account_id, 2025, limit=10, after=None)
        rows = await queries.all_lines(read, officer, place.account_id, [computed.inventory_id, second.inventory_id])
    assert [(row.author_kind, row.text) for row in messages] == [
        ("verifier", "热量依据？"), ("enterprise", "见结算单"), ("verifier", "缺三月"), ("verifier", "已更正"),
    ]  # fmt: skip
    assert (found.state, found.review_round, found.version) == ("resolved", 1, 1)
    old = [row for row in rows if row.inventory_id == computed.inventory_id]
    new = [row for row in rows if row.inventory_id == second.inventory_id]
    [difference] = diff.compare(old, new)
    assert difference.sentence("zh") == "H1（H1）CO2：活动数据 12000 → 12100 GJ（+11.00 tCO2e）。"
    assert difference.sentence("en") == "H1 (H1) CO2: quantity 12000 → 12100 GJ (+11.00 tCO2e)."


async def test_findings_refuse_what_does_not_fit(databases: Databases) -> None:
    place, computed = await submitted(databases)
    other, _ = await submitted(databases)
    verifier = place.verifier()
    raised = {"severity": Severity.MINOR, "message": "说明"}
    with pytest.raises(InventoryNotFound):
        await step(databases, other.verifier(), service.raise_finding, place, computed, **raised)
    with pytest.raises(Forbidden):
        await step(databases, place.enterprise(), service.raise_finding, place, computed, **raised)
    with pytest.raises(LineNotFound):
        await step(databases, verifier, service.raise_finding, place, computed, line_id=uuid4(), **raised)
    with pytest.raises(TextMissing):
        await step(databases, verifier, service.raise_finding, place, computed, severity=Severity.MINOR, message=" ")
    finding_id = await step(databases, verifier, service.raise_finding, place, computed, **raised)
    officer = place.enterprise()
    async with databases.write(officer) as write:
        with pytest.raises(FindingNotFound):
            await service.answer_finding(write, officer, account_id=place.account_id, finding_id=uuid4(), message="x")
        with pytest.raises(NotFound):
            await service.answer_finding(
                write, officer, account_id=place.account_id, finding_id=finding_id, message="x", evidence_id=uuid4()
            )
    async with databases.write(verifier) as write:
        with pytest.raises(FindingClosed):
            await service.resolve_finding(
                write, verifier, account_id=place.account_id, finding_id=finding_id, is_resolved=False, message="x"
            )
    # A minor finding does not stand in the way.
    await step(databases, verifier, service.verify, place, computed, statement="通过，附轻微意见")


async def test_only_an_engaged_verifier_verifies(databases: Databases) -> None:
    place, computed = await submitted(databases)
    other, _ = await ready(databases)
    with pytest.raises(InventoryNotFound):
        await step(databases, other.verifier(), service.verify, place, computed, statement="好")
    with pytest.raises(Forbidden):
        await step(databases, place.enterprise(), service.verify, place, computed, statement="好")
    impostor = Scope(
        "wuxi", place.authority().kind, uuid4(), uuid4(), place.division_path, frozenset({"emissions:verify"})
    )
    with pytest.raises(NotTheVerifier):
        await step(databases, impostor, service.verify, place, computed, statement="好")
    with pytest.raises(ReasonMissing):
        await step(databases, place.verifier(), service.verify, place, computed, statement="")
    async with databases.write(place.system) as write:
        await write.run(
            text("update engagement set ended_at = now() where verifier_id = :verifier"),
            {"verifier": place.verifier_id},
        )
    with pytest.raises(InventoryNotFound):
        await step(databases, place.verifier(), service.verify, place, computed, statement="好")


async def test_only_the_authority_of_the_region_closes(databases: Databases) -> None:
    place, computed = await verified(databases)
    far = await make_place(databases, division="320211")
    with pytest.raises(InventoryNotFound):
        await step(databases, far.authority(), service.close, place, computed)
    with pytest.raises(Forbidden):
        await step(databases, place.enterprise(), service.close, place, computed)
    await step(databases, place.authority(), service.close, place, computed)
    with pytest.raises(WrongState):
        await step(databases, place.authority(), service.close, place, computed)


async def test_a_restatement_names_what_it_replaces_and_why(databases: Databases) -> None:
    place, computed = await verified(databases)
    officer = place.enterprise()
    with pytest.raises(ReasonMissing):
        await step(databases, officer, service.request_restatement, place, computed, reason="")
    with pytest.raises(PolicyInvalid):
        await step(
            databases, officer, service.request_restatement, place, computed, reason="更正", factor_policy="newest"
        )
    request = Request(
        2025, "published", date(2026, 6, 1), reason="热量表更换", restates={place.account_id: computed.inventory_id}
    )
    async with databases.write(officer) as write:
        second = await service.compute(write, officer, place.account_id, request)
    stored = await inventory_of(databases, place, second)
    assert (stored.version, stored.state, stored.restates_id, stored.reason) == (
        2, "computed", computed.inventory_id, "热量表更换",
    )  # fmt: skip
    assert (await inventory_of(databases, place, computed)).state == "restated"
    assert (await transitions_of(databases, place, computed))[-1] == ("verified", "restated", "热量表更换")
    with pytest.raises(WrongState):
        await step(databases, officer, service.request_restatement, place, second, reason="再改")


async def test_a_computation_is_asked_for_only_where_it_can_follow(databases: Databases) -> None:
    place, computed = await submitted(databases)
    officer = place.enterprise()
    async with databases.write(officer) as write:
        with pytest.raises(WrongState):
            await service.request_computation(write, officer, account_id=place.account_id, year=2025)
        with pytest.raises(YearNotOpen):
            await service.request_computation(write, officer, account_id=place.account_id, year=2019)
        with pytest.raises(NotFound):
            await service.request_computation(write, officer, account_id=uuid4(), year=2025)
        with pytest.raises(PolicyInvalid):
            await service.request_computation(
                write, officer, account_id=place.account_id, year=2025, factor_policy="data_year:x"
            )
    assert computed.version == 1


async def test_an_older_version_is_never_worked_on(databases: Databases) -> None:
    place, computed = await ready(databases)
    async with databases.write(place.system) as write:
        row = (await write.rows(select(Inventory.__table__).where(Inventory.id == computed.inventory_id)))[0]
        newer = {**row._mapping, "id": uuid4(), "version": 2, "state": "withdrawn"}
        await write.run(Inventory.__table__.insert().values(**newer))
    with pytest.raises(NotNewest):
        await step(databases, place.enterprise(), service.submit, place, computed)
