"""The steps of `carbon up`, by name and in order. Each is a function of the installation being brought up.

A step that belongs to a part loads it only when it runs. Steps may be run again: each finds what is done already.
"""

import http.client
import json
import os
import time
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.cli import api
from backend.cli.session import (
    Addresses,
    addresses_of,
    check_packs,
    needs_postgres,
    needs_valkey,
    postgres_folder,
    valkey_folder,
)
from backend.cli.supervisor import Child, ChildFailed, Supervisor, check_port, end_leftovers, last_words
from backend.cli.terminal import run, say
from backend.kit import clearing
from backend.kit.collecting import loading
from backend.kit.db import Databases
from backend.kit.processes import FolderLock, mark_of, writing
from backend.kit.servers import RunningServer, start_postgres, start_valkey
from backend.kit.settings import Settings, TenantDatabase

READY_SECONDS = 60.0
PATIENCE_WITH_DEATHS = 3
PROGRAMS: dict[str, Callable[[Settings], list[str]]] = {
    "api": api.program,
    "worker": lambda _: ["-m", "backend.cli", "worker"],
}
"""The interpreter's arguments of each kind of child."""
MARK = "CARBON_SUPERVISOR"


@dataclass
class Installation:
    """What is being brought up; steps fill it as they go."""

    settings: Settings
    supervisor: Supervisor
    tell: Callable[[str], None]
    """Shows a detail of the step under way."""
    is_seeded: bool = True
    has_journey: bool = True
    is_first: bool = True
    """Nothing was ever started on this data folder."""
    has_workers: bool = False
    addresses: Addresses | None = None
    lock: FolderLock | None = None
    shown: list[Any] = field(default_factory=list)
    """Things to print when all is up: tables and sentences."""

    @property
    def logs(self) -> Path:
        """The folder of the children's logs."""
        return self.settings.data_dir / "logs"

    @property
    def base_url(self) -> str:
        """Where this machine reaches the API."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.settings.host, self.settings.host)  # noqa: S104 - read, not bound
        return f"http://{host}:{self.settings.port}"

    def reached(self) -> Addresses:
        """Return the servers' addresses; the step that finds them comes first."""
        if self.addresses is None:
            message = "servers first"
            raise RuntimeError(message)
        return self.addresses

    @contextmanager
    def databases(self) -> Generator[Databases]:
        """Open the tenants' databases under their application roles, inside one event loop."""
        yield Databases({code: each.app.get_secret_value() for code, each in self.reached().databases.items()})


@dataclass(frozen=True)
class Step:
    """A named step."""

    english: str
    chinese: str
    do: Callable[[Installation], None]

    @property
    def title(self) -> str:
        """The name in the terminal's language."""
        return say(self.english, self.chinese)


def claim(installation: Installation) -> None:
    """Take the data folder and the port, and end what a killed start left behind."""
    settings = installation.settings
    installation.is_first = not installation.logs.exists()
    with writing(settings.data_dir):
        installation.logs.mkdir(parents=True, exist_ok=True)
    installation.lock = FolderLock(settings.data_dir)
    if ended := end_leftovers(f"{MARK}={mark_of(settings.data_dir)}"):
        installation.tell(say(f"ended {ended} processes of an earlier start", f"已结束上次遗留的 {ended} 个进程"))
    check_port(settings.host, settings.port)


def start_servers(installation: Installation) -> None:
    """Start the servers that no setting names."""
    settings = installation.settings
    admin_url = settings.postgres_admin_url.get_secret_value() if settings.postgres_admin_url else None
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else ""
    if needs_postgres(settings):
        admin_url = _added(installation, start_postgres(postgres_folder(settings))).url
    if needs_valkey(settings):
        redis_url = _added(installation, start_valkey(valkey_folder(settings))).url
    installation.addresses = addresses_of(settings, admin_url, redis_url)


def _added(installation: Installation, server: RunningServer) -> RunningServer:
    installation.supervisor.add(server)
    installation.tell(f"{server.name} {server.started_in:.2f} s")
    link = installation.logs / f"{server.name.lower()}.log"
    with writing(link):
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(server.log, link.parent.resolve()))
    return server


def migrate(installation: Installation) -> None:
    """Create the tenants' databases and bring them to the newest revision."""
    found = installation.reached()
    check_packs(installation.settings)
    with loading():
        from backend import installation as shared  # noqa: PLC0415 - loads every part of the product

    cleared = clearing.addresses(installation.settings, found.admin_url)
    run(shared.migrate(found.databases, found.admin_url, installation.tell, clearing=cleared))


def furnish(installation: Installation) -> None:
    """Load packs and reference parameters."""
    with loading():
        from backend import installation as shared  # noqa: PLC0415 - loads every part of the product

    _with_databases(installation, shared.furnish)


def seed(installation: Installation) -> None:
    """Create the demonstration, the first time."""
    with loading():
        from backend import demo  # noqa: PLC0415 - loads every part of the product

    if installation.is_seeded:
        _with_databases(installation, demo.seed)


