"""Signed credentials of scores: what the consent opens is shown, the rest leaves as commitments."""
