"""Fill a disclosure: answer, override, leave out with a reason, take back; judge topics; say who answers for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert

from backend.accounts.values import AccountValue
from backend.esg import rules
from backend.esg.errors import (
    AssessmentInvalid,
    AssigneeUnknown,
    DisclosurePointNotFound,
    DisclosureTextInvalid,
    NothingPrefilled,
    OmissionNotAllowed,
    OverrideUnfounded,
    PrefilledPoint,
)
from backend.esg.models import EsgAssessment, EsgAssignment, EsgEntry
from backend.esg.service.common import LONGEST, Key, columns, files, held, note, words
from backend.esg.service.furnishing import library
from backend.esg.service.viewing import Worked, tasks_of, worked
from backend.esg.values import (
    Applies,
    AssessmentValue,
    AssignmentValue,
    DisclosureValue,
    EntryKind,
    EntryValue,
    Level,
    PointValue,
    State,
    TaskValue,
)
from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope

MOST_POINTS = 200
"""Points assigned at once."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How a topic is judged: scores on the scale of the terms, each with its reason."""

    topic: int
    impact: Decimal
    financial: Decimal
    impact_reason: str
    financial_reason: str


@dataclass(frozen=True, slots=True)
class _Held:
    account: AccountValue
    disclosure: DisclosureValue
    worked: Worked
    point: PointValue


async def _at(write: Write, scope: Scope, key: Key, point: str) -> _Held:
    """Return the caller's draft, held, with one of its points.

    Raises:
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        DisclosurePointNotFound: there is none of that name.
    """
    scope.require("esg:disclose")
    account, one = await held(write, scope, key, State.DRAFT)
    found = await worked(write, scope, one)
    return _Held(account, one, found, _point(found, point))


def _point(found: Worked, point: str) -> PointValue:
    one = next((each for each in found.view.points if each.point == point), None)
    if one is None:
        raise DisclosurePointNotFound(point=point, path=("input", "point"))
    return one


async def answer(
    write: Write, scope: Scope, *, key: Key, point: str, value: Decimal | None, unit: str, text_zh: str, text_en: str,
    evidence_ids: Sequence[UUID],
) -> EntryValue:  # fmt: skip
    """Answer a point the account does not fill: a figure with its unit, or a text (English beside it if you like).

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        DisclosurePointNotFound: there is none of that name.
        PrefilledPoint: the account fills it.
        DisclosureTextInvalid, DisclosureValueMissing, DisclosureUnitInvalid: what is entered.
        EvidenceNotFound: not in this account.
    """
    one = await _at(write, scope, key, point)
    if rules.is_told(one.point.prefill):
        raise PrefilledPoint(point=point, path=("input", "point"))
    return await _enter(write, scope, one, EntryKind.ANSWER, value, unit, text_zh, text_en, evidence_ids, "")


async def override(
    write: Write, scope: Scope, *, key: Key, point: str, value: Decimal | None, unit: str, text_zh: str, text_en: str,
    reason: str, evidence_ids: Sequence[UUID],
) -> EntryValue:  # fmt: skip
    """Replace what the account says of a point, with a reason and evidence; both stay to be seen.

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        DisclosurePointNotFound: there is none of that name.
        NothingPrefilled: the account says nothing there.
        OverrideUnfounded: no reason, or no evidence.
        DisclosureTextInvalid, DisclosureValueMissing, DisclosureUnitInvalid: what is entered.
        EvidenceNotFound: not in this account.
    """
    one = await _at(write, scope, key, point)
    if not rules.is_told(one.point.prefill):
        raise NothingPrefilled(point=point, what_zh="替换", what_en="override", path=("input", "point"))
    if not reason.strip() or not evidence_ids:
        raise OverrideUnfounded(path=("input", "evidenceIds" if reason.strip() else "reason"))
    return await _enter(write, scope, one, EntryKind.OVERRIDE, value, unit, text_zh, text_en, evidence_ids, reason)


async def _enter(
    write: Write, scope: Scope, one: _Held, kind: EntryKind, value: Decimal | None, unit: str, text_zh: str,
    text_en: str, evidence_ids: Sequence[UUID], reason: str,
) -> EntryValue:  # fmt: skip
    told = words("textZh", text_zh, most=LONGEST, is_needed=False)
    english = words("textEn", text_en, most=LONGEST, is_needed=False)
    wanted = rules.expected(one.worked.library, one.point)
    amount, in_unit = rules.entered(one.point, wanted, value, unit, told)
    return await _say(
        write, scope, one, kind, value=amount, unit=in_unit, text_zh=told, text_en=english,
        reason=words("reason", reason, is_needed=kind is EntryKind.OVERRIDE),
        evidence_ids=await files(write, scope, one.account.id, evidence_ids),
    )  # fmt: skip


async def omit(write: Write, scope: Scope, *, key: Key, point: str, reason: str) -> EntryValue:
    """Leave a point out with the reason, where its standards take one (comply or explain).

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        DisclosurePointNotFound: there is none of that name.
        OmissionNotAllowed: a standard that binds (or may) takes no reason in its place.
        DisclosureTextInvalid: the reason.
    """
    one = await _at(write, scope, key, point)
    strong = {
        each.standard for each in one.worked.view.applicability if each.outcome is not Applies.VOLUNTARY
    }  # what cannot be told frees nobody
    for each in one.point.requirements:
        if each.standard in strong and each.level is Level.MANDATORY and not each.may_explain:
            raise OmissionNotAllowed(point=point, path=("input", "point"))
    return await _say(write, scope, one, EntryKind.OMISSION, reason=words("reason", reason))


