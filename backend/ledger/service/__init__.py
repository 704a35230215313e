"""Commands of the ledger, one kind a file, and the reads other nouns ask for.

The names below are what the rest of the house may use.
"""

from backend.ledger.claims.queries import claimed, claims_by_id, claims_of_movements, claims_on
from backend.ledger.claims.values import ClaimValue, Extent, Use, energy_of, energy_subject, of_serials
from backend.ledger.clearing.sessions import Cleared, cleared, give_back
from backend.ledger.journal.checkpoints import seal_journal
from backend.ledger.journal.proofs import prove, prove_many
from backend.ledger.journal.queries import checkpoints, checks, last_check, links
from backend.ledger.journal.values import CheckKind, CheckpointValue, CheckValue, LinkValue, ProofValue
from backend.ledger.queries import (
    balances,
    batches,
    holds_by_id,
    movements_by_id,
    postings_of,
    unit_classes,
)
from backend.ledger.queries_entries import EntryValue, OpeningValue, entries, openings
from backend.ledger.queries_flows import BatchFlow, Flows, KindFlow, MovementFlow, Span, flows
from backend.ledger.queries_lots import LotValue, ReversalValue, lots_of, reversals_of
from backend.ledger.queries_retired import RetiredValue, retired
from backend.ledger.queries_serials import CodesKey, load_codes
from backend.ledger.queries_statement import holdings
from backend.ledger.service.checking import check_books, check_when_due, is_verification_due, keep_verdict
from backend.ledger.service.claiming import claim, load_claim_rules, withdraw_claims
from backend.ledger.service.classes import (
    choose_acceptance,
    freeze,
    furnish,
    open_participant,
    open_participants,
    register_classes,
    unfreeze,
)
from backend.ledger.service.closing import living_units
from backend.ledger.service.direct import correct, issue_directly, retire_directly
from backend.ledger.service.holding import free, pledge, release, reserve
from backend.ledger.service.issuing import import_units, issue, issue_many
from backend.ledger.service.transferring import accept, decline, lapse_offers, transfer, transfer_order, withdraw
from backend.ledger.service.using import expire, retire, reverse, surrender

registry_codes = load_codes
"""`registry_codes(read, scope, [CodesKey, ...]) -> [[CodeValue, ...], ...]`: the registry's codes of serials, paged."""

__all__ = [
    "BatchFlow",
    "CheckKind",
    "CheckValue",
    "CheckpointValue",
    "ClaimValue",
    "Cleared",
    "CodesKey",
    "EntryValue",
    "Extent",
    "Flows",
    "KindFlow",
    "LinkValue",
    "LotValue",
    "MovementFlow",
    "OpeningValue",
    "ProofValue",
    "RetiredValue",
    "ReversalValue",
    "Span",
    "Use",
    "accept",
    "balances",
    "batches",
    "check_books",
    "check_when_due",
    "checkpoints",
    "checks",
    "choose_acceptance",
    "claim",
    "claimed",
    "claims_by_id",
    "claims_of_movements",
    "claims_on",
    "cleared",
    "correct",
    "decline",
    "energy_of",
    "energy_subject",
    "entries",
    "expire",
    "flows",
    "free",
    "freeze",
    "furnish",
    "give_back",
    "holdings",
    "holds_by_id",
    "import_units",
    "is_verification_due",
    "issue",
    "issue_directly",
    "issue_many",
    "keep_verdict",
    "lapse_offers",
    "last_check",
    "links",
    "living_units",
    "load_claim_rules",
    "lots_of",
    "movements_by_id",
    "of_serials",
    "open_participant",
    "open_participants",
    "openings",
    "pledge",
    "postings_of",
    "prove",
    "prove_many",
    "register_classes",
    "registry_codes",
    "release",
    "reserve",
    "retire",
    "retire_directly",
    "retired",
    "reversals_of",
    "reverse",
    "seal_journal",
    "surrender",
    "transfer",
    "transfer_order",
    "unfreeze",
    "unit_classes",
    "withdraw",
    "withdraw_claims",
]
