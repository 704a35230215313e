"""Secrets this installation makes for itself: role passwords and the key that seals signing keys.

They live in one file of the data folder, readable by its owner only. A production installation names its
databases by setting and mounts the file (or sets `CARBON_DATA_DIR` to a private volume).
"""

import fcntl
import json
import os
import secrets
from pathlib import Path


def secret(data_dir: Path, name: str, *, size: int = 32) -> str:
    """Return the named secret, making it (URL-safe, `size` random bytes) the first time.

    Processes that start together agree on it: whoever makes one holds the folder's lock meanwhile.
    """
    file = data_dir / "secrets.json"
    known = _read(file)
    if name in known:
        return known[name]
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = os.open(data_dir / "secrets.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = _read(file)
        if name not in known:
            known[name] = secrets.token_urlsafe(size)
            _replace(file, known)
        return known[name]
    finally:
        os.close(lock)


def _read(file: Path) -> dict[str, str]:
    return json.loads(file.read_text()) if file.exists() else {}


def _replace(file: Path, known: dict[str, str]) -> None:
    """Renaming is atomic: a crash leaves the old file or the new one, never half of either."""
    draft = file.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(known, handle, indent=1)
    draft.replace(file)
