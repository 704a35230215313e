"""Emissions as the operator's terminal has them."""

from backend.emissions.activity.terminal import export_file, import_file
from backend.emissions.inventory.terminal import reproduce

__all__ = ["export_file", "import_file", "reproduce"]
