"""How well a publication discloses: a rubric that is data, applied by pure rules, kept append-only."""
