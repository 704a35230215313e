"""Training on the wire: who completed what."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.identity.schema_types import Organisation, load_organisation
from backend.kit.db import Write
from backend.knowledge import service
from backend.knowledge.schema_types import ENTRY
from backend.knowledge.values import CompletionValue
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.type(description="That a person completed a training (学习完成).")
class KnowledgeCompletion:
    """A completion."""

    organisation_id: strawberry.Private[UUID]
    name: str = strawberry.field(description="The person's name, as it was then.")
    version: int = strawberry.field(description="The version of the training that was completed.")
    completed_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Whose person it is, null where you do not see it.")
    async def organisation(self, info: Info) -> Organisation | None:
        """Return the organisation."""
        return await load_organisation(info.context, self.organisation_id)


def completion_shown(value: CompletionValue) -> KnowledgeCompletion:
    """Return a completion as the wire has it."""
    return KnowledgeCompletion(
        organisation_id=value.organisation_id, name=value.name, version=value.version, completed_at=value.completed_at
    )


@strawberry.type
class TrainingQuery:
    """Reading completions."""

    @strawberry.field(
        description="Who completed a training, the newest first: an organisation's own people; for its authority everybody."
    )
    async def knowledge_completions(
        self,
        info: Info,
        entry_id: Annotated[strawberry.ID, strawberry.argument(description="The training's global id.")],
        first: Annotated[int, strawberry.argument(description="At most so many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="The cursor of the last one seen.")] = None,
    ) -> Connection[KnowledgeCompletion]:
        """List completions."""
        asked = page(first, after)
        key = asked.key(datetime.fromisoformat, UUID)
        own_id = uuids(entry_id, ENTRY, path=("entryId",))[0]
        async with info.context.read() as read:
            rows = await service.completions(
                read, info.context.scope, own_id, limit=asked.fetch, after=None if key is None else (key[0], key[1])
            )
        return connect(rows, asked, key=lambda row: [row.completed_at, row.person_id], make=completion_shown)


@strawberry.input(description="Say that you have completed a training.")
class CompleteKnowledgeTrainingInput:
    """Complete a training."""

    id: strawberry.ID = strawberry.field(description="The training's global id.")


@strawberry.type(description="The training counts as completed by you.")
class KnowledgeTrainingCompleted:
    """A training was completed."""

    completion: KnowledgeCompletion = strawberry.field(description="The completion; of the first time.")


@strawberry.type
class TrainingMutation:
    """Commands on training."""

    @command("knowledge:complete")
    async def complete_knowledge_training(
        context: Context, write: Write, input: CompleteKnowledgeTrainingInput
    ) -> KnowledgeTrainingCompleted:
        """Say that the calling person has completed a training."""
        (own_id, *_) = uuids(input.id, ENTRY, path=("input", "id"))
        return KnowledgeTrainingCompleted(
            completion=completion_shown(await service.complete_training(write, context.scope, own_id))
        )
