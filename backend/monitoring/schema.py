"""Monitoring on the wire."""

import strawberry


@strawberry.type
class MonitoringQuery:
    """Reading monitoring."""


@strawberry.type
class MonitoringMutation:
    """Commands of monitoring."""
