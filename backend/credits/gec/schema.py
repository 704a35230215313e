"""Green electricity certificates (绿证) on the wire."""


class GecQuery:
    """Reads."""


class GecMutation:
    """Commands."""
