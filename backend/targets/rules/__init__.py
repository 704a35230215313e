"""Arithmetic of targets: checks of what is given, decomposition, pace, points. Decimal in, Decimal out."""
