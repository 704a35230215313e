"""Loan files on the wire: ask for one, list them. The content is downloaded at the network's door."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from backend.kit.db import Write
from backend.lending import service
from backend.lending.loan_files.values import LoanFileState, LoanFileValue
from backend.lending.loan_files.words import words_of
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id, uuids

# Each command is a plain function that `command` turns into a field: its first argument is the context, not `self`, and
# `input` is the wire's word.
# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805

First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="A cursor from an earlier answer.")]
strawberry.enum(
    LoanFileState,
    name="LoanFileState",
    description="How far a loan file is: ASKED, READY for download, REFUSED, or DELETED after its days or its consent.",
)


@strawberry.type(description="A borrower's documents in one signed archive (贷款档案包).")
class LoanFile:
    """A borrower's documents in one signed archive."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    account_id: strawberry.ID = strawberry.field(description="Global id of the borrower's account.")
    consent_id: strawberry.ID = strawberry.field(description="Global id of the consent it rests on.")
    purpose: str = strawberry.field(description="What it was asked for.")
    state: LoanFileState = strawberry.field(description="How far it is.")
    job_id: strawberry.ID = strawberry.field(description="Global id of the job that makes it.")
    download_path: str | None = strawberry.field(description="Where to download it, once it is ready.")
    sha256: str | None = strawberry.field(description="SHA-256 of the archive, in hexadecimal.")
    size: int | None = strawberry.field(description="Size of the archive in bytes.")
    reason: str = strawberry.field(description="Code of why there is no file (any more); empty otherwise.")
    reason_zh: str = strawberry.field(description="没有（不再有）档案包的原因，其他情况为空。")
    reason_en: str = strawberry.field(description="The same in words.")
    asked_at: datetime = strawberry.field(description="When it was asked for.")
    made_at: datetime | None = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="When it is deleted, unless its consent ends before.")
    ended_at: datetime | None = strawberry.field(description="When it was refused or deleted.")


def loan_file(value: LoanFileValue, tenant: str) -> LoanFile:
    """Return a loan file as the wire has it."""
    is_ready = value.state is LoanFileState.READY
    return LoanFile(
        id=node_id("LoanFile", value.id),
        account_id=node_id("CarbonAccount", value.account_id),
        consent_id=node_id("Consent", value.consent_id),
        purpose=value.purpose,
        state=value.state,
        job_id=node_id("Job", value.job_id),
        download_path=f"/{tenant}/bank/loan-files/{value.id}" if is_ready else None,
        sha256=value.sha256 or None,
        size=value.size or None,
        reason=value.reason,
        reason_zh=words_of(value.reason, "zh"),
        reason_en=words_of(value.reason, "en"),
        asked_at=value.asked_at,
        made_at=value.made_at,
        expires_at=value.expires_at,
        ended_at=value.ended_at,
    )


@strawberry.type
class LoanFilesQuery:
    """Loan files."""

    @strawberry.field(description="Your bank's loan files, newest first: of one borrower's account, or of all.")
    async def loan_files(
        self, info: Info, account_id: strawberry.ID | None = None, first: First = 50, after: After = None
    ) -> Connection[LoanFile]:
        """List loan files."""
        scope = info.context.scope
        asked = page(first, after)
        key = asked.key(UUID)
        of = None if account_id is None else uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            rows: Sequence[Any] = await service.loan_files(
                read, scope, account_id=of, before=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=lambda row: loan_file(row, scope.tenant))


@strawberry.input(description="Whose loan file, and what for.")
class RequestLoanFileInput:
    """Whose loan file, and what for."""

    account_id: strawberry.ID = strawberry.field(description="Global id of the borrower's account.")
    purpose: str = strawberry.field(
        description="What it is for, 1 to 500 characters; the enterprise finds it in its log."
    )


@strawberry.type(description="The loan file is being made.")
class LoanFileRequested:
    """The loan file is being made."""

    id: strawberry.ID = strawberry.field(description="The loan file's global id.")
    job_id: strawberry.ID = strawberry.field(
        description="Global id of the job that makes it: watch it with jobProgress."
    )


@strawberry.type
class LoanFilesMutation:
    """Commands on loan files."""

    @command("lending:loan_file")
    async def request_loan_file(context: Context, write: Write, input: RequestLoanFileInput) -> LoanFileRequested:
        """Have a borrower's documents put into one signed archive (申请贷款档案包), under its consent to the statement."""
        (account, *_) = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        made = await service.request_loan_file(write, context.scope, account, input.purpose)
        return LoanFileRequested(id=node_id("LoanFile", made.id), job_id=node_id("Job", made.job_id))
