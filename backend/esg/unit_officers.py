"""What the files of key units are told: who is chief carbon officer (首席双碳官) today. Importing this module tells them."""

from collections.abc import Sequence
from uuid import UUID

from backend.esg.city import queries
from backend.esg.city.rules import is_in_office
from backend.keyunits.ports import provide_chief_officers
from backend.keyunits.values import ChiefOfficer
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope


async def chief_officers(read: Read, scope: Scope, account_ids: Sequence[UUID]) -> dict[UUID, ChiefOfficer]:
    """Return the officer in office today of each account that has one."""
    wanted, day = set(account_ids), today()
    return {
        each.account_id: ChiefOfficer(each.person_name, each.title, each.starts_on, each.ends_on, each.document)
        for each in await queries.officers_in_force(read, scope)
        if each.account_id in wanted and is_in_office(each, day)
    }


provide_chief_officers(chief_officers)
