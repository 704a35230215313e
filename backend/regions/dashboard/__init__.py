"""The city on one screen, read from roll-ups alone."""
