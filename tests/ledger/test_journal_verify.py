"""The journal recomputed: whatever was changed afterwards is found, and named."""

from dataclasses import replace
from decimal import Decimal

import pytest
from factories.journal import Books, new_key

from backend.kit.errors import Forbidden
from backend.ledger import service, terminal
from backend.ledger.journal import merkle, signing, words
from backend.ledger.journal.errors import JournalBroken
from backend.ledger.journal.values import Fault, FaultKind, Verdict
from backend.ledger.values import Selection

REHASH = """
    do $$ declare before bytea; entry bytea; l record;
    begin
        select hash into before from ledger_link where position = {0} - 1;
        for l in select * from ledger_link where position >= {0} order by position loop
            entry := (select sha256(convert_to(ledger_entry(m, (select json_agg(ledger_line(p)
                    order by account_id, batch_id, bucket) from ledger_posting p where p.movement_id = m.id)), 'UTF8'))
                from ledger_movement m where m.id = l.movement_id);
            before := sha256(before || entry);
            update ledger_link set entry_hash = entry, hash = before where position = l.position;
        end loop;
        update ledger_head set hash = before;
    end $$
"""
"""What a forger with all rights would do after a change: the whole rest of the chain anew."""
CUT = (
    "delete from ledger_posting where movement_id in (select movement_id from ledger_link where position >= {0})",
    "delete from ledger_movement where id in (select movement_id from ledger_link where position >= {0})",
    "delete from ledger_link where position >= {0}",
    "update ledger_head set position = {0} - 1, hash = (select hash from ledger_link where position = {0} - 1)",
)


async def verified(books: Books) -> Verdict:
    return await terminal.verify(books.databases, books.system, [books.key.public])


async def one_more(books: Books) -> None:
    giver, taker = books.life.giver, books.life.taker
    async with books.databases.write(giver.scope) as write:
        await service.transfer(write, giver.scope, giver.id, Selection("CCER", Decimal(1)), to_account_id=taker.id)


async def test_sound_journal_holds(books: Books) -> None:
    entries = await books.value("select count(*) from ledger_movement")
    assert await verified(books) == Verdict(entries, 1, ())


async def test_entries_behind_the_last_checkpoint_are_verified_too(books: Books) -> None:
    before = await verified(books)
    await one_more(books)
    assert await verified(books) == Verdict(before.entries + 1, 1, ())


CHANGES = [
    ("update ledger_movement set note = 'x' where number = 3", Fault(FaultKind.ENTRY_CHANGED, 3, 3)),
    ("update ledger_movement set facts = facts || '{\"a\": 1}' where number = 4", Fault(FaultKind.ENTRY_CHANGED, 4, 4)),
    ("update ledger_movement set recorded_at = recorded_at + interval '1 microsecond' where number = 5",
        Fault(FaultKind.ENTRY_CHANGED, 5, 5)),
    ("update ledger_posting set balance = balance + 1 where movement_id = (select id from ledger_movement where number = 2)",
        Fault(FaultKind.ENTRY_CHANGED, 2, 2)),
    ("update ledger_posting set salt = gen_random_uuid() where movement_id = (select id from ledger_movement where number = 2)",
        Fault(FaultKind.ENTRY_CHANGED, 2, 2)),
    ("delete from ledger_posting where amount > 0 and movement_id = (select id from ledger_movement where number = 2)",
        Fault(FaultKind.ENTRY_CHANGED, 2, 2)),
    ("delete from ledger_movement where number = 6", Fault(FaultKind.MOVEMENT_MISSING, 6)),
    ("update ledger_link set hash = sha256(hash) where position = 7", Fault(FaultKind.CHAIN_BROKEN, 7, 7)),
    ("delete from ledger_link where position = 4", Fault(FaultKind.POSITION_MISSING, 4)),
    ("delete from ledger_link where position = (select max(position) from ledger_link)", FaultKind.POSITION_MISSING),
    ("update ledger_head set hash = sha256(hash)", FaultKind.HEAD_DIFFERS),
    ("delete from ledger_head", FaultKind.HEAD_DIFFERS),
    (("insert into ledger_movement select gen_random_uuid(), 999, kind, class_code, quantity, from_account_id, to_account_id,"
        " hold_id, group_id, null, effective_on, recorded_at, purpose, beneficiary, period, reference, note, facts,"
        " organisation_id, actor_id, actor_kind, correlation_id from ledger_movement where number = 1"),
        Fault(FaultKind.MOVEMENT_UNLINKED, movement_number=999)),
    (("insert into ledger_posting select account_id, gen_random_uuid(), batch_id, bucket, class_code, amount, balance,"
        " recorded_at, serials from ledger_posting limit 1"), Fault(FaultKind.POSTING_WITHOUT_MOVEMENT)),
    ("update ledger_checkpoint set root = sha256(root)", FaultKind.CHECKPOINT_ROOT_DIFFERS),
    ("update ledger_checkpoint set chain_hash = sha256(root)", FaultKind.CHECKPOINT_CHAIN_DIFFERS),
    ("update ledger_checkpoint set previous_hash = sha256(root)", FaultKind.CHECKPOINT_MISSING),
    ("update ledger_checkpoint set first_position = 2", FaultKind.CHECKPOINT_MISSING),
    ("update ledger_checkpoint set number = 2", FaultKind.CHECKPOINT_MISSING),
    ("update ledger_checkpoint set last_position = 100000", FaultKind.CHECKPOINT_MISSING),
    ("update ledger_checkpoint set created_at = created_at - interval '1 day'", FaultKind.CHECKPOINT_UNSIGNED),
    ("update ledger_checkpoint set signed = signed || 'A'", FaultKind.CHECKPOINT_UNSIGNED),
]  # fmt: skip


