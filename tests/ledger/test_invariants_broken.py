"""The books broken on purpose, in every way a superuser can: the right invariant fails and its class is frozen."""

from datetime import timedelta
from decimal import Decimal

import pytest
from factories.journal import Books

from backend.ledger import service
from backend.ledger.errors import ClassFrozen
from backend.ledger.journal.invariants import INVARIANTS
from backend.ledger.service.checking import CHAIN
from backend.ledger.values import Selection

D = Decimal
ONE_POSTING = "ctid = (select ctid from ledger_posting where class_code = 'CCER' and amount > 0 limit 1)"
CCER_LOT = (
    "(select l.id from ledger_lot l join ledger_batch t on t.id = l.batch_id where class_code = 'CCER' and {} limit 1)"
)
RETIREMENT = "(select id from ledger_movement where kind = 'retire' and class_code = 'GEC')"


async def test_sound_books_pass(books: Books) -> None:
    async with books.databases.write(books.system) as write:
        found = await service.check_books(write, books.system)
    assert found.breaches == ()
    assert found.is_sound
    assert (
        found.counted["movements"]
        == found.counted["links"]
        == await books.value("select count(*) from ledger_movement")
    )
    assert found.counted["units"]["CCER"] == {
        "origin": "-1000", "available": "904", "offered": "7", "pledged": "80", "reserved": "9",
    }  # fmt: skip
    assert found.counted["units"]["GEC"] == {"origin": "-50", "available": "45", "retired": "5"}
    assert found.counted["units"]["TEST_POINT"] == {"origin": "-12.5", "available": "10.25", "retired": "2.25"}
    assert await books.frozen() == set()
    async with books.databases.read(books.system) as read:
        assert await service.last_check(read, books.system, service.CheckKind.INVARIANTS) == found


BREAKS = [
    ("units_conserved", "CCER", ["update ledger_balance set amount = amount + 1 where class_code = 'CCER' and bucket = 'available'"]),
    ("units_conserved", "TEST_POINT", ["update ledger_balance set amount = amount + 0.01 where class_code = 'TEST_POINT' and bucket = 'retired'"]),
    ("issued_as_batched", "CCER", ["update ledger_batch set quantity = quantity + 1 where class_code = 'CCER'"]),
    ("balances_as_posted", "CCER", ["update ledger_balance set amount = amount - 1 where class_code = 'CCER' and bucket = 'pledged'"]),
    ("running_balances", "CCER", [f"update ledger_posting set balance = balance + 1 where {ONE_POSTING}"]),
    ("movements_balance", "CCER", [f"update ledger_posting set amount = amount + 1, balance = balance + 1 where {ONE_POSTING}"]),
    ("movements_balance", "GEC", [f"delete from ledger_posting where movement_id = {RETIREMENT} and bucket = 'retired'"]),
    ("lots_as_balances", "CCER", ["delete from ledger_lot where id = " + CCER_LOT.format("bucket = 'available'")]),
    ("serials_once", "CCER", [
        "alter table ledger_lot drop constraint ex_ledger_lot_serials",
        "insert into ledger_lot (account_id, batch_id, bucket, transfers, serials) select account_id, batch_id, bucket,"
        " transfers, int8range(lower(serials), lower(serials) + 1) from ledger_lot where id = "
        + CCER_LOT.format("bucket = 'available'"),
    ]),
    ("lots_within_batches", "CCER", ["update ledger_lot set serials = int8range(900000001, 900000001 + upper(serials) -"
        " lower(serials)) where id = " + CCER_LOT.format("bucket = 'reserved'")]),
    ("batches_whole", "GEC", [("update ledger_batch set serials = int8range(lower(serials), upper(serials) + 500000) where"
        " class_code = 'GEC'")]),
    ("batches_disjoint", "GEC", [
        "alter table ledger_batch drop constraint ex_ledger_batch_serials",
        ("update ledger_batch g set serials = int8range(lower(c.serials) + 1, lower(c.serials) + 51) from ledger_batch c"
        " where g.class_code = 'GEC' and c.class_code = 'CCER'"),
    ]),
    ("registry_codes_once", "GEC", [
        "alter table ledger_origin drop constraint ex_ledger_origin_numbers",
        ("insert into ledger_origin select batch_id, first_serial + 7, registry_code, frame, int8range(7, 9), true from"
        " ledger_origin limit 1"),
    ]),
    ("holds_as_parts", "CCER", ["update ledger_hold set quantity = quantity + 1 where kind = 'pledge'"]),
    ("holds_as_parts", "CCER", ["update ledger_hold set state = 'released' where kind = 'pledge'"]),
    ("holds_as_balances", "CCER", ["update ledger_hold set kind = 'reservation', beneficiary_id = null where kind = 'pledge'"]),
    ("holds_as_lots", "CCER", [("update ledger_lot set hold_id = (select id from ledger_hold where kind = 'offer') where hold_id ="
        " (select id from ledger_hold where kind = 'reservation')")]),
    ("lots_held_where_locked", "CCER", ["update ledger_lot set hold_id = null where bucket = 'pledged'"]),
    ("movements_linked", "GEC", [f"delete from ledger_link where movement_id = {RETIREMENT}"]),
    ("claims_guarded", "GEC", ["update claim_guard set is_live = false"]),
    ("claims_guarded", "GEC", ["update claim_extent set is_live = false"]),
    ("claims_guarded", "GEC", ["update claim set withdrawn_at = now()"]),
    ("claims_guarded", "GEC", ["delete from claim_extent"]),
    (CHAIN, "GEC", [f"update ledger_movement set beneficiary = '别人' where id = {RETIREMENT}"]),
    (CHAIN, "CCER", [f"update ledger_posting set serials = null where {ONE_POSTING}"]),
]  # fmt: skip


