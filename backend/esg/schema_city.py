"""The city's view of disclosure on the wire: registers, chief carbon officers, targets, the white paper's draft table."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, CarbonAccount, First, load_account
from backend.esg import service
from backend.esg.city.values import (
    CarbonOfficerValue,
    CityFigure,
    CityView,
    Entered,
    RegisterEntryValue,
    RegisterKind,
    WhitePaperValue,
)
from backend.esg.schema_reference import DisclosureText
from backend.esg.schema_reference import words as both
from backend.esg.values import Exchange, Grade
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id, uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

ENTRY, OFFICER, PAPER = "EsgRegisterEntry", "CarbonOfficer", "EsgWhitePaper"
strawberry.enum(
    RegisterKind, name="EsgRegisterKind", description="What the authority of the whole jurisdiction keeps registers of."
)


@strawberry.type(description="An entry of a register; the newest of a kind and key counts.")
class EsgRegisterEntry:
    """An entry of a register."""

    account_key: strawberry.Private[UUID | None]
    id: strawberry.ID = strawberry.field(description="Its identifier.")
    kind: RegisterKind = strawberry.field(description="Which register.")
    key: str = strawberry.field(description="What names it in the register: exchange and stock code, or its number.")
    name: str = strawberry.field(description="What it is called.")
    exchange: Exchange | None = strawberry.field(description="Of listed firms and their reports.")
    stock_code: str = strawberry.field(description="Of listed firms and their reports.")
    year: int | None = strawberry.field(description="The year a report is of.")
    happened_on: date = strawberry.field(description="Listed since, published on, issued on, at work since.")
    document: str = strawberry.field(description="What it rests on: a list, an announcement, an address.")
    note: str = strawberry.field(description="In words.")
    is_removed: bool = strawberry.field(description="Whether it ends what was entered before.")
    recorded_at: datetime = strawberry.field(description="When it was entered.")

    @strawberry.field(description="The firm's carbon account, where the authority entered it.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return None if self.account_key is None else await load_account(info.context, self.account_key)


@strawberry.type(description="Who an enterprise appointed as its chief carbon officer (首席双碳官); the newest counts.")
class CarbonOfficer:
    """A chief carbon officer."""

    account_key: strawberry.Private[UUID]
    id: strawberry.ID = strawberry.field(description="Its identifier.")
    person_name: str = strawberry.field(description="The person.")
    title: str = strawberry.field(description="Their office in the enterprise.")
    document: str = strawberry.field(description="The document of the appointment.")
    starts_on: date = strawberry.field(description="The first day.")
    ends_on: date | None = strawberry.field(description="The last day; null: still in office.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")

    @strawberry.field(description="The enterprise's carbon account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_key)


@strawberry.type(description="A figure beside its target.")
class EsgCityFigure:
    """A figure beside its target."""

    code: str = strawberry.field(description="Its name.")
    name: DisclosureText = strawberry.field(description="What it is called.")
    value: Decimal | None = strawberry.field(description="Null: it cannot be told, `note` says why.")
    unit: str = strawberry.field(description="`%`, or empty for a number.")
    target: Decimal | None = strawberry.field(description="What the document sets out to reach; null: none is known.")
    target_year: int | None = strawberry.field(description="By the end of this year.")
    document: str = strawberry.field(description="The document of the target.")
    is_reached: bool | None = strawberry.field(description="Null without a target or a value.")
    note: DisclosureText | None = strawberry.field(description="What is not known of it.")


@strawberry.type(description="How many disclosures of the year have a grade.")
class EsgGradeCount:
    """A grade and its count."""

    grade: Grade = strawberry.field(description="The grade.")
    count: int = strawberry.field(description="Accounts with it.")


@strawberry.type(description="What an authority sees of a year in its region: true counts, not for publication.")
class EsgCityView:
    """The city's view."""

    year: int = strawberry.field(description="The year disclosed.")
    on: date = strawberry.field(description="As of this day: the year's last, or today.")
    figures: list[EsgCityFigure] = strawberry.field(description="Counts and shares beside their targets.")
    grades: list[EsgGradeCount] = strawberry.field(description="Ratings by grade, best first.")
    unclear: list[EsgRegisterEntry] = strawberry.field(
        description="Listed firms whose stock code several accounts claim: enter the account to settle it."
    )


