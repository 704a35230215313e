"""Hold tonnes for something, give them back, or post what was used."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert

from backend.budgets import queries
from backend.budgets.errors import (
    BudgetMissing,
    BudgetReservationClosed,
    BudgetReservationNotFound,
    BudgetReservationOpen,
)
from backend.budgets.models import BudgetReservation
from backend.budgets.rules import booking, checking
from backend.budgets.service.common import book, enough, locked, of_authority, steady
from backend.budgets.values import ALL_SECTORS, ZERO, EntryKind, LineValue, Posting, Reference, ReservationValue
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.tenants import service as tenants


async def drawn_on(
    read: Read, scope: Scope, division_code: str, years: Sequence[int], sector: str = ALL_SECTORS
) -> dict[int, list[LineValue]]:
    """Return the lines a division's tonnes come from, by year: its own budget, or else the nearest above it.

    With a sector its line beside that budget, where there is one, is drawn on as well.

    Raises:
        DivisionUnknown: the jurisdiction has none.
        BudgetMissing: no budget of a year is in force today, or none the caller sees.
    """
    path = (await tenants.required_division(read, scope, division_code)).path
    sectors = [ALL_SECTORS, sector] if sector else [ALL_SECTORS]
    found: dict[tuple[int, str], LineValue] = {}
    for line in await queries.above(read, scope, path, years, sectors, today()):
        found.setdefault((line.first_year, line.sector), line)
    drawn: dict[int, list[LineValue]] = {}
    for year in years:
        own = found.get((year, ALL_SECTORS))
        if own is None:
            raise BudgetMissing(division=division_code, year=year, path=("input", "lines"))
        beside = found.get((year, sector)) if sector else None
        is_beside = beside is not None and beside.division_path == own.division_path
        drawn[year] = [own, *([beside] if beside is not None and is_beside else [])]
    return drawn


async def lock_for(
    write: Write,
    scope: Scope,
    division_codes: Sequence[str],
    years: Sequence[int],
    reservation_ids: Sequence[UUID] = (),
) -> None:
    """Lock, in one order, every line that bookings of these divisions, years and reservations may touch.

    A command that books more than once (gives back, replaces, and holds anew) begins with it: locked one booking after the
    other, two such commands could wait for each other for ever.

    Raises:
        Unauthenticated, Forbidden: without `budgets:adjust`.
        BudgetOfAuthorities: not an authority.
        DivisionUnknown: the jurisdiction has none.
    """
    of_authority(scope, "budgets:adjust")
    await steady(write)
    paths = [(await tenants.required_division(write, scope, each)).path for each in dict.fromkeys(division_codes)]
    touched: set[UUID] = set()
    for each in reservation_ids:
        touched |= set(await queries.held_lines(write, scope, each))
    if years:
        lines = await queries.of_spans(write, scope, min(years), max(years))
        touched |= {
            each.id for each in lines
            if each.account_id is None and any(path.startswith(each.division_path) for path in paths)
        }  # fmt: skip
    await locked(write, scope, touched)


async def reserve(
    write: Write,
    scope: Scope,
    division_code: str,
    lines: Sequence[tuple[int, Decimal]],
    reference: Reference,
    reason: str,
    *,
    sector: str = ALL_SECTORS,
) -> UUID:
    """Hold tonnes of a division's budgets, all years or none, and return the reservation's id.

    Where the division has no budget of its own, the nearest one above it that the caller sees is drawn on.

    Raises:
        Unauthenticated, Forbidden: without `budgets:adjust`.
        BudgetOfAuthorities: not an authority.
        BudgetTonnesInvalid, BudgetYearInvalid, BudgetTextInvalid: what was given.
        DivisionUnknown, BudgetMissing: nothing to draw on.
        BudgetReservationOpen: tonnes are held for this already.
        BudgetExceeded: more than is left of a year; says what is.
    """
    of_authority(scope, "budgets:adjust")
    asked = checking.by_year(lines)
    name = checking.text("reference", reference.name, most=checking.LONGEST_NAME)
    why = checking.text("reason", reason)
    await steady(write)
    drawn = await drawn_on(write, scope, division_code, list(asked), sector)
    used = [line for each in drawn.values() for line in each]
    balances = await locked(write, scope, [line.id for line in used])
    if await queries.open_reservation(write, scope, reference.kind, reference.id):
        raise BudgetReservationOpen(name=name)
    postings = [
        posting for year, on in drawn.items() for line in on for posting in booking.reserved(line.id, asked[year])
    ]
    enough(balances, used, postings, path=("input", "lines"))
    value = ReservationValue(
        id=new_id(), division_code=division_code,
        # Seen by whoever sees all it draws on: a division does not see the budget above it.
        division_path=min((line.division_path for line in used), key=len), sector=sector,
        reference_kind=reference.kind, reference_id=reference.id, reference_name=name, reason=why,
        recorded_at=now(), recorded_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(BudgetReservation).values({each: getattr(value, each) for each in value.__slots__}))
    await book(write, scope, EntryKind.RESERVE, postings, reason=why, reservation_id=value.id)
    write.audit(
        "budgets:reserve", object_type="BudgetReservation", object_id=value.id, division=division_code,
        reference=f"{reference.kind}:{reference.id}", tonnes={str(year): str(each) for year, each in asked.items()},
    )  # fmt: skip
    return value.id


async def release(write: Write, scope: Scope, reservation_id: UUID, reason: str) -> None:
    """Give back all that a reservation still holds.

    Raises:
        Unauthenticated, Forbidden: without `budgets:adjust`.
        BudgetOfAuthorities: not an authority.
        BudgetTextInvalid: the reason.
        BudgetReservationNotFound: not there, or not visible.
        BudgetReservationClosed: it holds nothing any more.
    """
    of_authority(scope, "budgets:adjust")
    why = checking.text("reason", reason)
    found = await _visible(write, scope, reservation_id)
    await steady(write)
    held = await _held(write, scope, found)
    postings = [posting for line_id, (_, tonnes) in held.items() for posting in booking.reserved(line_id, -tonnes)]
    await book(write, scope, EntryKind.RELEASE, postings, reason=why, reservation_id=found.id)
    write.audit("budgets:release", object_type="BudgetReservation", object_id=found.id, tonnes=_told(held))


async def post(
    write: Write, scope: Scope, reservation_id: UUID, lines: Sequence[tuple[int, Decimal]], reason: str
) -> None:
    """Post the tonnes something was accepted with; what else was held for it is available again.

    What goes beyond the tonnes held for a year, or falls into another year, is taken from what is available.

    Raises:
        Unauthenticated, Forbidden: without `budgets:adjust`.
        BudgetOfAuthorities: not an authority.
        BudgetTonnesInvalid, BudgetYearInvalid, BudgetTextInvalid: what was given.
        BudgetReservationNotFound: not there, or not visible.
        BudgetMissing: no budget of a year that was not reserved.
        BudgetReservationClosed: it holds nothing any more.
        BudgetExceeded: more than is held and left.
    """
    of_authority(scope, "budgets:adjust")
    actual = checking.by_year(lines)
    why = checking.text("reason", reason)
    found = await _visible(write, scope, reservation_id)
    known = {year for year, _ in (await queries.held_lines(write, scope, found.id)).values()}
    await steady(write)
    other = [year for year in actual if year not in known]
    drawn = await drawn_on(write, scope, found.division_code, other, found.sector) if other else {}
    beyond = {line.id: year for year, on in drawn.items() for line in on}
    held = await _held(write, scope, found, beyond)
    postings = [
        posting
        for line_id, (year, tonnes) in held.items()
        for posting in booking.posted(line_id, tonnes, actual.get(year, ZERO))
    ]
    await _enough(write, scope, list(held), postings)
    await book(write, scope, EntryKind.POST, postings, reason=why, reservation_id=found.id)
    write.audit(
        "budgets:post", object_type="BudgetReservation", object_id=found.id, held=_told(held),
        actual={str(year): str(tonnes) for year, tonnes in actual.items()},
    )  # fmt: skip


async def _visible(read: Read, scope: Scope, reservation_id: UUID) -> ReservationValue:
    found = await queries.reservation(read, scope, reservation_id)
    if found is None:
        raise BudgetReservationNotFound
    return found


async def _held(
    write: Write, scope: Scope, found: ReservationValue, beyond: Mapping[UUID, int] | None = None
) -> dict[UUID, tuple[int, Decimal]]:
    """Lock what a reservation draws on, and lines beyond, and return year and tonnes held of each.

    Raises:
        BudgetReservationClosed: it holds nothing any more.
    """
    first = await queries.held_lines(write, scope, found.id)
    await locked(write, scope, [*first, *(beyond or {})])
    held = await queries.held_lines(write, scope, found.id)
    if not any(tonnes for _, tonnes in held.values()):
        raise BudgetReservationClosed(name=found.reference_name)
    return {**{line_id: (year, ZERO) for line_id, year in (beyond or {}).items()}, **held}


async def _enough(write: Write, scope: Scope, line_ids: list[UUID], postings: Sequence[Posting]) -> None:
    lines = [each for each in await queries.lines_by_id(write, scope, line_ids) if each is not None]
    enough(await queries.balances(write, scope, line_ids), lines, postings, path=("input", "lines"))


def _told(held: Mapping[UUID, tuple[int, Decimal]]) -> dict[str, str]:
    return {str(line_id): str(tonnes) for line_id, (_, tonnes) in held.items()}
