"""Changes of borrowers' scores over a web socket."""

from collections.abc import AsyncGenerator
from datetime import datetime

import strawberry

from backend.lending.schema_reads import Borrower, borrower
from backend.lending.watching.sessions import score_changes
from backend.wire.context import Info


@strawberry.type(description="A borrower's score that changed (评分变动).")
class ScoreNews:
    """A borrower's score that changed."""

    event_id: str = strawberry.field(description="The change's own id, the same on every line.")
    at: datetime = strawberry.field(description="When it changed.")
    borrower: Borrower = strawberry.field(
        description="The borrower with its newest score, as its consent opens it now."
    )


@strawberry.type
class WatchingSubscription:
    """Watching borrowers' scores."""

    @strawberry.subscription(
        description="Each change of a score of your borrowers from now on: of its grade, state, shut gates, year or model; a "
        "score that differs in points alone is not pushed. Its consent is looked at for each push: after a "
        "revocation nothing more comes. The enterprise sees each push in its log."
    )
    async def score_changes(self, info: Info) -> AsyncGenerator[ScoreNews]:
        """Yield the changes."""
        context = info.context
        async for news in score_changes(context.databases, context.scope):
            yield ScoreNews(event_id=str(news.id), at=news.at, borrower=borrower(news.borrower))
