"""Bookings: which postings a command makes. On every line what came in equals what is there."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from backend.budgets.values import ZERO, Balance, Pocket, Posting


def granted(line_id: UUID, source: Pocket, tonnes: Decimal, withheld: Decimal = ZERO) -> list[Posting]:
    """Add tonnes to a line, a part of them withheld; a negative amount takes them back."""
    return [
        Posting(line_id, source, tonnes),
        Posting(line_id, Pocket.WITHHELD, withheld),
        Posting(line_id, Pocket.AVAILABLE, tonnes - withheld),
    ]


def handed(line_id: UUID, tonnes: Decimal) -> list[Posting]:
    """Hand tonnes of a line down to one below it."""
    return [Posting(line_id, Pocket.HANDED, tonnes), Posting(line_id, Pocket.AVAILABLE, -tonnes)]


def withheld(line_id: UUID, tonnes: Decimal) -> list[Posting]:
    """Keep available tonnes of a line for emitters that are there already."""
    return [Posting(line_id, Pocket.WITHHELD, tonnes), Posting(line_id, Pocket.AVAILABLE, -tonnes)]


def reserved(line_id: UUID, tonnes: Decimal) -> list[Posting]:
    """Hold available tonnes of a line."""
    return [Posting(line_id, Pocket.RESERVED, tonnes), Posting(line_id, Pocket.AVAILABLE, -tonnes)]


def posted(line_id: UUID, held: Decimal, actual: Decimal) -> list[Posting]:
    """Post what was used; the rest of what was held is available again, what was used beyond it is taken from there."""
    return [
        Posting(line_id, Pocket.RESERVED, -held),
        Posting(line_id, Pocket.POSTED, actual),
        Posting(line_id, Pocket.AVAILABLE, held - actual),
    ]


def replaced(
    source: UUID, above_source: Iterable[UUID], target: UUID, above_target: Iterable[UUID], given: Decimal, taken: Decimal
) -> list[Posting]:  # fmt: skip
    """Move `taken` tonnes from one line to another; what is given beyond that is retired on the first.

    `above_…` are the lines each was handed down from, nearest first. The ones that are above both stay as they are;
    the others' totals change with what lies below them.
    """
    left, right = list(above_source), list(above_target)
    both = set(left) & set(right)
    postings = [
        Posting(source, Pocket.MOVED, -taken),
        Posting(source, Pocket.RETIRED, given - taken),
        Posting(source, Pocket.AVAILABLE, -given),
        Posting(target, Pocket.MOVED, taken),
        Posting(target, Pocket.AVAILABLE, taken),
    ]
    for chain, tonnes in ((left, -taken), (right, taken)):
        for each in chain:
            if each not in both:
                postings += [Posting(each, Pocket.MOVED, tonnes), Posting(each, Pocket.HANDED, tonnes)]
    return postings


def merged(postings: Iterable[Posting]) -> list[Posting]:
    """Return one posting for each line and pocket, without those that come to nothing."""
    sums: dict[tuple[UUID, Pocket], Decimal] = {}
    for each in postings:
        sums[each.line_id, each.pocket] = sums.get((each.line_id, each.pocket), ZERO) + each.tonnes
    return [Posting(*key, tonnes) for key, tonnes in sums.items() if tonnes]


def after(balance: Balance, line_id: UUID, postings: Iterable[Posting]) -> Balance:
    """Return a line's balance once the postings are made."""
    parts = {pocket: getattr(balance, pocket.value) for pocket in Pocket}
    for each in postings:
        if each.line_id == line_id:
            parts[each.pocket] += each.tonnes
    return Balance(**{pocket.value: tonnes for pocket, tonnes in parts.items()})
