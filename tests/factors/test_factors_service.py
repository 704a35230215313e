"""Commands on parameters: files, proposals, decisions. Nothing is ever overwritten."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import ProgrammingError

from backend.factors import queries, service
from backend.factors.errors import (
    ParameterFileInvalid,
    ParameterFileTooLong,
    ParameterInvalid,
    ParameterNotDraft,
    ParameterNotFound,
    ParameterOutdated,
    ParameterOwnProposal,
    ParameterUnchanged,
)
from backend.factors.layouts import Defaults
from backend.factors.models import ParameterVersion
from backend.factors.values import Entry, ReferenceReport, State, Validity, Version
from backend.kit.audit import AuditEvent
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.scope import Kind, Scope

HEADER = "name,key,region,value,low,high,unit,valid_from,document,source,confidence,note\n"
ALL = frozenset({"factors:read", "factors:propose", "factors:activate"})


def authority(*permissions: str) -> Scope:
    return Scope(
        tenant="changzhou",
        kind=Kind.AUTHORITY,
        organisation_id=uuid4(),
        actor_id=uuid4(),
        region="320000/320400/",
        permissions=frozenset(permissions) or ALL,
    )


def colleague(scope: Scope) -> Scope:
    return replace(scope, actor_id=uuid4())


@pytest.fixture
def name() -> str:
    """A family of the test's own: no other test sees what it does."""
    return f"test.{uuid4().hex}"


@pytest.fixture
def changzhou() -> Scope:
    return Scope.system("changzhou")


def row(name: str, key: str = "k", value: str = "1.0", start: str = "2024-01-01", note: str = "") -> str:
    return f"{name},{key},,{value},,,t,{start},D,S,verified-by-lookup,{note}\n"


def entry(name: str, value: str | None = "2.0", **changes: object) -> Entry:
    given = {
        "name": name,
        "key": "k",
        "value": Decimal(value) if value else None,
        "unit": "t",
        "document": "D",
        "source": "S",
    }
    return Entry(**{**given, **changes})


async def stored(databases: Databases, name: str, key: str = "k") -> list[Version]:
    async with databases.read(Scope.system("changzhou")) as read:
        found = await queries.versions_of(read, read.scope, [(name, key, "")])
    return sorted(found, key=lambda each: (each.version, each.valid.start or date.min))


async def load(databases: Databases, scope: Scope, content: str, **how: object) -> service.LoadReport:
    async with databases.write(scope) as write:
        return await service.load_file(write, scope, content.encode(), **how)


async def propose(databases: Databases, scope: Scope, wanted: Entry) -> Version:
    async with databases.write(scope) as write:
        return await service.propose(write, scope, wanted)


async def activate(databases: Databases, scope: Scope, *ids: UUID) -> list[Version]:
    async with databases.write(scope) as write:
        return await service.activate(write, scope, ids, reason="checked")


async def look(databases: Databases, name: str, on: date = date(2025, 1, 1)) -> Decimal | None:
    scope = Scope.system("changzhou")
    async with databases.read(scope) as read:
        found = await service.book(read, scope, published_by=date(2026, 6, 1), names=[name])
    answer = found.find(name, "k", [""], on)
    return answer.value if answer else None


async def test_a_changed_file_makes_versions_only_where_it_changed(databases: Databases, changzhou, name) -> None:
    first = await load(databases, changzhou, HEADER + row(name) + row(name, "l") + row(name, "m"))
    assert (first.rows, first.added, first.changed, first.unchanged) == (3, 3, 0, 0)
    second = await load(databases, changzhou, HEADER + row(name, value="1.5") + row(name, "l") + row(name, "n"))
    assert (second.added, second.changed, second.unchanged) == (1, 1, 1)
    old, new = await stored(databases, name)
    assert (old.value, old.version, old.state) == (Decimal("1.0"), 1, State.ACTIVE)
    assert (new.value, new.version, new.supersedes_id) == (Decimal("1.5"), 2, old.id)
    assert len(await stored(databases, name, "l")) == 1
    assert len(await stored(databases, name, "m")) == 1
    assert await look(databases, name) == Decimal("1.5")
    (change,) = [each for each in second.changes if each.version.key == "k"]
    assert change.before is not None
    assert change.before.id == old.id


