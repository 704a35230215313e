"""The carbon account of Chinese cities: one importable package, imports only go down the stairs."""
