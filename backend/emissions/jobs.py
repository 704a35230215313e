"""Background work of the noun: importing activity data, computing inventories, previewing new factors."""

from backend.emissions.activity.jobs import import_activity
from backend.emissions.inventory.jobs import compute_all, compute_inventory, preview_activation

__all__ = ["compute_all", "compute_inventory", "import_activity", "preview_activation"]
