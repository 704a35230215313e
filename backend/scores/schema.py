"""Reading and commanding scores on the wire, put together."""

import strawberry

from backend.scores.schema_scores import ScoreRunsQuery
from backend.scores.schema_scores_commands import ScoreRunsMutation


@strawberry.type
class ScoresQuery(ScoreRunsQuery):
    """Reads of scores."""


@strawberry.type
class ScoresMutation(ScoreRunsMutation):
    """Commands of scores."""
