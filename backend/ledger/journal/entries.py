"""What is hashed: the entry of a movement, JSON text in one order and no other.

The entry names each posting by a salted hash, so that one side of a transfer can show what it received and not what the
other had left. The server functions `ledger_entry` and `ledger_line` write the same texts when a movement is linked. They
are written down here a second time on purpose: whoever verifies the books must not ask the very functions that a forger
would have replaced.
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
POSTING = """
    json_build_array(
        'carbon-posting/1', p.salt, p.account_id, p.batch_id, p.bucket, trim_scale(p.amount)::text,
        trim_scale(p.balance)::text, p.serials::text
    )::text
"""
"""A posting `p`. Its salt keeps a balance from being guessed by whoever is given the hash alone."""
ORDER = "p.account_id, p.batch_id, p.bucket"
LINES = f"json_agg(encode(sha256(convert_to({POSTING}, 'UTF8')), 'hex') order by {ORDER})"
"""The postings of a movement as its entry names them: the hash of each."""
LATERAL = (
    f"left join lateral (select count(*), {LINES} as lines from ledger_posting p where p.movement_id = m.id) p on true"
)
"""The lines of a movement `m`, as `p.lines`, and how many, as `p.count`."""


def digest(entry: bytes) -> bytes:
    """Return the hash of an entry's text."""
    return sha256(entry).digest()


def linked(before: bytes, entry_hash: bytes) -> bytes:
    """Return the chain's hash at an entry, from the hash before it."""
    return sha256(before + entry_hash).digest()
