"""A bank asks an account to pledge units to it, under a consent for `pledge`; the holder accepts or declines.

The request locks nothing. Accepted, it becomes a pledge of the ledger in the same transaction, which the holder's own
command `pledgeUnits` makes without any request. A request ends with the consent it rests on: a trigger ends it in the
transaction that revokes. Whoever answers holds the request's row first, so that an answer is wholly before a revocation or
finds the request ended.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update

from backend.accounts import service as accounts
from backend.identity.service.elevation import elevated
from backend.kit.clock import CHINA, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.ledger import service as ledger
from backend.ledger.errors import AccountClosed
from backend.ledger.service.posting import selected
from backend.ledger.values import MovementValue, Reason, Selection, Serials
from backend.lending.pledging import rules
from backend.lending.pledging.errors import (
    PledgeConsentEnded,
    PledgeRequestEnded,
    PledgeRequestNotFound,
    PledgeRequestOpen,
    PledgeRequestsTooMany,
)
from backend.lending.pledging.listing import pledgeable_under
from backend.lending.pledging.models import PledgeRequest
from backend.lending.pledging.values import (
    MOST_OPEN,
    STATE_NAMES,
    LapsedBecause,
    PledgeDraft,
    PledgeRequestState,
    PledgeRequestValue,
)
from backend.lending.reading.opening import check_bank, opened
from backend.lending.values import ReadKind

ASK, WITHDRAW, ANSWER = "lending:request_pledge", "lending:withdraw_pledge_request", "lending:answer_pledge_request"
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('pledge requests ' || :bank || :account, 0))")
_MOMENT = select(func.clock_timestamp())


async def request_pledge(write: Write, scope: Scope, account_id: UUID, draft: PledgeDraft) -> PledgeRequestValue:
    """Ask an account's holder to pledge units to the calling bank; the holder finds it in its log, too.

    Raises:
        Unauthenticated, Forbidden: without `lending:manage`.
        BanksOnly: the caller is no bank.
        PledgeTextInvalid, PledgeDatesInvalid, PledgePriceInvalid: see `rules.checked`.
        SelectionEmpty, QuantityNotPositive, QuantityTooLarge, TooManyRanges, SerialsInvalid: as they say.
        ConsentMissing: no consent in force for `pledge`, or no such account.
        AccountClosed: nothing moves from it any more.
        ClassUnknown, ClassFrozen, ClassNotSerialised, SerialsRepeated, QuantityMismatch, UnitsNotWhole,
        QuantityTooPrecise: see `rules.quantity_asked`.
        SerialsNotHere, InsufficientUnits: the account does not have them available.
        PledgeRequestOpen: the bank's request for units of this class for this loan waits for an answer.
        PledgeRequestsTooMany: 20 of the bank's requests to the account do.
    """
    bank_id = check_bank(scope, "lending:manage")
    given = rules.checked(draft, today())
    selected(given.units)
    consent = await opened(write, scope, account_id, "pledge", given.purpose, ReadKind.PLEDGE)
    quantity, number = await _there(write, scope, account_id, given.units)
    await write.run(_LOCK, {"bank": str(bank_id), "account": str(account_id)})
    moment = await write.value(_MOMENT)
    await _check_open(write, bank_id, account_id, given, moment)
    request_id = new_id()
    await write.run(
        insert(PledgeRequest).values(
            account_id=account_id, id=request_id, bank_id=bank_id, consent_id=consent.consent_id, account_number=number,
            class_code=given.units.class_code, quantity=quantity, batch_id=given.units.batch_id,
            serials=[list(each) for each in given.units.serials], reference=given.reference, purpose=given.purpose,
            pledged_until=given.pledged_until, price_cny=given.price_cny, state=PledgeRequestState.ASKED.value,
            asked_at=moment, asked_by=scope.actor_id,
            lapses_at=rules.lapses_at(moment, given.answer_by, consent.ends_on),
        )
    )  # fmt: skip
    _tell(
        write, ASK, request_id, (bank_id, consent.enterprise_id), account=str(account_id),
        unit_class=given.units.class_code, quantity=str(quantity), reference=given.reference,
    )  # fmt: skip
    row = await write.row(_own(request_id))
    if row is None:
        raise PledgeRequestNotFound
    return value_of(row, moment)


async def accept_request(write: Write, scope: Scope, request_id: UUID) -> MovementValue:
    """Pledge what a bank asked for; return the movement, whose hold the bank alone releases.

    Raises:
        Unauthenticated, Forbidden: without `ledger:pledge`.
        PledgeRequestNotFound: not a request to one of the caller's accounts.
        PledgeConsentEnded: the consent it rested on ended before.
        PledgeRequestEnded: answered, withdrawn or lapsed.
        NotABank: the bank is suspended.
        AccountClosed, ClassFrozen, UnitsExpired, SerialsUnknown, SerialsNotHere, InsufficientUnits: by the books.
    """
    request = await _held(write, scope, request_id, "ledger:pledge", Kind.ENTERPRISE)
    units = Selection(
        request.class_code, None if request.serials else request.quantity, request.batch_id, request.serials
    )
    facts = {"pledge_request": str(request.id)}
    if request.pledged_until is not None:
        facts["pledged_until"] = request.pledged_until.isoformat()
    movement = await ledger.pledge(
        write, scope, request.account_id, units, request.bank_id,
        Reason(reference=request.reference, note=request.purpose, facts=facts),
    )  # fmt: skip
    await _end(write, scope, request, PledgeRequestState.ACCEPTED, hold_id=movement.hold_id)
    _tell(
        write, ANSWER, request.id, (request.bank_id, scope.organisation_id), answer="accepted",
        hold=str(movement.hold_id),
    )  # fmt: skip
    return movement


async def decline_request(write: Write, scope: Scope, request_id: UUID, reason: str) -> None:
    """Decline what a bank asked for; it is told the reason.

    Raises:
        Unauthenticated, Forbidden: without `ledger:pledge`.
        PledgeReasonMissing: no reason, or too long a one.
        PledgeRequestNotFound, PledgeConsentEnded, PledgeRequestEnded: see `accept_request`.
    """
    scope.require("ledger:pledge")
    why = rules.reason(reason)
    request = await _held(write, scope, request_id, "ledger:pledge", Kind.ENTERPRISE)
    await _end(write, scope, request, PledgeRequestState.DECLINED, answer=why)
    sides = (request.bank_id, scope.organisation_id)
    _tell(write, ANSWER, request.id, sides, answer="declined", reason=why)


async def withdraw_request(write: Write, scope: Scope, request_id: UUID, reason: str) -> None:
    """Withdraw a request of the calling bank that nobody has answered; the holder is told the reason.

    Raises:
        Unauthenticated, Forbidden: without `lending:manage`.
        PledgeReasonMissing: no reason, or too long a one.
        PledgeRequestNotFound: not this bank's.
        PledgeConsentEnded, PledgeRequestEnded: see `accept_request`.
    """
    scope.require("lending:manage")
    why = rules.reason(reason)
    request = await _held(write, scope, request_id, "lending:manage", Kind.BANK)
    await _end(write, scope, request, PledgeRequestState.WITHDRAWN, answer=why)
    async with elevated(write):
        account = await accounts.account(write, scope.as_system(), request.account_id)
    _tell(write, WITHDRAW, request.id, (request.bank_id, account.organisation_id), reason=why)


async def pledge_requests(
    read: Read,
    scope: Scope,
    *,
    account_id: UUID | None = None,
    state: PledgeRequestState | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[PledgeRequestValue]:
    """Return the requests for pledges the caller sent or got, newest first.

    Raises:
        Unauthenticated, Forbidden: without `ledger:read`.
    """
    scope.require("ledger:read")
    table, moment = PledgeRequest, await read.value(_MOMENT)
    wanted = select(table.__table__).order_by(table.id.desc()).limit(limit)
    if account_id is not None:
        wanted = wanted.where(table.account_id == account_id)
    if before is not None:
        wanted = wanted.where(table.id < before)
    is_over = (table.state == PledgeRequestState.ASKED.value) & (table.lapses_at <= moment)
    if state is PledgeRequestState.LAPSED:
        wanted = wanted.where((table.state == state.value) | is_over)
    elif state is not None:
        wanted = wanted.where(table.state == state.value, ~is_over)
    return [value_of(row, moment) for row in await read.rows(wanted)]


def value_of(row: Row[Any], moment: Any) -> PledgeRequestValue:  # noqa: ANN401 - the database's own moment
    """Return a stored request as it stands at a moment."""
    state = rules.state_of(row.state, row.lapses_at, moment)
    because = rules.because_of(row.lapsed_because, state)
    return PledgeRequestValue(
        id=row.id, bank_id=row.bank_id, account_id=row.account_id, account_number=row.account_number,
        consent_id=row.consent_id, class_code=row.class_code, quantity=row.quantity, batch_id=row.batch_id,
        serials=tuple((first, last) for first, last in row.serials), reference=row.reference, purpose=row.purpose,
        pledged_until=row.pledged_until, price_cny=row.price_cny, state=state, asked_at=row.asked_at,
        lapses_at=row.lapses_at, ended_at=row.lapses_at if because is LapsedBecause.TIME else row.ended_at,
        lapsed_because=because, answer=row.answer, hold_id=row.hold_id,
    )  # fmt: skip


async def _there(write: Write, scope: Scope, account_id: UUID, units: Selection) -> tuple[Decimal, str]:
    """Return how many units are asked for, and the account's number, when the account has them available."""
    system = scope.as_system()
    async with elevated(write):
        account = await accounts.account(write, system, account_id)
        if account.closed_at is not None:
            raise AccountClosed(account=account.number, path=("input", "accountId"))
        known = {each.code: each for each in await ledger.unit_classes(write, system)}
        quantity = rules.quantity_asked(units, known.get(units.class_code))
        holdings = await pledgeable_under(write, system, account_id)
        lots: dict[UUID, Sequence[Serials]] = {}
        if units.serials:
            found = await ledger.lots_of(write, system, [account_id], [units.class_code])
            lots = {each.batch_id: each.serials for each in found}
    rules.check_there(units, quantity, holdings, lots)
    return quantity, account.number


