"""Surrender: units settle the obligation of a year, in the ledger and with a receipt, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange

from backend.accounts import service as accounts
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import CCER, CEA, MovementValue, Reason, Selection
from backend.quotas import rules
from backend.quotas.errors import (
    NotEnoughUnits,
    ObligationNotVerified,
    OffsetCapExceeded,
    OffsetNotEligible,
    OverSurrender,
    SettlementEmpty,
    VintageNotUsable,
)
from backend.quotas.models import QuotaSurrender, QuotaSurrenderLine
from backend.quotas.queries import Serials, common
from backend.quotas.rules.rounding import ZERO, plain
from backend.quotas.service.common import book_of, check_year, columns, hold_year, note
from backend.quotas.service.duties import settle_duty
from backend.quotas.service.position import Standing, Usable, holdings, size, standing, without
from backend.quotas.values import UNDO_SURRENDER, SurrenderLineValue, SurrenderValue

CLASSES = (CEA, CCER)
MOST_PARTS = 100
NEXT_NUMBER = text("select nextval('quota_surrender_number')")


@dataclass(frozen=True, slots=True)
class Part:
    """Units named for a surrender: so many of a class, or of one batch of it, or these very serials."""

    class_code: str
    quantity: Decimal | None = None
    batch_id: UUID | None = None
    serials: Serials = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """Serials of one batch, taken for the surrender."""

    source: Usable
    serials: Serials


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a surrender came to."""

    value: SurrenderValue
    lines: tuple[SurrenderLineValue, ...]


async def surrender(write: Write, scope: Scope, *, account_id: UUID, year: int, parts: Sequence[Part]) -> Receipt:
    """Surrender one's own units for a compliance year; all of them or none.

    Allowances of vintages that may settle the year (older ones once they were carried over), the oldest first where
    none are named; CCER within the cap, each of them eligible. Every CCER is claimed for the offset, so that its benefit
    is not used again. A year may be settled after its last day, until the authority closes it.

    Raises:
        Unauthenticated, Forbidden: without `quotas:settle`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        QuotaYearOutOfRange: the year.
        SettlementEmpty: no units, not whole ones, another class, too many parts.
        ComplianceYearClosed: the authority closed it.
        QuotaRuleUnknown: no rule for the year.
        ObligationNotVerified: what is owed is not verified, so it cannot be told.
        OverSurrender: more than is still owed.
        VintageNotUsable, OffsetNotEligible: named units may not settle this year, or it cannot be told.
        NotEnoughUnits: fewer usable units than named.
        OffsetCapExceeded: more CCER than may be used.
        SerialsNotHere, InsufficientUnits, UnitsExpired, ClassFrozen: by the ledger's books.
        AlreadyClaimed: the benefit of a CCER is used already.
    """
    scope.require("quotas:settle")
    account = await accounts.own_account(write, scope, account_id)
    check_year(year)
    _check(parts)
    await hold_year(write, scope, account_id, year)
    book = await book_of(write, scope)
    stands = await standing(write, scope, book, account_id, year)
    if not stands.owed.is_verified or stands.remaining is None:
        raise ObligationNotVerified(year=year)
    named = Decimal(sum(_count(each) for each in parts))
    if named > stands.remaining:
        raise OverSurrender(wanted=plain(named), remaining=plain(stands.remaining), year=year)
    taken = _take(await holdings(write, scope, book, account_id, year), parts, year)
    cea, ccer = (
        Decimal(sum(size(each.serials) for each in taken if each.source.lot.class_code == code)) for code in CLASSES
    )
    _check_cap(stands, year, ccer)
    group_id, number = new_id(), f"QS-{year}-{int(await write.value(NEXT_NUMBER)):06d}"
    movements = await ledger.surrender(
        write, scope, account_id, _selections(taken),
        Reason(purpose="ets_surrender", period=year, reference=number, beneficiary=account.name[:200],
               group_id=group_id, undone_by=UNDO_SURRENDER),
    )  # fmt: skip
    value = SurrenderValue(
        account_id=account_id, id=new_id(), number=number, year=year, obligation=stands.owed.obligation or ZERO,
        obligation_basis=stands.owed.basis, settled_before=stands.settled_cea + stands.settled_ccer, cea=cea, ccer=ccer,
        group_id=group_id, surrendered_at=now(), surrendered_by=scope.actor_id,
    )  # fmt: skip
    lines = tuple(_line(value, movement, taken) for movement in movements)
    await write.run(insert(QuotaSurrender).values(columns(value)))
    await write.run(insert(QuotaSurrenderLine), [_stored(each) for each in lines])
    for movement in movements:
        if movement.class_code == CCER:
            await ledger.claim(
                write, scope, ledger.Use.ETS_OFFSET, account_id, ledger.of_serials(movement.serials), period=year,
                movement_id=movement.id, facts={"receipt": number},
            )  # fmt: skip
    if named == stands.remaining:
        await settle_duty(
            write, scope, account_id=account_id, year=year, duty=rules.DutyKind.SURRENDER, is_done=True, why=number
        )
    note(write, account, "quotas:surrender", "quota_surrender", value.id, number=number, year=year, cea=cea, ccer=ccer,
         obligation=value.obligation, settled_before=value.settled_before)  # fmt: skip
    return Receipt(value, lines)


