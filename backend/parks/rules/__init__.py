"""Rules of parks: pure functions, told everything they need."""
