"""Gather everything a statement was computed from, in one read: what was known then is what is gathered now."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.accounts import service as accounts
from backend.accounts.values import EvidenceValue, FigureValue
from backend.emissions import service as emissions
from backend.emissions.service import EnergyClaim, InventoryInputs
from backend.factors import service as factors
from backend.factors.values import Version
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.statements.account.gathering import MOST_CLAIMS
from backend.statements.bundle import inputs, units
from backend.statements.bundle.archive import part
from backend.statements.bundle.formulas import Formula
from backend.statements.bundle.values import Contents, Part, Subject

LAW = (
    "base_quantity = sum of record quantity x multiplier x unit conversion",
    "coefficient = formula(parameters), 100 significant digits, then rounded half up to 20 decimal places",
    "result_t = base_quantity x coefficient",
    "co2e_t = result_t x gwp",
    "energy_tce = base_quantity x coal coefficient",
)
"""The linear law of every line, in words."""
ABOUT = """\
本压缩包载有一份碳账户报告及其全部计算依据，可脱离本系统独立复算：
This archive holds an account statement with everything it was computed from. It can be recomputed without our server:

    python check_bundle.py bundle.zip --keys documents.json

check_bundle.py 与公钥文件的取得方式见颁发机构公布的查验说明。
How to get check_bundle.py and the file of keys is said in the issuer's guide to verification.

statement.json           the statement as it was issued, byte for byte
inputs/inventories.json  inventories: totals, months, lines with their parameters
inputs/records.json      activity records of each inventory, with the evidence each rests on
inputs/claims.json       certificates cancelled for each inventory's electricity
inputs/figures.json      yearly figures the account stated (output, value added)
inputs/ledger.json       units: what lay in each bucket before the period, every posting of its days, movements not proven
factors/                 one file for each version of a reference parameter that a line names
formulas/formulas.json   each formula, for people and as a tree of operations
evidence/index.json      name, size and SHA-256 of each piece of evidence (not the files)
proofs/                  one file for each movement proven: its place in the signed journal (also for verify_entry.py)
keys.json                the jurisdiction's document keys, as they were published when this was made
manifest.json            the SHA-256 of each file above
signature.jws            detached JWS (ES256) over manifest.json
"""


async def size_of(read: Read, scope: Scope, subject: Subject) -> int:
    """Return about how many things a bundle would hold: the records of its inventories, and movements of units.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    ids = await _inventory_ids(read, scope, subject)
    records = await emissions.record_counts(read, scope, [(subject.account_id, each) for each in ids])
    return records + subject.movement_count


async def _inventory_ids(read: Read, scope: Scope, subject: Subject) -> list[UUID]:
    """Return the inventories of the period, and those of earlier years that intensities are compared with."""
    earlier = await emissions.inventory_facts(read, scope, [subject.account_id], subject.figure_years, subject.known_at)
    return sorted({*subject.inventory_ids, *(each.inventory_id for each in earlier.values())})


async def gather(read: Read, scope: Scope, subject: Subject, *, most_proofs: int) -> Contents:
    """Return the files of a statement's bundle, but for manifest, keys and signatures.

    Of more movements than `most_proofs` the newest are proved, and the bundle names the others and says how to prove them.

    The number of statements follows the years of the period and the checkpoints over its movements, nothing else.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read` or `ledger:read`.
    """
    own = subject.account_id
    found = await emissions.inventory_inputs(read, scope, own, await _inventory_ids(read, scope, subject))
    by_year = await accounts.figures(read, scope, [own], subject.figure_years, subject.known_at)
    figures = [each for key in sorted(by_year) for each in by_year[key] if each.id in subject.figure_ids]
    claims = await _claims(read, scope, subject)
    versions = await factors.parameters_by_id(read, scope, inputs.versions_named(found))
    kept = await accounts.evidence_by_id(
        read, scope, [(own, each) for each in inputs.evidence_named(found, figures)]
    )  # fmt: skip
    books = await _books(read, scope, subject, most_proofs)
    evidence = [each for each in kept if each is not None]
    return await asyncio.to_thread(_contents, subject, found, versions, figures, claims, evidence, books)


async def _claims(read: Read, scope: Scope, subject: Subject) -> list[EnergyClaim]:
    """Return the certificates claimed for the electricity of the period's years, as they were known."""
    every = await emissions.energy_claims(read, scope, subject.account_id, None, limit=MOST_CLAIMS, after=None)
    return [
        each
        for each in reversed(every)
        if subject.period_from.year <= each.year <= subject.period_to.year
        and each.recorded_at <= subject.known_at
        and (each.withdrawn_at is None or each.withdrawn_at > subject.known_at)
    ]


async def _books(read: Read, scope: Scope, subject: Subject, most_proofs: int) -> units.Books:
    """Return the account's units in the period, with the proofs of the newest movements."""
    own, known_at = subject.account_id, subject.known_at
    openings = await ledger.openings(read, scope, own, subject.period_from, known_at)
    entries = await ledger.entries(read, scope, own, subject.period_from, subject.period_to, known_at)
    newest = [each.movement.id for each in entries[max(len(entries) - most_proofs, 0) :]]
    proved = await ledger.prove_many(read, scope, newest)
    classes = await ledger.unit_classes(read, scope)
    return units.Books(subject.tenant, own, classes, openings, entries, proved, frozenset(newest))


def _contents(
    subject: Subject, found: Sequence[InventoryInputs], versions: Mapping[UUID, Version],
    figures: Sequence[FigureValue], claims: Sequence[EnergyClaim], evidence: Sequence[EvidenceValue], books: units.Books,
) -> Contents:  # fmt: skip
    """Return the files. Blocks: many lines become much text."""
    stated, formulas = inputs.inventories(found, versions)
    parts = [
        Part("README.txt", (ABOUT + units.unproven_in_words(books)).encode()),
        Part("statement.json", subject.document),
        part("inputs/inventories.json", stated),
        part("inputs/records.json", {str(each.head.id): inputs.records(each) for each in found}),
        part(
            "inputs/claims.json",
            {
                "inventories": {str(each.head.id): [inputs.claim(one) for one in each.claims] for each in found},
                "statement": [inputs.claim(each) for each in claims],
            },
        ),
        part("inputs/figures.json", [inputs.figure(each) for each in figures]),
        *(part(f"factors/{own}.json", inputs.factor(versions[own])) for own in sorted(versions)),
        part("formulas/formulas.json", _formulas(formulas)),
        part("evidence/index.json", [inputs.evidence(each) for each in evidence]),
        part("inputs/ledger.json", units.ledger(books)),
        *(
            part(units.proof_name(each.movement.number), units.proof(books.proofs[each.movement.id], books.account_id))
            for each in books.entries
            if each.movement.id in books.proofs
        ),
    ]
    return Contents(parts, len(books.entries), len(books.proofs))


def _formulas(used: Sequence[Formula]) -> dict[str, Any]:
    return {"law": list(LAW), "formulas": [each.as_json() for each in used]}
