"""Warnings of fast growth, of budgets and of intensities: raised by data, answered, followed up, closed by a second person."""
