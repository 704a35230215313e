"""What the authority does: the check of the materials, experts' opinions, the decision, the conclusion of the acceptance."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from backend.budgets import service as budgets
from backend.budgets.values import Paper, Reference, Replacement
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.projects import queries
from backend.projects.errors import (
    ProjectDecidedElsewhere,
    ProjectDeemedTaken,
    ProjectDifferentiationMissing,
    ProjectMeasuresMissing,
    ProjectNotOfCounties,
    ProjectNotReady,
    ProjectOfHigherLevel,
    ProjectReplacementMissing,
    ProjectReturnedBefore,
    ProjectSecondPerson,
    ProjectVersionChanged,
)
from backend.projects.rules import judging, moving, stating, tiers, writing
from backend.projects.rules.placing import Impact
from backend.projects.service.common import facts_approved, move, reviewed, stepping, version_of
from backend.projects.service.placing import draws, impacts
from backend.projects.values import (
    REFERENCE,
    Action,
    Assessment,
    CarbonClass,
    Check,
    ProjectFacts,
    ProjectState,
    ProjectValue,
    Stance,
    Tier,
    VersionValue,
    Words,
)
from backend.tenants import service as tenants
from backend.tenants.values import TenantLevel

MOST_ITEMS = 50
WORKING_BEFORE = frozenset({Action.RETURN, Action.TAKE, Action.OPINION})
"""Whoever did one of these does not decide."""
COUNTIES = frozenset({"district", "county", "zone"})
"""Levels of divisions that stand on a county's step (县级)."""


@dataclass(frozen=True, slots=True)
class Replacing:
    """By what a project is replaced: tonnes of another division's budget move to the project's own.

    Without `from_division` nothing moves, and `not_needed` says why.
    """

    replacement: Replacement = Replacement.EQUAL
    from_division: str = ""
    ratio: Decimal | None = None
    document: Paper | None = None
    not_needed: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """An approval with its conditions, or a refusal with its reasons, of one version of an application.

    `lines` are the tonnes to hold of the division's years; None: full production from the first year to the end of that
    five-year period. `reference` is the number of the decision's document.
    """

    is_approved: bool
    version: int
    reason: str
    reference: str = ""
    conditions: Sequence[str] = ()
    lines: Sequence[tuple[int, Decimal]] | None = None
    replacing: Replacing | None = None


async def take(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, *, on: date | None = None, note: str = ""
) -> ProjectValue:
    """Take an application into review: its materials are complete.

    Raises:
        Unauthenticated, Forbidden: without `projects:review`.
        InvestmentProjectNotFound: not there, or not visible.
        ProjectOfAuthority: not an authority.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectDayInvalid, ProjectTextInvalid: the day, the note.
    """
    project = await stepping(write, scope, account_id, project_id, Action.TAKE)
    day = moving.step_day(on, project.state_on, today())
    said = stating.text("note", note, least=0)
    return await move(write, scope, project, Action.TAKE, ProjectState.IN_REVIEW, day, note=said)


async def return_materials(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, *, missing: Sequence[str], on: date | None = None
) -> ProjectValue:
    """Return an application once, with the whole list of what it lacks.

    Raises:
        Unauthenticated, Forbidden: without `projects:review`.
        InvestmentProjectNotFound: not there, or not visible.
        ProjectOfAuthority: not an authority.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectReturnedBefore: it was returned before.
        ProjectDayInvalid, ProjectTextInvalid: the day, the list.
        ProjectDeemedTaken: the five working days are over (Order 31, article 14).
    """
    project = await stepping(write, scope, account_id, project_id, Action.RETURN)
    if project.is_returned_before:
        raise ProjectReturnedBefore
    day = moving.step_day(on, project.state_on, today())
    if project.due_on is not None and day > project.due_on:
        raise ProjectDeemedTaken(until=project.due_on.isoformat())
    items = _items("missing", missing, least=1)
    return await move(
        write, scope, project, Action.RETURN, ProjectState.RETURNED, day, facts={"missing": items},
        is_returned_before=True,
    )  # fmt: skip


