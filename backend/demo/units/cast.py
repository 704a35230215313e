"""Who plays in the demonstration of units: every organisation with its people, every enterprise with its account."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from backend.demo import people
from backend.demo.people import Party
from backend.demo.plan import TenantPlan
from backend.kit.db import Write
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class Player:
    """An enterprise and its carbon account."""

    party: Party
    account_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Cast:
    """The organisations of a tenant by their code in the plan."""

    parties: dict[str, Party]
    players: dict[str, Player]

    @property
    def city(self) -> Party:
        """The authority of the whole jurisdiction."""
        return self.parties[people.WHOLE]


async def cast_of(write: Write, scope: Scope, settings: Settings, plan: TenantPlan) -> Cast | None:
    """Return who plays; None while one of them is missing."""
    parties: dict[str, Party] = {}
    players: dict[str, Player] = {}
    for organisation in plan.organisations:
        known = await people.find(write, organisation.name)
        if known is None:
            return None
        kind = Kind(organisation.kind)
        parties[organisation.code] = await people.party(write, scope, settings, known, kind, organisation.code)
    for enterprise in plan.enterprises:
        known = await people.find(write, enterprise.name)
        account_id = await write.value(
            text("select id from carbon_account where organisation_id = :id and is_demonstration order by id limit 1"),
            {"id": known},
        )  # fmt: skip
        if known is None or account_id is None:
            return None
        party = await people.party(write, scope, settings, known, Kind.ENTERPRISE, enterprise.code)
        players[enterprise.code] = Player(party, account_id, enterprise.name)
    return Cast(parties, players)
