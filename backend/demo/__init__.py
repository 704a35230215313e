"""The demonstration: fictitious organisations with believable years of data, seeded and labelled as such."""

from backend.demo.seeding import seed

__all__ = ["seed"]
