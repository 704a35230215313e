"""What scores does; the names below are what the rest of the house may use."""

from backend.scores.modelling.activating import active_model, furnish
from backend.scores.modelling.values import ModelVersion

__all__ = ["ModelVersion", "active_model", "furnish"]
