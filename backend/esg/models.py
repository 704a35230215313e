"""Tables of ESG."""
