"""Registering and suspending: who may, where, and what the others are told."""

import asyncio

import pytest
from factories.identity import (
    authority,
    bank,
    colleague,
    consented,
    engaged,
    enterprise,
    operator,
    verifier,
)
from sqlalchemy import func, select

from backend.identity import errors, service
from backend.identity.models import Invitation, Organisation
from backend.identity.rules import fictitious_code
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants.errors import DivisionUnknown

SYSTEM = Scope.system("wuxi")


def code(kind: Kind = Kind.ENTERPRISE) -> str:
    return fictitious_code(kind, "320206", new_id().int % 31**6)


async def register(databases: Databases, scope: Scope, **other):
    given = {
        "kind": Kind.ENTERPRISE,
        "name": "太湖特钢有限公司",
        "credit_code": code(),
        "division_code": "320206",
        **other,
    }
    async with databases.write(scope) as write:
        return await service.register_organisation(write, scope, **given)


async def stored(databases: Databases, credit_code: str) -> int:
    async with databases.read(SYSTEM) as read:
        return await read.value(
            select(func.count()).select_from(Organisation).where(Organisation.credit_code == credit_code)
        )


class TestRegistering:
    async def test_what_is_registered_is_there(self, databases, events) -> None:
        city = await authority(databases)
        credit_code = code()
        key = await register(
            databases,
            city.scope,
            name=" 太湖特钢有限公司 ",
            credit_code=credit_code.lower(),
            name_en="Taihu Steel",
            sector="steel",
        )
        async with databases.read(city.scope) as read:
            found = await service.organisation(read, city.scope, key)
        assert found is not None
        assert (found.kind, found.name, found.name_en, found.credit_code, found.division_code, found.sector) == (
            Kind.ENTERPRISE, "太湖特钢有限公司", "Taihu Steel", credit_code, "320206", "steel",
        )  # fmt: skip
        assert found.division_path == "320000/320200/320206/"
        for chain in (key, city.id):
            (event,) = await events(chain)
            assert (event.action, event.organisation_id, event.object_id) == ("identity:register", city.id, str(key))

    async def test_four_callers(self, databases) -> None:
        district, elsewhere = (
            await authority(databases, division="320206"),
            await authority(databases, division="320205"),
        )
        officer = await colleague(databases, district, "officer")
        plant = await enterprise(databases)
        credit_code = code()
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            (plant.scope, Forbidden),
            (officer, Forbidden),
            (elsewhere.scope, errors.RegionForbidden),
        ):
            with pytest.raises(refusal):
                await register(databases, scope, credit_code=credit_code)
        assert await stored(databases, credit_code) == 0
        await register(databases, district.scope, credit_code=credit_code)
        await register(databases, (await operator(databases)).scope)
        await register(databases, SYSTEM)

    @pytest.mark.parametrize(
        ("other", "refusal"),
        [
            ({"name": " "}, errors.NameInvalid),
            ({"credit_code": "91320206DEM000CT79"}, errors.CreditCodeInvalid),
            ({"kind": Kind.BANK, "sector": "steel"}, errors.SectorInvalid),
            ({"division_code": "999999"}, DivisionUnknown),
            ({"division_code": "320281"}, errors.RegionForbidden),
            ({"kind": Kind.OPERATOR}, errors.KindForbidden),
            ({"kind": Kind.SYSTEM}, errors.KindForbidden),
            ({"kind": Kind.NOBODY}, errors.KindForbidden),
        ],
    )
    async def test_each_refusal(self, databases, other, refusal) -> None:
        district = await authority(databases, division="320206")
        with pytest.raises(refusal):
            await register(databases, district.scope, **other)

    async def test_a_code_is_registered_once_even_where_the_caller_cannot_see_it(self, databases) -> None:
        credit_code = code()
        await register(databases, SYSTEM, credit_code=credit_code, division_code="320205")
        district = await authority(databases, division="320206")
        with pytest.raises(errors.OrganisationExists):
            await register(databases, district.scope, credit_code=credit_code)
        assert await stored(databases, credit_code) == 1

    async def test_of_two_registrations_at_once_one_is_told(self, databases) -> None:
        credit_code = code()
        answers = await asyncio.gather(
            *(register(databases, SYSTEM, credit_code=credit_code) for _ in range(4)), return_exceptions=True
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["OrganisationExists"] * 3 + ["UUID"]

    async def test_the_same_code_may_exist_in_another_jurisdiction(self, databases) -> None:
        credit_code = code()
        await register(databases, SYSTEM, credit_code=credit_code)
        await register(databases, Scope.system("chengdu"), credit_code=credit_code, division_code="510100")


class TestSuspending:
    async def act(self, databases, scope, organisation_id, *, resume: bool = False, reason: str = "整改"):
        verb = service.resume_organisation if resume else service.suspend_organisation
        async with databases.write(scope) as write:
            await verb(write, scope, organisation_id=organisation_id, reason=reason)

    async def test_there_and_back(self, databases, events) -> None:
        district, plant = await authority(databases, division="320206"), await enterprise(databases, division="320206")
        await self.act(databases, district.scope, plant.id)
        async with databases.read(district.scope) as read:
            found = await service.organisation(read, district.scope, plant.id)
        assert found is not None
        assert found.suspended_at is not None
        with pytest.raises(errors.AlreadySuspended):
            await self.act(databases, district.scope, plant.id)
        await self.act(databases, district.scope, plant.id, resume=True)
        with pytest.raises(errors.NotSuspended):
            await self.act(databases, district.scope, plant.id, resume=True)
        told = [(event.action, event.details["reason"]) for event in await events(plant.id)]
        assert told == [("identity:suspend", "整改"), ("identity:resume", "整改")]

    @pytest.mark.parametrize("resume", [False, True])
    async def test_who_may_not(self, databases, resume) -> None:
        district, elsewhere = (
            await authority(databases, division="320206"),
            await authority(databases, division="320205"),
        )
        plant, body = await enterprise(databases, division="320206"), await verifier(databases, division="320281")
        peer = await authority(databases, division="320206")
        for scope, target, refusal in (
            (Scope.nobody("wuxi"), plant.id, Unauthenticated),
            (plant.scope, plant.id, Forbidden),
            (await colleague(databases, district, "officer"), plant.id, Forbidden),
            (elsewhere.scope, plant.id, errors.OrganisationNotFound),
            (district.scope, new_id(), errors.OrganisationNotFound),
            (district.scope, district.id, errors.OwnOrganisation),
            (district.scope, peer.id, errors.RegionForbidden),
            (district.scope, body.id, errors.RegionForbidden),
        ):
            with pytest.raises(refusal):
                await self.act(databases, scope, target, resume=resume)

    async def test_a_reason_is_needed(self, databases) -> None:
        plant = await enterprise(databases)
        with pytest.raises(errors.ReasonMissing):
            await self.act(databases, SYSTEM, plant.id, reason=" ")

    async def test_an_authority_cannot_touch_the_operator(self, databases) -> None:
        runner, city = await operator(databases, division="320206"), await authority(databases)
        with pytest.raises(errors.KindForbidden):
            await self.act(databases, city.scope, runner.id)


class TestFirstAdministrator:
    async def invite(self, databases, scope, organisation_id, email: str = "boss@example.com"):
        async with databases.write(scope) as write:
            return await service.invite_administrator(
                write, scope, organisation_id=organisation_id, email=email, name="王总"
            )

    async def test_an_organisation_without_one_gets_an_invitation(self, databases, events) -> None:
        district = await authority(databases, division="320206")
        key = await register(databases, district.scope)
        offered = await self.invite(databases, district.scope, key)
        async with databases.read(SYSTEM) as read:
            row = await read.row(select(Invitation.__table__).where(Invitation.id == offered.id))
        assert (row.organisation_id, row.role, row.email) == (key, "administrator", "boss@example.com")
        assert offered.token not in str(row)
        for chain in (key, district.id):
            assert (await events(chain))[-1].action == "identity:invite"

    async def test_who_registers_gets_no_way_in(self, databases) -> None:
        district, plant = await authority(databases, division="320206"), await enterprise(databases, division="320206")
        with pytest.raises(errors.HasAdministrator):
            await self.invite(databases, district.scope, plant.id)

    async def test_who_may_not(self, databases) -> None:
        district, elsewhere = (
            await authority(databases, division="320206"),
            await authority(databases, division="320205"),
        )
        key = await register(databases, district.scope)
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            ((await enterprise(databases)).scope, Forbidden),
            (elsewhere.scope, errors.OrganisationNotFound),
        ):
            with pytest.raises(refusal):
                await self.invite(databases, scope, key)
        with pytest.raises(errors.EmailInvalid):
            await self.invite(databases, district.scope, key, email="nobody")


