"""What is hashed: the entry of a movement, JSON text in one order and no other.

The server function `ledger_entry` writes the same text when a movement is linked. It is written down here a second
time on purpose: whoever verifies the books must not ask the very function that a forger would have replaced.
"""

from hashlib import sha256

GENESIS = b"\x00" * 32
"""The hash before the first link."""

TEXT = """
    json_build_array(
        'carbon-ledger/1', m.id, m.number, m.kind, m.class_code, trim_scale(m.quantity)::text,
        m.from_account_id, m.to_account_id, m.hold_id, m.group_id, m.reverses_id, m.effective_on,
        to_char(m.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        m.purpose, m.beneficiary, m.period, m.reference, m.note, m.facts,
        m.organisation_id, m.actor_id, m.actor_kind, m.correlation_id, p.lines
    )::text
"""
LINES = """
    json_agg(json_build_array(
        p.account_id, p.batch_id, p.bucket, trim_scale(p.amount)::text, trim_scale(p.balance)::text, p.serials::text
    ) order by p.account_id, p.batch_id, p.bucket)
"""
LATERAL = (
    f"left join lateral (select count(*), {LINES} as lines from ledger_posting p where p.movement_id = m.id) p on true"
)
"""The postings of a movement `m`, as `p.lines`, and how many, as `p.count`."""


def digest(entry: bytes) -> bytes:
    """Return the hash of an entry's text."""
    return sha256(entry).digest()


def linked(before: bytes, entry_hash: bytes) -> bytes:
    """Return the chain's hash at an entry, from the hash before it."""
    return sha256(before + entry_hash).digest()