async def test_the_same_content_is_loaded_once(databases: Databases, changzhou, name) -> None:
    content = HEADER + row(name)
    assert not (await load(databases, changzhou, content)).was_known
    assert (await load(databases, changzhou, content)).was_known
    # Other bytes that say the same: read, and found unchanged.
    again = await load(databases, changzhou, content + "\n")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert len(await stored(databases, name)) == 1


async def test_a_later_validity_is_a_version_of_its_own(databases: Databases, changzhou, name) -> None:
    await load(databases, changzhou, HEADER + row(name))
    await load(databases, changzhou, HEADER + row(name) + row(name, value="3.0", start="2026-01-01"))
    assert await look(databases, name, date(2025, 12, 31)) == Decimal("1.0")
    assert await look(databases, name, date(2026, 1, 1)) == Decimal("3.0")


async def test_a_bad_file_stores_nothing(databases: Databases, changzhou, name) -> None:
    with pytest.raises(ParameterFileInvalid) as refused:
        await load(databases, changzhou, HEADER + row(name) + row(name, "l", value="x"), name="mine.csv")
    assert refused.value.details["count"] == 1
    assert refused.value.details["faults"][0]["line"] == 3
    assert "mine.csv" in refused.value.message("en")
    assert "第 3 行" in refused.value.message("zh")
    assert await stored(databases, name) == []


async def test_a_file_of_too_many_rows_is_refused(databases: Databases, changzhou, name) -> None:
    content = HEADER + "".join(row(name, str(number)) for number in range(20_001))
    with pytest.raises(ParameterFileTooLong):
        await load(databases, changzhou, content)


async def test_a_dry_run_reports_and_stores_nothing(databases: Databases, changzhou, name) -> None:
    report = await load(databases, changzhou, HEADER + row(name), is_dry=True)
    assert (report.is_dry, report.added) == (True, 1)
    assert await stored(databases, name) == []


