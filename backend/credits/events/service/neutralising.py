"""Units are retired for exactly an event's footprint, claimed for it once; the registrar can take a retirement back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from backend.credits.events import queries, rules
from backend.credits.events.errors import (
    EventNotConfirmed,
    EventNotFound,
    EventRetirementNotFound,
    EventRetirementReversed,
)
from backend.credits.events.models import CarbonEventRetirement
from backend.credits.events.service.configuring import rule_on
from backend.credits.events.service.drafting import changed, held, own_event
from backend.credits.events.values import (
    PURPOSE,
    REVERSE_RETIREMENT,
    EventState,
    EventValue,
    RetirementValue,
    RuleInForce,
)
from backend.credits.programmes.errors import DecisionReasonMissing
from backend.credits.programmes.rules import text as words
from backend.credits.programmes.service.common import check_authority
from backend.credits.programmes.service.retiring import check_purpose
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.quantities import EXACT
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.service import Use, of_serials
from backend.ledger.values import MovementValue, Reason, Selection
from backend.tenants import service as tenants
from backend.tenants.values import RetirementPurpose


async def retire_for_event(
    write: Write, scope: Scope, *, account_id: UUID, event_id: UUID, selections: Sequence[Selection]
) -> EventValue:
    """Retire one's own units for a confirmed event, up to exactly its footprint; with the last tonne it is neutral.

    Every retirement of an event bears its number and its group, so that one certificate can state them all.

    Raises:
        Unauthenticated, Forbidden: without `credits:claim` and `ledger:retire`.
        EventNotFound, AccountNotYours, AccountClosed: whose it is.
        EventNotConfirmed: no footprint to neutralise yet, or neutral already.
        EventUnitsNotAccepted, PurposeNotAllowed: units that do not neutralise events here.
        EventRetirementTooMuch: more than remains.
        SelectionEmpty, QuantityNotPositive, InsufficientUnits, SerialsUnknown, SerialsNotHere, UnitsExpired,
        UnitsNotWhole, QuantityTooPrecise, ClassFrozen, PeriodInvalid (the event lies beyond next year): by the books (see
        `ledger.retire`).
        EventVintageUnknown, EventVintageTooOld: in this order.
        AlreadyClaimed: the benefit is used up.
    """
    scope.require("credits:claim")
    scope.require("ledger:retire")
    known = await own_event(write, scope, account_id, event_id)
    if known.state is not EventState.CONFIRMED:
        raise EventNotConfirmed(state=known.state.value, state_zh=rules.STATES_ZH[known.state.value])
    rule = await rule_on(write, scope, known.first_day)
    await _check_classes(write, scope, rule, selections)
    remaining = EXACT.subtract(known.required, known.retired)
    asked = sum((each.quantity for each in selections if each.quantity is not None), Decimal(0))
    rules.check_amount(asked, remaining)
    movements = await ledger.retire(
        write, scope, account_id, selections,
        Reason(purpose=PURPOSE, beneficiary=known.name, period=known.first_day.year, reference=known.number,
               group_id=known.id, facts={"event": known.number}, undone_by=REVERSE_RETIREMENT),
    )  # fmt: skip
    retired = sum((each.quantity for each in movements), Decimal(0))
    rules.check_amount(retired, remaining)
    await _check_vintages(write, scope, rule, known, movements)
    at = now()
    for each in movements:
        await ledger.claim(
            write, scope, Use.EVENT, account_id, of_serials(each.serials), period=known.first_day.year,
            movement_id=each.id, facts={"event": known.number, "beneficiary": known.name},
        )  # fmt: skip
    await write.run(insert(CarbonEventRetirement), [_row(scope, known, each, at) for each in movements])
    values: dict[str, Any] = {"retired": EXACT.add(known.retired, retired)}
    if retired == remaining:
        values |= {"state": EventState.NEUTRAL.value, "neutral_at": at}
    return await changed(write, scope, account_id, event_id, "credits:retire_for_event", values)


async def _check_classes(read: Read, scope: Scope, rule: RuleInForce, selections: Sequence[Selection]) -> None:
    rules.check_classes(rule, [each.class_code for each in selections])
    pack = await tenants.pack_in_force(read, scope)
    own = {each.unit_class.code: each for each in pack.programmes if each.unit_class is not None}
    for each in selections:
        if each.class_code in own:
            check_purpose(own[each.class_code], RetirementPurpose.EVENT)


async def _check_vintages(
    read: Read, scope: Scope, rule: RuleInForce, known: EventValue, movements: Sequence[MovementValue]
) -> None:
    if rule.vintage_years is None:
        return
    batches = await ledger.batches(read, scope, sorted({one for each in movements for one in each.batch_ids}))
    for each in movements:
        for one in each.batch_ids:
            vintage = batches[one].vintage if one in batches else None
            rules.check_vintage(rule, each.class_code, vintage, known.first_day.year)


def _row(scope: Scope, known: EventValue, movement: MovementValue, at: datetime) -> dict[str, Any]:
    return {
        "account_id": known.account_id, "event_id": known.id, "movement_id": movement.id,
        "class_code": movement.class_code, "quantity": movement.quantity, "retired_at": at,
        "retired_by": scope.actor_id,
    }  # fmt: skip


async def reverse_retirement(
    write: Write, scope: Scope, *, account_id: UUID, event_id: UUID, movement_id: UUID, reason: str
) -> EventValue:
    """Take a retirement for an event back: the units return, their claim ends, and the event is not neutral any more.

    A certificate that states it is withdrawn with it.

    Raises:
        Unauthenticated, Forbidden: without `credits:review` and `ledger:reverse`.
        EventNotFound: not there, or not visible.
        AuthorityOnly: the caller is no authority.
        EventRetirementNotFound, EventRetirementReversed: no such retirement of the event; taken back before.
        DecisionReasonMissing, TextNotFit: the reason.
        MovementNotReversible: by the books.
    """
    scope.require("credits:review")
    scope.require("ledger:reverse")
    if (await queries.events_by_id(write, scope, [(account_id, event_id)]))[0] is None:
        raise EventNotFound
    check_authority(scope)
    known = await held(write, scope, account_id, event_id)
    retirement = await _retirement(write, account_id, event_id, movement_id)
    if not reason.strip():
        raise DecisionReasonMissing(path=("input", "reason"))
    why = words(reason, "reason", most=1000)
    await write.run(
        update(CarbonEventRetirement)
        .where(CarbonEventRetirement.account_id == account_id, CarbonEventRetirement.movement_id == movement_id)
        .values(reversed_at=now(), reversed_by=scope.actor_id, reversal=why)
    )
    values: dict[str, Any] = {
        "retired": EXACT.subtract(known.retired, retirement.quantity), "state": EventState.CONFIRMED.value,
        "neutral_at": None,
    }  # fmt: skip
    back = await changed(write, scope, account_id, event_id, "credits:reverse_event_retirement", values)
    await ledger.reverse(write, scope, movement_id, Reason(note=why, undone_by=REVERSE_RETIREMENT))
    await ledger.withdraw_claims(write, scope, movement_id)
    return back


async def _retirement(read: Read, account_id: UUID, event_id: UUID, movement_id: UUID) -> RetirementValue:
    row = await read.row(
        queries.RETIREMENT.where(
            CarbonEventRetirement.account_id == account_id, CarbonEventRetirement.event_id == event_id,
            CarbonEventRetirement.movement_id == movement_id,
        )
    )  # fmt: skip
    if row is None:
        raise EventRetirementNotFound
    found = RetirementValue(*row)
    if found.reversed_at is not None:
        raise EventRetirementReversed
    return found
