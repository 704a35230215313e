"""Reference parameters on the wire: look up, list, compare, propose, decide."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.factors import layouts, queries, rules, service
from backend.factors.queries import Filter
from backend.factors.schema_types import (
    MOST_IDS,
    NODE,
    ActivateParametersInput,
    ParameterDataset,
    ParameterDocument,
    ParameterFileLayout,
    ParameterFileProposed,
    ParameterLookup,
    ParameterProposed,
    ParametersActivated,
    ParametersRejected,
    ProposeParameterFileInput,
    ProposeParameterInput,
    ReferenceParameter,
    RejectParametersInput,
    StateEnum,
    answered,
    document_shown,
    family_shown,
    file_proposed,
    percent,
    shown,
    version_ids,
)
from backend.factors.shipped import shipped_files
from backend.factors.values import Entry, Validity
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_loader


@node_loader(NODE)
async def load_parameter(context: Context, version_id: UUID) -> ReferenceParameter | None:
    """Fetch a version for `node(id:)`."""
    context.scope.require("factors:read")
    found = await context.loader(queries.version_batch).load(version_id)
    return None if found is None else shown(found)


@strawberry.type
class FactorsQuery:
    """Reads of reference parameters."""

    @strawberry.field(
        description="Versions of reference parameters, by family, member, place and time. `on` keeps those valid on a day; "
        "`search` finds a part of a name, label, document or note."
    )
    async def parameters(
        self,
        info: Info,
        name: str | None = None,
        key: str | None = None,
        region: str | None = None,
        dataset: str | None = None,
        state: StateEnum | None = None,  # type: ignore[valid-type]
        on: date | None = None,
        search: str | None = None,
        is_uncertain: bool | None = None,  # noqa: FBT001 - a filter of the wire
        first: int = 50,
        after: str | None = None,
    ) -> Connection[ReferenceParameter]:
        """List versions."""
        scope = info.context.scope
        scope.require("factors:read")
        asked = page(first, after)
        wanted = Filter(name, key, region, dataset, state, on, search, is_uncertain)
        async with info.context.read() as read:
            rows = await queries.list_versions(
                read, scope, wanted, limit=asked.fetch, after=asked.key(str, str, str, date.fromisoformat, int)
            )
        return connect(rows, asked, key=queries.sort_key, make=shown)

    @strawberry.field(
        description="Look a parameter up as a calculation does, and say why this value. Without `key`, `grid.electricity` "
        "takes its levels from `divisionCode`: province, grid region, nation. `publishedBy` is the day the report is made, "
        "`knownAt` the instant whose knowledge counts, `policy` is `published` or `data_year:2023`."
    )
    async def lookup_parameter(
        self,
        info: Info,
        name: str,
        key: str | None = None,
        regions: list[str] | None = None,
        division_code: str | None = None,
        on: date | None = None,
        published_by: date | None = None,
        known_at: datetime | None = None,
        policy: str = rules.PUBLISHED,
    ) -> ParameterLookup:
        """Look a parameter up."""
        async with info.context.read() as read:
            found = await service.look_up(
                read,
                info.context.scope,
                name=name,
                key=key,
                regions=(regions or [])[:MOST_IDS],
                division_code=division_code,
                on=on or today(),
                published_by=published_by or today(),
                known_at=known_at or now(),
                policy=policy,
            )
        return answered(found)

    @strawberry.field(description="The datasets and what they hold; every reference file is one.")
    async def parameter_datasets(self, info: Info) -> list[ParameterDataset]:
        """List the datasets."""
        scope = info.context.scope
        scope.require("factors:read")
        async with info.context.read() as read:
            families = await queries.summaries(read, scope)
            files = {each.name: each for each in reversed(await queries.loaded_files(read, scope))}
        shipped = {each.defaults.dataset: each for each in shipped_files()}
        found: list[ParameterDataset] = []
        for dataset in dict.fromkeys(each.dataset for each in families):
            own = shipped.get(dataset)
            loaded = files.get(own.name if own else f"{dataset}.csv")
            found.append(
                ParameterDataset(
                    dataset=dataset,
                    title_zh=own.title_zh if own else dataset,
                    title_en=own.title_en if own else dataset,
                    file=own.name if own else None,
                    rows=loaded.row_count if loaded else None,
                    loaded_at=loaded.loaded_at if loaded else None,
                    families=[family_shown(each) for each in families if each.dataset == dataset],
                )
            )
        return found

    @strawberry.field(description="The documents that active parameters rest on, by name.")
    async def parameter_documents(
        self, info: Info, search: str | None = None, first: int = 50, after: str | None = None
    ) -> Connection[ParameterDocument]:
        """List the documents."""
        scope = info.context.scope
        scope.require("factors:read")
        asked = page(first, after)
        last = asked.key(str)
        async with info.context.read() as read:
            rows = await queries.documents(read, scope, search, limit=asked.fetch, after=last[0] if last else None)
        return connect(rows, asked, key=lambda row: [row.document], make=document_shown)

    @strawberry.field(description="The file layouts that `proposeParameterFile` reads.")
    async def parameter_file_layouts(self, info: Info) -> list[ParameterFileLayout]:
        """List the layouts."""
        info.context.scope.require("factors:read")
        return [
            ParameterFileLayout(name=each.name, columns=list(each.columns), optional=list(each.optional))
            for each in layouts.FORMATS
        ]

    @strawberry.field(
        description="The change between two values in per cent, (to - from) / from x 100, rounded half up for display; "
        "null when `from` is zero. The same arithmetic as `changePercent`."
    )
    async def percent_change(
        self,
        info: Info,
        before: Annotated[Decimal, strawberry.argument(name="from", description="The earlier value.")],
        after: Annotated[Decimal, strawberry.argument(name="to", description="The later value.")],
        places: Annotated[int, strawberry.argument(description="Decimal places, 0 to 12.")] = 1,
    ) -> Decimal | None:
        """Compare two values."""
        info.context.scope.require("factors:read")
        return percent(before, after, places)


@strawberry.type
class FactorsMutation:
    """Commands on reference parameters."""

    @command("factors:propose")
    @staticmethod
    async def propose_parameter(context: Context, write: Write, input: ProposeParameterInput) -> ParameterProposed:  # noqa: A002 - the wire's word
        """Propose a new version of one parameter as a draft; another person activates it."""
        entry = Entry(
            name=input.name.strip(),
            key=input.key.strip(),
            region=input.region.strip(),
            valid=Validity(input.valid_from, input.valid_until),
            value=input.value,
            low=input.low,
            high=input.high,
            text_value=input.text_value or None,
            unit=input.unit.strip(),
            label_zh=input.label_zh,
            label_en=input.label_en,
            document=input.document.strip(),
            published_on=input.published_on,
            source=input.source.strip(),
            confidence=input.confidence,
            note=input.note,
        )
        version = await service.propose(write, context.scope, entry)
        known = await queries.versions_of(write, context.scope, [version.identity])
        before = rules.previous(version, known)
        return ParameterProposed(
            parameter=shown(version),
            change_percent=None if before is None else percent(before.value, version.value, 1),
        )

    @command("factors:propose")
    @staticmethod
    async def propose_parameter_file(
        context: Context,
        write: Write,
        input: ProposeParameterFileInput,  # noqa: A002 - the wire's word
    ) -> ParameterFileProposed:
        """Propose the values of a CSV file as drafts; every faulty row is named and then nothing is stored."""
        report = await service.propose_file(
            write, context.scope, name=input.file_name, content=input.content.encode(), is_dry=input.is_dry_run
        )
        return file_proposed(report)

    @command("factors:activate")
    @staticmethod
    async def activate_parameters(
        context: Context,
        write: Write,
        input: ActivateParametersInput,  # noqa: A002 - the wire's word
    ) -> ParametersActivated:
        """Make drafts count from now on. Where duties are separated, not by the person who proposed them."""
        versions = await service.activate(write, context.scope, version_ids(input.ids), reason=input.reason)
        return ParametersActivated(parameters=[shown(version) for version in versions])

    @command("factors:reject")
    @staticmethod
    async def reject_parameters(
        context: Context,
        write: Write,
        input: RejectParametersInput,  # noqa: A002 - the wire's word
    ) -> ParametersRejected:
        """Turn drafts down for good; a proposer may withdraw the own proposal this way."""
        versions = await service.reject(write, context.scope, version_ids(input.ids), reason=input.reason)
        return ParametersRejected(parameters=[shown(version) for version in versions])
