"""Credits on the wire: every kind as one noun."""

from backend.credits.ccer.schema import CcerMutation, CcerQuery
from backend.credits.citizens.schema import CitizensMutation, CitizensQuery
from backend.credits.events.schema import EventsMutation, EventsQuery
from backend.credits.gec.schema import GecMutation, GecQuery
from backend.credits.market.schema import MarketMutation, MarketQuery
from backend.credits.programmes.schema import ProgrammesMutation, ProgrammesQuery


class CreditsQuery(GecQuery, CcerQuery, ProgrammesQuery, CitizensQuery, EventsQuery, MarketQuery):
    """Reads of certificates and credits."""


class CreditsMutation(GecMutation, CcerMutation, ProgrammesMutation, CitizensMutation, EventsMutation, MarketMutation):
    """Commands on certificates and credits."""
