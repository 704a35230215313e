"""A bank asks an enterprise for a consent; the enterprise grants that or less, or declines; the bank may withdraw."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, insert, literal, or_, select, text, update
from sqlalchemy.orm import InstrumentedAttribute

from backend.identity import rules
from backend.identity.errors import (
    ConsentRequestEnded,
    ConsentRequestNotFound,
    ConsentRequestOpen,
    ConsentRequestsTooMany,
    EnterpriseNotFound,
    KindForbidden,
)
from backend.identity.models import ConsentRequest
from backend.identity.queries import request_of
from backend.identity.service.agreements import open_to_bank, tell_pair
from backend.identity.values import STATE_NAMES, RequestState, RequestValue
from backend.kit.audit import AuditEvent
from backend.kit.clock import CHINA, now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

ASK = "identity:request_consent"
ANSWER = "identity:answer_consent_request"
WITHDRAW = "identity:withdraw_consent_request"

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:bank, 0))")
_FIND = text("select consent_enterprise(:written)")


async def request_consent(
    write: Write,
    scope: Scope,
    *,
    asked_for: str,
    scopes: Sequence[str],
    purpose: str,
    starts_on: date,
    ends_on: date,
    message: str = "",
) -> UUID:
    """Ask an enterprise, by its credit code or the number of its account, to open something to the calling bank.

    The enterprise has 30 days; then the request lapses. The bank learns nothing of the enterprise by asking but that
    it is registered here.

    Raises:
        Unauthenticated, Forbidden: without `identity:request_consent`.
        KindForbidden: only banks ask.
        ConsentRequestsTooMany: 60 within an hour, refused ones counted.
        ConsentScopesInvalid: none, or an unknown one.
        PurposeMissing, MessageTooLong, PeriodInvalid: see `rules`.
        EnterpriseNotFound: no active enterprise has this credit code or an open account of this number.
        ConsentRequestOpen: the bank's last request to it waits for an answer.
    """
    scope.require(ASK)
    bank_id = scope.organisation_id
    if scope.kind is not Kind.BANK or bank_id is None:
        raise KindForbidden(kind=scope.kind.value, why="; only a bank can")
    await write.run(_LOCK, {"bank": f"consent_request:{bank_id}"})
    await _check_frequency(write, bank_id)
    asked = rules.scopes(scopes)
    why, words = rules.purpose(purpose), rules.message(message)
    rules.period(starts_on, ends_on, today())
    enterprise_id = await write.value(_FIND, {"written": asked_for})
    if enterprise_id is None:
        raise EnterpriseNotFound(written=asked_for.strip(), path=("input", "askedFor"))
    moment = now()
    waiting = await write.row(
        select(ConsentRequest.__table__)
        .where(
            ConsentRequest.bank_id == bank_id, ConsentRequest.enterprise_id == enterprise_id,
            ConsentRequest.state == RequestState.ASKED.value,
        )
        .with_for_update()
    )  # fmt: skip
    if waiting is not None:
        before = request_of(waiting, moment)
        if before.state is RequestState.ASKED:
            raise ConsentRequestOpen(asked_at=before.created_at.astimezone(CHINA).date().isoformat())
        await _end(write, scope, before, RequestState.LAPSED)
    request_id = new_id()
    await write.run(
        insert(ConsentRequest).values(
            id=request_id, bank_id=bank_id, enterprise_id=enterprise_id, asked_for=asked_for.strip().upper(),
            scopes=asked, purpose=why, message=words, starts_on=starts_on, ends_on=ends_on,
            state=RequestState.ASKED.value, created_at=moment, created_by=scope.actor_id,
            lapses_at=moment + rules.REQUEST_LASTS,
        )
    )  # fmt: skip
    tell_pair(
        write, ASK, "ConsentRequest", request_id, (enterprise_id, bank_id), bank=bank_id, scopes=asked, purpose=why,
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    return request_id


async def grant_request(
    write: Write,
    scope: Scope,
    *,
    request_id: UUID,
    scopes: Sequence[str] | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    is_replacing: bool = False,
) -> UUID:
    """Grant what a bank asked for, or less of it; return the id of the consent.

    What is left out is as asked. With `is_replacing`, a consent to the bank whose period overlaps is revoked in the
    same step.

    Raises:
        Unauthenticated, Forbidden: without `identity:consent`.
        ConsentRequestNotFound: not a request to the caller.
        ConsentRequestEnded: answered, withdrawn or lapsed.
        ConsentScopesInvalid: none, or an unknown one.
        ConsentWider: more than was asked for.
        PeriodInvalid: see `rules`.
        AlreadyConsented: for a period that overlaps, without `is_replacing`.
    """
    scope.require("identity:consent")
    request = await _held(write, scope, request_id, ConsentRequest.enterprise_id)
    opened = rules.scopes(request.scopes if scopes is None else scopes)
    first, last = starts_on or request.starts_on, ends_on or request.ends_on
    rules.check_narrower(request, opened, first, last)
    rules.period(first, last, today())
    sides = (request.enterprise_id, request.bank_id)
    consent_id = await open_to_bank(
        write, scope, sides, scopes=opened, purpose=request.purpose, starts_on=first, ends_on=last,
        is_replacing=is_replacing, request=request_id,
    )  # fmt: skip
    await _end(write, scope, request, RequestState.GRANTED, consent_id=consent_id)
    tell_pair(write, ANSWER, "ConsentRequest", request_id, sides, answer="granted", consent=consent_id, scopes=opened)
    return consent_id


async def decline_request(write: Write, scope: Scope, *, request_id: UUID, reason: str) -> None:
    """Decline what a bank asked for; it is told the reason.

    Raises:
        Unauthenticated, Forbidden: without `identity:consent`.
        ReasonMissing: no reason.
        ConsentRequestNotFound: not a request to the caller.
        ConsentRequestEnded: answered, withdrawn or lapsed.
    """
    scope.require("identity:consent")
    why = rules.reason(reason)
    request = await _held(write, scope, request_id, ConsentRequest.enterprise_id)
    await _end(write, scope, request, RequestState.DECLINED, answer=why)
    sides = (request.enterprise_id, request.bank_id)
    tell_pair(write, ANSWER, "ConsentRequest", request_id, sides, answer="declined", reason=why)


async def withdraw_request(write: Write, scope: Scope, *, request_id: UUID, reason: str = "") -> None:
    """Withdraw a request of the calling bank that nobody has answered.

    Raises:
        Unauthenticated, Forbidden: without `identity:request_consent`.
        ConsentRequestNotFound: not the caller's own.
        ConsentRequestEnded: answered, withdrawn or lapsed.
    """
    scope.require(ASK)
    why = rules.message(reason)
    request = await _held(write, scope, request_id, ConsentRequest.bank_id)
    await _end(write, scope, request, RequestState.WITHDRAWN, answer=why)
    sides = (request.enterprise_id, request.bank_id)
    tell_pair(write, WITHDRAW, "ConsentRequest", request_id, sides, reason=why)


async def _check_frequency(write: Write, bank_id: UUID) -> None:
    """Raise ConsentRequestsTooMany when the bank's own audit chain shows as many requests as an hour may have."""
    since = now() - rules.PER
    found = await write.row(
        select(func.count().label("asked"), func.min(AuditEvent.at).label("first")).where(
            AuditEvent.chain_id == bank_id, AuditEvent.action == ASK, AuditEvent.at > since
        )
    )
    if found is not None and found.asked >= rules.MOST_REQUESTS:
        until = (found.first + rules.PER).astimezone(CHINA)
        raise ConsentRequestsTooMany(most=rules.MOST_REQUESTS, until=until.isoformat(timespec="minutes"))


