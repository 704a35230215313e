"""The reference files the product ships: standards one file a version, topics, metrics, crosswalk, terms."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend.esg.rules.reading import header, sha256

FOLDER = Path(__file__).parent / "reference"
TOPICS_VERSION = "2024"
"""The topics file is kept as it was received, without a version of its own: it lists the guidelines of 2024."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A reference file; `tenants` are the jurisdictions it is for, none for all."""

    kind: str
    code: str
    version: str
    content: str
    sha256: str
    tenants: tuple[str, ...] = ()


@cache
def shipped() -> tuple[Shipped, ...]:
    """Return the shipped files; a name ends in `-<version>`."""
    found = [_file(FOLDER / "esg_topics.csv", "topics", "topics", TOPICS_VERSION)]
    for path in sorted(FOLDER.glob("*-*.*")):
        kind, version = path.stem.split("-", 1)
        found.append(_file(path, kind, kind, version))
    for path in sorted((FOLDER / "standards").glob("*.toml")):
        content = path.read_text(encoding="utf-8")
        given = header(content)
        found.append(
            Shipped(
                "standard", given["code"], given["version"], content, sha256(content), tuple(given.get("tenants", ()))
            )
        )
    return tuple(found)


def _file(path: Path, kind: str, code: str, version: str) -> Shipped:
    content = path.read_text(encoding="utf-8")
    return Shipped(kind, code, version, content, sha256(content))
