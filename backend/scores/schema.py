"""Reading and commanding scores on the wire, put together."""

import strawberry

from backend.scores.schema_models import ScoreModelsQuery
from backend.scores.schema_models_commands import ScoreModelsMutation
from backend.scores.schema_scores import ScoreRunsQuery
from backend.scores.schema_scores_commands import ScoreRunsMutation


@strawberry.type
class ScoresQuery(ScoreModelsQuery, ScoreRunsQuery):
    """Reads of scores."""


@strawberry.type
class ScoresMutation(ScoreModelsMutation, ScoreRunsMutation):
    """Commands of scores."""
