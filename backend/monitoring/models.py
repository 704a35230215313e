"""Tables of monitoring, all of them; each part declares its own."""

from backend.monitoring.alerts.models import (
    MonitoringEvaluation,
    MonitoringStep,
    MonitoringTerms,
    MonitoringTermsDecision,
    MonitoringWarning,
)
from backend.monitoring.estimates import models as estimates
from backend.monitoring.notices.models import (
    Notice,
    NoticeDelivery,
    NoticeEndpoint,
    NoticePreference,
    NoticeReader,
)

__all__ = [
    "MonitoringEvaluation", "MonitoringStep", "MonitoringTerms", "MonitoringTermsDecision", "MonitoringWarning", "Notice",
    "NoticeDelivery", "NoticeEndpoint", "NoticePreference", "NoticeReader", "estimates",
]  # fmt: skip
