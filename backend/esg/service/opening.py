"""Open the disclosure of a year, and take the account's figures into it, again whenever they changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import insert, literal
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.accounts.values import AccountValue
from backend.esg import queries, rules
from backend.esg.errors import DisclosureOnItsWay, StandardNotChosen
from backend.esg.models import EsgDisclosure, EsgEntry
from backend.esg.rules.assembling import prefill_of
from backend.esg.service.common import Key, columns, held, holder, move, note
from backend.esg.service.furnishing import library
from backend.esg.service.gathering import gather
from backend.esg.service.profiling import check_year
from backend.esg.service.viewing import prefills
from backend.esg.values import (
    Applies,
    DisclosureValue,
    EntryKind,
    EntryValue,
    Library,
    Prefill,
    State,
    Step,
)
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope


async def open_disclosure(
    write: Write, scope: Scope, *, account_id: UUID, year: int, standards: Sequence[str] | None = None
) -> DisclosureValue:
    """Open the disclosure of a year against standards (all that are loaded, unless named), and fill what the account can.

    Standards that bind the account are always among them. The versions are kept: a newer standard is for a newer year.

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        AccountNotFound, DisclosureNotYours, AccountClosed: in this order.
        DisclosureYearInvalid: no year one discloses.
        StandardsMissing: nothing is loaded here.
        StandardNotChosen: not loaded here, or it binds the account and was left out.
        DisclosureOnItsWay: there is one of this year.
    """
    scope.require("esg:disclose")
    account = await holder(write, scope, account_id)
    check_year(year)
    books = await library(write, scope)
    chosen = await _chosen(write, scope, books, account_id, year, standards)
    before = await queries.of_year(write, scope, account_id, year)
    if before:
        is_out = all(each.state is State.PUBLISHED for each in before)
        raise _on_its_way(year, is_published=is_out)
    return await begin(write, scope, account, books, year, chosen)


def _on_its_way(year: int, *, is_published: bool) -> DisclosureOnItsWay:
    if is_published:
        return DisclosureOnItsWay(
            year=year, reason_zh="已发布，请通过更正发布新版本", reason_en="is published: publish a correction"
        )
    return DisclosureOnItsWay(year=year, reason_zh="正在进行中", reason_en="is on its way already")


async def _chosen(
    write: Write, scope: Scope, books: Library, account_id: UUID, year: int, named: Sequence[str] | None
) -> dict[str, str]:
    known = ", ".join(books.standards)
    if named is None:
        return {code: each.version for code, each in books.standards.items()}
    for code in named:
        if code not in books.standards:
            raise StandardNotChosen(
                standard=code, reason_zh="未在本辖区加载", reason_en="is not loaded here", known=known,
                path=("input", "standards"),
            )  # fmt: skip
    profile = (await queries.profiles(write, scope, [account_id])).get(account_id)
    for code, each in books.standards.items():
        binds = rules.applicability(each, profile, year).outcome is Applies.MANDATORY
        if binds and code not in named:
            raise StandardNotChosen(
                standard=code, reason_zh="对本企业强制适用，不能省略", reason_en="binds this enterprise and must be among them",
                known=known, path=("input", "standards"),
            )  # fmt: skip
    return {code: books.standards[code].version for code in books.standards if code in named}


async def begin(
    write: Write,
    scope: Scope,
    account: AccountValue,
    books: Library,
    year: int,
    standards: Mapping[str, str],
    *,
    version: int = 1,
    corrects_id: UUID | None = None,
    reason: str = "",
) -> DisclosureValue:
    """Store a new version of a year's disclosure with its first step and what the account fills.

    Raises:
        DisclosureOnItsWay: somebody opened one at the same time.
    """
    at = now()
    one = DisclosureValue(
        account_id=account.id, id=new_id(), year=year, version=version, state=State.DRAFT, round=0,
        standards=dict(standards), reference_versions=dict(books.versions), threshold=books.materiality.threshold,
        corrects_id=corrects_id, correction_reason=reason, opened_at=at, opened_by=scope.actor_id, state_at=at,
    )  # fmt: skip
    stored = upsert(EsgDisclosure).values(columns(one)).on_conflict_do_nothing().returning(literal(1))
    if await write.value(stored) is None:
        raise _on_its_way(year, is_published=False)
    step = Step.OPEN if corrects_id is None else Step.CORRECT
    begun = await move(write, scope, one, step, State.DRAFT, note_text=reason)
    one = replace(one, state_at=begun.recorded_at)
    chosen = await library(write, scope, one.standards, one.reference_versions)
    await _fill(write, scope, one, chosen, {})
    note(write, account, f"esg:{step.value}", "esg_disclosure", one.id, year=year, version=version,
         standards=dict(standards), reason=reason)  # fmt: skip
    return one


async def refresh(write: Write, scope: Scope, *, key: Key) -> tuple[DisclosureValue, list[EntryValue]]:
    """Take the account's figures again; what did not change stays as it is. Return what was written.

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed: in this order.
        DisclosureStateWrong: not a draft.
    """
    scope.require("esg:disclose")
    account, one = await held(write, scope, key, State.DRAFT)
    books = await library(write, scope, one.standards, one.reference_versions)
    entries = (await queries.entries(write, scope, [key])).get(key, [])
    stored = {each.point: each for each in entries if each.kind is EntryKind.PREFILL}
    changed = await _fill(write, scope, one, books, stored)
    note(write, account, "esg:refresh", "esg_disclosure", one.id, year=one.year,
         changed=[each.point for each in changed])  # fmt: skip
    return one, changed


async def _fill(
    write: Write, scope: Scope, one: DisclosureValue, books: Library, stored: Mapping[str, EntryValue]
) -> list[EntryValue]:
    facts = await gather(write, scope, one.account_id, [one.year])
    fresh = prefills(books, facts[one.year])
    written = [
        _entry(one, each)
        for code, each in fresh.items()
        if code not in stored or not rules.is_same(prefill_of(stored[code]), each)
    ]
    if written:
        await write.run(insert(EsgEntry), [columns(each) for each in written])
    return written


def _entry(one: DisclosureValue, told: Prefill) -> EntryValue:
    return EntryValue(
        account_id=one.account_id, id=new_id(), disclosure_id=one.id, point=told.metric, kind=EntryKind.PREFILL,
        value=told.value, unit=told.unit, text_zh=told.text.zh if told.text else "",
        text_en=told.text.en if told.text else "", reason=told.reason.zh if told.reason else "",
        reason_en=told.reason.en if told.reason else "", formula_zh=told.formula.zh, formula_en=told.formula.en,
        sources=[each.as_json() for each in told.sources], evidence_ids=(), recorded_at=now(),
        recorded_by=None,
    )  # fmt: skip
