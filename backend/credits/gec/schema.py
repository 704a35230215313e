"""Green electricity certificates (绿证) on the wire."""

from backend.credits.gec.schema_claims import GecClaimsMutation, GecClaimsQuery


class GecQuery(GecClaimsQuery):
    """Reads."""


class GecMutation(GecClaimsMutation):
    """Commands."""
