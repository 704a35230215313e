"""Engagements and consents: opened by the enterprise only, seen by both sides, over at a word."""

import asyncio
from datetime import timedelta

import pytest
from factories.identity import authority, bank, colleague, consented, engaged, enterprise, verifier

from backend.identity import errors, queries, service
from backend.kit.clock import today
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.scope import Scope

SYSTEM = Scope.system("wuxi")


class TestEngagements:
    async def engage(self, databases, scope, verifier_id, *, first=0, last=30, purpose="年度核查", **given):
        async with databases.write(scope) as write:
            return await service.engage(
                write, scope, verifier_id=verifier_id, purpose=purpose,
                starts_on=today() + timedelta(days=first), ends_on=today() + timedelta(days=last), **given,
            )  # fmt: skip

    async def end(self, databases, scope, engagement_id, reason="完成"):
        async with databases.write(scope) as write:
            await service.end_engagement(write, scope, engagement_id=engagement_id, reason=reason)

    async def seen(self, databases, scope) -> list:
        async with databases.read(scope) as read:
            return [one.id for one in await queries.engagements(read, scope, limit=100_000)]

    async def test_both_sides_and_the_region_see_it_and_nobody_else(self, databases, events) -> None:
        plant, body = await enterprise(databases, division="320206"), await verifier(databases)
        key = await self.engage(databases, plant.scope, body.id)
        district = await authority(databases, division="320206")
        for scope in (plant.scope, body.scope, district.scope):
            assert key in await self.seen(databases, scope)
        for scope in (
            (await enterprise(databases)).scope,
            (await verifier(databases)).scope,
            (await authority(databases, division="320205")).scope,
            (await bank(databases)).scope,
        ):
            assert key not in await self.seen(databases, scope)
        with pytest.raises(Unauthenticated):
            await self.seen(databases, Scope.nobody("wuxi"))
        for chain in (plant.id, body.id):
            (event,) = await events(chain)
            assert (event.action, event.details["verifier"]) == ("identity:engage", str(body.id))

    async def test_each_refusal(self, databases) -> None:
        plant, body = await enterprise(databases), await verifier(databases)
        lender, city = await bank(databases), await authority(databases)
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            (await colleague(databases, plant, "carbon_officer"), Forbidden),
            (city.scope, Forbidden),
            (body.scope, errors.KindForbidden),
            (SYSTEM, errors.OrganisationNotFound),
        ):
            with pytest.raises(refusal):
                await self.engage(databases, scope, body.id)
        for other, refusal in (
            ({"verifier_id": lender.id}, errors.VerifierNotFound),
            ({"verifier_id": new_id()}, errors.VerifierNotFound),
            ({"verifier_id": body.id, "purpose": ""}, errors.PurposeMissing),
            ({"verifier_id": body.id, "first": 2, "last": 1}, errors.PeriodInvalid),
            ({"verifier_id": body.id, "first": -9, "last": -1}, errors.PeriodInvalid),
        ):
            with pytest.raises(refusal):
                await self.engage(databases, plant.scope, **other)
        assert await self.seen(databases, plant.scope) == []

    async def test_a_suspended_verifier_is_not_engaged(self, databases) -> None:
        plant, body = await enterprise(databases), await verifier(databases)
        async with databases.write(SYSTEM) as write:
            await service.suspend_organisation(write, SYSTEM, organisation_id=body.id, reason="违规")
        with pytest.raises(errors.VerifierNotFound):
            await self.engage(databases, plant.scope, body.id)

    async def test_the_service_engages_for_an_enterprise(self, databases) -> None:
        plant, body = await enterprise(databases), await verifier(databases)
        key = await self.engage(databases, SYSTEM, body.id, enterprise_id=plant.id)
        assert await self.seen(databases, plant.scope) == [key]

    async def test_an_enterprise_cannot_engage_for_another(self, databases) -> None:
        plant, other, body = await enterprise(databases), await enterprise(databases), await verifier(databases)
        await self.engage(databases, plant.scope, body.id, enterprise_id=other.id)
        assert await self.seen(databases, other.scope) == []

    async def test_periods_do_not_overlap_but_may_follow(self, databases) -> None:
        plant, body = await enterprise(databases), await verifier(databases)
        await self.engage(databases, plant.scope, body.id, first=0, last=30)
        for first, last in ((30, 40), (10, 20), (-5, 0)):
            with pytest.raises(errors.AlreadyEngaged):
                await self.engage(databases, plant.scope, body.id, first=first, last=last)
        await self.engage(databases, plant.scope, body.id, first=31, last=40)
        await self.engage(databases, plant.scope, (await verifier(databases)).id)

    async def test_of_two_at_once_one_is_told(self, databases) -> None:
        plant, body = await enterprise(databases), await verifier(databases)
        answers = await asyncio.gather(
            *(self.engage(databases, plant.scope, body.id) for _ in range(4)), return_exceptions=True
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyEngaged"] * 3 + ["UUID"]

    @pytest.mark.parametrize("side", ["enterprise", "verifier"])
    async def test_either_side_ends_it_once(self, databases, events, side) -> None:
        plant, body = await enterprise(databases), await verifier(databases)
        key = await engaged(databases, plant, body)
        scope = plant.scope if side == "enterprise" else body.scope
        with pytest.raises(errors.ReasonMissing):
            await self.end(databases, scope, key, "")
        await self.end(databases, scope, key)
        with pytest.raises(errors.AlreadyRevoked):
            await self.end(databases, scope, key)
        for chain in (plant.id, body.id):
            event = (await events(chain))[-1]
            assert (event.action, event.details) == ("identity:end_engagement", {"reason": "完成"})
        await engaged(databases, plant, body)

    async def test_who_may_not_end_it(self, databases) -> None:
        plant, body = await enterprise(databases, division="320206"), await verifier(databases)
        key = await engaged(databases, plant, body)
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            (await colleague(databases, body, "verifier"), Forbidden),
            ((await enterprise(databases)).scope, errors.EngagementNotFound),
            ((await verifier(databases)).scope, errors.EngagementNotFound),
            ((await authority(databases, division="320206")).scope, Forbidden),
        ):
            with pytest.raises(refusal):
                await self.end(databases, scope, key)


