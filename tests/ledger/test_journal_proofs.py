"""An entry taken out of the journal: proved by the stranger's script, and by nothing that was tampered with."""

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from factories import identity
from factories.journal import Books, Key, new_key
from sqlalchemy import text

from backend.kit.errors import Forbidden
from backend.kit.scope import Kind, Scope
from backend.ledger import service, terminal
from backend.ledger.errors import MovementUnknown
from backend.ledger.journal.errors import EntryNotSealed
from backend.ledger.values import Reason, Selection

SCRIPT = Path(__file__).parents[2] / "docs" / "verify" / "verify_entry.py"


def checked(folder: Path, proof: dict[str, Any], keys: list[dict[str, Any]]) -> tuple[int, str]:
    """Run the stranger's script, as a stranger would."""
    (folder / "proof.json").write_text(json.dumps(proof, ensure_ascii=False), encoding="utf-8")
    (folder / "documents.json").write_text(json.dumps({"keys": keys}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "proof.json", "documents.json"],
        cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def published(key: Key, *, revoked_at: str | None = None) -> dict[str, Any]:
    return {**key.public, "created_at": "2026-11-21T00:00:00+00:00", "revoked_at": revoked_at}


async def proved(books: Books, scope: Scope | None = None, name: str = "retire") -> dict[str, Any]:
    scope = scope or books.life.giver.scope
    async with books.databases.read(scope) as read:
        return (await service.prove(read, scope, books.life.moved[name].id)).document()


async def postings(books: Books, name: str) -> list[asyncpg.Record]:
    return await books.admin.fetch(
        "select account_id, bucket, amount, balance, salt from ledger_posting where movement_id = $1"
        " order by account_id, batch_id, bucket",
        books.life.moved[name].id,
    )


def test_script_stays_short() -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) < 60


async def test_stranger_verifies_a_proof_offline(books: Books, tmp_path: Path) -> None:
    proof = await proved(books)
    code, said = checked(tmp_path, proof, [published(new_key()), published(books.key)])
    assert code == 0, said
    assert "马拉松“绿色”" in said
    assert str(books.life.moved["retire"].id) in said
    assert f"position {proof['position']}" in said


