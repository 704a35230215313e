"""Tracing is off without a setting, and with one it reaches a real OTLP receiver."""

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from backend.kit import telemetry
from backend.kit.settings import Settings


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """An HTTP server that keeps what it is sent."""
    got: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_span_reaches_the_receiver(receiver: tuple[str, list[tuple[str, bytes]]]) -> None:
    address, got = receiver
    telemetry.configure(Settings(otel_endpoint=address), "api")
    with telemetry.span("request", tenant="wuxi", path="/graphql"):
        pass
    telemetry.close()
    assert [path for path, _ in got] == ["/v1/traces"]
    assert b"carbon.tenant" in got[0][1]
    assert b"wuxi" in got[0][1]
    assert b"carbon-api" in got[0][1]


def test_without_a_setting_nothing_is_loaded_or_sent() -> None:
    loaded = {name for name in sys.modules if name.startswith("opentelemetry.exporter")}
    telemetry.configure(Settings(otel_endpoint=None), "api")
    with telemetry.span("request", tenant="wuxi"):
        pass
    telemetry.close()
    assert {name for name in sys.modules if name.startswith("opentelemetry.exporter")} == loaded
