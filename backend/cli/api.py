"""`carbon api`: one API process on the servers that settings name."""

import os
import sys

import click

from backend.cli.terminal import checked_settings
from backend.kit.settings import Settings


@click.command()
@click.option("--processes", default=1, show_default=True, help="Processes that share the port.")
def api(processes: int) -> None:
    """Serve the API. `carbon up` runs this for you; in production your service manager does."""
    from backend.api.app import check  # noqa: PLC0415 - keeps `--help` quick

    settings = checked_settings()
    # Asked here, where a refusal is a sentence: the server's own processes could only show where they broke.
    check(settings)
    # The server replaces this process, so signals and the process id are its own.
    os.execv(sys.executable, [sys.executable, *program(settings, processes)])  # noqa: S606 - our own interpreter


def program(settings: Settings, processes: int = 1) -> list[str]:
    """Return the interpreter's arguments that serve the API."""
    return [
        "-m",
        "granian",
        "--interface=asgi",
        f"--host={settings.host}",
        f"--port={settings.port}",
        f"--workers={processes}",
        "--no-access-log",
        "--workers-kill-timeout=3",
        "backend.main:app",
    ]
