"""An account's units in the period, as JSON: what lay in each bucket before it, and every posting of its days."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.ledger.service import EntryValue, OpeningValue, ProofValue
from backend.ledger.values import UnitClass
from backend.statements.account.figuring import plain
from backend.statements.bundle.inputs import moment, number


def ledger(
    account_id: UUID, classes: Sequence[UnitClass], openings: Sequence[OpeningValue], entries: Sequence[EntryValue],
    proofs: Mapping[UUID, ProofValue],
) -> dict[str, Any]:  # fmt: skip
    """Return the books of an account over a period; of classes it never touched nothing is said."""
    touched = {each.class_code for each in openings} | {each.movement.class_code for each in entries}
    return {
        "account": str(account_id),
        "classes": [
            {
                "code": each.code, "name_zh": each.name_zh, "name_en": each.name_en, "unit": each.unit,
                "source": each.source, "confidence": each.confidence,
            }
            for each in classes if each.code in touched
        ],
        "openings": [
            {"class": each.class_code, "bucket": each.bucket.value, "amount": _as_journalled(each.amount)} for each in openings
        ],
        "movements": [_entry(each, is_proved=each.movement.id in proofs) for each in entries],
    }  # fmt: skip


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
