"""Arithmetic of budgets: checks of what is given, bookings, decomposition, projection, verdicts. Decimal in, Decimal out."""
