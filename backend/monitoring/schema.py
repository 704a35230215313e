"""Monitoring on the wire."""

import strawberry

from backend.monitoring.estimates.schema import EstimatesMutation, EstimatesQuery


@strawberry.type
class MonitoringQuery(EstimatesQuery):
    """Reading monitoring."""


@strawberry.type
class MonitoringMutation(EstimatesMutation):
    """Commands of monitoring."""
