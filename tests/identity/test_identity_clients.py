"""Programs: created with some of their maker's permissions, let in by their secret, out at a word."""

from uuid import uuid4

import pytest
from factories.identity import Made, authority, bank, colleague, enterprise, operator
from sqlalchemy import select

from backend.identity import errors, service
from backend.identity.models import ApiClient
from backend.identity.service import sessions
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.scope import Kind, Scope


async def made(databases, owner: Made, *permissions: str, scope: Scope | None = None) -> tuple[str, str]:
    who = scope or owner.scope
    async with databases.write(who) as write:
        key, secret = await service.create_client(
            write, who, name="能源平台", permissions=permissions or ("emissions:enter", "emissions:read")
        )
    return str(key), secret


@pytest.fixture
def token(databases, servers):
    async def ask(client_id: str, secret: str, *permissions: str, tenant: str = "wuxi"):
        return await sessions.client_session(
            databases, servers.settings, tenant, client_id=client_id, secret=secret, permissions=permissions
        )

    return ask


class TestToken:
    async def test_a_program_acts_for_its_organisation_with_its_permissions(self, databases, token) -> None:
        plant = await enterprise(databases)
        client_id, secret = await made(databases, plant)
        session = await token(client_id, secret)
        assert session.refresh_token is None
        scope = await service.scope_of_token(databases, "wuxi", session.access_token)
        assert (scope.kind, scope.organisation_id, str(scope.actor_id)) == (Kind.ENTERPRISE, plant.id, client_id)
        assert scope.permissions == {"emissions:enter", "emissions:read"}

    async def test_an_authoritys_program_stays_in_its_region(self, databases, token) -> None:
        bureau = await authority(databases, division="320206")
        session = await token(*await made(databases, bureau, "emissions:read"))
        assert (await service.scope_of_token(databases, "wuxi", session.access_token)).region == bureau.path

    async def test_it_may_ask_for_less_but_not_for_more(self, databases, token) -> None:
        credentials = await made(databases, await enterprise(databases))
        assert (await token(*credentials, "emissions:read")).permissions == ("emissions:read",)
        with pytest.raises(errors.PermissionsInvalid):
            await token(*credentials, "emissions:read", "emissions:submit")

    async def test_wrong_secret_unknown_client_and_another_tenant_are_one_answer(
        self, databases, token, events
    ) -> None:
        plant = await enterprise(databases)
        client_id, secret = await made(databases, plant)
        for credentials, tenant in (
            ((client_id, "wrong"), "wuxi"),
            ((client_id, ""), "wuxi"),
            ((str(uuid4()), secret), "wuxi"),
            (("not an id", secret), "wuxi"),
            ((client_id, secret), "chengdu"),
        ):
            with pytest.raises(errors.ClientRefused):
                await token(*credentials, tenant=tenant)
        refused = [event for event in await events(plant.id) if event.outcome == "refused"]
        assert [event.action for event in refused] == ["identity:client_sign_in"] * 2

    async def test_its_use_is_noted_once_a_minute(self, databases, token, events) -> None:
        plant = await enterprise(databases)
        credentials = await made(databases, plant)
        for _ in range(3):
            await token(*credentials)
        actions = [event.action for event in await events(plant.id)]
        assert actions == ["identity:create_client", "identity:client_sign_in"]

    async def test_revoked_it_is_out_at_once(self, databases, token) -> None:
        plant = await enterprise(databases)
        client_id, secret = await made(databases, plant)
        session = await token(client_id, secret)
        async with databases.write(plant.scope) as write:
            await service.revoke_client(write, plant.scope, client_id=session.subject_id)
        sessions.forget()
        with pytest.raises(errors.TokenRevoked):
            await service.scope_of_token(databases, "wuxi", session.access_token)
        with pytest.raises(errors.ClientRefused):
            await token(client_id, secret)

    async def test_it_is_out_while_its_organisation_is_suspended(self, databases, token) -> None:
        plant = await enterprise(databases)
        credentials = await made(databases, plant)
        session = await token(*credentials)
        async with databases.write(Scope.system("wuxi")) as write:
            await service.suspend_organisation(write, write.scope, organisation_id=plant.id, reason="closed")
        sessions.forget()
        with pytest.raises(errors.TokenRevoked):
            await service.scope_of_token(databases, "wuxi", session.access_token)
        with pytest.raises(errors.ClientRefused):
            await token(*credentials)

    async def test_a_programs_token_changes_no_password(self, databases, servers, token) -> None:
        session = await token(*await made(databases, await enterprise(databases)))
        with pytest.raises(errors.TokenInvalid):
            await sessions.change_password(
                databases, servers.settings, "wuxi", token=session.access_token, current="x", new="another good one"
            )


