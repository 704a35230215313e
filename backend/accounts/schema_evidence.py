"""What every list and id below an account shares on the wire, and evidence, which figures and meters rest on."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.values import EvidenceValue
from backend.identity.schema_types import Person, load_person
from backend.wire.connections import Page
from backend.wire.context import Info
from backend.wire.nodes import Node, NodeIdInvalid, node_id, uuids

First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="A cursor from an earlier answer.")]


def own_key(value: str, type_name: str, *, path: tuple[str, ...] = ()) -> tuple[UUID, UUID]:
    """Return (account, own id) of something below an account.

    Raises:
        NodeIdInvalid: not the global id of such a thing.
    """
    ids = uuids(value, type_name, path=path)
    if len(ids) != 2:  # noqa: PLR2004 - account and own
        raise NodeIdInvalid(id=value, expected=type_name, path=path)
    return ids[0], ids[1]


def text_after(asked: Page) -> str | None:
    """Return the text a page begins after. Raises PageInvalid for a cursor of another list."""
    key = asked.key(str)
    return None if key is None else key[0]


def id_after(asked: Page) -> str | None:
    """Return the id a page begins after. Raises PageInvalid for a cursor of another list."""
    key = asked.key(UUID)
    return None if key is None else str(key[0])


@strawberry.type(description="A file that proves something (证明材料): invoice, certificate, laboratory report.")
class Evidence(Node):
    """A file that proves something."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    uploader_id: strawberry.Private[UUID | None]
    file_name: str = strawberry.field(description="Its name when it was uploaded.")
    media_type: str = strawberry.field(description="What its content was recognised as.")
    size: int = strawberry.field(description="Bytes.")
    sha256: str = strawberry.field(description="SHA-256 of the content, hexadecimal: the same file has the same.")
    description: str = strawberry.field(description="What it proves, in words; may be empty.")
    uploaded_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Where to GET the content with the same access token, relative to this host.")
    def download_url(self, info: Info) -> str:
        """Return the address of the content."""
        account = node_id("CarbonAccount", self.account_id)
        return f"/{info.context.scope.tenant}/accounts/{account}/evidence/{self.id}"

    @strawberry.field(description="Who uploaded it; null for a program, or where you may not know them.")
    async def uploaded_by(self, info: Info) -> Person | None:
        """Return who uploaded it."""
        return await load_person(info.context, self.uploader_id)


def evidence(value: EvidenceValue) -> Evidence:
    """Return evidence as the wire has it."""
    return Evidence(
        id=node_id("Evidence", value.account_id, value.id),
        account_id=value.account_id,
        own_id=value.id,
        uploader_id=value.uploaded_by,
        file_name=value.file_name,
        media_type=value.media_type,
        size=value.size,
        sha256=value.sha256,
        description=value.description,
        uploaded_at=value.uploaded_at,
    )
