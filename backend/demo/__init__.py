"""The demonstration: fictitious organisations with believable years of data, seeded and labelled as such."""
