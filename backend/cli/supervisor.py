"""Keeps children running: starts them in order, restarts what dies, stops them in the reverse order.

Everything happens in the main thread: the kernel ties a child's life to the thread that started it, and a signal
handler that raises there ends whatever step is under way.
"""

import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

from backend.kit.errors import CarbonError, Unavailable
from backend.kit.processes import end_all, set_aside, spawn, survivors_with
from backend.kit.servers import RunningServer

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60.0
"""A child that ran this long had recovered; its next death starts with the shortest pause again."""
STOP_SECONDS = 5.0
LOG_BYTES = 32 * 2**20
TELLING = re.compile(r"\w(Error|Exception)\b|FATAL|PANIC|✗|No module named")


class PortInUse(Unavailable):
    """Another program listens where the API should."""

    code = "port_in_use"
    en = "Port {port} on {host} is in use by another program. Stop that program, or choose a port: CARBON_PORT={other}."
    zh = "{host} 的端口 {port} 已被其他程序占用。请停止该程序，或另选端口：CARBON_PORT={other}。"


class AddressUnknown(Unavailable):
    """The address the API should listen on does not belong to this machine, or may not be used."""

    code = "host_unknown"
    en = "Cannot listen on {host}:{port} ({reason}). Set CARBON_HOST and CARBON_PORT."
    zh = "无法监听 {host}:{port}（{reason}）。请设置 CARBON_HOST 和 CARBON_PORT。"


class ChildFailed(Unavailable):
    """A child keeps ending before it is ready."""

    code = "child_failed"
    en = "{name} does not stay up. Its last words: {words}. Its log is {log}."
    zh = "{name} 无法保持运行。最后输出：{words}。日志见 {log}。"


class Stop(KeyboardInterrupt):
    """Ctrl-C, SIGTERM or a closed terminal. An interrupt by birth, so that asyncio lets it through."""


class Supervised(Protocol):
    """A child, or a server with its own way to restart."""

    @property
    def name(self) -> str:
        """How a person calls it."""
        ...

    @property
    def log(self) -> Path:
        """Where its output goes."""
        ...

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        ...

    def restart(self) -> None:
        """Start it again."""
        ...

    def stop(self) -> None:
        """Stop it and whatever it started."""
        ...


