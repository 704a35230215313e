"""What a borrower who consented could pledge to a bank, and what the bank asks for; the pledge itself is the ledger's."""
