"""The floor of `score_read.py`: the product's own application, whose reads of scores are taken from a dictionary.

`FLOOR_DOCUMENT` names the file with the credentials the product answered.
"""

import json
import os
from pathlib import Path

from backend.api import bank
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.lending.reading.opening import check_bank
from backend.lending.values import ReadKind

KEPT: dict[str, str] = json.loads(Path(os.environ["FLOOR_DOCUMENT"]).read_text())


async def served(_databases: Databases, _settings: Settings, scope: Scope, key: str, _what: ReadKind) -> str:
    """Return a credential from memory, to whoever the product would ask the database for."""
    check_bank(scope)
    return KEPT[key]


bank.served = served

from backend.main import app  # noqa: E402 - made with the function above

__all__ = ["app"]
