"""Refresh tokens rotate, a stolen one ends the session, and every revocation is obeyed at once."""

import asyncio
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from factories.identity import PASSWORD, Made, colleague, enterprise, grant, membership_of, verifier
from sqlalchemy import func, select, update

from backend.identity import errors, service
from backend.identity.models import RefreshToken, RevokedToken
from backend.identity.service import sessions
from backend.identity.service.authentication import token_hash
from backend.kit.audit import TENANT_CHAIN
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.scope import Scope


@pytest.fixture
def sign_in(databases, servers):
    async def open_session(made: Made, **given):
        return await sessions.sign_in(databases, servers.settings, "wuxi", email=made.email, password=PASSWORD, **given)

    return open_session


@pytest.fixture
def refresh(databases, servers):
    async def continue_session(token: str, tenant: str = "wuxi", **given):
        return await sessions.refresh(databases, servers.settings, tenant, token=token, **given)

    return continue_session


async def is_accepted(databases: Databases, token: str) -> bool:
    """Ask as another process would, which has read nothing yet."""
    sessions.forget()
    try:
        await service.scope_of_token(databases, "wuxi", token)
    except errors.TokenRevoked:
        return False
    return True


class TestRotation:
    async def test_a_refresh_gives_new_tokens_and_uses_up_the_old(self, databases, sign_in, refresh) -> None:
        plant = await enterprise(databases)
        first = await sign_in(plant)
        second = await refresh(first.refresh_token)
        third = await refresh(second.refresh_token)
        assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
        assert len({first.access_token, second.access_token, third.access_token}) == 3
        assert await is_accepted(databases, first.access_token)
        assert await is_accepted(databases, third.access_token)

    async def test_only_hashes_are_stored(self, databases, sign_in) -> None:
        session = await sign_in(await enterprise(databases))
        async with databases.read(Scope.system("wuxi")) as read:
            row = await read.row(
                select(RefreshToken.__table__).where(RefreshToken.token_hash == token_hash(session.refresh_token))
            )
        assert session.refresh_token not in str(row)
        assert len(row.token_hash) == 32
        assert row.expires_at - row.issued_at == timedelta(days=14)

    async def test_a_used_token_ends_the_whole_session(self, databases, sign_in, refresh, events) -> None:
        plant = await enterprise(databases)
        first = await sign_in(plant)
        second = await refresh(first.refresh_token)
        with pytest.raises(errors.RefreshTokenReused):
            await refresh(first.refresh_token)
        with pytest.raises(errors.RefreshTokenInvalid):
            await refresh(second.refresh_token)
        with pytest.raises(errors.RefreshTokenInvalid):
            await refresh(first.refresh_token)
        assert not await is_accepted(databases, first.access_token)
        assert not await is_accepted(databases, second.access_token)
        refusal = (await events(plant.id))[-1]
        assert (refusal.action, refusal.outcome, refusal.details["code"]) == (
            "identity:refresh", "refused", "refresh_token_reused",
        )  # fmt: skip

    async def test_another_sign_in_of_the_person_is_not_touched_by_reuse(self, databases, sign_in, refresh) -> None:
        plant = await enterprise(databases)
        stolen, other = await sign_in(plant), await sign_in(plant)
        await refresh(stolen.refresh_token)
        with pytest.raises(errors.RefreshTokenReused):
            await refresh(stolen.refresh_token)
        assert await is_accepted(databases, other.access_token)
        await refresh(other.refresh_token)

    async def test_of_two_refreshes_at_once_one_is_taken_for_theft(self, databases, sign_in, refresh) -> None:
        session = await sign_in(await enterprise(databases))
        answers = await asyncio.gather(*(refresh(session.refresh_token) for _ in range(2)), return_exceptions=True)
        assert sorted(type(answer).__name__ for answer in answers) == ["RefreshTokenReused", "Session"]

    async def test_an_expired_token_is_refused(self, databases, sign_in, refresh) -> None:
        session = await sign_in(await enterprise(databases))
        async with databases.write(Scope.system("wuxi")) as write:
            await write.run(
                update(RefreshToken)
                .where(RefreshToken.token_hash == token_hash(session.refresh_token))
                .values(expires_at=now() - timedelta(seconds=1))
            )
        with pytest.raises(errors.RefreshTokenInvalid):
            await refresh(session.refresh_token)

    async def test_noise_and_another_tenants_token_are_refused(self, databases, sign_in, refresh) -> None:
        session = await sign_in(await enterprise(databases))
        for token, tenant in (("noise", "wuxi"), ("", "wuxi"), (session.refresh_token, "chengdu")):
            with pytest.raises(errors.RefreshTokenInvalid):
                await refresh(token, tenant)

    async def test_a_session_moves_to_another_organisation_of_the_person(self, databases, sign_in, refresh) -> None:
        plant, body = await enterprise(databases), await verifier(databases)
        await grant(databases, body, plant.person_id, "verifier")
        moved = await refresh((await sign_in(plant)).refresh_token, organisation_id=body.id)
        assert (moved.organisation_id, moved.roles) == (body.id, ("verifier",))
        again = await refresh(moved.refresh_token)
        assert again.organisation_id == body.id

    async def test_a_session_moves_nowhere_else_and_stays_usable(self, databases, sign_in, refresh) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        session = await sign_in(plant)
        with pytest.raises(errors.NoOrganisation):
            await refresh(session.refresh_token, organisation_id=other.id)
        assert (await refresh(session.refresh_token)).organisation_id == plant.id


