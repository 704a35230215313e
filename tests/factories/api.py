"""Talking to the application as somebody."""

from dataclasses import dataclass, replace
from typing import Any

import httpx


@dataclass(frozen=True)
class Client:
    """A caller at a tenant's address."""

    http: httpx.AsyncClient
    tenant: str
    token: str | None = None

    def at(self, tenant: str) -> "Client":
        return replace(self, tenant=tenant)

    def as_(self, token: str | None) -> "Client":
        return replace(self, token=token)

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    async def send(self, body: dict[str, Any], **headers: str) -> httpx.Response:
        return await self.http.post(f"/{self.tenant}/graphql", json=body, headers={**self.headers, **headers})

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the answer's JSON; it must be HTTP 200."""
        answer = await self.send({"query": query, "variables": variables})
        assert answer.status_code == 200, answer.text
        return answer.json()
