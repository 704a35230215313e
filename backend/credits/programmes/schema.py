"""Regional carbon-inclusive programmes (碳普惠) on the wire."""


class ProgrammesQuery:
    """Reads."""


class ProgrammesMutation:
    """Commands."""
