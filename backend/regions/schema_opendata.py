"""Open data on the wire: what is published, how a year would look, publishing it."""

from datetime import datetime

import strawberry

from backend.kit.db import Write
from backend.regions import service
from backend.regions.opendata.values import OpenYear
from backend.wire.commands import command
from backend.wire.context import Context, Info

# The body of a command is a plain function that `command` turns into a field; `input` is the wire's word.
# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805


@strawberry.type(
    description="A year's sums by division and sector for everybody (开放数据), from which no group of fewer than five accounts "
    "and nobody's own figures can be worked out. Published once, and for good."
)
class OpenDataYear:
    """A published year."""

    year: int = strawberry.field(description="The year.")
    content: str = strawberry.field(description="Its JSON.")
    sha256: str = strawberry.field(description="SHA-256 of its UTF-8 bytes.")
    hidden: int = strawberry.field(description="How many groups and totals are not told.")
    published_at: datetime = strawberry.field(description="When; of a table that is only looked at, now.")
    download_path: str = strawberry.field(description="Where anybody fetches it, without signing in.")


def _shown(tenant: str, one: OpenYear) -> OpenDataYear:
    return OpenDataYear(
        year=one.year, content=one.content, sha256=one.sha256, hidden=one.hidden, published_at=one.published_at,
        download_path=f"/{tenant}/open-data/{one.year}.json",
    )  # fmt: skip


@strawberry.type
class OpenDataQuery:
    """Reading open data."""

    @strawberry.field(description="What is published, the newest year first.")
    async def open_data_years(self, info: Info) -> list[OpenDataYear]:
        """List what is published."""
        info.context.scope.require("tenants:read")
        async with info.context.read() as read:
            found = await service.open_years(read, info.context.scope)
        return [_shown(info.context.scope.tenant, each) for each in found]

    @strawberry.field(
        description="A year's table as it would be published now, for the eyes of the authority of the whole jurisdiction."
    )
    async def open_data_preview(self, info: Info, year: int) -> OpenDataYear:
        """Return a year as it would be published."""
        async with info.context.read() as read:
            return _shown(info.context.scope.tenant, await service.open_table(read, info.context.scope, year))


@strawberry.input(description="Publish a year.")
class PublishOpenDataInput:
    """Publish a year."""

    year: int = strawberry.field(description="A year that is over.")


@strawberry.type(description="The year was published.")
class OpenDataPublished:
    """The year was published."""

    published: OpenDataYear = strawberry.field(description="As everybody fetches it.")


@strawberry.type
class OpenDataMutation:
    """Commands of open data."""

    @command("regions:publish")
    async def publish_open_data(context: Context, write: Write, input: PublishOpenDataInput) -> OpenDataPublished:
        """Publish a year's sums by division and sector for everybody (发布开放数据), once and for good."""
        made = await service.publish_year(write, context.scope, input.year)
        return OpenDataPublished(published=_shown(context.scope.tenant, made))