async def test_statements_do_not_grow_with_rows(databases: Databases, changzhou) -> None:
    engine = databases.engine("changzhou").sync_engine
    counts: list[int] = []
    for rows in (1, 3000):
        family = f"test.{uuid4().hex}"
        content = HEADER + "".join(row(family, str(number)) for number in range(rows))
        statements: list[str] = []

        def note(_connection, _cursor, statement: str, *_rest: object, to: list[str] = statements) -> None:
            to.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert (await load(databases, changzhou, content)).added == rows
        finally:
            event.remove(engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_a_file_does_not_override_what_a_person_entered(databases: Databases, changzhou, name) -> None:
    scope = authority()
    await load(databases, changzhou, HEADER + row(name))
    draft = await propose(databases, scope, entry(name, "2.0", valid=Validity(date(2024, 1, 1))))
    await activate(databases, colleague(scope), draft.id)
    report = await load(databases, changzhou, HEADER + row(name, value="4.0"))
    assert (report.changed, report.held) == (1, 1)
    assert await look(databases, name) == Decimal("2.0")
    assert [each.state for each in await stored(databases, name)] == [State.ACTIVE, State.ACTIVE, State.DRAFT]


async def test_two_loads_at_once_number_their_versions_apart(databases: Databases, changzhou, name) -> None:
    await load(databases, changzhou, HEADER + row(name))
    await asyncio.gather(
        *(load(databases, changzhou, HEADER + row(name, value=value)) for value in ("2.0", "3.0", "4.0", "5.0"))
    )
    assert [each.version for each in await stored(databases, name)] == [1, 2, 3, 4, 5]


async def test_a_proposal_counts_from_its_activation(databases: Databases, changzhou, name) -> None:
    scope = authority()
    await load(databases, changzhou, HEADER + row(name))
    draft = await propose(databases, scope, entry(name))
    assert (draft.state, draft.version, draft.recorded_by, draft.dataset) == (
        State.DRAFT, 2, scope.actor_id, "parameters"
    )  # fmt: skip
    assert await look(databases, name) == Decimal("1.0")
    (active,) = await activate(databases, colleague(scope), draft.id)
    assert active.state is State.ACTIVE
    assert await look(databases, name) == Decimal("2.0")
    first, second = await stored(databases, name)
    assert (first.value, first.state, second.activated_at) == (Decimal("1.0"), State.ACTIVE, active.activated_at)


async def test_a_past_instant_is_looked_up_as_it_was(databases: Databases, changzhou, name) -> None:
    scope = authority()
    await load(databases, changzhou, HEADER + row(name))
    draft = await propose(databases, scope, entry(name))
    (active,) = await activate(databases, colleague(scope), draft.id)
    assert active.activated_at is not None
    async with databases.read(changzhou) as read:
        before = await service.book(read, changzhou, published_by=date(2026, 6, 1), known_at=draft.recorded_at)
        after = await service.book(read, changzhou, published_by=date(2026, 6, 1), known_at=active.activated_at)
        preview = await service.book(
            read, changzhou, published_by=date(2026, 6, 1), known_at=draft.recorded_at, with_draft={draft.id}
        )
    values = [found.find(name, "k", [""], date(2025, 1, 1)).value for found in (before, after, preview)]
    assert values == [Decimal("1.0"), Decimal("2.0"), Decimal("2.0")]


async def test_nobody_activates_the_own_proposal(databases: Databases, name) -> None:
    scope = authority()
    draft = await propose(databases, scope, entry(name))
    with pytest.raises(ParameterOwnProposal):
        await activate(databases, scope, draft.id)
    assert [each.state for each in await stored(databases, name)] == [State.DRAFT]


async def test_a_draft_is_decided_once(databases: Databases, name) -> None:
    scope = authority()
    draft = await propose(databases, scope, entry(name))
    await activate(databases, colleague(scope), draft.id)
    with pytest.raises(ParameterNotDraft):
        await activate(databases, colleague(scope), draft.id)
    async with databases.write(scope) as write:
        with pytest.raises(ParameterNotDraft):
            await service.reject(write, scope, [draft.id], reason="late")


async def test_many_are_activated_together_or_not_at_all(databases: Databases, name) -> None:
    scope = authority()
    first = await propose(databases, scope, entry(name))
    with pytest.raises(ParameterNotFound):
        await activate(databases, colleague(scope), first.id, uuid4())
    assert [each.state for each in await stored(databases, name)] == [State.DRAFT]


async def test_a_rejected_proposal_stays_and_may_be_made_again(databases: Databases, name) -> None:
    scope = authority()
    draft = await propose(databases, scope, entry(name))
    async with databases.write(scope) as write:
        with pytest.raises(ParameterInvalid):
            await service.reject(write, colleague(scope), [draft.id], reason=" ")
        (rejected,) = await service.reject(write, colleague(scope), [draft.id], reason="typing error")
    assert rejected.state is State.REJECTED
    again = await propose(databases, scope, entry(name))
    assert (again.version, again.supersedes_id) == (2, None)
    assert await look(databases, name) is None


async def test_a_proposer_without_the_right_to_decide_may_withdraw(databases: Databases, name) -> None:
    officer = authority("factors:read", "factors:propose")
    draft = await propose(databases, officer, entry(name))
    async with databases.write(officer) as write:
        with pytest.raises(Forbidden):
            await service.reject(write, colleague(officer), [draft.id], reason="mine is better")
        await service.reject(write, officer, [draft.id], reason="typing error")
    assert [each.state for each in await stored(databases, name)] == [State.REJECTED]


async def test_what_changes_nothing_is_refused(databases: Databases, name) -> None:
    scope = authority()
    await propose(databases, scope, entry(name))
    with pytest.raises(ParameterUnchanged):
        await propose(databases, scope, entry(name, dataset="tenant"))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("unit", {"unit": " "}), ("document", {"document": ""}), ("source", {"source": ""}), ("key", {"key": ""}),
        ("confidence", {"confidence": "sure"}), ("value", {"value": None}), ("low", {"low": Decimal(1)}),
        ("low", {"low": Decimal(2), "high": Decimal(1)}),
        ("name", {"name": "Grid electricity"}), ("value", {"value": "1e999999"}), ("note", {"note": "x" * 4001}),
        ("key", {"key": "a\0b"}), ("value", {"name": "grid.electricity", "value": "5700"}), ("value", {"name": "fuel.oxidation", "value": "1.01"}),
        ("validUntil", {"valid": Validity(date(2025, 1, 1), date(2025, 1, 1))}),
    ],
)  # fmt: skip
async def test_an_impossible_proposal(databases: Databases, name, field: str, changes: dict[str, object]) -> None:
    with pytest.raises(ParameterInvalid) as refused:
        await propose(databases, authority(), entry(**{"name": name, **changes}))
    assert refused.value.path == ("input", field)
    assert await stored(databases, name) == []


