"""Traces by OpenTelemetry, switched on by `CARBON_OTEL_ENDPOINT`; without it nothing is imported and nothing costs."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from backend.kit.settings import Settings

_tracers: list[Any] = []


def configure(settings: Settings, service: str) -> None:
    """Start exporting spans to the OTLP/HTTP endpoint of the settings, if there is one."""
    if settings.otel_endpoint is None or _tracers:
        return
    # Imported here because the exporter costs 100 ms and most installations do without it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - see above
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - see above
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - see above
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - see above

    provider = TracerProvider(resource=Resource.create({"service.name": f"carbon-{service}"}))
    endpoint = settings.otel_endpoint.rstrip("/")
    if not endpoint.endswith("/v1/traces"):
        endpoint += "/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    _tracers.append((provider, provider.get_tracer("carbon")))


@contextmanager
def span(name: str, **facts: str | int) -> Generator[None]:
    """Trace a piece of work; does nothing while tracing is off."""
    if not _tracers:
        yield
        return
    with _tracers[0][1].start_as_current_span(
        name, attributes={f"carbon.{key}": value for key, value in facts.items()}
    ):
        yield


def close() -> None:
    """Send what is left and stop."""
    while _tracers:
        _tracers.pop()[0].shutdown()
