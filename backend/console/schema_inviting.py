"""Files of invitations on the wire. The file itself comes in, and the letters go out, through REST doors."""

from datetime import datetime
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.console.access import of_authority
from backend.console.errors import InvitationFileNotFound
from backend.console.inviting import queries
from backend.console.values import InvitationFileState, InvitationFileValue, InvitedValue
from backend.identity.schema_types import Organisation, load_organisation
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.files import FileLink
from backend.wire.nodes import Node, node_id, node_loader, uuids

# ruff: noqa: A002 - the wire's words
FILE = "InvitationFile"
InvitationFileStateEnum = strawberry.enum(
    InvitationFileState, name="InvitationFileState",
    description="RECEIVED (处理中); STORED, every enterprise is registered (已入库); REJECTED, it has faults and nothing is "
    "stored (有误退回); FAILED, it could not be read (无法读取).",
)  # fmt: skip


@strawberry.type(description="What is wrong with a cell of a file.")
class InvitationFault:
    """What is wrong with a cell."""

    row: int = strawberry.field(description="Its row in the file, counted from 1.")
    column: str = strawberry.field(description="Its column: name, credit_code, division_code, ...")
    code: str = strawberry.field(description="The stable code of what is wrong.")
    zh: str = strawberry.field(description="What is wrong and how to mend it, in Chinese.")
    en: str = strawberry.field(description="What is wrong and how to mend it, in English.")


@strawberry.type(description="An enterprise registered by a row of a file.")
class InvitedEnterprise:
    """An enterprise registered by a row."""

    enterprise_id: strawberry.Private[UUID]
    row: int = strawberry.field(description="Its row in the file.")
    administrator: str = strawberry.field(description="Who is to be its first administrator.")
    email: str = strawberry.field(description="That person's e-mail address.")

    @strawberry.field(description="The enterprise.")
    async def organisation(self, info: Info) -> Organisation | None:
        """Return the enterprise."""
        return await load_organisation(info.context, self.enterprise_id)


@strawberry.type(description="A file of enterprises to invite (批量邀请名单): registered whole or not at all.")
class InvitationFile(Node):
    """A file of enterprises to invite."""

    own_id: strawberry.Private[UUID]
    organisation_id: strawberry.Private[UUID]
    own_job_id: strawberry.Private[UUID | None]
    file_name: str = strawberry.field(description="Its name when it was uploaded.")
    sha256: str = strawberry.field(description="SHA-256 of its content, hexadecimal: the same file is stored once.")
    state: InvitationFileStateEnum = strawberry.field(description="What became of it.")  # type: ignore[valid-type]
    row_count: int = strawberry.field(description="Its enterprises.")
    fault_count: int = strawberry.field(description="Everything wrong with it.")
    faults: list[InvitationFault] = strawberry.field(description="The first hundred of them, by row.")
    created_at: datetime = strawberry.field(description="When it was uploaded.")
    finished_at: datetime | None = strawberry.field(description="When it was stored or given back.")

    @strawberry.field(description="The authority that uploaded it.")
    async def organisation(self, info: Info) -> Organisation | None:
        """Return the authority."""
        return await load_organisation(info.context, self.organisation_id)

    @strawberry.field(description="The job that reads it; `jobProgress` tells how far it is.")
    def job_id(self) -> strawberry.ID | None:
        """Return the job's global id."""
        return None if self.own_job_id is None else node_id("Job", self.own_job_id)

    @strawberry.field(description="The file with every fault marked; null unless it was rejected.")
    def annotated(self, info: Info) -> FileLink | None:
        """Return where the annotated copy is."""
        if self.state is not InvitationFileState.REJECTED:
            return None
        stem, dot, suffix = self.file_name.rpartition(".")
        name = f"{stem}-annotated.{suffix}" if dot else f"{self.file_name}-annotated"
        url = f"/{info.context.scope.tenant}/enterprise-invitations/{self.own_id}/annotated"
        return FileLink(url=url, file_name=name)

    @strawberry.field(description="The enterprises it registered, in the order of its rows.")
    async def enterprises(self, info: Info, first: First = 50, after: After = None) -> Connection[InvitedEnterprise]:
        """List the enterprises."""
        asked = page(first, after)
        key = asked.key(int)
        async with info.context.read() as read:
            rows = await queries.invited(
                read, info.context.scope, self.own_id, limit=asked.fetch, after=None if key is None else key[0]
            )
        return connect(rows, asked, key=lambda row: [row.row], make=_invited)


def _invited(value: InvitedValue) -> InvitedEnterprise:
    return InvitedEnterprise(
        enterprise_id=value.enterprise_id, row=value.row, administrator=value.administrator, email=value.email
    )


def file_shown(value: InvitationFileValue) -> InvitationFile:
    """Return a file as the wire has it."""
    return InvitationFile(
        id=node_id(FILE, value.id), own_id=value.id, organisation_id=value.organisation_id, own_job_id=value.job_id,
        file_name=value.file_name, sha256=value.sha256, state=value.state, row_count=value.row_count,
        fault_count=value.fault_count,
        faults=[InvitationFault(**each) for each in value.faults],
        created_at=value.created_at, finished_at=value.finished_at,
    )  # fmt: skip


@node_loader(FILE)
async def load_file(context: Context, *ids: UUID) -> InvitationFile | None:
    """Fetch a file for `node(id:)`."""
    of_authority(context.scope)
    found = await context.loader(queries.file_batch).load(ids[0]) if len(ids) == 1 else None
    return None if found is None else file_shown(found)


@strawberry.type
class InvitingQuery:
    """Reading files of invitations."""

    @strawberry.field(description="Files of enterprises you or authorities below you invited, the newest first.")
    async def invitation_files(self, info: Info, first: First = 20, after: After = None) -> Connection[InvitationFile]:
        """List files."""
        asked = page(first, after)
        key = asked.key(datetime.fromisoformat, UUID)
        async with info.context.read() as read:
            rows = await queries.files(
                read, info.context.scope, limit=asked.fetch, after=None if key is None else (key[0], key[1])
            )
        return connect(rows, asked, key=lambda row: [row.created_at, row.id], make=file_shown)

    @strawberry.field(description="One file of invitations; refused when it is not of your region.")
    async def invitation_file(self, info: Info, id: strawberry.ID) -> InvitationFile | None:
        """Return one file."""
        found = await load_file(info.context, *uuids(id, FILE, path=("id",)))
        if found is None:
            raise InvitationFileNotFound(path=("id",))
        return found