async def test_every_entry_of_the_journal_can_be_proved(books: Books, tmp_path: Path) -> None:
    numbers = [row["number"] for row in await books.admin.fetch("select number from ledger_movement order by number")]
    for number in (numbers[0], numbers[len(numbers) // 2], numbers[-1]):
        found = await terminal.prove(books.databases, books.system, number)
        assert checked(tmp_path, found.document(), [published(books.key)])[0] == 0
    with pytest.raises(MovementUnknown):
        await terminal.prove(books.databases, books.system, 10**9)


def edit(*path: str | int, value: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    def change(proof: dict[str, Any]) -> None:
        inside: Any = proof
        for step in path[:-1]:
            inside = inside[step]
        inside[path[-1]] = value(inside[path[-1]])

    return change


def flipped(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")


TAMPERINGS = {
    "entry": edit("entry", value=lambda text: text.replace("马拉松", "音乐节")),
    "entry_hash": edit("entry_hash", value=flipped),
    "position": edit("position", value=lambda number: number - 1),
    "position far off": edit("position", value=lambda number: number + 100),
    "tenant": edit("tenant", value=lambda _: "chengdu"),
    "posting": edit("opened", 0, value=lambda text: text.replace('"-5"', '"-6"')),
    "posting opened twice": edit("opened", value=lambda given: [given[0], given[0]]),
    "posting made up": edit("opened", value=lambda given: [*given, given[0].replace("retired", "available")]),
    "posting is no text": edit("opened", value=lambda _: [5]),
    "path": edit("audit_path", 0, value=flipped),
    "path too short": edit("audit_path", value=lambda steps: steps[1:]),
    "path too long": edit("audit_path", value=lambda steps: [*steps, steps[0]]),
    "number": edit("checkpoint", "number", value=lambda number: number + 1),
    "first": edit("checkpoint", "first_position", value=lambda number: number + 1),
    "last": edit("checkpoint", "last_position", value=lambda number: number + 1),
    "root": edit("checkpoint", "root", value=flipped),
    "signature": edit("checkpoint", "signed", value=lambda jws: jws[:-8] + "AAAAAAAA"),
    "signed facts": edit("checkpoint", "signed", value=lambda jws: jws.replace(".", ".e30", 1)),
    "not signed": edit("checkpoint", "signed", value=lambda _: "eyJhbGciOiJub25lIn0.e30."),
    "no signature": edit("checkpoint", "signed", value=lambda _: ""),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_no_part_of_a_proof_can_be_tampered_with(books: Books, tmp_path: Path, name: str) -> None:
    proof = deepcopy(await proved(books))
    TAMPERINGS[name](proof)
    code, said = checked(tmp_path, proof, [published(books.key)])
    assert code == 1, said
    assert "✗" in said


async def test_only_published_keys_that_were_not_revoked_are_believed(books: Books, tmp_path: Path) -> None:
    proof, other = await proved(books), new_key()
    assert checked(tmp_path, proof, [published(other)])[0] == 1
    assert checked(tmp_path, proof, [published(other) | {"kid": books.key.id}])[0] == 1
    assert checked(tmp_path, proof, [published(books.key, revoked_at="2026-11-22T00:00:00+00:00")])[0] == 1


async def test_each_side_of_a_transfer_shows_its_own_posting(books: Books, tmp_path: Path) -> None:
    life = books.life
    bureau = await identity.authority(books.databases)
    lines = await postings(books, "transfer")
    assert {row["account_id"] for row in lines} == {life.giver.id, life.taker.id}
    hashes = None
    for held in (life.giver, life.taker):
        (own,) = [row for row in lines if row["account_id"] == held.id]
        (other,) = [row for row in lines if row["account_id"] != held.id]
        proof = await proved(books, held.scope, "transfer")
        (opened,) = (json.loads(each) for each in proof["opened"])
        assert opened[:3] == ["carbon-posting/1", str(own["salt"]), str(held.id)]
        assert opened[4:7] == [own["bucket"], f"{own['amount']:f}", f"{own['balance']:f}"]
        assert str(other["salt"]) not in json.dumps(proof)
        assert "carbon-posting" not in proof["entry"]
        hashes = json.loads(proof["entry"])[-1]
        assert [len(each) for each in hashes] == [64, 64]
        code, said = checked(tmp_path, proof, [published(books.key)])
        assert code == 0, said
        assert proof["opened"][0] in said
    both = await proved(books, bureau.scope, "transfer")
    assert [sha256(each.encode()).hexdigest() for each in both["opened"]] == hashes
    assert checked(tmp_path, both, [published(books.key)])[0] == 0
    assert checked(tmp_path, both | {"opened": []}, [published(books.key)])[0] == 0  # whoever hands it on may show less
    elsewhere = await proved(books, life.giver.scope)
    assert checked(tmp_path, both | {"opened": elsewhere["opened"]}, [published(books.key)])[0] == 1


async def test_proof_is_for_who_sees_the_movement(books: Books, tmp_path: Path) -> None:
    life = books.life
    bureau = await identity.authority(books.databases)
    stranger = await identity.enterprise(books.databases)

    async def opens(scope: Scope, name: str) -> int:
        return len((await proved(books, scope, name))["opened"])

    for name in ("retire", "pledge", "reserve"):
        assert await opens(life.giver.scope, name) == 2
    for name in ("issue", "import", "points"):  # where units come from is nobody's account
        assert await opens(life.giver.scope, name) == 1
        assert await opens(bureau.scope, name) == 1
        assert await opens(books.system, name) == 2
    proof = await proved(books, life.bank.scope, "pledge")
    assert proof["opened"] == []
    for row in await postings(books, "pledge"):
        assert str(row["salt"]) not in json.dumps(proof)
    assert checked(tmp_path, proof, [published(books.key)])[0] == 0
    with pytest.raises(MovementUnknown):
        await opens(stranger.scope, "retire")
    with pytest.raises(MovementUnknown):
        await opens(life.bank.scope, "transfer")
    operator = await identity.organisation(books.databases, Kind.OPERATOR)
    with pytest.raises(Forbidden):
        await opens(operator.scope, "retire")


async def test_salts_are_of_each_posting_alone(books: Books) -> None:
    counts = await books.admin.fetchrow("select count(*) as lines, count(distinct salt) as salts from ledger_posting")
    assert counts is not None
    assert counts["lines"] == counts["salts"] > 0
    async with books.databases.read(books.life.bank.scope) as read:
        assert await read.value(text("select count(salt) from ledger_posting")) == 0


async def test_what_is_not_under_a_checkpoint_yet_is_told(books: Books) -> None:
    giver = books.life.giver
    async with books.databases.write(giver.scope) as write:
        (moved,) = await service.retire(
            write, giver.scope, giver.id, [Selection("GEC", Decimal(1))], Reason(purpose="event")
        )
    async with books.databases.read(giver.scope) as read:
        with pytest.raises(EntryNotSealed) as told:
            await service.prove(read, giver.scope, moved.id)
    assert str(moved.number) in told.value.message("zh")
    async with books.databases.write(books.system) as write:
        await service.seal_journal(write, books.system, books.key.of)
    async with books.databases.read(giver.scope) as read:
        assert (await service.prove(read, giver.scope, moved.id)).checkpoint.number == 2
