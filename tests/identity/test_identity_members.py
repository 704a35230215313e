"""People and roles: invited, granted, relieved; never without an administrator."""

import asyncio
from datetime import timedelta

import pytest
from factories.identity import (
    PASSWORD,
    address,
    bank,
    colleague,
    enterprise,
    grant,
    membership_of,
    person,
)
from sqlalchemy import func, select, update

from backend.identity import errors, service
from backend.identity.models import Invitation, Membership, Person
from backend.identity.service import sessions
from backend.kit.clock import now
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.scope import Scope

SYSTEM = Scope.system("wuxi")


class TestPeople:
    async def test_the_service_creates_somebody_who_signs_in(self, databases, servers) -> None:
        plant = await enterprise(databases)
        email = f"{new_id().hex}@Example.com"
        async with databases.write(SYSTEM) as write:
            key = await service.create_person(
                write, SYSTEM, email=email, name="张伟", password="a good password", language="en"
            )
            await service.grant_role(write, SYSTEM, organisation_id=plant.id, person_id=key, role="viewer")
        session = await sessions.sign_in(databases, servers.settings, "wuxi", email=email, password="a good password")
        assert session.roles == ("viewer",)
        assert (await service.scope_of_token(databases, "wuxi", session.access_token)).language == "en"

    @pytest.mark.parametrize(
        ("other", "refusal"),
        [
            ({"email": "nobody"}, errors.EmailInvalid),
            ({"name": ""}, errors.NameInvalid),
            ({"password": "short"}, errors.PasswordWeak),
        ],
    )
    async def test_each_refusal(self, databases, other, refusal) -> None:
        given = {"email": f"{new_id().hex}@example.com", "name": "张伟", "password": "a good password", **other}
        with pytest.raises(refusal):
            async with databases.write(SYSTEM) as write:
                await service.create_person(write, SYSTEM, **given)

    async def test_an_address_has_one_person(self, databases) -> None:
        plant = await enterprise(databases)
        with pytest.raises(errors.EmailTaken):
            async with databases.write(SYSTEM) as write:
                await service.create_person(
                    write, SYSTEM, email=plant.email.upper(), name="x", password="a good password"
                )

    async def test_nobody_else_creates_disables_or_resets(self, databases) -> None:
        plant = await enterprise(databases)
        for scope in (Scope.nobody("wuxi"), plant.scope):
            with pytest.raises(errors.SystemOnly):
                async with databases.write(scope) as write:
                    await service.create_person(
                        write, scope, email="x@example.com", name="x", password="a good password"
                    )
            with pytest.raises(errors.SystemOnly):
                async with databases.write(scope) as write:
                    await service.disable_person(write, scope, person_id=plant.person_id, reason="x")
        for verb, given in (
            (service.disable_person, {"reason": "x"}),
            (service.reset_password, {"password": "a good password"}),
        ):
            with pytest.raises(errors.PersonNotFound):
                async with databases.write(SYSTEM) as write:
                    await verb(write, SYSTEM, person_id=new_id(), **given)

    async def test_colleagues_are_known_and_strangers_are_not(self, databases) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        viewer = await colleague(databases, plant, "viewer")
        async with databases.read(viewer) as read:
            found = await service.people_by_id(read, viewer, [plant.person_id, other.person_id])
        assert [one and one.id for one in found] == [plant.person_id, None]
        async with databases.read(Scope.nobody("wuxi")) as read:
            assert await service.people_by_id(read, read.scope, [plant.person_id]) == [None]


