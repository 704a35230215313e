"""Dual-control targets handed down and decomposed, and the comprehensive evaluation of divisions."""
