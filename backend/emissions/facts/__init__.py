"""Facts of inventories, for the nouns above: many accounts at once, as they stood at any moment."""
