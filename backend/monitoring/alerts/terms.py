"""Levels of warning: the authority's own, approved by a second person, or else the pack's placeholders."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text, tuple_

from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.monitoring.alerts import rules
from backend.monitoring.alerts.models import MonitoringTerms, MonitoringTermsDecision
from backend.monitoring.alerts.values import Level, Terms, TermsState, TermsValue
from backend.monitoring.errors import (
    MonitoringDocumentInvalid,
    MonitoringOfAuthorities,
    MonitoringSecondPerson,
    MonitoringTextInvalid,
    TermsDecided,
    TermsInvalid,
    TermsNotFound,
    TermsOfTheWhole,
)
from backend.monitoring.values import Words
from backend.tenants import service as tenants
from backend.tenants.values import WarningRules

LONGEST_TEXT, LONGEST_NAME = 2_000, 200
_LOCK = text("select pg_advisory_xact_lock(hashtext('monitoring_terms'))")


def of_authority(scope: Scope, permission: str) -> None:
    """Let authorities (and the service itself) pass.

    Raises:
        Unauthenticated, Forbidden: without the permission.
        MonitoringOfAuthorities: the caller is neither.
    """
    scope.require(permission)
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise MonitoringOfAuthorities


def needed_text(field: str, value: str, *, most: int = LONGEST_TEXT) -> str:
    """Return a text without its margins. Raises MonitoringTextInvalid: nothing is left of it, or it is too long."""
    bare = value.strip()
    if not 1 <= len(bare) <= most:
        raise MonitoringTextInvalid(field=field, most=most, path=("input", field))
    return bare


async def in_force(read: Read, scope: Scope, on: date | None = None) -> Terms:
    """Return the levels in force on a day (today): the newest approved ones that are in effect, else the pack's."""
    day = on or today()
    row = await read.row(
        _TERMS.where(MonitoringTermsDecision.is_approved.is_(True), MonitoringTerms.effective_on <= day)
        .order_by(MonitoringTerms.effective_on.desc(), MonitoringTermsDecision.decided_at.desc())
        .limit(1)
    )
    if row is not None:
        return _value(row).terms
    return _of_pack((await tenants.pack_in_force(read, scope)).warnings)


def _of_pack(given: WarningRules) -> Terms:
    """Return the pack's levels. Its document names the measures; levels and thresholds no document publishes."""
    levels = tuple(
        Level(each.code, each.name_zh, each.name_en, each.growth, each.budget, each.intensity, each.answer_days)
        for each in given.levels
    )
    return Terms(
        None, levels, given.window_months, given.latest_months, given.coverage_percent, given.is_placeholder,
        Words("产品占位值（未见文件公布）", "The product's placeholders: no document publishes any"), None,
    )  # fmt: skip


