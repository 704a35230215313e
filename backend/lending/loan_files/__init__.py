"""A borrower's documents in one signed archive, for a bank's own file of the loan."""
