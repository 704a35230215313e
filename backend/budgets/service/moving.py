"""Adjust a budget in force by an entry, and move tonnes from one to another (等量置换, 减量置换)."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from backend.budgets import queries
from backend.budgets.errors import (
    BudgetDocumentInvalid,
    BudgetHandedDown,
    BudgetLineNotFound,
    BudgetOwnMissing,
    BudgetTonnesInvalid,
    BudgetTransferNested,
    BudgetTransferToItself,
    ReplacementRatioMissing,
)
from backend.budgets.rules import booking, checking, nesting
from backend.budgets.service.common import book, enough, is_whole, locked, of_authority, plain, steady
from backend.budgets.service.ruling import budget_rules
from backend.budgets.service.spans import within_bounds
from backend.budgets.values import ALL_SECTORS, ZERO, EntryKind, LineValue, Paper, Pocket, Replacement
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.tenants import service as tenants

ONE = Decimal(1)
STEP = Decimal(1).scaleb(-checking.PLACES)


async def adjust(
    write: Write,
    scope: Scope,
    line_id: UUID,
    *,
    tonnes: Decimal = ZERO,
    withheld: Decimal = ZERO,
    reason: str,
    document: Paper,
    effective_on: date | None = None,
) -> UUID:
    """Adjust a budget in force by tonnes, and what of it is withheld by `withheld`; either may be negative.

    What a budget gains it takes from the one it was handed down from, what it loses goes back there. Returns the
    entry's id.

    Raises:
        Unauthenticated, Forbidden: without `budgets:adjust`.
        BudgetOfAuthorities: not an authority.
        BudgetTonnesInvalid, BudgetTextInvalid, BudgetDocumentInvalid: what was given; the day it takes effect lies
            ahead, or before the budget's own.
        BudgetLineNotFound: not there, or not visible.
        BudgetHandedDown: the total of the caller's own division, or of a line handed down from above it, comes from there.
        BudgetExceeded: more than is left, here or above.
        BudgetOverSpan, BudgetSectorsOver: the years or sectors would come to more than the budget over them.
    """
    of_authority(scope, "budgets:adjust")
    if not tonnes and not withheld:
        checking.positive(ZERO, path=("input", "tonnes"))
    checking.amount(tonnes, path=("input", "tonnes"))
    checking.amount(withheld, path=("input", "withheld"))
    why = checking.text("reason", reason)
    paper = checking.paper(document, today())
    on = effective_on or today()
    line = await queries.line(write, scope, line_id)
    if line is None:
        raise BudgetLineNotFound
    if not line.effective_on <= on <= today():
        raise BudgetDocumentInvalid(path=("input", "effectiveOn"))
    if tonnes and line.account_id is None and line.division_path == scope.region and not await is_whole(write, scope):
        raise BudgetHandedDown(division=line.division_code)
    await steady(write)
    lines = await queries.of_spans(write, scope, *_span(line))
    above = nesting.parent(line, lines)
    if tonnes and above is None and not await is_whole(write, scope):
        raise BudgetHandedDown(division=line.division_code)
    # Five-year budgets and divisions' totals hold what lies within them: all of them are locked, in one order.
    balances = await locked(
        write, scope, [each.id for each in lines if each.division_code == line.division_code or each == above]
    )
    postings = booking.granted(line.id, Pocket.ADJUSTED, tonnes, withheld)
    if above is not None and tonnes:
        postings += booking.handed(above.id, tonnes)
    enough(balances, [line, *([above] if above else [])], postings, path=("input", "tonnes"))
    if balances[line.id].withheld + withheld < 0:
        raise BudgetTonnesInvalid(
            tonnes=plain(withheld), wanted_en=f"at least -{plain(balances[line.id].withheld)}",
            wanted_zh=f"不小于 -{plain(balances[line.id].withheld)} 的数", places=checking.PLACES, path=("input", "withheld"),
        )  # fmt: skip
    totals = {each: balance.total for each, balance in balances.items()}
    within_bounds({**totals, line.id: totals[line.id] + tonnes}, lines, line)
    kind = EntryKind.ADJUST if tonnes else EntryKind.WITHHOLD
    entry_id = await book(write, scope, kind, postings, reason=why, paper=paper, effective_on=on)
    write.audit(
        "budgets:adjust", object_type="BudgetLine", object_id=line.id, division=line.division_code,
        years=checking.span(line.first_year, line.last_year), tonnes=str(tonnes), withheld=str(withheld),
        document=paper.number,
    )  # fmt: skip
    return entry_id


async def transfer(
    write: Write,
    scope: Scope,
    from_division: str,
    to_division: str,
    lines: Sequence[tuple[int, Decimal]],
    reason: str,
    document: Paper,
    *,
    replacement: Replacement = Replacement.EQUAL,
    ratio: Decimal | None = None,
) -> UUID:
    """Move available tonnes from one division's budgets to another's; `lines` are the tonnes the other receives.

    Equal replacement gives up what is received; a reduced one `ratio` times as much (at least once), and the
    difference is retired. Without a ratio the jurisdiction's own counts. Returns the entry's id.

    Raises:
        Unauthenticated, Forbidden: without `budgets:adjust`.
        BudgetOfAuthorities: not an authority.
        BudgetTransferToItself: both are the same division.
        BudgetTonnesInvalid, BudgetYearInvalid, BudgetTextInvalid, BudgetDocumentInvalid: what was given.
        ReplacementRatioMissing: reduced, by a ratio nobody has set.
        DivisionUnknown, BudgetOwnMissing: no budget of a year in one of them, or none the caller sees.
        BudgetTransferNested: one of them was handed down from the other.
        BudgetExceeded: more than is left.
    """
    of_authority(scope, "budgets:adjust")
    if from_division == to_division:
        raise BudgetTransferToItself(division=to_division, path=("input", "toDivision"))
    taken = checking.by_year(lines)
    why = checking.text("reason", reason)
    paper = checking.paper(document, today())
    times = await _ratio(write, scope, replacement, ratio)
    await steady(write)
    sources = await _own(write, scope, from_division, list(taken))
    targets = await _own(write, scope, to_division, list(taken))
    known = await queries.of_spans(write, scope, min(taken), max(taken))
    above = {each.id: nesting.chain(each, known) for each in (*sources.values(), *targets.values())}
    for year in taken:
        source, target = sources[year], targets[year]
        if target in above[source.id] or source in above[target.id]:
            raise BudgetTransferNested(source=from_division, target=to_division, path=("input", "toDivision"))
    touched = {each.id: each for each in (*sources.values(), *targets.values())}
    touched |= {each.id: each for chain in above.values() for each in chain}
    balances = await locked(write, scope, touched)
    given = {year: _up(tonnes * times) for year, tonnes in taken.items()}
    postings = [
        posting
        for year, tonnes in taken.items()
        for posting in booking.replaced(
            sources[year].id, [each.id for each in above[sources[year].id]],
            targets[year].id, [each.id for each in above[targets[year].id]], given[year], tonnes,
        )
    ]  # fmt: skip
    enough(balances, touched.values(), postings, path=("input", "lines"))
    facts = {"from": from_division, "to": to_division, "replacement": replacement.value, "ratio": plain(times)}
    entry_id = await book(write, scope, EntryKind.TRANSFER, postings, reason=why, paper=paper, facts=facts)
    write.audit(
        "budgets:transfer", object_type="BudgetEntry", object_id=entry_id, **facts,
        taken={str(year): str(each) for year, each in taken.items()}, document=paper.number,
    )  # fmt: skip
    return entry_id


async def _own(read: Read, scope: Scope, division: str, years: Sequence[int]) -> dict[int, LineValue]:
    """Return a division's own lines over all sectors, by year.

    Raises:
        DivisionUnknown, BudgetOwnMissing: it has none of a year, or none the caller sees.
    """
    path = (await tenants.required_division(read, scope, division)).path
    found = {
        each.first_year: each
        for each in await queries.above(read, scope, path, years, [ALL_SECTORS], today())
        if each.division_path == path
    }
    for year in years:
        if year not in found:
            raise BudgetOwnMissing(division=division, year=year, path=("input", "lines"))
    return found


async def _ratio(read: Read, scope: Scope, replacement: Replacement, ratio: Decimal | None) -> Decimal:
    if replacement is Replacement.EQUAL:
        wanted = ONE if ratio is None else ratio
        is_odd = wanted != ONE
    else:
        wanted = ratio if ratio is not None else (await budget_rules(read, scope)).replacement_ratio
        if wanted is None:
            raise ReplacementRatioMissing(path=("input", "ratio"))
        is_odd = wanted < ONE
    if is_odd:
        raise BudgetTonnesInvalid(
            tonnes=plain(wanted), wanted_en="a ratio of 1 (equal) or of at least 1 (reduced)",
            wanted_zh="等量置换为 1、减量置换不小于 1 的比例", places=checking.PLACES, path=("input", "ratio"),
        )  # fmt: skip
    return wanted


def _up(tonnes: Decimal) -> Decimal:
    return tonnes.quantize(STEP, rounding=ROUND_CEILING)


def _span(line: LineValue) -> tuple[int, int]:
    """Return the five-year span a line lies in: lines of other spans have nothing to do with it."""
    first = line.first_year - (line.first_year - 1) % 5
    return first, first + 4
