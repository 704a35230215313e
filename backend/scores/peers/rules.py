"""What may be told of a group of accounts. Pure.

Four rules keep a member's value its own:

1. A group of fewer than five is told nothing of, nor one in which one member makes up more than four fifths.
2. A mean is told with two significant digits.
3. A percentile is read from *steps*, the means of five or more neighbours in the order of values, and told in steps of 5:
   who tries one value after the other finds means of five, never a member's value. Of five to nine members nothing finer
   is told than better or worse than their mean: 75 or 25, and 50 at the mean.
4. A group is published anew only when five or more of its members differ from what was published (came, went or have
   another value), and once a day at most: what changed between two publications is always a mixture of five.

The whole jurisdiction is what its told sectors come to, and nothing else: less its sectors, it leaves nothing.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cached_property
from itertools import accumulate, pairwise
from uuid import UUID

from backend.scores.values import FACTS, SMALLEST_GROUP

MEAN = Context(prec=2, rounding=ROUND_HALF_UP)
WORKING = Context(prec=60, rounding=ROUND_HALF_UP)
DOMINANT = Decimal("0.8")
"""The share of a group's sum, by absolute values, above which one member is nearly the group."""
PERCENT_STEP = 5
HUNDRED = Decimal(100)

Step = tuple[Decimal, int]
"""The mean of some neighbours, and how many they are."""


@dataclass(frozen=True)
class Group:
    """What is told of a group: `size` members, their `mean`, and the steps percentiles are read from, smallest first."""

    size: int
    mean: Decimal
    steps: tuple[Step, ...]
    published_on: date

    @cached_property
    def means(self) -> list[Decimal]:
        """The means of the steps."""
        return [mean for mean, _ in self.steps]

    @cached_property
    def below(self) -> list[int]:
        """How many members lie in the steps before each one, and in all of them last."""
        return [0, *accumulate(count for _, count in self.steps)]


@dataclass(frozen=True, slots=True)
class Members:
    """A group as the service alone knows it: values in order, and whose they are."""

    values: tuple[Decimal, ...]
    ids: tuple[UUID, ...]


def ranked(pairs: Sequence[tuple[Decimal, UUID]]) -> Members:
    """Return values and members in order; equal values by member, so that the order is one."""
    ordered = sorted(pairs)
    return Members(tuple(value for value, _ in ordered), tuple(one for _, one in ordered))


def is_told(members: Members) -> bool:
    """Tell whether anything may be told of the group."""
    size = len(members.values)
    weights = [abs(value) for value in members.values]
    whole = sum(weights, Decimal(0))
    return size >= SMALLEST_GROUP and (not whole or max(weights) <= DOMINANT * whole)


def differing(before: Members, now: Members) -> int:
    """Return how many accounts came, went or have another value."""
    old, new = dict(zip(before.ids, before.values, strict=True)), dict(zip(now.ids, now.values, strict=True))
    return sum(1 for one in old.keys() | new.keys() if old.get(one) != new.get(one))


def is_published(before: Members | None, now: Members) -> bool:
    """Tell whether the group is published anew."""
    return is_told(now) and (before is None or differing(before, now) >= SMALLEST_GROUP)


def mean_of(values: Sequence[Decimal]) -> Decimal:
    """Return the mean as it is told: two significant digits."""
    exact = WORKING.divide(sum(values, Decimal(0)), Decimal(len(values)))
    return two_digits(exact)


def two_digits(value: Decimal) -> Decimal:
    """Round half up to two significant digits, written without an exponent."""
    rounded = MEAN.plus(value)
    return Decimal(format(rounded, "f"))


def steps_of(values: Sequence[Decimal]) -> tuple[Step, ...]:
    """Return the steps of ordered values: five neighbours each, the last up to nine; at most twenty steps."""
    size = len(values)
    each = max(SMALLEST_GROUP, -(-size * PERCENT_STEP // 100))
    count = max(size // each, 1)
    edges = [place * each for place in range(count)] + [size]
    return tuple((mean_of(values[first:last]), last - first) for first, last in pairwise(edges))


def percentile(group: Group, fact: str, value: Decimal) -> Decimal | None:
    """Return the share (0 to 100, in steps of 5) of the group that is worse; None without a better end.

    A mean stands for the middle of its step. Who has just this value is better than half of the step; who lies beyond the
    outermost mean is somewhere in the outer half of its step, and is told the middle of that half: of a group with one step
    (five to nine members) 75 above its mean and 25 below it.
    """
    better = FACTS[fact].better
    if not better:
        return None
    first, last = bisect_left(group.means, value), bisect_right(group.means, value)
    # In quarters of members: smaller ones, and half of those in the step whose mean it is.
    smaller = 2 * (group.below[first] + group.below[last])
    if not smaller:
        smaller = group.steps[0][1]
    elif first == len(group.steps):
        smaller -= group.steps[-1][1]
    worse = smaller if better == "higher" else 4 * group.size - smaller
    # Half up to whole fives, in whole numbers.
    return Decimal((worse * 100 + 2 * PERCENT_STEP * group.size) // (4 * PERCENT_STEP * group.size) * PERCENT_STEP)


def told_size(size: int) -> int:
    """Return a group's size as it is told: whole fives, so that one who joins does not show."""
    return size - size % SMALLEST_GROUP


def overall_mean(groups: Sequence[Group]) -> Decimal | None:
    """Return the mean over the told groups, made from what is told of them and nothing else; None without any."""
    size = sum(told_size(each.size) for each in groups)
    if not size:
        return None
    whole = sum((each.mean * told_size(each.size) for each in groups), Decimal(0))
    return two_digits(WORKING.divide(whole, Decimal(size)))


@dataclass(frozen=True)
class SectorPeers:
    """The groups of one sector and year an account is compared with, by fact; see `values.Peers`."""

    groups: Mapping[str, Group]

    @cached_property
    def told(self) -> str:
        """What is told of the groups and when it was published, as one text: the same text is the same comparison."""
        return ";".join(
            f"{fact} {group.size} {group.mean:f} {group.published_on}" for fact, group in sorted(self.groups.items())
        )

    def size(self, fact: str) -> int:
        """Return how many accounts are in the group, in whole fives; nothing where nothing is told."""
        found = self.groups.get(fact)
        return 0 if found is None else told_size(found.size)

    def percentile(self, fact: str, value: Decimal) -> Decimal | None:
        """Return the share (0 to 100) of the group that is worse; None where nothing is told."""
        found = self.groups.get(fact)
        return None if found is None else percentile(found, fact, value)

    def mean(self, fact: str) -> Decimal | None:
        """Return the group's mean; None where nothing is told."""
        found = self.groups.get(fact)
        return None if found is None else found.mean


NOBODY = SectorPeers({})
"""The peers of an account whose sector is not told of."""
