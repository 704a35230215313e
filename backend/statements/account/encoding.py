"""A statement as JSON: decimals and moments as text, words in both languages, sorted keys. The exact numbers, unrounded."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from backend.statements.account.values import Formula, StatementData


def as_json(value: Any) -> Any:  # noqa: ANN401 - any value of a statement
    """Return a value of a statement as JSON has it; objects by their fields' names."""
    if is_dataclass(value) and not isinstance(value, type):
        named = {each.name: as_json(getattr(value, each.name)) for each in fields(value)}
        if isinstance(value, Formula) and not value.operands:
            del named["operands"]
        return named
    match value:
        case Enum():
            found = value.value
        case Decimal():
            found = format(value, "f")
        case datetime():
            found = value.astimezone(UTC).isoformat()
        case date():
            found = value.isoformat()
        case UUID():
            found = str(value)
        case list() | tuple():
            found = [as_json(each) for each in value]
        case _:
            found = value
    return found


def document(data: StatementData, number: str, issued_at: datetime, verify_url: str) -> bytes:
    """Return the issued file: the statement under its number, in the one spelling that is hashed and signed (UTF-8)."""
    whole = {
        **as_json(data),
        "number": number,
        "issued_at": issued_at.astimezone(UTC).isoformat(),
        "verify_url": verify_url,
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def mark_of(content: bytes) -> str:
    """Return the short hash printed on every page: the first 16 digits of the JSON's SHA-256, in fours."""
    digest = hashlib.sha256(content).hexdigest()[:16].upper()
    return " ".join(digest[start : start + 4] for start in range(0, 16, 4))
