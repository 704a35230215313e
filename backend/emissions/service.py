"""Emissions for the nouns above: the commands on inventories and what may be read of them.

Importing this module also provides the accounts' port of source rules.
"""

from backend.emissions import source_rules
from backend.emissions.claims.queries import claimed_energy, claims_by_movement, energy_claims, purchased_electricity
from backend.emissions.claims.service import (
    claim_energies,
    claim_energy,
    claimable_energy,
    is_year_closed,
    withdraw_energy_claim,
)
from backend.emissions.claims.values import Claiming, EnergyClaim
from backend.emissions.claims.values import Facts as ClaimFacts
from backend.emissions.claims.values import Part as ClaimPart
from backend.emissions.facts.energy import (
    ElectricityMonth,
    EnergyMonth,
    electricity_months,
    energy_months,
    usual_energy_sources,
)
from backend.emissions.facts.queries import inventory_facts, line_facts, month_facts
from backend.emissions.inventory.direct import DirectEmissions, direct_emissions, direct_of
from backend.emissions.inventory.inputs import InventoryInputs, inventory_inputs, record_counts
from backend.emissions.inventory.overview import overview
from backend.emissions.inventory.reproduce import reproduce
from backend.emissions.inventory.service import (
    answer_finding,
    close,
    compute,
    compute_many,
    raise_finding,
    request_all,
    request_computation,
    request_restatement,
    resolve_finding,
    return_inventory,
    submit,
    verify,
)

__all__ = [
    "ClaimFacts",
    "ClaimPart",
    "Claiming",
    "DirectEmissions",
    "ElectricityMonth",
    "EnergyClaim",
    "EnergyMonth",
    "InventoryInputs",
    "answer_finding",
    "claim_energies",
    "claim_energy",
    "claimable_energy",
    "claimed_energy",
    "claims_by_movement",
    "close",
    "compute",
    "compute_many",
    "direct_emissions",
    "direct_of",
    "electricity_months",
    "energy_claims",
    "energy_months",
    "inventory_facts",
    "inventory_inputs",
    "is_year_closed",
    "line_facts",
    "month_facts",
    "overview",
    "purchased_electricity",
    "raise_finding",
    "record_counts",
    "reproduce",
    "request_all",
    "request_computation",
    "request_restatement",
    "resolve_finding",
    "return_inventory",
    "source_rules",
    "submit",
    "usual_energy_sources",
    "verify",
    "withdraw_energy_claim",
]