async def _check_open(write: Write, bank_id: UUID, account_id: UUID, given: PledgeDraft, moment: Any) -> None:  # noqa: ANN401 - the database's own moment
    """Note what has lapsed of the bank's requests to the account; refuse one that is open, or too many of them."""
    table = PledgeRequest
    own = (table.bank_id == bank_id, table.account_id == account_id, table.state == PledgeRequestState.ASKED.value)
    await write.run(
        update(table)
        .where(*own, table.lapses_at <= moment)
        .values(
            state=PledgeRequestState.LAPSED.value, lapsed_because=LapsedBecause.TIME.value, ended_at=table.lapses_at
        )
    )
    waiting = await write.rows(select(table.class_code, table.reference, table.asked_at).where(*own))
    for row in waiting:
        if (row.class_code, row.reference) == (given.units.class_code, given.reference):
            raise PledgeRequestOpen(
                asked_on=row.asked_at.astimezone(CHINA).date().isoformat(), reference=row.reference,
                path=("input", "reference"), **{"class": row.class_code},
            )  # fmt: skip
    if len(waiting) >= MOST_OPEN:
        raise PledgeRequestsTooMany(most=MOST_OPEN)


def _own(request_id: UUID) -> Any:  # noqa: ANN401 - a select of all columns
    return select(PledgeRequest.__table__).where(PledgeRequest.id == request_id)


