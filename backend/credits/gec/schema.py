"""Green electricity certificates (绿证) on the wire."""

from backend.credits.gec.schema_claims import GecClaimsMutation, GecClaimsQuery
from backend.credits.gec.schema_import import GecImportMutation, GecImportQuery


class GecQuery(GecClaimsQuery, GecImportQuery):
    """Reads."""


class GecMutation(GecClaimsMutation, GecImportMutation):
    """Commands."""
