"""Word to those whom a step, a request or an objection concerns."""

from uuid import UUID

from backend.kit import notices
from backend.kit.db import Write
from backend.kit.notices import Addressee, Link, Notice, Said
from backend.kit.scope import Scope
from backend.parks import queries_workflow
from backend.parks.names import STEP_NAMES
from backend.parks.values import (
    ApplicationRow,
    NoticeRow,
    ParkRow,
    StepRow,
    WaiverRow,
)

DECIDING, OVERSEEING = ("administrator",), ("administrator", "officer")


async def tell_waiting(write: Write, scope: Scope, application: ApplicationRow) -> None:
    """Tell those who decide that a step waits for the second person."""
    step = application.steps[-1]
    name = await queries_workflow.subject(write, scope, application.id)
    said = Said(
        f"{name}：“{STEP_NAMES[step.step]}”待第二人审定",
        f"{name}: the step '{step.step.value}' waits for a second person",
    )
    await _tell(write, scope, "parks.step_waiting", f"park_step:{step.id}:waiting", said, application.id,
                Addressee(division_path=application.division_path, roles=DECIDING))  # fmt: skip


async def tell_decided(write: Write, scope: Scope, application: ApplicationRow, step: StepRow, *, holds: bool) -> None:
    """Tell the enterprise and its authority what became of a step."""
    name = await queries_workflow.subject(write, scope, application.id)
    words = ("通过" if step.is_passed else "不通过，申报终止") if holds else "未获审定，须重新办理"
    en = (
        ("was passed" if step.is_passed else "was not passed: the way ends") if holds else "was rejected and comes anew"
    )
    said = Said(f"{name}：“{STEP_NAMES[step.step]}”{words}", f"{name}: the step '{step.step.value}' {en}")
    key = f"park_step:{step.id}:decided"
    await _tell(write, scope, "parks.step_decided", key, said, application.id,
                Addressee(division_path=application.division_path, roles=OVERSEEING))  # fmt: skip
    if application.operator_id is not None:
        to = Addressee(organisation_ids=(application.operator_id,))
        await _tell(write, scope, "parks.step_decided", key, said, application.id, to)


async def tell_objection(write: Write, scope: Scope, notice: NoticeRow, objection_id: UUID) -> None:
    """Tell the authority that an objection came; who objects stands in the objection alone."""
    said = Said(
        f"{notice.subject}：公示收到异议，请答复", f"{notice.subject}: an objection to the notice awaits its answer"
    )
    await _tell(write, scope, "parks.objection", f"park_objection:{objection_id}", said, notice.application_id,
                Addressee(division_path=notice.division_path, roles=OVERSEEING))  # fmt: skip


async def tell_waiver(write: Write, scope: Scope, park: ParkRow, waiver: WaiverRow) -> None:
    """Tell those who decide that an indicator is asked to be left out, or the operator what was decided."""
    number = waiver.indicator
    if waiver.is_approved is None:
        to = Addressee(division_path=park.division_path, roles=DECIDING)
        words, en = "申请不列入，待审定", "is asked to be left out"
    elif park.operator_id is None:
        return
    else:
        to = Addressee(organisation_ids=(park.operator_id,))
        words, en = (
            ("已批准不列入", "may be left out") if waiver.is_approved else ("未批准不列入", "may not be left out")
        )
    said = Said(
        f"{park.name} {waiver.year} 年第 {number} 项指标{words}", f"{park.name}, {waiver.year}: indicator {number} {en}"
    )
    key = f"park_waiver:{waiver.id}:{'asked' if waiver.is_approved is None else 'decided'}"
    await notices.tell(write, scope, Notice("parks.waiver", key, said, said, Link("Park", (park.id,))), to)


async def _tell(
    write: Write, scope: Scope, kind: str, key: str, said: Said, application_id: UUID, to: Addressee
) -> None:
    link = Link("ParkApplication", (application_id,))
    await notices.tell(write, scope, Notice(kind, key, said, said, link), to)
