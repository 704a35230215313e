"""Requests for factors on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.factors.schema import load_parameter
from backend.factors.schema_types import ReferenceParameter
from backend.kit.db import Write
from backend.knowledge import service
from backend.knowledge.requests import queries
from backend.knowledge.values import RequestDraft, RequestState, RequestValue
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader, uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.
REQUEST = "FactorRequest"
RequestStateEnum = strawberry.enum(
    RequestState, name="FactorRequestState",
    description="OPEN (待处理); PROPOSED, a version is proposed and waits for its activation (已提议); ANSWERED (已答复); "
    "REFUSED (已拒绝); WITHDRAWN (已撤回).",
)  # fmt: skip


@strawberry.type(description="An enterprise asks for a factor that is missing (因子申请).")
class FactorRequest(Node):
    """A request for a factor."""

    account_id: strawberry.Private[UUID]
    version_id: strawberry.Private[UUID | None]
    wanted: str = strawberry.field(description="What is missing, in words.")
    unit: str = strawberry.field(description="In which unit; may be empty.")
    purpose: str = strawberry.field(description="What for; may be empty.")
    suggested_value: Decimal | None = strawberry.field(description="A value somebody found, in `unit`; not confirmed.")
    suggested_source: str = strawberry.field(description="Where it was found.")
    asked_at: datetime = strawberry.field(description="When it was asked for.")
    state: RequestStateEnum = strawberry.field(description="What became of it.")  # type: ignore[valid-type]
    reason: str = strawberry.field(description="Why it was refused or withdrawn; empty otherwise.")
    decided_at: datetime | None = strawberry.field(description="When it was answered, refused or withdrawn.")

    @strawberry.field(description="The account that needs it; null where you may not see it.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="The version of a reference parameter that answers it; null for none.")
    async def answer(self, info: Info) -> ReferenceParameter | None:
        """Return the version that answers it."""
        return None if self.version_id is None else await load_parameter(info.context, self.version_id)


def request_shown(value: RequestValue) -> FactorRequest:
    """Return a request as the wire has it."""
    return FactorRequest(
        id=node_id(REQUEST, value.id), account_id=value.account_id, version_id=value.version_id, wanted=value.wanted,
        unit=value.unit, purpose=value.purpose, suggested_value=value.suggested_value,
        suggested_source=value.suggested_source, asked_at=value.asked_at, state=value.state, reason=value.reason,
        decided_at=value.decided_at,
    )  # fmt: skip


@node_loader(REQUEST)
async def load_request(context: Context, *ids: UUID) -> FactorRequest | None:
    """Fetch a request for `node(id:)`."""
    context.scope.require("knowledge:read")
    found = await context.loader(queries.request_batch).load(ids[0]) if len(ids) == 1 else None
    return None if found is None else request_shown(found)


@strawberry.type
class RequestsQuery:
    """Reading requests for factors."""

    @strawberry.field(
        description="Requests for factors, the newest first: an enterprise's own, an authority's those of its region."
    )
    async def factor_requests(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this account.")] = None,
        is_waiting: Annotated[  # noqa: FBT002 - arguments are named on the wire
            bool, strawberry.argument(description="Only those nobody did anything about.")
        ] = False,
        first: Annotated[int, strawberry.argument(description="At most so many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="The cursor of the last one seen.")] = None,
    ) -> Connection[FactorRequest]:
        """List requests."""
        asked = page(first, after)
        key = asked.key(datetime.fromisoformat, UUID)
        account = None if account_id is None else uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            rows = await queries.requests(
                read, info.context.scope, limit=asked.fetch, after=None if key is None else (key[0], key[1]),
                account_id=account, is_waiting=is_waiting,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.asked_at, row.id], make=request_shown)


@strawberry.input(description="Ask for a factor that is missing.")
class RequestFactorInput:
    """Ask for a factor."""

    account_id: strawberry.ID = strawberry.field(description="Your account that needs it, by its global id.")
    wanted: str = strawberry.field(description="What is missing, 1 to 200 characters.")
    unit: str = strawberry.field(default="", description="In which unit, up to 50 characters.")
    purpose: str = strawberry.field(default="", description="What for, up to 1,000 characters.")
    suggested_value: Decimal | None = strawberry.field(default=None, description="A value you found, in `unit`.")
    suggested_source: str = strawberry.field(default="", description="Where, up to 500 characters.")


@strawberry.input(description="Answer a request with a version, or refuse it with a reason: one of the two.")
class AnswerFactorRequestInput:
    """Answer a request."""

    request_id: strawberry.ID = strawberry.field(description="The request's global id.")
    version_id: strawberry.ID | None = strawberry.field(
        default=None, description="The version that answers it, by its global id; a draft answers once it is activated."
    )
    refusal: str = strawberry.field(default="", description="Why there will be none, up to 1,000 characters.")


@strawberry.input(description="Withdraw a request that is no longer needed.")
class WithdrawFactorRequestInput:
    """Withdraw a request."""

    request_id: strawberry.ID = strawberry.field(description="The request's global id.")
    reason: str = strawberry.field(description="Why, 1 to 1,000 characters.")


@strawberry.type(description="The request was stored.")
class FactorRequested:
    """The request was stored."""

    request: FactorRequest = strawberry.field(description="The request.")


@strawberry.type(description="The request was answered or refused.")
class FactorRequestAnswered:
    """The request was answered."""

    request: FactorRequest = strawberry.field(description="As it stands now.")


@strawberry.type(description="The request was withdrawn.")
class FactorRequestWithdrawn:
    """The request was withdrawn."""

    request: FactorRequest = strawberry.field(description="As it stands now.")


@strawberry.type
class RequestsMutation:
    """Commands on requests for factors."""

    @command("knowledge:request_factor")
    async def request_factor(context: Context, write: Write, input: RequestFactorInput) -> FactorRequested:
        """Ask the authority for a factor that is missing."""
        (account_id, *_) = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        draft = RequestDraft(input.wanted, input.unit, input.purpose, input.suggested_value, input.suggested_source)
        return FactorRequested(
            request=request_shown(await service.request_factor(write, context.scope, account_id, draft))
        )

    @command("knowledge:answer_factor_request")
    async def answer_factor_request(
        context: Context, write: Write, input: AnswerFactorRequestInput
    ) -> FactorRequestAnswered:
        """Answer a request with a version of a reference parameter, or refuse it."""
        (own_id, *_) = uuids(input.request_id, REQUEST, path=("input", "requestId"))
        version = input.version_id
        version_id = None if version is None else uuids(version, "ReferenceParameter", path=("input", "versionId"))[0]
        value = await service.answer_request(write, context.scope, own_id, version_id=version_id, refusal=input.refusal)
        return FactorRequestAnswered(request=request_shown(value))

    @command("knowledge:withdraw_factor_request")
    async def withdraw_factor_request(
        context: Context, write: Write, input: WithdrawFactorRequestInput
    ) -> FactorRequestWithdrawn:
        """Withdraw an own request that is no longer needed."""
        (own_id, *_) = uuids(input.request_id, REQUEST, path=("input", "requestId"))
        return FactorRequestWithdrawn(
            request=request_shown(await service.withdraw_request(write, context.scope, own_id, input.reason))
        )
