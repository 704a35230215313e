"""The journal at the doors: GraphQL, REST, the schedule, the metrics."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from factories import identity
from factories.accounts import held_account
from factories.api import Client
from factories.journal import Books, sealed
from factories.ledger import issued
from factories.working import app, http  # noqa: F401 - fixtures

from backend.api.app import create_app
from backend.api.metrics import Metrics
from backend.jobs.bookkeeping import keep_books
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.kit.tasks import Task
from backend.ledger import jobs, service, terminal
from backend.ledger.values import Selection
from backend.statements import service as statements
from backend.wire.nodes import node_id

D = Decimal


@pytest.fixture
def client(http: httpx.AsyncClient) -> Client:  # noqa: F811 - the fixture of the same name
    """Nobody, at Wuxi."""
    return Client(http, "wuxi")


async def test_proof_and_position_on_the_wire_and_as_a_file(databases: Databases, servers: Any, client: Client) -> None:
    held = await held_account(databases)
    made = await issued(databases, held.id, "CCER", 10, vintage=2025)
    asking, movement = await client.signed_in(held.holder), str(node_id("UnitMovement", made.id))
    early = await asking.http.get(f"/wuxi/ledger/proofs/{movement}", headers=asking.headers)
    assert (early.status_code, early.json()["code"]) == (409, "entry_not_sealed")
    await sealed(databases, servers.settings)
    proof = (await asking.named("JournalProof", movementId=movement))["journalProof"]
    asked = "query($id: ID!) { node(id: $id) { ... on UnitMovement { journalPosition } } }"
    answer = await asking.ask(asked, id=movement)
    assert answer["data"]["node"]["journalPosition"] == proof["position"]
    file = await asking.http.get(f"/wuxi/ledger/proofs/{movement}", headers=asking.headers)
    assert file.json() == proof["document"]
    assert file.headers["content-disposition"].startswith("attachment")
    assert str(made.id) in file.json()["entry"]
    stranger = await client.signed_in(await identity.enterprise(databases))
    assert (await stranger.http.get(f"/wuxi/ledger/proofs/{movement}", headers=stranger.headers)).status_code == 404
    assert (await client.http.get(f"/wuxi/ledger/proofs/{movement}")).status_code == 401


async def test_checkpoints_are_public(databases: Databases, servers: Any, client: Client) -> None:
    held = await held_account(databases)
    await issued(databases, held.id, "CCER", 10, vintage=2025)
    await sealed(databases, servers.settings)
    answer = await client.http.get("/wuxi/ledger/checkpoints")
    assert answer.status_code == 200
    newest, *older = answer.json()["checkpoints"]
    assert newest["tenant"] == "wuxi"
    assert newest["number"] == len(older) + 1
    if older:
        assert (await client.http.get(f"/wuxi/ledger/checkpoints?before={newest['number']}")).json()[
            "checkpoints"
        ] == older
    assert (await client.http.get("/wuxi/ledger/checkpoints?before=x")).status_code == 400
    page = (await (await client.signed_in(held.holder)).named("LedgerCheckpoints", first=1))["ledgerCheckpoints"]
    assert page["nodes"][0]["signed"] == newest["signed"]


async def run_asked(books: Books, servers: Any, scope: Scope) -> dict[str, Any]:
    """Run the job by hand, for whoever asked."""
    task = Task(databases=books.databases, scope=scope, storage=None, settings=servers.settings, job_id=new_id())
    return await jobs.check(task, {})


async def test_authority_and_operator_ask_for_a_check(books: Books, servers: Any) -> None:
    """A district sees a part of the books and an operator none; the sums are over all of them."""
    door: Any = create_app(servers.settings, databases=books.databases)
    everything = await books.value("select count(*) from ledger_movement")
    district = await identity.authority(books.databases, division="320206")
    operator = await identity.organisation(books.databases, Kind.OPERATOR)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://testserver") as line:
        nobody = Client(line, "wuxi")
        for made in (district, operator):
            asking = await nobody.signed_in(made)
            asked = (await asking.named("RunLedgerCheck"))["runLedgerCheck"]
            assert asked["__typename"] == "LedgerCheckRequested"
            done = await run_asked(books, servers, made.scope)
            assert done["is_sound"] is True
            (run,) = (await asking.named("LedgerChecks", first=1))["ledgerChecks"]["nodes"]
            assert (run["id"], run["isSound"], run["breaches"]) == (done["check_id"], True, [])
            assert run["counted"]["movements"] == everything
            assert "units" not in run["counted"]
        enterprise = await nobody.signed_in(books.life.giver.holder)
        refused = (await enterprise.named("RunLedgerCheck"))["runLedgerCheck"]
        assert (refused["__typename"], refused["code"]) == ("ForbiddenError", "forbidden")
        await books.tamper("update ledger_hold set quantity = 1 where kind = 'pledge'")
        assert await run_asked(books, servers, operator.scope) | {"check_id": ""} == {
            "check_id": "", "is_sound": False, "broken": 1,
        }  # fmt: skip
        asking = await nobody.signed_in(operator)
        (run,) = (await asking.named("LedgerChecks", first=1))["ledgerChecks"]["nodes"]
        assert run["breaches"] == [{"check": "holds_as_parts", "unitClass": "CCER", "count": 1}]
    assert await books.value("select count(*) from job where kind = 'ledger:check'") == 2


async def test_schedule_checks_and_signs_with_the_published_key(books: Books, servers: Any) -> None:
    giver, taker = books.life.giver, books.life.taker
    await books.tamper("delete from ledger_checkpoint")  # its key was never published
    assert await keep_books(books.databases, servers.settings, "wuxi") == {
        "ledger_checked": "sound", "journal_recomputed": "sound", "checkpoints": 1,
    }  # fmt: skip
    async with books.databases.write(giver.scope) as write:
        await service.transfer(write, giver.scope, giver.id, Selection("CCER", D(1)), to_account_id=taker.id)
    assert await keep_books(books.databases, servers.settings, "wuxi") == {"checkpoints": 1}
    assert await keep_books(books.databases, servers.settings, "wuxi") == {}
    async with books.databases.read(books.system) as read:
        keys = await statements.public_keys(read, books.system)
    verdict = await terminal.verify(books.databases, books.system, keys)
    assert (verdict.faults, verdict.checkpoints) == ((), 2)


async def test_journal_is_recomputed_once_a_night(books: Books, servers: Any) -> None:
    """An old entry that was changed is found by nothing else; everything is frozen then, and said everywhere."""
    entries = await books.value("select count(*) from ledger_link")
    await books.tamper("delete from ledger_checkpoint")
    await keep_books(books.databases, servers.settings, "wuxi")
    await books.tamper("update ledger_movement set beneficiary = 'x' where number = 8")
    assert await keep_books(books.databases, servers.settings, "wuxi") == {}
    await books.tamper("update ledger_check set started_at = started_at - interval '24 hours' where kind = 'journal'")
    assert await keep_books(books.databases, servers.settings, "wuxi") == {"journal_recomputed": "broken"}
    assert await books.frozen() == {row["code"] for row in await books.admin.fetch("select code from ledger_class")}
    assert await keep_books(books.databases, servers.settings, "wuxi") == {}
    async with books.databases.read(books.system) as read:
        hourly = await service.last_check(read, books.system, service.CheckKind.INVARIANTS)
        nightly = await service.last_check(read, books.system, service.CheckKind.JOURNAL)
    assert hourly is not None
    assert nightly is not None
    assert (hourly.is_sound, nightly.is_sound) == (True, False)
    assert nightly.counted == {"entries": 7, "checkpoints": 0}
    assert entries > 7
    (breach,) = nightly.breaches
    assert (breach.check, breach.class_code) == ("journal_recomputed", None)
    assert breach.examples == ("position 8, movement 8: the movement or its postings were changed",)
    assert await books.value("select count(*) from audit_event where action = 'ledger:invariant_broken'") == 1
    shown = (await Metrics().exposition(books.databases)).decode()
    assert 'carbon_ledger_sound{tenant="wuxi"} 0.0' in shown
    assert 'carbon_ledger_recomputed_at_seconds{tenant="wuxi"}' in shown


async def test_nobody_else_recomputes_while_one_does(books: Books) -> None:
    async with books.databases.write(books.system) as one, books.databases.write(books.system) as other:
        assert await service.is_verification_due(one, books.system)
        assert not await service.is_verification_due(other, books.system)


async def test_metrics_tell_that_the_books_are_broken(books: Books) -> None:
    async with books.databases.write(books.system) as write:
        await service.check_books(write, books.system)
    shown = (await Metrics().exposition(books.databases)).decode()
    assert 'carbon_ledger_sound{tenant="wuxi"} 1.0' in shown
    assert 'carbon_ledger_classes_frozen{tenant="wuxi"} 0.0' in shown
    await books.tamper(
        "update ledger_balance set amount = amount + 1 where class_code = 'GEC' and bucket = 'available'"
    )
    async with books.databases.write(books.system) as write:
        await service.check_books(write, books.system)
    shown = (await Metrics().exposition(books.databases)).decode()
    assert 'carbon_ledger_sound{tenant="wuxi"} 0.0' in shown
    assert 'carbon_ledger_classes_frozen{tenant="wuxi"} 1.0' in shown