async def test_each_command_asks_for_its_permission(databases: Databases, name) -> None:
    reader, officer = authority("factors:read"), authority("factors:read", "factors:propose")
    nobody = Scope.nobody("changzhou")
    with pytest.raises(Forbidden):
        await propose(databases, reader, entry(name))
    with pytest.raises(Unauthenticated):
        await propose(databases, nobody, entry(name))
    with pytest.raises(Forbidden):
        await load(databases, officer, HEADER + row(name))
    with pytest.raises(Forbidden):
        await load(databases, reader, HEADER + row(name), as_draft=True)
    draft = await propose(databases, officer, entry(name))
    with pytest.raises(Forbidden):
        await activate(databases, colleague(officer), draft.id)
    assert [each.state for each in await stored(databases, name)] == [State.DRAFT]


async def test_drafts_are_seen_by_those_who_decide(databases: Databases, name) -> None:
    draft = await propose(databases, authority(), entry(name))
    for kind, sees in ((Kind.AUTHORITY, True), (Kind.OPERATOR, True), (Kind.ENTERPRISE, False), (Kind.BANK, False),
                       (Kind.VERIFIER, False), (Kind.NOBODY, False)):  # fmt: skip
        scope = Scope(tenant="changzhou", kind=kind, organisation_id=uuid4(), actor_id=uuid4(), permissions=ALL)
        async with databases.read(scope) as read:
            assert bool(await queries.versions_by_id(read, scope, [draft.id])) is sees, kind


async def test_nobody_sees_no_parameter_and_an_enterprise_writes_none(databases: Databases, name) -> None:
    async with databases.read(Scope.nobody("changzhou")) as read:
        assert await read.value(select(func.count()).select_from(ParameterVersion)) == 0
    enterprise = Scope(tenant="changzhou", kind=Kind.ENTERPRISE, organisation_id=uuid4(), permissions=ALL)
    with pytest.raises(ProgrammingError, match="row-level security"):
        await propose(databases, enterprise, entry(name))


@pytest.mark.parametrize(
    "statement",
    [
        "update parameter_version set value = 9 where name = :name",
        "update parameter_version set published_on = null where name = :name",
        "delete from parameter_version where name = :name",
    ],
)
async def test_the_database_refuses_to_overwrite(databases: Databases, changzhou, name, statement: str) -> None:
    await load(databases, changzhou, HEADER + row(name))
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with databases.write(changzhou) as write:
            await write.run(text(statement), {"name": name})


