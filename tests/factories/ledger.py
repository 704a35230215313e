"""Units in accounts, made by the ledger's own commands.

await furnished(databases)                              # classes and claim rules of a tenant
batch = await issued(databases, held, "CCER", 100)      # a MovementValue; the registrar issues
"""

import itertools
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger import service
from backend.ledger.values import (
    NO_REASON,
    BatchSpec,
    Bucket,
    Dimension,
    MovementValue,
    OriginRange,
    Reason,
    UnitClass,
)

POINTS = UnitClass("TEST_POINT", "测试积分", "Test points", Dimension.POINT, "point", 2, is_serialised=False)
_NUMBERS = itertools.count(1)


async def with_points(databases: Databases, tenant: str = "wuxi") -> None:
    """Register a class of points that no jurisdiction offers."""
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        await service.register_classes(write, scope, [POINTS])


async def issued(
    databases: Databases, account_id: UUID, class_code: str, quantity: Decimal | int, *, tenant: str = "wuxi", **batch: Any
) -> MovementValue:  # fmt: skip
    """Issue units under the service's scope; keywords are fields of the batch."""
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        return await service.issue(write, scope, account_id, class_code, Decimal(quantity), BatchSpec(**batch))


async def imported(
    databases: Databases, scope: Scope, account_id: UUID, class_code: str, quantity: int, reason: Reason = NO_REASON,
    **batch: Any,
) -> MovementValue:  # fmt: skip
    """Import units with registry codes of their own."""
    frame = f"T{next(_NUMBERS):06d}"
    given = {"origins": (OriginRange("test", frame, 1, quantity),), **batch}
    async with databases.write(scope) as write:
        found = await service.import_units(
            write, scope, account_id, class_code, [(Decimal(quantity), BatchSpec(**given))], reason
        )
    return found[0]


async def held(databases: Databases, account_id: UUID, class_code: str, *, tenant: str = "wuxi") -> dict[str, Decimal]:
    """Return what an account has of a class, by bucket; what is nothing is left out."""
    scope = Scope.system(tenant)
    found: dict[str, Decimal] = {}
    async with databases.read(scope) as read:
        for each in await service.balances(read, scope, [account_id], class_code):
            found[each.bucket.value] = found.get(each.bucket.value, Decimal(0)) + each.amount
    return found


__all__ = ["Bucket", "date", "held", "imported", "issued", "with_points"]
