"""Word to people: kept in the product, sent by webhook and by e-mail until it arrives."""