@dataclass
class Child:
    """A program of ours, run in a session of its own."""

    name: str
    program: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    _process: subprocess.Popen[bytes] | None = None

    @property
    def is_alive(self) -> bool:
        """Whether the main process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The main process; 0 before the first start."""
        return self._process.pid if self._process else 0

    def restart(self) -> None:
        """Start; helpers of a main process that died are ended first, since they hold its port."""
        self.stop()
        set_aside(self.log, LOG_BYTES)
        self._process = spawn([sys.executable, *self.program], log=self.log, environment=self.environment)

    def stop(self) -> None:
        """Ask the main process to end, then end its whole session by force."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        with suppress(ProcessLookupError, PermissionError):  # nobody left in the group
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@dataclass
class Watch:
    """One supervised thing and its history of deaths."""

    what: Supervised
    pause: float = FIRST_PAUSE
    due: float | None = None
    started: float = field(default_factory=time.monotonic)
    deaths: int = 0


class Supervisor:
    """The list of what runs. `tell` shows a sentence to the person at the terminal."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell
        self._watches: list[Watch] = []

    def add(self, what: RunningServer | Child) -> None:
        """Watch it from now on; what is added later is stopped earlier."""
        self._watches.append(Watch(what))

    def tick(self) -> None:
        """Look at every child once; note deaths and restart what is due. Never raises for a child's sake."""
        now = time.monotonic()
        for watch in self._watches:
            if watch.what.is_alive:
                if now - watch.started > STEADY_SECONDS:
                    watch.pause = FIRST_PAUSE
                continue
            if watch.due is None:
                watch.deaths += 1
                watch.due = now + watch.pause
                words = last_words(watch.what.log)
                self._tell(
                    f"{watch.what.name} ended; starting it again in {watch.pause:.1f} s. It said: {words}\n"
                    f"  Log: {watch.what.log}",
                    f"{watch.what.name} 已退出，{watch.pause:.1f} 秒后重新启动。最后输出：{words}\n  日志：{watch.what.log}",
                )
                watch.pause = min(watch.pause * 2, LONGEST_PAUSE)
            elif now >= watch.due:
                watch.due = None
                watch.started = now
                try:
                    watch.what.restart()
                    self._tell(f"{watch.what.name} is up again.", f"{watch.what.name} 已恢复运行。")
                except CarbonError as error:
                    self._tell(error.message("en"), error.message("zh"))

    def deaths(self, name: str) -> int:
        """Return how often the child of that name ended by itself."""
        return sum(watch.deaths for watch in self._watches if watch.what.name == name)

    def shorten_logs(self) -> None:
        """Keep the newest part of long logs: children append, so an emptied file simply grows anew."""
        for watch in self._watches:
            try:
                if watch.what.log.stat().st_size > LOG_BYTES:
                    shutil.copyfile(watch.what.log, watch.what.log.with_name(watch.what.log.name + ".1"))
                    os.truncate(watch.what.log, 0)
            except OSError:
                continue

    def run(self, seconds: float | None = None) -> None:
        """Watch until a signal raises Stop, or for some seconds."""
        limit = None if seconds is None else time.monotonic() + seconds
        shortened = time.monotonic()
        while limit is None or time.monotonic() < limit:
            self.tick()
            if time.monotonic() - shortened > STEADY_SECONDS:
                shortened = time.monotonic()
                self.shorten_logs()
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop everything, the newest first. Every one is tried, whatever happens to the others."""
        while self._watches:
            watch = self._watches.pop()
            try:
                watch.what.stop()
            except (OSError, CarbonError) as error:
                self._tell(f"{watch.what.name}: {error}", f"{watch.what.name}：{error}")


def last_words(log: Path) -> str:
    """Return the line of a log's end that tells most: the last that names an error, else the last; `-` for none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            said = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    except OSError:
        return "-"
    recent = said[-30:]
    telling = [line for line in recent if TELLING.search(line)]
    return (telling or recent or ["-"])[-1][:300]


def raise_on_signals() -> None:
    """Let the signals that ask us to stop raise Stop, once; further ones change nothing, the way out is bounded."""

    def handle(number: int, _frame: FrameType | None) -> None:
        ignore_signals()
        raise Stop(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` asked us not to mind
            signal.signal(number, handle)


def ignore_signals() -> None:
    """Finish stopping undisturbed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def check_port(host: str, port: int) -> None:
    """See that the API can listen.

    Raises:
        PortInUse: another program listens there.
        AddressUnknown: the address is not of this machine or not allowed to us.
    """
    if not 1 <= port <= 65535:  # noqa: PLR2004 - what a port can be
        raise AddressUnknown(host=host, port=port, reason="a port is a number from 1 to 65535")
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise AddressUnknown(host=host, port=port, reason=error.strerror) from error
    with socket.socket(family, kind, number) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)  # only here does a listener on the same port show
        except PermissionError as error:
            raise AddressUnknown(host=host, port=port, reason=error.strerror) from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise AddressUnknown(host=host, port=port, reason=error.strerror) from error
            raise PortInUse(host=host, port=port, other=_free_port(host, port)) from error


def _free_port(host: str, near: int) -> int:
    """Return a port close by that is free now."""
    for port in range(near + 1, near + 50):
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except (OSError, OverflowError):
                continue
        return port
    return near + 1


def end_leftovers(word: str) -> int:
    """End children of a supervisor that was killed; return how many."""
    return end_all(lambda: survivors_with(word), polite=signal.SIGTERM, seconds=STOP_SECONDS)