async def _held(write: Write, scope: Scope, request_id: UUID, side: InstrumentedAttribute[UUID]) -> RequestValue:
    """Return the caller's request, its row locked: of two answers the second finds the first."""
    row = await write.row(
        select(ConsentRequest.__table__)
        .where(ConsentRequest.id == request_id, or_(literal(scope.kind is Kind.SYSTEM), side == scope.organisation_id))
        .with_for_update()
    )
    if row is None:
        raise ConsentRequestNotFound
    request = request_of(row, now())
    if request.state is not RequestState.ASKED:
        ended = request.ended_at or request.lapses_at
        raise ConsentRequestEnded(
            state=request.state.value, state_zh=STATE_NAMES[request.state],
            at=ended.astimezone(CHINA).isoformat(timespec="minutes"),
        )  # fmt: skip
    return request


async def _end(
    write: Write,
    scope: Scope,
    request: RequestValue,
    state: RequestState,
    *,
    answer: str = "",
    consent_id: UUID | None = None,
) -> None:
    lapsed = state is RequestState.LAPSED
    await write.run(
        update(ConsentRequest)
        .where(ConsentRequest.id == request.id)
        .values(
            state=state.value, ended_at=request.lapses_at if lapsed else now(),
            ended_by=None if lapsed else scope.actor_id, answer=answer, consent_id=consent_id,
        )
    )  # fmt: skip
