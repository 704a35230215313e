"""Signing in: who may, what the others are told, what is counted, what is left in the audit chain."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from factories.identity import (
    PASSWORD,
    address,
    authority,
    colleague,
    enterprise,
    grant,
    person,
    verifier,
)
from sqlalchemy import select, update

from backend.identity import errors, passwords, service
from backend.identity.errors import NoOrganisation, SignInLocked, SignInRefused
from backend.identity.models import Person, SignInAttempt
from backend.identity.service import sessions
from backend.identity.service.authentication import token_hash
from backend.kit.audit import TENANT_CHAIN
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.scope import Kind, Scope


async def attempt(databases: Databases, servers, email: str, password: str = PASSWORD, **given):
    return await sessions.sign_in(databases, servers.settings, "wuxi", email=email, password=password, **given)


async def fail(databases: Databases, servers, email: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            await attempt(databases, servers, email, "a wrong password")


async def counter(databases: Databases, email: str):
    async with databases.read(Scope.system("wuxi")) as read:
        return await read.row(
            select(SignInAttempt.failures, SignInAttempt.locked_until).where(
                SignInAttempt.email_hash == token_hash(email)
            )
        )


class TestSuccess:
    async def test_the_session_acts_as_the_person_in_its_organisation(self, databases, servers) -> None:
        plant = await enterprise(databases)
        session = await attempt(databases, servers, plant.email)
        scope = await service.scope_of_token(databases, "wuxi", session.access_token, language="en")
        assert scope == plant.scope
        assert (session.organisation_id, session.subject_id, session.roles, session.expires_in) == (
            plant.id, plant.person_id, ("administrator",), 600,
        )  # fmt: skip
        assert frozenset(session.permissions) == plant.scope.permissions

    async def test_the_address_may_be_written_differently(self, databases, servers) -> None:
        plant = await enterprise(databases)
        session = await attempt(databases, servers, f"  {plant.email.upper()} ")
        assert session.subject_id == plant.person_id

    async def test_an_authority_acts_within_its_region(self, databases, servers) -> None:
        bureau = await authority(databases, division="320206")
        session = await attempt(databases, servers, bureau.email)
        scope = await service.scope_of_token(databases, "wuxi", session.access_token)
        assert scope.region == bureau.path
        assert scope.region.startswith("320000/320200/")

    async def test_roles_add_up(self, databases, servers) -> None:
        plant = await enterprise(databases, role="energy_manager")
        await grant(databases, plant, plant.person_id, "carbon_officer")
        session = await attempt(databases, servers, plant.email)
        assert session.roles == ("carbon_officer", "energy_manager")
        assert {"emissions:enter", "emissions:submit"} <= set(session.permissions)

    async def test_a_person_of_several_organisations_chooses_or_gets_the_first(self, databases, servers) -> None:
        first, second = await enterprise(databases), await verifier(databases)
        await grant(databases, second, first.person_id, "verifier")
        assert (await attempt(databases, servers, first.email)).organisation_id == first.id
        there = await attempt(databases, servers, first.email, organisation_id=second.id)
        scope = await service.scope_of_token(databases, "wuxi", there.access_token)
        assert (scope.kind, scope.organisation_id) == (Kind.VERIFIER, second.id)
        assert "emissions:verify" in scope.permissions

    async def test_it_is_audited_in_the_organisations_chain(self, databases, servers, events) -> None:
        plant = await enterprise(databases)
        await attempt(databases, servers, plant.email)
        (event,) = await events(plant.id)
        assert (event.action, event.outcome, event.object_id) == ("identity:sign_in", "done", str(plant.person_id))

    async def test_an_outdated_hash_is_renewed(self, databases, servers) -> None:
        plant = await enterprise(databases)
        weak = passwords.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
        async with databases.write(Scope.system("wuxi")) as write:
            await write.run(update(Person).where(Person.id == plant.person_id).values(password_hash=weak))
        await attempt(databases, servers, plant.email)
        async with databases.read(Scope.system("wuxi")) as read:
            stored = await read.value(select(Person.password_hash).where(Person.id == plant.person_id))
        assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert await passwords.matches(stored, PASSWORD)


class TestRefusal:
    async def test_unknown_wrong_and_disabled_are_one_answer(self, databases, servers) -> None:
        plant, gone = await enterprise(databases), await enterprise(databases)
        async with databases.write(Scope.system("wuxi")) as write:
            await service.disable_person(write, write.scope, person_id=gone.person_id, reason="left")
        told = []
        for email, password in (
            (plant.email, "a wrong password"),
            (f"{uuid4().hex}@example.com", PASSWORD),
            (gone.email, PASSWORD),
            ("not an address", PASSWORD),
        ):
            with pytest.raises(SignInRefused) as caught:
                await attempt(databases, servers, email, password)
            told.append((caught.value.code, caught.value.message("zh"), caught.value.details, caught.value.path))
        assert len(set(map(str, told))) == 1

    async def test_an_unknown_address_costs_the_same_hash(self, databases, servers, monkeypatch) -> None:
        verified: list[str] = []
        real = passwords._matches

        def counting(known: str, given: str) -> bool:
            verified.append(known)
            return real(known, given)

        monkeypatch.setattr(passwords, "_matches", counting)
        await fail(databases, servers, f"{uuid4().hex}@example.com")
        assert verified == [passwords.NOBODYS]
        assert not passwords.is_outdated(passwords.NOBODYS)

    async def test_nobodys_hash_lets_nobody_in(self) -> None:
        assert passwords._matches(passwords.NOBODYS, "a")
        assert await passwords.matches(None, "a") is False

    async def test_a_refusal_is_audited_where_the_persons_administrators_see_it(
        self, databases, servers, events
    ) -> None:
        plant = await enterprise(databases)
        await fail(databases, servers, plant.email)
        (event,) = await events(plant.id)
        assert (event.action, event.outcome, event.details) == (
            "identity:sign_in", "refused", {"code": "sign_in_refused"},
        )  # fmt: skip

    async def test_an_unknown_address_is_audited_in_the_tenants_chain_without_being_kept(
        self, databases, servers, events
    ) -> None:
        before = len(await events(TENANT_CHAIN))
        await fail(databases, servers, "who.is.this@example.com")
        after = await events(TENANT_CHAIN)
        new = [event for event in after[before:] if event.action == "identity:sign_in"]
        assert len(new) >= 1
        assert "who.is.this" not in str([event._mapping for event in new])

    async def test_a_suspended_organisation_is_not_entered(self, databases, servers) -> None:
        plant = await enterprise(databases)
        async with databases.write(Scope.system("wuxi")) as write:
            await service.suspend_organisation(write, write.scope, organisation_id=plant.id, reason="closed")
        with pytest.raises(NoOrganisation):
            await attempt(databases, servers, plant.email)

    async def test_somebody_without_a_role_is_told_so_only_with_the_right_password(self, databases, servers) -> None:
        lonely = address(await person(databases))
        await fail(databases, servers, lonely)
        with pytest.raises(NoOrganisation):
            await attempt(databases, servers, lonely)

    async def test_another_organisation_is_not_entered(self, databases, servers) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        with pytest.raises(NoOrganisation):
            await attempt(databases, servers, plant.email, organisation_id=other.id)

    async def test_people_of_one_tenant_are_unknown_in_another(self, databases, servers) -> None:
        plant = await enterprise(databases)
        with pytest.raises(SignInRefused):
            await sessions.sign_in(databases, servers.settings, "chengdu", email=plant.email, password=PASSWORD)


class TestLock:
    async def test_five_failures_lock_even_the_right_password(self, databases, servers, events) -> None:
        plant = await enterprise(databases)
        await fail(databases, servers, plant.email, 5)
        with pytest.raises(SignInLocked):
            await attempt(databases, servers, plant.email)
        found = await counter(databases, plant.email)
        assert found.failures == 5
        assert timedelta(seconds=50) < found.locked_until - now() <= timedelta(seconds=60)
        assert [event.details["code"] for event in await events(plant.id)] == ["sign_in_refused"] * 5 + [
            "sign_in_locked"
        ]

    async def test_an_unknown_address_locks_just_the_same(self, databases, servers) -> None:
        email = f"{uuid4().hex}@example.com"
        await fail(databases, servers, email, 5)
        with pytest.raises(SignInLocked):
            await attempt(databases, servers, email)

    async def test_the_lock_grows_with_each_further_failure(self, databases, servers) -> None:
        plant = await enterprise(databases)
        await fail(databases, servers, plant.email, 5)
        await self._unlock(databases, plant.email)
        await fail(databases, servers, plant.email)
        found = await counter(databases, plant.email)
        assert found.failures == 6
        assert timedelta(seconds=110) < found.locked_until - now() <= timedelta(seconds=120)

    async def test_the_right_password_after_the_lock_clears_the_count(self, databases, servers) -> None:
        plant = await enterprise(databases)
        await fail(databases, servers, plant.email, 5)
        await self._unlock(databases, plant.email)
        await attempt(databases, servers, plant.email)
        assert await counter(databases, plant.email) is None

    async def test_failures_of_yesterday_are_forgotten(self, databases, servers) -> None:
        plant = await enterprise(databases)
        await fail(databases, servers, plant.email, 4)
        async with databases.write(Scope.system("wuxi")) as write:
            await write.run(
                update(SignInAttempt)
                .where(SignInAttempt.email_hash == token_hash(plant.email))
                .values(last_failed_at=now() - timedelta(hours=25))
            )
        await fail(databases, servers, plant.email)
        assert (await counter(databases, plant.email)).failures == 1

    async def test_parallel_guesses_are_counted_one_by_one(self, databases, servers) -> None:
        plant = await enterprise(databases)
        answers = await asyncio.gather(
            *(attempt(databases, servers, plant.email, f"guess number {number}") for number in range(12)),
            return_exceptions=True,
        )
        kinds = sorted(type(answer).__name__ for answer in answers)
        assert kinds == ["SignInLocked"] * 7 + ["SignInRefused"] * 5
        assert (await counter(databases, plant.email)).failures == 5

    async def test_parallel_sign_ins_with_the_right_password_all_succeed(self, databases, servers) -> None:
        plant = await enterprise(databases)
        answers = await asyncio.gather(*(attempt(databases, servers, plant.email) for _ in range(8)))
        assert len({answer.access_token for answer in answers}) == 8

    async def _unlock(self, databases: Databases, email: str) -> None:
        async with databases.write(Scope.system("wuxi")) as write:
            await write.run(
                update(SignInAttempt)
                .where(SignInAttempt.email_hash == token_hash(email))
                .values(locked_until=now() - timedelta(seconds=1))
            )


class TestPasswordChange:
    async def change(self, databases, servers, token: str, current: str = PASSWORD, new: str = "another good one"):
        return await sessions.change_password(
            databases, servers.settings, "wuxi", token=token, current=current, new=new
        )

    async def test_every_other_session_ends_and_a_new_one_is_opened(self, databases, servers, events) -> None:
        plant = await enterprise(databases)
        here, elsewhere = await attempt(databases, servers, plant.email), await attempt(databases, servers, plant.email)
        opened = await self.change(databases, servers, here.access_token)
        sessions.forget()
        for old in (here, elsewhere):
            with pytest.raises(errors.TokenRevoked):
                await service.scope_of_token(databases, "wuxi", old.access_token)
            with pytest.raises(errors.RefreshTokenInvalid):
                await sessions.refresh(databases, servers.settings, "wuxi", token=old.refresh_token)
        scope = await service.scope_of_token(databases, "wuxi", opened.access_token)
        assert scope == replace(plant.scope, language="zh")
        await fail(databases, servers, plant.email)
        await attempt(databases, servers, plant.email, "another good one")
        assert [event.action for event in await events(plant.id)][2] == "identity:change_password"

    async def test_a_wrong_present_password_counts_as_a_failed_sign_in(self, databases, servers, events) -> None:
        plant = await enterprise(databases)
        here = await attempt(databases, servers, plant.email)
        for _ in range(5):
            with pytest.raises(errors.PasswordWrong):
                await self.change(databases, servers, here.access_token, current="a wrong password")
        with pytest.raises(SignInLocked):
            await self.change(databases, servers, here.access_token)
        with pytest.raises(SignInLocked):
            await attempt(databases, servers, plant.email)
        assert [event.outcome for event in await events(plant.id)] == ["done"] + ["refused"] * 6

    async def test_a_weak_new_password_changes_nothing(self, databases, servers) -> None:
        plant = await enterprise(databases)
        here = await attempt(databases, servers, plant.email)
        with pytest.raises(errors.PasswordWeak):
            await self.change(databases, servers, here.access_token, new="short")
        await attempt(databases, servers, plant.email)

    async def test_only_the_operators_tools_reset_a_password(self, databases, servers) -> None:
        plant = await enterprise(databases)
        colleague_scope = await colleague(databases, plant, "viewer")
        with pytest.raises(errors.SystemOnly):
            async with databases.write(plant.scope) as write:
                await service.reset_password(
                    write, plant.scope, person_id=colleague_scope.actor_id, password="another good one"
                )
        async with databases.write(Scope.system("wuxi")) as write:
            await service.reset_password(write, write.scope, person_id=plant.person_id, password="another good one")
        await attempt(databases, servers, plant.email, "another good one")
