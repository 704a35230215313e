"""What people do with their notices: mark them read, say whether they want e-mail."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.scope import Kind, Scope
from backend.monitoring.errors import NoticesTooMany
from backend.monitoring.notices.models import NoticePreference, NoticeReader
from backend.monitoring.notices.queries import signed_in

MOST_MARKED = 500


async def mark_read(write: Write, scope: Scope, notice_ids: Sequence[UUID] | None) -> int:
    """Mark one's own notices as read, those named or all; return how many were unread.

    Raises:
        Unauthenticated: nobody is signed in.
        NoticesTooMany: more than are marked at a time.
    """
    signed_in(scope)
    if notice_ids is not None and len(notice_ids) > MOST_MARKED:
        raise NoticesTooMany(most=MOST_MARKED, path=("input", "noticeIds"))
    own = update(NoticeReader).where(
        NoticeReader.person_id == scope.actor_id, NoticeReader.organisation_id == scope.organisation_id,
        NoticeReader.read_at.is_(None),
    )  # fmt: skip
    if notice_ids is not None:
        own = own.where(NoticeReader.notice_id.in_(list(notice_ids)))
    return await write.run(own.values(read_at=now()))


async def set_by_email(write: Write, scope: Scope, *, by_email: bool) -> None:
    """Say whether one's notices are sent by e-mail, too. A program has no e-mail: nothing is kept for it.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    signed_in(scope)
    if scope.kind is Kind.SYSTEM or scope.actor_id is None:
        return
    given = insert(NoticePreference).values(person_id=scope.actor_id, by_email=by_email, changed_at=now())
    await write.run(
        given.on_conflict_do_update(
            index_elements=["person_id"], set_={"by_email": given.excluded.by_email, "changed_at": given.excluded.changed_at}
        )
    )  # fmt: skip