class TestRevocation:
    async def test_signing_out_ends_access_and_refresh(self, databases, sign_in, refresh) -> None:
        plant = await enterprise(databases)
        session, other = await sign_in(plant), await sign_in(plant)
        await sessions.sign_out(databases, "wuxi", token=session.refresh_token)
        assert not await is_accepted(databases, session.access_token)
        with pytest.raises(errors.RefreshTokenInvalid):
            await refresh(session.refresh_token)
        assert await is_accepted(databases, other.access_token)

    async def test_signing_out_twice_or_with_noise_is_no_error(self, databases, sign_in) -> None:
        session = await sign_in(await enterprise(databases))
        for token in (session.refresh_token, session.refresh_token, "noise"):
            await sessions.sign_out(databases, "wuxi", token=token)

    async def test_a_running_process_obeys_within_its_second(self, databases, sign_in) -> None:
        session = await sign_in(await enterprise(databases))
        await service.scope_of_token(databases, "wuxi", session.access_token)
        await sessions.sign_out(databases, "wuxi", token=session.refresh_token)
        await asyncio.sleep(sessions.FRESH_SECONDS + 0.1)
        with pytest.raises(errors.TokenRevoked):
            await service.scope_of_token(databases, "wuxi", session.access_token)

    async def test_a_revoked_role_ends_access_and_the_refresh_shows_what_is_left(
        self, databases, sign_in, refresh
    ) -> None:
        plant = await enterprise(databases)
        other = await enterprise(databases)
        await grant(databases, plant, other.person_id, "energy_manager")
        extra = await grant(databases, plant, other.person_id, "carbon_officer")
        session = await sign_in(other, organisation_id=plant.id)
        elsewhere = await sign_in(other)
        async with databases.write(plant.scope) as write:
            await service.revoke_role(write, plant.scope, membership_id=extra)
        assert not await is_accepted(databases, session.access_token)
        assert await is_accepted(databases, elsewhere.access_token)
        assert (await refresh(session.refresh_token)).roles == ("energy_manager",)

    async def test_the_last_role_revoked_ends_the_session(self, databases, sign_in, refresh) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        await grant(databases, plant, other.person_id, "viewer")
        session = await sign_in(other, organisation_id=plant.id)
        membership = await membership_of(databases, plant, other.person_id, "viewer")
        async with databases.write(plant.scope) as write:
            await service.revoke_role(write, plant.scope, membership_id=membership)
        assert not await is_accepted(databases, session.access_token)
        with pytest.raises(errors.NoOrganisation):
            await refresh(session.refresh_token)

    async def test_suspending_an_organisation_ends_every_session_and_resuming_brings_none_back(
        self, databases, sign_in, refresh
    ) -> None:
        plant = await enterprise(databases)
        session = await sign_in(plant)
        async with databases.write(Scope.system("wuxi")) as write:
            await service.suspend_organisation(write, write.scope, organisation_id=plant.id, reason="closed")
        assert not await is_accepted(databases, session.access_token)
        async with databases.write(Scope.system("wuxi")) as write:
            await service.resume_organisation(write, write.scope, organisation_id=plant.id, reason="opened")
        assert not await is_accepted(databases, session.access_token)
        with pytest.raises(errors.RefreshTokenInvalid):
            await refresh(session.refresh_token)
        assert await is_accepted(databases, (await sign_in(plant)).access_token)

    async def test_disabling_a_person_ends_everything(self, databases, sign_in, refresh) -> None:
        plant = await enterprise(databases)
        session = await sign_in(plant)
        async with databases.write(Scope.system("wuxi")) as write:
            await service.disable_person(write, write.scope, person_id=plant.person_id, reason="left")
        assert not await is_accepted(databases, session.access_token)
        with pytest.raises(errors.RefreshTokenInvalid):
            await refresh(session.refresh_token)

    async def test_a_token_issued_after_a_revocation_is_good(self, databases, sign_in) -> None:
        plant = await enterprise(databases)
        async with databases.write(plant.scope) as write:
            await service.sign_out_everywhere(write, plant.scope)
        assert await is_accepted(databases, (await sign_in(plant)).access_token)

    async def test_a_refresh_waits_for_a_revocation_under_way(self, databases, sign_in, refresh) -> None:
        """The race that matters: a role is being revoked, not yet committed, while its holder refreshes."""
        plant, other = await enterprise(databases), await enterprise(databases)
        membership = await grant(databases, plant, other.person_id, "viewer")
        session = await sign_in(other, organisation_id=plant.id)
        async with databases.write(plant.scope) as write:
            await service.revoke_role(write, plant.scope, membership_id=membership)
            racing = asyncio.create_task(refresh(session.refresh_token))
            done, _ = await asyncio.wait([racing], timeout=0.3)
            assert not done
        with pytest.raises(errors.NoOrganisation):
            await racing

    async def test_everywhere_means_everywhere(self, databases, sign_in, refresh) -> None:
        plant = await enterprise(databases)
        one, two = await sign_in(plant), await sign_in(plant)
        async with databases.write(plant.scope) as write:
            await service.sign_out_everywhere(write, plant.scope)
        for session in (one, two):
            assert not await is_accepted(databases, session.access_token)
            with pytest.raises(errors.RefreshTokenInvalid):
                await refresh(session.refresh_token)

    async def test_an_administrator_ends_a_members_sessions_here_only(self, databases, sign_in) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        await grant(databases, plant, other.person_id, "viewer")
        here, there = await sign_in(other, organisation_id=plant.id), await sign_in(other)
        async with databases.write(plant.scope) as write:
            await service.sign_out_everywhere(write, plant.scope, other.person_id)
        assert not await is_accepted(databases, here.access_token)
        assert await is_accepted(databases, there.access_token)

    async def test_others_cannot_end_somebodys_sessions(self, databases, sign_in) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        session = await sign_in(plant)
        viewer = await colleague(databases, plant, "viewer")
        for scope, refusal in (
            (Scope.nobody("wuxi"), errors.Unauthenticated),
            (viewer, errors.Forbidden),
            (other.scope, errors.MembershipNotFound),
        ):
            with pytest.raises(refusal):
                async with databases.write(scope) as write:
                    await service.sign_out_everywhere(write, scope, plant.person_id)
        assert await is_accepted(databases, session.access_token)

    async def test_what_has_no_effect_any_more_is_purged(self, databases, sign_in) -> None:
        session = await sign_in(await enterprise(databases))
        await sessions.sign_out(databases, "wuxi", token=session.refresh_token)
        old = now() - timedelta(days=31)
        mine = RefreshToken.token_hash == token_hash(session.refresh_token)
        async with databases.write(Scope.system("wuxi")) as write:
            family = await write.value(select(RefreshToken.family_id).where(mine))
            await write.run(update(RefreshToken).where(mine).values(expires_at=old))
            await write.run(
                update(RevokedToken).where(RevokedToken.subject == f"family:{family}").values(expires_at=old)
            )
            assert await service.purge(write, write.scope) >= 2
            left = await write.value(select(func.count()).select_from(RefreshToken).where(mine))
            left += await write.value(
                select(func.count()).select_from(RevokedToken).where(RevokedToken.subject == f"family:{family}")
            )
        assert left == 0


