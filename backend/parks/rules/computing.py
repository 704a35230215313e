"""What members' accounts can say of an indicator: numerator and denominator, added account by account.

Only what accounts know is computed. What is not of accounts (innovation, water, buildings) is entered with evidence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from backend.emissions.values import InventoryFacts
from backend.parks.values import ABOVE_SCALE, ENERGY, ENTERPRISES, ZERO

MONTHS = 12
CNY_OF_A_WAN = Decimal(10_000)
CONFIDENCE = "computed"


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A member of a year: its inventory, its value added (CNY), and what others know (None: nobody can say)."""

    account_id: UUID
    organisation_id: UUID
    is_above_scale: bool
    inventory: InventoryFacts | None
    value_added: Decimal | None
    has_disclosed: bool | None = None
    has_footprint: bool | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What a member adds."""

    account_id: UUID
    inventory_id: UUID | None
    numerator: Decimal
    denominator: Decimal | None


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed value: of numerator and denominator, or of a numerator alone (`denominator` None)."""

    item: str
    numerator: Decimal
    denominator: Decimal | None
    is_complete: bool
    note: str
    parts: Sequence[Part] = field(default_factory=tuple[Part, ...])


def compute(members: Sequence[MemberFacts], counts: Mapping[str, Decimal]) -> list[Computed]:
    """Return every indicator the members can feed; `counts` are the park's own numbers of enterprises.

    A sum is complete when each member has twelve months and the park has no enterprise without an account; a share of
    enterprises, when the park's number of enterprises is known.
    """
    enterprises, above = counts.get(ENTERPRISES), counts.get(ABOVE_SCALE)
    is_whole = enterprises is not None and enterprises == len({each.organisation_id for each in members})
    covered = is_whole and all(each.inventory and each.inventory.months_covered == MONTHS for each in members)
    told = [(each, each.inventory) for each in members if each.inventory is not None]
    large = [each for each in members if each.is_above_scale]
    found: list[Computed] = []
    if told:
        found += _sums(told, is_complete=covered)
        found += _shares(
            "11", members, lambda each: each.inventory is not None and each.inventory.is_verified, enterprises
        )
    if members and all(each.has_footprint is not None for each in members):
        found += _shares("8", members, lambda each: bool(each.has_footprint), enterprises)
    if large and all(each.has_disclosed is not None for each in large):
        found += _shares("9", large, lambda each: bool(each.has_disclosed), above)
    return found


def _sums(told: Sequence[tuple[MemberFacts, InventoryFacts]], *, is_complete: bool) -> list[Computed]:
    energy = [Part(each.account_id, of.inventory_id, of.energy_tce, None) for each, of in told]
    # Direct emissions and bought electricity and heat; members' own power stations would be counted twice and are named.
    carbon = [
        Part(each.account_id, of.inventory_id, of.scope1 + of.scope2_location, of.energy_tce) for each, of in told
    ]
    green = [
        Part(
            each.account_id, of.inventory_id, min(of.green_mwh + of.claimed_mwh, of.electricity_mwh),
            of.electricity_mwh,
        )
        for each, of in told
    ]  # fmt: skip
    found = [
        _of(ENERGY, energy, "各成员清单综合能耗之和", is_complete=is_complete),
        _of("2", carbon, "（范围一 + 位置法范围二）÷ 综合能耗", is_complete=is_complete),
        _of("19", green, "（绿色电力 + 已声明绿证）÷ 外购电量，逐账户不超过其外购电量", is_complete=is_complete),
    ]
    valued = [(each, of, each.value_added / CNY_OF_A_WAN) for each, of in told if each.value_added is not None]
    if valued:
        is_all = is_complete and len(valued) == len(told)
        per_energy = [Part(each.account_id, of.inventory_id, of.energy_tce, wan) for each, of, wan in valued]
        per_carbon = [
            Part(each.account_id, of.inventory_id, of.scope1 + of.scope2_location, wan) for each, of, wan in valued
        ]
        found += [
            _of("3", per_energy, "综合能耗 ÷ 工业增加值（成员账户年度经营数据）", is_complete=is_all),
            _of("4", per_carbon, "（范围一 + 位置法范围二）÷ 工业增加值（成员账户年度经营数据）", is_complete=is_all),
        ]
    return found


def _of(item: str, parts: Sequence[Part], note: str, *, is_complete: bool) -> Computed:
    below = [each.denominator for each in parts if each.denominator is not None]
    return Computed(
        item, sum((each.numerator for each in parts), ZERO), sum(below, ZERO) if below else None, is_complete, note,
        parts,
    )  # fmt: skip


def _shares(
    item: str, members: Sequence[MemberFacts], holds: Callable[[MemberFacts], bool], whole: Decimal | None
) -> list[Computed]:
    """Return a share of enterprises; without their number there is none to tell.

    An enterprise counts once, under the first of its accounts, when it holds for every one of them.
    """
    if whole is None:
        return []
    first: dict[UUID, MemberFacts] = {}
    for each in members:
        first.setdefault(each.organisation_id, each)
    failing = {each.organisation_id for each in members if not holds(each)}
    parts = [
        Part(
            each.account_id, None if each.inventory is None else each.inventory.inventory_id,
            Decimal(each.organisation_id not in failing), None,
        )
        for each in first.values()
    ]  # fmt: skip
    counted = sum((each.numerator for each in parts), ZERO)
    return [Computed(item, counted, whole, counted <= whole, "符合条件的成员企业数 ÷ 园区填报的企业数", parts)]
