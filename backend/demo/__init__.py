"""The demonstration: fictitious organisations with believable years of data, seeded and labelled as such."""

from backend.demo.journey import journey, sign_ins
from backend.demo.seeding import seed

__all__ = ["journey", "seed", "sign_ins"]
