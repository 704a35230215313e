"""Talking to the application as somebody."""

from dataclasses import dataclass, replace
from typing import Any

import httpx
from factories.identity import PASSWORD, Made


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

    async def signed_in(self, made: Made) -> "Client":
        """Sign in through the API as the organisation's first person."""
        tenant = made.scope.tenant
        answer = await self.http.post(f"/{tenant}/auth/sign-in", json={"email": made.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return replace(self, tenant=tenant, token=answer.json()["accessToken"])

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

    async def named(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Return the data of one of our named operations; there must be no error."""
        answer = await self.send({"operationName": operation, "variables": variables})
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]
