"""Emissions as the operator's terminal has them."""

from backend.emissions.inventory.operator import reproduce

__all__ = ["reproduce"]
