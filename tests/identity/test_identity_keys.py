"""Signing keys: made once, published before they sign, retired after their last token."""

import asyncio
from datetime import timedelta

import pytest
from factories.identity import PASSWORD, enterprise
from sqlalchemy import delete, select, text, update

from backend.identity import errors, service, tokens
from backend.identity.models import SigningKey
from backend.identity.service import keys, sessions
from backend.identity.tokens import Seal
from backend.kit.clock import now
from backend.kit.scope import Scope

TENANT = "guizhou"
"""These tests rotate keys; nobody else's tokens are of this tenant."""


@pytest.fixture
async def fresh(databases):
    """No key at all."""
    async with databases.write(Scope.system(TENANT)) as write:
        await write.run(update(SigningKey).values(retired_at=now() - timedelta(days=2)))
    sessions.forget()
    yield
    async with databases.write(Scope.system(TENANT)) as write:
        await write.run(update(SigningKey).values(retired_at=now() - timedelta(days=2)))
    sessions.forget()


@pytest.fixture
async def sign_in(databases, servers, fresh):
    plant = await enterprise(databases, tenant=TENANT)

    async def open_session() -> str:
        session = await sessions.sign_in(databases, servers.settings, TENANT, email=plant.email, password=PASSWORD)
        return session.access_token

    return open_session


async def published(databases, settings) -> list[str]:
    return [key["kid"] for key in (await sessions.jwks(databases, settings, TENANT))["keys"]]


async def test_the_first_need_makes_one_key_even_at_once(databases, servers, fresh) -> None:
    sets = await asyncio.gather(*(sessions.jwks(databases, servers.settings, TENANT) for _ in range(6)))
    assert len({key["kid"] for found in sets for key in found["keys"]}) == 1


async def test_the_key_set_is_public_and_verifies_tokens(databases, servers, sign_in) -> None:
    token = await sign_in()
    (jwk,) = (await sessions.jwks(databases, servers.settings, TENANT))["keys"]
    assert set(jwk) == {"kty", "crv", "x", "kid", "use", "alg"}
    assert tokens.verify(token, tokens.public_key(jwk), TENANT).tenant == TENANT


async def test_a_new_key_is_published_before_it_signs(databases, servers, sign_in) -> None:
    before = await sign_in()
    old = tokens.key_id_of(before)
    async with databases.write(Scope.system(TENANT)) as write:
        new = await service.rotate_keys(write, write.scope, service.seal_of(servers.settings))
    assert await published(databases, servers.settings) == [old, new]
    assert tokens.key_id_of(await sign_in()) == old
    async with databases.write(Scope.system(TENANT)) as write:
        await write.run(update(SigningKey).where(SigningKey.id == new).values(signs_from=now()))
    after = await sign_in()
    assert tokens.key_id_of(after) == new
    sessions.forget()
    for token in (before, after):
        await service.scope_of_token(databases, TENANT, token)


async def test_a_retired_key_outlives_its_last_token_and_then_goes(databases, servers, sign_in) -> None:
    token = await sign_in()
    async with databases.write(Scope.system(TENANT)) as write:
        await service.rotate_keys(write, write.scope, service.seal_of(servers.settings))
        retired = await write.value(select(SigningKey.retired_at).where(SigningKey.id == tokens.key_id_of(token)))
        assert retired - now() > timedelta(hours=24)
        await write.run(update(SigningKey).where(SigningKey.id == tokens.key_id_of(token)).values(retired_at=now()))
    sessions.forget()
    with pytest.raises(errors.TokenInvalid):
        await service.scope_of_token(databases, TENANT, token)


async def test_after_a_compromise_old_tokens_are_refused_at_once(databases, servers, sign_in) -> None:
    token = await sign_in()
    await service.scope_of_token(databases, TENANT, token)
    async with databases.write(Scope.system(TENANT)) as write:
        new = await service.rotate_keys(write, write.scope, service.seal_of(servers.settings), is_compromised=True)
    await asyncio.sleep(sessions.FRESH_SECONDS + 0.1)
    with pytest.raises(errors.TokenInvalid):
        await service.scope_of_token(databases, TENANT, token)
    assert tokens.key_id_of(await sign_in()) == new
    assert await published(databases, servers.settings) == [new]


async def test_a_running_process_takes_a_key_it_has_not_seen(databases, servers, sign_in) -> None:
    await service.scope_of_token(databases, TENANT, await sign_in())
    async with databases.write(Scope.system(TENANT)) as write:
        await service.rotate_keys(write, write.scope, service.seal_of(servers.settings), is_compromised=True)
    token = await sign_in()
    await asyncio.sleep(0.15)
    assert (await service.scope_of_token(databases, TENANT, token)).tenant == TENANT


async def test_a_database_brought_without_its_secrets_gets_a_key_of_its_own(databases, fresh) -> None:
    async with databases.write(Scope.system(TENANT)) as write:
        theirs = await keys.signer(write, Seal("another installation"))
    async with databases.write(Scope.system(TENANT)) as write:
        ours = await keys.signer(write, Seal("this installation"))
        again = await keys.signer(write, Seal("this installation"))
    assert ours.key_id == again.key_id
    assert ours.key_id != theirs.key_id


async def test_keys_are_rotated_when_due(databases, servers, sign_in) -> None:
    await sign_in()
    seal = service.seal_of(servers.settings)
    async with databases.write(Scope.system(TENANT)) as write:
        assert await service.rotate_when_due(write, write.scope, seal) is None
        await write.run(update(SigningKey).values(created_at=now() - timedelta(days=91)))
        assert await service.rotate_when_due(write, write.scope, seal) is not None
        assert await service.rotate_when_due(write, write.scope, seal) is None


async def test_only_the_service_rotates_or_sees_keys(databases, servers, fresh) -> None:
    plant = await enterprise(databases, tenant=TENANT)
    with pytest.raises(errors.SystemOnly):
        async with databases.write(plant.scope) as write:
            await service.rotate_keys(write, plant.scope, service.seal_of(servers.settings))
    async with databases.read(plant.scope) as read:
        for table in ("signing_key", "refresh_token", "revoked_token", "sign_in_attempt"):
            assert await read.value(text(f"select count(*) from {table}")) == 0


async def test_keys_are_never_deleted(databases) -> None:
    with pytest.raises(Exception, match="permission denied"):
        async with databases.write(Scope.system(TENANT)) as write:
            await write.run(delete(SigningKey))
