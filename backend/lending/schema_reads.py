"""Consented reads on the wire: a bank's borrowers and their scores; an enterprise's log of what was read of it.

A bank's read writes its log, so these fields open a writing transaction though they are queries.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First, id_after, text_after
from backend.identity.schema_types import Organisation, load_organisation
from backend.kit.clock import today
from backend.lending import service
from backend.lending.values import BorrowerScore, HeldCredential, ReadEntry, ReadKind
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import NodeIdInvalid, node_id, uuids
from backend.wire.scalars import JSON


@strawberry.type(description="A borrower who consented (授信企业), and its newest score as the consent opens it.")
class Borrower:
    """A borrower who consented, and its newest score."""

    account_id: strawberry.ID = strawberry.field(description="The carbon account's global id.")
    account_number: str = strawberry.field(description="The account's number.")
    account_name: str = strawberry.field(description="The account's name.")
    holder_name: str = strawberry.field(description="The enterprise's registered name.")
    credit_code: str = strawberry.field(description="The enterprise's unified social credit code.")
    consent_id: strawberry.ID = strawberry.field(description="The consent this read rests on.")
    scopes: list[str] = strawberry.field(description="What the consent opens.")
    ends_on: date = strawberry.field(description="Last day of the consent.")
    read_at: datetime = strawberry.field(description="The second of this read, as it stands in the enterprise's log.")
    number: int | None = strawberry.field(description="The score's number in the account; null without a score.")
    year: int | None = strawberry.field(description="The year the score is of.")
    model_code: str | None = strawberry.field(description="The model that made it.")
    model_version: int | None = strawberry.field(description="That model's version.")
    state: str | None = strawberry.field(description="`graded`, `gated` or `cannot_tell`.")
    grade: str | None = strawberry.field(description="The grade; null unless graded.")
    points: Decimal | None = strawberry.field(description="Points, as the model counts them.")
    computed_at: datetime | None = strawberry.field(description="When it was computed.")
    valid_until: date | None = strawberry.field(description="Last day it is valid.")
    is_valid: bool = strawberry.field(description="Whether there is a score and it is valid today.")
    answer: JSON | None = strawberry.field(
        description="The score with its reasons, model and placeholders marked, as stored."
    )
    indicators: JSON | None = strawberry.field(
        description="Each indicator with its value; null unless the consent covers `indicators`."
    )


def borrower(value: BorrowerScore) -> Borrower:
    """Return a borrower as the wire has it."""
    return Borrower(
        account_id=node_id("CarbonAccount", value.account_id),
        account_number=value.account_number,
        account_name=value.account_name,
        holder_name=value.holder_name,
        credit_code=value.credit_code,
        consent_id=node_id("Consent", value.consent_id),
        scopes=list(value.scopes),
        ends_on=value.ends_on,
        read_at=value.read_at,
        number=value.number,
        year=value.year,
        model_code=value.model_code,
        model_version=value.model_version,
        state=value.state,
        grade=value.grade,
        points=value.points,
        computed_at=value.computed_at,
        valid_until=value.valid_until,
        is_valid=value.valid_until is not None and today() <= value.valid_until,
        answer=_loaded(value.answer),
        indicators=_loaded(value.indicators),
    )


@strawberry.type(description="Something a bank read of you (授权读取记录), at the second it did.")
class ConsentRead:
    """Something a bank read."""

    bank_id: strawberry.Private[UUID]
    at: datetime = strawberry.field(description="When.")
    what: str = strawberry.field(
        description="What: `credential`, `score`, `history`, `batch`, `portfolio`, `statement`, `pledge`, `loan_file`..."
    )
    scope: str = strawberry.field(description="The scope of consent it needed.")
    purpose: str = strawberry.field(description="What the bank said it was for; empty where nothing was said.")
    account_ids: list[strawberry.ID] = strawberry.field(description="Global ids of your accounts it was about.")
    consent_ids: list[strawberry.ID] = strawberry.field(description="Global ids of your consents it rested on.")

    @strawberry.field(description="Who read.")
    async def bank(self, info: Info) -> Organisation | None:
        """Return who read."""
        return await load_organisation(info.context, self.bank_id)


def consent_read(value: ReadEntry) -> ConsentRead:
    """Return an entry of the log as the wire has it."""
    return ConsentRead(
        bank_id=value.bank_id,
        account_ids=[node_id("CarbonAccount", each) for each in value.account_ids],
        consent_ids=[node_id("Consent", each) for each in dict.fromkeys(value.consent_ids)],
        at=value.at,
        what=value.what,
        scope=value.needed,
        purpose=value.purpose,
    )


@strawberry.type(description="A signed credential of your score that a bank was given (评分凭证).")
class IssuedCredential:
    """A signed credential of a score that a bank was given."""

    bank_id: strawberry.Private[UUID]
    consent_id: strawberry.ID = strawberry.field(description="The global id of the consent it was made under.")
    issued_at: datetime = strawberry.field(description="When it was signed.")
    expires_at: datetime = strawberry.field(description="When it ends by itself.")
    revoked_at: datetime | None = strawberry.field(description="Since when its status list says that it holds no more.")
    revoked_because: str = strawberry.field(
        description="`consent_revoked` or `score_superseded`; empty while it holds."
    )
    withheld: list[str] = strawberry.field(
        description="What the bank was not shown: SD-JWT disclosures (RFC 9901). Hand one to whoever has the credential, "
        "and they can check that this field belongs to it."
    )

    @strawberry.field(description="Who was given it.")
    async def bank(self, info: Info) -> Organisation | None:
        """Return who was given it."""
        return await load_organisation(info.context, self.bank_id)


def issued_credential(value: HeldCredential) -> IssuedCredential:
    """Return a credential as its enterprise sees it."""
    return IssuedCredential(
        bank_id=value.bank_id,
        consent_id=node_id("Consent", value.consent_id),
        issued_at=value.issued_at,
        expires_at=value.expires_at,
        revoked_at=value.revoked_at,
        revoked_because=value.revoked_because,
        withheld=list(value.withheld),
    )


def _loaded(text: str | None) -> JSON | None:
    return None if text is None else cast("JSON", json.loads(text, parse_float=str))


def _key(given: str) -> str:
    """Return a borrower's key, a global id of an account as the id inside."""
    try:
        return str(uuids(given, "CarbonAccount")[0])
    except NodeIdInvalid:
        return given


