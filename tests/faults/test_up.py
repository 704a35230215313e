"""`carbon up` as a person meets it: starts, Ctrl-C, hard kills, a second start, a port in use, a folder in use.

The servers, the supervisor and the command are real. Where a test is about the frame and not about the API, the API
and the worker are two small programs, so that what is killed and what answers is exactly known.
"""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.kit import servers
from backend.kit.processes import mark_of, survivors, survivors_with

pytestmark = pytest.mark.faults

FRAME = """
import sys
from backend.cli import main, steps

API = '''
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["CARBON_PORT"])), Handler).serve_forever()
'''
WORKER = "import os, time; print('worker', os.getpid(), flush=True); time.sleep(3600)"
steps.PROGRAMS.update(api=lambda _: ["-c", API], worker=lambda _: ["-c", WORKER])
skipped = (steps.migrate, steps.furnish, steps.seed, steps.journey, steps.sign_ins)
steps.STEPS = tuple(step for step in steps.STEPS if step.do not in skipped)
main(["up"])
"""


WHOLE = ("-m", "backend.cli", "up", "--no-seed", "--no-journey")
"""The real API and the real worker; the demonstration has tests of its own."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)


@dataclass
class Run:
    """One `carbon up`."""

    folder: Path
    port: int
    process: subprocess.Popen[str]
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text()

    def ask(self) -> str:
        """Return what the API answers: its process number."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/health/ready")
            return line.getresponse().read().decode()
        except OSError:
            return ""
        finally:
            line.close()

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said
        return "Ready in" in self.said

    def pids(self, server: str, program: str) -> list[int]:
        folder = self.folder / server
        return survivors(mark_of(folder), program, folder.stat().st_uid) if folder.exists() else []

    def everything(self) -> list[int]:
        children = survivors_with(f"CARBON_SUPERVISOR={mark_of(self.folder)}")
        return [*self.pids("postgres", "postgres"), *self.pids("valkey", "valkey-server"), *children]

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory(prefix="carbon-up-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "data"


@contextlib.contextmanager
def up(
    folder: Path, port: int | None = None, *, program: tuple[str, ...] = ("-c", FRAME), **environment: str
) -> Generator[Run]:
    """Start the command; whatever a test leaves is ended."""
    port = port or free_port()
    output = folder.parent / f"output-{time.monotonic_ns()}"
    known = {name: value for name, value in os.environ.items() if not name.startswith("CARBON_")}
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, *program],
            env={**known, "LANG": "C", "CARBON_DATA_DIR": str(folder), "CARBON_PORT": str(port), **environment},
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    run = Run(folder, port, process, output)
    try:
        yield run
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def test_ctrl_c_stops_every_child_quickly_and_cleanly(folder: Path) -> None:
    with up(folder) as run:
        wait_for(run.is_ready)
        assert run.ask().isdigit()
        assert len(run.pids("valkey", "valkey-server")) == 1
        assert "worker" in (folder / "logs" / "worker-1.log").read_text()
        since = time.monotonic()
        assert run.end() == 0
        assert time.monotonic() - since < 8
        assert run.everything() == []
        assert "Traceback" not in run.said
        assert "database system is shut down" in (folder / "logs" / "postgresql.log").read_text()


def test_sigterm_stops_it_too(folder: Path) -> None:
    with up(folder) as run:
        wait_for(run.is_ready)
        assert run.end(signal.SIGTERM) == 0
        assert run.everything() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_end_during_the_first_start_leaves_nothing_in_the_way(folder: Path, number: signal.Signals) -> None:
    with up(folder) as run:
        wait_for((folder / "postgres" / "cluster.new" / "PG_VERSION").exists)  # initdb is at work
        assert run.end(number) == (0 if number is signal.SIGINT else -signal.SIGKILL)
        assert "Traceback" not in run.said
    with up(folder) as run:
        wait_for(run.is_ready)
        assert not (folder / "postgres" / "cluster.new").exists()


def test_it_starts_again_after_a_hard_kill(folder: Path) -> None:
    with up(folder) as run:
        wait_for(run.is_ready)
        before = run.everything()
        run.process.kill()
        run.process.wait()
        with up(folder, run.port) as again:  # at once, while the orphans are still ending
            wait_for(again.is_ready)
            assert again.ask().isdigit()
            assert set(before).isdisjoint(again.everything())
            assert "Traceback" not in again.said


def test_a_second_up_in_the_same_folder_says_so_and_harms_nothing(folder: Path) -> None:
    with up(folder) as run:
        wait_for(run.is_ready)
        with up(folder) as second:
            assert second.process.wait(30) == 1
            assert f"pid {run.process.pid}" in second.said.replace("\n", " ")
            assert "Traceback" not in second.said
        assert run.ask().isdigit()
        assert run.process.poll() is None


