"""Signing, addresses and pauses of webhooks. Pure; `kit.posting` sends.

Messages follow the Standard Webhooks specification: the headers `webhook-id` (the same on every attempt),
`webhook-timestamp` (seconds, of this attempt) and `webhook-signature`: `v1,` and the base64 of HMAC-SHA256 over
`id.timestamp.body`, once for each secret in force, separated by spaces.
"""

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from urllib.parse import SplitResult, urlsplit

SECRET_PREFIX, SECRET_BYTES = "whsec_", 32
LONGEST_URL = 2000
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa")


class Failure(StrEnum):
    """Why an attempt did not arrive."""

    STATUS = "status"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    UNRESOLVED = "unresolved"
    ADDRESS_REFUSED = "address_refused"


class UrlFault(Enum):
    """What can be wrong with an endpoint's address, in both languages."""

    NO_ADDRESS = ("it is no address", "不是有效的地址")
    TOO_LONG = ("it has more than 2000 characters", "长度超过 2000 个字符")
    CHARACTERS = ("it has characters an address does not have", "含有地址中不允许的字符")
    NOT_HTTPS = ("it is not https", "不是 https 地址")
    USER_OR_FRAGMENT = ("it has a user, a password or a fragment", "含有用户名、密码或片段")
    PRIVATE = ("it is a private or local address", "是内网或本机地址")

    @property
    def en(self) -> str:
        """The words in English."""
        return self.value[0]

    @property
    def zh(self) -> str:
        """The words in Chinese."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one attempt: the answer's status, or why it did not arrive (`Failure`, or a reason of the sender's own)."""

    status: int | None
    failure: str | None


def told_secret(raw: bytes) -> str:
    """Return a secret as its receiver is told it."""
    return SECRET_PREFIX + base64.b64encode(raw).decode()


def signed_headers(message_id: str, at: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """Return the headers of a message sent at `at` (seconds since 1970)."""
    content = f"{message_id}.{at}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode() for secret in secrets
    ]
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": " ".join(signatures)}


def pause(pauses: Sequence[int], jitter: Decimal, attempts: int, draw: Decimal) -> Decimal | None:
    """Return the seconds to wait after so many failed attempts, None when that was the last one.

    `draw` is uniform in [-1, 1]: the pause is the figure, moved by that part of the jitter.
    """
    if attempts > len(pauses):
        return None
    return Decimal(pauses[attempts - 1]) * (1 + jitter * draw)


def url_fault(url: str, *, is_private_allowed: bool) -> UrlFault | None:
    """Return what is wrong with an endpoint's address in itself, None when nothing is.

    Where private addresses are allowed (tests, an installation on one machine) plain HTTP is as well.
    """
    fault: UrlFault | None = None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is the check
    except ValueError:
        return UrlFault.NO_ADDRESS
    host = parts.hostname or ""
    if len(url) > LONGEST_URL:
        fault = UrlFault.TOO_LONG
    elif not parts.scheme or not host:
        fault = UrlFault.NO_ADDRESS
    elif not url.isascii() or any(each.isspace() or ord(each) < ord("!") for each in url):
        fault = UrlFault.CHARACTERS
    elif parts.scheme != "https" and not (is_private_allowed and parts.scheme == "http"):
        fault = UrlFault.NOT_HTTPS
    elif "@" in parts.netloc or parts.fragment:
        fault = UrlFault.USER_OR_FRAGMENT
    elif not is_private_allowed and (_is_local_name(host) or _is_refused_literal(host)):
        fault = UrlFault.PRIVATE
    return fault


def _is_local_name(host: str) -> bool:
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(_LOCAL_NAMES)


def _is_refused_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return not is_public(host)


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public internet, also when it carries an IPv4 address inside."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast and not found.is_reserved


def authority(parts: SplitResult) -> str:
    """Return the `host` header of an address."""
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return shown if parts.port is None else f"{shown}:{parts.port}"
