"""The carbon ledger of a jurisdiction: emissions and sinks by division, sector and month, from below and from above."""
