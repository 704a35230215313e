"""What a borrower who consented could pledge to a bank; the pledge itself is the ledger's."""
