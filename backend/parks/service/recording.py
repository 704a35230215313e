"""Enter indicator values with evidence, and compute those the members' accounts can feed. Nothing is overwritten."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.accounts.values import FigureKind
from backend.emissions import service as emissions
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.parks import ports, queries, queries_programmes
from backend.parks.catalogue import unit_of
from backend.parks.errors import ParkNothingToCompute, ParkValuesInvalid
from backend.parks.models import ParkValue, ParkValuePart
from backend.parks.rules import checking, computing
from backend.parks.rules.entering import fault, quantity_of
from backend.parks.service.common import (
    changeable,
    check_evidence,
    lock,
    note,
    of_authority,
    of_operator,
    paper,
    place,
    recorded,
)
from backend.parks.values import (
    ABOVE_SCALE,
    ENTERPRISES,
    Document,
    ParkRow,
    ProgrammeKind,
    ValueDraft,
    ValueKind,
    ValueRow,
)

GREEN = (ProgrammeKind.GREEN_FACTORY, ProgrammeKind.GREEN_SUPPLY_CHAIN)
SOURCE = "成员碳账户"
"""What a computed value is taken from."""


async def record_values(
    write: Write, scope: Scope, park_id: UUID, *, year: int, drafts: Sequence[ValueDraft], document: Document
) -> list[ValueRow]:
    """Enter, correct or take away values of a park's year; return all that stand now.

    Raises:
        Unauthenticated, Forbidden: without `parks:apply` (the operator) or `parks:manage`.
        ParkNotFound, ParkYearInvalid, ParkDocumentInvalid: in this order.
        ParkValuesInvalid: none, one twice, or one that cannot be; `details.faults` names each.
        EvidenceNotFound: evidence the caller cannot read.
    """
    of_operator(scope)
    park = await changeable(write, scope, park_id)
    checking.year(year)
    source = checking.document(document)
    _check(drafts)
    for each in drafts:
        await check_evidence(write, scope, each.evidence)
    await lock(write, park_id)
    told = {**place(park), **paper(source), **recorded(scope)}
    await write.run(insert(ParkValue), [{**_entered(park, year, each), **told} for each in drafts])
    note(write, "parks:record", "park", park_id, year=year, items=[each.item for each in drafts], document=source.title)
    return await queries.values(write, scope, park_id, year)


def _check(drafts: Sequence[ValueDraft]) -> None:
    faults: list[dict[str, Any]] = []
    seen: set[tuple[str, str]] = set()
    for at, each in enumerate(drafts):
        words = fault(each)
        if words is None and (each.item, each.basis) in seen:
            words = f"“{each.item}”重复填写", f"'{each.item}' is given twice"
        if words is None and len(each.note) > checking.LONGEST_TEXT:
            words = (
                f"说明超过 {checking.LONGEST_TEXT} 个字符",
                f"the note has more than {checking.LONGEST_TEXT} characters",
            )
        seen.add((each.item, each.basis))
        if words is not None:
            faults.append({"place": at, "item": each.item, "zh": words[0], "en": words[1]})
    if not drafts:
        faults.append({"place": 0, "item": "", "zh": "请至少填写一项", "en": "name at least one value"})
    if faults:
        raise ParkValuesInvalid(
            count=len(faults), first_zh=faults[0]["zh"], first_en=faults[0]["en"], faults=faults,
            path=("input", "values", str(faults[0]["place"])),
        )  # fmt: skip


def _entered(park: ParkRow, year: int, draft: ValueDraft) -> dict[str, Any]:
    has_parts = draft.numerator is not None and draft.denominator is not None
    account_id, evidence_id = draft.evidence or (None, None)
    return {
        "id": new_id(), "park_id": park.id, "year": year, "item": draft.item, "basis": draft.basis,
        "kind": ValueKind.ENTERED.value,
        "quantity": quantity_of(draft.item, draft.numerator or Decimal(0), draft.denominator or Decimal(0))
        if has_parts else draft.quantity,
        "numerator": draft.numerator, "denominator": draft.denominator, "unit": unit_of(draft.item),
        "confidence": "entered" if draft.evidence is None else "entered_with_file", "is_complete": True,
        "is_lower_bound": False, "evidence_account_id": account_id, "evidence_id": evidence_id, "note": draft.note.strip(),
        "is_withdrawn": draft.is_withdrawal,
    }  # fmt: skip


async def compute_values(write: Write, scope: Scope, park_id: UUID, *, year: int) -> list[ValueRow]:
    """Compute what the members' accounts and the registers can feed, keep it with what each adds, return all that stands.

    Members are those of the year's last day (of today, while it lasts). A computed value takes the place of an entered
    one of the same item, and the other way round: the newest counts. A lower bound, or what was computed from a part
    of the members, never takes the place of a value that was entered.

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`; what members' accounts say is added up by the authority.
        ParkNotFound, ParkYearInvalid: in this order.
        ParkNothingToCompute: no member has anything to say.
    """
    of_authority(scope, "parks:manage")
    park = await changeable(write, scope, park_id)
    checking.year(year)
    await lock(write, park_id)
    standing = await queries.values(write, scope, park_id, year)
    counts = {
        each.item: each.quantity
        for each in standing
        if each.item in {ENTERPRISES, ABOVE_SCALE} and each.quantity is not None
    }
    entered = {each.item for each in standing if each.kind is ValueKind.ENTERED}
    members, platforms = await member_facts(write, scope, park_id, year)
    found = [
        each
        for each in computing.compute(members, counts, platforms)
        if each.item not in entered or (each.is_complete and not each.is_lower_bound)
    ]
    if not found:
        raise ParkNothingToCompute(year=year)
    told = {**place(park), **paper(Document(SOURCE, "", today())), **recorded(scope)}
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for each in found:
        row = {**_computed(park, year, each), **told}
        rows.append(row)
        parts += [
            {
                "account_id": part.account_id, "value_id": row["id"], "inventory_id": part.inventory_id,
                "numerator": part.numerator, "denominator": part.denominator,
            }
            for part in each.parts
        ]  # fmt: skip
    await write.run(insert(ParkValue), rows)
    if parts:
        await write.run(insert(ParkValuePart), parts)
    note(write, "parks:compute", "park", park_id, year=year, items=[each.item for each in found])
    return await queries.values(write, scope, park_id, year)


def _computed(park: ParkRow, year: int, one: computing.Computed) -> dict[str, Any]:
    return {
        "id": new_id(), "park_id": park.id, "year": year, "item": one.item, "basis": "",
        "kind": ValueKind.COMPUTED.value,
        "quantity": one.numerator if one.denominator is None else quantity_of(one.item, one.numerator, one.denominator),
        "numerator": None if one.denominator is None else one.numerator, "denominator": one.denominator,
        "unit": unit_of(one.item), "confidence": computing.CONFIDENCE if one.is_complete else "incomplete",
        "is_complete": one.is_complete, "is_lower_bound": one.is_lower_bound, "evidence_account_id": None, "evidence_id": None, "note": one.note,
        "is_withdrawn": False,
    }  # fmt: skip


async def member_facts(read: Read, scope: Scope, park_id: UUID, year: int) -> tuple[list[computing.MemberFacts], int]:
    """Return what is known of a year's members, and how many innovation platforms the park has on the register.

    The number of statements does not grow with the members.
    """
    last = min(date(year, 12, 31), today())
    members = await queries.members_of(read, scope, park_id, last, last)
    ids = list(dict.fromkeys(each.account_id for each in members))
    known = {each.id: each for each in await accounts.accounts_by_id(read, scope, ids) if each is not None}
    inventories = await emissions.inventory_facts(read, scope, ids, [year])
    lines = await emissions.line_facts(read, scope, [(of.account_id, of.inventory_id) for of in inventories.values()])
    figures = await accounts.figures(read, scope, ids, [year])
    recognised = await queries_programmes.recognised(read, scope, park_id, ids, last)
    green = {each for kind in GREEN for each in recognised.get(kind, ())}
    disclosures, footprints = ports.disclosures(), ports.footprints()
    disclosed = None if disclosures is None or not ids else await disclosures(read, scope, ids, year)
    printed = None if footprints is None or not ids else await footprints(read, scope, ids, year)
    large = {each.account_id for each in members if each.is_above_scale}
    facts = [
        computing.MemberFacts(
            account_id=each, organisation_id=known[each].organisation_id, is_above_scale=each in large,
            inventory=inventories.get((each, year)),
            value_added=next(
                (of.quantity for of in figures.get((each, year), ()) if of.kind is FigureKind.VALUE_ADDED), None
            ),
            has_disclosed=None if disclosed is None else each in disclosed,
            has_footprint=None if printed is None else each in printed, is_green=each in green,
            electricity=None if (each, year) not in inventories
            else computing.electricity_of(lines[each, inventories[each, year].inventory_id]),
        )
        for each in ids
        if each in known
    ]  # fmt: skip
    return facts, len(recognised.get(ProgrammeKind.PLATFORM, ()))
