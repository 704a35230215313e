"""What a borrower could pledge, under a consent for `pledge`.

A bank never looks into an account by itself: the consent is checked and the read logged first, then the service looks, in
the same transaction. To pledge is the holder's own command (`pledgeUnits`), or its answer to the bank's request; to release,
the bank's (`releasePledge`).
"""

from datetime import date
from uuid import UUID

from backend.identity.service.elevation import elevated
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import BatchValue, Bucket, UnitClass
from backend.lending.pledging.values import PledgeableValue
from backend.lending.reading.opening import opened
from backend.lending.values import ReadKind


async def pledgeable(write: Write, scope: Scope, account_id: UUID) -> list[PledgeableValue]:
    """Return what an account has available and could pledge, batch by batch, the oldest batch first.

    Units that are pledged, offered or reserved already are not in it, nor those of a frozen class or past their last day:
    the books would refuse the pledge.

    Raises:
        Unauthenticated, Forbidden, BanksOnly, ConsentMissing: see `reading.opening.opened`.
    """
    await opened(write, scope, account_id, "pledge", "", ReadKind.PLEDGE)
    async with elevated(write):
        return await pledgeable_under(write, scope.as_system(), account_id)


async def pledgeable_under(read: Read, system: Scope, account_id: UUID) -> list[PledgeableValue]:
    """Return the same for whoever has checked the consent; under the service's scope."""
    balances = [each for each in await ledger.balances(read, system, [account_id]) if each.bucket is Bucket.AVAILABLE]
    classes = {each.code: each for each in await ledger.unit_classes(read, system)}
    batches = await ledger.batches(read, system, [each.batch_id for each in balances])
    day = today()
    found = [PledgeableValue(classes[each.class_code], batches[each.batch_id], each.amount) for each in balances]
    return sorted(
        (each for each in found if is_pledgeable(each.unit_class, each.batch, day)), key=lambda each: each.batch.id
    )


def is_pledgeable(unit_class: UnitClass, batch: BatchValue, day: date) -> bool:
    """Tell whether the books would take a pledge of these units on a day."""
    return unit_class.frozen_at is None and (batch.valid_until is None or batch.valid_until >= day)
