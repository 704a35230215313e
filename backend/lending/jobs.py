"""Background work of lending: messages to banks, loan files, and what a worker looks after on a timer."""

from typing import Any

from backend.kit.db import Databases
from backend.lending.loan_files.jobs_making import clear, make_loan_file
from backend.lending.webhooks.jobs_delivering import deliver, wake
from backend.lending.webhooks.jobs_forgetting import forget_messages

# Workers store most scores: imported here, it hears of them in a worker's process too.
from backend.lending.webhooks.noticing import note_scores

__all__ = ["deliver", "forget_messages", "look_after_banks", "make_loan_file", "note_scores"]


async def look_after_banks(databases: Databases, storage: Any, tenant: str) -> dict[str, int]:  # noqa: ANN401 - storage is a port
    """Ask for the jobs that send what is due, and delete loan files whose time or consent is over; return what was done."""
    done = {
        "webhooks_due": await wake(databases, tenant),
        "loan_files_deleted": await clear(databases, storage, tenant),
    }
    return {name: each for name, each in done.items() if each}
