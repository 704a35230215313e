"""What parks are told of disclosures: who published one of a year, and who a product's carbon footprint in it, proved.

Importing this module tells them.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from backend.esg import queries
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.parks.ports import provide_disclosures, provide_footprints

# The newest publication of the year counts; its content is the disclosure word for word.
_FOOTPRINTS = text("""
select account_id from (
    select distinct on (account_id) account_id, content from esg_publication
    where account_id = any(cast(:ids as uuid[])) and year = :year order by account_id, version desc
) newest
where jsonb_path_exists(
    cast(content as jsonb),
    '$.points[*] ? (@.point == "product.footprint" && @.value != null && exists (@.evidence[*]))'
)""")


async def disclosed(read: Read, scope: Scope, account_ids: Sequence[UUID], year: int) -> set[UUID]:
    """Return which accounts published a disclosure of a year."""
    return {each.account_id for each in await queries.published(read, scope, account_ids, [year])}


async def footprinted(read: Read, _scope: Scope, account_ids: Sequence[UUID], year: int) -> set[UUID]:
    """Return which accounts published a product's carbon footprint of a year with evidence."""
    return {row.account_id for row in await read.rows(_FOOTPRINTS, {"ids": list(account_ids), "year": year})}


provide_disclosures(disclosed)
provide_footprints(footprinted)
