"""Records entered, corrected, withdrawn and approved by commands."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from factories.activity import Desk, as_permissions, make_desk
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError

from backend.emissions.activity import approving, books, entering, queries
from backend.emissions.activity.approving import Decided
from backend.emissions.activity.entering import Correction, Entered, Entry
from backend.emissions.activity.errors import (
    AccountClosed,
    AccountNotFound,
    BatchNotFound,
    BatchNotStored,
    DecidedAlready,
    EntryRefused,
    NothingEntered,
    OwnData,
    ReasonMissing,
    RecordNotFound,
    RecordSuperseded,
    SourceNotFound,
    TooManyRows,
    WarningsOpen,
)
from backend.emissions.activity.queries import RecordRow
from backend.emissions.activity.sql import current_records, parameters_of
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.scope import Scope

JANUARY, MAY = date(2025, 1, 1), date(2025, 5, 1)


@pytest.fixture
async def desk(databases: Databases, servers: Any) -> Desk:
    return await make_desk(databases, servers.settings)


@pytest.fixture
async def alone(databases: Databases, servers: Any) -> Desk:
    """An account without separation of duties."""
    return await make_desk(databases, servers.settings, separation=False)


def entry(
    desk: Desk, month: date = JANUARY, quantity: str = "10", unit: str = "MWh", source: str = "E1", **more: Any
) -> Entry:
    return Entry(desk.place.sources[source], month, Decimal(quantity), unit, **more)


async def enter(desk: Desk, *entries: Entry, scope: Scope | None = None, **more: Any) -> Entered:
    caller = scope or desk.manager
    async with desk.databases.write(caller) as write:
        return await entering.enter(write, caller, desk.id, entries, **more)


async def correct(desk: Desk, record: Any, correction: Correction, scope: Scope | None = None) -> Entered:
    caller = scope or desk.manager
    async with desk.databases.write(caller) as write:
        return await entering.correct(write, caller, desk.id, record, correction)


async def withdraw(desk: Desk, record: Any, reason: str = "重复录入", scope: Scope | None = None) -> Entered:
    caller = scope or desk.manager
    async with desk.databases.write(caller) as write:
        return await entering.withdraw(write, caller, desk.id, record, reason)


async def decide(desk: Desk, batch: Any, decision: str, reason: str = "", scope: Scope | None = None) -> Decided:
    caller = scope or desk.officer
    async with desk.databases.write(caller) as write:
        return await approving.decide_batch(write, caller, desk.id, batch, decision, reason)


async def decide_record(
    desk: Desk, record: Any, decision: str, reason: str = "", scope: Scope | None = None
) -> Decided:
    caller = scope or desk.officer
    async with desk.databases.write(caller) as write:
        return await approving.decide_record(write, caller, desk.id, record, decision, reason)


async def counting(desk: Desk, as_of: Any = None) -> list[tuple[Decimal, str, bool]]:
    """What the calculation would see: quantity, state, whether it counts."""
    async with desk.databases.write(desk.manager) as write:
        instant = as_of or await books.enter(write, [desk.id])
        found = await write.rows(
            text(f"with {current_records()} select * from current_records order by month, quantity"),
            parameters_of([desk.id], date(2024, 1, 1), date(2025, 12, 1), instant),
        )
    return [(each.quantity, each.state, each.is_approved) for each in found]


async def records(desk: Desk, **more: Any) -> list[RecordRow]:
    async with desk.databases.read(desk.manager) as read:
        return await queries.records(read, desk.manager, desk.id, limit=1000, **more)


async def test_a_month_is_recorded_with_what_was_said_of_it(desk: Desk) -> None:
    meter = await desk.meter("G1", "M1", "Nm3")
    proof = await desk.evidence("发票.pdf")
    done = await enter(desk, entry(
        desk, quantity="12.3400", unit="m3", source="G1", meter_id=meter, parameters={"ncv": "389.310", "of": "0.99"},
        evidence_id=proof, note="一季度", tier="invoiced",
    ), origin="single")  # fmt: skip
    (stored,) = await records(desk)
    assert (stored.id,) == done.record_ids
    assert (str(stored.quantity), stored.unit, stored.tier, stored.meter_id, stored.evidence_id) == (
        "12.3400", "Nm3", "invoiced", meter, proof,
    )  # fmt: skip
    assert stored.parameters == {"ncv": "389.31", "oxidation_factor": "0.99"}
    assert (stored.state, stored.is_counting, stored.recorded_by) == ("pending", False, desk.manager.actor_id)


async def test_without_separation_of_duties_data_counts_at_once(alone: Desk) -> None:
    done = await enter(alone, entry(alone))
    assert done.is_approved
    assert await counting(alone) == [(Decimal(10), "approved", True)]


async def test_doubtful_data_waits_for_a_reason_even_without_separation(alone: Desk) -> None:
    history = [entry(alone, date(2025, month, 1)) for month in range(1, 5)]
    done = await enter(alone, *history, entry(alone, MAY, "90"))
    assert (done.is_approved, done.outcome.warnings) == (False, 1)
    assert [(each["row"], each["code"]) for each in done.outcome.problems] == [(4, "quantity_unusual")]
    with pytest.raises(WarningsOpen):
        await decide(alone, done.batch_id, "approved")
    await decide(alone, done.batch_id, "approved", "新增产线")
    assert [each[2] for each in await counting(alone)] == [True] * 5


async def test_the_same_month_again_unchanged_changes_nothing(desk: Desk) -> None:
    first = await enter(desk, entry(desk))
    again = await enter(desk, entry(desk, quantity="10.0"))
    assert (again.batch_id, again.record_ids, again.outcome.unchanged) == (None, first.record_ids, 1)
    with pytest.raises(EntryRefused) as refused:
        await enter(desk, entry(desk, quantity="10.1"))
    assert (refused.value.code, refused.value.path) == ("overlap", ("input", "records", "0", "month"))


async def test_all_rows_or_none_and_every_problem_is_listed(desk: Desk) -> None:
    with pytest.raises(EntryRefused) as refused:
        await enter(desk, entry(desk), entry(desk, MAY, "-1"), entry(desk, MAY, "1", "t"), entry(desk, MAY, "1"))
    error = refused.value
    assert (error.code, error.path) == ("quantity_negative", ("input", "records", "1", "quantity"))
    assert [(each["row"], each["code"]) for each in error.details["problems"]] == [
        (1, "quantity_negative"), (2, "unit_incompatible"), (2, "duplicate_in_file"), (3, "duplicate_in_file"),
    ]  # fmt: skip
    assert error.message("zh") != error.message("en")
    assert await desk.count() == 0


async def test_a_reported_emission_that_disagrees_is_refused_with_ours(desk: Desk) -> None:
    facts = {"factor": "0.5633", "factor_source": "报告"}
    with pytest.raises(EntryRefused) as refused:
        await enter(
            desk, entry(desk, quantity="173.502", parameters=facts, reported_t=Decimal("93.1")), origin="single"
        )
    assert refused.value.code == "reported_inconsistent"
    assert refused.value.details["recomputed"] == "97.73"
    assert refused.value.path == ("input", "reportedT")
    agreed = {"factor": "0.5366", "factor_source": "报告"}
    await enter(desk, entry(desk, quantity="173.502", parameters=agreed, reported_t=Decimal("93.10")))
    unknown = await enter(desk, entry(desk, MAY, reported_t=Decimal(5)))
    assert [each["code"] for each in unknown.outcome.problems] == ["reported_unchecked"]


async def test_a_dry_run_of_a_bulk_stores_nothing(desk: Desk) -> None:
    done = await enter(desk, entry(desk), entry(desk, MAY), is_dry_run=True)
    assert (done.outcome.new, done.batch_id, done.record_ids) == (2, None, ())
    assert await desk.count() == 0


async def test_who_may_not_enter_is_refused_and_nothing_changes(desk: Desk, databases: Databases, servers: Any) -> None:
    other = await make_desk(databases, servers.settings, sources=False)
    cases: list[tuple[Scope, type[Exception]]] = [
        (Scope.nobody("wuxi"), Unauthenticated),
        (desk.officer, Forbidden),
        (desk.place.verifier(), Forbidden),
        (desk.place.authority(), Forbidden),
        (other.manager, AccountNotFound),
        (as_permissions(other.place.verifier(), "emissions:enter"), AccountNotFound),
    ]
    done = await enter(desk, entry(desk, MAY))
    for scope, error in cases:
        with pytest.raises(error):
            await enter(desk, entry(desk), scope=scope)
        with pytest.raises(error if error is not AccountNotFound else (AccountNotFound, RecordNotFound)):
            await withdraw(desk, done.record_ids[0], scope=scope)
    # Even an enterprise's permission in a verifier's hands writes nothing: the database refuses.
    with pytest.raises(ProgrammingError):
        await enter(desk, entry(desk), scope=as_permissions(desk.place.verifier(), "emissions:enter"))
    assert await desk.count() == 1


async def test_limits_of_a_command(desk: Desk, databases: Databases, servers: Any) -> None:
    with pytest.raises(NothingEntered):
        await enter(desk)
    with pytest.raises(TooManyRows):
        await enter(desk, *[entry(desk)] * 1001)
    with pytest.raises(SourceNotFound):
        await enter(desk, replace(entry(desk), source_id=uuid4()))
    with pytest.raises(EntryRefused, match="meter"):
        await enter(desk, entry(desk, meter_id=uuid4()))
    async with databases.write(desk.place.system) as write:
        await write.run(text("update carbon_account set closed_at = now() where id = :id"), {"id": desk.id})
    with pytest.raises(AccountClosed):
        await enter(desk, entry(desk))


async def test_a_correction_supersedes_with_reason_and_both_axes_of_time_stay(alone: Desk) -> None:
    first = await enter(alone, entry(alone))
    async with alone.databases.write(alone.manager) as write:
        between = await books.enter(write, [alone.id])
    second = await correct(alone, first.record_ids[0], Correction("抄表错误", quantity=Decimal(12)))
    old, new = await records(alone)
    assert (old.id, new.id, new.supersedes_id, new.reason) == (
        first.record_ids[0], second.record_ids[0], first.record_ids[0], "抄表错误",
    )  # fmt: skip
    assert (old.is_superseded, old.is_counting, new.is_counting) == (True, False, True)
    assert (old.unit, old.tier, old.month) == (new.unit, new.tier, new.month)
    assert await counting(alone) == [(Decimal(12), "approved", True)]
    # As of the instant between, the account is as it was known then.
    assert await counting(alone, between) == [(Decimal(10), "approved", True)]
    (then,) = await records(alone, as_of=between)
    assert (then.quantity, then.is_superseded, then.is_counting) == (10, False, True)


async def test_what_a_correction_may_not_be(alone: Desk) -> None:
    first = await enter(alone, entry(alone))
    key = first.record_ids[0]
    with pytest.raises(ReasonMissing):
        await correct(alone, key, Correction("  ", quantity=Decimal(12)))
    with pytest.raises(RecordNotFound):
        await correct(alone, uuid4(), Correction("x"))
    with pytest.raises(EntryRefused) as refused:
        await correct(alone, key, Correction("x", unit="t"))
    assert (refused.value.code, refused.value.path) == ("unit_incompatible", ("input", "unit"))
    await correct(alone, key, Correction("x", quantity=Decimal(12)))
    with pytest.raises(RecordSuperseded):
        await correct(alone, key, Correction("y", quantity=Decimal(13)))
    with pytest.raises(Forbidden):
        await correct(alone, key, Correction("y"), alone.officer)
    assert await alone.count() == 2


async def test_a_withdrawn_month_counts_no_more_and_can_be_entered_afresh(alone: Desk) -> None:
    first = await enter(alone, entry(alone))
    gone = await withdraw(alone, first.record_ids[0])
    assert await counting(alone) == []
    with pytest.raises(RecordSuperseded):
        await withdraw(alone, first.record_ids[0])
    with pytest.raises(RecordSuperseded):
        await withdraw(alone, gone.record_ids[0])
    with pytest.raises(EntryRefused) as refused:
        await enter(alone, entry(alone, quantity="7"))
    assert refused.value.code == "withdrawn_before"
    await enter(alone, entry(alone, quantity="7", reason="原记录撤回后重新填报"))
    assert await counting(alone) == [(Decimal(7), "approved", True)]
    async with alone.databases.read(alone.manager) as read:
        chain = await queries.history(read, alone.manager, alone.id, first.record_ids[0])
    assert [(each.quantity, each.is_withdrawn, each.is_superseded) for each in chain] == [
        (10, False, True), (10, True, True), (7, False, False),
    ]  # fmt: skip


async def test_a_withdrawal_needs_a_reason_a_record_and_an_open_year(alone: Desk) -> None:
    first = await enter(alone, entry(alone))
    with pytest.raises(ReasonMissing):
        await withdraw(alone, first.record_ids[0], " ")
    with pytest.raises(RecordNotFound):
        await withdraw(alone, uuid4())
    async with alone.databases.write(alone.place.system) as write:
        await write.run(text("update reporting_year set closed_at = now() where account_id = :id"), {"id": alone.id})
    with pytest.raises(EntryRefused) as refused:
        await withdraw(alone, first.record_ids[0])
    assert refused.value.code == "year_closed"
    assert await alone.count() == 1


async def test_a_closed_inventory_closes_its_year_until_it_is_restated(alone: Desk) -> None:
    async def inventory(version: int, state: str) -> None:
        async with alone.databases.write(alone.place.system) as write:
            await write.run(
                text("""insert into inventory (account_id, id, year, version, state, as_of, factor_policy, factor_date,
                    method_pack, fuel_table, scope1, scope2_location, scope2_market, scope3, energy_tce, record_count,
                    excluded_count, uncertainty, checks, computed_at) values (:account, :id, 2025, :version, :state,
                    now(), 'published', now(), 'general', 'C_INDUSTRY_OTHER', 0, 0, 0, 0, 0, 0, 0, '{}', '[]', now())"""),
                {"account": alone.id, "id": new_id(), "version": version, "state": state},
            )

    await inventory(1, "closed")
    with pytest.raises(EntryRefused) as refused:
        await enter(alone, entry(alone))
    assert refused.value.code == "year_closed"
    await inventory(2, "computed")
    await enter(alone, entry(alone))


async def test_nobody_approves_what_he_entered(desk: Desk) -> None:
    both = replace(desk.manager, permissions=desk.manager.permissions | desk.officer.permissions)
    done = await enter(desk, entry(desk), scope=both)
    with pytest.raises(OwnData):
        await decide(desk, done.batch_id, "approved", scope=both)
    with pytest.raises(OwnData):
        await decide_record(desk, done.record_ids[0], "approved", "x", scope=both)
    assert await counting(desk) == [(Decimal(10), "pending", False)]
    await decide(desk, done.batch_id, "approved")
    assert await counting(desk) == [(Decimal(10), "approved", True)]


async def test_decisions_and_their_errors(desk: Desk) -> None:
    done = await enter(desk, entry(desk), entry(desk, MAY, "11"))
    with pytest.raises(Forbidden):
        await decide(desk, done.batch_id, "approved", scope=desk.manager)
    with pytest.raises(BatchNotFound):
        await decide(desk, uuid4(), "approved")
    with pytest.raises(ReasonMissing):
        await decide(desk, done.batch_id, "rejected")
    await decide(desk, done.batch_id, "approved")
    with pytest.raises(DecidedAlready):
        await decide(desk, done.batch_id, "approved")
    accepted = await desk.ask(b"", "a.csv")
    with pytest.raises(BatchNotStored):
        await decide(desk, accepted.batch_id, "approved")
    first = done.record_ids[0]
    with pytest.raises(ReasonMissing):
        await decide_record(desk, first, "rejected")
    with pytest.raises(RecordNotFound):
        await decide_record(desk, uuid4(), "rejected", "x")
    await decide_record(desk, first, "rejected", "缺凭证")
    assert await counting(desk) == [(Decimal(10), "rejected", False), (Decimal(11), "approved", True)]
    # The newest decision that covers a record counts: a later one on the batch covers it too.
    await decide(desk, done.batch_id, "rejected", "整体退回")
    await decide(desk, done.batch_id, "approved")
    assert [each[2] for each in await counting(desk)] == [True, True]


async def test_a_waiting_or_rejected_correction_leaves_the_approved_record_standing(desk: Desk) -> None:
    first = await enter(desk, entry(desk))
    await decide(desk, first.batch_id, "approved")
    waiting = await correct(desk, first.record_ids[0], Correction("改", quantity=Decimal(12)))
    assert await counting(desk) == [(Decimal(10), "approved", True), (Decimal(12), "pending", False)]
    await decide(desk, waiting.batch_id, "rejected", "无依据")
    assert await counting(desk) == [(Decimal(10), "approved", True), (Decimal(12), "rejected", False)]
    third = await correct(desk, waiting.record_ids[0], Correction("补凭证", quantity=Decimal(11)))
    assert await counting(desk) == [(Decimal(10), "approved", True), (Decimal(11), "pending", False)]
    await decide(desk, third.batch_id, "approved")
    assert await counting(desk) == [(Decimal(11), "approved", True)]
    gone = await withdraw(desk, third.record_ids[0])
    assert await counting(desk) == [(Decimal(11), "approved", True)]
    await decide(desk, gone.batch_id, "approved")
    assert await counting(desk) == []
    chain = [(each.quantity, each.state, each.is_counting) for each in await records(desk)]
    assert chain == [(10, "approved", False), (12, "rejected", False), (11, "approved", False), (11, "approved", False)]


async def test_records_are_filtered_by_state_source_year_and_batch(desk: Desk) -> None:
    first = await enter(desk, entry(desk), entry(desk, JANUARY, "5", "t", "C1"))
    await decide(desk, first.batch_id, "approved")
    await correct(desk, first.record_ids[0], Correction("改", quantity=Decimal(12)))
    await enter(desk, entry(desk, date(2024, 3, 1), "3"))
    assert [each.quantity for each in await records(desk, year=2025, state="pending")] == [12]
    assert [each.quantity for each in await records(desk, state="approved")] == [5]
    assert [each.quantity for each in await records(desk, state="superseded")] == [10]
    assert [each.quantity for each in await records(desk, source_ids=[desk.place.sources["C1"]])] == [5]
    assert {each.quantity for each in await records(desk, batch_id=first.batch_id)} == {10, 5}
    async with desk.databases.read(desk.manager) as read:
        waiting = await queries.batches(read, desk.manager, desk.id, decision="pending", limit=10, before=None)
        decided = await queries.batches(read, desk.manager, desk.id, decision="approved", limit=10, before=None)
    assert [(each.origin, each.record_count) for each in waiting] == [("bulk", 1), ("correction", 1)]
    assert [each.id for each in decided] == [first.batch_id]


async def test_a_bulk_costs_the_same_statements_whatever_its_size(desk: Desk) -> None:
    async def statements(*entries: Entry) -> int:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        engine = desk.databases.engine("wuxi").sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            await enter(desk, *entries)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    first, second, *others = [await desk.meter("E1", f"M{number}", "kWh") for number in range(41)]
    await enter(desk, entry(desk, meter_id=first))  # the organisation's first audit event begins its chain, once
    one = await statements(entry(desk, meter_id=second))
    many = await statements(*[
        entry(desk, date(2025, month, 1), meter_id=meter) for meter in others for month in range(1, 11)
    ])  # fmt: skip
    assert many == one
    assert await desk.count() == 392


async def test_every_change_leaves_an_audit_event(desk: Desk) -> None:
    done = await enter(desk, entry(desk))
    await decide(desk, done.batch_id, "approved")
    await withdraw(desk, done.record_ids[0])
    async with desk.databases.read(desk.place.system) as read:
        found = await read.rows(
            text("select action, object_type, object_id from audit_event where chain_id = :id order by sequence"),
            {"id": desk.place.organisation_id},
        )
    assert [tuple(each) for each in found] == [
        ("emissions:enter", "activity_batch", str(done.batch_id)),
        ("emissions:approve", "activity_batch", str(done.batch_id)),
        ("emissions:enter", "activity_record", str(done.record_ids[0])),
    ]


async def test_the_books_cannot_be_changed_by_the_application_role(desk: Desk) -> None:
    await enter(desk, entry(desk))
    for statement in ("update activity_record set quantity = 0", "delete from activity_record", "delete from approval"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with desk.databases.write(desk.place.system) as write:
                await write.run(text(statement))
