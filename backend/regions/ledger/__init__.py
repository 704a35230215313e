"""The city's ledger (碳账本): what accounts come to, what the energy balance comes to, side by side, never blended."""
