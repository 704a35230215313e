"""What is known of an account's compliance year: each facility with the data that counts, and what is owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from backend.emissions import service as emissions
from backend.emissions.service import DirectEmissions
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.quotas import queries, rules
from backend.quotas.rules.rounding import ZERO, add
from backend.quotas.values import FacilityValue, ObligationBasis, OutputValue, VerifiedValue

MONTHS = frozenset(range(1, 13))
SUMMED = ("mwh", "gj", "output", "emissions")

BOUNDARIES: dict[str, frozenset[tuple[str, str]]] = {
    "power": frozenset({("combustion", "CO2")}),
    "steel": frozenset({("combustion", "CO2"), ("process", "CO2")}),
    "cement": frozenset({("combustion", "CO2"), ("process", "CO2")}),
    "aluminium": frozenset({
        ("combustion", "CO2"), ("process", "CO2"), ("aluminium", "CO2"), ("aluminium", "CF4"), ("aluminium", "C2F6"),
    }),
}  # fmt: skip
"""Categories and gases of direct emissions inside the market's boundary, by sector: power counts CO2 of fossil combustion,
aluminium CO2, CF4 and C2F6, steel and cement CO2."""

UNDECIDED = frozenset({("other", "CO2e")})
"""Direct emissions stated as a sum: whether they lie inside the boundary cannot be told."""


@dataclass(frozen=True, slots=True)
class FacilityYear:
    """A facility in a year. `is_summed`: the year was added up from twelve months; `missing_months` stop that."""

    facility: FacilityValue
    basis: rules.Basis | None
    mwh: Decimal | None
    gj: Decimal | None
    heat_ratio: Decimal | None
    load: Decimal | None
    output: Decimal | None
    intensity: Decimal | None
    emissions: Decimal | None
    verified: VerifiedValue | None
    is_summed: bool
    missing_months: tuple[int, ...]

    def power_inputs(self, year: int) -> rules.PowerInputs | None:
        """Return what the power rules take; None without electricity and heat."""
        unit = self.facility
        if unit.unit_class is None or self.mwh is None or self.gj is None:
            return None
        return rules.PowerInputs(
            year=year, unit_class=rules.UnitClass(unit.unit_class), mwh=self.mwh, gj=self.gj, basis=self.basis,
            cooling=rules.Cooling(unit.cooling) if unit.cooling else None, heat_ratio=self.heat_ratio, load=self.load,
            is_pure_condensing=unit.is_pure_condensing,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Obligation:
    """What is owed for a year, in tCO2, and where it comes from.

    `emissions` are the emissions themselves; `obligation` is less where a plan relieves (2019-2020). `outside` are direct
    emissions left out because they lie outside the market's boundary, `undecided` those of which it cannot be told.
    """

    year: int
    basis: ObligationBasis
    emissions: Decimal | None
    obligation: Decimal | None
    outside: Decimal
    undecided: Decimal
    document: str
    inventory_id: UUID | None
    settlement: rules.Settlement | None

    @property
    def is_verified(self) -> bool:
        """Whether it can be settled on."""
        return self.basis in {ObligationBasis.ENTERED, ObligationBasis.VERIFIED} and self.obligation is not None


def runs_in(facility: FacilityValue, year: int) -> bool:
    """Tell whether a facility ran in a year."""
    return facility.since <= date(year, 12, 31) and (facility.until is None or facility.until >= date(year, 1, 1))


def months_of(facility: FacilityValue, year: int) -> frozenset[int]:
    """Return the months of a year a facility ran in."""
    return frozenset(
        month
        for month in MONTHS
        if (year, month) >= (facility.since.year, facility.since.month)
        and (facility.until is None or (year, month) <= (facility.until.year, facility.until.month))
    )


async def facility_years(read: Read, scope: Scope, account_id: UUID, year: int) -> list[FacilityYear]:
    """Return the facilities that ran in a year with the data that counts, by code."""
    found = [each for each in await queries.facilities(read, scope, [account_id]) if runs_in(each, year)]
    outputs = await queries.newest_outputs(read, scope, account_id, year)
    verified = (await queries.newest_verified(read, scope, [account_id], year)).get(account_id, {})
    return [
        facility_year(each, year, [one for one in outputs if one.facility_id == each.id], verified.get(each.id))
        for each in found
    ]


def facility_year(
    facility: FacilityValue, year: int, entries: Sequence[OutputValue], verified: VerifiedValue | None
) -> FacilityYear:
    """Return a facility's year: the entry of the whole year, else the sum of every month it ran.

    Shares (heat ratio, load) and intensity of months are no year's: they are never averaged here.
    """
    whole = next((each for each in entries if each.month is None), None)
    if whole is not None:
        return FacilityYear(
            facility, _basis([whole]), whole.mwh, whole.gj, whole.heat_ratio, whole.load, whole.output, whole.intensity,
            whole.emissions, verified, is_summed=False, missing_months=(),
        )  # fmt: skip
    missing = tuple(sorted(months_of(facility, year) - {each.month for each in entries if each.month}))
    sums: dict[str, Decimal | None] = dict.fromkeys(SUMMED)
    if not missing:
        for name in SUMMED:
            values: list[Decimal | None] = [getattr(each, name) for each in entries]
            known = [each for each in values if each is not None]
            sums[name] = add(*known) if known and len(known) == len(values) else None
    return FacilityYear(
        facility, _basis(entries), sums["mwh"], sums["gj"], None, None, sums["output"], None, sums["emissions"], verified,
        is_summed=True, missing_months=missing,
    )  # fmt: skip


def _basis(entries: Sequence[OutputValue]) -> rules.Basis | None:
    """Return which electricity the entries state; None where they do not agree, or state none."""
    stated = {each.basis for each in entries if each.mwh is not None}
    return rules.Basis(only) if len(stated) == 1 and (only := next(iter(stated))) is not None else None


def inside(found: DirectEmissions, sectors: Sequence[str]) -> tuple[Decimal, Decimal, Decimal]:
    """Return direct emissions inside the boundary of the sectors, outside it, and those of which it cannot be told."""
    allowed = frozenset[tuple[str, str]]().union(*(BOUNDARIES.get(each, frozenset()) for each in sectors))
    totals = [ZERO, ZERO, ZERO]
    for category, gas, amount in found.parts:
        place = 0 if (category, gas) in allowed else 2 if (category, gas) in UNDECIDED else 1
        totals[place] = add(totals[place], amount)
    return totals[0], totals[1], totals[2]


async def obligation(
    read: Read, scope: Scope, book: rules.Book, account_id: UUID, year: int, years: Sequence[FacilityYear]
) -> Obligation:
    """Return what an account owes for a year.

    The figure a verifier or the authority entered comes first (it is drawn along the market's own boundary): of the
    account, or of all its facilities together. Then the verified inventory within the boundary of the account's
    sectors, then, provisional and marked, an inventory nobody has verified.
    """
    entered = (await queries.newest_verified(read, scope, [account_id], year)).get(account_id, {})
    direct = (await emissions.direct_emissions(read, scope, [account_id], year)).get(account_id)
    return obligation_of(book, year, years, entered, direct)


def obligation_of(
    book: rules.Book,
    year: int,
    years: Sequence[FacilityYear],
    entered: Mapping[UUID | None, VerifiedValue],
    direct: DirectEmissions | None,
) -> Obligation:
    """Return what is owed for a year by what was entered (None: for the whole account) and by the inventory; pure."""
    sectors = sorted({each.facility.sector for each in years})
    basis, amount, document = ObligationBasis.NONE, None, ""
    outside = undecided = ZERO
    if direct is not None and sectors:
        amount, outside, undecided = inside(direct, sectors)
        is_final = direct.is_verified and not undecided
        basis = ObligationBasis.VERIFIED if is_final else ObligationBasis.PROVISIONAL
    parts = [each.verified for each in years if each.verified is not None]
    if (whole := entered.get(None)) is not None:
        basis, amount, document = ObligationBasis.ENTERED, whole.emissions, whole.document
    elif years and len(parts) == len(years):
        basis, amount = ObligationBasis.ENTERED, add(*(each.emissions for each in parts))
        document = "; ".join(dict.fromkeys(each.document for each in parts))
    settlement = settled(book, year, years)
    relief = settlement.relief if settlement is not None and basis is ObligationBasis.ENTERED else ZERO
    return Obligation(
        year=year,
        basis=basis,
        emissions=amount,
        obligation=None if amount is None else max(add(amount, -relief), ZERO),
        outside=outside,
        undecided=undecided,
        document=document,
        inventory_id=direct.inventory_id if direct is not None else None,
        settlement=settlement,
    )


def settled(book: rules.Book, year: int, years: Sequence[FacilityYear]) -> rules.Settlement | None:
    """Return what the power units come to together (gas exemption, 20 % rule); None while one of them is not known."""
    units = [each for each in years if each.facility.unit_class is not None]
    results: list[rules.UnitResult] = []
    for each in units:
        inputs = each.power_inputs(year)
        if inputs is None or each.verified is None:
            return None
        quota = rules.power_quota(book, inputs)
        results.append(rules.UnitResult(inputs.unit_class, quota.quota, each.verified.emissions))
    return rules.settle_allocation(book, year, results) if results else None


__all__ = [
    "FacilityYear",
    "Obligation",
    "facility_years",
    "inside",
    "obligation",
    "obligation_of",
    "runs_in",
    "settled",
]
