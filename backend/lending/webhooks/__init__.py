"""Word to a bank that something changed: written with the change, signed, sent until it arrives, never more than that."""
