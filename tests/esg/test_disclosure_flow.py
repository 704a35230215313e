"""A disclosure on its way: prefilled with lineage, filled, reviewed by a second person, published, corrected, assured."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from factories import disclosure as make
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from backend.accounts.errors import EvidenceNotFound
from backend.esg import rules, service
from backend.esg.errors import (
    AlreadyAssured,
    AssessmentInvalid,
    AssigneeUnknown,
    DisclosureIncomplete,
    DisclosureNotFound,
    DisclosureNotYours,
    DisclosureOnItsWay,
    DisclosurePointNotFound,
    DisclosureStateWrong,
    DisclosureUnitInvalid,
    DisclosureValueMissing,
    DisclosureYearInvalid,
    NothingPrefilled,
    OmissionNotAllowed,
    OverrideUnfounded,
    PrefilledPoint,
    PublicationCorrected,
    RemarksMissing,
    SecondPersonNeeded,
    StandardNotChosen,
    VerifierOnly,
)
from backend.esg.values import AssuranceLevel, EntryKind, GapKind, PointState, PointValue, State, Step
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id

GRID = Decimal("0.5827")
SCOPE2 = Decimal("6992.4")
"""12,000 MWh x 0.5827 (the province of 2023)."""


async def point_of(databases: Databases, firm: make.Firm, one: Any, point: str) -> PointValue:
    view = await make.seen(databases, firm, one)
    return next(each for each in view.points if each.point == point)


async def run(databases: Databases, scope: Any, command: Any, firm: make.Firm, one: Any, **given: Any) -> Any:
    async with databases.write(scope) as write:
        return await command(write, scope, key=(firm.id, one.id), **given)


def answer(point: str, **given: Any) -> dict[str, Any]:
    return {"point": point, "value": None, "unit": "", "text_zh": "", "text_en": "", "evidence_ids": [], **given}


async def test_what_the_account_knows_is_filled_with_its_lineage(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    one = await make.opened(databases, firm)
    assert (one.version, one.state, one.standards["exchanges"], one.threshold) == (1, State.DRAFT, "2024", Decimal(3))
    point = await point_of(databases, firm, one, "ghg.scope2_location")
    assert (point.value, point.unit, point.state) == (SCOPE2, "tCO2e", PointState.FILLED)
    assert {each.key for each in point.requirements} == {
        "exchanges:E1.2", "climate:5.2", "ifrs-s2:29.a.2", "gri305:305-2.a",
    }  # fmt: skip
    assert point.prefill is not None
    (source,) = point.prefill.sources
    assert (source["kind"], source["version"], source["note"]) == ("inventory", "v1", "computed, 12/12")
    assert point.prefill.formula_zh == "清单中范围二各行（基于位置）之和"
    share = await point_of(databases, firm, one, "energy.green_share")
    assert (share.value, share.unit) == (Decimal(0), "%")


async def test_what_the_account_does_not_know_is_never_zero(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    one = await make.opened(databases, firm)
    for point, reason in {
        "ghg.scope3": "The inventory has no scope 3.",
        "ghg.intensity_value_added": "The account has no value added recorded for 2025.",
        "ets.obligation": "The account has no unit or line in the national market in 2025.",
        "ghg.change_on_prior_year": "There is no inventory for 2024.",
    }.items():
        found = await point_of(databases, firm, one, point)
        assert (found.value, found.state) == (None, PointState.UNKNOWN), point
        assert found.prefill is not None
        assert found.prefill.reason_en == reason
    traded = await point_of(databases, firm, one, "market.ccer_bought")
    assert traded.value == 0, "the ledger knows that nothing changed hands"


async def test_a_restated_source_is_marked_blocks_and_is_taken_again(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    await make.profiled(databases, firm)
    one = await make.opened(databases, firm)
    await make.completed(databases, firm, one)
    await make.restated(databases, firm)
    point = await point_of(databases, firm, one, "ghg.scope2_location")
    assert point.state is PointState.RESTATED
    assert point.fresh is not None
    assert (point.value, point.fresh.value) == (SCOPE2, SCOPE2 + 500 * GRID)
    with pytest.raises(DisclosureIncomplete, match="changed since"):
        await run(databases, firm.writer, service.submit, firm, one)
    _, changed = await run(databases, firm.writer, service.refresh, firm, one)
    assert "ghg.scope2_location" in {each.point for each in changed}
    assert "market.cea_bought" not in {each.point for each in changed}
    point = await point_of(databases, firm, one, "ghg.scope2_location")
    assert (point.value, point.state, point.fresh) == (SCOPE2 + 500 * GRID, PointState.FILLED, None)
    async with databases.read(firm.writer) as read:
        said = await service.history(read, firm.writer, (firm.id, one.id), "ghg.scope2_location")
    assert [each.value for each in said] == [SCOPE2, SCOPE2 + 500 * GRID], "both stay to be seen"


async def test_the_owner_overrides_only_with_a_reason_and_evidence_and_both_are_shown(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    one = await make.opened(databases, firm)
    file = await make.evidence_of(databases, firm)
    told = answer("ghg.scope2_location", value=Decimal(7), unit="万tCO2e")
    with pytest.raises(PrefilledPoint):
        await run(databases, firm.writer, service.answer, firm, one, **told)
    for reason, files in (("", [file]), ("合并范围不同", [])):
        given = {**told, "reason": reason, "evidence_ids": files}
        with pytest.raises(OverrideUnfounded):
            await run(databases, firm.writer, service.override, firm, one, **given)
    given = {**told, "reason": "合并范围不同", "evidence_ids": [new_id()]}
    with pytest.raises(EvidenceNotFound):
        await run(databases, firm.writer, service.override, firm, one, **given)
    given = {**told, "unit": "MWh", "reason": "合并范围不同", "evidence_ids": [file]}
    with pytest.raises(DisclosureUnitInvalid):
        await run(databases, firm.writer, service.override, firm, one, **given)
    assert (await point_of(databases, firm, one, "ghg.scope2_location")).entry is None
    await run(databases, firm.writer, service.override, firm, one,
              **{**told, "reason": "合并范围不同", "evidence_ids": [file]})  # fmt: skip
    point = await point_of(databases, firm, one, "ghg.scope2_location")
    assert (point.value, point.unit) == (Decimal(70_000), "tCO2e")
    assert point.prefill is not None
    assert point.prefill.value == SCOPE2
    assert point.entry is not None
    assert (point.entry.kind, point.entry.reason, point.entry.evidence_ids) == (
        EntryKind.OVERRIDE,
        "合并范围不同",
        (file,),
    )
    await run(databases, firm.writer, service.withdraw, firm, one, point="ghg.scope2_location", reason="恢复")
    assert (await point_of(databases, firm, one, "ghg.scope2_location")).value == SCOPE2
    with pytest.raises(NothingPrefilled):
        await run(databases, firm.writer, service.withdraw, firm, one, point="ghg.scope2_location", reason="恢复")


async def test_an_answer_gives_way_once_the_account_can_tell(databases: Databases) -> None:
    firm = await make.firm_of(databases, is_computed=False)
    one = await make.opened(databases, firm)
    told = answer("ghg.scope2_location", value=Decimal(5), unit="tCO2e")
    await run(databases, firm.writer, service.answer, firm, one, **told)
    assert (await point_of(databases, firm, one, "ghg.scope2_location")).value == 5
    await make.restated(databases, firm)
    assert (await point_of(databases, firm, one, "ghg.scope2_location")).state is PointState.RESTATED
    await run(databases, firm.writer, service.refresh, firm, one)
    point = await point_of(databases, firm, one, "ghg.scope2_location")
    assert (point.value, point.entry, point.state) == (500 * GRID, None, PointState.FILLED)
    async with databases.read(firm.writer) as read:
        said = await service.history(read, firm.writer, (firm.id, one.id), "ghg.scope2_location")
    assert [each.kind for each in said] == [EntryKind.PREFILL, EntryKind.ANSWER, EntryKind.PREFILL]


async def test_figures_and_texts_go_where_they_belong(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    one = await make.opened(databases, firm)
    for wrong, error in (
        (answer("exchanges:GOV", value=Decimal(1)), DisclosureValueMissing),
        (answer("exchanges:GOV"), DisclosureValueMissing),
        (answer("gri305:305-7.a", text_zh="少量"), DisclosureValueMissing),
        (answer("gri305:305-7.a", value=Decimal(1), unit="kWh"), DisclosureUnitInvalid),
        (answer("product.footprint", value=Decimal(1), unit="kgCO2e"), DisclosureUnitInvalid),
        (answer("exchanges:NOTHING", text_zh="无"), DisclosurePointNotFound),
    ):
        with pytest.raises(error):
            await run(databases, firm.writer, service.answer, firm, one, **wrong)
    await run(databases, firm.writer, service.answer, firm, one,
              **answer("gri305:305-7.a", value=Decimal(1500), unit="kg"))  # fmt: skip
    found = await point_of(databases, firm, one, "gri305:305-7.a")
    assert (found.value, found.unit) == (Decimal("1.5"), "t")
    await run(databases, firm.writer, service.answer, firm, one,
              **answer("product.footprint", value=Decimal("61.4"), unit="kgCO2e/kWh"))  # fmt: skip
    assert (await point_of(databases, firm, one, "product.footprint")).unit == "kgCO2e/kWh"
    view = await make.seen(databases, firm, one)
    without_file = {each.point for each in view.gaps if each.kind is GapKind.MISSING_EVIDENCE}
    assert without_file == {"gri305:305-7.a", "product.footprint"}


async def test_the_crosswalk_lets_one_narrative_answer_for_another(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    one = await make.opened(databases, firm)
    await run(databases, firm.writer, service.answer, firm, one, **answer("climate:4.1", text_zh="气候风险管理"))
    points = {each.point: each for each in (await make.seen(databases, firm, one)).points}
    assert (points["ifrs-s2:25"].covered_by, points["ifrs-s2:25"].state) == ("climate:4.1", PointState.FILLED)
    assert points["basic:4.3"].state is PointState.MISSING, "a partial relation answers nothing"
    await run(databases, firm.writer, service.answer, firm, one, **answer("ifrs-s2:22", text_zh="情景分析"))
    assert (await point_of(databases, firm, one, "climate:3.2")).covered_by == "ifrs-s2:22"


async def test_only_what_may_be_explained_is_left_out(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    await make.profiled(databases, firm)
    one = await make.opened(databases, firm)
    with pytest.raises(OmissionNotAllowed):
        await run(databases, firm.writer, service.omit, firm, one, point="ghg.scope1", reason="不便披露")
    await run(databases, firm.writer, service.omit, firm, one, point="exchanges:T12", reason="不涉及")
    point = await point_of(databases, firm, one, "exchanges:T12")
    assert (point.state, point.text and point.text.zh) == (PointState.OMITTED, "不涉及")


async def test_topics_are_judged_twice_on_the_scale_of_the_terms(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    await make.profiled(databases, firm)
    one = await make.opened(databases, firm)
    two, three, six = Decimal(2), Decimal(3), Decimal(6)
    for judged in (
        [],
        [service.Judged(22, two, two, "理由", "理由")],
        [service.Judged(1, six, two, "理由", "理由")],
        [service.Judged(1, two, two, "理由", "理由"), service.Judged(1, two, two, "理由", "理由")],
    ):
        with pytest.raises(AssessmentInvalid):
            await run(databases, firm.writer, service.assess, firm, one, judged=judged)
    judged = [
        service.Judged(1, two, three, "影响有限", "碳价影响成本"),
        service.Judged(12, two, two, "不涉及", "不涉及"),
    ]
    await run(databases, firm.writer, service.assess, firm, one, judged=judged)
    view = await make.seen(databases, firm, one)
    cells = {each.topic.number: each for each in view.matrix}
    assert (cells[1].is_impact_material, cells[1].is_financially_material, cells[1].is_material) == (False, True, True)
    assert cells[12].is_material is False
    assert cells[2].is_material is None
    points = {each.point: each for each in view.points}
    assert points["exchanges:T01"].is_mandatory
    assert not points["exchanges:T12"].is_mandatory
    assert (points["exchanges:T02"].is_mandatory, points["exchanges:T02"].is_cannot_tell) == (False, True)
    assert {each.topic for each in view.gaps if each.kind is GapKind.UNASSESSED} == set(range(1, 22)) - {1, 12}


async def test_whoever_filled_it_does_not_review_it_and_review_goes_in_rounds(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    await make.profiled(databases, firm)
    one = await make.opened(databases, firm)
    with pytest.raises(DisclosureIncomplete):
        await run(databases, firm.writer, service.submit, firm, one)
    await make.completed(databases, firm, one)
    assert (await run(databases, firm.writer, service.submit, firm, one)).round == 1
    with pytest.raises(DisclosureStateWrong, match=r"The disclosure is [a-z ]+; this is done while it is [a-z ]+\."):
        await run(databases, firm.writer, service.answer, firm, one, **answer("exchanges:GOV", text_zh="改"))
    remark = service.Remark("exchanges:GOV", "请补充董事会职责")
    for command, given in ((service.approve, {}), (service.return_disclosure, {"remarks": [remark]})):
        with pytest.raises(SecondPersonNeeded):
            await run(databases, firm.writer, command, firm, one, **given)
    for remarks, error in (
        ([], RemarksMissing),
        ([service.Remark("", " ")], RemarksMissing),
        ([service.Remark("nothing:1", "改")], DisclosurePointNotFound),
    ):
        with pytest.raises(error):
            await run(databases, firm.reviewer, service.return_disclosure, firm, one, remarks=remarks)
    await run(databases, firm.reviewer, service.return_disclosure, firm, one, remarks=[remark])
    view = await make.seen(databases, firm, one)
    assert view.disclosure.state is State.DRAFT
    assert view.steps[-1].remarks == [{"point": "exchanges:GOV", "text": "请补充董事会职责"}]
    said = answer("exchanges:GOV", text_zh="董事会每季审议", evidence_ids=[await make.evidence_of(databases, firm)])
    await run(databases, firm.writer, service.answer, firm, one, **said)
    await make.approved(databases, firm, one)
    view = await make.seen(databases, firm, one)
    assert [each.step for each in view.steps] == [Step.OPEN, Step.SUBMIT, Step.RETURN, Step.SUBMIT, Step.APPROVE]
    assert (view.disclosure.state, view.disclosure.round) == (State.APPROVED, 2)


async def test_a_publication_never_changes_and_its_hash_names_it(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    found = await make.published(databases, firm)
    assert found.number == f"ESG-{firm.id}-2025-V1"
    assert found.sha256 == rules.sha256(found.content)
    told = json.loads(found.content)
    assert (told["format"], told["version"], told["corrects"]) == ("carbon-account/disclosure/1", 1, None)
    point = next(each for each in told["points"] if each["point"] == "ghg.scope2_location")
    assert point["value"] == "6992.4"
    assert point["prefill"]["sources"][0]["kind"] == "inventory"
    governance = next(each for each in told["points"] if each["point"] == "exchanges:GOV")
    assert len(governance["evidence"][0]["sha256"]) == 64
    for change in ("update esg_publication set content = 'x'", "delete from esg_publication"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with databases.write(firm.writer) as write:
                await write.run(text(change))
    async with databases.write(firm.writer) as write:
        touched = await write.run(
            text("update esg_disclosure set state = 'draft' where id = :id"), {"id": found.disclosure_id}
        )
    assert touched == 0


async def test_a_correction_is_another_version_that_names_the_old(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    first = await make.published(databases, firm)
    with pytest.raises(DisclosureOnItsWay, match="published"):
        await make.opened(databases, firm)
    one = await run(databases, firm.writer, service.correct, firm, first, reason="供应商数据更正")
    assert (one.version, one.corrects_id, one.state) == (2, first.id, State.DRAFT)
    with pytest.raises(DisclosureOnItsWay, match="on its way"):
        await run(databases, firm.writer, service.correct, firm, first, reason="再次更正")
    view = await make.seen(databases, firm, one)
    assert [each for each in view.gaps if each.is_blocking and each.kind is not GapKind.UNREVIEWED] == []
    async with databases.write(firm.reviewer) as write:
        await service.submit(write, firm.reviewer, key=(firm.id, one.id))
    with pytest.raises(SecondPersonNeeded):
        await run(databases, firm.writer, service.approve, firm, one)
    third = await make.person_of(databases, firm.place, "carbon_officer")
    await run(databases, third, service.approve, firm, one)
    second = await run(databases, third, service.publish, firm, one)
    assert (second.version, second.corrects_id) == (2, first.id)
    told = json.loads(second.content)
    assert (told["corrects"], told["correction_reason"]) == (first.number, "供应商数据更正")
    with pytest.raises(PublicationCorrected, match=second.number):
        await run(databases, firm.writer, service.correct, firm, first, reason="更正旧版")


async def test_the_prior_year_stands_beside_and_a_restated_one_is_marked(databases: Databases) -> None:
    firm = await make.firm_of(databases, years=(2025, 2026))
    await make.published(databases, firm)
    await make.restated(databases, firm)
    one = await make.opened(databases, firm, 2026)
    compared = (await point_of(databases, firm, one, "ghg.scope2_location")).comparative
    assert compared is not None
    assert (compared.year, compared.published, compared.current, compared.is_restated) == (
        2025, SCOPE2, SCOPE2 + 500 * GRID, True,
    )  # fmt: skip
    share = (await point_of(databases, firm, one, "energy.green_share")).comparative
    assert share is not None
    assert (share.published, share.is_restated) == (Decimal(0), False)


async def test_a_verifier_engaged_signs_once_on_the_newest_publication(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    found = await make.published(databases, firm)
    given = {
        "level": AssuranceLevel.LIMITED, "standard": "ISAE 3410", "extent": "范围一、范围二", "opinion": "未发现重大错报。",
        "evidence_ids": [],
    }  # fmt: skip
    with pytest.raises(Forbidden):
        await run(databases, firm.writer, service.assure, firm, found, **given)
    system = firm.place.system
    with pytest.raises(VerifierOnly):
        await run(databases, system, service.assure, firm, found, **given)
    stranger = replace(firm.verifier, organisation_id=new_id())
    with pytest.raises(Exception, match="No published disclosure"):
        await run(databases, stranger, service.assure, firm, found, **given)
    value = await run(databases, firm.verifier, service.assure, firm, found, **given)
    assert (value.verifier_id, value.publication_sha256) == (firm.place.verifier_id, found.sha256)
    with pytest.raises(AlreadyAssured):
        await run(databases, firm.verifier, service.assure, firm, found, **given)
    async with databases.read(firm.writer) as read:
        signed = await service.assurances(read, firm.writer, [(firm.id, found.id)])
    assert [each.level for each in signed[firm.id, found.id]] == [AssuranceLevel.LIMITED]


async def test_work_is_handed_out_and_what_is_late_shows(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    one = await make.opened(databases, firm)
    yesterday = today() - timedelta(days=1)
    owner = firm.reviewer.actor_id
    stranger = await make.firm_of(databases, is_computed=False)
    with pytest.raises(AssigneeUnknown):
        await run(databases, firm.writer, service.assign, firm, one, points=["exchanges:GOV"],
                  owner_id=stranger.writer.actor_id, due_on=yesterday)  # fmt: skip
    tasks = await run(databases, firm.writer, service.assign, firm, one, points=["exchanges:GOV", "ghg.scope1"],
                      owner_id=owner, due_on=yesterday)  # fmt: skip
    assert [(each.point, each.is_answered, each.is_overdue) for each in tasks] == [
        ("exchanges:GOV", False, True), ("ghg.scope1", True, False),
    ]  # fmt: skip

    async def late() -> list[str]:
        async with databases.read(firm.writer) as read:
            found = await service.tasks(read, firm.writer, account_id=firm.id, is_overdue=True, limit=10)
        return [each.point for each, _ in found]

    assert await late() == ["exchanges:GOV"], "the account answered the other one"
    await run(databases, firm.reviewer, service.answer, firm, one, **answer("exchanges:GOV", text_zh="董事会负责"))
    assert await late() == []
    async with databases.read(firm.writer) as read:
        mine = await service.tasks(read, firm.writer, account_id=firm.id, owner_id=owner, limit=10)
    assert {(each.point, each.is_answered, each.is_overdue) for each, _ in mine} == {
        ("exchanges:GOV", True, False), ("ghg.scope1", True, False),
    }  # fmt: skip


async def test_who_opens_what(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    other = await make.firm_of(databases, is_computed=False)
    with pytest.raises(DisclosureYearInvalid):
        await make.opened(databases, firm, today().year + 1)
    with pytest.raises(StandardNotChosen, match="not loaded"):
        await make.opened(databases, firm, standards=["sasb"])
    await make.profiled(databases, firm)
    with pytest.raises(StandardNotChosen, match="binds"):
        await make.opened(databases, firm, standards=["gri305"])
    one = await make.opened(databases, firm, standards=["exchanges", "gri305"])
    assert one.standards == {"exchanges": "2024", "gri305": "2016"}
    with pytest.raises(DisclosureOnItsWay):
        await make.opened(databases, firm)
    with pytest.raises(DisclosureNotFound):
        await make.seen(databases, firm, one, other.writer)
    with pytest.raises(DisclosureNotFound):
        await run(databases, other.writer, service.refresh, firm, one)
    with pytest.raises(DisclosureNotYours):
        await make.seen(databases, firm, one, firm.authority)
    assert (await make.seen(databases, firm, one, firm.verifier)).disclosure == one
    async with databases.read(firm.authority) as read:
        rows = await service.disclosures(read, firm.authority, account_id=firm.id, year=None, after=None, limit=9)
        assert [each.id for each in rows] == [one.id]
        for table in ("esg_entry", "esg_assignment", "esg_assessment", "esg_step"):
            assert await read.value(text(f"select count(*) from {table}")) == 0


async def test_the_number_of_statements_does_not_grow(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    await make.profiled(databases, firm)
    one = await make.opened(databases, firm)

    async def counted() -> int:
        seen: list[str] = []
        engine = databases.engine(firm.tenant).sync_engine

        def count(*arguments: Any) -> None:
            seen.append(arguments[2])

        event.listen(engine, "before_cursor_execute", count)
        try:
            await make.seen(databases, firm, one)
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len(seen)

    before = await counted()
    await make.completed(databases, firm, one)
    await run(databases, firm.writer, service.assign, firm, one, points=["ghg.scope1", "ghg.scope3"],
              owner_id=firm.writer.actor_id, due_on=date(2026, 12, 1))  # fmt: skip
    assert await counted() == before
    assert before < 60