async def _held(write: Write, scope: Scope, request_id: UUID, permission: str, kind: Kind) -> PledgeRequestValue:
    """Return the caller's open request, its row locked: of two answers the second finds the first."""
    scope.require(permission)
    row = await write.row(_own(request_id).with_for_update()) if scope.kind is kind else None
    if row is None:
        raise PledgeRequestNotFound(path=("input", "id"))
    request = value_of(row, await write.value(_MOMENT))
    if request.state is not PledgeRequestState.ASKED:
        is_consents = request.lapsed_because is LapsedBecause.CONSENT_ENDED
        refusal = PledgeConsentEnded if is_consents else PledgeRequestEnded
        ended = request.ended_at or request.lapses_at
        raise refusal(
            state=request.state.value, state_zh=STATE_NAMES[request.state],
            at=ended.astimezone(CHINA).isoformat(timespec="minutes"), path=("input", "id"),
        )  # fmt: skip
    return request


async def _end(
    write: Write,
    scope: Scope,
    request: PledgeRequestValue,
    state: PledgeRequestState,
    *,
    answer: str = "",
    hold_id: UUID | None = None,
) -> None:
    await write.run(
        update(PledgeRequest)
        .where(PledgeRequest.account_id == request.account_id, PledgeRequest.id == request.id)
        .values(
            state=state.value, ended_at=await write.value(_MOMENT), ended_by=scope.actor_id, answer=answer,
            hold_id=hold_id,
        )
    )  # fmt: skip


def _tell(write: Write, action: str, request_id: UUID, sides: tuple[UUID | None, ...], **facts: object) -> None:
    """Audit it in the chains of both sides."""
    for side in sides:
        write.audit(action, object_type="PledgeRequest", object_id=request_id, organisation_id=side, **facts)
