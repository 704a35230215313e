"""The operator's verbs on a real installation."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from click.testing import CliRunner
from factories.journal import some_life

from backend.cli import main
from backend.installation import furnish
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.servers import start_postgres
from backend.kit.settings import Settings, TenantDatabase
from backend.tenants import provision

ORGANISATION = UUID(int=7)


class Installed:
    """Two tenants on a server of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings.model_validate({"data_dir": folder, "tenants": "wuxi,chengdu", "databases": {}})
        self.server = start_postgres(folder / "postgres", settings={"fsync": "off", "shared_buffers": "32MB"})
        self.addresses: dict[str, TenantDatabase] = {
            code: provision.addresses(self.settings, self.server.url, code) for code in self.settings.tenant_codes
        }

    async def prepare(self) -> None:
        for code, database in self.addresses.items():
            await provision.provision(self.server.url, code, database)
            await provision.migrate(database)

    def sql(self, statement: str, database: str = "carbon_wuxi") -> None:
        async def execute() -> None:
            connection = await asyncpg.connect(self.server.url, database=database)
            await connection.execute(statement)
            await connection.close()

        asyncio.run(execute())

    def carbon(self, *arguments: str) -> tuple[int, str]:
        known = {name: value for name, value in os.environ.items() if not name.startswith(("CARBON_", "LC_", "LANG"))}
        done = subprocess.run(
            [sys.executable, "-m", "backend.cli", *arguments],
            env={**known, "LANG": "C", "CARBON_DATA_DIR": str(self.folder), "CARBON_TENANTS": "wuxi,chengdu"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed() -> Iterator[Installed]:
    with tempfile.TemporaryDirectory(prefix="carbon-verbs-") as name:
        here = Installed(Path(name))
        try:
            asyncio.run(here.prepare())
            yield here
        finally:
            here.server.stop()


def test_every_verb_teaches() -> None:
    def walk(command: object, path: list[str]) -> None:
        answer = CliRunner().invoke(main, [*path, "--help"])
        assert answer.exit_code == 0
        assert answer.output.startswith("Usage:")
        assert len(answer.output.splitlines()) >= 5, path
        for name, each in getattr(command, "commands", {}).items():
            walk(each, [*path, name])

    walk(main, [])
    wanted = (
        "up migrate tenants reference worker jobs reproduce export import seed audit schema api organisations people"
    )
    wanted += " keys ledger import-units regions"
    assert set(main.commands) == set(wanted.split())


def test_sound_walls_are_sound(installed: Installed) -> None:
    code, said = installed.carbon("tenants", "check")
    assert code == 0, said
    assert said.count("✓") == 16
    assert "✗" not in said


@pytest.mark.parametrize(
    ("breach", "mend", "named"),
    [
        ("alter role carbon_wuxi_app bypassrls", "alter role carbon_wuxi_app nobypassrls", "BYPASSRLS"),
        ("alter role carbon_wuxi_app createdb", "alter role carbon_wuxi_app nocreatedb", "CREATEDB"),
        (
            "grant carbon_chengdu_app to carbon_wuxi_app",
            "revoke carbon_chengdu_app from carbon_wuxi_app",
            "chengdu_app",
        ),
        (
            "grant connect on database carbon_chengdu to carbon_wuxi_app",
            "revoke connect on database carbon_chengdu from carbon_wuxi_app",
            "carbon_chengdu",
        ),
        ("create table loose (n int)", "drop table loose", "loose"),
        (
            "alter table audit_event no force row level security",
            "alter table audit_event force row level security",
            "audit_event",
        ),
        (
            "grant update (details) on audit_event to carbon_wuxi_app",
            "revoke update (details) on audit_event from carbon_wuxi_app",
            "audit_event",
        ),
        (
            "create function lent() returns int language sql security definer as 'select 1'",
            "drop function lent()",
            "lent",
        ),
    ],
)
def test_each_breach_is_found_and_named(installed: Installed, breach: str, mend: str, named: str) -> None:
    installed.sql(breach)
    try:
        code, said = installed.carbon("tenants", "check")
    finally:
        installed.sql(mend)
    assert code == 1
    (finding,) = [line for line in said.splitlines() if "✗" in line]
    assert named in finding


def test_a_broken_audit_chain_is_found(installed: Installed) -> None:
    async def act() -> None:
        databases = Databases({"wuxi": installed.addresses["wuxi"].app.get_secret_value()})
        for number in range(3):
            async with databases.write(Scope.system("wuxi")) as write:
                write.audit("test:done", object_type="test", object_id=number, organisation_id=ORGANISATION)
        await databases.close()

    asyncio.run(act())
    assert installed.carbon("audit", "verify", "--tenant", "wuxi") == (0, "✓ wuxi: 1 chains hold\n")
    installed.sql("update audit_event set object_id = '9' where sequence = 2")
    code, said = installed.carbon("audit", "verify")
    assert code == 1
    assert f"wuxi: chain {ORGANISATION} breaks at event 2" in said
    assert "✓ chengdu" in said


def test_reference_parameters_load_once_and_new_versions_by_file(installed: Installed, folder: Path) -> None:
    code, said = installed.carbon("reference", "check", "--tenant", "chengdu")
    assert code == 1
    assert said.startswith("✗ chengdu")
    assert installed.carbon("reference", "load", "--tenant", "chengdu")[0] == 0
    assert installed.carbon("reference", "check", "--tenant", "chengdu")[0] == 0
    code, said = installed.carbon("reference", "load", "--tenant", "chengdu")
    assert code == 0
    assert "up to date" in said
    file = folder / "method_defaults.csv"
    shipped = Path(__file__).parents[2] / "backend" / "factors" / "reference" / "method_defaults.csv"
    lines = shipped.read_text().splitlines()
    heat = next(number for number, line in enumerate(lines) if line.startswith("heat"))
    file.write_text("\n".join([lines[0], lines[heat].replace("0.11", "0.12", 1)]) + "\n")
    code, said = installed.carbon("reference", "load", "--tenant", "chengdu", "--dry-run", str(file))
    assert code == 0, said
    assert "(dry run)" in said
    assert "1 changed" in said
    bad = file.read_text().replace("0.12", "a lot")
    file.write_text(bad + bad.splitlines()[1].replace("a lot", "a bit") + "\n")
    code, said = installed.carbon("reference", "load", "--tenant", "chengdu", str(file))
    assert code == 1
    assert "line 2, value: 'a lot' is not a number" in said
    assert "line 3, value: 'a bit' is not a number" in said


def test_a_tenant_of_another_installation_is_refused_by_name(installed: Installed) -> None:
    code, said = installed.carbon("audit", "verify", "--tenant", "guizhou")
    assert code == 1
    assert "'guizhou'" in said
    assert "wuxi, chengdu" in said


def test_a_verb_leaves_no_empty_installation_behind(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli", "audit", "verify"],
        env={**os.environ, "LC_ALL": "C", "CARBON_DATA_DIR": str(folder / "nothing")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "carbon up" in done.stderr
    assert not (folder / "nothing").exists()


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="carbon-verbs-") as name:
        yield Path(name)


def test_tables_and_migrations_agree(installed: Installed) -> None:
    code, said = installed.carbon("migrate", "--check")
    assert code == 0, said
    assert "agree" in said


def test_a_server_that_is_not_there_is_a_sentence(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli", "audit", "verify"],
        env={
            **os.environ,
            "LC_ALL": "zh_CN.UTF-8",
            "PYTHONUTF8": "1",
            "CARBON_DATA_DIR": str(folder),
            "CARBON_POSTGRES_ADMIN_URL": "postgresql://nobody:x@127.0.0.1:1/postgres",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "服务器没有应答" in done.stderr
    assert "Traceback" not in done.stderr


def test_after_migrate_the_first_organisation_can_be_registered(installed: Installed) -> None:
    code, said = installed.carbon("migrate")
    assert code == 0, said
    code, said = installed.carbon(
        "organisations", "register", "--tenant", "wuxi", "--kind", "authority", "--name", "无锡市生态环境局",
        "--credit-code", "91320213MA1DEM1033", "--division", "320200", "--administrator", "first@authority.example",
        "--administrator-name", "王",
    )  # fmt: skip
    assert code == 0, said
    assert "first@authority.example" in said
    assert len(said.split()[-1]) > 30  # the invitation's token, on a line of its own


@pytest.mark.parametrize("verb", ["api", "worker"])
@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "CARBON_DATABASES[wuxi] is not set"),
        ({"CARBON_STORAGE_URL": "ftp://secret@x"}, "CARBON_STORAGE_URL is not usable: write file:///folder or s3://"),
    ],
)
def test_a_server_that_cannot_start_says_which_setting_to_mend(
    tmp_path: Path, verb: str, settings: dict[str, str], named: str
) -> None:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("CARBON_", "LC_", "LANG"))}
    servers = {"CARBON_POSTGRES_ADMIN_URL": "postgresql://a@127.0.0.1:1/x", "CARBON_REDIS_URL": "redis://127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli", verb],
        env={**known, **(servers if settings else {}), **settings, "LANG": "C", "CARBON_DATA_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert (done.returncode, "Traceback" in said, "secret" in said) == (1, False, False), said
    assert named in said


def test_a_broken_journal_and_broken_books_are_found_and_named(installed: Installed, folder: Path) -> None:
    """The verbs of the ledger on real books: sound, signed, proved, then tampered with."""

    async def act() -> None:
        databases = Databases({"wuxi": installed.addresses["wuxi"].app.get_secret_value()})
        await furnish(databases, installed.settings)
        await some_life(databases)
        await databases.close()

    asyncio.run(act())
    code, said = installed.carbon("ledger", "checkpoint", "--tenant", "wuxi")
    assert (code, said) == (0, "wuxi: checkpoint 1 over positions 1 to 9\n")
    assert installed.carbon("ledger", "checkpoint", "--tenant", "wuxi") == (0, "")
    code, said = installed.carbon("ledger", "verify")
    assert code == 0, said
    assert "✓ wuxi: 9 entries and 1 checkpoints hold" in said
    assert "✓ chengdu: 0 entries and 0 checkpoints hold" in said
    code, said = installed.carbon("ledger", "check", "--tenant", "wuxi")
    assert (code, said) == (0, "✓ wuxi: the books hold (9 movements, 18 postings)\n")
    file = folder / "proof.json"
    assert installed.carbon("ledger", "proof", "--tenant", "wuxi", "--out", str(file), "3")[0] == 0
    assert json.loads(file.read_text(encoding="utf-8"))["position"] == 3
    code, said = installed.carbon("ledger", "proof", "--tenant", "wuxi", "999")
    assert code == 1
    assert "999" in said

    installed.sql("update ledger_movement set beneficiary = 'x' where number = 5")
    installed.sql("update ledger_balance set amount = amount + 1 where class_code = 'CCER' and bucket = 'available'")
    code, said = installed.carbon("ledger", "verify")
    assert code == 1
    assert "✗ wuxi: position 5, movement 5: the movement or its postings were changed" in said
    code, said = installed.carbon("ledger", "check", "--tenant", "wuxi")
    assert code == 1
    assert "✗ wuxi: CCER: units_conserved (1)" in said
    assert "the buckets add up to 2 instead of 0" in said
