"""The bank's side: consented reads, signed credentials, portfolios, loan terms, webhooks."""
