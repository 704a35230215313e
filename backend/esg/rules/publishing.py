"""The text of a publication: everything a disclosure says, as canonical JSON, and the hash that names it.

Decimals are plain text, keys sorted, no blanks between signs, UTF-8: whoever has the text can make the hash again.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.esg.values import (
    Applicability,
    Comparative,
    DisclosureValue,
    EntryKind,
    EntryValue,
    Library,
    MatrixCell,
    PointState,
    PointValue,
    ProfileValue,
    Words,
)

FORMAT = "carbon-account/disclosure/1"
"""The form of the text; another form gets another name."""


def number(account_number: str, year: int, version: int) -> str:
    """Return a publication's number: the account's, the year, the version."""
    return f"ESG-{account_number.removeprefix('CA-')}-{year}-V{version}"


def sha256(content: str) -> str:
    """Return the hash of a publication's text, over its UTF-8 bytes."""
    return hashlib.sha256(content.encode()).hexdigest()


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of a disclosure
    """Return a value as JSON: decimals, dates and ids as text, words in both languages."""
    match value:
        case Words():
            found: Any = {"en": value.en, "zh": value.zh}
        case Decimal():
            found = format(value, "f")
        case date():
            found = value.isoformat()
        case UUID():
            found = str(value)
        case Mapping():
            found = {str(name): plain(each) for name, each in value.items()}
        case list() | tuple() | frozenset():
            found = [plain(each) for each in value]
        case _:
            found = value
    return found


def canonical(facts: Mapping[str, Any]) -> str:
    """Return facts as canonical JSON."""
    return json.dumps(plain(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content(
    *,
    named: str,
    account: Mapping[str, Any],
    disclosure: DisclosureValue,
    library: Library,
    profile: ProfileValue | None,
    applicability: Sequence[Applicability],
    cells: Sequence[MatrixCell],
    points: Sequence[PointValue],
    evidence: Mapping[UUID, Mapping[str, Any]],
    corrects: str | None,
    reviewed_by: UUID | None,
    at: datetime,
) -> str:
    """Return the text of a publication."""
    return canonical({
        "format": FORMAT,
        "number": named,
        "account": account,
        "year": disclosure.year,
        "version": disclosure.version,
        "corrects": corrects,
        "correction_reason": disclosure.correction_reason,
        "published_at": at,
        "reviewed_by": reviewed_by,
        "standards": [
            {
                "code": each.code, "version": each.version, "name": each.name, "document": each.document,
                "confidence": each.confidence, "sha256": each.sha256,
            }
            for each in library.standards.values()
        ],
        "references": dict(disclosure.reference_versions),
        "profile": None if profile is None else _profile(profile),
        "applicability": [
            {"standard": each.standard, "outcome": each.outcome.value, "reason": each.reason, "due_on": each.due_on}
            for each in applicability
        ],
        "materiality": {
            "threshold": disclosure.threshold,
            "is_placeholder": library.materiality.is_placeholder,
            "topics": [_cell(each) for each in cells],
        },
        "points": [_point(each, evidence) for each in points if is_told(each)],
    })  # fmt: skip


def is_told(point: PointValue) -> bool:
    """Return whether a point belongs into the publication: whatever is answered, and every open one somebody asks for."""
    return bool(point.requirements) or point.state in {PointState.FILLED, PointState.RESTATED}


def _profile(profile: ProfileValue) -> dict[str, Any]:
    return {
        "exchange": profile.exchange.value if profile.exchange else None,
        "stock_code": profile.stock_code,
        "indices": None if profile.indices is None else [each.value for each in profile.indices],
        "is_dual_listed": profile.is_dual_listed,
        "is_key_discharger": profile.is_key_discharger,
        "as_of": profile.as_of,
    }


def _cell(cell: MatrixCell) -> dict[str, Any]:
    one = cell.assessment
    return {
        "number": cell.topic.number,
        "name": cell.topic.name,
        "impact": one.impact if one else None,
        "financial": one.financial if one else None,
        "impact_reason": one.impact_reason if one else "",
        "financial_reason": one.financial_reason if one else "",
        "is_impact_material": cell.is_impact_material,
        "is_financially_material": cell.is_financially_material,
    }


def _point(point: PointValue, evidence: Mapping[UUID, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "point": point.point,
        "name": point.name,
        "kind": point.kind.value,
        "pillar": point.pillar.value,
        "topic": point.topic,
        "state": point.state.value,
        "is_mandatory": point.is_mandatory,
        "answers": [each.key for each in point.requirements],
        "value": point.value,
        "unit": point.unit,
        "text": point.text,
        "covered_by": point.covered_by,
        "prefill": None if point.prefill is None else _entry(point.prefill),
        "entry": None if point.entry is None else _entry(point.entry),
        "is_overridden": point.entry is not None and point.entry.kind is EntryKind.OVERRIDE,
        "evidence": [{"id": each, **evidence.get(each, {})} for each in point.evidence_ids],
        "comparative": None if point.comparative is None else _comparative(point.comparative),
    }


def _entry(entry: EntryValue) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "value": entry.value,
        "unit": entry.unit,
        "text": Words(entry.text_zh, entry.text_en),
        "reason": Words(entry.reason, entry.reason_en),
        "formula": Words(entry.formula_zh, entry.formula_en),
        "sources": list(entry.sources),
        "recorded_at": entry.recorded_at,
    }


def _comparative(comparative: Comparative) -> dict[str, Any]:
    return {
        "year": comparative.year,
        "published": comparative.published,
        "current": comparative.current,
        "unit": comparative.unit,
        "publication": comparative.publication_id,
        "is_restated": comparative.is_restated,
    }


def published_values(content_: str) -> dict[str, tuple[Decimal, str]]:
    """Return the figures of a publication's text, with their units, by point."""
    return {
        each["point"]: (Decimal(each["value"]), each["unit"])
        for each in json.loads(content_)["points"]
        if each["value"] is not None
    }


def read_content(content_: str) -> dict[str, Any]:
    """Return a publication's text as data; figures stay text, exact."""
    found: dict[str, Any] = json.loads(content_)
    return found
