"""A worker of its own, for tests that kill it: `python worker_process.py <settings as JSON>`."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from factories import jobs  # registers the kinds of job the tests ask for

from backend.jobs.worker import run
from backend.kit.settings import Settings

assert jobs.EFFECT
run(Settings.model_validate(json.loads(sys.argv[1])))