async def draft(
    write: Write,
    scope: Scope,
    *,
    levels: Sequence[Level],
    window_months: int,
    latest_months: int,
    coverage_percent: Decimal,
    document_number: str,
    document_dated: date,
    document_title: str,
    effective_on: date,
    reason: str,
) -> TermsValue:
    """Draft levels of warning for the whole jurisdiction; they count once another person has approved them.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:configure`.
        MonitoringOfAuthorities: not an authority.
        TermsOfTheWhole: not the authority of the whole jurisdiction.
        TermsInvalid: levels that cannot be.
        MonitoringDocumentInvalid: the document has no number or title, or is of a day to come.
        MonitoringTextInvalid: no reason.
    """
    of_authority(scope, "monitoring:configure")
    await _whole(write, scope)
    fault = rules.level_fault(levels, window_months, latest_months, coverage_percent)
    if fault is not None:
        raise TermsInvalid(reason_en=fault.en, reason_zh=fault.zh, path=("input", "levels"))
    number, title = document_number.strip(), document_title.strip()
    if not (1 <= len(number) <= LONGEST_NAME and 1 <= len(title) <= LONGEST_NAME) or document_dated > today():
        raise MonitoringDocumentInvalid(path=("input", "document"))
    why, own_id = needed_text("reason", reason), new_id()
    content: dict[str, Any] = {
        "levels": [
            {
                "code": each.code, "name_zh": each.name_zh.strip(), "name_en": each.name_en.strip(),
                **{name: None if (bound := getattr(each, name)) is None else format(bound, "f")
                   for name in ("growth", "budget", "intensity")},
                "answer_days": each.answer_days,
            }
            for each in levels
        ],
        "window_months": window_months, "latest_months": latest_months,
        "coverage_percent": format(coverage_percent, "f"),
    }  # fmt: skip
    await write.run(
        insert(MonitoringTerms).values(
            id=own_id, content=content, document_number=number, document_dated=document_dated, document_title=title,
            effective_on=effective_on, reason=why, drafted_at=now(), drafted_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit("monitoring:draft_terms", object_type="WarningTerms", object_id=own_id, document=number)
    return await held(write, scope, own_id)


async def decide(write: Write, scope: Scope, terms_id: UUID, *, is_approved: bool, reason: str) -> TermsValue:
    """Approve or reject drafted levels, once and for good, as another person than who drafted them.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:configure`.
        MonitoringOfAuthorities: not an authority.
        TermsOfTheWhole: not the authority of the whole jurisdiction.
        MonitoringTextInvalid: no reason.
        TermsNotFound: not there, or not visible.
        TermsDecided: approved or rejected before.
        MonitoringSecondPerson: the caller drafted them.
    """
    of_authority(scope, "monitoring:configure")
    await _whole(write, scope)
    why = needed_text("reason", reason)
    await write.run(_LOCK)
    found = await held(write, scope, terms_id)
    if found.state is not TermsState.DRAFT:
        raise TermsDecided
    if scope.kind is not Kind.SYSTEM and found.drafted_by == scope.actor_id:
        raise MonitoringSecondPerson
    await write.run(
        insert(MonitoringTermsDecision).values(
            terms_id=terms_id, is_approved=is_approved, reason=why, decided_at=now(), decided_by=scope.actor_id
        )
    )
    action = "approve" if is_approved else "reject"
    write.audit(f"monitoring:{action}_terms", object_type="WarningTerms", object_id=terms_id, reason=why)
    return await held(write, scope, terms_id)


async def _whole(read: Read, scope: Scope) -> None:
    if scope.kind is Kind.SYSTEM:
        return
    pack = await tenants.pack_in_force(read, scope)
    own = await tenants.required_division(read, scope, pack.division_code)
    if scope.region != own.path:
        raise TermsOfTheWhole


async def held(read: Read, _scope: Scope, terms_id: UUID) -> TermsValue:
    """Return drafted levels. Raises TermsNotFound."""
    row = await read.row(_TERMS.where(MonitoringTerms.id == terms_id))
    if row is None:
        raise TermsNotFound
    return _value(row)


async def versions(
    read: Read, scope: Scope, *, after: tuple[datetime, UUID] | None = None, limit: int
) -> list[TermsValue]:
    """Return drafted levels with what was decided, the newest first.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:read`.
        MonitoringOfAuthorities: not an authority.
    """
    of_authority(scope, "monitoring:read")
    wanted = _TERMS.order_by(MonitoringTerms.drafted_at.desc(), MonitoringTerms.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(MonitoringTerms.drafted_at, MonitoringTerms.id) < after)
    return [_value(row) for row in await read.rows(wanted)]


_TERMS = select(
    *MonitoringTerms.__table__.columns, MonitoringTermsDecision.is_approved, MonitoringTermsDecision.decided_at,
    MonitoringTermsDecision.decided_by, MonitoringTermsDecision.reason.label("decision_reason"),
).outerjoin(MonitoringTermsDecision, MonitoringTermsDecision.terms_id == MonitoringTerms.id)  # fmt: skip


def _bound(given: str | None) -> Decimal | None:
    return None if given is None else Decimal(given)


def _value(row: Row[Any]) -> TermsValue:
    content = row.content
    levels = tuple(
        Level(
            each["code"], each["name_zh"], each["name_en"], _bound(each["growth"]), _bound(each["budget"]),
            _bound(each["intensity"]), each["answer_days"],
        )
        for each in content["levels"]
    )  # fmt: skip
    title = f"{row.document_number}《{row.document_title}》", f"{row.document_number}, {row.document_title}"
    state = TermsState.DRAFT
    if row.is_approved is not None:
        state = TermsState.APPROVED if row.is_approved else TermsState.REJECTED
    terms = Terms(
        row.id, levels, content["window_months"], content["latest_months"], Decimal(content["coverage_percent"]),
        False, Words(*title), row.effective_on,  # noqa: FBT003 - no placeholder
    )  # fmt: skip
    return TermsValue(
        row.id, terms, row.document_number, row.document_dated, row.document_title, row.effective_on, row.reason, state,
        row.drafted_at, row.drafted_by, row.decided_at, row.decided_by, row.decision_reason,
    )  # fmt: skip
