"""The reference files the product ships, as `reference/manifest.toml` lists them."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend.factors.layouts import Defaults

REFERENCE = Path(__file__).parent / "reference"


@dataclass(frozen=True, slots=True)
class ShippedFile:
    """A shipped file: its dataset, its format and what the manifest says once for all its rows."""

    path: Path
    format: str
    sha256: str
    defaults: Defaults
    title_zh: str
    title_en: str

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


@cache
def shipped_files() -> tuple[ShippedFile, ...]:
    """Return the shipped files in the order of the manifest."""
    manifest = tomllib.loads((REFERENCE / "manifest.toml").read_text(encoding="utf-8"))
    return tuple(
        ShippedFile(
            path=REFERENCE / each["file"],
            format=each["format"],
            sha256=each["sha256"],
            defaults=Defaults(
                dataset=each["dataset"],
                document=each.get("document", ""),
                published_on=each.get("published_on"),
                valid_from=each.get("valid_from"),
                source=each.get("source", ""),
            ),
            title_zh=each["title_zh"],
            title_en=each["title_en"],
        )
        for each in manifest["files"]
    )


def defaults_for(file_name: str) -> Defaults:
    """Return the shipped file's facts for a newer edition of the same name, else those of a file of its own."""
    for each in shipped_files():
        if each.name == file_name:
            return each.defaults
    return Defaults(dataset=Path(file_name).stem)


def sha256(content: bytes) -> str:
    """Return the hash that makes loading the same content again do nothing."""
    return hashlib.sha256(content).hexdigest()
