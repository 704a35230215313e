"""What import contracts cannot see: transactions at the doors, file sizes, names, the written map."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BACKEND = ROOT / "backend"
DOORS = ("api", "jobs", "cli", "demo", "wire")
"""Packages that open transactions; inside a noun only `schema*`, `jobs*` and `operator` (a terminal's door) may."""


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(BACKEND.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def is_door(path: Path) -> bool:
    parts = path.relative_to(BACKEND).with_suffix("").parts
    return (
        parts[0] in (*DOORS, "kit", "installation", "main")
        or any(part.startswith(("schema", "jobs", "sessions", "terminal")) for part in parts)
        or parts == ("tenants", "provision")
    )


def test_only_doors_open_and_close_transactions() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno} .{node.func.attr}("
        for path, tree in modules()
        if not is_door(path)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "begin", "write", "read"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"databases", "connection", "session", "engine"}
    ]
    assert guilty == []


def test_no_file_is_over_500_lines() -> None:
    tracked = [*BACKEND.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "migrations").glob("*.py")]
    long = {
        str(path.relative_to(ROOT)): count for path in tracked if (count := len(path.read_text().splitlines())) > 500
    }
    assert long == {}


def test_graphql_holds_no_python() -> None:
    assert list((ROOT / "graphql").rglob("*.py")) == []


def test_graphql_core_is_importable_beside_our_folder() -> None:
    subprocess.run([sys.executable, "-c", "import graphql, strawberry; graphql.parse('{a}')"], cwd=ROOT, check=True)


def test_no_module_takes_a_name_of_the_standard_library() -> None:
    ours = {path.stem for path in (BACKEND, *BACKEND.rglob("*")) if path.is_dir() or path.suffix == ".py"}
    assert ours & (set(sys.stdlib_module_names) - {"__init__", "__main__"}) == set()


def test_no_type_checking_imports() -> None:
    guilty = [str(path.relative_to(ROOT)) for path, tree in modules() for node in ast.walk(tree)
              if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING"]  # fmt: skip
    assert guilty == []


def test_every_command_and_query_takes_a_transaction_first() -> None:
    """Public coroutines of `service` and `queries` take `read`/`write` first: no scope, no query."""
    guilty = []
    for path, tree in modules():
        if path.stem not in {"queries", "service"}:
            continue
        for node in tree.body:
            if not isinstance(node, ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            names = [argument.arg for argument in node.args.args]
            if not names or names[0] not in {"read", "write", "databases"}:
                guilty.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}({', '.join(names)})")
    assert guilty == []


def test_no_floats_touch_a_business_quantity() -> None:
    """`float(` may appear only where a statistic is made, and there with a reason beside it."""
    guilty = []
    for path in sorted(BACKEND.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"(?<![\w.])float\(", line) and "# statistic" not in line:
                guilty.append(f"{path.relative_to(ROOT)}:{number}")
    assert guilty == []


def test_every_folder_of_the_house_is_on_the_map_and_the_reverse() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `backend/(\w+)/?` ", readme, flags=re.MULTILINE))
    real = {path.name for path in BACKEND.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert named == real


@pytest.mark.parametrize("name", ["backend", "kit", "wire"])
def test_packages_say_what_they_are(name: str) -> None:
    path = BACKEND / "__init__.py" if name == "backend" else BACKEND / name / "__init__.py"
    assert ast.get_docstring(ast.parse(path.read_text()))
