"""The rules of quota compliance: allocation, settlement, calendar, prices. Pure: a look-up and decimals in, results out.

Every figure comes from the dated parameters and stands in the result with its document and confidence; every result
says how it was made. What the parameters do not say is *cannot tell*, by a named error or a finding, and blocks.
"""

from backend.quotas.rules.allocation import (
    Settlement,
    UnitResult,
    borrowing,
    pre_allocation,
    settle_allocation,
)
from backend.quotas.rules.carryover import CarryOver, carry_over, vintage_check
from backend.quotas.rules.duties import (
    DUTY_NAMES,
    OFFICIAL,
    Duty,
    DutyKind,
    DutyState,
    duties,
    duty_state,
    earliest,
    warning_days,
)
from backend.quotas.rules.figures import FAMILIES, Book
from backend.quotas.rules.industry import IndustryInputs, industry_quota
from backend.quotas.rules.offset import OffsetUnit, ccer_cap, offset_check
from backend.quotas.rules.optimiser import Plan, PlanLine, Source, SourceKind, cheapest
from backend.quotas.rules.penalties import DISCLAIMER_EN, DISCLAIMER_ZH, Penalty, penalties
from backend.quotas.rules.power import PowerInputs, electricity_basis, power_quota
from backend.quotas.rules.prices import Scenario, ScenarioCode, average_price, price_scenarios
from backend.quotas.rules.rounding import displayed
from backend.quotas.rules.rounding import whole as issuable
from backend.quotas.rules.terms import (
    Amount,
    Basis,
    Cooling,
    Factor,
    Figure,
    Finding,
    LineKind,
    Outcome,
    Part,
    Quota,
    Sector,
    UnitClass,
    Verdict,
)
from backend.quotas.rules.whatif import Outlook, WhatIf, what_if_industry, what_if_power

__all__ = [
    "DISCLAIMER_EN", "DISCLAIMER_ZH", "DUTY_NAMES", "FAMILIES", "OFFICIAL", "Amount", "Basis", "Book", "CarryOver", "Cooling",
    "Duty", "DutyKind", "DutyState", "Factor", "Figure", "Finding", "IndustryInputs", "LineKind", "OffsetUnit", "Outcome",
    "Outlook", "Part", "Penalty", "Plan", "PlanLine", "PowerInputs", "Quota", "Scenario", "ScenarioCode", "Sector",
    "Settlement", "Source", "SourceKind", "UnitClass", "UnitResult", "Verdict", "WhatIf", "average_price",
    "borrowing", "carry_over", "ccer_cap", "cheapest", "displayed", "duties", "duty_state", "earliest", "electricity_basis",
    "industry_quota", "issuable", "offset_check", "penalties", "power_quota", "pre_allocation", "price_scenarios",
    "settle_allocation", "vintage_check", "warning_days", "what_if_industry", "what_if_power",
]  # fmt: skip
