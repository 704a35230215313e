"""Commands given to the ledger itself: they refuse what has a book of its own in a noun above, which would not follow."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.ledger.claims.queries import claims_of_movements
from backend.ledger.claims.values import ENERGY, ClaimValue, Use, of_serials
from backend.ledger.errors import (
    HoldUnknown,
    MovementClaimed,
    MovementNotReversible,
    ProgrammeUnits,
    PurposeElsewhere,
    PurposeMissing,
)
from backend.ledger.models import LedgerClass
from backend.ledger.queries import holds_by_id, movements_by_id
from backend.ledger.rules import check_issued
from backend.ledger.service.claiming import claim, withdraw_claims
from backend.ledger.service.energy import free_energy
from backend.ledger.service.issuing import issue
from backend.ledger.service.using import check_owner, retire, reverse
from backend.ledger.values import CLAIMED_USE, NO_REASON, BatchSpec, MovementKind, MovementValue, Reason, Selection
from backend.ledger.words import USES as IN_CHINESE

USES = {each.value: each for each in Use} | {IN_CHINESE[each.value].lower(): each for each in Use}
"""Uses by their word on the wire and by their Chinese name."""
CLAIMED_HERE = {Use.EVENT, Use.FOOTPRINT, Use.PARK_INDICATOR, Use.DISCLOSURE}
"""Purposes of a plain retirement that are uses of the matrix: the retirement claims them. Other words claim nothing."""


async def issue_directly(
    write: Write,
    scope: Scope,
    to_account_id: UUID,
    class_code: str,
    quantity: Decimal,
    batch: BatchSpec,
    reason: Reason = NO_REASON,
) -> MovementValue:
    """Issue units of a class that belongs to no programme; the registrar's.

    Raises:
        Forbidden: without `ledger:issue`.
        VintageInvalid, EffectiveTooEarly, EffectiveInFuture: years and days the units cannot be of.
        ProgrammeUnits: a programme issues them, after its review.
        others: as `issue`.
    """
    scope.require("ledger:issue")
    check_issued(batch)
    await _refuse_programmes(write, [class_code])
    return await issue(write, scope, to_account_id, class_code, quantity, batch, reason)


async def retire_directly(
    write: Write, scope: Scope, account_id: UUID, selections: Sequence[Selection], reason: Reason = NO_REASON
) -> list[MovementValue]:
    """Retire one's own units of classes that belong to no programme, and claim the use when the purpose is one.

    Raises:
        Forbidden: without `ledger:retire`.
        PurposeMissing: without a purpose.
        PurposeElsewhere: for a use that a command of its own checks and claims.
        HoldUnknown: a hold to take them from that is not there, or not yours.
        ProgrammeUnits: a programme says what its units may be retired for, and keeps the claim.
        others: as `retire`.
        AlreadyClaimed: a use that excludes this one stands on part of the units.
    """
    scope.require("ledger:retire")
    use = _use_of(reason.purpose)
    wanted = [each.hold_id for each in selections if each.hold_id is not None]
    held = await holds_by_id(write, scope, wanted)
    for each in wanted:
        if each not in held:
            raise HoldUnknown(hold=str(each))
    await _refuse_programmes(
        write, [each.class_code for each in selections] + [each.class_code for each in held.values()]
    )
    if use is None:
        return await retire(write, scope, account_id, selections, reason)
    named = reason.purpose.strip()
    purpose = use.value if named.lower() in USES else named
    reason = replace(reason, purpose=purpose, facts={**reason.facts, CLAIMED_USE: use.value})
    movements = await retire(write, scope, account_id, selections, reason)
    for each in movements:
        if each.serials:
            await claim(
                write, scope, use, account_id, of_serials(each.serials), period=reason.period, movement_id=each.id,
                facts={"beneficiary": reason.beneficiary},
            )  # fmt: skip
    return movements


def _use_of(purpose: str) -> Use | None:
    """Return the use of the matrix that a purpose names, alone or among words of the holder's own, or None.

    Raises:
        PurposeMissing: no words.
        PurposeElsewhere: a use that is not claimed by a plain retirement.
    """
    named = [each.strip().lower() for each in re.split("[,，、;；]", purpose) if each.strip()]
    if not named:
        raise PurposeMissing(path=("purpose",))
    uses = [USES[each] for each in named if each in USES]
    if len(uses) > 1 or not CLAIMED_HERE.issuperset(uses):
        raise PurposeElsewhere(purpose=purpose.strip(), path=("purpose",))
    return uses[0] if uses else None


async def _refuse_programmes(read: Read, codes: Sequence[str]) -> None:
    found = await read.row(
        select(LedgerClass.code, LedgerClass.programme).where(
            LedgerClass.code.in_(codes), LedgerClass.programme.is_not(None)
        )
    )
    if found is not None:
        raise ProgrammeUnits(programme=found.programme, **{"class": found.code})


async def correct(write: Write, scope: Scope, movement_id: UUID, reason: Reason) -> MovementValue:
    """Reverse a movement, unless something stands on it that would be left behind.

    An allocation, an issue after review, a surrender, a claim are taken back by their nouns, which call `reverse` in the
    same transaction. What a plain retirement claimed ends here, and with the last unit of a plant's energy the claim on it.

    Raises:
        Forbidden: without `ledger:reverse`.
        MovementOwned: a command of another noun takes it back.
        MovementClaimed: a claim stands on it.
        MovementNotReversible: a surrender; or by the books.
        ReasonMissing, MovementUnknown, MovementAlreadyReversed: as `reverse`.
    """
    scope.require("ledger:reverse")
    found = (await movements_by_id(write, scope, [movement_id])).get(movement_id)
    check_owner(found, reason)
    if found is not None and found.kind is MovementKind.SURRENDER:
        raise MovementNotReversible(number=found.number, kind=found.kind.value)
    claims = (await claims_of_movements(write, scope, [movement_id]))[movement_id]
    standing = [each for each in claims if each.withdrawn_at is None]
    is_plain = found is not None and CLAIMED_USE in found.facts
    is_energy = found is not None and found.kind is MovementKind.IMPORT and all(map(_is_of_energy, standing))
    if found is not None and standing and not is_plain and not is_energy:
        raise MovementClaimed(number=found.number, use=standing[0].use.value, period=standing[0].period)
    undone = await reverse(write, scope, movement_id, reason)
    if found is not None and is_energy:
        await free_energy(write, scope, found)
    elif standing:
        await withdraw_claims(write, scope, movement_id)
    return undone


def _is_of_energy(standing: ClaimValue) -> bool:
    return all(each.subject.startswith(ENERGY) for each in standing.extents)
