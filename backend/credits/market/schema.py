"""The green certificate service: requests and offers on the wire."""


class MarketQuery:
    """Reads."""


class MarketMutation:
    """Commands."""
