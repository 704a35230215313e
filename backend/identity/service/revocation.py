"""Withdrawing tokens before their time: a short list of subjects that every process reads each second."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.identity.errors import MembershipNotFound
from backend.identity.models import Invitation, Membership, RefreshToken, RevokedToken, SignInAttempt
from backend.identity.rules import FORGET_FAILURES_AFTER
from backend.identity.service.elevation import elevated
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.scope import Scope

LONGEST_ACCESS = timedelta(days=1)
"""No access token lives longer, so a revocation may be forgotten after it."""
_KEEP_ENDED_SESSIONS = timedelta(days=30)


async def withdraw(write: Write, subject: str) -> None:
    """Refuse from now on every token of the subject issued up to this moment.

    Call it after the change it belongs to: issuing a token takes a share lock on the rows that allow it, so
    whatever was issued before that change got its locks has a time before this one.
    """
    moment = now()
    async with elevated(write):
        await write.run(
            upsert(RevokedToken)
            .values(subject=subject, revoked_at=moment, expires_at=moment + LONGEST_ACCESS)
            .on_conflict_do_update(
                index_elements=[RevokedToken.subject],
                set_={
                    "revoked_at": func.greatest(RevokedToken.revoked_at, moment),
                    "expires_at": moment + LONGEST_ACCESS,
                },
            )
        )


async def end_sessions(write: Write, which: ColumnElement[bool]) -> int:
    """Revoke the matching refresh tokens that are still open; return how many."""
    async with elevated(write):
        return await write.run(
            update(RefreshToken).where(which, RefreshToken.revoked_at.is_(None)).values(revoked_at=now())
        )


async def revoked(read: Read) -> Mapping[str, datetime]:
    """Return the subjects withdrawn and up to when; read under the service's scope."""
    rows = await read.rows(
        select(RevokedToken.subject, RevokedToken.revoked_at).where(RevokedToken.expires_at > func.now())
    )
    return {row.subject: row.revoked_at for row in rows}


async def sign_out_everywhere(write: Write, scope: Scope, person_id: UUID | None = None) -> None:
    """End every session of the caller, or of a member in the caller's organisation only.

    Raises:
        Unauthenticated: nobody is signed in.
        Forbidden: somebody else's sessions, without `identity:manage_members`.
        MembershipNotFound: the person has never been a member here.
    """
    person = person_id or scope.actor_id
    if person is None or person != scope.actor_id:
        scope.require("identity:manage_members")
        member = await write.value(
            select(Membership.id).where(
                Membership.person_id == person, Membership.organisation_id == scope.organisation_id
            )
        )
        if member is None:
            raise MembershipNotFound
        organisation = scope.organisation_id
        await end_sessions(write, (RefreshToken.person_id == person) & (RefreshToken.organisation_id == organisation))
        await withdraw(write, f"member:{person}:{organisation}")
    else:
        await end_sessions(write, RefreshToken.person_id == person)
        await withdraw(write, f"person:{person}")
    write.audit("identity:sign_out_everywhere", object_type="Person", object_id=person)


async def purge(write: Write, _scope: Scope) -> int:
    """Delete what has no effect any more: revocations, ended sessions, forgotten failures, dead invitations' tokens.

    Run by the schedule under the service's scope; returns how many rows went.
    """
    moment = now()
    gone = await write.run(delete(RevokedToken).where(RevokedToken.expires_at < moment))
    gone += await write.run(delete(RefreshToken).where(RefreshToken.expires_at < moment - _KEEP_ENDED_SESSIONS))
    gone += await write.run(
        delete(SignInAttempt).where(
            SignInAttempt.last_failed_at < moment - FORGET_FAILURES_AFTER,
        )
    )
    await write.run(
        update(Invitation)
        .where(Invitation.expires_at < moment, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=moment)
    )
    return gone
