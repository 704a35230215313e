"""Every noun's jobs, imported so that their kinds are known to the worker."""

from backend.console import jobs as console_jobs
from backend.credits import jobs as credit_jobs
from backend.emissions import jobs as emissions
from backend.kit.tasks import KINDS, Kind
from backend.ledger import jobs as ledger_jobs
from backend.lending import jobs as lending_jobs
from backend.monitoring import jobs as monitoring_jobs
from backend.monitoring.estimates import jobs as estimate_jobs
from backend.quotas import jobs as quota_jobs
from backend.scores import jobs as score_jobs
from backend.scores.modelling import jobs_backtest
from backend.statements import jobs as statement_jobs

MODULES = (
    jobs_backtest, console_jobs, emissions, credit_jobs, ledger_jobs, quota_jobs, score_jobs, statement_jobs, lending_jobs,
    estimate_jobs, monitoring_jobs,
)  # fmt: skip


def kinds() -> dict[str, Kind]:
    """Return every kind of job this release can run."""
    return KINDS
