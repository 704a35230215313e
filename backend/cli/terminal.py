"""What a person at a terminal sees: sentences in their language, never a traceback."""

import asyncio
import errno
import os
import sys
import traceback
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from backend.kit.db import DatabaseAway
from backend.kit.errors import CarbonError, Unavailable
from backend.kit.processes import DiskFull, free_megabytes
from backend.kit.settings import Settings, settings

Result = TypeVar("Result")

PLAIN_WIDTH = 120
"""Columns of a table that goes to a file or a pipe."""

screen = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class ServerUnreachable(Unavailable):
    """A server that a setting names does not answer, or refuses us."""

    code = "server_unreachable"
    en = "A server did not answer: {reason}. Check CARBON_POSTGRES_ADMIN_URL, CARBON_DATABASES and CARBON_REDIS_URL."
    zh = "服务器没有应答：{reason}。请检查 CARBON_POSTGRES_ADMIN_URL、CARBON_DATABASES 和 CARBON_REDIS_URL。"


class SettingInvalid(Unavailable):
    """An environment variable holds something that cannot be right."""

    code = "setting_invalid"
    en = "A setting is not valid: {reason}."
    zh = "设置项无效：{reason}。"


class Unexpected(CarbonError):
    """A fault of ours."""

    code = "unexpected"
    en = "Something went wrong that should not: {kind}: {reason}. The details are in {log}; please report them."
    zh = "发生了意外错误：{kind}：{reason}。详细信息见 {log}，请反馈给我们。"


def language() -> str:
    """Return `zh` or `en`, as the terminal's locale says."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en"
    return "zh" if locale.lower().startswith("zh") else "en"


def say(english: str, chinese: str) -> str:
    """Return the sentence in the terminal's language."""
    return chinese if language() == "zh" else english


def plain(text: str) -> str:
    """Return text that holds no markup: a log line may contain brackets."""
    return escape(text)


def checked_settings() -> Settings:
    """Read the settings. Raises SettingInvalid naming each variable."""
    try:
        return settings()
    except ValidationError as error:
        faults = (f"CARBON_{'.'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors())
        raise SettingInvalid(reason="; ".join(faults)) from error
    except ValueError as error:  # pydantic-settings: a variable that should be JSON is not
        raise SettingInvalid(reason=f"{error} (it should be JSON)") from error


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run asynchronous work from a command."""
    return asyncio.run(work)


class CarbonGroup(click.Group):
    """The root group: turns every refusal into a sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; exit 1 with a message for what a person can mend."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt):
            raise
        except DatabaseAway as error:
            refusal = _explained(error)  # on a terminal the settings that name the server are the remedy
        except CarbonError as error:
            refusal = error
        except Exception as error:  # noqa: BLE001 - the last door before the terminal
            refusal = _explained(error)
        errors.print(f"[bold red]✗[/] {plain(refusal.message(language()))}")
        raise click.exceptions.Exit(1)


def _explained(error: Exception) -> CarbonError:
    """Return what a person can do about an error nobody foresaw."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
            return DiskFull(folder=cause.filename or ".", free_mb=free_megabytes(Path(cause.filename or ".")))
        if isinstance(cause, ConnectionError | TimeoutError) or type(cause).__module__.startswith(("asyncpg", "redis")):
            return ServerUnreachable(reason=f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__ or cause.__context__
    report = _report(error)
    return Unexpected(kind=type(error).__name__, reason=str(error).splitlines()[0] if str(error) else "-", log=report)


def _report(error: Exception) -> Path:
    """Write the traceback beside the other logs, or under /tmp when even that is impossible."""
    name = f"error-{datetime.now(UTC):%Y%m%dT%H%M%S}.log"
    for folder in (Path(os.environ.get("CARBON_DATA_DIR", ".carbon")) / "logs", Path("/tmp")):  # noqa: S108 - last resort
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / name
            path.write_text("".join(traceback.format_exception(error)))
        except OSError:
            continue
        return path
    return Path(os.devnull)
