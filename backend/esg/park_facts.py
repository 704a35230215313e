"""What parks are told of disclosures: which of some accounts published one of a year. Importing this module tells them."""

from collections.abc import Sequence
from uuid import UUID

from backend.esg import queries
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.parks.ports import provide_disclosures


async def disclosed(read: Read, scope: Scope, account_ids: Sequence[UUID], year: int) -> set[UUID]:
    """Return which accounts published a disclosure of a year."""
    return {each.account_id for each in await queries.published(read, scope, account_ids, [year])}


provide_disclosures(disclosed)
