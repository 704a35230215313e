"""Arithmetic and policy of the inventory: pure, no I/O, Decimal in and Decimal out.

`parameters` reads what is stated and completes it, `lines` multiplies, `standard_coal` counts energy, `checks`
doubts, `quality` scores, `uncertainty` spreads, `defaults` reads the placeholders of the last three.
"""

from backend.emissions.methods.arithmetic import coefficients
from backend.emissions.rules.checks import (
    calibration,
    calibration_state,
    certificate_year,
    certificates_covered,
    evidence,
    is_blocked,
    median,
    metered_invoiced,
    months_missing,
    quantity_band,
    quantity_history,
    quantity_sign,
    quantity_zero,
    reported_consistent,
    standard_coal_known,
    unit_slip,
)
from backend.emissions.rules.defaults import (
    CheckLimits,
    UncertaintyTable,
    check_limits,
    quality_weights,
    uncertainty_table,
)
from backend.emissions.rules.lines import base_quantity, coefficient_unit, explanation, gas_results, gwp_request
from backend.emissions.rules.parameters import (
    accepted_units,
    base_unit_of,
    category_of,
    check_possible,
    check_scope,
    complete,
    for_basis,
    in_parameter_unit,
    key_of,
    lookups_needed,
    merged,
    parameter_unit,
    read_parameters,
)
from backend.emissions.rules.quality import score, weighted_score
from backend.emissions.rules.standard_coal import coal_request, energy_name, heat_value_request, standard_coal
from backend.emissions.rules.uncertainty import line_uncertainty, uncertainty

__all__ = [
    "CheckLimits", "UncertaintyTable", "accepted_units", "base_quantity", "base_unit_of", "calibration",
    "calibration_state", "category_of", "certificate_year", "certificates_covered",
    "check_limits", "check_possible", "check_scope",
    "coal_request", "coefficient_unit", "coefficients", "complete", "energy_name", "evidence", "explanation",
    "for_basis",
    "gas_results", "gwp_request", "heat_value_request", "in_parameter_unit", "is_blocked", "key_of",
    "line_uncertainty", "lookups_needed", "median", "merged", "metered_invoiced", "months_missing", "parameter_unit",
    "quality_weights", "quantity_band", "quantity_history", "quantity_sign", "quantity_zero",
    "read_parameters", "reported_consistent", "score", "standard_coal", "standard_coal_known",
    "uncertainty", "uncertainty_table", "unit_slip", "weighted_score",
]  # fmt: skip
