"""Background work of the noun: activity data in and out, computing inventories, previewing new factors."""

from backend.emissions.activity.jobs import import_activity
from backend.emissions.activity.jobs_export import export_activity
from backend.emissions.inventory.jobs import compute_all, compute_inventory, preview_activation

__all__ = ["compute_all", "compute_inventory", "export_activity", "import_activity", "preview_activation"]