def test_every_invariant_is_broken_here() -> None:
    assert {name for name, *_ in BREAKS} == {*INVARIANTS, CHAIN}


@pytest.mark.parametrize(
    ("invariant", "class_code", "statements"), BREAKS, ids=lambda each: each if isinstance(each, str) else ""
)
async def test_breach_is_found_and_its_class_frozen(
    books: Books, invariant: str, class_code: str, statements: list[str]
) -> None:
    await books.tamper(*statements)
    async with books.databases.write(books.system) as write:
        found = await service.check_books(write, books.system)
    assert (invariant, class_code) in {(each.check, each.class_code) for each in found.breaches}, found.breaches
    assert all(each.count >= 1 and each.examples for each in found.breaches)
    frozen = await books.frozen()
    assert class_code in frozen
    concerned = {each.class_code for each in found.breaches}
    if None not in concerned:
        assert frozen == concerned
    reason = await books.value(f"select frozen_reason from ledger_class where code = '{class_code}'")
    assert invariant in reason
    assert str(found.id) in reason
    assert await books.value("select count(*) from ledger_check where not is_sound") == 1
    assert await books.value("select count(*) from audit_event where action = 'ledger:invariant_broken'") == len(
        found.breaches
    )
    assert await books.value("select count(*) from audit_event where action = 'ledger:freeze'") == len(frozen)


async def test_frozen_class_moves_no_more_and_the_others_do(books: Books) -> None:
    await books.tamper(
        "update ledger_balance set amount = amount + 1 where class_code = 'CCER' and bucket = 'available'"
    )
    async with books.databases.write(books.system) as write:
        await service.check_books(write, books.system)
    giver, taker = books.life.giver, books.life.taker
    before = await books.value("select count(*) from ledger_posting")
    with pytest.raises(ClassFrozen) as refused:
        async with books.databases.write(giver.scope) as write:
            await service.transfer(write, giver.scope, giver.id, Selection("CCER", D(1)), to_account_id=taker.id)
    assert "units_conserved" in refused.value.message("en")
    assert await books.value("select count(*) from ledger_posting") == before
    async with books.databases.write(giver.scope) as write:
        await service.transfer(write, giver.scope, giver.id, Selection("GEC", D(1)), to_account_id=taker.id)
    # what stays broken is told again, and the first reason is kept
    reason = await books.value("select frozen_reason from ledger_class where code = 'CCER'")
    async with books.databases.write(books.system) as write:
        again = await service.check_books(write, books.system)
    assert not again.is_sound
    assert await books.value("select frozen_reason from ledger_class where code = 'CCER'") == reason


async def test_chain_that_cannot_be_laid_at_one_door_freezes_all(books: Books) -> None:
    await books.tamper("update ledger_head set hash = decode(repeat('11', 32), 'hex')")
    async with books.databases.write(books.system) as write:
        found = await service.check_books(write, books.system)
    assert [(each.check, each.class_code) for each in found.breaches] == [(CHAIN, None)]
    assert await books.frozen() == {row["code"] for row in await books.admin.fetch("select code from ledger_class")}


async def test_chain_is_followed_from_where_it_was_whole(books: Books) -> None:
    async with books.databases.write(books.system) as write:
        first = await service.check_books(write, books.system)
    giver, taker = books.life.giver, books.life.taker
    async with books.databases.write(giver.scope) as write:
        await service.transfer(write, giver.scope, giver.id, Selection("CCER", D(1)), to_account_id=taker.id)
    async with books.databases.write(books.system) as write:
        second = await service.check_books(write, books.system)
    assert second.is_sound
    assert second.counted["chain"]["position"] == first.counted["chain"]["position"] + 1
    # a whole chain written anew is not the chain that was there
    await books.tamper("update ledger_link set hash = sha256(hash)", "update ledger_head set hash = sha256(hash)")
    async with books.databases.write(books.system) as write:
        third = await service.check_books(write, books.system)
    assert [(each.check, each.class_code) for each in third.breaches] == [(CHAIN, None)]
    assert third.breaches[0].examples == (
        f"position {second.counted['chain']['position']} is not what it was at the last check",
    )
    assert third.counted["chain"] is None


async def test_check_runs_when_due_and_not_more_often(books: Books) -> None:
    async with books.databases.write(books.system) as write:
        assert await service.check_when_due(write, books.system, timedelta(hours=1)) is not None
    async with books.databases.write(books.system) as write:
        assert await service.check_when_due(write, books.system, timedelta(hours=1)) is None
        assert await service.check_when_due(write, books.system, timedelta(0)) is not None
