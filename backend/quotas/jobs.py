"""What background work needs of the noun: what an export of allowances means."""

from backend.quotas.files import CEA_FILE

__all__ = ["CEA_FILE"]
