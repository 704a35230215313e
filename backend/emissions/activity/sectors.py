"""What a single source can plausibly use in a month, by method pack: no official bands exist, placeholders.

Each ceiling is meant to be far above the largest plant of its sector, so that only a slipped unit passes it
(kWh written as MWh, kg as t). An administrator replaces them by the reference parameter `check.sector_ceiling`.
"""

from decimal import Decimal

GENERAL: dict[str, Decimal] = {
    "MWh": Decimal(1_000_000),
    "GJ": Decimal(20_000_000),
    "t": Decimal(2_000_000),
    "万Nm3": Decimal(50_000),
    "tCO2e": Decimal(5_000_000),
}
"""Per month and source, in the base unit; placeholder."""

HEAVY: dict[str, Decimal] = {**GENERAL, "MWh": Decimal(5_000_000), "t": Decimal(5_000_000)}
"""Power, steel, cement, aluminium; placeholder."""

CEILINGS: dict[str, dict[str, Decimal]] = {
    "power": HEAVY,
    "steel": HEAVY,
    "cement": HEAVY,
    "aluminium": HEAVY,
    "general": GENERAL,
}


def ceiling(method_pack: str, base_unit: str) -> Decimal | None:
    """Return the ceiling of a month's quantity in the base unit; None where nothing can be said."""
    return CEILINGS.get(method_pack, GENERAL).get(base_unit)
