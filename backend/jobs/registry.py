"""Every noun's jobs, imported so that their kinds are known to the worker."""

from backend.emissions import jobs as emissions
from backend.kit.tasks import KINDS, Kind

MODULES = (emissions,)


def kinds() -> dict[str, Kind]:
    """Return every kind of job this release can run."""
    return KINDS
