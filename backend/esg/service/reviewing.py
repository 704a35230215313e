"""Review by a second person, in rounds: submitted, returned with remarks, approved."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.esg import queries, rules
from backend.esg.errors import (
    DisclosureIncomplete,
    DisclosurePointNotFound,
    DisclosureTextInvalid,
    RemarksMissing,
    RemarksUnanswered,
    SecondPersonNeeded,
)
from backend.esg.service.common import Key, held, move, note, words
from backend.esg.service.viewing import Worked, worked
from backend.esg.values import DisclosureValue, GapKind, State, Step, StepValue
from backend.kit.db import Read, Write
from backend.kit.scope import Scope

BUT_REVIEW = frozenset({GapKind.UNREVIEWED})
MOST_REMARKS = 200
SHORT = 100
"""Signs of a remark that a refusal repeats; its details have all of it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer wants mended, or what the owner says to it; `point` is empty when it is about the whole."""

    point: str
    text: str


def check_complete(found: Worked, *, but: frozenset[GapKind] = frozenset()) -> None:
    """Refuse a disclosure that lacks something that blocks.

    Raises:
        DisclosureIncomplete: with the gaps.
    """
    lacking = rules.blocking(found.view.gaps, but=but)
    if lacking:
        first = lacking[0].words
        raise DisclosureIncomplete(
            count=len(lacking), first_zh=first.zh, first_en=first.en,
            gaps=[{"kind": each.kind.value, "point": each.point, "topic": each.topic} for each in lacking],
        )  # fmt: skip


async def submit(
    write: Write, scope: Scope, *, key: Key, note_text: str = "", answers: Sequence[Remark] = ()
) -> StepValue:
    """Hand a complete draft over for review; another round begins.

    One that was returned meets each remark first: the point says something else since, or `answers` has words for it. A
    remark on the whole is met by whatever changed since, judged topics too.

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        DisclosureIncomplete: something blocks: missing, restated, not judged, or applicability that cannot be told.
        DisclosureTextInvalid: an answer without a text, too many of them, the note.
        DisclosurePointNotFound: an answer about a point there is not.
        RemarksUnanswered: a remark of the reviewer is not met.
    """
    scope.require("esg:disclose")
    account, one = await held(write, scope, key, State.DRAFT)
    found = await worked(write, scope, one)
    check_complete(found, but=BUT_REVIEW)
    if len(answers) > MOST_REMARKS:
        raise DisclosureTextInvalid(field="answers", most=MOST_REMARKS, path=("input", "answers"))
    _check_points(found, answers, "answers")
    answered = [{"point": each.point, "text": words("answers", each.text)} for each in answers]
    told = words("note", note_text, is_needed=False)
    await _check_met(write, scope, found, {each.point for each in answers})
    step = await move(
        write, scope, one, Step.SUBMIT, State.IN_REVIEW, note_text=told, remarks=answered, round_=one.round + 1
    )
    note(write, account, "esg:submit", "esg_disclosure", one.id, year=one.year, round=step.round, answers=len(answered))
    return step


def _check_points(found: Worked, remarks: Sequence[Remark], field: str) -> None:
    """Refuse remarks or answers about points there are not.

    Raises:
        DisclosurePointNotFound: with the first of them.
    """
    known = {each.point for each in found.view.points}
    for each in remarks:
        if each.point and each.point not in known:
            raise DisclosurePointNotFound(point=each.point, path=("input", field))


async def _check_met(read: Read, scope: Scope, found: Worked, answered: set[str]) -> None:
    """Refuse a disclosure that was returned while a remark is neither followed nor answered.

    Raises:
        RemarksUnanswered: with those remarks.
    """
    last = found.view.steps[-1] if found.view.steps else None
    if last is None or last.step is not Step.RETURN:
        return
    changed = await queries.changed_since(read, scope, (last.account_id, last.disclosure_id), last.recorded_at)
    open_ = rules.unmet(last.remarks, changed, answered)
    if open_:
        point, told = open_[0]["point"], open_[0]["text"][:SHORT]
        raise RemarksUnanswered(
            count=len(open_), first_zh=f"{point or '整体'}（{told}）", first_en=f"{point or 'the whole'} ({told})",
            remarks=[dict(each) for each in open_], path=("input", "answers"),
        )  # fmt: skip


async def _check_second(write: Write, scope: Scope, one: DisclosureValue) -> None:
    """Refuse whoever filled, judged or submitted it, and whoever cannot be told apart from them.

    Raises:
        SecondPersonNeeded: the caller is one of them, or no person or program at all.
    """
    if scope.actor_id is None or scope.actor_id in await queries.writers(write, scope, (one.account_id, one.id)):
        raise SecondPersonNeeded


async def return_(write: Write, scope: Scope, *, key: Key, remarks: Sequence[Remark], note_text: str = "") -> StepValue:
    """Return a disclosure to be mended, with remarks; an approved one too, when its sources changed.

    Raises:
        Unauthenticated, Forbidden: without `esg:review`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        SecondPersonNeeded: the caller filled or submitted it.
        RemarksMissing: no remark, or one without text.
        DisclosurePointNotFound: a remark about a point there is not.
        DisclosureTextInvalid: a text that is too long.
    """
    scope.require("esg:review")
    account, one = await held(write, scope, key, State.IN_REVIEW, State.APPROVED)
    await _check_second(write, scope, one)
    if not 1 <= len(remarks) <= MOST_REMARKS or any(not each.text.strip() for each in remarks):
        raise RemarksMissing(path=("input", "remarks"))
    found = await worked(write, scope, one)
    _check_points(found, remarks, "remarks")
    told = [{"point": each.point, "text": words("remarks", each.text)} for each in remarks]
    step = await move(
        write, scope, one, Step.RETURN, State.DRAFT, note_text=words("note", note_text, is_needed=False), remarks=told
    )
    note(write, account, "esg:return", "esg_disclosure", one.id, year=one.year, round=one.round, remarks=len(told))
    return step


async def approve(write: Write, scope: Scope, *, key: Key, note_text: str = "") -> StepValue:
    """Approve a complete disclosure as a second person; then it can be published.

    Raises:
        Unauthenticated, Forbidden: without `esg:review`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        SecondPersonNeeded: the caller filled or submitted it.
        DisclosureIncomplete: something blocks by now, a restated source for example.
        DisclosureTextInvalid: the note.
    """
    scope.require("esg:review")
    account, one = await held(write, scope, key, State.IN_REVIEW)
    await _check_second(write, scope, one)
    check_complete(await worked(write, scope, one), but=BUT_REVIEW)
    told = words("note", note_text, is_needed=False)
    step = await move(write, scope, one, Step.APPROVE, State.APPROVED, note_text=told)
    note(write, account, "esg:approve", "esg_disclosure", one.id, year=one.year, round=one.round)
    return step
