"""Carbon budgets that reserve: drafted, approved, decomposed, adjusted by entries, tracked and projected."""
