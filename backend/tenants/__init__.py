"""Jurisdictions: packs as data, administrative divisions, a database and two roles each."""