async def give_opinion(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, *, expert: str, stance: Stance, opinion: str,
    on: date | None = None,
) -> ProjectValue:  # fmt: skip
    """Record what an expert says of a project in review.

    Raises:
        Unauthenticated, Forbidden: without `projects:review`.
        InvestmentProjectNotFound: not there, or not visible.
        ProjectOfAuthority: not an authority.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectDayInvalid, ProjectTextInvalid: the day, the expert's name, the opinion.
    """
    project = await stepping(write, scope, account_id, project_id, Action.OPINION)
    day = moving.step_day(on, project.state_on, today())
    who = stating.text("expert", expert, most=stating.LONGEST_NAME)
    said = stating.text("opinion", opinion)
    return await move(
        write, scope, project, Action.OPINION, project.state, day, due_on=project.due_on, note=said,
        facts={"expert": who, "stance": stance},
    )  # fmt: skip


async def checks(read: Read, scope: Scope, project: ProjectValue, version: VersionValue) -> list[Check]:
    """Return the conditions of a project's approval as they stand today."""
    facts, result = writing.facts_of(version.facts), writing.result_of(version.result)
    levels = await queries.levels(read, scope, sector=facts.sector, on=today())
    above = [each for each in levels if project.division_path.startswith(each.division_path)]
    return judging.checks(scope.tenant, facts, result, reviewed(scope, facts, result), above)


async def decide(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, decision: Decision, *, on: date | None = None
) -> ProjectValue:
    """Approve a project with conditions and hold its tonnes, or refuse it; so too a change that waits for its review.

    Raises:
        Unauthenticated, Forbidden: without `projects:decide`.
        InvestmentProjectNotFound: not there, or not visible.
        ProjectOfAuthority: not an authority.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectDayInvalid, ProjectTextInvalid: the day, the reason, a condition, the document's number.
        ProjectVersionChanged: it is not this version any more.
        ProjectSecondPerson: the caller took the materials or gave an opinion.
        ProjectNotReady: a condition fails or cannot be told; says which.
        ProjectNotOfCounties, ProjectOfHigherLevel, ProjectDecidedElsewhere: a higher level decides.
        ProjectDifferentiationMissing: of high carbon intensity, where these are controlled, and no condition is given.
        ProjectReplacementMissing: of high energy use and high emissions, and nothing is said of its replacement.
        BudgetExceeded, BudgetMissing and the other refusals of budgets: there is nothing to hold, or to replace by.
    """
    action = Action.APPROVE if decision.is_approved else Action.REFUSE
    project = await stepping(write, scope, account_id, project_id, action)
    day = moving.step_day(on, project.state_on, today())
    why = stating.text("reason", decision.reason)
    conditions = _items("conditions", decision.conditions, least=0)
    reference = stating.text("reference", decision.reference, least=0, most=stating.LONGEST_NAME)
    if project.version != decision.version:
        raise ProjectVersionChanged(version=project.version, path=("input", "version"))
    [steps] = await queries.steps_below(write, scope, [(account_id, project_id)])
    if scope.actor_id in {each.actor_id for each in steps if each.action in WORKING_BEFORE}:
        raise ProjectSecondPerson
    if not decision.is_approved:
        return await _refuse(write, scope, project, day, why, reference)
    version = await version_of(write, scope, project)
    found = await checks(write, scope, project, version)
    blocked = judging.blocking(found)
    if blocked:
        raise ProjectNotReady(**judging.told("reasons", (each.reason for each in blocked)))
    facts, result = writing.facts_of(version.facts), writing.result_of(version.result)
    await _check_level(write, scope, facts, result, reference)
    [impact] = await impacts(write, scope, [(account_id, project_id, project.version)])
    if tiers.is_differentiated(scope.tenant) and not conditions:
        _check_class(impact)
    assert result.tce is not None  # noqa: S101 - the checks passed
    assert result.tonnes is not None  # noqa: S101 - the checks passed
    lines = draws(facts, result.tonnes) if decision.lines is None else decision.lines
    given_up = project.reservation_id
    giver = "" if decision.replacing is None else decision.replacing.from_division
    await budgets.lock_for(
        write, scope, [project.division_code, *([giver] if giver else [])], [year for year, _ in lines],
        [] if given_up is None else [given_up],
    )  # fmt: skip
    if given_up is not None:
        await budgets.release(write, scope, given_up, why)
    moved = await _replace(write, scope, project, result, decision.replacing, lines, why)
    reservation_id = None
    if lines:
        name = f"{project.code} {project.name}"[: stating.LONGEST_NAME]
        reservation_id = await budgets.reserve(
            write, scope, project.division_code, lines, Reference(REFERENCE, project.id, name), why,
            sector=facts.sector,
        )  # fmt: skip
    target = project.prior_state or ProjectState.APPROVED
    return await move(
        write, scope, project, action, target, day, reference=reference, note=why,
        # Consent to a change begins the two years anew (Order 31, article 19).
        due_on=moving.valid_until(day) if target is ProjectState.APPROVED else project.due_on,
        facts={"conditions": conditions, "budget": [list(each) for each in lines], "reservation": reservation_id,
               "replacement": moved, "impact": None if impact is None else asdict(impact)},
        prior_state=None, approved_version=project.version, approved_on=project.approved_on or day,
        approved_tce=result.tce, approved_tonnes=result.tonnes, reservation_id=reservation_id,
    )  # fmt: skip


