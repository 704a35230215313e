"""Errors of claimed energy.

Conflict
  ClaimYearClosed       the year is closed, by the enterprise or by the authority
  ClaimExceedsPurchase  more than the year's approved purchased electricity
  ClaimsChanged         certificates were claimed or given back after the calculation
"""

from backend.kit.errors import Conflict


class ClaimYearClosed(Conflict):
    """A closed year takes no claim and gives none back."""

    code = "claim_year_closed"
    en = "The year {year} is closed. Reopen the reporting year, or restate the closed inventory, before you change what certificates cover."
    zh = "{year} 年度已关闭。请先重新开启报告年度，或对已归档清单提出重述，再变更绿证抵扣电量。"


class ClaimExceedsPurchase(Conflict):
    """Certificates prove electricity that was used: no more can be claimed than was bought."""

    code = "claim_exceeds_purchase"
    en = (
        "{asked} MWh cannot be claimed for {year}: of {purchased} MWh of approved purchased electricity (less what was "
        "sold) {claimed} MWh are claimed already, {room} MWh are left. Claim less, or enter and approve the missing "
        "electricity first."
    )
    zh = (
        "{year} 年度无法再声明 {asked} MWh：已审核购入电量（扣除输出电量）为 {purchased} MWh，已声明 {claimed} MWh，剩余 {room} MWh。"
        "请减少数量，或先补录并审核购入电量。"
    )


class ClaimsChanged(Conflict):
    """The inventory counts certificates otherwise than the books do now."""

    code = "claims_changed"
    en = "Certificates were claimed or given back for {year} after this inventory was computed. Compute it again first."
    zh = "本清单计算之后，{year} 年度的绿证声明有新增或撤销。请先重新计算清单。"