@pytest.mark.parametrize(("change", "named"), CHANGES)
async def test_every_change_is_found_and_named(books: Books, change: str, named: Fault | FaultKind) -> None:
    await books.tamper(change)
    first = (await verified(books)).faults[0]
    assert first == named if isinstance(named, Fault) else first.kind is named
    for sentence in words.of_fault(first):
        assert "None" not in sentence


def test_every_fault_has_words() -> None:
    assert set(words.WORDS) == set(FaultKind)


async def test_movement_linked_twice_is_found(books: Books) -> None:
    await books.tamper(
        "alter table ledger_link drop constraint uq_ledger_link_movement_id",
        "update ledger_link set movement_id = (select movement_id from ledger_link where position = 2) where position = 5",
        REHASH.format(5),
    )
    assert Fault(FaultKind.MOVEMENT_LINKED_TWICE, 5, 2) in (await verified(books)).faults


async def test_chain_written_anew_contradicts_the_checkpoint(books: Books) -> None:
    """Whoever changes an entry and then recomputes everything still cannot sign for the jurisdiction."""
    await books.tamper("update ledger_movement set beneficiary = '别人' where number = 8", REHASH.format(8))
    kinds = {each.kind for each in (await verified(books)).faults}
    assert kinds == {FaultKind.CHECKPOINT_ROOT_DIFFERS, FaultKind.CHECKPOINT_CHAIN_DIFFERS}
    forger = new_key()
    await books.tamper("delete from ledger_checkpoint")
    async with books.databases.write(books.system) as write:
        (made,) = await service.seal_journal(write, books.system, forger.of)
    assert {each.kind for each in (await verified(books)).faults} == {FaultKind.CHECKPOINT_UNSIGNED}
    assert not signing.is_signed("wuxi", made, [books.key.public | {"kid": forger.id}])


async def test_entries_cut_off_are_missed(books: Books) -> None:
    await books.tamper(*(each.format(6) for each in CUT))
    assert Fault(FaultKind.CHECKPOINT_BEYOND_CHAIN, 5, checkpoint_number=1) in (await verified(books)).faults


async def test_nobody_but_the_service_verifies(books: Books) -> None:
    with pytest.raises(Forbidden):
        await terminal.verify(books.databases, books.life.giver.scope, [])


async def test_broken_chain_is_not_signed(books: Books) -> None:
    await one_more(books)
    await books.tamper(
        "update ledger_link set hash = sha256(hash) where position = (select max(position) from ledger_link)"
    )
    with pytest.raises(JournalBroken):
        async with books.databases.write(books.system) as write:
            await service.seal_journal(write, books.system, books.key.of)
    assert await books.value("select count(*) from ledger_checkpoint") == 1


async def test_checkpoints_follow_each_other_and_nothing_new_makes_none(books: Books) -> None:
    async with books.databases.write(books.system) as write:
        assert await service.seal_journal(write, books.system, books.key.of) == []
    await one_more(books)
    after = new_key()  # the key was renewed meanwhile: both are published for ever
    async with books.databases.write(books.system) as write:
        (second,) = await service.seal_journal(write, books.system, after.of)
    async with books.databases.read(books.system) as read:
        newest, first = await service.checkpoints(read, books.system, limit=5)
    assert newest == second
    assert (second.number, second.first_position, second.last_position) == (
        2,
        first.last_position + 1,
        first.last_position + 1,
    )
    assert second.previous_hash == signing.hash_of(first.signed)
    keys = [books.key.public, after.public]
    assert (await terminal.verify(books.databases, books.system, keys)).is_sound
    assert not signing.is_signed("chengdu", second, keys)
    assert not signing.is_signed("wuxi", replace(second, last_position=second.last_position + 1), keys)


async def test_long_backlog_is_signed_in_several_checkpoints(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.ledger.journal.checkpoints.MOST_ENTRIES", 4)
    await books.tamper("delete from ledger_checkpoint")
    async with books.databases.write(books.system) as write:
        made = await service.seal_journal(write, books.system, books.key.of)
    entries = await books.value("select count(*) from ledger_link")
    assert [each.number for each in made] == list(range(1, -(-entries // 4) + 1))
    assert made[-1].last_position == entries
    assert (await verified(books)).is_sound


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 31, 32, 33])
def test_audit_paths_lead_to_the_root_and_nowhere_else(size: int) -> None:
    leaves = [bytes([number]) * 32 for number in range(size)]
    root = merkle.root(leaves)
    for index, each in enumerate(leaves):
        path = merkle.path(leaves, index)
        assert merkle.root_of(each, index, size, path) == root
        assert merkle.root_of(each, index, size, [*path, each]) is None
        assert path == [] or merkle.root_of(each, index, size, path[1:]) is None
        assert merkle.root_of(bytes(32), index, size, path) != root or each == bytes(32)
        if size > 1:
            assert merkle.root_of(each, (index + 1) % size, size, path) != root
    assert merkle.root_of(leaves[0], size, size, []) is None


def test_roots_are_those_of_rfc_6962() -> None:
    """The test vectors of Certificate Transparency's own library, over leaf inputs."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [bytes.fromhex(each) for each in inputs]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    assert {size: merkle.root(leaves[:size]).hex() for size in roots} == roots
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
