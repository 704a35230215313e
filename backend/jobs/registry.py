"""Every noun's jobs, imported once so that their kinds are known."""

from importlib import import_module
from importlib.util import find_spec

NOUNS = ("factors", "accounts", "emissions")


def load() -> None:
    """Import the `jobs` module of each noun that has one."""
    for noun in NOUNS:
        if find_spec(f"backend.{noun}.jobs") is not None:
            import_module(f"backend.{noun}.jobs")
