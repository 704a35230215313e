"""Decide on a plan: approved, its targets are in force from the day it names."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy import insert

from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.targets import queries, queries_plans
from backend.targets.errors import (
    TargetHandedDown,
    TargetParentMissing,
    TargetPlanRevised,
    TargetsCannotTell,
    TargetSecondPerson,
    TargetsOver,
    TargetsShort,
)
from backend.targets.models import DualTarget, TargetPlanDecision
from backend.targets.rules import checking, sharing
from backend.targets.service.common import is_whole, of_authority, structure
from backend.targets.service.drafting import held, undecided
from backend.targets.service.measuring import measured
from backend.targets.values import ZERO, TargetKind, TargetPlanValue, TargetValue
from backend.tenants import service as tenants
from backend.tenants.service import DivisionRow

KINDS_ZH = {TargetKind.INTENSITY: "强度", TargetKind.TOTAL: "总量"}


async def decide_plan(
    write: Write, scope: Scope, plan_id: UUID, *, is_approved: bool, reason: str, revision: int | None = None
) -> TargetPlanValue:
    """Approve or reject a plan, once and for good; whoever wrote a revision of it does not decide.

    Limits in tonnes below a division never come to more than its own. Reductions below it, weighted by their base-year
    emissions, carry its own; where that cannot be told, nothing is approved.

    Raises:
        Unauthenticated, Forbidden: without `targets:set`.
        TargetsOfAuthorities: not an authority.
        TargetTextInvalid: the reason.
        TargetPlanNotFound, TargetPlanDecided: no such draft.
        TargetPlanRevised: the draft is not at `revision` any more.
        TargetSecondPerson: the caller wrote or edited it.
        TargetHandedDown: a line is of the caller's own division, which is not the whole jurisdiction.
        TargetParentMissing: nothing to decompose, and the caller is not the whole jurisdiction's.
        TargetsOver, TargetsShort, TargetsCannotTell: what lies below a division does not fit its own target.
    """
    of_authority(scope, "targets:set")
    why = checking.text("reason", reason)
    await structure(write)
    plan = await undecided(write, scope, plan_id)
    if revision not in {None, plan.revision}:
        raise TargetPlanRevised(revision=plan.revision, path=("input", "revision"))
    if scope.kind is not Kind.SYSTEM and scope.actor_id in await queries_plans.authors(write, scope, plan_id):
        raise TargetSecondPerson
    await write.run(
        insert(TargetPlanDecision).values(
            plan_id=plan_id, revision=plan.revision, is_approved=is_approved, reason=why, decided_at=now(),
            decided_by=scope.actor_id,
        )
    )  # fmt: skip
    if is_approved:
        await _in_force(write, scope, plan)
    write.audit(
        "targets:approve" if is_approved else "targets:reject", object_type="TargetPlan", object_id=plan_id,
        revision=plan.revision, sha256=plan.sha256, reason=why,
    )  # fmt: skip
    return await held(write, scope, plan_id)


async def _in_force(write: Write, scope: Scope, plan: TargetPlanValue) -> None:
    divisions = {each.code: each for each in await tenants.divisions(write, scope, plan.division_path)}
    at = now()
    made = [
        TargetValue(
            id=new_id(), plan_id=plan.id, division_code=each.division_code,
            division_path=divisions[each.division_code].path, account_id=each.account_id, kind=each.kind,
            first_year=each.first_year, last_year=each.last_year, base_year=each.base_year, value=each.value,
            footing=each.footing, method=each.method, basis=each.basis, document_number=plan.document_number,
            document_dated=plan.document_dated, document_title=plan.document_title, effective_on=plan.effective_on,
            approved_at=at, approved_by=scope.actor_id,
        )
        for each in plan.lines
    ]  # fmt: skip
    # What takes effect later must fit as well, on every day something does.
    days = [plan.effective_on, *await queries.later_days(write, scope, plan.effective_on)]
    for day in days:
        there = _on(made, await queries.targets(write, scope, on=day), plan.effective_on)
        if day == plan.effective_on:
            await _allowed(write, scope, made, there)
        for division in _touched(made, there):
            await _fits(write, scope, division, there, list(divisions.values()))
    rows = [{each: getattr(target, each) for each in target.__slots__} for target in made]
    await write.run(insert(DualTarget), rows)


def _on(made: Sequence[TargetValue], known: Sequence[TargetValue], effective_on: date) -> list[TargetValue]:
    """Return what would count on a day: of a key what takes effect last."""
    newer = {each.key for each in known if each.effective_on > effective_on}
    counting = [each for each in made if each.key not in newer]
    keys = {each.key for each in counting}
    return [*(each for each in known if each.key not in keys), *counting]


async def _allowed(read: Read, scope: Scope, made: Sequence[TargetValue], there: Sequence[TargetValue]) -> None:
    if await is_whole(read, scope):
        return
    for row, target in enumerate(made, 1):
        path = ("input", "lines", str(row - 1))
        if target.account_id is None and target.division_path == scope.region:
            raise TargetHandedDown(division=target.division_code, path=path)
        if parent(target, there) is None:
            raise TargetParentMissing(
                row=row, division=target.division_code, kind=target.kind.value, kind_zh=KINDS_ZH[target.kind],
                years=checking.span(target.first_year, target.last_year), path=path,
            )  # fmt: skip


def parent(target: TargetValue, there: Sequence[TargetValue]) -> TargetValue | None:
    """Return the target a target was decomposed from: that of the nearest division above, of its kind and period."""
    above = [each for each in there if _is_above(each, target)]
    return max(above, key=lambda each: len(each.division_path), default=None)


def _is_above(upper: TargetValue, lower: TargetValue) -> bool:
    if upper.account_id is not None or upper.id == lower.id:
        return False
    if (upper.kind, upper.first_year, upper.last_year) != (lower.kind, lower.first_year, lower.last_year):
        return False
    is_self = upper.division_path == lower.division_path
    return lower.division_path.startswith(upper.division_path) and (lower.account_id is not None or not is_self)


def _touched(made: Sequence[TargetValue], there: Sequence[TargetValue]) -> list[TargetValue]:
    """Return the targets that must still fit what lies below them: the new ones, and those above them."""
    counting = {each.id for each in there}
    found = {each.id: each for each in made if each.account_id is None and each.id in counting}
    found |= {above.id: above for each in made if (above := parent(each, there)) is not None}
    return sorted(found.values(), key=lambda each: (each.division_path, each.kind, each.first_year))


async def _fits(
    read: Read, scope: Scope, own: TargetValue, there: Sequence[TargetValue], divisions: Sequence[DivisionRow]
) -> None:  # fmt: skip
    below = [each for each in there if (above := parent(each, there)) is not None and above.id == own.id]
    years = checking.span(own.first_year, own.last_year)
    if own.kind is TargetKind.TOTAL:
        asked = sum((each.value for each in below), ZERO)
        if asked > own.value:
            raise TargetsOver(
                division=own.division_code, years=years, asked=checking.plain(asked), total=checking.plain(own.value),
                path=("input",),
            )  # fmt: skip
    elif below:
        await _carries(read, scope, own, below, divisions)


async def _carries(
    read: Read, scope: Scope, own: TargetValue, below: Sequence[TargetValue], divisions: Sequence[DivisionRow]
) -> None:  # fmt: skip
    """See that the reductions below carry a division's own; one below without a target bears nothing.

    Raises:
        TargetsShort, TargetsCannotTell: they do not, or that cannot be told.
    """
    parts = [each for each in divisions if each.parent_code == own.division_code]
    set_for = {each.division_code: each.value for each in below}
    # A target may skip a step of the tree: then its division stands for itself.
    parts += [each for each in divisions if each.code in set_for and each not in parts]
    least = min((set_for.get(each.code, ZERO) for each in parts), default=ZERO)
    if least >= own.value:
        return
    base = own.base_year or own.first_year
    by = await measured(read, scope, parts, [base], footings=frozenset({own.footing}))
    tonnes = {each.code: by.emissions(each.code, None, own.footing).get(base) for each in parts}
    unknown = sorted(code for code, each in tonnes.items() if each is None)
    most = max(set_for.values(), default=ZERO)
    years = checking.span(own.first_year, own.last_year)
    told = {"division": own.division_code, "years": years, "asked": checking.plain(own.value)}
    if most < own.value:
        raise TargetsShort(reached=f"< {checking.plain(own.value)}", **told, path=("input",))
    if unknown:
        raise TargetsCannotTell(unknown=", ".join(unknown), base_year=base, **told, path=("input",))
    weighed = [(tonnes[each.code] or Decimal(0), set_for.get(each.code, ZERO)) for each in parts]
    reached = sharing.combined(weighed)
    if reached is None or reached < Fraction(own.value):
        raise TargetsShort(reached=sharing.shown(reached or Fraction(0)), **told, path=("input",))
