"""Password hashes: argon2id with the parameters of RFC 9106 for little memory (3 passes, 64 MiB, 4 lanes).

Hashing takes about a tenth of a second and 64 MiB, so it runs in two threads of its own: a wave of sign-ins
queues instead of taking the machine's memory or the event loop.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.identity.rules import LONGEST_PASSWORD

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16)
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")

NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$OP+K/xCgFE4c+0rnJjhGhA$1l87ZDbTewaCbon/oR2mlbbl9hoTqNMJ1mecAgdZjcU"
"""A hash at today's cost, verified for unknown addresses so that they take as long as known ones."""


def _matches(known: str, given: str) -> bool:
    try:
        return HASHER.verify(known, given)
    except (VerificationError, InvalidHashError):
        return False


async def digest(password: str) -> str:
    """Return the argon2id hash of a password, in PHC string form."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, HASHER.hash, password)


async def matches(known: str | None, given: str) -> bool:
    """Tell whether a password fits a stored hash; without one, do the same work and say no."""
    # Nobody's password is longer than the rules allow; hashing megabytes would be a gift to an attacker.
    given = given[: LONGEST_PASSWORD + 1]
    fits = await asyncio.get_running_loop().run_in_executor(_THREADS, _matches, known or NOBODYS, given)
    return fits and known is not None


def is_outdated(known: str) -> bool:
    """Tell whether a hash was made at another cost than today's."""
    return HASHER.check_needs_rehash(known)