class TestVisibility:
    """Row-level security, not the services, decides who knows of whom."""

    async def seen(self, databases, scope, *made) -> list[bool]:
        async with databases.read(scope) as read:
            found = await service.organisations_by_id(read, scope, [one.id for one in made])
        return [one is not None for one in found]

    async def test_who_knows_of_an_enterprise(self, databases) -> None:
        plant, other = await enterprise(databases, division="320206"), await enterprise(databases, division="320206")
        city, district, elsewhere = (
            await authority(databases),
            await authority(databases, division="320206"),
            await authority(databases, division="320205"),
        )
        body, stranger, lender, no_lender = (
            await verifier(databases),
            await verifier(databases),
            await bank(databases),
            await bank(databases),
        )
        await engaged(databases, plant, body)
        await consented(databases, plant, lender)
        expected = {
            city.scope: [True, True],
            district.scope: [True, True],
            elsewhere.scope: [False, False],
            plant.scope: [True, False],
            body.scope: [True, False],
            stranger.scope: [False, False],
            lender.scope: [True, False],
            no_lender.scope: [False, False],
            Scope.nobody("wuxi"): [False, False],
        }
        for scope, visible in expected.items():
            assert await self.seen(databases, scope, plant, other) == visible, scope

    async def test_banks_verifiers_and_authorities_are_public_to_who_is_signed_in(self, databases) -> None:
        public = (await bank(databases), await verifier(databases), await authority(databases))
        assert await self.seen(databases, (await enterprise(databases)).scope, *public) == [True] * 3
        assert await self.seen(databases, Scope.nobody("wuxi"), *public) == [False] * 3