Work = Callable[[Databases, Settings, Callable[[str], None]], Coroutine[Any, Any, Any]]


def _with_databases(installation: Installation, work: Work) -> None:
    """Run the work and close the databases in the same event loop."""

    async def whole() -> None:
        with installation.databases() as databases:
            try:
                await work(databases, installation.settings, installation.tell)
            finally:
                await databases.close()

    run(whole())


def environment_of(installation: Installation) -> dict[str, str]:
    """Return the children's environment: ours, and the addresses of what was started here.

    Children work under the application roles only, so they learn neither the administrator's address nor the owners'.
    """
    settings, found = installation.settings, installation.reached()
    databases = {code: each.app.get_secret_value() for code, each in found.databases.items()}
    cleared = clearing.addresses(settings, found.admin_url)
    hidden = {"CARBON_POSTGRES_ADMIN_URL", "CARBON_DATABASES", "CARBON_CLEARING"}
    own = {} if cleared is None else {"CARBON_CLEARING": _app_only(cleared)}
    return {
        **{name: value for name, value in os.environ.items() if name not in hidden},
        "CARBON_DATA_DIR": str(settings.data_dir),
        "CARBON_DATABASES": json.dumps({code: {"owner": url, "app": url} for code, url in databases.items()}),
        **own,
        "CARBON_REDIS_URL": found.redis_url,
        "PYTHONUNBUFFERED": "1",
        MARK: mark_of(settings.data_dir),
    }


def _app_only(database: TenantDatabase) -> str:
    url = database.app.get_secret_value()
    return json.dumps({"owner": url, "app": url})


def start_children(installation: Installation) -> None:
    """Start the API; the first time also the workers, which have a demonstration's files to read.

    Later people wait for the API: it has the machine to itself while it loads, and work that waits waits a little longer.
    """
    if installation.is_first:
        start_workers(installation)
    settings = installation.settings
    child = Child("api", PROGRAMS["api"](settings), environment_of(installation), installation.logs / "api.log")
    _start(installation, child)


def start_workers(installation: Installation) -> None:
    """Start the workers, unless they were."""
    if installation.has_workers:
        return
    settings, environment = installation.settings, environment_of(installation)
    for name in _workers(settings):
        _start(installation, Child(name, PROGRAMS["worker"](settings), environment, installation.logs / f"{name}.log"))
    installation.has_workers = True


def _workers(settings: Settings) -> list[str]:
    return [f"worker-{number + 1}" for number in range(settings.worker_processes)]


def _start(installation: Installation, child: Child) -> None:
    installation.supervisor.add(child)  # before it runs: a signal in between must not lose it
    child.restart()


def await_ready(installation: Installation) -> None:
    """Wait until the API says that it is ready, and have workers then.

    Raises:
        ChildFailed: a child keeps ending, or the API never gets ready.
    """
    limit = time.monotonic() + READY_SECONDS
    while not _is_ready(installation):
        installation.supervisor.run(0.05)
        for name in ("api", *(_workers(installation.settings) if installation.has_workers else ())):
            if installation.supervisor.deaths(name) >= PATIENCE_WITH_DEATHS:
                raise failed(name, installation.logs / f"{name}.log")
        if time.monotonic() > limit:
            raise failed("api", installation.logs / "api.log")
    start_workers(installation)


def _is_ready(installation: Installation) -> bool:
    host, _, port = installation.base_url.removeprefix("http://").rpartition(":")
    line = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=5)
    try:
        line.request("GET", "/health/ready")
        return line.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def failed(name: str, log: Path) -> ChildFailed:
    """Return the error with the end of the child's log."""
    return ChildFailed(name=name, words=last_words(log), log=log)


def journey(installation: Installation) -> None:
    """Run the main job once on a demonstration workbook, through the public API."""
    with loading():
        from backend import demo  # noqa: PLC0415 - loads every part of the product

    if installation.has_journey and installation.is_seeded:
        installation.shown += run(demo.journey(installation.base_url, installation.settings, installation.tell))


def sign_ins(installation: Installation) -> None:
    """Gather the demonstration sign-ins to print."""
    with loading():
        from backend import demo  # noqa: PLC0415 - loads every part of the product

    if installation.is_seeded:
        installation.shown += demo.sign_ins(installation.settings)


STEPS = (
    Step("Data folder and port", "数据目录与端口", claim),
    Step("Servers", "服务器", start_servers),
    Step("Tenants and migrations", "租户与数据库迁移", migrate),
    Step("Packs and reference parameters", "租户包与参考参数", furnish),
    # The children take seconds to load; the demonstration is looked after meanwhile.
    Step("API and worker", "API 与后台任务", start_children),
    Step("Demonstration", "演示数据", seed),
    Step("Health", "健康检查", await_ready),
    Step("Main job through the public API", "经公开 API 运行主流程", journey),
    Step("Sign-ins", "演示账号", sign_ins),
)
