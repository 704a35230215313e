"""Reading esg on the wire, put together with its commands."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.accounts.service import account as visible_account
from backend.esg import schema_reference as reference
from backend.esg import service
from backend.esg.schema_city import EsgCityQuery
from backend.esg.schema_commands import EsgMutation
from backend.esg.schema_exports import EsgRatingQuery
from backend.esg.schema_reference import DisclosureApplicability, DisclosureLibrary, DisclosureObligation
from backend.esg.schema_types import (
    DISCLOSURE,
    PUBLICATION,
    Disclosure,
    DisclosureProfile,
    DisclosurePublication,
    DisclosureStandardVersion,
    disclosure,
    load_disclosure,
    load_publication,
    own_key,
    profile,
    publication,
)
from backend.esg.schema_work import DisclosureEntry, DisclosureTask, DisclosureWork, entry, task, work
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["EsgMutation", "EsgQuery"]

Account = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this account.")]
Year = Annotated[int | None, strawberry.argument(description="Only of this year.")]


def _account_id(value: str) -> UUID:
    return uuids(value, "CarbonAccount", path=("accountId",))[0]


async def _within(read: Read, scope: Scope, account_id: str | None) -> UUID | None:
    """Return the account a list is narrowed to; one the caller does not see is not found."""
    return None if account_id is None else (await visible_account(read, scope, _account_id(account_id))).id


def _after(asked: Page) -> tuple[int, datetime, UUID] | None:
    key = asked.key(int, datetime.fromisoformat, UUID)
    return None if key is None else (key[0], key[1], key[2])


@strawberry.type
class EsgQuery(EsgCityQuery, EsgRatingQuery):
    """Reads of esg."""

    @strawberry.field(
        description="The standards of disclosure in force here with their requirements, the crosswalk between them, the "
        "metrics the account can feed, the exchanges' topics and the terms of materiality."
    )
    async def disclosure_library(self, info: Info) -> DisclosureLibrary:
        """Return the reference data."""
        scope = info.context.scope
        scope.require("esg:read")
        async with info.context.read() as read:
            return reference.library(await service.library(read, scope))

    @strawberry.field(description="Every version of every standard that is loaded, superseded ones too.")
    async def disclosure_standard_versions(self, info: Info) -> list[DisclosureStandardVersion]:
        """List versions of standards."""
        scope = info.context.scope
        scope.require("esg:read")
        async with info.context.read() as read:
            rows = await service.versions(read, scope)
        return [DisclosureStandardVersion(code=each.code, version=each.version) for each in rows]

    @strawberry.field(description="What an account says of its listing and duties; null: it has recorded nothing.")
    async def disclosure_profile(self, info: Info, account_id: strawberry.ID) -> DisclosureProfile | None:
        """Return a profile."""
        scope = info.context.scope
        async with info.context.read() as read:
            found = await service.profile(read, scope, _account_id(account_id))
        return None if found is None else profile(found)

    @strawberry.field(description="Whether each standard binds an account for a year, why, and by when.")
    async def disclosure_applicability(
        self, info: Info, account_id: strawberry.ID, year: int
    ) -> list[DisclosureApplicability]:
        """Return applicability."""
        scope = info.context.scope
        async with info.context.read() as read:
            found = await service.applicability(read, scope, _account_id(account_id), year)
        return [reference.applicability(each) for each in found]

    @strawberry.field(
        description="The disclosures of the year before a day (today unless given): due, done, late, voluntary, or not to be told."
    )
    async def disclosure_duties(
        self, info: Info, account_id: strawberry.ID, on: date | None = None
    ) -> list[DisclosureObligation]:
        """Return the duties."""
        scope = info.context.scope
        scope.require("esg:read")
        own = _account_id(account_id)
        async with info.context.read() as read:
            await visible_account(read, scope, own)
            found = await service.duties(read, scope, [own], on or today())
        return [reference.obligation(each) for each in found[own]]

    @strawberry.field(
        description="Disclosures you may see, where they stand: your own, of accounts you are engaged on, of your region; the "
        "newest year first."
    )
    async def disclosures(
        self, info: Info, account_id: Account = None, year: Year = None, first: First = 50, after: After = None
    ) -> Connection[Disclosure]:
        """List disclosures."""
        scope = info.context.scope
        scope.require("esg:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await service.disclosures(
                read, scope, account_id=await _within(read, scope, account_id), year=year,
                after=_after(asked), limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.year, row.opened_at, row.id], make=disclosure)

    @strawberry.field(description="One disclosure, where it stands; null where there is none for you.")
    async def disclosure(self, info: Info, id: strawberry.ID) -> Disclosure | None:  # noqa: A002 - the wire's word
        """Return one disclosure."""
        return await load_disclosure(info.context, *own_key(id, DISCLOSURE, path=("id",)))

    @strawberry.field(
        description="A disclosure opened: points with what fills them and what changed since, gaps, matrix, rounds, the prior "
        "year. For its holder and the verifiers it engaged."
    )
    async def disclosure_work(self, info: Info, id: strawberry.ID) -> DisclosureWork:  # noqa: A002 - the wire's word
        """Return a disclosure with everything below it."""
        scope = info.context.scope
        async with info.context.read() as read:
            return work(await service.view(read, scope, own_key(id, DISCLOSURE, path=("id",))))

    @strawberry.field(description="Everything that was said of a point, oldest first.")
    async def disclosure_point_history(self, info: Info, id: strawberry.ID, point: str) -> list[DisclosureEntry]:  # noqa: A002 - the wire's word
        """Return a point's history."""
        scope = info.context.scope
        async with info.context.read() as read:
            found = await service.history(read, scope, own_key(id, DISCLOSURE, path=("id",)), point)
        return [entry(each) for each in found]

    @strawberry.field(
        description="Who answers for what in disclosures on their way, by due date; `isOverdue` keeps what is late and not "
        "answered."
    )
    async def disclosure_tasks(
        self,
        info: Info,
        account_id: Account = None,
        owner_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this person.")] = None,
        is_overdue: bool = False,  # noqa: FBT001, FBT002 - an argument of the wire
        first: First = 50,
        after: After = None,
    ) -> Connection[DisclosureTask]:
        """List tasks."""
        scope = info.context.scope
        scope.require("esg:read")
        asked = page(first, after)
        key = asked.key(date.fromisoformat, UUID)
        owner = None if owner_id is None else uuids(owner_id, "Person", path=("ownerId",))[0]
        async with info.context.read() as read:
            rows = await service.tasks(
                read, scope, account_id=await _within(read, scope, account_id), owner_id=owner,
                is_overdue=is_overdue, after=None if key is None else (key[0], key[1]), limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row[0].due_on, row[1]], make=lambda row: task(row[0]))

    @strawberry.field(
        description="Published disclosures you may see, corrections among them, the newest year first: your own, of accounts "
        "you are engaged on, of your region."
    )
    async def disclosure_publications(
        self, info: Info, account_id: Account = None, year: Year = None, first: First = 20, after: After = None
    ) -> Connection[DisclosurePublication]:
        """List publications."""
        scope = info.context.scope
        scope.require("esg:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await service.publications(
                read, scope, account_id=await _within(read, scope, account_id), year=year,
                after=_after(asked), limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.year, row.published_at, row.id], make=publication)

    @strawberry.field(description="One published disclosure; null where there is none for you.")
    async def disclosure_publication(self, info: Info, id: strawberry.ID) -> DisclosurePublication | None:  # noqa: A002 - the wire's word
        """Return one publication."""
        return await load_publication(info.context, *own_key(id, PUBLICATION, path=("id",)))
