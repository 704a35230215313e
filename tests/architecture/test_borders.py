"""Ask, don't open: across nouns only `service`, `values` and `errors` may be imported, and `schema` by `schema`.

Import-linter holds the stairs; this holds the doors between rooms, whose names it cannot express.
"""

import ast
from pathlib import Path

BACKEND = Path(__file__).resolve().parents[2] / "backend"
NOUNS = {
    "tenants", "identity", "factors", "accounts", "emissions", "ledger", "credits", "quotas", "esg", "scores", "statements",
    "lending", "regions", "budgets", "projects", "parks", "knowledge",
    "keyunits", "monitoring", "targets", "console",
}  # fmt: skip
OPEN = {"service", "values", "errors", "ports", "packs", "methods"}
ORDER = ("values", "errors", "rules", "models", "queries", "service", "schema")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("backend."):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("backend.")}
    return found


def test_nouns_ask_each_other_only_through_the_front() -> None:
    guilty = []
    for noun in sorted(NOUNS):
        for path in sorted((BACKEND / noun).rglob("*.py")):
            for name in imports(path):
                _, other, *rest = name.split(".")
                if other not in NOUNS or other == noun or not rest:
                    continue
                room = rest[0]
                is_schema_pair = room.startswith("schema") and "schema" in str(path.relative_to(BACKEND))
                if room not in OPEN and not is_schema_pair:
                    guilty.append(f"{path.relative_to(BACKEND)} imports {name}")
    assert guilty == []


def test_rooms_of_a_noun_follow_the_reading_order() -> None:
    guilty = []
    for noun in sorted(NOUNS):
        for path in sorted((BACKEND / noun).glob("*.py")):
            if path.stem not in ORDER:
                continue
            for name in imports(path):
                parts = name.split(".")
                is_room = parts[1] == noun and len(parts) > 2 and parts[2] in ORDER
                if is_room and ORDER.index(parts[2]) > ORDER.index(path.stem):
                    guilty.append(f"{path.relative_to(BACKEND)} imports {name}")
    assert guilty == []
