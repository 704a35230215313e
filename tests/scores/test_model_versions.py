"""Drafts, four eyes, activation, retirement. What is activated here is rolled back: a model holds for a whole tenant."""

from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from factories import identity
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.kit.clock import today
from backend.kit.db import Write, set_scope
from backend.kit.errors import Forbidden
from backend.kit.scope import Scope
from backend.scores import service
from backend.scores.modelling import activating, drafting, queries
from backend.scores.modelling.errors import (
    ActivationDateInvalid,
    ModelMalformed,
    ModelTextInvalid,
    ModelWeightsInvalid,
    NoActiveScoreModel,
    ScoreAuthorityOnly,
    ScoreJurisdictionOnly,
    ScoreModelChanged,
    ScoreModelNotFound,
    ScoreModelOwnDraft,
    ScoreModelsOverlap,
    ScoreModelStateInvalid,
    ScoreModelUnchanged,
)
from backend.scores.modelling.shipped import digest, shipped
from backend.scores.modelling.values import ModelState

WHY = "年度修订"


def draft(**changed):
    return {**shipped()["plain"].model_dump(mode="json"), "code": "drafted_model", **changed}


@asynccontextmanager
async def undone(databases, tenant="wuxi"):
    """Give a function that makes a `Write` of any scope on one transaction that is rolled back at the end."""
    async with databases.engine(tenant).connect() as connection:

        async def as_(scope):
            await set_scope(connection, scope)
            return Write(connection, scope)

        yield as_
        await connection.rollback()


@pytest.fixture(scope="session")
async def bureau(databases, servers):
    made = await identity.authority(databases, division="320200")
    return made.scope, await identity.colleague(databases, made, "administrator")


async def proposed(as_, scope, content=None):
    return await drafting.propose(await as_(scope), scope, content=content or draft(), reason=WHY)


async def approved(as_, bureau, content=None):
    one, other = bureau
    made = await proposed(as_, one, content)
    return await drafting.decide(
        await as_(other), other, version_id=made.id, revision=1, is_approved=True, reason="同意"
    )


@pytest.mark.parametrize(
    ("tenant", "code", "name"),
    [("changzhou", "changlvfen", "常绿分"), ("wuxi", "wuxi_green_score", "无锡绿色评分"),
     ("chengdu", "chengdu_green_score", "成都绿色评分"), ("guizhou", "guizhou_green_score", "贵州绿色评分")],
)  # fmt: skip
async def test_every_jurisdiction_starts_with_the_model_its_pack_names(databases, tenant, code, name) -> None:
    scope = Scope.system(tenant)
    async with databases.read(scope) as read:
        found = (await queries.versions(read, scope, code, limit=100, after=None))[-1]
    assert (found.version, found.origin, found.content.name_zh) == (1, "shipped", name)
    assert found.is_placeholder
    assert found.document == ("常政发〔2025〕43号" if tenant == "changzhou" else "")
    assert found.sha256 == digest(found.content)
    assert found.periods[0].from_on <= today()


async def test_furnishing_again_changes_nothing_and_a_newer_product_brings_a_draft(databases, bureau) -> None:
    from backend.installation import pack_of  # noqa: PLC0415 - only here
    from backend.tenants.packs import load_packs  # noqa: PLC0415 - only here

    scope, pack = Scope.system("wuxi"), pack_of(load_packs(), "wuxi")
    async with undone(databases) as as_:
        write = await as_(scope)
        before = await queries.versions(write, scope, "wuxi_green_score", limit=100, after=None)
        await service.furnish(write, scope, pack)
        assert await queries.versions(write, scope, "wuxi_green_score", limit=100, after=None) == before
        newer = pack.model_copy(
            update={"score_model": pack.score_model.model_copy(update={"name_zh": "无锡新绿色评分"})}
        )
        await service.furnish(write, scope, newer)
        after = await queries.versions(write, scope, "wuxi_green_score", limit=100, after=None)
        assert (len(after), after[0].state, after[0].origin) == (len(before) + 1, ModelState.DRAFT, "shipped")
        mine = await as_(bureau[0])
        ready = await drafting.decide(
            mine, bureau[0], version_id=after[0].id, revision=1, is_approved=True, reason="同意"
        )
        assert ready.state is ModelState.APPROVED