class TestRoles:
    async def grant(self, databases, scope, organisation_id, person_id, role="viewer"):
        async with databases.write(scope) as write:
            return await service.grant_role(
                write, scope, organisation_id=organisation_id, person_id=person_id, role=role
            )

    async def revoke(self, databases, scope, membership_id):
        async with databases.write(scope) as write:
            await service.revoke_role(write, scope, membership_id=membership_id)

    async def test_a_member_gets_a_further_role(self, databases, events) -> None:
        plant = await enterprise(databases)
        member = await colleague(databases, plant, "viewer")
        key = await self.grant(databases, plant.scope, plant.id, member.actor_id, "energy_manager")
        async with databases.read(plant.scope) as read:
            row = await read.row(select(Membership.__table__).where(Membership.id == key))
        assert (row.role, row.granted_by, row.revoked_at) == ("energy_manager", plant.person_id, None)
        (event,) = await events(plant.id)
        assert (event.action, event.actor_id, event.details) == (
            "identity:grant_role", plant.person_id, {"person": str(member.actor_id), "role": "energy_manager"},
        )  # fmt: skip

    async def test_each_refusal_to_grant(self, databases) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        member = await colleague(databases, plant, "viewer")
        former = await colleague(databases, plant, "viewer")
        await self.revoke(databases, plant.scope, await membership_of(databases, plant, former.actor_id, "viewer"))
        for scope, organisation_id, person_id, role, refusal in (
            (Scope.nobody("wuxi"), plant.id, member.actor_id, "viewer", Unauthenticated),
            (member, plant.id, member.actor_id, "administrator", Forbidden),
            (other.scope, plant.id, member.actor_id, "viewer", errors.OrganisationNotFound),
            (plant.scope, plant.id, member.actor_id, "credit_officer", errors.RoleUnknown),
            (plant.scope, plant.id, other.person_id, "viewer", errors.PersonNotFound),
            (plant.scope, plant.id, former.actor_id, "viewer", errors.PersonNotFound),
            (plant.scope, plant.id, new_id(), "viewer", errors.PersonNotFound),
            (plant.scope, plant.id, member.actor_id, "viewer", errors.RoleHeld),
            (SYSTEM, new_id(), member.actor_id, "viewer", errors.OrganisationNotFound),
            (SYSTEM, plant.id, new_id(), "viewer", errors.PersonNotFound),
        ):
            with pytest.raises(refusal):
                await self.grant(databases, scope, organisation_id, person_id, role)

    async def test_each_refusal_to_revoke(self, databases) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        member = await colleague(databases, plant, "viewer")
        key = await membership_of(databases, plant, member.actor_id, "viewer")
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            (member, Forbidden),
            (other.scope, errors.MembershipNotFound),
        ):
            with pytest.raises(refusal):
                await self.revoke(databases, scope, key)
        assert await membership_of(databases, plant, member.actor_id, "viewer") == key
        await self.revoke(databases, plant.scope, key)
        with pytest.raises(errors.AlreadyRevoked):
            await self.revoke(databases, plant.scope, key)
        with pytest.raises(errors.MembershipNotFound):
            await self.revoke(databases, plant.scope, new_id())

    async def test_a_role_revoked_can_be_granted_again(self, databases) -> None:
        plant = await enterprise(databases)
        member = await colleague(databases, plant, "viewer")
        key = await self.grant(databases, plant.scope, plant.id, member.actor_id, "energy_manager")
        await self.revoke(databases, plant.scope, key)
        assert await self.grant(databases, plant.scope, plant.id, member.actor_id, "energy_manager") != key

    async def test_a_person_of_two_organisations_is_no_way_into_the_other(self, databases) -> None:
        """An administrator here who is only a viewer there cannot touch memberships there."""
        here, there = await enterprise(databases), await enterprise(databases)
        key = await grant(databases, there, here.person_id, "viewer")
        with pytest.raises(errors.MembershipNotFound):
            await self.revoke(databases, here.scope, key)

    async def test_the_last_administrator_stays(self, databases) -> None:
        plant = await enterprise(databases)
        key = await membership_of(databases, plant, plant.person_id, "administrator")
        for scope in (plant.scope, SYSTEM):
            with pytest.raises(errors.LastAdministrator):
                await self.revoke(databases, scope, key)
        second = await colleague(databases, plant, "administrator")
        await self.revoke(databases, second, key)
        own = await membership_of(databases, plant, second.actor_id, "administrator")
        with pytest.raises(errors.LastAdministrator):
            await self.revoke(databases, second, own)

    async def test_two_administrators_who_relieve_each_other_at_once_leave_one(self, databases) -> None:
        for _ in range(5):
            plant = await enterprise(databases)
            second = await colleague(databases, plant, "administrator")
            keys = [
                await membership_of(databases, plant, one, "administrator")
                for one in (plant.person_id, second.actor_id)
            ]
            answers = await asyncio.gather(
                self.revoke(databases, plant.scope, keys[1]),
                self.revoke(databases, second, keys[0]),
                return_exceptions=True,
            )
            assert sorted(type(answer).__name__ for answer in answers) == ["LastAdministrator", "NoneType"]


