"""What scores does; the names below are what the rest of the house may use."""

from backend.scores.modelling.activating import active_model, furnish
from backend.scores.modelling.queries import versions as model_versions
from backend.scores.modelling.values import ModelVersion
from backend.scores.running.gathering import gather
from backend.scores.running.queries import history, latest, positions, scores_by_id
from backend.scores.running.running import score

__all__ = [
    "ModelVersion",
    "active_model",
    "furnish",
    "gather",
    "history",
    "latest",
    "model_versions",
    "positions",
    "score",
    "scores_by_id",
]
