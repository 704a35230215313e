"""No registry's code and no energy used twice in the books of two tenants: tickets here, keyed hashes in the clearing."""
