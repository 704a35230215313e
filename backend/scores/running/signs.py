"""What tells one sign from another."""

import hashlib
import json
from collections.abc import Mapping


def fingerprint_of(numbers: Mapping[str, str]) -> str:
    """Return the SHA-256 over a finding's numbers, in hexadecimal: the same numbers are the same sign."""
    written = json.dumps(dict(numbers), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
