"""Tables of scores."""

from backend.scores.appeals.models import ScoreAppeal, ScoreOverride
from backend.scores.modelling.models import (
    ScoreBacktest,
    ScoreBacktestLine,
    ScoreModelDecision,
    ScoreModelPeriod,
    ScoreModelRevision,
    ScoreModelVersion,
)
from backend.scores.peers.models import ScoreRollup
from backend.scores.running.models import Score, ScorePenalty, ScoreSign, ScoreSignEntry, ScoreStanding

__all__ = [
    "Score", "ScoreAppeal", "ScoreBacktest", "ScoreBacktestLine", "ScoreModelDecision", "ScoreModelPeriod",
    "ScoreModelRevision", "ScoreModelVersion", "ScoreOverride", "ScorePenalty", "ScoreRollup", "ScoreSign",
    "ScoreSignEntry", "ScoreStanding",
]  # fmt: skip
