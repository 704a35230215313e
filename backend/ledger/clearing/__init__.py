"""No registry's code in the books of two tenants: tickets here, keyed hashes in the clearing database."""
