"""What lies in an account that is to be closed: living units, which nobody could move any more."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from backend.accounts.ports import provide_contents
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.ledger.models import LedgerBalance
from backend.ledger.service.using import LIVING


async def living_units(write: Write, scope: Scope, account_id: UUID) -> Sequence[str]:  # noqa: ARG001 - the port's shape
    """Return the quantity of each class that lives in an account, such as `100 CEA`.

    What arrives in the very moment the account is closed is not seen; the registrar's reversal takes it back.
    """
    rows = await write.rows(
        select(LedgerBalance.class_code, func.sum(LedgerBalance.amount).label("amount"))
        .where(
            LedgerBalance.account_id == account_id, LedgerBalance.bucket.in_(LIVING), LedgerBalance.amount > 0
        )
        .group_by(LedgerBalance.class_code)
        .order_by(LedgerBalance.class_code)
    )  # fmt: skip
    return [f"{row.amount.normalize():f} {row.class_code}" for row in rows]


provide_contents(living_units)
