"""The documents keep up with the code: settings, verbs, REST paths, and links between them."""

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import click
import pytest

from backend.api.app import create_app
from backend.cli import main
from backend.emissions.methods import METHODS
from backend.kit.settings import Settings

ROOT = Path(__file__).parents[2]
OPERATIONS, API = ROOT / "docs" / "operations.md", ROOT / "docs" / "api.md"
ADDRESS = "postgresql+asyncpg://nobody:nothing@localhost/carbon_wuxi"  # never connected to


def told_settings() -> dict[str, str]:
    """Return each setting of the table and the default written beside it."""
    return dict(re.findall(r"^\| `(CARBON_\w+)` \| (\S+) \|", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE))


def default_as_told(name: str) -> str:
    default = Settings.model_fields[name].get_default(call_default_factory=True, validated_data={})
    if default is None:
        return "none"
    return f"`{default.value if isinstance(default, Enum) else default}`"


def test_every_setting_is_documented_with_its_default() -> None:
    assert told_settings() == {f"CARBON_{name.upper()}": default_as_told(name) for name in Settings.model_fields}


def test_every_carbon_variable_in_the_documents_exists() -> None:
    known = {f"CARBON_{name.upper()}" for name in Settings.model_fields}
    for file in documents():
        unknown = set(re.findall(r"CARBON_[A-Z][A-Z_]*[A-Z]", file.read_text(encoding="utf-8"))) - known
        assert not unknown, file.name


def verbs(group: click.Group, path: str = "carbon") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def test_every_verb_is_documented_and_every_documented_verb_exists() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    known = set(verbs(main))
    assert {verb for verb in known if f"`{verb}`" not in text} == set()
    told = set(re.findall(r"^\| `(carbon [a-z -]+)` \|", text, re.MULTILINE))
    assert told <= known
    assert len(told) >= 20  # the tables were found


def test_rest_paths_in_the_document_are_those_of_the_application(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"tenants": "wuxi", "data_dir": tmp_path, "databases": {"wuxi": {"owner": ADDRESS, "app": ADDRESS}}}
    )
    served: set[str] = set()
    for route in create_app(settings).inner.routes:  # type: ignore[attr-defined] - the door's inner application
        path = re.sub(r":\w+}", "}", route.path)
        served |= {f"{method} {path}" for method in getattr(route, "methods", ()) if method in {"GET", "POST"}}
    told = set(re.findall(r"^\| `((?:GET|POST) /[^` ]*)` \|", API.read_text(encoding="utf-8"), re.MULTILINE))
    assert told == served


def test_every_method_is_documented() -> None:
    told = set(re.findall(r"^\| `([a-z_0-9]+)` \| .+ \| .+ \|$", API.read_text(encoding="utf-8"), re.MULTILINE))
    assert told == set(METHODS)


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*.md")]


@pytest.mark.parametrize("file", documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link]
    assert [link for link in links if not (file.parent / link).exists()] == []
