"""Background work of monitoring: warnings evaluated every night and on demand, notices sent."""

from backend.monitoring.alerts.jobs_evaluating import evaluate_warnings, keep_watch
from backend.monitoring.notices.jobs_sending import forget_notices, send_notices

# Rooms below tell people through the port of kit: imported here, it is heard in a worker's process too.
from backend.monitoring.notices.notifying import hear

__all__ = ["evaluate_warnings", "forget_notices", "hear", "keep_watch", "send_notices"]
