"""Read models that cross nouns, for screens: the city's dashboard, desks of verification and onboarding."""
