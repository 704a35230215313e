"""What the authority does after the approval: inspections, and the revocation of what was obtained by false materials."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from backend.budgets import service as budgets
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.projects import queries
from backend.projects.errors import ProjectDayInvalid, ProjectMeasuresMissing, ProjectSecondPerson
from backend.projects.rules import moving, stating
from backend.projects.service.common import move, note_step, stepping
from backend.projects.values import Action, Finding, ProjectState, ProjectValue

PLACES = 4


@dataclass(frozen=True, slots=True)
class Inspection:
    """What an inspection found. `tce` and `tonnes` are of a year as measured, both or neither.

    `rectify_by` is the day by which what was found is to be rectified.
    """

    finding: Finding
    note: str
    tce: Decimal | None = None
    tonnes: Decimal | None = None
    rectify_by: date | None = None


async def inspect(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, given: Inspection, *, on: date | None = None
) -> ProjectValue:
    """Record an inspection of an approved project; its state stays.

    Measured amounts more than ten percent above the approved ones are to be rectified, whatever else was found (Order 31,
    article 26).

    Raises:
        Unauthenticated, Forbidden: without `projects:review`.
        InvestmentProjectNotFound: not there, or not visible.
        ProjectOfAuthority: not an authority.
        ProjectStepNotAllowed: it is not approved.
        ProjectDayInvalid: the day; or nothing says by when to rectify, or a day before the inspection.
        ProjectTextInvalid: what was found, in words.
        ProjectMeasuresMissing: one amount without the other, or one that cannot be.
    """
    project = await stepping(write, scope, account_id, project_id, Action.INSPECT)
    day = moving.step_day(on, project.state_on, today())
    said = stating.text("note", given.note)
    exceeds = _exceeds(project, given)
    finding = Finding.RECTIFY if exceeds else given.finding
    if finding is Finding.RECTIFY and (given.rectify_by is None or given.rectify_by < day):
        last = date(day.year + 10, 12, 31)
        raise ProjectDayInvalid(
            on="-" if given.rectify_by is None else given.rectify_by.isoformat(), first=day.isoformat(),
            last=last.isoformat(), path=("input", "rectifyBy"),
        )  # fmt: skip
    due_on = given.rectify_by if finding is Finding.RECTIFY else None
    await note_step(
        write, scope, replace(project, state_on=day, due_on=due_on), Action.INSPECT, project.state.value, note=said,
        facts={"finding": finding, "tce": given.tce, "tonnes": given.tonnes, "exceeds": exceeds,
               "approved_tce": project.approved_tce, "approved_tonnes": project.approved_tonnes},
    )  # fmt: skip
    return project


async def revoke(
    write: Write,
    scope: Scope,
    account_id: UUID,
    project_id: UUID,
    *,
    reason: str,
    reference: str,
    on: date | None = None,
) -> ProjectValue:
    """Revoke the opinion on a project that was obtained by split projects, false materials or other improper means.

    Tonnes that are still held for it are available again; what was posted at its acceptance stays posted.

    Raises:
        Unauthenticated, Forbidden: without `projects:decide`.
        InvestmentProjectNotFound: not there, or not visible.
        ProjectOfAuthority: not an authority.
        ProjectStepNotAllowed: it is not approved.
        ProjectDayInvalid, ProjectTextInvalid: the day, the reason, the number of the decision's document.
        ProjectSecondPerson: the caller inspected it.
    """
    project = await stepping(write, scope, account_id, project_id, Action.REVOKE)
    day = moving.step_day(on, project.state_on, today())
    why = stating.text("reason", reason)
    number = stating.text("reference", reference, most=stating.LONGEST_NAME)
    [steps] = await queries.steps_below(write, scope, [(account_id, project_id)])
    if scope.actor_id in {each.actor_id for each in steps if each.action is Action.INSPECT}:
        raise ProjectSecondPerson
    if project.reservation_id is not None and await _holds(write, scope, project.reservation_id):
        await budgets.release(write, scope, project.reservation_id, why)
    return await move(
        write, scope, project, Action.REVOKE, ProjectState.REVOKED, day, reference=number, note=why, prior_state=None
    )


async def _holds(read: Read, scope: Scope, reservation_id: UUID) -> bool:
    [years] = await budgets.reservation_years(read, scope, [reservation_id])
    return any(each.reserved > 0 for each in years)


def _exceeds(project: ProjectValue, given: Inspection) -> bool:
    """Tell whether what was measured is more than ten percent above what was approved.

    Raises:
        ProjectMeasuresMissing: one amount without the other, or one that cannot be.
    """
    if given.tce is None and given.tonnes is None:
        return False
    for each in (given.tce, given.tonnes):
        if each is None or not 0 <= each < stating.MOST or each != round(each, PLACES):
            raise ProjectMeasuresMissing(places=PLACES, path=("input",))
    assert given.tce is not None  # noqa: S101 - looked at above
    assert given.tonnes is not None  # noqa: S101 - looked at above
    assert project.approved_tce is not None  # noqa: S101 - only what is approved is inspected
    assert project.approved_tonnes is not None  # noqa: S101 - only what is approved is inspected
    return moving.exceeds(given.tce, project.approved_tce) or moving.exceeds(given.tonnes, project.approved_tonnes)


__all__ = ["Inspection", "inspect", "revoke"]