class TestCommands:
    async def test_only_the_secrets_hash_is_stored(self, databases) -> None:
        client_id, secret = await made(databases, await enterprise(databases))
        async with databases.read(Scope.system("wuxi")) as read:
            row = await read.row(select(ApiClient.__table__).where(ApiClient.id == client_id))
        assert len(secret) == 43
        assert secret not in str(row)

    @pytest.mark.parametrize(
        "permissions",
        [
            (),
            ("identity:manage_members",),
            ("identity:manage_clients",),
            ("emissions:verify",),
            ("emissions:read", "no:such"),
        ],
    )
    async def test_what_cannot_be_granted_is_refused(self, databases, permissions) -> None:
        plant = await enterprise(databases)
        with pytest.raises(errors.PermissionsInvalid):
            async with databases.write(plant.scope) as write:
                await service.create_client(write, plant.scope, name="x", permissions=permissions)

    async def test_an_operator_grants_no_more_than_it_has(self, databases) -> None:
        runner = await operator(databases)
        with pytest.raises(errors.PermissionsInvalid):
            await made(databases, runner, "emissions:read")
        await made(databases, runner, "jobs:operate")

    async def test_four_callers_create(self, databases) -> None:
        plant, lender = await enterprise(databases), await bank(databases)
        viewer = await colleague(databases, plant, "viewer")
        with pytest.raises(Unauthenticated):
            await made(databases, plant, scope=Scope.nobody("wuxi"))
        with pytest.raises(Forbidden):
            await made(databases, plant, scope=viewer)
        await made(databases, lender, "accounts:read")
        await made(databases, plant)

    async def test_four_callers_revoke(self, databases, token) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        viewer = await colleague(databases, plant, "viewer")
        client_id, secret = await made(databases, plant)
        key = (await token(client_id, secret)).subject_id
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            (viewer, Forbidden),
            (other.scope, errors.ClientNotFound),
        ):
            with pytest.raises(refusal):
                async with databases.write(scope) as write:
                    await service.revoke_client(write, scope, client_id=key)
        await token(client_id, secret)
        async with databases.write(plant.scope) as write:
            await service.revoke_client(write, plant.scope, client_id=key)
        with pytest.raises(errors.AlreadyRevoked):
            async with databases.write(plant.scope) as write:
                await service.revoke_client(write, plant.scope, client_id=key)

    async def test_a_name_is_needed(self, databases) -> None:
        plant = await enterprise(databases)
        with pytest.raises(errors.NameInvalid):
            async with databases.write(plant.scope) as write:
                await service.create_client(write, plant.scope, name=" ", permissions=["emissions:read"])

    async def test_the_service_names_the_organisation(self, databases) -> None:
        plant, system = await enterprise(databases), Scope.system("wuxi")
        async with databases.write(system) as write:
            with pytest.raises(errors.OrganisationNotFound):
                await service.create_client(write, system, name="x", permissions=["emissions:read"])
            await service.create_client(
                write, system, name="x", permissions=["emissions:read"], organisation_id=plant.id
            )
