"""Merkle trees over entry hashes, as RFC 6962 (section 2.1) builds them: leaves and nodes are hashed apart."""

from collections.abc import Sequence
from hashlib import sha256

LEAF, NODE = b"\x00", b"\x01"


def leaf(entry_hash: bytes) -> bytes:
    """Return the leaf of an entry's hash."""
    return sha256(LEAF + entry_hash).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the node above two others."""
    return sha256(NODE + left + right).digest()


def _above(level: Sequence[bytes]) -> list[bytes]:
    """Return the level above: pairs joined, an odd last one goes up as it is."""
    joined = [sha256(NODE + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    return [*joined, level[-1]] if len(level) % 2 else joined


def root(entry_hashes: Sequence[bytes]) -> bytes:
    """Return the root over entries; of none it is the hash of nothing."""
    level = [sha256(LEAF + each).digest() for each in entry_hashes]
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else sha256().digest()


def path(entry_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of one entry: the siblings on the way to the root, from below."""
    return paths(entry_hashes, [index])[0]


def paths(entry_hashes: Sequence[bytes], indices: Sequence[int]) -> list[list[bytes]]:
    """Return the audit paths of several entries; the tree is built once for all."""
    level, places = [leaf(each) for each in entry_hashes], list(indices)
    found: list[list[bytes]] = [[] for _ in places]
    while len(level) > 1:
        for way, place in zip(found, places, strict=True):
            if place ^ 1 < len(level):
                way.append(level[place ^ 1])
        level = _above(level)
        places = [place // 2 for place in places]
    return found


def root_of(entry_hash: bytes, index: int, size: int, audit_path: Sequence[bytes]) -> bytes | None:
    """Return the root an audit path leads to from entry `index` of `size`; None when it is too long or too short."""
    own, steps = leaf(entry_hash), list(audit_path)
    if not 0 <= index < size:
        return None
    while size > 1:
        is_right = index % 2 == 1
        if is_right or index + 1 < size:
            if not steps:
                return None
            other = steps.pop(0)
            own = node(other, own) if is_right else node(own, other)
        index, size = index // 2, (size + 1) // 2
    return None if steps else own
