"""An event is drafted with its footprint line by line, submitted, and confirmed by the authority."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from backend.accounts import service as accounts
from backend.credits.citizens.rules import fresh
from backend.credits.events import queries, rules
from backend.credits.events.errors import EventNotChangeable, EventNotFound, EventNotSubmitted
from backend.credits.events.models import CarbonEvent, CarbonEventLine
from backend.credits.events.service.configuring import rule_on
from backend.credits.events.values import (
    CHANGEABLE,
    EventFacts,
    EventState,
    EventValue,
    LineDraft,
    LineValue,
)
from backend.credits.programmes.errors import DecisionReasonMissing, OwnSubmission
from backend.credits.programmes.rules import text as words
from backend.credits.programmes.service.common import check_authority
from backend.factors import service as factors
from backend.factors.values import Confidence, State, Version
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope

NUMBER_SIGNS = 8


async def draft_event(write: Write, scope: Scope, *, account_id: UUID, facts: EventFacts) -> EventValue:
    """Draft an event of one's own account.

    Raises:
        Unauthenticated, Forbidden: without `credits:register`.
        AccountNotFound, AccountNotYours, AccountClosed: whose account it is.
        EventFactsInvalid, TextNotFit: in this order.
    """
    scope.require("credits:register")
    account = await accounts.own_account(write, scope, account_id)
    given = rules.facts(facts)
    value = EventValue(
        account_id=account_id, id=new_id(), number=fresh(f"EV-{account.division_code}-{given.first_day.year}", NUMBER_SIGNS),
        division_code=account.division_code, division_path=account.division_path, name=given.name, place=given.place,
        organiser=given.organiser, boundary=given.boundary, first_day=given.first_day, last_day=given.last_day,
        participants=given.participants, state=EventState.DRAFT, revision=0, tonnes=Decimal(0), required=Decimal(0),
        retired=Decimal(0), drafted_at=now(), drafted_by=scope.actor_id, submitted_at=None, submitted_by=None,
        decided_at=None, decided_by=None, decision="", neutral_at=None,
    )  # fmt: skip
    values = {name: getattr(value, name) for name in value.__slots__} | {"state": value.state.value}
    await write.run(insert(CarbonEvent).values(values))
    write.audit("credits:draft_event", object_type="CarbonEvent", object_id=value.id, number=value.number)
    return value


async def change_event(
    write: Write, scope: Scope, *, account_id: UUID, event_id: UUID, facts: EventFacts
) -> EventValue:
    """Change what is said of an event that is a draft or was sent back.

    Raises:
        Unauthenticated, Forbidden: without `credits:register`.
        EventNotFound, AccountNotYours, AccountClosed, EventNotChangeable: in this order.
        EventFactsInvalid, TextNotFit: in this order.
    """
    scope.require("credits:register")
    await own_changeable(write, scope, account_id, event_id)
    given = rules.facts(facts)
    values: dict[str, Any] = {name: getattr(given, name) for name in given.__slots__}
    return await changed(write, scope, account_id, event_id, "credits:change_event", values)


async def set_lines(
    write: Write, scope: Scope, *, account_id: UUID, event_id: UUID, drafts: Sequence[LineDraft]
) -> EventValue:
    """Set all lines of an event's footprint anew; those before stay as an earlier revision.

    Raises:
        Unauthenticated, Forbidden: without `credits:register`.
        EventNotFound, AccountNotYours, AccountClosed, EventNotChangeable: in this order.
        EventLineInvalid, TextNotFit: names line and field: unknown group, no or two factors, units that do not fit, more
            than 200 lines.
    """
    scope.require("credits:register")
    known = await own_changeable(write, scope, account_id, event_id)
    if len(drafts) > rules.MOST_LINES:
        raise rules.line_invalid(
            len(drafts), "lines", f"at most {rules.MOST_LINES} lines", f"至多 {rules.MOST_LINES} 行"
        )
    for at, each in enumerate(drafts, 1):
        rules.check_draft(at, each)
    wanted = sorted({each.parameter_id for each in drafts if each.parameter_id is not None})
    published = await factors.parameters_by_id(write, scope, wanted)
    revision = known.revision + 1
    lines = [_line(known, revision, at, each, published) for at, each in enumerate(drafts, 1)]
    if lines:
        await write.run(
            insert(CarbonEventLine), [{name: getattr(each, name) for name in each.__slots__} for each in lines]
        )
    whole = rules.total(lines)
    values = {"revision": revision, "tonnes": whole, "required": rules.required(whole)}
    return await changed(write, scope, account_id, event_id, "credits:set_event_lines", values)


def _line(known: EventValue, revision: int, at: int, draft: LineDraft, published: dict[UUID, Version]) -> LineValue:
    said = words(draft.description, "description", most=500)
    common: dict[str, Any] = {
        "account_id": known.account_id, "event_id": known.id, "revision": revision, "position": at,
        "category": draft.category, "description": said,
    }  # fmt: skip
    if draft.quantity is None:
        return LineValue(
            **common, quantity=None, unit="", parameter_id=None, factor=None, factor_unit="", factor_document="",
            factor_confidence="", tonnes=Decimal(0), exclusion=words(draft.exclusion, "exclusion", most=500),
        )  # fmt: skip
    unit = words(draft.unit, "unit", most=40)
    if draft.factor is not None:
        value, of, source = draft.factor.value, words(draft.factor.unit, "factorUnit", most=40), draft.factor.document
        paper, sure = words(source, "factorDocument"), Confidence.TENANT.value
    else:
        version = published.get(draft.parameter_id) if draft.parameter_id else None
        if version is None or version.state is not State.ACTIVE or version.value is None:
            raise rules.line_invalid(at, "parameterId", "no published factor with a number", "不是已发布且有数值的因子")
        value, of, paper, sure = version.value, version.unit, version.document, version.confidence
    return LineValue(
        **common, quantity=draft.quantity, unit=unit, parameter_id=draft.parameter_id, factor=value, factor_unit=of,
        factor_document=paper, factor_confidence=sure, tonnes=rules.reckoned(at, draft.quantity, unit, value, of),
        exclusion="",
    )  # fmt: skip


async def submit_event(write: Write, scope: Scope, *, account_id: UUID, event_id: UUID) -> EventValue:
    """Submit an event's footprint for confirmation.

    Raises:
        Unauthenticated, Forbidden: without `credits:register`.
        EventNotFound, AccountNotYours, AccountClosed, EventNotChangeable: in this order.
        EventCategoriesOpen, EventFootprintEmpty: in this order.
    """
    scope.require("credits:register")
    known = await own_changeable(write, scope, account_id, event_id)
    (lines,) = await queries.lines_of(write, scope, [(account_id, event_id)])
    rules.check_complete(await rule_on(write, scope, known.first_day), lines)
    values = {"state": EventState.SUBMITTED.value, "submitted_at": now(), "submitted_by": scope.actor_id}
    return await changed(write, scope, account_id, event_id, "credits:submit_event", values)


async def decide_event(
    write: Write, scope: Scope, *, account_id: UUID, event_id: UUID, is_confirmed: bool, reason: str = ""
) -> EventValue:
    """Confirm an event's footprint, or send it back; the authority of its region.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        EventNotFound: not there, or not visible.
        AuthorityOnly: the caller is no authority.
        EventNotSubmitted: nothing waits for a decision.
        OwnSubmission: the caller submitted it.
        DecisionReasonMissing, TextNotFit: what is sent back is told why.
    """
    scope.require("credits:review")
    if (await queries.events_by_id(write, scope, [(account_id, event_id)]))[0] is None:
        raise EventNotFound
    check_authority(scope)
    known = await held(write, scope, account_id, event_id)
    if known.state is not EventState.SUBMITTED:
        raise EventNotSubmitted(state=known.state.value, state_zh=rules.STATES_ZH[known.state.value])
    if scope.actor_id is not None and scope.actor_id == known.submitted_by:
        raise OwnSubmission
    if not is_confirmed and not reason.strip():
        raise DecisionReasonMissing(path=("input", "reason"))
    state = EventState.CONFIRMED if is_confirmed else EventState.RETURNED
    values: dict[str, Any] = {
        "state": state.value, "decided_at": now(), "decided_by": scope.actor_id,
        "decision": words(reason, "reason", most=1000, is_needed=False),
    }  # fmt: skip
    return await changed(write, scope, account_id, event_id, "credits:decide_event", values)


async def own_event(write: Write, scope: Scope, account_id: UUID, event_id: UUID) -> EventValue:
    """Return an event of the caller's own account, its row held.

    Raises:
        EventNotFound: not there, or not visible.
        AccountNotYours, AccountClosed: as they say.
    """
    if (await queries.events_by_id(write, scope, [(account_id, event_id)]))[0] is None:
        raise EventNotFound
    await accounts.own_account(write, scope, account_id)
    return await held(write, scope, account_id, event_id)


async def own_changeable(write: Write, scope: Scope, account_id: UUID, event_id: UUID) -> EventValue:
    """Return an event of the caller's own account that may be changed, its row held.

    Raises:
        EventNotFound, AccountNotYours, AccountClosed, EventNotChangeable: in this order.
    """
    known = await own_event(write, scope, account_id, event_id)
    if known.state not in CHANGEABLE:
        raise EventNotChangeable(state=known.state.value, state_zh=rules.STATES_ZH[known.state.value])
    return known


async def held(write: Write, scope: Scope, account_id: UUID, event_id: UUID) -> EventValue:  # noqa: ARG001 - commands take the scope second
    """Return an event, its row held until the transaction ends. Raises EventNotFound."""
    where = (CarbonEvent.account_id == account_id, CarbonEvent.id == event_id)
    row = await write.row(queries.EVENT.where(*where).with_for_update())
    if row is None:
        raise EventNotFound
    return queries.event(row)


async def changed(
    write: Write,
    scope: Scope,  # noqa: ARG001 - commands take the scope second
    account_id: UUID,
    event_id: UUID,
    action: str,
    values: dict[str, Any],
) -> EventValue:
    """Store a change of an event that is held, leave it in the audit, and return the event."""
    where = (CarbonEvent.account_id == account_id, CarbonEvent.id == event_id)
    await write.run(update(CarbonEvent).where(*where).values(**values))
    told = {
        name: value for name, value in values.items() if name in {"state", "revision", "tonnes", "required", "retired"}
    }
    write.audit(action, object_type="CarbonEvent", object_id=event_id, **told)
    return queries.event(await write.row(queries.EVENT.where(*where)))
