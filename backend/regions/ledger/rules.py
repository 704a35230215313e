"""The two accounts side by side: what they come to, how they differ, and why as far as is known. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from backend.emissions.methods.arithmetic import WORKING, add, quantised
from backend.regions.balances.values import Flow, TopDown
from backend.regions.ledger.values import Cause, Intensity, KnownCause, LedgerRow, Reconciliation
from backend.regions.values import ACTIVITIES, FIGURE_UNITS, POWER, FigureKind, FigureValue, RegionYear, Standing, less

ZERO = Decimal(0)
MONTHS = 12


def rows(years: Sequence[RegionYear], standings: Sequence[Standing], above: TopDown | None) -> list[LedgerRow]:
    """Return the sectors of a division's year, those of the subtree together; what is of no sector comes last."""
    sectors = {each.sector for each in (*years, *standings)} | (set() if above is None else set(above.by_sector))
    found: list[LedgerRow] = []
    for sector in sorted(sectors):
        own = [each for each in years if each.sector == sector]
        found.append(
            LedgerRow(
                sector, sum(each.accounts for each in own), sum(each.verified_accounts for each in own),
                sum(each.open_accounts for each in standings if each.sector == sector),
                total(each.scope1 for each in own), total(each.scope2_location for each in own),
                total(each.scope2_market for each in own), total(each.energy_tce for each in own),
                total(each.verified_scope1_2 for each in own),
                None if above is None else above.by_sector.get(sector),
            )
        )  # fmt: skip
    if above is not None:
        rest = less(above.direct, total(above.by_sector.values()))
        found.append(LedgerRow("", 0, 0, 0, ZERO, ZERO, ZERO, ZERO, ZERO, rest))
    return found


def reconciled(
    kept: Sequence[LedgerRow], months: int, above: TopDown | None, figures: Sequence[FigureValue]
) -> Reconciliation:
    """Return both accounts of direct emissions, their difference and its known causes."""
    accounts = sum(each.accounts for each in kept)
    below = total(each.scope1 for each in kept) if accounts else None
    processes = [each.quantity for each in figures if each.kind is FigureKind.INDUSTRIAL_PROCESSES]
    whole = None if above is None else add(above.direct, total(processes))
    power = [each for each in kept if each.sector == POWER]
    causes = list(_causes(kept, months, above, is_process_stated=bool(processes)))
    return Reconciliation(
        bottom_up=below, top_down=whole,
        difference=None if below is None or whole is None else less(whole, below),
        covered=None if below is None or not whole else quantised(WORKING.divide(below, whole)),
        power_bottom_up=total(each.scope1 for each in power) if accounts else None,
        power_top_down=None if above is None else above.by_sector.get(POWER, ZERO), causes=causes,
    )  # fmt: skip


def _causes(
    kept: Sequence[LedgerRow], months: int, above: TopDown | None, *, is_process_stated: bool
) -> list[KnownCause]:
    accounts, verified = sum(each.accounts for each in kept), sum(each.verified_accounts for each in kept)
    told: list[tuple[bool, Cause, str, str]] = [
        (not accounts, Cause.NO_ACCOUNTS, "该年度没有账户数据。", "No account has anything in this year."),
        (above is None, Cause.NO_BALANCE, "该年度尚未录入能源平衡表。", "No energy balance of this year was entered."),
        (
            bool(accounts) and above is not None, Cause.SMALL_EMITTERS,
            f"账户口径只含 {accounts} 家已建账户的企业；居民生活、农业、商业、未建账户的中小企业不在其中。",
            f"From below there are only {accounts} enterprises with accounts, no households, farms or firms without one.",
        ),
        (
            bool(accounts) and months < MONTHS, Cause.MONTHS_MISSING, f"账户数据仅覆盖 12 个月中的 {months} 个月。",
            f"Accounts have something for {months} of the twelve months.",
        ),
        (
            verified < accounts, Cause.UNVERIFIED, f"{accounts} 个账户中有 {accounts - verified} 个的清单尚未核查。",
            f"The inventories of {accounts - verified} of {accounts} accounts are not verified.",
        ),
    ]  # fmt: skip
    if above is not None:
        told += _of_balance(above, is_process_stated=is_process_stated)
    return [KnownCause(cause, zh, en) for holds, cause, zh, en in told if holds]


def _of_balance(above: TopDown, *, is_process_stated: bool) -> list[tuple[bool, Cause, str, str]]:
    untold = sum(1 for each in above.lines if each.tonnes is None)
    is_split = any(each.sector and each.flow is Flow.INDUSTRY for each in above.lines)
    return [
        (
            untold > 0, Cause.LINES_CANNOT_TELL, f"能源平衡表中有 {untold} 项因缺少因子无法核算，未计入。",
            f"{untold} lines of the energy balance cannot be told for want of a factor and are left out.",
        ),
        (
            bool(above.recovered), Cause.RECOVERED_GASES, "高炉、转炉煤气的碳已随焦炭计入，单列不重复加总。",
            "The carbon of blast furnace and converter gas was counted with the coke; it is shown apart.",
        ),
        (
            not is_process_stated, Cause.PROCESSES_NOT_STATED,
            "未录入工业生产过程排放；账户的范围一含过程排放，能源平衡表不含。",
            "No emissions of industrial processes were entered; scope 1 of accounts holds them, the balance does not.",
        ),
        (
            bool(above.by_flow.get(Flow.INDUSTRY)) and not is_split, Cause.INDUSTRY_NOT_SPLIT,
            "能源平衡表未分行业列出工业，行业之间无法逐一对照。",
            "The energy balance does not split industry by sector: sectors cannot be compared one by one.",
        ),
    ]  # fmt: skip


def intensities(above: TopDown | None, figures: Sequence[FigureValue]) -> list[Intensity]:
    """Return tonnes per unit of each activity; what cannot be told has no value."""
    known = {each.kind: each.quantity for each in figures if each.kind in ACTIVITIES}
    whole = add(above.direct, above.net_inflow) if above is not None and above.is_complete else None
    return [
        Intensity(
            kind, f"tCO2/{FIGURE_UNITS[kind]}",
            None if whole is None or not known.get(kind) else quantised(WORKING.divide(whole, known[kind])),
        )
        for kind in FigureKind
        if kind in ACTIVITIES
    ]  # fmt: skip


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    whole = ZERO
    for each in numbers:
        whole = add(whole, each)
    return whole
