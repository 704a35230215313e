"""What members' accounts and the registers can say of an indicator: numerator and denominator, account by account.

Only what accounts know is computed. What is not of accounts (innovation, water, buildings) is entered with evidence.
Where accounts know a part that can only grow, the value is a lower bound: it proves a target met, never one missed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from backend.emissions.values import InventoryFacts, LineFacts
from backend.parks.values import ABOVE_SCALE, ENERGY, ENTERPRISES, ZERO

MONTHS = 12
CNY_OF_A_WAN = Decimal(10_000)
CONFIDENCE = "computed"
BOUGHT = frozenset({"purchased_electricity", "purchased_green_electricity"})


@dataclass(frozen=True, slots=True)
class Electricity:
    """An inventory's electricity: MWh and tce bought (less what was sold), and made on site without fossil fuel."""

    bought_mwh: Decimal
    bought_tce: Decimal
    onsite_mwh: Decimal
    onsite_tce: Decimal


def electricity_of(lines: Sequence[LineFacts]) -> Electricity:
    """Return the electricity of an inventory's lines; the market side repeats the location side and is left out."""
    bought_mwh = bought_tce = onsite_mwh = onsite_tce = ZERO
    for each in lines:
        if each.basis == "market":
            continue
        if each.method in BOUGHT:
            bought_mwh, bought_tce = bought_mwh + each.base_quantity, bought_tce + each.energy_tce
        elif each.method == "sold_electricity":
            bought_mwh, bought_tce = bought_mwh - each.base_quantity, bought_tce - abs(each.energy_tce)
        elif each.method == "onsite_nonfossil_electricity":
            onsite_mwh, onsite_tce = onsite_mwh + each.base_quantity, onsite_tce + each.energy_tce
    return Electricity(max(bought_mwh, ZERO), max(bought_tce, ZERO), onsite_mwh, onsite_tce)


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
    electricity: Electricity | None = None
    is_green: bool = False


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
    is_lower_bound: bool = False


def compute(members: Sequence[MemberFacts], counts: Mapping[str, Decimal], platforms: int = 0) -> list[Computed]:
    """Return every indicator the members can feed; `counts` are the park's own numbers of enterprises.

    A sum is complete when each member has twelve months and the park has no enterprise without an account; a share of
    enterprises, when the park's number of enterprises is known, and a lower bound while some of them have no account.
    `platforms` is the number of innovation platforms on the register.
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
        # Told are footprints that were published; others may be certified and not published.
        found += _at_least(_shares("8", members, lambda each: bool(each.has_footprint), enterprises))
    if large and all(each.has_disclosed is not None for each in large):
        found += _shares("9", large, lambda each: bool(each.has_disclosed), above)
    if large:
        # The plan's text counts enterprises above designated size; others' awards may lie outside the register.
        found += _at_least(_shares("10", large, lambda each: each.is_green, above))
    if told:
        # A park's own platform may reach more enterprises than those with an account here.
        found += _at_least(_shares("26", members, lambda each: each.inventory is not None, enterprises))
    if platforms or members:
        found.append(Computed("12", Decimal(platforms), None, True, "登记簿中本园区的省级以上创新平台数", (), True))  # noqa: FBT003 - complete, and a lower bound: told by place, once
    return found


def _at_least(found: Sequence[Computed]) -> list[Computed]:
    return [replace(each, is_lower_bound=True) for each in found]


def _sums(told: Sequence[tuple[MemberFacts, InventoryFacts]], *, is_complete: bool) -> list[Computed]:
    energy = [Part(each.account_id, of.inventory_id, of.energy_tce, None) for each, of in told]
    # Direct emissions and bought electricity and heat; members' own power stations would be counted twice and are named.
    carbon = [
        Part(each.account_id, of.inventory_id, of.scope1 + of.scope2_location, of.energy_tce) for each, of in told
    ]
    green = [
        Part(
            each.account_id, of.inventory_id,
            min(of.green_mwh + of.claimed_mwh, of.electricity_mwh) + _onsite(each).onsite_mwh,
            of.electricity_mwh + _onsite(each).onsite_mwh,
        )
        for each, of in told
    ]  # fmt: skip
    nonfossil = [
        Part(each.account_id, of.inventory_id, _nonfossil_tce(_onsite(each), of), of.energy_tce) for each, of in told
    ]
    electric = [
        Part(
            each.account_id, of.inventory_id,
            min(_onsite(each).bought_tce + _onsite(each).onsite_tce, of.energy_tce), of.energy_tce,
        )
        for each, of in told
    ]  # fmt: skip
    found = [
        _of(ENERGY, energy, "各成员清单综合能耗之和", is_complete=is_complete),
        _of("2", carbon, "（范围一 + 位置法范围二）÷ 综合能耗", is_complete=is_complete),
        _of(
            "19", green, "（绿色电力 + 已声明绿证 + 自发自用非化石电力）÷（外购电量 + 自发自用非化石电力），绿电绿证逐账户不超过其外购电量",
            is_complete=is_complete,
        ),
        *_at_least([
            _of(
                "5", nonfossil, "绿色电力、已声明绿证与自发自用非化石电力（当量值）÷ 综合能耗；电网电力中的非化石部分未计，故为下限",
                is_complete=is_complete,
            ),
            _of(
                "20", electric, "（外购电力 + 自发自用非化石电力，当量值）÷ 综合能耗；自备燃料发电未计入电力，故为下限",
                is_complete=is_complete,
            ),
        ]),
    ]  # fmt: skip
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


_NONE = Electricity(ZERO, ZERO, ZERO, ZERO)


def _onsite(member: MemberFacts) -> Electricity:
    return member.electricity or _NONE


def _nonfossil_tce(electricity: Electricity, inventory: InventoryFacts) -> Decimal:
    """Return the non-fossil energy an account proves, in tce at the coefficient its own lines were reckoned with."""
    covered = min(inventory.green_mwh + inventory.claimed_mwh, electricity.bought_mwh)
    bought = electricity.bought_tce * covered / electricity.bought_mwh if covered > 0 else ZERO
    return min(bought + electricity.onsite_tce, inventory.energy_tce)


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
    return [
        Computed(
            item, counted, whole, counted <= whole, "符合条件的成员企业数 ÷ 园区填报的企业数", parts, len(first) < whole
        )
    ]
