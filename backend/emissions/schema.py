"""Emissions on the wire: activity data and inventories as one noun."""

from backend.emissions import source_rules
from backend.emissions.activity.schema import ActivityMutation, ActivityQuery
from backend.emissions.inventory.schema import InventoryQuery
from backend.emissions.inventory.schema_anomalies import AnomalyQuery
from backend.emissions.inventory.schema_mutations import InventoryMutation


class EmissionsQuery(ActivityQuery, AnomalyQuery, InventoryQuery):
    """Reads of activity data and inventories."""


class EmissionsMutation(ActivityMutation, InventoryMutation):
    """Commands on activity data and inventories."""


__all__ = ["EmissionsMutation", "EmissionsQuery", "source_rules"]
