"""Quota compliance on the wire."""


class QuotasQuery:
    """Reads."""


class QuotasMutation:
    """Commands."""