@strawberry.type
class ReadsQuery:
    """Consented reads."""

    @strawberry.field(
        description="A borrower's newest score with its reasons, by account id, account number or credit code. Refused "
        "alike whether it is unknown, never consented or revoked. The enterprise sees the read in its log."
    )
    async def borrower_score(self, info: Info, borrower_key: strawberry.ID) -> Borrower | None:
        """Return one borrower."""
        scope = info.context.scope
        async with info.context.databases.write(scope) as write:
            return borrower(await service.told_one(write, scope, _key(borrower_key)))

    @strawberry.field(
        description="Your borrowers whose consents cover the score, by account number, each with its newest score. The "
        "enterprises of the page see the read in their logs."
    )
    async def borrower_scores(self, info: Info, first: First = 50, after: After = None) -> Connection[Borrower]:
        """List the borrowers."""
        scope = info.context.scope
        asked = page(first, after)
        async with info.context.databases.write(scope) as write:
            rows = await service.told(
                write, scope, None, what=ReadKind.PORTFOLIO, after=text_after(asked), most=asked.limit
            )
        # Exactly what is shown is read and logged, so that the database tells whether there is more.
        shown = connect(rows, asked, key=lambda row: [row.account_number], make=borrower)
        shown.page_info.has_next_page = any(row.has_more for row in rows)
        return shown

    @strawberry.field(description="What banks read of you (授权读取记录), newest first: of one account, or of all.")
    async def consent_reads(
        self, info: Info, account_id: strawberry.ID | None = None, first: First = 50, after: After = None
    ) -> Connection[ConsentRead]:
        """List what was read."""
        scope = info.context.scope
        asked = page(first, after)
        last = id_after(asked)
        own = None if account_id is None else uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            rows: list[Any] = await service.reads_of(
                read, scope, account_id=own, before=None if last is None else UUID(last), limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=consent_read)

    @strawberry.field(
        description="The signed credentials banks were given of an account's scores, newest first, with what each "
        "withheld. For those of the enterprise who decide on consents."
    )
    async def issued_credentials(
        self, info: Info, account_id: strawberry.ID, first: First = 50, after: After = None
    ) -> Connection[IssuedCredential]:
        """List credentials."""
        scope = info.context.scope
        asked = page(first, after)
        last = id_after(asked)
        own = uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            rows = await service.held_credentials(
                read, scope, own, before=None if last is None else UUID(last), limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=issued_credential)
