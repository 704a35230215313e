"""China Certified Emission Reductions (CCER) on the wire."""


class CcerQuery:
    """Reads."""


class CcerMutation:
    """Commands."""
