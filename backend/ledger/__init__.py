"""The books of units: double entry, append-only; who holds which certificate, credit, allowance or point, and since when."""