async def test_a_draft_is_proposed_changed_and_approved_by_another_person(databases, bureau) -> None:
    one, other = bureau
    async with undone(databases) as as_:
        made = await proposed(as_, one)
        assert (made.version, made.revision, made.state, made.origin) == (1, 1, ModelState.DRAFT, "proposed")
        changed = await drafting.revise(
            await as_(one), one, version_id=made.id, revision=1, content=draft(validity_months=6), reason="缩短有效期"
        )
        assert (changed.version, changed.revision, changed.content.validity_months) == (1, 2, 6)
        assert changed.sha256 != made.sha256
        with pytest.raises(ScoreModelOwnDraft):
            await drafting.decide(
                await as_(one), one, version_id=made.id, revision=2, is_approved=True, reason="我同意"
            )
        with pytest.raises(ScoreModelChanged):
            await drafting.decide(
                await as_(other), other, version_id=made.id, revision=1, is_approved=True, reason="旧"
            )
        ready = await drafting.decide(
            await as_(other), other, version_id=made.id, revision=2, is_approved=True, reason="同意"
        )
        assert (ready.state, ready.decided_by, ready.decision) == (ModelState.APPROVED, other.actor_id, "同意")
        with pytest.raises(ScoreModelStateInvalid):
            await drafting.revise(await as_(one), one, version_id=made.id, revision=2, content=draft(), reason="晚了")
        [edits] = await queries.revision_batch(await as_(one), one, [made.id])
        assert [(each.revision, each.reason, each.recorded_by) for each in edits] == [
            (1, WHY, one.actor_id), (2, "缩短有效期", one.actor_id),
        ]  # fmt: skip


async def test_who_changed_a_draft_of_another_does_not_approve_it_either(databases, bureau) -> None:
    one, other = bureau
    async with undone(databases) as as_:
        made = await proposed(as_, one)
        await drafting.revise(
            await as_(other), other, version_id=made.id, revision=1, content=draft(validity_months=3), reason="改"
        )
        with pytest.raises(ScoreModelOwnDraft):
            await drafting.decide(
                await as_(other), other, version_id=made.id, revision=2, is_approved=True, reason="同意"
            )


async def test_the_database_itself_wants_a_second_person(databases, bureau) -> None:
    async with undone(databases) as as_:
        made = await proposed(as_, bureau[0])
        write = await as_(bureau[0])
        with pytest.raises(DBAPIError, match="row-level security"):
            await drafting.store_decision(write, bureau[0], made.id, 1, "自批", is_approved=True)


async def test_an_unapproved_version_cannot_be_put_in_force_even_in_the_database(databases, bureau) -> None:
    one, other = bureau
    async with undone(databases) as as_:
        made = await proposed(as_, one)
        with pytest.raises(ScoreModelStateInvalid):
            await activating.activate(await as_(one), one, version_id=made.id, valid_from=today(), reason=WHY)
        write = await as_(other)
        rejected = await drafting.decide(write, other, version_id=made.id, revision=1, is_approved=False, reason="不妥")
        assert rejected.state is ModelState.REJECTED
        with pytest.raises(DBAPIError, match="row-level security"):
            await activating._begin(write, other, made.id, today(), WHY)


async def test_activation_ends_the_model_before_and_never_reaches_into_the_past(databases, bureau) -> None:
    one = bureau[0]
    day = today()
    async with undone(databases) as as_:
        ready = await approved(as_, bureau)
        for wrong in (day - timedelta(days=1), day + timedelta(days=366 * 5 + 1)):
            with pytest.raises(ActivationDateInvalid):
                await activating.activate(await as_(one), one, version_id=ready.id, valid_from=wrong, reason=WHY)
        before = await service.active_model(await as_(one), one, day)
        soon = day + timedelta(days=30)
        planned = await activating.activate(await as_(one), one, version_id=ready.id, valid_from=soon, reason=WHY)
        assert (planned.state, planned.valid_from) == (ModelState.SCHEDULED, soon)
        write = await as_(one)
        assert (await service.active_model(write, one, soon - timedelta(days=1))).id == before.id
        assert (await service.active_model(write, one, soon)).id == ready.id
        with pytest.raises(ScoreModelStateInvalid):
            await activating.activate(write, one, version_id=ready.id, valid_from=soon + timedelta(days=5), reason=WHY)


async def test_no_two_models_share_a_day(databases, bureau) -> None:
    one, day = bureau[0], today()
    async with undone(databases) as as_:
        first = await approved(as_, bureau)
        second = await approved(as_, bureau, draft(validity_months=6))
        await activating.activate(
            await as_(one), one, version_id=first.id, valid_from=day + timedelta(days=30), reason=WHY
        )
        for late in (10, 30):
            with pytest.raises(ScoreModelsOverlap):
                await activating.activate(
                    await as_(one), one, version_id=second.id, valid_from=day + timedelta(days=late), reason=WHY
                )
        await activating.activate(
            await as_(one), one, version_id=second.id, valid_from=day + timedelta(days=60), reason=WHY
        )
        write = await as_(one)
        assert (await service.active_model(write, one, day + timedelta(days=59))).id == first.id
        assert (await service.active_model(write, one, day + timedelta(days=60))).id == second.id
        with pytest.raises(DBAPIError, match="ex_score_model_period_valid"):
            await activating._begin(write, one, first.id, day + timedelta(days=45), "重叠")