@pytest.mark.parametrize(
    ("locale", "sentence"), [("C", "is in use by another program"), ("zh_CN.UTF-8", "已被其他程序占用")]
)
def test_a_port_in_use_is_named_with_its_setting(folder: Path, locale: str, sentence: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = int(other.getsockname()[1])
        with up(folder, port, LANG=locale, LC_ALL=locale, PYTHONUTF8="1") as run:
            assert run.process.wait(30) == 1
            said = run.said.replace("\n", "")
            assert sentence in said
            assert str(port) in said
            assert "CARBON_PORT=" in said
            assert "Traceback" not in said
    assert not (folder / "postgres").exists()


@pytest.mark.parametrize("victim", ["postgres", "valkey", "api", "worker"])
def test_what_dies_is_started_again(folder: Path, victim: str) -> None:
    with up(folder) as run:
        wait_for(run.is_ready)
        kinds = {"postgres": "postgres", "valkey": "valkey-server"}
        if victim == "api":
            find = run.ask
        elif victim == "worker":

            def find() -> str:
                return (folder / "logs" / "worker-1.log").read_text().split()[-1]
        else:

            def find() -> str:
                running = {"postgres": servers.running_postgres, "valkey": servers.running_valkey}[victim]
                return str(run.pids(victim, kinds[victim])[0]) if running(folder / victim) else ""

        wait_for(lambda: find().isdigit())
        before = find()
        os.kill(int(before), signal.SIGKILL)
        wait_for(lambda: find() not in ("", before))
        assert run.process.poll() is None
        wait_for(lambda: "is up again" in run.said)
        assert "Traceback" not in run.said


def test_a_setting_that_cannot_be_right_is_named(folder: Path) -> None:
    with up(folder, CARBON_WORKER_PROCESSES="many") as run:
        assert run.process.wait(30) == 1
        assert "CARBON_WORKER_PROCESSES" in run.said
        assert "Traceback" not in run.said


@pytest.mark.parametrize("way", ["file", "full"])
def test_a_folder_that_cannot_be_used_is_named(folder: Path, way: str) -> None:
    if way == "file":
        folder.write_text("in the way")
        inside = folder
    else:
        if os.geteuid() != 0:
            pytest.skip("only root can mount a small disk")
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
        if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
            pytest.skip("mounting is not allowed here")
        inside = folder / "inside"
    try:
        with up(inside) as run:
            assert run.process.wait(30) == 1
            said = run.said.replace("\n", " ")
            assert {"file": "CARBON_DATA_DIR", "full": "Free some space"}[way] in said
            assert "Traceback" not in said
    finally:
        if way == "full":
            subprocess.run(["umount", str(folder)], check=True)


def test_named_servers_are_used_and_none_is_started(folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere"
    postgres = servers.start_postgres(elsewhere / "postgres", settings={"fsync": "off"})
    valkey = servers.start_valkey(elsewhere / "valkey")
    try:
        with up(folder, CARBON_POSTGRES_ADMIN_URL=postgres.url, CARBON_REDIS_URL=valkey.url) as run:
            wait_for(run.is_ready)
            assert not (folder / "postgres").exists()
            assert not (folder / "valkey").exists()
            assert run.end() == 0
        assert postgres.is_alive
        assert valkey.is_alive
    finally:
        valkey.stop()
        postgres.stop()


@pytest.mark.slow
def test_the_whole_starts_heals_and_starts_again_quickly(folder: Path) -> None:
    with up(folder, program=WHOLE) as run:
        wait_for(run.is_ready, 120)
        wait_for(lambda: '"status":"ok"' in run.ask())
        (postmaster,) = [pid for pid in run.pids("postgres", "postgres") if _parent(pid) == run.process.pid]
        (valkey,) = run.pids("valkey", "valkey-server")
        helpers = [
            pid for pid in survivors_with(f"CARBON_SUPERVISOR={mark_of(folder)}") if _parent(pid) != run.process.pid
        ]
        for pid in (postmaster, valkey, *helpers):
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: run.said.count("is up again") >= 2, 60)
        wait_for(lambda: '"status":"ok"' in run.ask(), 60)
        assert run.end() == 0
        assert run.everything() == []
        assert "Traceback" not in run.said
    with up(folder, program=WHOLE) as run:
        since = time.monotonic()
        wait_for(run.is_ready, 60)
        # Ten seconds on a machine of one's own; beside other tests, their share more.
        assert time.monotonic() - since < 10 * max(1.0, 2 * os.getloadavg()[0] / (os.cpu_count() or 1))
        assert run.said.count("up to date") == 8  # four migrations and four sets of parameters were skipped
        assert '"status":"ok"' in run.ask()


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
