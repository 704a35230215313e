"""A worker's process knows everybody who wants to hear of what it stores, by its own imports alone."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKED = """
import backend.{door}
from backend.scores import ports
print(*(f"{{each.__module__}}.{{each.__qualname__}}" for each in ports._listeners))
"""


def heard(door: str) -> set[str]:
    """Return who hears of scores that change, in a fresh process that imports one door."""
    done = subprocess.run(
        [sys.executable, "-c", ASKED.format(door=door)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_a_worker_tells_banks_of_the_scores_it_stores_as_the_api_does() -> None:
    assert heard("jobs.worker") == heard("api.schema") == {"backend.lending.webhooks.noticing.note_scores"}
