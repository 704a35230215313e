"""What is sent to a bank of an event. Signing, addresses and pauses are those of `kit.hooks`. Pure."""

import json
from typing import Any

from backend.kit.hooks import SECRET_BYTES, SECRET_PREFIX, is_public, pause, signed_headers, told_secret, url_fault
from backend.lending.webhooks.values import EventValue

__all__ = [
    "SECRET_BYTES", "SECRET_PREFIX", "body_of", "is_public", "pause", "signed_headers", "told_secret", "url_fault",
]  # fmt: skip


def body_of(event: EventValue) -> bytes:
    """Return what is sent of an event: what kind of change, when, and the ids it was about; never what it led to."""
    about: dict[str, Any] = {
        "account_id": event.account_id, "consent_id": event.consent_id, "score_id": event.score_id,
    }  # fmt: skip
    data = {name: str(each) for name, each in about.items() if each is not None} | event.facts
    told = {"type": event.kind.value, "timestamp": event.at.isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
