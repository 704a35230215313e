"""Public notices (公示) and the objections to them. Who objects is known to the authority alone."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.kit.clock import today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.parks import queries_workflow
from backend.parks.errors import (
    ParkDatesInvalid,
    ParkDecided,
    ParkNoticeClosed,
    ParkNoticeNotFound,
    ParkObjectionNotFound,
)
from backend.parks.models import ParkNotice, ParkObjection, ParkObjectionAnswer
from backend.parks.rules import checking, walking
from backend.parks.service.common import lock, note, of_authority, own_application, paper, place, recorded
from backend.parks.service.telling import tell_objection
from backend.parks.values import Document, NoticeRow, ObjectionRow, Step

LONGEST_CONTACT = 200


async def publish_notice(
    write: Write, scope: Scope, application_id: UUID, *, opens_on: date, closes_on: date, text: str, contact: str,
    document: Document,
) -> NoticeRow:  # fmt: skip
    """Publish a notice of an application whose review was passed; its days are the authority's to set.

    Raises:
        Unauthenticated, Forbidden: without `parks:decide`.
        ParkApplicationNotFound, ParkTextInvalid, ParkDocumentInvalid: in this order.
        ParkDatesInvalid: it would open before today, or close before it opens.
        ParkStepWaiting, ParkStepNotNow: the notice is not next.
    """
    of_authority(scope, "parks:decide")
    await own_application(write, scope, application_id)
    said, reach = checking.text(text, "text"), checking.text(contact, "contact", LONGEST_CONTACT)
    source = checking.document(document)
    if opens_on < today():
        raise ParkDatesInvalid(
            reason_zh="公示不能早于今天开始", reason_en="a notice does not open before today",
            path=("input", "opensOn"),
        )  # fmt: skip
    checking.in_order(opens_on, closes_on, "closesOn")
    await lock(write, application_id)
    found = await own_application(write, scope, application_id)
    walking.check_next(found.steps, Step.PUBLICISE, opens_on)
    own_id = new_id()
    await write.run(
        insert(ParkNotice).values(
            id=own_id, application_id=application_id, opens_on=opens_on, closes_on=closes_on, text=said, contact=reach,
            **place(found), **paper(source), **recorded(scope),
        )
    )  # fmt: skip
    note(write, "parks:publish_notice", "park_notice", own_id, application=str(application_id))
    return await _notice(write, scope, own_id)


async def record_objection(
    write: Write, scope: Scope, notice_id: UUID, *, objector: str, contact: str, text: str
) -> ObjectionRow:
    """Record an objection: by an official who received it, or by the public page (as the service itself).

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`.
        ParkNoticeNotFound, ParkTextInvalid: in this order.
        ParkNoticeClosed: outside the days of the notice.
    """
    of_authority(scope, "parks:manage")
    found = await _notice(write, scope, notice_id)
    who = checking.text(objector, "objector", checking.LONGEST_NAME)
    reach, said = checking.text(contact, "contact", LONGEST_CONTACT), checking.text(text, "text")
    if not found.opens_on <= today() <= found.closes_on:
        raise ParkNoticeClosed(opens=found.opens_on.isoformat(), closes=found.closes_on.isoformat())
    # Nobody confirms the notice between this check and the objection's being there.
    await lock(write, found.application_id)
    own_id = new_id()
    await write.run(
        insert(ParkObjection).values(
            id=own_id, notice_id=notice_id, objector=who, contact=reach, text=said,
            organisation_id=scope.organisation_id if scope.kind is Kind.AUTHORITY else None, **_place(found),
            **recorded(scope),
        )
    )  # fmt: skip
    note(write, "parks:object", "park_notice", notice_id, objection=str(own_id))
    await tell_objection(write, scope, found, own_id)
    return await _objection(write, scope, own_id)


async def answer_objection(
    write: Write, scope: Scope, objection_id: UUID, *, is_upheld: bool, answer: str
) -> ObjectionRow:
    """Answer an objection, once.

    Raises:
        Unauthenticated, Forbidden: without `parks:decide`.
        ParkObjectionNotFound, ParkDecided, ParkTextInvalid: in this order.
    """
    of_authority(scope, "parks:decide")
    await lock(write, objection_id)
    found = await _objection(write, scope, objection_id)
    if found.answer is not None:
        raise ParkDecided
    said = checking.text(answer, "answer")
    notice = await _notice(write, scope, found.notice_id)
    await write.run(
        insert(ParkObjectionAnswer).values(
            objection_id=objection_id, is_upheld=is_upheld, answer=said, **_place(notice), **recorded(scope)
        )
    )
    note(write, "parks:answer_objection", "park_notice", notice.id, objection=str(objection_id), is_upheld=is_upheld)
    return await _objection(write, scope, objection_id)


def _place(notice: NoticeRow) -> dict[str, Any]:
    return {"division_path": notice.division_path, "operator_id": notice.operator_id}


async def _notice(write: Write, scope: Scope, notice_id: UUID) -> NoticeRow:
    found = await queries_workflow.notice(write, scope, notice_id)
    if found is None:
        raise ParkNoticeNotFound
    return found


async def _objection(write: Write, scope: Scope, objection_id: UUID) -> ObjectionRow:
    found = await queries_workflow.objection(write, scope, objection_id)
    if found is None:
        raise ParkObjectionNotFound
    return found
