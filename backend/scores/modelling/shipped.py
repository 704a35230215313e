"""The models that come with the product: one TOML file each, all figures placeholders until an administrator sets them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from json import dumps

from backend.scores.modelling.content import ModelContent
from backend.scores.modelling.reading import read
from backend.tenants.values import Pack

PLAIN = "plain"
"""The model of a jurisdiction whose pack names none of the shipped ones."""


@cache
def shipped() -> Mapping[str, ModelContent]:
    """Return the shipped models by code.

    Raises:
        Invalid: a file is broken; see `modelling.errors`.
    """
    folder = files("backend.scores") / "data"
    found = dict[str, ModelContent]()
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            content = read(tomllib.loads(file.read_text(encoding="utf-8")))
            found[content.code] = content
    return found


def model_of(pack: Pack) -> ModelContent:
    """Return the model a jurisdiction starts with: the shipped one its pack names, or the plain one under the pack's name."""
    named = pack.score_model
    if named.code in shipped():
        return shipped()[named.code]
    plain = shipped()[PLAIN].model_dump(mode="json")
    return ModelContent.model_validate(
        {**plain, "code": named.code, "name_zh": named.name_zh, "name_en": named.name_en}
    )


def digest(content: ModelContent) -> str:
    """Return the SHA-256 (hex) of a model: of its JSON with sorted keys and no blanks."""
    text = dumps(content.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
