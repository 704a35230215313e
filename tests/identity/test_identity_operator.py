"""What the operator does at the terminal and the worker by itself."""

import asyncio
import os
import sys
from datetime import timedelta

import pytest
from factories.identity import PASSWORD, enterprise
from sqlalchemy import func, select, update

from backend.identity import errors, service
from backend.identity.models import RevokedToken, SigningKey
from backend.identity.rules import fictitious_code
from backend.identity.service import sessions
from backend.jobs.schedule import tidy
from backend.kit.clock import now
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.statements import service as statements

TENANT = "changzhou"


@pytest.fixture
def carbon(servers):
    """Run the `carbon` command against the tests' servers; return its exit code and what it said."""

    async def run(*arguments: str) -> tuple[int, str]:
        environment = {
            **os.environ,
            "LANG": "en_GB.UTF-8",
            "CARBON_DATA_DIR": str(servers.settings.data_dir),
            "CARBON_POSTGRES_ADMIN_URL": servers.postgres.url,
            "CARBON_REDIS_URL": servers.valkey.url,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "backend.cli", *arguments, env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    return run


async def test_the_first_organisation_of_an_installation(databases, servers, carbon) -> None:
    email = f"{new_id().hex}@example.com"
    code, said = await carbon(
        "organisations", "register", "--tenant", TENANT, "--kind", "authority", "--name", "常州市生态环境局",
        "--credit-code", fictitious_code(Kind.AUTHORITY, "320400", new_id().int % 31**6), "--division", "320400",
        "--administrator", email, "--administrator-name", "陈局",
    )  # fmt: skip
    assert code == 0, said
    token = said.split()[-1]
    session = await sessions.accept_invitation(
        databases, servers.settings, TENANT, token=token, password="a good password"
    )
    scope = await service.scope_of_token(databases, TENANT, session.access_token)
    assert (scope.kind, scope.region) == (Kind.AUTHORITY, "320000/320400/")
    assert "identity:register" in scope.permissions


async def test_a_mistyped_code_is_a_sentence_and_not_a_traceback(databases, carbon) -> None:
    code, said = await carbon(
        "organisations", "register", "--tenant", TENANT, "--kind", "bank", "--name", "x", "--credit-code", "x",
        "--division", "320400", "--administrator", "x@example.com", "--administrator-name", "x",
    )  # fmt: skip
    assert code != 0
    assert "is not a unified social credit code" in said
    assert "Traceback" not in said


async def test_a_forgotten_password_and_somebody_who_left(databases, servers, carbon) -> None:
    plant = await enterprise(databases, tenant=TENANT)

    async def sign_in(password: str) -> str:
        session = await sessions.sign_in(databases, servers.settings, TENANT, email=plant.email, password=password)
        return session.access_token

    before = await sign_in(PASSWORD)
    code, said = await carbon(
        "people", "reset-password", "--tenant", TENANT, plant.email.upper(), "--password", "another good one"
    )
    assert code == 0, said
    sessions.forget()
    with pytest.raises(errors.TokenRevoked):
        await service.scope_of_token(databases, TENANT, before)
    await sign_in("another good one")
    code, said = await carbon("people", "disable", "--tenant", TENANT, plant.email, "--reason", "left")
    assert code == 0, said
    with pytest.raises(errors.SignInRefused):
        await sign_in("another good one")
    code, said = await carbon("people", "disable", "--tenant", TENANT, "nobody@example.com", "--reason", "left")
    assert code != 0
    assert "Nobody here has the e-mail address nobody@example.com." in said


async def test_an_address_is_looked_up_by_the_service_only(databases) -> None:
    plant = await enterprise(databases)
    async with databases.read(plant.scope) as read:
        with pytest.raises(errors.SystemOnly):
            await service.person_with_address(read, plant.scope, plant.email)


async def test_keys_are_rotated_at_the_terminal(databases, servers, carbon) -> None:
    before = {key["kid"] for key in (await sessions.jwks(databases, servers.settings, TENANT))["keys"]}
    code, said = await carbon("keys", "rotate", "--tenant", TENANT)
    assert code == 0, said
    after = {key["kid"] for key in (await sessions.jwks(databases, servers.settings, TENANT))["keys"]}
    assert before < after
    (new,) = after - before
    assert new in said


async def test_document_keys_are_renewed_at_the_terminal(databases, carbon) -> None:
    system = Scope.system(TENANT)

    async def published() -> dict[str, bool]:
        async with databases.read(system) as read:
            return {key["kid"]: key["revoked_at"] is not None for key in await statements.public_keys(read, system)}

    tokens = select(func.count()).select_from(SigningKey)
    async with databases.read(system) as read:
        of_tokens = await read.value(tokens)
    known = await published()
    for compromised in ((), ("--compromised",)):
        code, said = await carbon("keys", "rotate", "--tenant", TENANT, "--documents", *compromised)
        assert code == 0, said
        (new,) = set(await published()) - set(known)
        assert new in said
        known = {**dict.fromkeys(known, True), new: False} if compromised else {**known, new: False}
        assert await published() == known
    async with databases.read(system) as read:
        assert await read.value(tokens) == of_tokens


async def test_the_worker_forgets_and_rotates(databases, servers) -> None:
    subject = f"person:{new_id()}"
    async with databases.write(Scope.system(TENANT)) as write:
        await write.run(
            RevokedToken.__table__.insert().values(
                subject=subject, revoked_at=now() - timedelta(days=3), expires_at=now() - timedelta(days=2)
            )
        )
        await write.run(update(SigningKey).values(created_at=now() - timedelta(days=91)))
        count = await write.value(select(func.count()).select_from(SigningKey))
    done = await tidy(databases, servers.settings, TENANT)
    assert int(done["sessions"]) >= 1
    assert "signing_key" in done
    again = await tidy(databases, servers.settings, TENANT)
    assert not {"sessions", "signing_key"} & set(again)
    async with databases.read(Scope.system(TENANT)) as read:
        assert await read.value(select(RevokedToken.subject).where(RevokedToken.subject == subject)) is None
        assert await read.value(select(func.count()).select_from(SigningKey)) == count + 1
