"""The embedded servers: real starts, real kills, real refusals."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import redis

from backend.kit import servers
from backend.kit.embedded import postgres
from backend.kit.embedded.postgres import embedded_postgres
from backend.kit.processes import mark_of, survivors

QUICK = {"fsync": "off", "shared_buffers": "16MB"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may enter; pytest's own are private to root."""
    path = Path(tempfile.mkdtemp(prefix="carbon-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def wait_for(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.01)


def owner_of(path: Path) -> int:
    return path.stat().st_uid


def value(url: str, statement: str, *, password: str | None = None) -> Any:
    async def ask() -> Any:
        connection = await asyncpg.connect(url, password=password)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def ping(url: str) -> bool:
    with redis.from_url(url) as client:
        return bool(client.ping())


def test_postgres_is_18_with_checksums_and_the_extensions(folder: Path) -> None:
    server = servers.start_postgres(folder / "postgres")
    try:
        assert str(value(server.url, "show server_version")).startswith("18.")
        assert value(server.url, "show data_checksums") == "on"
        assert value(server.url, "show fsync") == "on"
        assert value(server.url, "show shared_preload_libraries") == "pg_stat_statements"
        assert value(server.url, "show listen_addresses") == ""
        for name in ("btree_gist", "pg_trgm", "pg_stat_statements"):
            value(server.url, f"create extension {name}")
        names = value(
            server.url, "select string_agg(extname, ' ' order by extname) from pg_extension where extname <> 'plpgsql'"
        )
        assert names == "btree_gist pg_stat_statements pg_trgm"
    finally:
        server.stop()
    assert not server.is_alive


def test_a_role_cannot_log_in_without_its_password(folder: Path) -> None:
    server = servers.start_postgres(folder / "postgres", settings=QUICK)
    try:
        value(server.url, "create role one login password 'first'")
        value(server.url, "create role two login password 'second'")
        where = server.url.partition("@")[2]
        assert value(f"postgresql://one@{where}", "select current_user", password="first") == "one"
        for user, password in (("two", "first"), ("two", ""), ("carbon_admin", "first"), ("carbon_admin", "")):
            with pytest.raises(asyncpg.InvalidPasswordError):
                value(f"postgresql://{user}@{where}", "select 1", password=password)
    finally:
        server.stop()


def test_secrets_are_private_and_the_server_is_not_root(folder: Path) -> None:
    server = servers.start_postgres(folder / "postgres", settings=QUICK)
    try:
        assert (folder / "postgres" / "password").stat().st_mode & 0o777 == 0o600
        assert (folder / "postgres").stat().st_mode & 0o777 == 0o700
        assert (folder / "postgres" / "run").stat().st_mode & 0o777 == 0o700
        assert owner_of(Path(f"/proc/{server.pid}")) != 0
        password = urlsplit(server.url).password
        assert password is not None
        assert password not in Path(f"/proc/{server.pid}/cmdline").read_text()
    finally:
        server.stop()


def test_data_and_address_outlive_a_restart(folder: Path) -> None:
    first = servers.start_postgres(folder / "postgres", settings=QUICK)
    value(first.url, "create table kept (n int)")
    value(first.url, "insert into kept values (42)")
    first.stop()
    second = servers.start_postgres(folder / "postgres", settings=QUICK)
    try:
        assert second.url == first.url
        assert value(second.url, "select n from kept") == 42
    finally:
        second.stop()


def test_a_killed_postgres_comes_back_with_what_it_acknowledged(folder: Path) -> None:
    server = servers.start_postgres(folder / "postgres", settings={"shared_buffers": "16MB"})
    try:
        url = server.url
        value(url, "create table kept (n int)")
        value(url, "insert into kept select generate_series(1, 1000)")
        with ThreadPoolExecutor() as pool:  # a backend is busy when the main process dies
            busy = pool.submit(value, url, "select pg_sleep(60)")
            wait_for(lambda: value(url, "select count(*) from pg_stat_activity where query ~ 'pg_slee[p]'") == 1)
            os.kill(server.pid, signal.SIGKILL)
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
                busy.result()
        wait_for(lambda: not server.is_alive)
        server.restart()
        assert server.url == url
        assert value(url, "select count(*) from kept") == 1000
    finally:
        server.stop()


@pytest.mark.parametrize("is_reused", [False, True])
def test_a_stale_pid_file_does_not_stop_the_start(folder: Path, *, is_reused: bool) -> None:
    server = servers.start_postgres(folder / "postgres", settings=QUICK)
    stale = (folder / "postgres" / "cluster" / "postmaster.pid").read_text()
    server.stop()
    if is_reused:  # the number now belongs to this very test, which must survive
        stale = str(os.getpid()) + stale[stale.index("\n") :]
    (folder / "postgres" / "cluster" / "postmaster.pid").write_text(stale)
    (folder / "postgres" / "run" / ".s.PGSQL.5432.lock").write_text(stale)
    (folder / "postgres" / "run" / ".s.PGSQL.5432").touch()
    again = servers.start_postgres(folder / "postgres", settings=QUICK)
    try:
        assert value(again.url, "select 1") == 1
    finally:
        again.stop()


def test_a_server_orphaned_by_a_killed_parent_is_replaced(folder: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom backend.kit import processes, servers\n"
        # As where the kernel gives no signal at the parent's death: the orphans live on.
        "processes.LAUNCHER = processes.LAUNCHER.replace('if death and', 'if False and')\n"
        f"postgresql = servers.start_postgres(Path({str(folder / 'postgres')!r}), settings={QUICK!r})\n"
        f"valkey = servers.start_valkey(Path({str(folder / 'valkey')!r}))\n"
        "print(postgresql.pid, valkey.pid, flush=True)\ntime.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    orphans = [int(text) for text in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert [Path(f"/proc/{pid}").exists() for pid in orphans] == [True, True]
    postgresql = servers.start_postgres(folder / "postgres", settings=QUICK)
    valkey = servers.start_valkey(folder / "valkey")
    try:
        assert value(postgresql.url, "select 1") == 1
        assert ping(valkey.url)
        user = owner_of(folder / "postgres")
        assert orphans[0] not in survivors(mark_of(folder / "postgres"), "postgres", user)
        assert survivors(mark_of(folder / "valkey"), "valkey-server", user) == [valkey.pid]
    finally:
        valkey.stop()
        postgresql.stop()


def test_servers_end_when_their_parent_is_killed(folder: Path) -> None:
    program = (
        "import time\nfrom pathlib import Path\nfrom backend.kit import servers\n"
        f"postgresql = servers.start_postgres(Path({str(folder / 'postgres')!r}), settings={QUICK!r})\n"
        f"valkey = servers.start_valkey(Path({str(folder / 'valkey')!r}))\n"
        "print('ready', flush=True)\ntime.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    user = owner_of(folder / "postgres")
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not survivors(mark_of(folder / "postgres"), "postgres", user))
    wait_for(lambda: not survivors(mark_of(folder / "valkey"), "valkey-server", user))


def test_a_second_start_in_the_same_folder_is_refused(folder: Path) -> None:
    server = servers.start_valkey(folder / "valkey")
    try:
        with pytest.raises(servers.FolderInUse) as refusal:
            servers.start_valkey(folder / "valkey")
        assert str(os.getpid()) in refusal.value.message("en")
        assert "正被另一个运行中的进程使用" in refusal.value.message("zh")
        assert server.is_alive
    finally:
        server.stop()


def test_another_process_finds_a_running_server(folder: Path) -> None:
    assert servers.running_postgres(folder / "postgres") is None
    assert servers.running_valkey(folder / "valkey") is None
    postgresql = servers.start_postgres(folder / "postgres", settings=QUICK)
    valkey = servers.start_valkey(folder / "valkey")
    try:
        assert servers.running_postgres(folder / "postgres") == postgresql.url
        assert servers.running_valkey(folder / "valkey") == valkey.url
    finally:
        valkey.stop()
        postgresql.stop()
    assert servers.running_postgres(folder / "postgres") is None
    assert servers.running_valkey(folder / "valkey") is None


def test_valkey_keeps_its_data_and_asks_for_a_password(folder: Path) -> None:
    server = servers.start_valkey(folder / "valkey")
    try:
        with redis.from_url(server.url) as client:
            client.set("kept", "yes")
        with pytest.raises(redis.AuthenticationError):
            ping(f"unix://{folder}/valkey/run/valkey.sock")
        os.kill(server.pid, signal.SIGTERM)
        wait_for(lambda: not server.is_alive)
        server.restart()
        with redis.from_url(server.url) as client:
            assert client.get("kept") == b"yes"
    finally:
        server.stop()


def test_an_unreadable_valkey_file_is_set_aside(folder: Path) -> None:
    server = servers.start_valkey(folder / "valkey")
    with redis.from_url(server.url) as client:
        client.set("kept", "yes")
    server.stop()
    written = next((folder / "valkey" / "data" / "appendonlydir").glob("*.incr.aof"))
    written.write_bytes(b"*3\r\n$3\r\nSET\r\n$oops" + written.read_bytes())
    again = servers.start_valkey(folder / "valkey")
    try:
        with redis.from_url(again.url) as client:
            assert client.get("kept") is None
        assert len(list((folder / "valkey" / "data").glob("appendonlydir.unreadable-*"))) == 1
    finally:
        again.stop()


def test_a_long_path_with_spaces_and_chinese_works(folder: Path) -> None:
    deep = folder / ("a long folder name " * 5).strip() / "碳账户"
    postgresql = servers.start_postgres(deep / "postgres", settings=QUICK)
    valkey = servers.start_valkey(deep / "valkey")
    try:
        assert value(postgresql.url, "select 1") == 1
        assert ping(valkey.url)
    finally:
        valkey.stop()
        postgresql.stop()
        for name in ("postgres", "valkey"):
            shutil.rmtree(Path("/tmp") / mark_of(deep / name))


def test_a_lost_password_file_is_made_anew(folder: Path) -> None:
    first = servers.start_postgres(folder / "postgres", settings=QUICK)
    first.stop()
    (folder / "postgres" / "password").unlink()
    second = servers.start_postgres(folder / "postgres", settings=QUICK)
    try:
        assert second.url != first.url
        assert value(second.url, "select current_user") == "carbon_admin"
        with pytest.raises(asyncpg.InvalidPasswordError):
            value(first.url, "select 1")
    finally:
        second.stop()


def test_a_cluster_half_made_is_made_anew(folder: Path) -> None:
    draft = folder / "postgres" / "cluster.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    server = servers.start_postgres(folder / "postgres", settings=QUICK)
    try:
        assert value(server.url, "select 1") == 1
        assert not draft.exists()
    finally:
        server.stop()


def test_data_of_another_version_is_refused_and_left_alone(folder: Path) -> None:
    cluster = folder / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(servers.WrongVersion) as refusal:
        servers.start_postgres(folder / "postgres")
    assert refusal.value.details["found"] == "17"
    assert [entry.name for entry in cluster.iterdir()] == ["PG_VERSION"]


def test_what_the_server_says_reaches_the_error(folder: Path) -> None:
    with pytest.raises(servers.ServerFailed) as failure:
        servers.start_postgres(folder / "postgres", settings={**QUICK, "max_connections": "many"})
    assert "max_connections" in failure.value.message("en")
    assert str(folder / "postgres" / "log") in failure.value.message("zh")


def test_a_file_in_the_way_is_a_clear_error(folder: Path) -> None:
    (folder / "data").write_text("not a folder")
    with pytest.raises(servers.FolderNotWritable) as refusal:
        servers.start_valkey(folder / "data" / "valkey")
    assert "CARBON_DATA_DIR" in refusal.value.message("en")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_a_clear_error_and_leaves_no_half_cluster(folder: Path) -> None:
    small = folder / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", small], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        for start in (servers.start_postgres, servers.start_valkey):
            with pytest.raises(servers.DiskFull) as refusal:
                start(small / "server")
            assert refusal.value.details["free_mb"] in range(21)
        assert not list((small / "server").glob("cluster*"))
        _fill(small)
        with pytest.raises(servers.DiskFull):
            servers.start_valkey(small / "other")
    finally:
        subprocess.run(["umount", small], check=True)


def _fill(folder: Path) -> None:
    try:
        with (folder / "filler").open("ab") as file:
            while True:
                file.write(bytes(2**20))
                file.flush()
    except OSError:
        return


@pytest.mark.skipif(os.geteuid() != 0, reason="root becomes an ordinary user here")
class TestUsers:
    """The same program as root and as an ordinary user."""

    PROGRAM = (
        "import asyncio, sys\nfrom pathlib import Path\nimport asyncpg\nfrom backend.kit import servers\n"
        "from backend.kit.errors import CarbonError\n"
        "async def main(url):\n"
        "    connection = await asyncpg.connect(url)\n"
        "    print(await connection.fetchval('select current_user'))\n"
        "    await connection.close()\n"
        "try:\n"
        "    server = servers.start_postgres(Path(sys.argv[1]), settings={'fsync': 'off'})\n"
        "except CarbonError as error:\n"
        "    sys.exit(error.code)\n"
        "asyncio.run(main(server.url))\n"
        "server.stop()\n"
    )

    def run_as(self, user: str, folder: Path) -> subprocess.CompletedProcess[str]:
        entry = pwd.getpwnam(user)
        # This interpreter may lie in a folder closed to others; the system's own of the same version will do.
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        for program in (sys.executable, f"/usr/bin/{version}"):
            try:
                done = subprocess.run(
                    [program, "-c", self.PROGRAM, str(folder)],
                    env={"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])},
                    cwd="/",
                    capture_output=True,
                    text=True,
                    check=False,
                    user=entry.pw_uid,
                    group=entry.pw_gid,
                    extra_groups=[],
                )
            except OSError:
                continue
            if "No module named" not in done.stderr:
                return done
        pytest.skip(f"{user} can run no {version} here")

    def test_an_ordinary_user_starts_it(self, folder: Path) -> None:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        done = self.run_as("nobody", folder / "postgres")
        assert done.stderr == ""
        assert done.stdout == "carbon_admin\n"
        assert owner_of(folder / "postgres" / "cluster") == pwd.getpwnam("nobody").pw_uid

    def test_root_continues_what_an_ordinary_user_began_and_the_reverse(self, folder: Path) -> None:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        assert self.run_as("nobody", folder / "postgres").returncode == 0
        server = servers.start_postgres(folder / "postgres", settings=QUICK)
        assert owner_of(Path(f"/proc/{server.pid}")) == pwd.getpwnam("nobody").pw_uid
        server.stop()
        done = self.run_as("nobody", folder / "postgres")
        assert (done.returncode, done.stderr) == (0, "")

    def test_a_folder_that_is_not_theirs_is_refused_by_name(self, folder: Path) -> None:
        done = self.run_as("nobody", folder / "postgres")
        assert (done.returncode, done.stderr) == (1, "folder_not_writable\n")

    def test_a_private_folder_above_lets_only_the_account_pass(self, folder: Path) -> None:
        closed = folder / "home"
        closed.mkdir(mode=0o700)
        server = servers.start_postgres(closed / "project" / "postgres", settings=QUICK)
        try:
            assert value(server.url, "select 1") == 1
            assert closed.stat().st_mode & 0o007 == 0
            listing = subprocess.run(
                ["ls", str(closed)],
                user=pwd.getpwnam("nobody").pw_uid,
                extra_groups=[],
                check=False,
                capture_output=True,
            )
            assert listing.returncode != 0
        finally:
            server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs under another account")
def test_an_environment_made_under_a_closed_umask_works(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = embedded_postgres().parent
    closed = folder / "root"
    shutil.copytree(package, closed / package.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    shutil.copytree(libraries, closed / libraries.name)
    for path in (closed, *closed.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700)
    monkeypatch.setattr(postgres, "POSTGRES", lambda: closed / package.name / "pginstall")
    server = servers.start_postgres(folder / "postgres", settings=QUICK)
    try:
        assert str(closed) in Path(f"/proc/{server.pid}/cmdline").read_text()
        assert value(server.url, "select count(*) > 500 from pg_timezone_names") is True
        value(server.url, "create extension btree_gist")
        assert closed.stat().st_mode & 0o007 == 0
    finally:
        server.stop()


def test_many_starts_are_quick(folder: Path) -> None:
    cold = servers.start_postgres(folder / "postgres")
    cold.stop()
    warm = servers.start_postgres(folder / "postgres")
    warm.stop()
    assert cold.started_in < 10
    assert warm.started_in < 5
