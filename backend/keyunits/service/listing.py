"""The list of key units (重点用能和碳排放单位名录): proposed from a year's figures, decided by another person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue
from backend.keyunits import catalogue, queries
from backend.keyunits.errors import (
    KeyUnitChangeIdle,
    KeyUnitDecided,
    KeyUnitProposalNotFound,
    KeyUnitSecondPerson,
)
from backend.keyunits.models import KeyUnitDecision, KeyUnitProposal
from backend.keyunits.rules import checking, crossing
from backend.keyunits.service.common import lock, note, of_authority, paper, recorded, seen, under
from backend.keyunits.values import (
    ChangeKind,
    Document,
    ProposalDraft,
    ProposalRow,
    ProposalState,
    Reach,
    Words,
    YearFacts,
)
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.regions import service as regions

MOST = 500
"""Proposals decided at once."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a year proposed: the proposals that are new, and of how many accounts nobody can tell."""

    proposals: Sequence[ProposalRow]
    unknown: int


async def year_facts(
    read: Read, scope: Scope, year: int, *, path: str | None = None, account_ids: Sequence[UUID] | None = None
) -> dict[UUID, YearFacts]:
    """Return what a year of each account the caller sees comes to, from the roll-ups. One statement."""
    rows = await regions.account_years(read, scope, year, under=path, account_ids=account_ids)
    return {
        each.account_id: YearFacts(
            each.account_id, each.inventory_id, each.energy_tce, each.scope1, each.scope2_location, each.months,
            each.is_verified,
        )
        for each in rows
    }  # fmt: skip


async def propose_units(write: Write, scope: Scope, *, year: int, division_code: str | None = None) -> Proposed:
    """Hold every account of a division (the whole region by default) against the thresholds of a year.

    Who reaches one enters or stays, who was on the list and is below leaves, each with the figures it follows from. What
    was decided for the year already, or waits with the same figures, is not proposed again. Six statements, whatever
    the number of accounts.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:supervise`.
        KeyUnitYearInvalid, DivisionUnknown: in this order.
    """
    of_authority(scope)
    checking.year(year)
    path = await under(write, scope, division_code)
    await lock(write, "list")
    facts = await year_facts(write, scope, year, path=path)
    on_list = {
        one: each for one, each in (await queries.files(write, scope)).items()
        if path is None or each.division_path.startswith(path)
    }  # fmt: skip
    known = await _candidates(write, scope, facts, on_list, year)
    drafts: list[ProposalDraft] = []
    unknown = 0
    for account in known.values():
        own = facts.get(account.id)
        thresholds = catalogue.thresholds_of(scope.tenant, year, account.method_pack)
        made = crossing.draft(
            account.id, thresholds, own, is_listed=account.id in on_list, is_open=account.closed_at is None
        )
        if made is not None:
            drafts.append(made)
    for each in facts.values():
        found = crossing.crossings(catalogue.thresholds_of(scope.tenant, year, ""), each)
        unknown += any(one.reach is Reach.UNKNOWN for one in found) and each.account_id not in on_list
    before = await queries.proposals_of(write, scope, [each.account_id for each in drafts], year)
    fresh = [each for each in drafts if not _is_told(each, before.get(each.account_id))]
    rows = await _store(write, scope, year, fresh, known, is_manual=False)
    note(write, "keyunits:propose", "key_unit_list", scope.organisation_id or new_id(), year=year, proposed=len(rows))
    return Proposed(rows, unknown)


async def _candidates(
    read: Read, scope: Scope, facts: dict[UUID, YearFacts], on_list: Iterable[UUID], year: int
) -> dict[UUID, AccountValue]:
    """Return the accounts that may reach a threshold of any guide, or are on the list."""
    every = [each for each in catalogue.thresholds(scope.tenant) if each.first_year <= year]
    wanted = set(on_list) | {
        one for one, each in facts.items()
        if any(found.reach is Reach.REACHED for found in crossing.crossings(every, each))
    }  # fmt: skip
    found = await accounts.accounts_by_id(read, scope, sorted(wanted)) if wanted else []
    return {each.id: each for each in found if each is not None}


def _is_told(draft: ProposalDraft, before: ProposalRow | None) -> bool:
    """Tell whether the newest proposal of the year says the same, or the same change was confirmed already."""
    if before is None or before.is_manual:
        return before is not None
    same = before.kind is draft.kind and list(before.crossings) == list(draft.crossings)
    if before.state is ProposalState.CONFIRMED:
        # A unit that entered by this year's figures stays by the same figures.
        is_same_side = (before.kind is ChangeKind.LEAVE) == (draft.kind is ChangeKind.LEAVE)
        return is_same_side and list(before.crossings) == list(draft.crossings)
    return same


