"""Issued statements on the wire."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.identity.schema_types import Person, load_person
from backend.statements.account import queries
from backend.statements.account.issued import FileKind, StatementValue
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader

TYPE = "AccountStatement"

FileKindEnum = strawberry.enum(
    FileKind,
    name="AccountStatementFileKind",
    description="JSON is the statement itself; PDF and XLSX show it to people.",
)


@strawberry.type(description="A file of an issued statement; its bytes never change.")
class AccountStatementFile:
    """A file of an issued statement."""

    kind: FileKindEnum = strawberry.field(description="What it is.")  # type: ignore[valid-type]  # a strawberry enum
    language: str = strawberry.field(description="`zh` or `en`; empty for the JSON.")
    sha256: str = strawberry.field(description="SHA-256 of its bytes, hexadecimal.")
    size: int = strawberry.field(description="Its bytes.")
    download_url: str = strawberry.field(
        description="Where to GET it with the same access token, relative to this host."
    )


@strawberry.type(description="An inventory the statement rests on counts no longer: it was restated, or withdrawn.")
class AccountStatementSuperseded:
    """An inventory that was restated since."""

    year: int = strawberry.field(description="The calendar year.")
    stated_version: int = strawberry.field(description="The version the statement rests on.")
    version: int | None = strawberry.field(description="The version that counts now; null for none.")
    since: datetime | None = strawberry.field(description="Since when.")


@strawberry.type(
    description="An issued account statement (碳账户报告): data, PDF and workbook under one number, signed."
)
class AccountStatement(Node):
    """An issued account statement."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    issuer_id: strawberry.Private[UUID | None]
    number: str = strawberry.field(description="Its lasting number, as printed: `AS-320200-2026-7K3M-9QXP-4TB0`.")
    period_from: date = strawberry.field(description="First day of the period.")
    period_to: date = strawberry.field(description="Last day of the period.")
    known_at: datetime = strawberry.field(description="The moment whose knowledge it states.")
    issued_at: datetime = strawberry.field(description="When it was issued.")
    is_demonstration: bool = strawberry.field(description="Made up, for demonstration; the documents say so too.")
    verify_url: str = strawberry.field(description="Where anybody can verify it, as in the printed QR code.")
    mark: str = strawberry.field(description="The content mark printed on every page: the head of the JSON's SHA-256.")
    signature: str = strawberry.field(description="Detached JWS (ES256) over the JSON's bytes: `header..signature`.")
    key_id: str = strawberry.field(
        description="The document key that signed it; `/.well-known/documents.json` publishes all of them."
    )
    files: list[AccountStatementFile] = strawberry.field(description="Its files.")

    @strawberry.field(description="Where to GET the signature, relative to this host.")
    def signature_url(self, info: Info) -> str:
        """Return the address of the signature."""
        return f"{_address(info.context, self.account_id, self.id)}.jws"

    @strawberry.field(
        description="Where to GET the statement with everything it was computed from, as a signed archive that a published script recomputes; relative to this host. It has the journal's proofs of the newest 500 movements (20,000 when a job makes it) and names those it does not prove."
    )
    def bundle_url(self, info: Info) -> str:
        """Return the address of the bundle."""
        return f"{_address(info.context, self.account_id, self.id)}/bundle.zip"

    @strawberry.field(
        description="Inventories it rests on that were restated or withdrawn since; empty while it is up to date."
    )
    async def superseded(self, info: Info) -> list[AccountStatementSuperseded]:
        """Return what was restated since."""
        found = await info.context.loader(queries.superseded_by_id).load((self.account_id, self.own_id))
        return [
            AccountStatementSuperseded(
                year=each.calendar_year, stated_version=each.stated_version, version=each.version, since=each.since
            )
            for each in found
        ]

    @strawberry.field(description="The carbon account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="Who had it issued; null for a program, or where you may not know them.")
    async def issued_by(self, info: Info) -> Person | None:
        """Return who had it issued."""
        return await load_person(info.context, self.issuer_id)


def _address(context: Context, account_id: UUID, statement_id: str) -> str:
    return f"/{context.scope.tenant}/accounts/{node_id('CarbonAccount', account_id)}/statements/{statement_id}"


def statement(context: Context, value: StatementValue) -> AccountStatement:
    """Return a statement as the wire has it."""
    own = node_id(TYPE, value.account_id, value.id)
    address = _address(context, value.account_id, own)
    return AccountStatement(
        id=own,
        account_id=value.account_id,
        own_id=value.id,
        issuer_id=value.issued_by,
        number=value.number,
        period_from=value.period_from,
        period_to=value.period_to,
        known_at=value.known_at,
        issued_at=value.issued_at,
        is_demonstration=bool(value.facts["is_demonstration"]),
        verify_url=str(value.facts["verify_url"]),
        mark=value.mark,
        signature=value.jws,
        key_id=value.key_id,
        files=[
            AccountStatementFile(
                kind=each.kind, language=each.language, sha256=each.sha256, size=each.size,
                download_url=f"{address}.{each.kind.value}" + (f"?lang={each.language}" if each.language else ""),
            )
            for each in value.files
        ],
    )  # fmt: skip


@node_loader(TYPE)
async def load_statement(context: Context, *ids: UUID) -> AccountStatement | None:
    """Return a statement through the request's loader, None when the caller sees none."""
    context.scope.require("statements:read")
    if len(ids) != 2:  # noqa: PLR2004 - account and own
        return None
    found = await context.loader(queries.statements_by_id).load((ids[0], ids[1]))
    return None if found is None else statement(context, found)
