"""A project from its draft to CCER in the ledger, and everything on the way that must be refused."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from factories import ccer, identity
from factories.ccer import Stage
from factories.ledger import held
from sqlalchemy import text

from backend.credits.ccer import errors, service
from backend.credits.ccer.values import Action, HoldingRow, ReductionState, Step
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.ledger import service as ledger
from backend.ledger.errors import AlreadyClaimed, MovementOwned, OriginOverlap
from backend.ledger.service import Extent, Use
from backend.ledger.values import Reason

D = date
NUMBERS = count(1)


def run(tonnes: int) -> tuple[str, str]:
    frame = f"CN-T{uuid4().hex[:6]}X{next(NUMBERS)}-"
    return f"{frame}{1:09d}", f"{frame}{tonnes:09d}"


async def state_of(databases: Databases, stage: Stage) -> Any:
    async with databases.read(stage.owner.scope) as read:
        rows = await read.rows(
            text("select id, state, state_on, (select count(*) from ccer_transition t where t.project_id = p.id) n"
                 " from ccer_project p union all select id, state, state_on, (select count(*) from ccer_comment) from"
                 " ccer_reduction order by 1")
        )  # fmt: skip
    return rows, await held(databases, stage.id, "CCER")


@pytest.fixture
async def stage(databases: Databases) -> Stage:
    return await ccer.staged(databases)


async def issue(databases: Databases, stage: Stage, reduction: Any, first: str, last: str) -> Any:
    async with databases.write(stage.authority) as write:
        return await service.issue_reduction(
            write, stage.authority, account_id=stage.id, reduction_id=reduction.id, first_serial=first,
            last_serial=last, step=Step(ccer.REDUCTION_DAYS[Action.ISSUE], "ISS-1"),
        )  # fmt: skip


async def bring(databases: Databases, stage: Stage, *rows: HoldingRow) -> Any:
    scope = stage.owner.scope
    async with databases.write(scope) as write:
        return await service.import_holdings(write, scope, account_id=stage.id, rows=rows, reference="EXP-1")


def row(first: str, last: str, **given: Any) -> HoldingRow:
    usual: dict[str, Any] = {
        "project_code": "P1", "methodology": ccer.TUNNEL, "produced_from": D(2025, 1, 1),
        "produced_to": D(2025, 12, 31), "registered_on": D(2026, 3, 2), "is_ets_managed": False,
    }  # fmt: skip
    return HoldingRow(first_serial=first, last_serial=last, **{**usual, **given})


async def test_a_project_becomes_units(databases: Databases, stage: Stage) -> None:
    project = await ccer.registered(databases, stage)
    assert (project.state, project.registered_on) == ("registered", D(2026, 4, 20))
    assert project.validator_id == stage.validator.organisation_id
    reduction = await ccer.reported(databases, stage, project, 1200)
    reduction = await ccer.move(databases, stage, reduction, Action.PUBLICISE)
    reduction = await ccer.move(databases, stage, reduction, Action.VERIFY, tonnes=Decimal(1000))
    assert (reduction.verified, reduction.verifier_id) == (Decimal(1000), stage.verifier.organisation_id)
    for action in (Action.APPLY, Action.RETURN):
        reduction = await ccer.move(databases, stage, reduction, action)
    assert reduction.state is ReductionState.VERIFIED
    reduction = await ccer.move(databases, stage, reduction, Action.APPLY, on=D(2026, 6, 15))
    reduction = await ccer.move(databases, stage, reduction, Action.REGISTER)
    first, last = run(1000)
    issued, movement = await issue(databases, stage, reduction, first, last)
    assert issued.state is ReductionState.ISSUED
    assert await held(databases, stage.id, "CCER") == {"available": Decimal(1000)}
    async with databases.read(stage.owner.scope) as read:
        (batch,) = (await ledger.batches(read, stage.owner.scope, movement.batch_ids)).values()
        steps = await read.rows(
            text('select action, from_state, to_state, "on", due_on from ccer_transition where reduction_id = :id'
                 " order by id"), {"id": reduction.id},
        )  # fmt: skip
        (found,) = await service.eligibility(read, stage.owner.scope, [batch.id], 2026)
    assert (batch.vintage, batch.produced_from, batch.produced_to) == (2025, D(2025, 1, 1), D(2025, 12, 31))
    assert batch.project_code == project.code
    assert batch.attributes["registered_on"] == "2026-06-30"
    assert batch.attributes["methodology"] == ccer.TUNNEL
    assert batch.attributes["is_ets_managed"] is False
    assert batch.attributes["old_scheme"] is False
    assert [each.action for each in steps] == [
        "report", "publicise", "verify", "apply", "return", "apply", "register", "issue",
    ]  # fmt: skip
    # 15 working days after 15 June 2026: the Dragon Boat Festival (Friday the 19th) is off.
    assert [each.due_on for each in steps if each.due_on] == [D(2026, 7, 3), D(2026, 7, 7)]
    assert found.outcome == "pass"
    with pytest.raises(errors.StepNotAllowed):
        await issue(databases, stage, reduction, *run(1000))
    with pytest.raises(OriginOverlap):
        await bring(databases, stage, row(first, last))
    assert await held(databases, stage.id, "CCER") == {"available": Decimal(1000)}


async def test_an_issuance_is_annulled_here_and_not_in_the_ledger_alone(databases: Databases, stage: Stage) -> None:
    project = await ccer.registered(databases, stage, ccer.offshore())
    reduction = await ccer.registered_reduction(databases, stage, project, 10)
    first, last = run(10)
    issued, movement = await issue(databases, stage, reduction, first, last)
    bureau = stage.authority
    with pytest.raises(MovementOwned) as told:
        async with databases.write(bureau) as write:
            await ledger.correct(write, bureau, movement.id, Reason(note="误签发"))
    assert told.value.details["undo"] == "annulCcerReduction"

    async def annul(note: str, by: Any = bureau) -> Any:
        async with databases.write(by) as write:
            return await service.annul_reduction(
                write, by, account_id=stage.id, reduction_id=reduction.id, step=Step(issued.state_on, "", note)
            )

    before = await state_of(databases, stage)
    with pytest.raises(Forbidden):
        await annul("误签发", stage.owner.scope)
    with pytest.raises(errors.CcerTextInvalid):
        await annul(" ")
    assert await state_of(databases, stage) == before
    assert (await annul("误签发")).state is ReductionState.REGISTERED
    assert await held(databases, stage.id, "CCER") == {}
    with pytest.raises(errors.StepNotAllowed):
        await annul("误签发")
    # The energy is free again, and so are the registry's serials.
    again, _ = await issue(databases, stage, reduction, first, last)
    assert again.state is ReductionState.ISSUED
    assert await held(databases, stage.id, "CCER") == {"available": Decimal(10)}


async def test_days_of_publicity_are_kept(databases: Databases, stage: Stage) -> None:
    project = await ccer.drafted(databases, stage)
    # Published on the Friday before the Spring Festival's week: the weekends around are worked.
    project = await ccer.take(databases, stage, project, Action.PUBLICISE, on=D(2026, 2, 2))
    before = await state_of(databases, stage)
    for early in (D(2026, 2, 2), D(2026, 3, 6)):
        with pytest.raises(errors.TooEarly) as refused:
            await ccer.take(databases, stage, project, Action.VALIDATE, on=early)
        assert refused.value.details["first_day"] == "2026-03-07"
    with pytest.raises(errors.StepBeforePrevious):
        await ccer.take(databases, stage, project, Action.VALIDATE, on=D(2026, 2, 1))
    with pytest.raises(errors.StepInFuture):
        await ccer.take(databases, stage, project, Action.VALIDATE, on=D(2099, 1, 1))
    assert await state_of(databases, stage) == before
    assert (await ccer.take(databases, stage, project, Action.VALIDATE, on=D(2026, 3, 7))).state == "validated"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"is_ets_managed": True}, errors.ProjectExcluded),
        ({"is_legal_duty": True}, errors.ProjectExcluded),
        ({"is_ets_managed": None}, errors.CannotTell),
        ({"is_legal_duty": None}, errors.CannotTell),
        ({"ends_on": D(2031, 6, 1)}, errors.CreditingPeriodRefused),
        ({"methodology": "CCER-10-002-V01"}, errors.CannotTell),
        ({"methodology": "CCER-11-001-V01"}, errors.CannotTell),
    ],
)
async def test_what_does_not_qualify_is_not_publicised(
    databases: Databases, stage: Stage, changes: dict[str, Any], refusal: type[CarbonError]
) -> None:
    project = await ccer.drafted(databases, stage, ccer.facts(**changes))
    before = await state_of(databases, stage)
    with pytest.raises(refusal):
        await ccer.take(databases, stage, project, Action.PUBLICISE)
    assert await state_of(databases, stage) == before


async def test_a_draft_can_be_mended_and_only_a_draft(databases: Databases, stage: Stage) -> None:
    project = await ccer.drafted(databases, stage, ccer.facts(is_ets_managed=None))
    scope = stage.owner.scope
    async with databases.write(scope) as write:
        changed = await service.change_project(
            write, scope, account_id=stage.id, project_id=project.id, facts=ccer.facts(code="ANOTHER")
        )
    assert (changed.code, changed.is_ets_managed) == (project.code, False)
    await ccer.take(databases, stage, project, Action.PUBLICISE)
    with pytest.raises(errors.StepNotAllowed):
        async with databases.write(scope) as write:
            await service.change_project(write, scope, account_id=stage.id, project_id=project.id, facts=ccer.facts())


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"started_on": D(2012, 11, 8)}, errors.ProjectDatesInvalid),
        ({"starts_on": D(2021, 2, 28)}, errors.ProjectDatesInvalid),
        ({"ends_on": D(2021, 6, 1)}, errors.ProjectDatesInvalid),
        ({"old_registered_on": D(2017, 3, 14)}, errors.OldRegistrationInvalid),
        ({"methodology": ccer.OFFSHORE}, errors.PlantCodeInvalid),
        ({"methodology": "CCER-99-001-V01"}, errors.MethodologyUnknown),
        ({"name": " "}, errors.CcerTextInvalid),
    ],
)
async def test_drafts_that_cannot_be(
    databases: Databases, stage: Stage, changes: dict[str, Any], refusal: type[CarbonError]
) -> None:
    with pytest.raises(refusal):
        await ccer.drafted(databases, stage, ccer.facts(**changes))
    assert (await state_of(databases, stage))[0] == []


async def test_a_code_is_used_once_and_a_deregistered_project_never_again(databases: Databases, stage: Stage) -> None:
    project = await ccer.registered(databases, stage)
    other = await ccer.staged(databases)
    with pytest.raises(errors.ProjectCodeTaken):
        await ccer.drafted(databases, other, ccer.facts(code=project.code.lower()))
    gone = await ccer.take(databases, stage, project, Action.DEREGISTER)
    assert gone.state == "deregistered"
    for again in (ccer.facts(code=project.code), ccer.facts(name=project.name)):
        with pytest.raises(errors.ProjectDeregistered):
            await ccer.drafted(databases, stage, again)
    with pytest.raises(errors.StepNotAllowed):
        await ccer.reported(databases, stage, project)
    mistaken = await ccer.drafted(databases, stage)
    await ccer.take(databases, stage, mistaken, Action.WITHDRAW)
    assert (await ccer.drafted(databases, other, ccer.facts(code=mistaken.code))).code == mistaken.code


async def test_comments_wait_for_answers(databases: Databases, stage: Stage) -> None:
    project = await ccer.drafted(databases, stage)
    scope = stage.authority

    async def comment(on: date) -> Any:
        async with databases.write(scope) as write:
            return await service.record_comment(
                write, scope, account_id=stage.id, project_id=project.id, author="居民", text="请公开监测数据",
                received_on=on,
            )  # fmt: skip

    with pytest.raises(errors.PublicityOver):
        await comment(D(2026, 3, 3))
    await ccer.take(databases, stage, project, Action.PUBLICISE)
    said = await comment(D(2026, 3, 30))
    for wrong in (D(2026, 3, 1), D(2026, 3, 31)):
        with pytest.raises(errors.PublicityOver):
            await comment(wrong)
    with pytest.raises(errors.CommentsUnanswered) as refused:
        await ccer.take(databases, stage, project, Action.VALIDATE)
    assert refused.value.details["count"] == 1
    owner = stage.owner.scope
    async with databases.write(owner) as write:
        await service.answer_comment(write, owner, account_id=stage.id, comment_id=said.id, text="已公开")
    with pytest.raises(errors.CommentAnswered):
        async with databases.write(owner) as write:
            await service.answer_comment(write, owner, account_id=stage.id, comment_id=said.id, text="再次")
    assert (await ccer.take(databases, stage, project, Action.VALIDATE)).state == "validated"


async def test_parties_do_only_their_own_steps(databases: Databases, stage: Stage) -> None:
    project = await ccer.drafted(databases, stage)
    stranger = await identity.verifier(databases)
    other = await ccer.staged(databases)
    before = await state_of(databases, stage)
    with pytest.raises(Forbidden):
        await ccer.take(databases, stage, project, Action.PUBLICISE, by=stage.authority)
    with pytest.raises(errors.ProjectNotFound):
        await ccer.take(databases, stage, project, Action.PUBLICISE, by=other.owner.scope)
    with pytest.raises(errors.ProjectNotFound):
        await ccer.take(databases, stage, project, Action.VALIDATE, by=stranger.scope)
    with pytest.raises(errors.BodyOnly):
        await ccer.take(databases, stage, project, Action.VALIDATE, by=stage.authority)
    with pytest.raises(errors.RegistrarOnly):
        await ccer.take(databases, stage, project, Action.REGISTER, by=stage.verifier)
    assert await state_of(databases, stage) == before


async def test_the_validating_body_does_not_verify(databases: Databases, stage: Stage) -> None:
    project = await ccer.registered(databases, stage)
    reduction = await ccer.reported(databases, stage, project)
    reduction = await ccer.move(databases, stage, reduction, Action.PUBLICISE)
    before = await state_of(databases, stage)
    with pytest.raises(errors.SameBody):
        await ccer.move(databases, stage, reduction, Action.VERIFY, by=stage.validator)
    with pytest.raises(errors.VerifiedMoreThanReported):
        await ccer.move(databases, stage, reduction, Action.VERIFY, tonnes=Decimal(1001))
    with pytest.raises(errors.TonnesNotWhole):
        await ccer.move(databases, stage, reduction, Action.VERIFY, tonnes=Decimal("999.5"))
    with pytest.raises(errors.TooEarly):
        await ccer.move(databases, stage, reduction, Action.VERIFY, on=D(2026, 5, 12))
    assert await state_of(databases, stage) == before


async def test_periods(databases: Databases, stage: Stage) -> None:
    project = await ccer.registered(databases, stage)
    await ccer.reported(databases, stage, project)
    before = await state_of(databases, stage)
    for period, refusal in (
        ((D(2025, 12, 31), D(2026, 1, 31)), errors.PeriodTaken),
        ((D(2024, 5, 2), D(2024, 5, 1)), errors.PeriodInvalid),
        ((D(2021, 5, 31), D(2021, 6, 30)), errors.OutsideCrediting),
        ((D(2020, 9, 22), D(2021, 6, 30)), errors.ReductionTooEarly),
    ):
        with pytest.raises(refusal):
            await ccer.reported(databases, stage, project, 1, period)
    for wrong in ("0", "-1", "1.5", "NaN"):
        with pytest.raises(errors.TonnesNotWhole):
            await ccer.reported(databases, stage, project, Decimal(wrong), (D(2024, 1, 1), D(2024, 12, 31)))
    assert await state_of(databases, stage) == before


async def test_reductions_of_more_than_five_years_are_lost(databases: Databases, stage: Stage) -> None:
    project = await ccer.registered(databases, stage)
    late = await ccer.reported(databases, stage, project, 5, (D(2021, 6, 10), D(2021, 12, 31)))
    late = await ccer.move(databases, stage, late, Action.PUBLICISE)
    late = await ccer.move(databases, stage, late, Action.VERIFY)
    with pytest.raises(errors.ReductionTooOld) as refused:
        await ccer.move(databases, stage, late, Action.APPLY, on=D(2026, 6, 11))
    assert refused.value.details["limit"] == "2021-06-11"
    await ccer.move(databases, stage, late, Action.APPLY, on=D(2026, 6, 10))


async def test_serials_cover_what_was_verified(databases: Databases, stage: Stage) -> None:
    project = await ccer.registered(databases, stage)
    reduction = await ccer.registered_reduction(databases, stage, project, 10)
    before = await state_of(databases, stage)
    with pytest.raises(errors.SerialsNotAsVerified):
        await issue(databases, stage, reduction, *run(11))
    with pytest.raises(errors.SerialsUnreadable):
        await issue(databases, stage, reduction, "A-10", "A-1")
    assert await state_of(databases, stage) == before


async def test_certificates_and_ccer_exclude_each_other(databases: Databases, stage: Stage) -> None:
    given = ccer.offshore()
    project = await ccer.registered(databases, stage, given)
    subject = f"energy:{project.plant_code}"
    reduction = await ccer.registered_reduction(databases, stage, project, 10)
    owner = stage.owner.scope
    await issue(databases, stage, reduction, *run(10))
    day = D(2025, 7, 1).toordinal()
    with pytest.raises(AlreadyClaimed):
        async with databases.write(owner) as write:
            await ledger.claim(write, owner, Use.GEC, stage.id, [Extent(subject, day, day + 30)])
    second = await ccer.registered_reduction(databases, stage, project, 7, (D(2024, 1, 1), D(2024, 12, 31)))
    async with databases.write(owner) as write:
        day = D(2024, 2, 1).toordinal()
        await ledger.claim(write, owner, Use.GEC, stage.id, [Extent(subject, day, day + 28)])
    before = await state_of(databases, stage)
    with pytest.raises(AlreadyClaimed):
        await issue(databases, stage, second, *run(7))
    assert await state_of(databases, stage) == before


async def test_imports(databases: Databases, stage: Stage) -> None:
    first, last = run(100)
    movements = await bring(databases, stage, row(first, last), row(*run(50), is_ets_managed=None))
    assert [each.quantity for each in movements] == [Decimal(100), Decimal(50)]
    assert await held(databases, stage.id, "CCER") == {"available": Decimal(150)}
    async with databases.read(stage.owner.scope) as read:
        ids = [each.batch_ids[0] for each in movements]
        found = await service.eligibility(read, stage.owner.scope, ids, 2025)
    assert [each.outcome for each in found] == ["pass", "cannot_tell"]
    other = await ccer.staged(databases)
    with pytest.raises(OriginOverlap):
        await bring(databases, other, row(last, last))
    for refusal, rows in (
        (errors.ImportTooLong, ()),
        (errors.SerialsOverlap, (row("Z-001", "Z-005"), row("z-005", "z-009"))),
        (errors.SerialsUnreadable, (row("Z-001", "Z-0009"),)),
        (errors.HoldingDatesInvalid, (row("Z-001", "Z-002", registered_on=D(2025, 12, 30)),)),
        (errors.HoldingDatesInvalid, (row("Z-001", "Z-002", produced_from=D(2011, 12, 31)),)),
        (errors.HoldingMethodologyUnknown, (row("Z-001", "Z-002", methodology="ABC"),)),
        (errors.PlantCodeInvalid, (row("Z-001", "Z-002", plant_code="WIND-1"),)),
        (errors.PlantCodeInvalid, (row("Z-001", "Z-002", methodology=ccer.OFFSHORE),)),
        (errors.PlantCodeInvalid, (row("Z-001", "Z-002", methodology="并网海上风力发电"),)),
        (errors.PlantCodeInvalid, (row("Z-001", "Z-002", methodology=ccer.OFFSHORE, plant_code="WIND-1"),)),
    ):
        with pytest.raises(refusal):
            await bring(databases, stage, *rows)
    assert await held(databases, stage.id, "CCER") == {"available": Decimal(150)}
    assert await held(databases, other.id, "CCER") == {}


async def test_units_of_one_issuance_come_to_several_holders(databases: Databases, stage: Stage) -> None:
    plant = uuid4().hex[:17].upper()
    energy = {"methodology": ccer.OFFSHORE, "plant_code": plant}
    other = await ccer.staged(databases)
    await bring(databases, stage, row(*run(5), **energy, produced_from=D(2025, 3, 1), produced_to=D(2025, 6, 30)))
    await bring(databases, other, row(*run(5), **energy))
    assert await held(databases, other.id, "CCER") == {"available": Decimal(5)}
    for day in (D(2025, 1, 1), D(2025, 5, 1), D(2025, 12, 31)):
        at = day.toordinal()
        with pytest.raises(AlreadyClaimed):
            async with databases.write(other.owner.scope) as write:
                await ledger.claim(write, other.owner.scope, Use.GEC, other.id, [Extent(f"energy:{plant}", at, at)])
    certified = uuid4().hex[:17].upper()
    async with databases.write(other.owner.scope) as write:
        at = D(2025, 8, 1).toordinal()
        await ledger.claim(write, other.owner.scope, Use.GEC, other.id, [Extent(f"energy:{certified}", at, at)])
    with pytest.raises(AlreadyClaimed):
        await bring(databases, stage, row(*run(5), methodology=ccer.OFFSHORE, plant_code=certified))
    assert await held(databases, stage.id, "CCER") == {"available": Decimal(5)}