class TestTenants:
    async def test_a_token_of_another_tenant_is_refused_and_audited_once(self, databases, sign_in, events) -> None:
        plant = await enterprise(databases)
        session = await sign_in(plant)
        for _ in range(3):
            with pytest.raises(errors.TokenOfAnotherTenant):
                await service.scope_of_token(databases, "chengdu", session.access_token)
        told = [
            event
            for event in await events(TENANT_CHAIN, "chengdu")
            if event.action == "identity:use_token" and event.details["subject"] == str(plant.person_id)
        ]
        assert [(event.outcome, event.details["named"]) for event in told] == [("refused", "wuxi")]

    async def test_a_forged_token_of_another_tenant_leaves_no_event(self, databases, sign_in, events) -> None:
        session = await sign_in(await enterprise(databases))
        head, body, _ = session.access_token.split(".")
        before = len(await events(TENANT_CHAIN, "guizhou"))
        with pytest.raises(errors.TokenOfAnotherTenant):
            await service.scope_of_token(databases, "guizhou", f"{head}.{body}.{'A' * 86}")
        assert len(await events(TENANT_CHAIN, "guizhou")) == before

    async def test_made_up_jurisdictions_fill_no_chain(self, databases, events) -> None:
        before = len(await events(TENANT_CHAIN, "guizhou"))
        for number in range(20):
            made_up = jwt.encode(
                {"iss": f"urn:carbon:tenant:city{number}"}, Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": "x"}
            )
            with pytest.raises(errors.TokenOfAnotherTenant):
                await service.scope_of_token(databases, "guizhou", made_up)
        # One a minute, and the minute may turn while this runs.
        assert len(await events(TENANT_CHAIN, "guizhou")) - before <= 2

    async def test_noise_is_refused(self, databases) -> None:
        for token in ("", "noise", "a.b.c"):
            with pytest.raises(errors.TokenInvalid):
                await service.scope_of_token(databases, "wuxi", token)
