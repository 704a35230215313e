"""A small client of the public API, as any customer would write it: sign in, send named operations, upload files."""

import asyncio
import time
from pathlib import Path
from typing import Any, Self

import httpx

from backend.kit.errors import Unavailable

ENDED = {"SUCCEEDED", "FAILED", "CANCELLED"}


class JourneyFailed(Unavailable):
    """A step of the demonstration was refused by the API."""

    code = "demonstration_failed"
    en = "The demonstration stopped at '{step}': {words}"
    zh = "演示在“{step}”一步中断：{words}"


class Client:
    """One signed-in person. Use as an async context manager."""

    def __init__(self, base_url: str, tenant: str, email: str, password: str) -> None:
        self.tenant = tenant
        self._http = httpx.AsyncClient(base_url=f"{base_url}/{tenant}", timeout=60, trust_env=False)
        self._credentials = {"email": email, "password": password}

    async def __aenter__(self) -> Self:
        answer = await self._http.post("/auth/sign-in", json=self._credentials)
        self._http.headers["authorization"] = f"Bearer {self._checked('sign-in', answer)['accessToken']}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def run(self, operation: str, **variables: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Send a named operation and return its first field.

        Raises:
            JourneyFailed: it was refused.
        """
        answer = await self._http.post("/graphql", json={"operationName": operation, "variables": variables})
        body = self._checked(operation, answer)
        if body.get("errors"):
            raise JourneyFailed(step=operation, words=body["errors"][0]["message"])
        first = next(iter(body["data"].values()))
        if isinstance(first, dict) and "code" in first and "messageEn" in first:
            raise JourneyFailed(step=operation, words=first["message"])
        return first

    async def download(self, path: str) -> bytes:
        """Return a file."""
        answer = await self._http.get(path)
        if answer.is_error:
            raise JourneyFailed(step=path, words=answer.text[:500])
        return answer.content

    async def upload(self, path: str, file: Path) -> dict[str, Any]:
        """Send a file as a form and return the answer."""
        with file.open("rb") as content:
            answer = await self._http.post(path, files={"file": (file.name, content)})
        return self._checked(path, answer)

    async def job(self, job_id: str, seconds: float = 120) -> dict[str, Any]:
        """Wait until a job has ended and return it.

        Raises:
            JourneyFailed: it did not succeed, or not in time.
        """
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            job = await self.run("Job", id=job_id)
            if job["state"] in ENDED:
                if job["state"] != "SUCCEEDED":
                    raise JourneyFailed(step=job["kind"], words=(job["error"] or {}).get("message", job["state"]))
                return job
            await asyncio.sleep(0.1)
        raise JourneyFailed(step=job_id, words="no answer in time")

    @staticmethod
    def _checked(step: str, answer: httpx.Response) -> dict[str, Any]:
        if answer.is_error:
            raise JourneyFailed(step=step, words=answer.text[:500])
        return answer.json()