def _check(parts: Sequence[Part]) -> None:
    if not 0 < len(parts) <= MOST_PARTS:
        raise SettlementEmpty(given=len(parts), path=("input", "units"))
    for place, part in enumerate(parts):
        path = ("input", "units", str(place))
        if part.class_code not in CLASSES:
            raise SettlementEmpty(given=part.class_code, path=path)
        if part.quantity is None and not part.serials:
            raise SettlementEmpty(given=part.class_code, path=path)
        for first, last in part.serials:
            if not 0 < first <= last:
                raise SettlementEmpty(given=f"{first}-{last}", path=path)
        if part.quantity is not None:
            is_whole = part.quantity > 0 and part.quantity == part.quantity.to_integral_value()
            is_same = not part.serials or size(part.serials) == part.quantity
            if not is_whole or not is_same:
                raise SettlementEmpty(given=plain(part.quantity), path=path)


def _count(part: Part) -> int:
    """Return how many units a part names."""
    return size(part.serials) if part.serials else int(part.quantity or 0)


def _check_cap(stands: Standing, year: int, ccer: Decimal) -> None:
    room, cap = stands.ccer_room or ZERO, stands.ccer_cap
    if ccer > room:
        raise OffsetCapExceeded(
            cap=plain(cap.whole) if cap else "0", used=plain(stands.settled_ccer), wanted=plain(ccer), year=year
        )


def _take(held: Sequence[Usable], parts: Sequence[Part], year: int) -> list[Taken]:
    """Return the very serials of each part. What is named must be usable; what is not named is taken where it is."""
    found: list[Taken] = []
    used: dict[UUID, Serials] = {}
    for part in sorted(parts, key=lambda each: (not each.serials, each.batch_id is None)):
        fitting = [
            each
            for each in held
            if each.lot.class_code == part.class_code and part.batch_id in {None, each.lot.batch_id}
        ]
        wanted = _count(part)
        left = wanted
        refused: list[tuple[Usable, int]] = []
        for each in fitting:
            free = without(each.serials, used.get(each.lot.batch_id, ()))
            free = common(free, part.serials) if part.serials else free
            if each.outcome is not rules.Outcome.PASS:
                refused.append((each, size(free)))
                continue
            serials = first_of(free, left)
            if serials:
                found.append(Taken(each, serials))
                used[each.lot.batch_id] = tuple(sorted((*used.get(each.lot.batch_id, ()), *serials)))
                left -= size(serials)
        if left:
            _refuse(part, refused, wanted, left, year)
    return found


def _refuse(part: Part, refused: Sequence[tuple[Usable, int]], wanted: int, left: int, year: int) -> None:
    """Say why a part cannot be taken: units that may not settle the year, or too few."""
    unusable = [(each, quantity) for each, quantity in refused if quantity]
    if unusable:
        source, _ = unusable[0]
        bad = [finding for finding in source.findings if finding.outcome is not rules.Outcome.PASS]
        kind = VintageNotUsable if part.class_code == CEA else OffsetNotEligible
        raise kind(
            quantity=min(left, sum(quantity for _, quantity in unusable)), year=year,
            reason_zh="；".join(each.zh for each in bad), reason_en=" ".join(each.en for each in bad),
        )  # fmt: skip
    raise NotEnoughUnits(usable=wanted - left, wanted=wanted, unit_class=part.class_code, year=year)


def first_of(serials: Serials, count: int) -> Serials:
    """Return the first `count` serials of runs."""
    found: list[tuple[int, int]] = []
    for first, last in serials:
        if count <= 0:
            break
        end = min(last, first + count - 1)
        found.append((first, end))
        count -= end - first + 1
    return tuple(found)


def _selections(taken: Sequence[Taken]) -> list[Selection]:
    """Return one selection a batch: its serials in order."""
    found: dict[UUID, tuple[str, list[tuple[int, int]]]] = {}
    for each in taken:
        found.setdefault(each.source.lot.batch_id, (each.source.lot.class_code, []))[1].extend(each.serials)
    return [
        Selection(code, batch_id=batch_id, serials=tuple(sorted(serials)))
        for batch_id, (code, serials) in found.items()
    ]


def _line(value: SurrenderValue, movement: MovementValue, taken: Sequence[Taken]) -> SurrenderLineValue:
    [batch_id] = movement.batch_ids
    lot = next(each.source.lot for each in taken if each.source.lot.batch_id == batch_id)
    return SurrenderLineValue(
        account_id=value.account_id, surrender_id=value.id, movement_id=movement.id,
        movement_number=movement.number, class_code=movement.class_code, batch_id=batch_id, vintage=lot.vintage,
        quantity=movement.quantity, serials=movement.serials, is_reversed=False,
    )  # fmt: skip


def _stored(line: SurrenderLineValue) -> dict[str, object]:
    given = columns(line)
    del given["is_reversed"]
    return {**given, "serials": MultiRange([Range(first, last + 1) for first, last in line.serials])}