async def conclude(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, *, on: date | None = None, note: str = ""
) -> ProjectValue:
    """Conclude an acceptance: within ten percent it is accepted and its budget posted; beyond, it is to be rectified.

    What was measured is posted for each year held; what was held beyond it is available again.

    Raises:
        Unauthenticated, Forbidden: without `projects:decide`.
        InvestmentProjectNotFound: not there, or not visible.
        ProjectOfAuthority: not an authority.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectDayInvalid, ProjectTextInvalid: the day, the note.
        ProjectMeasuresMissing: nothing was reported.
        BudgetExceeded and the other refusals of budgets: more than was held, and nothing is left.
    """
    project = await stepping(write, scope, account_id, project_id, Action.CONCLUDE)
    day = moving.step_day(on, project.state_on, today())
    said = stating.text("note", note, least=0)
    [steps] = await queries.steps_below(write, scope, [(account_id, project_id)])
    reported = next((each.facts for each in reversed(steps) if each.action is Action.REPORT), None)
    if reported is None or project.approved_tce is None or project.approved_tonnes is None:
        raise ProjectMeasuresMissing(places=moving.PLACES)
    tce, tonnes = Decimal(reported["tce"]), Decimal(reported["tonnes"])
    facts = {
        "tce": tce,
        "tonnes": tonnes,
        "approved_tce": project.approved_tce,
        "approved_tonnes": project.approved_tonnes,
    }
    if moving.exceeds(tce, project.approved_tce) or moving.exceeds(tonnes, project.approved_tonnes):
        return await move(
            write, scope, project, Action.CONCLUDE, ProjectState.RECTIFYING, day, due_on=project.due_on, note=said,
            facts=facts,
        )  # fmt: skip
    if project.reservation_id is not None:
        existing = (await facts_approved(write, scope, project)).existing_tonnes
        await _post(write, scope, project.reservation_id, moving.drawn(tonnes, existing), said or "验收通过")
    return await move(write, scope, project, Action.CONCLUDE, ProjectState.ACCEPTED, day, note=said, facts=facts)


