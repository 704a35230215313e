"""Look at every cause of a subtree for a month: raise, worsen, ease, clear and reopen warnings, tell whose they are."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, text, update

from backend.budgets import service as budgets
from backend.budgets.service import BudgetView
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.months import Month
from backend.kit.notices import Addressee, Link, Notice, Said, tell
from backend.kit.scope import Kind, Scope
from backend.monitoring.alerts import finding, naming, queries, terms
from backend.monitoring.alerts.models import MonitoringEvaluation, MonitoringStep, MonitoringWarning
from backend.monitoring.alerts.rules import Change, Decision, decide
from backend.monitoring.alerts.values import (
    KIND_NAMES,
    EvaluationValue,
    Finding,
    Outcome,
    StepKind,
    Terms,
    WarningState,
    WarningValue,
)
from backend.monitoring.errors import MonthNotOver, TermsMissing
from backend.monitoring.series import queries as series
from backend.monitoring.series import rules as summing
from backend.monitoring.series.values import ALL_SECTORS
from backend.tenants import service as tenants
from backend.tenants.service import DivisionRow

MOST_BUDGETS = 10_000
MOST_UNTOLD = 200
"""Of what cannot be told so many are kept with an evaluation; their number is kept whole."""
ANSWERING = ("administrator", "officer")
_LOCK = text("select pg_advisory_xact_lock(hashtext('monitoring_evaluation'))")
CHANGING = (
    "state", "level", "level_zh", "level_en", "rank", "is_present", "month", "value", "evidence", "is_placeholder",
    "due_on", "closing_by", "closed_at", "closed_by",
)  # fmt: skip
"""What an evaluation may change of a warning."""
_CHANGE = (
    update(MonitoringWarning)
    .where(MonitoringWarning.id == bindparam("own_id"))
    .values({name: bindparam(f"new_{name}", type_=MonitoringWarning.__table__.c[name].type) for name in CHANGING})
)
STEPS: Mapping[Change, StepKind] = {
    Change.RAISE: StepKind.RAISED, Change.REOPEN: StepKind.REOPENED, Change.WORSEN: StepKind.WORSENED,
    Change.EASE: StepKind.EASED, Change.CONFIRM: StepKind.CONFIRMED, Change.CLEAR: StepKind.CLEARED,
}  # fmt: skip


async def evaluate(write: Write, scope: Scope, month: date) -> EvaluationValue:
    """Evaluate the caller's subtree (the service: the whole jurisdiction) as of a month that is over.

    Growth is looked at for the division and those directly below it, in all sectors together and in each; projections for
    every annual budget of the month's year. Run again for the same month with the same data, it changes nothing.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:respond`.
        MonitoringOfAuthorities: not an authority.
        MonthNotOver: the month is not over.
        TermsMissing: there are no levels of warning.
    """
    terms.of_authority(scope, "monitoring:respond")
    wanted = Month.of(month)
    if wanted.last_day >= today():
        raise MonthNotOver(month=str(wanted), path=("input", "month"))
    in_force = await terms.in_force(write, scope)
    if not in_force.levels:
        raise TermsMissing
    await write.run(_LOCK)
    top = await _top(write, scope)
    findings = await look(write, scope, top, wanted, in_force)
    known = await queries.newest_of_causes(write, scope, top.path)
    at = now()
    decisions = [(each, decide(each, known.get(each.cause), at)) for each in findings]
    evaluation = _evaluation(scope, top, wanted.first_day, in_force, decisions)
    await write.run(
        insert(MonitoringEvaluation).values(
            {name: getattr(evaluation, name) for name in evaluation.__slots__} | {"untold": list(evaluation.untold)}
        )
    )
    changed = [each for each in decisions if each[1].change is not Change.NOTHING]
    ids = await _apply(write, scope, changed, in_force)
    await _tell(write, scope, evaluation, changed, ids)
    write.audit(
        "monitoring:evaluate", object_type="WarningEvaluation", object_id=evaluation.id, month=str(wanted),
        raised=evaluation.raised, reopened=evaluation.reopened, cleared=evaluation.cleared,
    )  # fmt: skip
    return evaluation


async def _top(read: Read, scope: Scope) -> DivisionRow:
    if scope.kind is Kind.AUTHORITY:
        return await tenants.required_division(read, scope, scope.region.rstrip("/").rsplit("/", 1)[-1])
    pack = await tenants.pack_in_force(read, scope)
    return await tenants.required_division(read, scope, pack.division_code)


async def look(read: Read, scope: Scope, top: DivisionRow, month: Month, in_force: Terms) -> list[Finding]:
    """Return what the books say of every cause of a subtree; nothing is stored."""
    pack = await tenants.pack_in_force(read, scope)
    below = await tenants.divisions(read, scope, top.path)
    codes = {top.path: top.code} | {each.path: each.code for each in below if each.parent_code == top.code}
    sectors = [ALL_SECTORS, *(each.code for each in pack.sectors)]
    first = month.plus(-(in_force.latest_months + in_force.window_months - 1)).first_day
    like = await series.like_months(read, scope, first, month.first_day, top.path)
    sums = summing.summed(like, [(path, sector) for path in codes for sector in sectors])
    grown = finding.of_growth(sums, codes, month.first_day, in_force)
    views: list[BudgetView] = []
    if scope.allows("budgets:read"):
        views = await budgets.tree(
            read, scope, first_year=month.year, last_year=month.year, division_code=top.code, limit=MOST_BUDGETS
        )
    in_effect = [each for each in views if each.line.effective_on <= today()]
    return grown + finding.of_budgets(in_effect, month.first_day, in_force)


def _evaluation(
    scope: Scope, top: DivisionRow, month: date, in_force: Terms, decisions: Sequence[tuple[Finding, Decision]]
) -> EvaluationValue:
    def count(change: Change) -> int:
        return sum(each.change is change for _, each in decisions)

    untold = [each for each, _ in decisions if each.outcome is Outcome.CANNOT_TELL]
    return EvaluationValue(
        id=new_id(), division_code=top.code, division_path=top.path, month=month, terms_id=in_force.id,
        is_placeholder=in_force.is_placeholder, looked_at=len(decisions), raised=count(Change.RAISE),
        reopened=count(Change.REOPEN), worsened=count(Change.WORSEN), cleared=count(Change.CLEAR),
        untold=tuple(
            {
                "kind": each.cause.kind.value, "division_code": each.cause.division_code, "sector": each.cause.sector,
                "account_id": str(each.cause.account_id) if each.cause.account_id else None, "year": each.cause.year,
                "note_zh": each.note.zh if each.note else "", "note_en": each.note.en if each.note else "",
            }
            for each in untold[:MOST_UNTOLD]
        ),
        evaluated_at=now(), evaluated_by=scope.actor_id,
    )  # fmt: skip


def evidence_of(found: Finding, in_force: Terms) -> dict[str, Any]:
    """Return what a finding rests on, as it is kept."""
    return {
        "threshold": None if found.threshold is None else format(found.threshold, "f"), "unit": "%",
        "terms_id": str(in_force.id) if in_force.id else None, "document_zh": in_force.document.zh,
        "document_en": in_force.document.en, "is_placeholder": in_force.is_placeholder,
        "figures": [
            {"code": each.code, "zh": each.name.zh, "en": each.name.en, "value": each.value, "unit": each.unit,
             "source": each.source}
            for each in found.figures
        ],
    }  # fmt: skip


async def _apply(
    write: Write, scope: Scope, changed: Sequence[tuple[Finding, Decision]], in_force: Terms
) -> list[UUID]:
    """Store what was decided; return the warning of each."""
    owners = await _owners(write, scope, changed)
    ids: list[UUID] = []
    new: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for found, decision in changed:
        evidence = evidence_of(found, in_force)
        own_id = decision.warning.id if decision.warning and decision.change is not Change.RAISE else new_id()
        ids.append(own_id)
        if decision.change is Change.RAISE:
            new.append(_raised(own_id, found, decision, evidence, in_force, owners.get(found.cause.division_path)))
        elif decision.warning is not None:
            now_is = _gone(found) if decision.change is Change.CLEAR else _seen(found, decision, evidence, in_force)
            changes.append(_changed(decision.warning, now_is))
        steps.append(
            step_row(
                scope, own_id, found.cause.division_path, STEPS[decision.change],
                facts={**evidence, "value": None if found.value is None else format(found.value, "f"),
                       "level": found.level.code if found.level else None, "month": f"{found.month:%Y-%m}"},
            )
        )  # fmt: skip
    if new:
        await write.run(insert(MonitoringWarning), new)
    if changes:
        await write.run(_CHANGE, changes)
    if steps:
        await write.run(insert(MonitoringStep), steps)
    return ids


def _raised(
    own_id: UUID, found: Finding, decision: Decision, evidence: dict[str, Any], in_force: Terms, owner: UUID | None
) -> dict[str, Any]:
    cause = found.cause
    return {
        "id": own_id, "kind": cause.kind.value, "division_code": cause.division_code,
        "division_path": cause.division_path, "sector": cause.sector, "account_id": cause.account_id,
        "year": cause.year, "owner_id": owner, "owner_person_id": None, "response": "", "measure": "",
        "escalated_for": None, "escalations": 0, "raised_at": now(), "closing_by": None, "closed_at": None,
        "closed_by": None, "former_id": decision.warning.id if decision.warning else None,
        "state": WarningState.OPEN.value, **_level(found, evidence, in_force), "due_on": _due(found),
    }  # fmt: skip


def _seen(found: Finding, decision: Decision, evidence: dict[str, Any], in_force: Terms) -> dict[str, Any]:
    values = _level(found, evidence, in_force)
    if decision.change is Change.REOPEN:
        values |= {
            "state": WarningState.OPEN.value, "closed_at": None, "closed_by": None, "closing_by": None,
            "due_on": _due(found),
        }  # fmt: skip
    elif decision.change is Change.WORSEN and decision.warning is not None:
        # A graver level shortens the time for an answer; it never lengthens it.
        values["due_on"] = min(decision.warning.due_on, _due(found))
    return values


def _level(found: Finding, evidence: dict[str, Any], in_force: Terms) -> dict[str, Any]:
    level = found.level
    assert level is not None  # noqa: S101 - what was found has a level
    return {
        "level": level.code, "level_zh": level.name_zh, "level_en": level.name_en, "rank": found.rank,
        "is_present": True, "month": found.month, "value": found.value, "evidence": evidence,
        "is_placeholder": in_force.is_placeholder,
    }  # fmt: skip


def _due(found: Finding) -> date:
    return today() + timedelta(days=found.level.answer_days if found.level else 0)


def _gone(found: Finding) -> dict[str, Any]:
    return {"is_present": False, "month": found.month}


def _changed(known: WarningValue, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of `_CHANGE`: what is not given stays as it was."""
    was = {name: getattr(known, name) for name in CHANGING} | {"state": known.state.value}
    return {"own_id": known.id} | {f"new_{name}": each for name, each in {**was, **values}.items()}


