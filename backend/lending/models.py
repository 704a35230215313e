"""Tables of lending, put together."""

from backend.lending.reading.models import ConsentRead, ScoreCredential

__all__ = ["ConsentRead", "ScoreCredential"]