@strawberry.type(
    description="A draft of a year's table for the white paper: counts alone, no group of ratings below five."
)
class EsgWhitePaper:
    """A draft of the white paper's table."""

    id: strawberry.ID = strawberry.field(description="Its identifier.")
    year: int = strawberry.field(description="The year disclosed.")
    content: str = strawberry.field(description="Its JSON, as it was hashed; marked as a draft.")
    sha256: str = strawberry.field(description="SHA-256 over the content's UTF-8 bytes.")
    made_at: datetime = strawberry.field(description="When it was made.")
    download_path: str = strawberry.field(
        description="Where to GET its workbook with the same access token, relative to this host; `lang=en` for English, `.json` "
        "in the place of `.xlsx` for the content."
    )


@strawberry.input(description="An entry of a register.")
class EsgRegisterEntryInput:
    """An entry of a register."""

    kind: RegisterKind = strawberry.field(description="Which register.")
    name: str = strawberry.field(description="What it is called.")
    happened_on: date = strawberry.field(
        description="Listed since, published on, issued on, at work since; not to come."
    )
    document: str = strawberry.field(description="What it rests on.")
    exchange: Exchange | None = strawberry.field(default=None, description="Of listed firms and their reports.")
    stock_code: str = strawberry.field(default="", description="Of listed firms and their reports.")
    number: str = strawberry.field(default="", description="A standard's number; a service body's credit code.")
    year: int | None = strawberry.field(default=None, description="The year a report is of.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description="A listed firm's carbon account.")
    division_code: str = strawberry.field(default="", description="Its division; empty: the whole jurisdiction.")
    note: str = strawberry.field(default="", description="In words.")
    is_removed: bool = strawberry.field(default=False, description="End what was entered under this name before.")


@strawberry.input(description="Enter into the registers.")
class RecordEsgRegisterInput:
    """Enter into the registers."""

    entries: list[EsgRegisterEntryInput] = strawberry.field(description="1 to 200; all are entered, or none.")


@strawberry.input(description="Say who is your chief carbon officer.")
class RecordCarbonOfficerInput:
    """Record a chief carbon officer."""

    account_id: strawberry.ID = strawberry.field(description="Your carbon account.")
    person_name: str = strawberry.field(description="The person.")
    title: str = strawberry.field(description="Their office.")
    document: str = strawberry.field(description="The document of the appointment.")
    starts_on: date = strawberry.field(description="The first day.")
    ends_on: date | None = strawberry.field(default=None, description="The last day, once it is known.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="The document as a file.")


@strawberry.input(description="Draft a year's table for the white paper.")
class DraftEsgWhitePaperInput:
    """Draft the table."""

    year: int = strawberry.field(description="The year disclosed.")


@strawberry.type(description="Entries were made.")
class EsgRegisterRecorded:
    """Entries were made."""

    entries: list[EsgRegisterEntry] = strawberry.field(description="As entered; they never change.")


@strawberry.type(description="The chief carbon officer was recorded.")
class CarbonOfficerRecorded:
    """The chief carbon officer was recorded."""

    officer: CarbonOfficer = strawberry.field(description="As recorded; it never changes, the newest counts.")


@strawberry.type(description="The table was drafted.")
class EsgWhitePaperDrafted:
    """The table was drafted."""

    paper: EsgWhitePaper = strawberry.field(description="As drafted; it never changes.")


def _entry(value: RegisterEntryValue) -> EsgRegisterEntry:
    return EsgRegisterEntry(
        account_key=value.account_id, id=node_id(ENTRY, value.id), kind=value.kind, key=value.key, name=value.name,
        exchange=Exchange(value.exchange) if value.exchange else None, stock_code=value.stock_code, year=value.year,
        happened_on=value.happened_on, document=value.document, note=value.note, is_removed=value.is_removed,
        recorded_at=value.recorded_at,
    )  # fmt: skip


def _officer(value: CarbonOfficerValue) -> CarbonOfficer:
    return CarbonOfficer(
        account_key=value.account_id, id=node_id(OFFICER, value.account_id, value.id), person_name=value.person_name,
        title=value.title, document=value.document, starts_on=value.starts_on, ends_on=value.ends_on,
        recorded_at=value.recorded_at,
    )  # fmt: skip


def _figure(one: CityFigure) -> EsgCityFigure:
    target = one.target
    return EsgCityFigure(
        code=one.code, name=both(one.name), value=one.value, unit=one.unit, target=target.value if target else None,
        target_year=target.by_year if target else None, document=target.document if target else "",
        is_reached=one.is_reached, note=both(one.note) if one.note else None,
    )  # fmt: skip


def _view(one: CityView) -> EsgCityView:
    return EsgCityView(
        year=one.year, on=one.on, figures=[_figure(each) for each in one.figures],
        grades=[EsgGradeCount(grade=Grade(grade), count=count) for grade, count in one.grades.items()],
        unclear=[_entry(each) for each in one.unclear],
    )  # fmt: skip


def _paper(tenant: str, one: WhitePaperValue) -> EsgWhitePaper:
    own = node_id(PAPER, one.id)
    return EsgWhitePaper(
        id=own, year=one.year, content=one.content, sha256=one.sha256, made_at=one.made_at,
        download_path=f"/{tenant}/white-papers/{own}.xlsx",
    )  # fmt: skip


@strawberry.type
class EsgCityQuery:
    """Reads of the city's view."""

    @strawberry.field(description="What counts in a register now, by key. For authorities, of their region.")
    async def esg_register(
        self, info: Info, kind: RegisterKind, first: First = 50, after: After = None
    ) -> Connection[EsgRegisterEntry]:
        """List a register."""
        asked = page(first, after)
        key = asked.key(str)
        async with info.context.read() as read:
            rows = await service.register(
                read, info.context.scope, kind, after=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.key], make=_entry)

    @strawberry.field(
        description="Who was appointed as chief carbon officer, the newest recorded first: your own, of accounts you are engaged "
        "on, of your region."
    )
    async def carbon_officers(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this account.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[CarbonOfficer]:
        """List chief carbon officers."""
        asked = page(first, after)
        key = asked.key(datetime.fromisoformat, UUID)
        own = None if account_id is None else uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            rows = await service.officers(
                read, info.context.scope, own, after=None if key is None else (key[0], key[1]), limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.recorded_at, row.id], make=_officer)

    @strawberry.field(
        description="Disclosure in your region for a year, beside the targets of the document: for the authority's own eyes."
    )
    async def esg_city_view(self, info: Info, year: int) -> EsgCityView:
        """Return the city's view."""
        async with info.context.read() as read:
            return _view(await service.city_view(read, info.context.scope, year))

    @strawberry.field(
        description="Drafts of the white paper's table, the newest first. For the authority of the whole."
    )
    async def esg_white_papers(self, info: Info, first: First = 20, after: After = None) -> Connection[EsgWhitePaper]:
        """List drafts."""
        asked = page(first, after)
        key = asked.key(datetime.fromisoformat, UUID)
        async with info.context.read() as read:
            rows = await service.white_papers(
                read, info.context.scope, after=None if key is None else (key[0], key[1]), limit=asked.fetch
            )
        return connect(
            rows, asked, key=lambda row: [row.made_at, row.id], make=partial(_paper, info.context.scope.tenant)
        )


@strawberry.type
class EsgCityMutation:
    """Commands of the city's view."""

    @command("esg:supervise")
    async def record_esg_register(context: Context, write: Write, input: RecordEsgRegisterInput) -> EsgRegisterRecorded:
        """Enter listed firms, their reports published elsewhere, standards and service bodies into the registers."""
        given = [
            Entered(
                kind=each.kind, name=each.name, happened_on=each.happened_on, document=each.document,
                exchange=each.exchange, stock_code=each.stock_code, number=each.number, year=each.year,
                account_id=None if each.account_id is None
                else uuids(each.account_id, "CarbonAccount", path=("input", "entries", str(at), "accountId"))[0],
                division_code=each.division_code, note=each.note, is_removed=each.is_removed,
            )
            for at, each in enumerate(input.entries)
        ]  # fmt: skip
        return EsgRegisterRecorded(entries=[_entry(each) for each in await service.enter(write, context.scope, given)])

    @command("esg:disclose")
    async def record_carbon_officer(
        context: Context, write: Write, input: RecordCarbonOfficerInput
    ) -> CarbonOfficerRecorded:
        """Record who is your chief carbon officer (首席双碳官); the city sees it."""
        file = input.evidence_id
        value = await service.appoint(
            write, context.scope, account_id=uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))[0],
            person_name=input.person_name, title=input.title, document=input.document, starts_on=input.starts_on,
            ends_on=input.ends_on,
            evidence_id=None if file is None else uuids(file, "Evidence", path=("input", "evidenceId"))[-1],
        )  # fmt: skip
        return CarbonOfficerRecorded(officer=_officer(value))

    @command("esg:supervise")
    async def draft_esg_white_paper(
        context: Context, write: Write, input: DraftEsgWhitePaperInput
    ) -> EsgWhitePaperDrafted:
        """Draft a year's table for the white paper; it is marked as a draft and tells of no group below five."""
        return EsgWhitePaperDrafted(
            paper=_paper(context.scope.tenant, await service.draft_white_paper(write, context.scope, year=input.year))
        )