async def _post(write: Write, scope: Scope, reservation_id: UUID, tonnes: Decimal, reason: str) -> None:
    [years] = await budgets.reservation_years(write, scope, [reservation_id])
    amount = tonnes.quantize(moving.TONNES)
    lines = [(each.year, amount) for each in years if each.reserved > 0]
    if amount > 0 and lines:
        await budgets.post(write, scope, reservation_id, lines, reason)
    else:
        await budgets.release(write, scope, reservation_id, reason)


async def _refuse(
    write: Write, scope: Scope, project: ProjectValue, day: date, why: str, reference: str
) -> ProjectValue:  # fmt: skip
    if project.prior_state is None or project.approved_version is None:
        return await move(
            write, scope, project, Action.REFUSE, ProjectState.REFUSED, day, reference=reference, note=why
        )
    key = (project.account_id, project.id, project.approved_version)
    [approved] = await queries.versions_by_key(write, scope, [key])
    assert approved is not None  # noqa: S101 - versions are never removed
    before = {name: approved.facts[name] for name in ("code", "name", "sector")}
    return await move(
        write, scope, project, Action.REFUSE, project.prior_state, day, due_on=project.due_on, reference=reference,
        note=why, prior_state=None, **before,
    )  # fmt: skip


async def _check_level(read: Read, scope: Scope, facts: ProjectFacts, result: Assessment, reference: str) -> None:
    """Refuse a decision that is another level's.

    Raises:
        ProjectNotOfCounties: of high energy use and high emissions, and the caller's region is a county's or a district's.
        ProjectOfHigherLevel: the province's own authority decides.
        ProjectDecidedElsewhere: it is decided above this jurisdiction, and the document is not named.
    """
    if tiers.is_two_high(facts.sector, result.coal) is not False and scope.kind is Kind.AUTHORITY:
        own = await tenants.divisions(read, scope, scope.region)
        if own and own[0].level in COUNTIES:
            raise ProjectNotOfCounties
    tier = reviewed(scope, facts, result).tier
    if tier not in {Tier.PROVINCIAL, Tier.NATIONAL}:
        return
    pack = await tenants.pack_in_force(read, scope)
    if tier is Tier.PROVINCIAL and pack.level is TenantLevel.PROVINCE:
        if scope.kind is not Kind.SYSTEM and scope.region != pack.region:
            raise ProjectOfHigherLevel
    elif not reference:
        raise ProjectDecidedElsewhere(path=("input", "reference"))


async def _replace(
    write: Write,
    scope: Scope,
    project: ProjectValue,
    result: Assessment,
    replacing: Replacing | None,
    lines: Sequence[tuple[int, Decimal]],
    why: str,
) -> dict[str, object] | None:
    """Move the tonnes a project is replaced by; return what was done, None where nothing is asked for."""
    if replacing is None:
        if tiers.is_two_high(project.sector, result.coal) is not False:
            raise ProjectReplacementMissing(path=("input", "replacement"))
        return None
    if not replacing.from_division:
        return {"not_needed": stating.text("notNeeded", replacing.not_needed)}
    if replacing.document is None:
        raise ProjectReplacementMissing(path=("input", "replacement", "document"))
    entry_id = await budgets.transfer(
        write, scope, replacing.from_division, project.division_code, lines, why, replacing.document,
        replacement=replacing.replacement, ratio=replacing.ratio,
    )  # fmt: skip
    return {**asdict(replacing), "entry": entry_id}


def _check_class(found: Impact | None) -> None:
    """Refuse an approval without conditions of a project that is not known to be of low carbon intensity.

    Raises:
        ProjectDifferentiationMissing: says what is known of it.
    """
    if found is None or found.carbon_class is not CarbonClass.LOW:
        note = Words("无法判定", "it cannot be told") if found is None else found.note
        raise ProjectDifferentiationMissing(told_zh=note.zh, told_en=note.en, path=("input", "conditions"))


def _items(field: str, given: Sequence[str], *, least: int) -> list[str]:
    items = [stating.text(field, each, most=500) for each in given]
    if not least <= len(items) <= MOST_ITEMS:
        stating.text(field, "", least=1)
    return items
