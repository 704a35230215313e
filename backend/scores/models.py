"""Tables of scores."""

from backend.scores.appeals.models import ScoreAppeal, ScoreOverride
from backend.scores.peers.models import ScoreRollup
from backend.scores.running.models import Score, ScorePenalty, ScoreSign, ScoreSignEntry, ScoreStanding

__all__ = [
    "Score", "ScoreAppeal", "ScoreOverride", "ScorePenalty", "ScoreRollup", "ScoreSign", "ScoreSignEntry",
    "ScoreStanding",
]  # fmt: skip