async def test_an_active_version_cannot_go_back(databases: Databases, changzhou, name) -> None:
    await load(databases, changzhou, HEADER + row(name))
    async with databases.write(changzhou) as write:
        touched = await write.run(
            text("update parameter_version set state = 'rejected' where name = :name"), {"name": name}
        )
    assert touched == 0
    assert await look(databases, name) == Decimal("1.0")


async def test_every_decision_leaves_an_event(databases: Databases, name) -> None:
    scope = authority()
    draft = await propose(databases, scope, entry(name))
    await activate(databases, colleague(scope), draft.id)
    async with databases.read(scope) as read:
        events = await read.rows(
            select(AuditEvent.action, AuditEvent.details)
            .where(AuditEvent.object_id == str(draft.id))
            .order_by(AuditEvent.sequence)
        )
    assert [each.action for each in events] == ["factors:propose", "factors:activate"]
    assert events[1].details == {
        "name": name, "key": "k", "region": "", "version": 1, "value": "2.0", "unit": "t", "reason": "checked"
    }  # fmt: skip


async def test_a_draft_that_was_overtaken_is_not_activated(databases: Databases, name) -> None:
    scope = authority()
    first = await propose(databases, scope, entry(name, "1.0"))
    second = await propose(databases, scope, entry(name, "2.0"))
    await activate(databases, colleague(scope), second.id)
    with pytest.raises(ParameterOutdated):
        await activate(databases, colleague(scope), first.id)
    assert await look(databases, name) == Decimal("2.0")


async def test_two_drafts_are_activated_together(databases: Databases, name) -> None:
    scope = authority()
    drafts = [await propose(databases, scope, entry(name, value)) for value in ("1.0", "2.0")]
    await activate(databases, colleague(scope), *(draft.id for draft in drafts))
    assert await look(databases, name) == Decimal("2.0")
    assert drafts[1].supersedes_id is None, "a draft is nothing to supersede"


async def test_an_upgrade_waits_where_results_would_change(databases: Databases, changzhou, name) -> None:
    async def upgrade(content: str) -> service.LoadReport:
        async with databases.write(changzhou) as write:
            return await service._load(
                write, changzhou, f"{name}.csv", (HEADER + content).encode(), Defaults(name),
                as_draft=False, is_dry=False, is_upgrade=True,
            )  # fmt: skip

    first = await upgrade(row(name) + row(name, "l"))
    assert (first.added, first.held) == (2, 0)
    words = await upgrade(row(name, note="read again") + row(name, "l") + row(name, "new"))
    assert (words.added, words.changed, words.held) == (1, 1, 0)
    values = await upgrade(row(name, value="9.0") + row(name, "l", value="3.0", start="2026-01-01"))
    assert (values.added, values.changed, values.held) == (0, 2, 2)
    assert (
        str(ReferenceReport((values,)))
        == "2 reference rows of 1 files, 2 new parameter versions, 2 of them await activation"
    )
    assert await look(databases, name) == Decimal("1.0")
    async with databases.write(changzhou) as write:
        await service.activate(write, changzhou, [change.version.id for change in values.changes])
    assert await look(databases, name) == Decimal("9.0")
    assert (await upgrade(row(name, value="9.0"))).unchanged == 1


async def test_the_place_of_a_division_is_found_from_near_to_far(databases: Databases) -> None:
    scope = Scope.system("wuxi")
    found = []
    async with databases.read(scope) as read:
        for key in ("provincial_average", "regional_average", "national_average"):
            answer = await service.look_up(
                read, scope, name="grid.electricity", key=key, regions=[], division_code="320206",
                on=date(2025, 1, 1), published_by=date(2026, 6, 1), known_at=None, policy="published",
            )  # fmt: skip
            found.append(answer.answer.region)
    assert found == ["320000", "华东", "CN"]