async def propose_unit(
    write: Write, scope: Scope, account_id: UUID, *, year: int, kind: ChangeKind, reason: str
) -> ProposalRow:
    """Propose a change by hand, whatever the figures say: a unit the authority names, or one that moved away.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:supervise`.
        AccountNotFound, KeyUnitYearInvalid, KeyUnitTextInvalid: in this order.
        KeyUnitChangeIdle: it would enter and is on the list, or stay or leave and is not.
    """
    of_authority(scope)
    account = await seen(write, scope, account_id)
    checking.year(year)
    why = checking.text(reason, "reason")
    await lock(write, "list")
    is_listed = bool(await queries.files(write, scope, [account_id]))
    if is_listed is (kind is ChangeKind.ENTER):
        words = ("已在名录中", "is on the list already") if is_listed else ("不在名录中", "is not on the list")
        raise KeyUnitChangeIdle(reason_zh=words[0], reason_en=words[1], path=("input", "kind"))
    facts = (await year_facts(write, scope, year, account_ids=[account_id])).get(account_id)
    found = crossing.crossings(catalogue.thresholds_of(scope.tenant, year, account.method_pack), facts)
    draft = ProposalDraft(account_id, kind, found, Words(why, why), facts)
    (row,) = await _store(write, scope, year, [draft], {account_id: account}, is_manual=True)
    note(write, "keyunits:propose", "carbon_account", account_id, year=year, kind=kind.value)
    return row


async def _store(
    write: Write, scope: Scope, year: int, drafts: Sequence[ProposalDraft], known: dict[UUID, AccountValue], *,
    is_manual: bool,
) -> list[ProposalRow]:  # fmt: skip
    if not drafts:
        return []
    rows: list[dict[str, Any]] = [
        {
            "account_id": each.account_id, "id": new_id(), "year": year, "kind": each.kind.value,
            "crossings": [queries.crossing_json(one) for one in each.crossings],
            "energy": None if each.facts is None else each.facts.energy,
            "direct": None if each.facts is None else each.facts.direct,
            "months": 0 if each.facts is None else each.facts.months,
            "is_verified": each.facts is not None and each.facts.is_verified,
            "inventory_id": None if each.facts is None else each.facts.inventory_id,
            "reason_zh": each.reason.zh, "reason_en": each.reason.en, "is_manual": is_manual,
            "division_code": (account := known[each.account_id]).division_code,
            "division_path": account.division_path, "sector": account.sector, **recorded(scope),
        }
        for each in drafts
    ]  # fmt: skip
    await write.run(insert(KeyUnitProposal), rows)
    ids = [row["id"] for row in rows]
    found = await queries.proposals_by_id(write, scope, ids)
    return [found[one] for one in ids]


async def decide_units(
    write: Write, scope: Scope, proposal_ids: Sequence[UUID], *, is_confirmed: bool, reason: str, document: Document
) -> list[ProposalRow]:
    """Confirm or reject proposals, all or none; a confirmed one is in force from then on.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:supervise`.
        KeyUnitChoiceInvalid, KeyUnitTextInvalid, KeyUnitDocumentInvalid: in this order.
        KeyUnitProposalNotFound: one of them is not there, or not the caller's to see.
        KeyUnitSecondPerson: the caller recorded one of them.
        KeyUnitDecided: one was decided on, or a newer one of its year took its place.
    """
    of_authority(scope)
    wanted = checking.chosen(proposal_ids, MOST, "proposalIds")
    why, source = checking.text(reason, "reason"), checking.document(document)
    await lock(write, "list")
    found = await queries.proposals_by_id(write, scope, wanted)
    if len(found) < len(wanted):
        raise KeyUnitProposalNotFound(path=("input", "proposalIds"))
    if any(each.recorded_by == scope.actor_id for each in found.values()):
        raise KeyUnitSecondPerson
    if any(each.state is not ProposalState.WAITING for each in found.values()):
        raise KeyUnitDecided(path=("input", "proposalIds"))
    told = {"is_confirmed": is_confirmed, "reason": why, **paper(source), **recorded(scope)}
    await write.run(
        insert(KeyUnitDecision),
        [{"account_id": found[one].account_id, "proposal_id": one, **told} for one in wanted],
    )
    for one in wanted:
        note(
            write, "keyunits:decide", "carbon_account", found[one].account_id, year=found[one].year,
            kind=found[one].kind.value, is_confirmed=is_confirmed,
        )  # fmt: skip
    found = await queries.proposals_by_id(write, scope, wanted)
    return [found[one] for one in wanted]
