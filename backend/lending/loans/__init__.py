"""A bank's own loans, what is outstanding on them, and the terms it offers for a grade."""
