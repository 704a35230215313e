"""Structured logs: a constant event name, data in keywords, and the correlation id that a request hands to its jobs."""

import logging
import sys
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import structlog

from backend.kit.ids import new_id
from backend.kit.settings import Settings

LONGEST_CORRELATION_ID = 64
QUIET = ("arq", "sqlalchemy", "asyncio", "httpx", "httpcore", "websockets")
"""Libraries whose chatter is worth hearing from WARNING on only."""
SECRETS = ("password", "secret", "token", "authorization")
"""A key that contains one of these words is never written."""


@cache
def names_secret(key: str) -> bool:
    """Tell whether a key's value must not be written; keys are few and constant."""
    return any(word in key.lower() for word in SECRETS)


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's signature
    """Replace the values of keys that name a secret."""
    for key in event:
        if names_secret(key):
            event[key] = "hidden"
    return event


def configure(settings: Settings, service: str) -> None:
    """Send our own and the libraries' logs to standard error, as JSON or for the eye."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    if as_json:
        # Without local variables: they hold what callers sent us.
        frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        shared.append(structlog.processors.ExceptionRenderer(frames))
        renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)


def correlation(given: str | None) -> str:
    """Return the caller's correlation id when it is short and printable, else a fresh one."""
    if given and len(given) <= LONGEST_CORRELATION_ID and all(one.isalnum() or one in "-_.:" for one in given):
        return given
    return new_id().hex


@contextmanager
def bound(**facts: object) -> Generator[None]:
    """Add facts to every log line written inside."""
    with structlog.contextvars.bound_contextvars(**facts):
        yield


log = structlog.stdlib.get_logger
"""`log(__name__)` gives a logger; write `logger.info("job_finished", state="succeeded")`."""
