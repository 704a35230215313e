"""Monitoring on the wire, all of it."""

import strawberry

from backend.monitoring import tables
from backend.monitoring.estimates.schema import EstimatesMutation, EstimatesQuery
from backend.monitoring.notices import notifying
from backend.monitoring.schema_notices import NoticesMutation, NoticesQuery
from backend.monitoring.schema_series import SeriesQuery
from backend.monitoring.schema_warning_commands import WarningsMutation
from backend.monitoring.schema_warnings import WarningsQuery


@strawberry.type
class MonitoringQuery(SeriesQuery, WarningsQuery, NoticesQuery, EstimatesQuery):
    """Reading monitoring."""


@strawberry.type
class MonitoringMutation(WarningsMutation, NoticesMutation, EstimatesMutation):
    """Commands of monitoring."""


TABLES = tables
"""The files this noun offers; importing them is offering them."""
HEARD = notifying
"""What rooms below tell is heard once this is imported."""
