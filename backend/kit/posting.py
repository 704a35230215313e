"""One message on its way: the name resolved once, every address judged, the connection made to the address judged.

Whoever owns a name may answer each question about it differently. So the name is asked once for each attempt, and what is
connected to is the address that was looked at; the certificate is still checked against the name. Redirections are not
followed, proxies of the surroundings not used, and nothing of the answer is read but its status.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from backend.kit import hooks
from backend.kit.hooks import Failure, Sent

AGENT = "carbon-webhooks/1"
NAMING_SECONDS = 10
"""How long a name may take to be resolved."""


@asynccontextmanager
async def sender(seconds: int) -> AsyncGenerator[httpx.AsyncClient]:
    """Open a client for messages to one endpoint."""
    async with httpx.AsyncClient(
        trust_env=False, follow_redirects=False, timeout=seconds, verify=ssl.create_default_context(),
        headers={"user-agent": AGENT},
    ) as client:  # fmt: skip
        yield client


async def address_of(url: str, *, is_private_allowed: bool) -> str | Failure:
    """Return the address to connect to, or why there is none. One refused address refuses the name."""
    parts = urlsplit(url)
    if hooks.url_fault(url, is_private_allowed=is_private_allowed) is not None:
        return Failure.ADDRESS_REFUSED
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(NAMING_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (TimeoutError, OSError, UnicodeError):
        return Failure.UNRESOLVED
    addresses = [str(each[4][0]) for each in found]
    if not addresses:
        return Failure.UNRESOLVED
    if not is_private_allowed and not all(hooks.is_public(each) for each in addresses):
        return Failure.ADDRESS_REFUSED
    return addresses[0]


async def send(
    client: httpx.AsyncClient, url: str, address: str, headers: Mapping[str, str], body: bytes, seconds: int
) -> Sent:
    """Post a message to an address that was judged; return what came of it."""
    parts = urlsplit(url)
    pinned = httpx.URL(url).copy_with(host=address)
    told = {"content-type": "application/json", **headers, "host": hooks.authority(parts)}
    try:
        async with (
            asyncio.timeout(seconds),
            client.stream(
                "POST", pinned, content=body, headers=told, extensions={"sni_hostname": parts.hostname}
            ) as answer,
        ):
            status = answer.status_code
    except (TimeoutError, httpx.TimeoutException):
        return Sent(None, Failure.TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        return Sent(None, Failure.CONNECTION)
    is_taken = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    return Sent(status, None if is_taken else Failure.STATUS)