async def withdraw(write: Write, scope: Scope, *, key: Key, point: str, reason: str) -> EntryValue:
    """Take the owner's last word on a point back: the account's own figure counts again, if there is one.

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        DisclosurePointNotFound: there is none of that name.
        NothingPrefilled: there is nothing of the owner's.
        DisclosureTextInvalid: the reason.
    """
    one = await _at(write, scope, key, point)
    if one.point.entry is None:
        raise NothingPrefilled(point=point, what_zh="撤回", what_en="take back", path=("input", "point"))
    return await _say(write, scope, one, EntryKind.WITHDRAWAL, reason=words("reason", reason))


async def _say(
    write: Write, scope: Scope, one: _Held, kind: EntryKind, *, value: Decimal | None = None, unit: str = "",
    text_zh: str = "", text_en: str = "", reason: str = "", evidence_ids: tuple[UUID, ...] = (),
) -> EntryValue:  # fmt: skip
    entry = EntryValue(
        account_id=one.account.id, id=new_id(), disclosure_id=one.disclosure.id, point=one.point.point, kind=kind,
        value=value, unit=unit, text_zh=text_zh, text_en=text_en, reason=reason, reason_en="", formula_zh="",
        formula_en="", sources=[], evidence_ids=evidence_ids, recorded_at=now(), recorded_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(EsgEntry).values(columns(entry)))
    note(write, one.account, f"esg:{kind.value}", "esg_disclosure", one.disclosure.id, point=entry.point,
         value=None if value is None else format(value, "f"), unit=unit, reason=reason,
         evidence=[str(each) for each in evidence_ids])  # fmt: skip
    return entry


async def assess(write: Write, scope: Scope, *, key: Key, judged: Sequence[Judged]) -> list[AssessmentValue]:
    """Judge topics for a disclosure: impact on people and environment, and financial effect, each with its reason.

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        AssessmentInvalid: no topic, a topic there is not, one twice, or a score outside the scale.
        DisclosureTextInvalid: a reason.
    """
    scope.require("esg:disclose")
    account, one = await held(write, scope, key, State.DRAFT)
    books = await library(write, scope, one.standards, one.reference_versions)
    reason = rules.misjudged(books, [(each.topic, each.impact, each.financial) for each in judged])
    if reason is not None:
        topic, told = reason
        raise AssessmentInvalid(topic=topic, reason_zh=told.zh, reason_en=told.en, path=("input", "topics"))
    at = now()
    values = [
        AssessmentValue(
            account_id=one.account_id, id=new_id(), disclosure_id=one.id, topic=each.topic, impact=each.impact,
            financial=each.financial, impact_reason=words("impactReason", each.impact_reason),
            financial_reason=words("financialReason", each.financial_reason), recorded_at=at,
            recorded_by=scope.actor_id,
        )
        for each in judged
    ]  # fmt: skip
    await write.run(insert(EsgAssessment), [columns(each) for each in values])
    note(write, account, "esg:assess", "esg_disclosure", one.id,
         topics={str(each.topic): [format(each.impact, "f"), format(each.financial, "f")] for each in values})  # fmt: skip
    return values


async def assign(
    write: Write, scope: Scope, *, key: Key, points: Sequence[str], owner_id: UUID, due_on: date
) -> list[TaskValue]:
    """Say who of the enterprise answers for points, and by when; return them as the list of tasks tells them.

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        DisclosureTextInvalid: no point, or too many at once.
        DisclosurePointNotFound: there is none of that name.
        AssigneeUnknown: nobody of this enterprise.
    """
    scope.require("esg:disclose")
    account, one = await held(write, scope, key, State.DRAFT, State.IN_REVIEW)
    wanted = list(dict.fromkeys(points))
    if not 1 <= len(wanted) <= MOST_POINTS:
        raise DisclosureTextInvalid(field="points", most=MOST_POINTS, path=("input", "points"))
    found = await worked(write, scope, one)
    for each in wanted:
        _point(found, each)
    person = (await identity.people_by_id(write, scope, [owner_id]))[0]
    if person is None or person.disabled_at is not None:
        raise AssigneeUnknown(path=("input", "ownerId"))
    at = now()
    values = [
        AssignmentValue(
            account_id=one.account_id, id=new_id(), disclosure_id=one.id, point=each, owner_id=owner_id,
            due_on=due_on, recorded_at=at, recorded_by=scope.actor_id,
        )
        for each in wanted
    ]  # fmt: skip
    await write.run(insert(EsgAssignment), [columns(each) for each in values])
    note(write, account, "esg:assign", "esg_disclosure", one.id, points=wanted, owner=str(owner_id),
         due_on=due_on.isoformat())  # fmt: skip
    told = await tasks_of(write, scope, (one.account_id, one.id))
    return [told[each] for each in wanted]
