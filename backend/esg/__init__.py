"""Disclosures against standards, their ratings and the city's view of them."""
