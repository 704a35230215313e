"""A mail server of the test's own, and what it was handed.

async with mail_server() as post:                     # post.port, post.got, post.answer
    settings = post.settings(servers.settings)
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP

from backend.kit.settings import MailSecurity, Settings


@dataclass
class Post:
    """What a mail server got, and what it says to each message."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    answer: Callable[[str], str] = lambda _: "250 OK"

    def settings(self, base: Settings) -> Settings:
        """Return settings that name this server."""
        return base.model_copy(
            update={
                "smtp_host": "127.0.0.1", "smtp_port": self.port, "smtp_security": MailSecurity.NONE,
                "smtp_sender": "carbon@city.example", "webhook_allow_private": True,
            }
        )  # fmt: skip

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the server's word
        """Take a message."""
        said = self.answer(envelope.rcpt_tos[0])
        if said.startswith("250"):
            made: Any = message_from_bytes(envelope.content, policy=policy.default)
            self.got.append(made)
        return said


@asynccontextmanager
async def mail_server() -> AsyncIterator[Post]:
    """Serve mail on a free port of this machine."""
    post = Post()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(post, hostname="mail.test", loop=loop), "127.0.0.1", 0)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        await server.wait_closed()
