"""What the public says during publicity, and what the owner answers."""

from datetime import date
from uuid import UUID

from backend.accounts import service as accounts
from backend.credits.ccer import queries, rules
from backend.credits.ccer.errors import CommentAnswered, CommentNotFound, PublicityOver
from backend.credits.ccer.models import CcerComment
from backend.credits.ccer.service.common import held_project, held_reduction, insert_new
from backend.credits.ccer.values import PUBLICITY_DAYS, CommentValue, ProjectState, ReductionState
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope


async def record_comment(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    project_id: UUID | None = None,
    reduction_id: UUID | None = None,
    author: str,
    text: str,
    received_on: date | None = None,
) -> CommentValue:
    """Record what the public said of a project or a reduction while it is publicised.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        ProjectNotFound, ReductionNotFound: not there, or not visible.
        CcerTextInvalid: author or text.
        StepInFuture: the day has not come.
        PublicityOver: no publicity ran on the day.
        CalendarUnknown: the working days cannot be told.
    """
    scope.require("credits:review")
    if reduction_id is not None:
        project, reduction = await held_reduction(write, scope, account_id, reduction_id)
        is_open, since = reduction.state is ReductionState.PUBLICISED, reduction.state_on
    else:
        project = await held_project(write, account_id, project_id or new_id())
        is_open, since = project.state is ProjectState.PUBLICISED, project.state_on
    who, said = rules.words(author, "author", least=1), rules.words(text, "text", least=1, most=4000)
    on = rules.step_day(received_on, date.min, today())
    if not is_open or not since <= on < rules.after_publicity(since):
        raise PublicityOver(on=str(on), days=PUBLICITY_DAYS, path=("input", "receivedOn"))
    comment = CommentValue(
        account_id, new_id(), project.id, reduction_id, None, who, said, on, now(), scope.actor_id
    )  # fmt: skip
    await insert_new(write, CcerComment, comment)
    write.audit("credits:ccer_comment", object_type="CcerComment", object_id=comment.id, account=str(account_id),
                project=project.code)  # fmt: skip
    return comment


async def answer_comment(write: Write, scope: Scope, *, account_id: UUID, comment_id: UUID, text: str) -> CommentValue:
    """Answer a comment of the public, once, as the project's owner.

    Raises:
        Unauthenticated, Forbidden: without `credits:register`.
        CommentNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        CcerTextInvalid: the text.
        CommentAnswered: it has its answer.
    """
    scope.require("credits:register")
    comment = await queries.comment(write, scope, account_id, comment_id)
    if comment is None:
        raise CommentNotFound
    account = await accounts.own_account(write, scope, account_id)
    answer = CommentValue(
        account_id, new_id(), comment.project_id, comment.reduction_id, comment.id, account.name,
        rules.words(text, "text", least=1, most=4000), today(), now(), scope.actor_id,
    )  # fmt: skip
    if not await insert_new(write, CcerComment, answer):
        raise CommentAnswered
    write.audit("credits:ccer_answer", object_type="CcerComment", object_id=answer.id, account=str(account_id))
    return answer
