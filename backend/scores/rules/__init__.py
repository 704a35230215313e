"""Pure rules of scores: facts and a model in, an assessment out."""

from backend.scores.rules.assessing import assess
from backend.scores.rules.levers import apply

__all__ = ["apply", "assess"]