async def _owners(
    read: Read, scope: Scope, changed: Sequence[tuple[Finding, Decision]]
) -> dict[str, UUID]:  # fmt: skip
    """Return the authority nearest at or above each division where a warning is new: whose it is until it is assigned."""
    owners: dict[str, UUID] = {}
    for path in sorted({found.cause.division_path for found, each in changed if each.change is Change.RAISE}):
        over = await series.authorities_over(read, scope, path)
        if over:
            owners[path] = over[0][0]
    return owners


def step_row(
    scope: Scope, warning_id: UUID, path: str, kind: StepKind, *, note: str = "", facts: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a step as it is stored."""
    return {
        "warning_id": warning_id, "id": new_id(), "division_path": path, "kind": kind.value, "note": note,
        "facts": dict(facts or {}), "at": now(), "by": scope.actor_id, "organisation_id": scope.organisation_id,
    }  # fmt: skip


NEWS = {Change.RAISE, Change.REOPEN, Change.WORSEN}


async def _tell(
    write: Write, scope: Scope, evaluation: EvaluationValue, changed: Sequence[tuple[Finding, Decision]],
    ids: Sequence[UUID],
) -> None:  # fmt: skip
    """Tell the authorities of each division once of all its news, and the holder of a key unit of its own."""
    news: dict[str, list[tuple[Finding, UUID]]] = {}
    if not any(decision.change in NEWS for _, decision in changed):
        return
    names = await naming.called(write, scope)
    for (found, decision), own_id in zip(changed, ids, strict=True):
        if decision.change not in NEWS:
            continue
        news.setdefault(found.cause.division_path, []).append((found, own_id))
        if found.cause.account_id is not None:
            subject = _about(found, names)
            await tell(
                write, scope,
                Notice(
                    "monitoring.warning", f"warning:{own_id}:{evaluation.id}", subject,
                    Said(f"{subject.zh}。请关注主管部门后续通知。", f"{subject.en}. The authority will follow up."),
                    Link("EmissionWarning", (own_id,)),
                ),
                Addressee(account_id=found.cause.account_id),
            )  # fmt: skip
    for path, own in news.items():
        listed_zh = "；".join(_about(found, names).zh for found, _ in own)
        listed_en = "; ".join(_about(found, names).en for found, _ in own)
        count = len(own)
        plural = "s" if count > 1 else ""
        await tell(
            write, scope,
            Notice(
                "monitoring.warning", f"evaluation:{evaluation.id}:{path}",
                Said(f"碳排放预警 {count} 项（{evaluation.month:%Y-%m}）", f"{count} emission warning{plural}, {evaluation.month:%Y-%m}"),
                Said(f"{listed_zh}。", f"{listed_en}."),
                Link("EmissionWarning", (own[0][1],)) if count == 1 else None,
            ),
            Addressee(division_path=path, roles=ANSWERING),
        )  # fmt: skip


def _about(found: Finding, names: naming.Called) -> Said:
    name, level, of = KIND_NAMES[found.cause.kind], found.level, names.of(found.cause)
    shown = format(found.value or Decimal(0), "+.2f")
    return Said(
        f"{of.zh} {name.zh}：{level.name_zh if level else ''}（{shown}%）",
        f"{of.en}: {name.en}, {level.name_en if level else ''} ({shown} %)",
    )
