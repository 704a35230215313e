"""The allocation plans as arithmetic: Decimal in, Decimal out, no I/O."""
