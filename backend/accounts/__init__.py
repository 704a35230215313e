"""The carbon account: holder, sites, sources, meters, reporting years, evidence files."""
