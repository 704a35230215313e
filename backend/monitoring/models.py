"""Tables of monitoring."""

from backend.monitoring.estimates import models as estimates

__all__ = ["estimates"]