async def test_a_retired_model_leaves_none_and_can_come_back(databases, bureau) -> None:
    one, day = bureau[0], today()
    async with undone(databases) as as_:
        ready = await approved(as_, bureau)
        await activating.activate(await as_(one), one, version_id=ready.id, valid_from=day, reason=WHY)
        tomorrow = day + timedelta(days=1)
        with pytest.raises(ActivationDateInvalid):
            await activating.retire(await as_(one), one, version_id=ready.id, until=day - timedelta(days=1), reason=WHY)
        gone = await activating.retire(await as_(one), one, version_id=ready.id, until=tomorrow, reason="停用")
        assert gone.state is ModelState.ACTIVE
        write = await as_(one)
        with pytest.raises(NoActiveScoreModel):
            await service.active_model(write, one, tomorrow)
        with pytest.raises(ScoreModelStateInvalid):
            await activating.retire(write, one, version_id=ready.id, until=tomorrow, reason="再停")
        back = await activating.activate(write, one, version_id=ready.id, valid_from=tomorrow, reason="恢复")
        assert [each.until for each in back.periods] == [tomorrow, None]


async def test_a_scheduled_model_is_taken_back(databases, bureau) -> None:
    one, day = bureau[0], today()
    async with undone(databases) as as_:
        ready = await approved(as_, bureau)
        soon = day + timedelta(days=7)
        await activating.activate(await as_(one), one, version_id=ready.id, valid_from=soon, reason=WHY)
        back = await activating.retire(await as_(one), one, version_id=ready.id, until=day, reason="撤回")
        assert (back.state, back.periods) == (ModelState.APPROVED, ())


async def test_refusals_store_nothing(databases, bureau) -> None:
    one = bureau[0]
    async with undone(databases) as as_:
        write = await as_(one)
        count = text("select (select count(*) from score_model_version) + (select count(*) from score_model_revision)")
        before = await write.value(count)
        broken = draft()
        broken["indicators"][0]["weight"] = "26"
        with pytest.raises(ModelWeightsInvalid) as found:
            await drafting.propose(write, one, content=broken, reason=WHY)
        assert found.value.path == ("input", "content", "indicators")
        assert "101" in found.value.message("zh")
        with pytest.raises(ModelMalformed) as found:
            await drafting.propose(write, one, content=draft(validity_months="x"), reason=WHY)
        assert found.value.path == ("input", "content", "validity_months")
        with pytest.raises(ModelTextInvalid):
            await drafting.propose(write, one, content=draft(), reason="  ")
        assert await write.value(count) == before
        made = await proposed(as_, one)
        with pytest.raises(ScoreModelUnchanged):
            await proposed(as_, one)
        with pytest.raises(ModelMalformed):
            await drafting.revise(
                write, one, version_id=made.id, revision=1, content=draft(code="other_model"), reason=WHY
            )
        assert await write.value(count) == before + 2


async def test_only_the_authority_of_the_whole_jurisdiction_makes_models(databases, bureau) -> None:
    district = await identity.authority(databases, division="320206")
    firm = await identity.enterprise(databases)
    officer = await identity.authority(databases, division="320200")
    officer_scope = await identity.colleague(databases, officer, "officer")
    async with undone(databases) as as_:
        with pytest.raises(ScoreJurisdictionOnly):
            await proposed(as_, district.scope)
        with pytest.raises(Forbidden):
            await proposed(as_, firm.scope)
        made = await proposed(as_, bureau[0])
        with pytest.raises(Forbidden):
            await drafting.decide(
                await as_(officer_scope), officer_scope, version_id=made.id, revision=1, is_approved=True, reason="同意"
            )
        for stranger in (firm.scope, (await identity.bank(databases)).scope):
            write = await as_(stranger)
            with pytest.raises(ScoreModelNotFound):
                await queries.version(write, stranger, made.id)
            assert (await service.active_model(write, stranger, today())).state is ModelState.ACTIVE
        write = await as_(firm.scope)
        seen = await queries.versions(write, firm.scope, None, limit=100, after=None)
        assert all(each.periods for each in seen)


async def test_another_kind_with_the_permission_is_told_whose_models_are(databases) -> None:
    firm = await identity.enterprise(databases)
    scope = Scope(
        **{
            **{name: getattr(firm.scope, name) for name in Scope.__slots__},
            "permissions": frozenset({"scores:propose"}),
        }
    )
    async with undone(databases) as as_:
        with pytest.raises(ScoreAuthorityOnly):
            await proposed(as_, scope)
