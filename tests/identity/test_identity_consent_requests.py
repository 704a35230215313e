"""A bank asks, an enterprise answers: every way through, every refusal, and what two at once may do."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from factories import accounts
from factories.identity import Made, asked, authority, bank, colleague, consented, enterprise, verifier
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from backend.identity import errors, queries, rules, service
from backend.identity.models import Consent, ConsentRequest
from backend.identity.values import CONSENT_SCOPES, SUFFICIENT, RequestState
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from migrations.toolkit import CONSENT_OPENED_BY

SYSTEM = Scope.system("wuxi")
DAY = timedelta(days=1)


@pytest.fixture
async def plant(databases: Databases) -> Made:
    return await enterprise(databases, division="320206")


@pytest.fixture
async def lender(databases: Databases) -> Made:
    return await bank(databases)


async def grant(databases: Databases, scope: Scope, request_id: UUID, **given: Any) -> UUID:
    async with databases.write(scope) as write:
        return await service.grant_request(write, scope, request_id=request_id, **given)


async def decline(databases: Databases, scope: Scope, request_id: UUID, reason: str = "不需要") -> None:
    async with databases.write(scope) as write:
        await service.decline_request(write, scope, request_id=request_id, reason=reason)


async def withdraw(databases: Databases, scope: Scope, request_id: UUID) -> None:
    async with databases.write(scope) as write:
        await service.withdraw_request(write, scope, request_id=request_id)


async def revoke(databases: Databases, made: Made, consent_id: UUID) -> None:
    async with databases.write(made.scope) as write:
        await service.revoke_consent(write, made.scope, consent_id=consent_id)


async def request_of(databases: Databases, scope: Scope, request_id: UUID) -> Any:
    async with databases.read(scope) as read:
        return await queries.consent_request(read, scope, request_id)


async def listed(databases: Databases, scope: Scope, state: RequestState | None = None) -> list[UUID]:
    async with databases.read(scope) as read:
        return [one.id for one in await queries.consent_requests(read, scope, state=state, limit=100)]


async def in_force(databases: Databases, scope: Scope, plant: Made, lender: Made, needed: str) -> UUID | None:
    async with databases.read(scope) as read:
        found = await service.consent_in_force(read, scope, plant.id, lender.id, needed)
    return None if found is None else found.id


async def consents_of(databases: Databases, plant: Made) -> list[Any]:
    async with databases.read(plant.scope) as read:
        return list(await read.rows(select(Consent.__table__).where(Consent.enterprise_id == plant.id)))


class TestAsking:
    async def test_only_the_two_sides_see_it_and_the_bank_not_whom_it_asked(
        self, databases, plant, lender, events
    ) -> None:
        key = await asked(databases, lender, plant, ("statement", "score"), message="续贷审查")
        found = await request_of(databases, plant.scope, key)
        assert (found.state, found.scopes, found.message) == (RequestState.ASKED, ("score", "statement"), "续贷审查")
        assert found.lapses_at - found.created_at == timedelta(days=30)
        assert await request_of(databases, lender.scope, key) == found
        async with databases.read(lender.scope) as read:
            assert await queries.organisation(read, lender.scope, plant.id) is None
        for scope in (
            (await enterprise(databases)).scope, (await bank(databases)).scope, (await verifier(databases)).scope,
            (await authority(databases, division="320206")).scope,
        ):  # fmt: skip
            assert await request_of(databases, scope, key) is None
        with pytest.raises(Unauthenticated):
            await listed(databases, Scope.nobody("wuxi"))
        for chain in (plant.id, lender.id):
            event = (await events(chain))[-1]
            assert (event.action, event.details["scopes"]) == ("identity:request_consent", ["score", "statement"])

    async def test_by_the_number_of_an_account(self, databases, lender) -> None:
        held = await accounts.held_account(databases)
        key = await asked(databases, lender, held.holder, asked_for=f" {held.account.number.lower()} ")
        found = await request_of(databases, lender.scope, key)
        assert (found.enterprise_id, found.asked_for) == (held.holder.id, held.account.number)

    async def test_each_refusal(self, databases, plant, lender) -> None:
        body = await verifier(databases)
        for made, refusal in (
            (plant, Forbidden),
            (body, Forbidden),
            (replace(lender, scope=Scope.nobody("wuxi")), Unauthenticated),
            (replace(lender, scope=SYSTEM), errors.KindForbidden),
        ):
            with pytest.raises(refusal):
                await asked(databases, made, plant)
        gone = await enterprise(databases)
        async with databases.write(SYSTEM) as write:
            await service.suspend_organisation(write, SYSTEM, organisation_id=gone.id, reason="停业")
        for given, refusal in (
            ({"scopes": ()}, errors.ConsentScopesInvalid),
            ({"scopes": ("scores",)}, errors.ConsentScopesInvalid),
            ({"purpose": " "}, errors.PurposeMissing),
            ({"message": "长" * 501}, errors.MessageTooLong),
            ({"ends_on": today() - DAY}, errors.PeriodInvalid),
            ({"asked_for": "91320200MA1X00001A"}, errors.EnterpriseNotFound),
            ({"asked_for": "CA-320200-999999"}, errors.EnterpriseNotFound),
            ({"asked_for": ""}, errors.EnterpriseNotFound),
            ({"asked_for": body.credit_code}, errors.EnterpriseNotFound),
            ({"asked_for": gone.credit_code}, errors.EnterpriseNotFound),
        ):
            with pytest.raises(refusal):
                await asked(databases, lender, plant, **given)
        assert await listed(databases, lender.scope) == []

    async def test_a_scope_that_does_not_exist_is_named(self, databases, plant, lender) -> None:
        with pytest.raises(errors.ConsentScopesInvalid) as refused:
            await asked(databases, lender, plant, ("score", "everything"))
        known = "account, score, indicators, statement, pledge"
        assert refused.value.message("en") == (
            f"The scopes cannot be used: there is no 'everything'. Choose at least one of: {known}."
        )
        assert refused.value.message("zh") == f"授权范围有误：没有“everything”这一项。请至少选择一项：{known}。"
        with pytest.raises(errors.ConsentScopesInvalid, match="none is given"):
            await asked(databases, lender, plant, ())
        assert await listed(databases, lender.scope) == []

    async def test_one_waits_at_a_time(self, databases, plant, lender) -> None:
        first = await asked(databases, lender, plant)
        with pytest.raises(errors.ConsentRequestOpen):
            await asked(databases, lender, plant, ("score",))
        await asked(databases, await bank(databases), plant)
        await withdraw(databases, lender.scope, first)
        second = await asked(databases, lender, plant, ("score",))
        assert await listed(databases, lender.scope) == [second, first]
        assert await listed(databases, lender.scope, RequestState.ASKED) == [second]

    async def test_of_two_at_once_one_is_told(self, databases, plant, lender) -> None:
        answers = await asyncio.gather(*(asked(databases, lender, plant) for _ in range(4)), return_exceptions=True)
        assert sorted(type(each).__name__ for each in answers) == ["ConsentRequestOpen"] * 3 + ["UUID"]

    async def test_a_bank_asks_so_often_in_an_hour_refusals_counted(self, databases, plant, lender) -> None:
        async with databases.write(lender.scope) as write:
            for _ in range(rules.MOST_REQUESTS - 1):
                write.audit("identity:request_consent", outcome="refused", code="enterprise_not_found")
        key = await asked(databases, lender, plant)
        await withdraw(databases, lender.scope, key)
        with pytest.raises(errors.ConsentRequestsTooMany) as refused:
            await asked(databases, lender, plant)
        assert refused.value.details["most"] == rules.MOST_REQUESTS
        await asked(databases, await bank(databases), plant)


class TestAnswering:
    async def test_all_of_it(self, databases, plant, lender, events) -> None:
        key = await asked(databases, lender, plant, ("score", "pledge"))
        consent_id = await grant(databases, plant.scope, key)
        found = await request_of(databases, lender.scope, key)
        assert (found.state, found.consent_id) == (RequestState.GRANTED, consent_id)
        (consent,) = await consents_of(databases, plant)
        assert (consent.id, consent.scopes, consent.purpose) == (consent_id, ["score", "pledge"], "绿色信贷")
        assert (consent.starts_on, consent.ends_on) == (found.starts_on, found.ends_on)
        for chain in (plant.id, lender.id):
            assert [each.action for each in (await events(chain))[-2:]] == [
                "identity:consent", "identity:answer_consent_request",
            ]  # fmt: skip

    async def test_less_of_it_and_never_more(self, databases, plant, lender) -> None:
        key = await asked(databases, lender, plant, ("indicators", "statement"), ends_on=today() + 100 * DAY)
        for given, field in (
            ({"scopes": ("pledge",)}, "scopes"),
            ({"scopes": ("indicators", "pledge")}, "scopes"),
            ({"starts_on": today() - DAY}, "startsOn"),
            ({"ends_on": today() + 101 * DAY}, "endsOn"),
        ):
            with pytest.raises(errors.ConsentWider) as refused:
                await grant(databases, plant.scope, key, **given)
            assert refused.value.path == ("input", field)
        for given, refusal in (
            ({"scopes": ()}, errors.ConsentScopesInvalid),
            ({"scopes": ("all",)}, errors.ConsentScopesInvalid),
            ({"starts_on": today() + 2 * DAY, "ends_on": today() + DAY}, errors.PeriodInvalid),
        ):
            with pytest.raises(refusal):
                await grant(databases, plant.scope, key, **given)
        assert await consents_of(databases, plant) == []
        await grant(databases, plant.scope, key, scopes=("score", "account"), ends_on=today() + 9 * DAY)
        (consent,) = await consents_of(databases, plant)
        assert (consent.scopes, consent.ends_on) == (["account", "score"], today() + 9 * DAY)

    async def test_no_with_the_reason(self, databases, plant, lender, events) -> None:
        key = await asked(databases, lender, plant)
        with pytest.raises(errors.ReasonMissing):
            await decline(databases, plant.scope, key, " ")
        await decline(databases, plant.scope, key, "已在他行融资")
        found = await request_of(databases, lender.scope, key)
        assert (found.state, found.answer, found.consent_id) == (RequestState.DECLINED, "已在他行融资", None)
        assert await consents_of(databases, plant) == []
        event = (await events(lender.id))[-1]
        assert (event.details["answer"], event.details["reason"]) == ("declined", "已在他行融资")

    async def test_what_is_over_takes_no_answer(self, databases, plant, lender) -> None:
        ended = [await asked(databases, lender, plant)]
        await withdraw(databases, lender.scope, ended[-1])
        ended.append(await asked(databases, lender, plant))
        await decline(databases, plant.scope, ended[-1])
        ended.append(await unanswered(databases, lender, plant))
        lapsed = await request_of(databases, plant.scope, ended[-1])
        assert (lapsed.state, lapsed.ended_at) == (RequestState.LAPSED, lapsed.lapses_at)
        assert await listed(databases, plant.scope, RequestState.LAPSED) == [ended[-1]]
        assert await listed(databases, plant.scope, RequestState.ASKED) == []
        for key in ended:
            for act in (grant(databases, plant.scope, key), decline(databases, plant.scope, key)):
                with pytest.raises(errors.ConsentRequestEnded):
                    await act
            with pytest.raises(errors.ConsentRequestEnded):
                await withdraw(databases, lender.scope, key)
        await asked(databases, lender, plant)  # what lapsed is in nobody's way
        assert await listed(databases, plant.scope, RequestState.LAPSED) == [ended[-1]]
        assert await consents_of(databases, plant) == []

    async def test_who_may_not(self, databases, plant, lender) -> None:
        key = await asked(databases, lender, plant)
        other_plant, other_bank = await enterprise(databases), await bank(databases)
        for scope, refusal in (
            (Scope.nobody("wuxi"), Unauthenticated),
            (lender.scope, Forbidden),
            (await colleague(databases, plant, "carbon_officer"), Forbidden),
            (other_plant.scope, errors.ConsentRequestNotFound),
        ):
            for act in (grant(databases, scope, key), decline(databases, scope, key)):
                with pytest.raises(refusal):
                    await act
        for scope, refusal in ((plant.scope, Forbidden), (other_bank.scope, errors.ConsentRequestNotFound)):
            with pytest.raises(refusal):
                await withdraw(databases, scope, key)
        assert (await request_of(databases, plant.scope, key)).state is RequestState.ASKED

    async def test_an_overlapping_consent_stands_in_the_way_or_is_replaced(
        self, databases, plant, lender, events
    ) -> None:
        old = await consented(databases, plant, lender)
        key = await asked(databases, lender, plant, ("pledge",))
        with pytest.raises(errors.AlreadyConsented):
            await grant(databases, plant.scope, key)
        assert (await request_of(databases, plant.scope, key)).state is RequestState.ASKED
        new = await grant(databases, plant.scope, key, is_replacing=True)
        assert await in_force(databases, lender.scope, plant, lender, "account") == new
        revoked = [each for each in await events(lender.id) if each.action == "identity:revoke_consent"]
        assert [(each.object_id, each.details["replaced_by"]) for each in revoked] == [(str(old), str(new))]

    async def test_answered_twice_at_once_counts_once(self, databases, plant, lender) -> None:
        key = await asked(databases, lender, plant)
        answers = await asyncio.gather(
            grant(databases, plant.scope, key), decline(databases, plant.scope, key),
            grant(databases, plant.scope, key), withdraw(databases, lender.scope, key), return_exceptions=True,
        )  # fmt: skip
        refused = [each for each in answers if isinstance(each, errors.ConsentRequestEnded)]
        assert len(refused) == 3
        found = await request_of(databases, plant.scope, key)
        assert len(await consents_of(databases, plant)) == (1 if found.state is RequestState.GRANTED else 0)

    async def test_nobody_changes_what_was_asked(self, databases, plant, lender) -> None:
        key = await asked(databases, lender, plant)
        for scope in (plant.scope, lender.scope):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with databases.write(scope) as write:
                    await write.run(update(ConsentRequest).where(ConsentRequest.id == key).values(scopes=["pledge"]))


class TestInForce:
    @pytest.mark.parametrize("opened", CONSENT_SCOPES)
    async def test_a_scope_opens_what_it_implies(self, databases, plant, lender, opened) -> None:
        key = await consented(databases, plant, lender, (opened,))
        expected = {
            "account": {"account"}, "score": {"account", "score"}, "indicators": {"account", "score", "indicators"},
            "statement": {"account", "statement"}, "pledge": {"account", "pledge"},
        }[opened]  # fmt: skip
        for needed in CONSENT_SCOPES:
            wanted = key if needed in expected else None
            for scope in (plant.scope, lender.scope, SYSTEM):
                assert await in_force(databases, scope, plant, lender, needed) == wanted
            async with databases.read(lender.scope) as read:
                found = await service.consents_in_force(read, lender.scope, lender.id, needed)
            assert [one.id for one in found] == ([key] if wanted else [])
            assert all(one.opens(needed) for one in found)
        other = await bank(databases)
        assert await in_force(databases, other.scope, plant, lender, opened) is None
        with pytest.raises(Unauthenticated):
            await in_force(databases, Scope.nobody("wuxi"), plant, lender, opened)

    def test_the_policies_know_the_same_scopes(self) -> None:
        assert CONSENT_OPENED_BY == SUFFICIENT
        assert tuple(SUFFICIENT) == CONSENT_SCOPES

    async def test_only_on_its_days_and_until_it_is_revoked(self, databases, plant, lender) -> None:
        key = await consented(databases, plant, lender, ("score",))

        async def between(first: int, last: int) -> bool:
            async with databases.write(SYSTEM) as write:
                days = {"starts_on": today() + first * DAY, "ends_on": today() + last * DAY}
                await write.run(update(Consent).where(Consent.id == key).values(**days))
            return await in_force(databases, lender.scope, plant, lender, "score") == key

        assert [await between(*days) for days in ((0, 0), (1, 2), (-2, -1), (-1, 1))] == [True, False, False, True]
        await revoke(databases, plant, key)
        assert await in_force(databases, lender.scope, plant, lender, "score") is None

    async def test_a_revocation_counts_inside_a_transaction_that_began_before_it(
        self, databases, plant, lender
    ) -> None:
        key = await consented(databases, plant, lender, ("score",))
        scope = lender.scope
        async with databases.write(scope) as write:
            assert await service.consent_in_force(write, scope, plant.id, lender.id, "score") is not None
            await revoke(databases, plant, key)
            assert await service.consent_in_force(write, scope, plant.id, lender.id, "score") is None

    async def test_granting_that_races_with_revoking_never_leaves_two(self, databases, plant, lender) -> None:
        for _ in range(5):
            standing = await consented(databases, plant, lender, ("score",))
            key = await asked(databases, lender, plant, ("statement",))
            answers = await asyncio.gather(
                revoke(databases, plant, standing), grant(databases, plant.scope, key),
                grant(databases, plant.scope, key, is_replacing=True), consented(databases, plant, lender),
                return_exceptions=True,
            )  # fmt: skip
            allowed = (errors.AlreadyConsented, errors.AlreadyRevoked, errors.ConsentRequestEnded)
            assert [each for each in answers if isinstance(each, BaseException) and not isinstance(each, allowed)] == []
            live = [each for each in await consents_of(databases, plant) if each.revoked_at is None]
            assert len(live) == 1
            assert standing not in {each.id for each in live}
            async with databases.read(SYSTEM) as read:
                assert await service.consent_in_force(read, SYSTEM, plant.id, lender.id, "account") is not None
            await revoke(databases, plant, live[0].id)
            if (await request_of(databases, plant.scope, key)).state is RequestState.ASKED:
                await withdraw(databases, lender.scope, key)


async def test_scopes_of_old_are_refused_by_the_database(databases, plant, lender) -> None:
    row = {"id": new_id(), "enterprise_id": plant.id, "bank_id": lender.id, "scopes": ["scores"], "purpose": "贷款",
           "starts_on": today(), "ends_on": today(), "created_at": now()}  # fmt: skip
    with pytest.raises(DBAPIError, match="ck_consent_scopes"):
        async with databases.write(SYSTEM) as write:
            await write.run(insert(Consent).values(**row))


async def unanswered(databases: Databases, lender: Made, plant: Made) -> UUID:
    """A request whose time has run out a moment ago."""
    key, asked_at = new_id(), now() - rules.REQUEST_LASTS
    row = {"id": key, "bank_id": lender.id, "enterprise_id": plant.id, "asked_for": plant.credit_code,
           "scopes": ["score"], "purpose": "贷款", "starts_on": today(), "ends_on": today() + DAY, "state": "asked",
           "created_at": asked_at, "lapses_at": asked_at + rules.REQUEST_LASTS}  # fmt: skip
    async with databases.write(SYSTEM) as write:
        await write.run(insert(ConsentRequest).values(**row))
    return key