class TestConsents:
    async def consent(
        self, databases, scope, bank_id, *, scopes=("account",), first=0, last=30, purpose="贷款", **given
    ):
        async with databases.write(scope) as write:
            return await service.grant_consent(
                write, scope, bank_id=bank_id, scopes=scopes, purpose=purpose,
                starts_on=today() + timedelta(days=first), ends_on=today() + timedelta(days=last), **given,
            )  # fmt: skip

    async def revoke(self, databases, scope, consent_id):
        async with databases.write(scope) as write:
            await service.revoke_consent(write, scope, consent_id=consent_id)

    async def seen(self, databases, scope) -> list:
        async with databases.read(scope) as read:
            return [one.id for one in await queries.consents(read, scope, limit=100)]

    async def test_only_the_two_sides_see_it(self, databases, events) -> None:
        plant, lender = await enterprise(databases, division="320206"), await bank(databases)
        key = await self.consent(databases, plant.scope, lender.id, scopes=("score", "account", "score"))
        async with databases.read(lender.scope) as read:
            found = await queries.consent(read, lender.scope, key)
        assert found is not None
        assert (found.scopes, found.purpose, found.enterprise_id) == (("account", "score"), "贷款", plant.id)
        assert await self.seen(databases, plant.scope) == [key]
        for scope in (
            (await enterprise(databases)).scope,
            (await bank(databases)).scope,
            (await authority(databases, division="320206")).scope,
        ):
            assert key not in await self.seen(databases, scope)
        for chain in (plant.id, lender.id):
            assert (await events(chain))[-1].details["scopes"] == ["account", "score"]

    async def test_each_refusal(self, databases) -> None:
        plant, lender, body = await enterprise(databases), await bank(databases), await verifier(databases)
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            (await colleague(databases, plant, "energy_manager"), Forbidden),
            (lender.scope, Forbidden),
            (SYSTEM, errors.OrganisationNotFound),
        ):
            with pytest.raises(refusal):
                await self.consent(databases, scope, lender.id)
        for other, refusal in (
            ({"bank_id": body.id}, errors.BankNotFound),
            ({"bank_id": new_id()}, errors.BankNotFound),
            ({"bank_id": lender.id, "scopes": ()}, errors.ConsentScopesInvalid),
            ({"bank_id": lender.id, "scopes": ("account", "everything")}, errors.ConsentScopesInvalid),
            ({"bank_id": lender.id, "purpose": " "}, errors.PurposeMissing),
            ({"bank_id": lender.id, "first": 2, "last": 1}, errors.PeriodInvalid),
        ):
            with pytest.raises(refusal):
                await self.consent(databases, plant.scope, **other)
        assert await self.seen(databases, plant.scope) == []

    async def test_one_at_a_time_and_revocable_at_once(self, databases, events) -> None:
        plant, lender = await enterprise(databases), await bank(databases)
        key = await consented(databases, plant, lender)
        with pytest.raises(errors.AlreadyConsented):
            await self.consent(databases, plant.scope, lender.id)
        await self.revoke(databases, plant.scope, key)
        with pytest.raises(errors.AlreadyRevoked):
            await self.revoke(databases, plant.scope, key)
        for chain in (plant.id, lender.id):
            assert (await events(chain))[-1].action == "identity:revoke_consent"
        await self.consent(databases, plant.scope, lender.id)

    async def test_who_may_not_revoke(self, databases) -> None:
        plant, lender = await enterprise(databases), await bank(databases)
        key = await consented(databases, plant, lender)
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            (await colleague(databases, plant, "viewer"), Forbidden),
            (lender.scope, Forbidden),
            ((await enterprise(databases)).scope, errors.ConsentNotFound),
        ):
            with pytest.raises(refusal):
                await self.revoke(databases, scope, key)
