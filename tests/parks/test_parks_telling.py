"""Who is told of steps, objections and requests, and that nobody is told who objects."""

from datetime import timedelta

import pytest
from factories.parks import PAPER, WHY, applied, decided, evaluation_of, meeting, notice_of, objected, park_of, proposed

from backend.kit import notices
from backend.kit.clock import today
from backend.kit.db import Databases, Write
from backend.kit.notices import Addressee, Notice
from backend.kit.scope import Scope
from backend.parks import service
from backend.parks.values import Step

Heard = list[tuple[str, str, Addressee]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Hear what is told."""
    found: Heard = []

    async def hear(_write: Write, _scope: Scope, notice: Notice, to: Addressee) -> None:
        found.append((notice.kind, f"{notice.subject.zh}{notice.text.zh}", to))

    monkeypatch.setattr(notices, "_listeners", [hear])
    return found


async def test_whoever_has_to_act_is_told_and_whom_it_concerns(databases: Databases, heard: Heard) -> None:
    stage = await park_of(databases, name="通知园区")
    path, operator = stage.park.division_path, (stage.operator.id,)
    await meeting(databases, stage, 2025)
    found = await applied(databases, stage)
    (kind, said, to) = heard.pop()
    assert (kind, to) == ("parks.step_waiting", Addressee(division_path=path, roles=("administrator",)))
    assert "通知园区：“组织申报”待第二人审定" in said
    found = await decided(databases, stage, found)
    assert [(each[0], each[2].organisation_ids) for each in heard] == [
        ("parks.step_decided", ()), ("parks.step_decided", operator),
    ]  # fmt: skip
    heard.clear()
    kept = await evaluation_of(databases, stage, 2025)
    waiting = await proposed(databases, stage, found.id, Step.REVIEW, evaluation_id=kept)
    found = await decided(databases, stage, waiting, is_confirmed=False)
    assert "未获审定，须重新办理" in heard[-1][1]
    await decided(databases, stage, await proposed(databases, stage, found.id, Step.REVIEW, evaluation_id=kept))
    notice = await notice_of(databases, stage, found.id, closes_on=today() + timedelta(days=1))
    heard.clear()
    await objected(databases, stage, notice)
    ((kind, said, to),) = heard
    assert (kind, to.division_path, to.organisation_ids) == ("parks.objection", path, ())
    assert "某甲" not in said


async def test_a_request_to_leave_out_is_told_to_who_decides_and_then_to_the_operator(
    databases: Databases, heard: Heard
) -> None:
    stage = await park_of(databases)
    operator = stage.operator.scope
    async with databases.write(operator) as write:
        asked = await service.ask_waiver(
            write, operator, stage.park.id, year=2025, indicator=15, explanation=WHY, document=PAPER
        )
    async with databases.write(stage.chief) as write:
        await service.decide_waiver(write, stage.chief, asked.id, is_approved=True, reason=WHY)
    first, second = heard
    assert first[2] == Addressee(division_path=stage.park.division_path, roles=("administrator",))
    assert second[2] == Addressee(organisation_ids=(stage.operator.id,))
    assert "已批准不列入" in second[1]
