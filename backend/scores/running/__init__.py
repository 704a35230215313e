"""Computing scores: facts gathered for many accounts at once, runs, penalties on record, signs of shifted data."""
