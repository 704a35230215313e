"""An account's units in the period, as JSON: what lay in each bucket before it, and every posting of its days."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.ledger.service import EntryValue, OpeningValue, ProofValue
from backend.ledger.values import UnitClass
from backend.statements.account.figuring import plain
from backend.statements.bundle.inputs import moment, number
from backend.statements.bundle.values import MOST_PROOFS_MADE

HOW_ZH = (
    "任何能够查看该流水的人可逐笔下载存证（地址见 address），另存后用 verify_entry.py 核验，或放入同一文件夹交给 check_bundle.py 的 --proofs；"
    "由任务生成的压缩包（POST .../bundle）最多附 {most_made} 笔存证。"
)
HOW_EN = (
    "Whoever sees the movement downloads its proof from `address`, one by one, and checks it with verify_entry.py, or hands a folder "
    "of them to check_bundle.py --proofs. A bundle made by a job (POST .../bundle) has the proofs of up to {most_made} movements."
)


class Unproven(StrEnum):
    """Why the proof of a movement is not in the bundle."""

    NOT_SEALED = "not_sealed"
    """No signed checkpoint covered it when the bundle was made; the next one will, within the hour."""
    BEYOND_MOST = "beyond_most"
    """More movements than proofs are put in."""


@dataclass(frozen=True, slots=True)
class Books:
    """An account's units over a period; `proofs` by movement, `asked` are the movements whose proofs were asked for."""

    tenant: str
    account_id: UUID
    classes: Sequence[UnitClass]
    openings: Sequence[OpeningValue]
    entries: Sequence[EntryValue]
    proofs: Mapping[UUID, ProofValue]
    asked: frozenset[UUID]

    def why_unproven(self, movement_id: UUID) -> Unproven | None:
        """Return why the proof of a movement is not in the bundle, None where it is."""
        if movement_id in self.proofs:
            return None
        return Unproven.NOT_SEALED if movement_id in self.asked else Unproven.BEYOND_MOST


def ledger(books: Books) -> dict[str, Any]:
    """Return the books of an account over a period; of classes it never touched nothing is said."""
    touched = {each.class_code for each in books.openings} | {each.movement.class_code for each in books.entries}
    return {
        "account": str(books.account_id),
        "classes": [
            {
                "code": each.code, "name_zh": each.name_zh, "name_en": each.name_en, "unit": each.unit,
                "source": each.source, "confidence": each.confidence,
            }
            for each in books.classes if each.code in touched
        ],
        "openings": [
            {"class": each.class_code, "bucket": each.bucket.value, "amount": _as_journalled(each.amount)}
            for each in books.openings
        ],
        "movements": [_entry(each, is_proved=each.movement.id in books.proofs) for each in books.entries],
        "proofs": _proofs(books),
    }  # fmt: skip


def _proofs(books: Books) -> dict[str, Any]:
    """Return of how many movements the journal's proof is there, which lack it, why, and how to get it."""
    missing = [
        {
            "movement": str(each.movement.id), "number": each.movement.number, "why": why.value,
            "address": f"/{books.tenant}/ledger/proofs/{each.movement.id}",
        }
        for each in books.entries
        if (why := books.why_unproven(each.movement.id)) is not None
    ]  # fmt: skip
    return {
        "movements": len(books.entries), "given": len(books.proofs), "missing": missing,
        "how_zh": HOW_ZH.format(most_made=MOST_PROOFS_MADE) if missing else "",
        "how_en": HOW_EN.format(most_made=MOST_PROOFS_MADE) if missing else "",
    }  # fmt: skip


def unproven_in_words(books: Books) -> str:
    """Return what a reader must know where movements are not proved; nothing where all are."""
    count = Counter(why for each in books.entries if (why := books.why_unproven(each.movement.id)) is not None)
    if not count:
        return ""
    total, given, beyond, open_ = (
        len(books.entries), len(books.proofs), count[Unproven.BEYOND_MOST], count[Unproven.NOT_SEALED],
    )  # fmt: skip
    return (
        f"\n注意：{total} 笔流水中仅 {given} 笔附有存证，{beyond} 笔超出附带上限，{open_} 笔当时尚未纳入签名的检查点；未附存证的流水未经证实，清单及取得方式见 "
        "inputs/ledger.json 的 proofs。\n"
        f"Note: of {total} movements only {given} are proved: {beyond} are beyond the number of proofs put in, {open_} were under no "
        "signed checkpoint yet. The others are not proven; `proofs` of inputs/ledger.json names them and says how to get theirs.\n"
    )


def proof(found: ProofValue, account_id: UUID) -> dict[str, Any]:
    """Return a proof of the journal that opens the account's own postings and nobody else's."""
    document = found.document()
    return {**document, "opened": [each for each in document["opened"] if json.loads(each)[2] == str(account_id)]}


def proof_name(movement_number: int) -> str:
    """Return the name of a movement's proof in the archive."""
    return f"proofs/{movement_number}.json"


def _as_journalled(amount: Decimal) -> str:
    """Return an amount as the journal's entries write it: without zeros at its end."""
    return number(plain(amount))


def _entry(one: EntryValue, *, is_proved: bool) -> dict[str, Any]:
    moved = one.movement
    return {
        "id": str(moved.id), "number": moved.number, "kind": moved.kind.value, "class": moved.class_code,
        "quantity": _as_journalled(moved.quantity), "effective_on": moved.effective_on.isoformat(),
        "recorded_at": moment(moved.recorded_at), "purpose": moved.purpose, "beneficiary": moved.beneficiary,
        "period": moved.period, "reference": moved.reference,
        "reverses": None if moved.reverses_id is None else str(moved.reverses_id),
        "postings": [
            {
                "batch": str(each.batch_id), "bucket": each.bucket.value, "amount": _as_journalled(each.amount),
                "balance": _as_journalled(each.balance), "serials": [list(run) for run in each.serials],
            }
            for each in one.postings
        ],
        "proof": proof_name(moved.number) if is_proved else None,
    }  # fmt: skip
