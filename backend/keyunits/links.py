"""Addresses of digital passports: signed with a secret of this installation, so that nobody finds one by trying."""

import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

from backend.kit import vault
from backend.kit.settings import Settings

SECRET = "unit_passport_links"  # noqa: S105 - the name of a secret, not the secret
DIGITS = 32


def signature(settings: Settings, tenant: str, passport_id: UUID) -> str:
    """Return the signature of a passport's address: the first half of an HMAC-SHA256, hexadecimal."""
    key = vault.secret(settings.data_dir, SECRET).encode()
    return hmac.new(key, f"{tenant}:{passport_id}".encode(), hashlib.sha256).hexdigest()[:DIGITS]


def is_signed(settings: Settings, tenant: str, passport_id: UUID, given: str) -> bool:
    """Tell whether an address carries the signature it should."""
    return hmac.compare_digest(signature(settings, tenant, passport_id).encode(), given.encode())


def passport_path(settings: Settings, tenant: str, passport_id: UUID) -> str:
    """Return a passport's address, relative to the host."""
    return f"/{tenant}/unit-passports/{passport_id}/{signature(settings, tenant, passport_id)}"


def passport_url(settings: Settings, tenant: str, passport_id: UUID, *, hosts: Sequence[str]) -> str:
    """Return a passport's whole address: on the jurisdiction's own host, else below its name.

    Never made from what a request says of its host: the address is printed as a QR code.
    """
    own = f"unit-passports/{passport_id}/{signature(settings, tenant, passport_id)}"
    if hosts:
        return f"https://{hosts[0]}/{own}"
    if settings.base_domain == "localhost":
        return f"http://localhost:{settings.port}/{tenant}/{own}"
    return f"https://{tenant}.{settings.base_domain}/{own}"
