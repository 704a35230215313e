"""Decide on a plan: approved by a second person, its lines are in force and hand down from those above them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert

from backend.budgets import queries, queries_plans
from backend.budgets.errors import (
    BudgetHandedDown,
    BudgetInForce,
    BudgetParentMissing,
    BudgetRevised,
    BudgetSecondPerson,
)
from backend.budgets.models import BudgetLine, BudgetPlanDecision
from backend.budgets.rules import booking, checking, nesting
from backend.budgets.service.common import book, enough, is_whole, locked, of_authority, structure
from backend.budgets.service.drafting import held, undecided
from backend.budgets.service.spans import within_bounds
from backend.budgets.values import EntryKind, Level, LineValue, Paper, PlanValue, Pocket, Posting
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants


async def decide(
    write: Write, scope: Scope, plan_id: UUID, *, is_approved: bool, reason: str, revision: int | None = None
) -> PlanValue:  # fmt: skip
    """Approve or reject a plan, once and for good; approved, its newest lines are in force.

    Each line hands down from the nearest budget above it, and takes over from there those that lie below it.

    Raises:
        Unauthenticated, Forbidden: without `budgets:approve`.
        BudgetOfAuthorities: not an authority.
        BudgetTextInvalid: the reason.
        BudgetPlanNotFound: not there, or not visible.
        BudgetDecided: approved or rejected before.
        BudgetRevised: it was edited since the revision the caller read.
        BudgetSecondPerson: the caller drafted or edited it.
        BudgetHandedDown: a line is of the caller's own division, which is not the whole jurisdiction.
        BudgetInForce: there is a budget of a line already.
        BudgetParentMissing: nothing to hand down from, and the caller is not the whole jurisdiction's.
        BudgetExceeded: more than is left above, or less than lies below already.
        BudgetOverSpan, BudgetSectorsOver: the years or sectors come to more than the budget over them.
    """
    of_authority(scope, "budgets:approve")
    why = checking.text("reason", reason)
    await structure(write)
    plan = await undecided(write, scope, plan_id)
    if revision not in {None, plan.revision}:
        raise BudgetRevised(revision=plan.revision, path=("input", "revision"))
    if scope.kind is not Kind.SYSTEM and scope.actor_id in await queries_plans.authors(write, scope, plan_id):
        raise BudgetSecondPerson
    await write.run(
        insert(BudgetPlanDecision).values(
            plan_id=plan_id, revision=plan.revision, is_approved=is_approved, reason=why, decided_at=now(),
            decided_by=scope.actor_id,
        )
    )  # fmt: skip
    if is_approved:
        await _in_force(write, scope, plan, why)
    write.audit(
        "budgets:approve" if is_approved else "budgets:reject", object_type="BudgetPlan", object_id=plan_id,
        revision=plan.revision, sha256=plan.sha256, reason=why,
    )  # fmt: skip
    return await held(write, scope, plan_id)


async def _in_force(write: Write, scope: Scope, plan: PlanValue, reason: str) -> None:
    lines = await _made(write, scope, plan)
    first, last = min(each.first_year for each in lines), max(each.last_year for each in lines)
    # From the start to the end of the five-year spans: what binds a year may be a span.
    known = await queries.of_spans(write, scope, first - (first - 1) % 5, last + (5 - last) % 5)
    await _allowed(write, scope, lines, known)
    await write.run(
        insert(BudgetLine).values([{each: getattr(line, each) for each in line.__slots__} for line in lines])
    )
    balances = await locked(write, scope, [each.id for each in (*known, *lines)])
    totals = {each: balance.total for each, balance in balances.items()}
    present, postings = list(known), list[Posting]()
    # From the top down: what is above a line is there before it.
    for line in sorted(lines, key=lambda each: (len(each.division_path), each.account_id is not None)):
        above, below = nesting.parent(line, present), nesting.adopted(line, present)
        taken_over = sum((totals[each.id] for each in below), start=type(line.tonnes)(0))
        postings += booking.granted(line.id, Pocket.APPROVED, line.tonnes, line.withheld)
        postings += booking.handed(line.id, taken_over)
        if above is not None:
            postings += booking.handed(above.id, line.tonnes - taken_over)
        totals[line.id] = line.tonnes
        present.append(line)
    enough(balances, present, postings, path=("input",))
    for line in lines:
        within_bounds(totals, present, line)
    paper = Paper(plan.document_number, plan.document_dated, plan.document_title)
    await book(
        write, scope, EntryKind.APPROVE, postings, reason=reason, paper=paper, effective_on=plan.effective_on,
        plan_id=plan.id,
    )  # fmt: skip


async def _made(read: Read, scope: Scope, plan: PlanValue) -> list[LineValue]:
    at = now()
    divisions = {each.code: each for each in await tenants.divisions(read, scope, plan.division_path)}
    return [
        LineValue(
            id=new_id(), plan_id=plan.id,
            level=Level.KEY_UNIT if each.account_id else Level(divisions[each.division_code].level),
            division_code=each.division_code, division_path=divisions[each.division_code].path,
            account_id=each.account_id, sector=each.sector, first_year=each.first_year, last_year=each.last_year,
            tonnes=each.tonnes, withheld=each.withheld, intensity_target=each.intensity_target, method=each.method,
            basis=each.basis, effective_on=plan.effective_on, approved_at=at, approved_by=scope.actor_id,
        )
        for each in plan.lines
    ]  # fmt: skip


async def _allowed(read: Read, scope: Scope, lines: Sequence[LineValue], known: Sequence[LineValue]) -> None:
    has_all = await is_whole(read, scope)
    there = {(each.division_code, each.account_id, each.sector, each.first_year, each.last_year) for each in known}
    everything = [*known, *lines]
    for row, line in enumerate(lines, 1):
        path = ("input", "lines", str(row - 1))
        span = checking.span(line.first_year, line.last_year)
        if not has_all and line.account_id is None and line.division_path == scope.region:
            raise BudgetHandedDown(division=line.division_code, path=path)
        if (line.division_code, line.account_id, line.sector, line.first_year, line.last_year) in there:
            raise BudgetInForce(row=row, division=line.division_code, years=span, path=path)
        if not has_all and nesting.parent(line, everything) is None:
            raise BudgetParentMissing(row=row, division=line.division_code, years=span, path=path)
