"""The Redis-protocol server: only for speed. Whatever is lost here is found again from the database.

Addresses: `redis://`, `rediss://`, `unix://`, or `sentinel://[user:password@]host:port,host:port/<primary>`.
Every key of ours begins with `carbon:<tenant>:`.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.sentinel import Sentinel

TIMEOUT_SECONDS = 5.0
SENTINEL_PORT = 26379


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """Where the sentinels are and which primary to ask them for."""

    sentinels: tuple[tuple[str, int], ...]
    primary: str
    username: str | None
    password: str | None


def sentinel_address(url: str) -> SentinelAddress | None:
    """Read a `sentinel://` address; None for every other scheme."""
    parts = urlsplit(url)
    if parts.scheme != "sentinel":
        return None
    login, _, hosts = parts.netloc.rpartition("@")
    username, _, password = login.partition(":")
    places = [host.partition(":") for host in hosts.split(",")]
    return SentinelAddress(
        sentinels=tuple((name, int(port or SENTINEL_PORT)) for name, _, port in places),
        primary=parts.path.strip("/") or "mymaster",
        username=unquote(username) or None,
        password=unquote(password) or None,
    )


def connect(url: str) -> Redis:
    """Return a client; nothing is sent until the first command."""
    address = sentinel_address(url)
    if address is None:
        return Redis.from_url(url, socket_connect_timeout=TIMEOUT_SECONDS, health_check_interval=15)
    sentinel = Sentinel(list(address.sentinels), socket_connect_timeout=TIMEOUT_SECONDS)
    return sentinel.master_for(address.primary, username=address.username, password=address.password)


def job_channel(tenant: str, job_id: UUID) -> str:
    """Return the channel on which a change of the job is announced."""
    return f"carbon:{tenant}:job:{job_id}"


def queue_name(tenant: str) -> str:
    """Return the tenant's own queue."""
    return f"carbon:{tenant}:jobs"
