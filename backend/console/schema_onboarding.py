"""The onboarding desk on the wire: applications to join, decided by an officer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.console.access import of_authority
from backend.console.errors import JoinApplicationNotFound
from backend.console.onboarding import deciding, queries
from backend.console.values import Duplicate, DuplicateKind, JoinState, JoinValue
from backend.identity.schema_types import Organisation, Person, load_organisation, load_person
from backend.kit.db import Write
from backend.tenants import service as tenants
from backend.tenants.schema import Division, load_division
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.files import FileLink
from backend.wire.nodes import Node, node_id, node_loader, uuids
from backend.wire.stored import SHOWN_ONCE

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.
APPLICATION = "JoinApplication"
JoinApplicationState = strawberry.enum(
    JoinState, name="JoinApplicationState",
    description="What became of an application: RECEIVED (待受理), ACCEPTED (已通过), REFUSED (未通过).",
)  # fmt: skip
JoinDuplicateKind = strawberry.enum(
    DuplicateKind, name="JoinDuplicateKind",
    description="What an application may repeat: an organisation's code or name, another application's code, name or "
    "contact address.",
)  # fmt: skip


@strawberry.type(description="Something an application may repeat, as far as you may see it.")
class JoinDuplicate:
    """Something an application may repeat."""

    kind: JoinDuplicateKind = strawberry.field(description="What is the same.")  # type: ignore[valid-type]
    id: strawberry.ID = strawberry.field(description="The organisation's or the other application's global id.")
    name: str = strawberry.field(description="Its name.")
    credit_code: str = strawberry.field(description="Its unified social credit code.")


@strawberry.type(description="An enterprise applies to join (入驻申请), by the public form.")
class JoinApplication(Node):
    """An application to join."""

    own_id: strawberry.Private[UUID]
    decided_by_id: strawberry.Private[UUID | None]
    organisation_id: strawberry.Private[UUID | None]
    division_code: strawberry.Private[str]
    name: str = strawberry.field(description="The enterprise's name, as it wrote it.")
    credit_code: str = strawberry.field(description="Its unified social credit code; the check character fits.")
    sector: str | None = strawberry.field(description="Code of its sector; null where the list does not name it.")
    contact_name: str = strawberry.field(description="Who is to be its administrator.")
    contact_email: str = strawberry.field(description="That person's e-mail address.")
    contact_phone: str = strawberry.field(description="That person's telephone.")
    note: str = strawberry.field(description="Remarks.")
    file_name: str = strawberry.field(description="Name of the file that proves who applies.")
    size: int = strawberry.field(description="Its bytes.")
    sha256: str = strawberry.field(description="SHA-256 of its content, hexadecimal.")
    state: JoinApplicationState = strawberry.field(description="What became of it.")  # type: ignore[valid-type]
    received_at: datetime = strawberry.field(description="When it came.")
    decided_at: datetime | None = strawberry.field(description="When it was decided; null while it waits.")
    reason: str = strawberry.field(description="Why it was refused; empty otherwise.")

    @strawberry.field(description="Where the enterprise has its seat, as it wrote it.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_code)

    @strawberry.field(description="The organisation an accepted application became.")
    async def organisation(self, info: Info) -> Organisation | None:
        """Return the organisation."""
        return None if self.organisation_id is None else await load_organisation(info.context, self.organisation_id)

    @strawberry.field(description="Who decided; null for people of another organisation.")
    async def decided_by(self, info: Info) -> Person | None:
        """Return who decided."""
        return await load_person(info.context, self.decided_by_id)

    @strawberry.field(description="What it may repeat: look at these before you accept it.")
    async def duplicates(self, info: Info) -> list[JoinDuplicate]:
        """Return what it may repeat."""
        return [_duplicate(each) for each in await info.context.loader(queries.duplicate_batch).load(self.own_id)]

    @strawberry.field(description="The file that proves who applies.")
    def evidence(self, info: Info) -> FileLink:
        """Return where the file is."""
        return FileLink(
            url=f"/{info.context.scope.tenant}/join-applications/{self.own_id}/evidence", file_name=self.file_name
        )


def _duplicate(value: Duplicate) -> JoinDuplicate:
    is_organisation = value.kind in {DuplicateKind.ORGANISATION_CODE, DuplicateKind.ORGANISATION_NAME}
    return JoinDuplicate(
        kind=value.kind, id=node_id("Organisation" if is_organisation else APPLICATION, value.id), name=value.name,
        credit_code=value.credit_code,
    )  # fmt: skip


def application_shown(value: JoinValue) -> JoinApplication:
    """Return an application as the wire has it."""
    return JoinApplication(
        id=node_id(APPLICATION, value.id), own_id=value.id, decided_by_id=value.decided_by,
        organisation_id=value.organisation_id, division_code=value.division_code, name=value.name,
        credit_code=value.credit_code, sector=value.sector, contact_name=value.contact_name,
        contact_email=value.contact_email, contact_phone=value.contact_phone, note=value.note,
        file_name=value.file_name, size=value.size, sha256=value.sha256, state=value.state,
        received_at=value.received_at, decided_at=value.decided_at, reason=value.reason,
    )  # fmt: skip


@node_loader(APPLICATION)
async def load_application(context: Context, *ids: UUID) -> JoinApplication | None:
    """Fetch an application for `node(id:)`."""
    of_authority(context.scope)
    found = await context.loader(queries.application_batch).load(ids[0]) if len(ids) == 1 else None
    return None if found is None else application_shown(found)


@strawberry.type
class OnboardingQuery:
    """Reading the onboarding desk."""

    @strawberry.field(description="Applications to join from your region (入驻申请), the longest waiting first.")
    async def join_applications(
        self,
        info: Info,
        state: Annotated[
            JoinApplicationState | None,  # type: ignore[valid-type]
            strawberry.argument(description="Only these."),
        ] = None,
        division_code: Annotated[
            str | None, strawberry.argument(description="Only from this division and those below it.")
        ] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[JoinApplication]:
        """List applications."""
        scope, asked = info.context.scope, page(first, after)
        of_authority(scope)
        key = asked.key(datetime.fromisoformat, UUID)
        async with info.context.read() as read:
            under = None
            if division_code is not None:
                under = (await tenants.required_division(read, scope, division_code)).path
            rows = await queries.applications(
                read, scope, state=state, under=under, limit=asked.fetch,
                after=None if key is None else (key[0], key[1]),
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.received_at, row.id], make=application_shown)

    @strawberry.field(description="One application to join; refused when it is not of your region.")
    async def join_application(self, info: Info, id: strawberry.ID) -> JoinApplication | None:
        """Return one application."""
        found = await load_application(info.context, *uuids(id, APPLICATION, path=("id",)))
        if found is None:
            raise JoinApplicationNotFound(path=("id",))
        return found


@strawberry.input(description="Which application.")
class AcceptJoinApplicationInput:
    """Which application."""

    application_id: strawberry.ID = strawberry.field(description="The application's global id.")


@strawberry.input(description="Which application, and why not.")
class RefuseJoinApplicationInput:
    """Which application, and why not."""

    application_id: strawberry.ID = strawberry.field(description="The application's global id.")
    reason: str = strawberry.field(
        description="Why, 1 to 1,000 characters; whoever holds the application's receipt reads it."
    )


@strawberry.type(description="The enterprise is registered and its administrator invited. Hand the token over.")
class JoinApplicationAccepted:
    """The enterprise is registered."""

    application: JoinApplication = strawberry.field(description="As it stands now.")
    token: str | None = strawberry.field(
        description="For `POST /auth/accept-invitation`; shown this once, null when replayed.", metadata=SHOWN_ONCE
    )
    expires_at: datetime = strawberry.field(description="Until when the invitation can be accepted.")


@strawberry.type(description="The application was refused.")
class JoinApplicationRefused:
    """The application was refused."""

    application: JoinApplication = strawberry.field(description="As it stands now.")


@strawberry.type
class OnboardingMutation:
    """Commands of the onboarding desk."""

    @command("console:accept_application")
    async def accept_join_application(
        context: Context, write: Write, input: AcceptJoinApplicationInput
    ) -> JoinApplicationAccepted:
        """Accept an application: the enterprise is registered, the contact person invited as its administrator."""
        (own_id, *_) = uuids(input.application_id, APPLICATION, path=("input", "applicationId"))
        made = await deciding.accept_application(write, context.scope, own_id)
        return JoinApplicationAccepted(
            application=application_shown(made.application), token=made.offered.token,
            expires_at=made.offered.expires_at,
        )  # fmt: skip

    @command("console:refuse_application")
    async def refuse_join_application(
        context: Context, write: Write, input: RefuseJoinApplicationInput
    ) -> JoinApplicationRefused:
        """Refuse an application, with the reason."""
        (own_id, *_) = uuids(input.application_id, APPLICATION, path=("input", "applicationId"))
        value = await deciding.refuse_application(write, context.scope, own_id, input.reason)
        return JoinApplicationRefused(application=application_shown(value))