class TestInvitations:
    async def invite(self, databases, made, *, scope=None, email=None, role="viewer", name="赵敏"):
        who = scope or made.scope
        async with databases.write(who) as write:
            return await service.invite(write, who, email=email or f"{new_id().hex}@example.com", name=name, role=role)

    async def accept(self, databases, servers, token, password="a good password", tenant="wuxi"):
        return await sessions.accept_invitation(databases, servers.settings, tenant, token=token, password=password)

    async def test_a_new_person_chooses_a_password_and_is_in(self, databases, servers, events) -> None:
        plant = await enterprise(databases)
        email = f"{new_id().hex}@example.com"
        offered = await self.invite(databases, plant, email=email, role="energy_manager")
        session = await self.accept(databases, servers, offered.token)
        assert (session.organisation_id, session.roles) == (plant.id, ("energy_manager",))
        again = await sessions.sign_in(databases, servers.settings, "wuxi", email=email, password="a good password")
        assert again.subject_id == session.subject_id
        told = [(event.action, event.outcome) for event in await events(plant.id)]
        assert told[:2] == [("identity:invite", "done"), ("identity:accept_invitation", "done")]
        async with databases.read(plant.scope) as read:
            row = await read.row(select(Membership.granted_by).where(Membership.person_id == session.subject_id))
        assert row.granted_by == plant.person_id

    async def test_a_known_person_proves_the_password_they_have(self, databases, servers) -> None:
        plant, lender = await enterprise(databases), await bank(databases)
        offered = await self.invite(databases, lender, email=plant.email, role="credit_officer")
        session = await self.accept(databases, servers, offered.token, PASSWORD)
        assert (session.subject_id, session.organisation_id) == (plant.person_id, lender.id)

    async def test_invitations_are_no_way_to_guess_past_the_lock(self, databases, servers, events) -> None:
        plant, lender = await enterprise(databases), await bank(databases)
        for _ in range(5):
            offered = await self.invite(databases, lender, email=plant.email, role="credit_officer")
            with pytest.raises(errors.SignInRefused):
                await self.accept(databases, servers, offered.token, "a wrong password")
        with pytest.raises(errors.SignInLocked):
            await self.accept(databases, servers, offered.token, PASSWORD)
        with pytest.raises(errors.SignInLocked):
            await sessions.sign_in(databases, servers.settings, "wuxi", email=plant.email, password=PASSWORD)
        refused = [event.details["code"] for event in await events(lender.id) if event.outcome == "refused"]
        assert refused == ["sign_in_refused"] * 5 + ["sign_in_locked"]

    async def test_a_disabled_person_accepts_nothing(self, databases, servers) -> None:
        plant, lender = await enterprise(databases), await bank(databases)
        offered = await self.invite(databases, lender, email=plant.email, role="credit_officer")
        async with databases.write(SYSTEM) as write:
            await service.disable_person(write, SYSTEM, person_id=plant.person_id, reason="left")
        with pytest.raises(errors.SignInRefused):
            await self.accept(databases, servers, offered.token, PASSWORD)

    async def test_the_answer_does_not_tell_whether_the_address_is_known(self, databases) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        known = await self.invite(databases, plant, email=other.email)
        unknown = await self.invite(databases, plant)
        assert len(known.token) == len(unknown.token)
        assert abs(known.expires_at - unknown.expires_at) < timedelta(seconds=10)

    async def test_an_invitation_works_once(self, databases, servers) -> None:
        offered = await self.invite(databases, await enterprise(databases))
        await self.accept(databases, servers, offered.token)
        with pytest.raises(errors.InvitationInvalid):
            await self.accept(databases, servers, offered.token)

    async def test_a_weak_password_leaves_it_open_and_creates_nobody(self, databases, servers) -> None:
        email = f"{new_id().hex}@example.com"
        offered = await self.invite(databases, await enterprise(databases), email=email)
        with pytest.raises(errors.PasswordWeak):
            await self.accept(databases, servers, offered.token, "short")
        async with databases.read(SYSTEM) as read:
            assert await read.value(select(func.count()).select_from(Person).where(Person.email == email)) == 0
        await self.accept(databases, servers, offered.token)

    async def test_expired_withdrawn_foreign_and_unknown_are_refused(self, databases, servers) -> None:
        plant = await enterprise(databases)
        expired, withdrawn, elsewhere = [await self.invite(databases, plant) for _ in range(3)]
        async with databases.write(SYSTEM) as write:
            await write.run(
                update(Invitation).where(Invitation.id == expired.id).values(expires_at=now() - timedelta(seconds=1))
            )
        async with databases.write(plant.scope) as write:
            await service.withdraw_invitation(write, plant.scope, invitation_id=withdrawn.id)
        for token, tenant in (
            (expired.token, "wuxi"),
            (withdrawn.token, "wuxi"),
            (elsewhere.token, "chengdu"),
            ("noise", "wuxi"),
        ):
            with pytest.raises(errors.InvitationInvalid):
                await self.accept(databases, servers, token, tenant=tenant)

    async def test_a_suspended_organisation_takes_nobody_in(self, databases, servers) -> None:
        plant = await enterprise(databases)
        offered = await self.invite(databases, plant)
        async with databases.write(SYSTEM) as write:
            await service.suspend_organisation(write, SYSTEM, organisation_id=plant.id, reason="closed")
        with pytest.raises(errors.InvitationInvalid):
            await self.accept(databases, servers, offered.token)

    async def test_who_may_not_invite(self, databases) -> None:
        plant = await enterprise(databases)
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            (await colleague(databases, plant, "energy_manager"), Forbidden),
            (SYSTEM, errors.OrganisationNotFound),
        ):
            with pytest.raises(refusal):
                await self.invite(databases, plant, scope=scope)
        for other, refusal in (
            ({"email": "nobody"}, errors.EmailInvalid),
            ({"name": " "}, errors.NameInvalid),
            ({"role": "emperor"}, errors.RoleUnknown),
        ):
            with pytest.raises(refusal):
                await self.invite(databases, plant, **other)

    async def test_who_may_not_withdraw(self, databases) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        offered = await self.invite(databases, plant)
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            (await colleague(databases, plant, "viewer"), Forbidden),
            (other.scope, errors.InvitationNotFound),
        ):
            with pytest.raises(refusal):
                async with databases.write(scope) as write:
                    await service.withdraw_invitation(write, scope, invitation_id=offered.id)
        for refusal in (None, errors.AlreadyRevoked):
            async with databases.write(plant.scope) as write:
                if refusal is None:
                    await service.withdraw_invitation(write, plant.scope, invitation_id=offered.id)
                else:
                    with pytest.raises(refusal):
                        await service.withdraw_invitation(write, plant.scope, invitation_id=offered.id)

    async def test_two_acceptances_at_once_make_one_person(self, databases, servers) -> None:
        offered = await self.invite(databases, await enterprise(databases))
        answers = await asyncio.gather(
            *(self.accept(databases, servers, offered.token) for _ in range(3)), return_exceptions=True
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["InvitationInvalid"] * 2 + ["Session"]


async def test_the_factory_makes_people_by_their_address(databases) -> None:
    key = await person(databases)
    async with databases.read(SYSTEM) as read:
        assert await read.value(select(Person.email).where(Person.id == key)) == address(key)
