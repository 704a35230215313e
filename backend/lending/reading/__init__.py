"""Reading what an enterprise opened to a bank: the consent checked at that second, the read logged with it."""
