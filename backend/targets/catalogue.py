"""The scheme that is shipped, read once from the file beside this module."""

import tomllib
from functools import cache
from pathlib import Path

from backend.targets.rules import schemes
from backend.targets.values_evaluation import Scheme

FOLDER = Path(__file__).parent / "data"


@cache
def shipped() -> Scheme:
    """Return the shipped scheme: every figure of it a placeholder."""
    return schemes.loaded(tomllib.loads((FOLDER / "scheme.toml").read_text(encoding="utf-8")))
