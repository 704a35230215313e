"""Commands of quick reports and estimates: ask for them, issue a report, enter the roster and the grid's electricity."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from backend.accounts import service as accounts
from backend.accounts.errors import AccountNotFound
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.months import Month
from backend.kit.outbox import enqueue
from backend.kit.scope import Kind, Scope
from backend.monitoring.estimates import queries
from backend.monitoring.estimates.errors import (
    EstimateDocumentInvalid,
    EstimateEntriesInvalid,
    EstimatesOfAuthorities,
    QuickReportEmpty,
    QuickReportIssued,
    QuickReportMonthInvalid,
    QuickReportNoteInvalid,
    QuickReportNotFound,
    QuickReportOutdated,
)
from backend.monitoring.estimates.models import ElectricityEntry, LargeIndustryEntry, QuickReportIssue
from backend.monitoring.estimates.values import QuickReportLine, QuickReportValue
from backend.regions import service as regions
from backend.regions.values import FIRST_YEAR

ESTIMATE, QUICK_REPORT = "monitoring:estimate", "monitoring:quick_report"
LONGEST_TITLE, LONGEST_NOTE = 200, 1000
MOST_ENTRIES = 500
LARGEST_MWH = Decimal(1000) ** 4
ISSUE_LOCK = 320262
LATER = frozenset({"report_id", "verified_accounts", "verified", "difference"})
"""What comes to a line after the issue, and is not part of what was issued."""

_LOCK = text("select pg_advisory_xact_lock(:lock, hashtext(:key))")
_ISSUED = text("""
select i.version, r.known_at from quick_report_issue i join quick_report r on r.id = i.report_id
where i.division_code = :division_code and i.month = :month order by i.version desc limit 1""")


@dataclass(frozen=True, slots=True)
class Paper:
    """The document entries were taken from."""

    number: str
    dated: date
    title: str


@dataclass(frozen=True, slots=True)
class RosterDraft:
    """Whether an account is industry above designated size, as the authority's roster says."""

    account_id: UUID
    is_large: bool


@dataclass(frozen=True, slots=True)
class ElectricityDraft:
    """An account's electricity of a month, in MWh, as the grid company told."""

    account_id: UUID
    month: date
    mwh: Decimal


def _of_authority(scope: Scope, action: str) -> None:
    scope.require(action)
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise EstimatesOfAuthorities


async def request_estimates(write: Write, scope: Scope, division_code: str) -> UUID:
    """Ask a worker to fit and estimate the accounts of a division; return the job's id.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:estimate`.
        EstimatesOfAuthorities: not an authority.
        DivisionUnknown: no division of the caller's region.
    """
    _of_authority(scope, "monitoring:estimate")
    division = await regions.own_division(write, scope, division_code)
    job_id = await enqueue(write, ESTIMATE, {"division_path": division.path})
    write.audit("monitoring:estimate", object_type="division", object_id=division_code, job_id=job_id)
    return job_id


async def prepare(write: Write, scope: Scope, division_code: str, month: date) -> UUID:
    """Ask a worker to prepare a division's quick report of a month; return the job's id.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:estimate`.
        EstimatesOfAuthorities: not an authority.
        QuickReportMonthInvalid: the month is not over, or before the first.
        DivisionUnknown: no division of the caller's region.
    """
    _of_authority(scope, "monitoring:estimate")
    last = Month.of(today()).plus(-1).first_day
    if not date(FIRST_YEAR, 1, 1) <= month <= last:
        raise QuickReportMonthInvalid(
            month=f"{month:%Y-%m}", first=f"{FIRST_YEAR}-01", last=f"{last:%Y-%m}", path=("input", "month")
        )
    division = await regions.own_division(write, scope, division_code)
    asked = {"division_code": division.code, "division_path": division.path, "month": month.isoformat()}
    job_id = await enqueue(write, QUICK_REPORT, asked)
    write.audit(
        "monitoring:prepare", object_type="division", object_id=division_code, month=f"{month:%Y-%m}", job_id=job_id
    )
    return job_id


async def issue(write: Write, scope: Scope, report_id: UUID, note: str) -> QuickReportValue:
    """Issue a prepared report as the next version of its division's month, once and for good.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:issue`.
        EstimatesOfAuthorities: not an authority.
        QuickReportNoteInvalid: the note.
        QuickReportNotFound: not there, or not visible.
        QuickReportIssued: it was issued before.
        QuickReportOutdated: one prepared later was issued already.
        QuickReportEmpty: nobody in it is covered.
    """
    _of_authority(scope, "monitoring:issue")
    words = note.strip()
    if len(words) > LONGEST_NOTE or not words.replace("\n", "").isprintable():
        raise QuickReportNoteInvalid(longest=LONGEST_NOTE, path=("input", "note"))
    found = await _report(write, scope, report_id)
    await write.value(_LOCK, {"lock": ISSUE_LOCK, "key": f"{found.division_code}/{found.month}"})
    found = await _report(write, scope, report_id)
    if found.version is not None:
        raise QuickReportIssued(version=found.version, path=("input", "reportId"))
    newest = await write.row(_ISSUED, {"division_code": found.division_code, "month": found.month})
    if newest is not None and newest.known_at > found.known_at:
        raise QuickReportOutdated(version=newest.version, path=("input", "reportId"))
    lines = (await queries.lines(write, scope, [report_id]))[report_id]
    if not any(each.covered for each in lines):
        raise QuickReportEmpty(accounts=sum(each.accounts for each in lines), path=("input", "reportId"))
    version, seal = 1 if newest is None else newest.version + 1, sealed(found, lines)
    await write.run(
        insert(QuickReportIssue).values(
            report_id=report_id, division_code=found.division_code, month=found.month, version=version, note=words,
            sha256=seal, issued_at=now(), issued_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        "monitoring:issue", object_type="QuickReport", object_id=report_id, division=found.division_code,
        month=f"{found.month:%Y-%m}", version=version, sha256=seal,
    )  # fmt: skip
    return await _report(write, scope, report_id)


async def shown(read: Read, scope: Scope, report_id: UUID) -> tuple[QuickReportValue, list[QuickReportLine]]:
    """Return a quick report with its lines.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:read`.
        QuickReportNotFound: not there, or not visible.
    """
    found = await _report(read, scope, report_id)
    return found, (await queries.lines(read, scope, [report_id]))[report_id]


def sealed(report: QuickReportValue, lines: Sequence[QuickReportLine]) -> str:
    """Return the hash of what is issued: the report's place, month and knowledge, and every line as text."""
    names = [each for each in QuickReportLine.__slots__ if each not in LATER]
    document = {
        "division": report.division_code, "month": f"{report.month:%Y-%m}", "terms": report.terms_version,
        "known_at": report.known_at.isoformat(), "lines": [[str(getattr(line, each)) for each in names] for line in lines],
    }  # fmt: skip
    return sha256(json.dumps(document, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


async def _report(read: Read, scope: Scope, report_id: UUID) -> QuickReportValue:
    found = await queries.report(read, scope, report_id)
    if found is None:
        raise QuickReportNotFound(path=("input", "reportId"))
    return found


async def record_roster(
    write: Write, scope: Scope, entries: Sequence[RosterDraft], document: Paper, *, most: int = MOST_ENTRIES
) -> int:
    """Enter who is industry above designated size by the authority's roster; return how many. The newest entry counts.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:estimate`.
        EstimatesOfAuthorities: not an authority.
        EstimateDocumentInvalid: the document.
        AccountNotFound: an account that is not there, or not visible; nothing was stored.
        EstimateEntriesInvalid: none, too many, or an account twice; nothing was stored.
    """
    _of_authority(scope, "monitoring:estimate")
    paper = _checked(document)
    await _check(write, scope, [(each.account_id, None, None) for each in entries], most)
    shared = _shared(scope, paper)
    rows = [
        {**shared, "id": new_id(), "account_id": each.account_id, "is_large": each.is_large} for each in entries
    ]  # fmt: skip
    await write.run(insert(LargeIndustryEntry), rows)
    write.audit(
        "monitoring:record_roster", object_type="LargeIndustryEntry", object_id=paper.number, count=len(rows),
        document=paper.title,
    )  # fmt: skip
    return len(rows)


async def record_electricity(
    write: Write, scope: Scope, entries: Sequence[ElectricityDraft], document: Paper, *, most: int = MOST_ENTRIES
) -> int:
    """Enter electricity of months as the grid company told it; return how many. The newest of (account, month) counts.

    It is used where the account's holder has entered no electricity for that month, and never changes an inventory.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:estimate`.
        EstimatesOfAuthorities: not an authority.
        EstimateDocumentInvalid: the document.
        AccountNotFound: an account that is not there, or not visible; nothing was stored.
        EstimateEntriesInvalid: entries that cannot be; nothing was stored.
    """
    _of_authority(scope, "monitoring:estimate")
    paper = _checked(document)
    await _check(write, scope, [(each.account_id, each.month, each.mwh) for each in entries], most)
    shared = _shared(scope, paper)
    rows = [
        {**shared, "id": new_id(), "account_id": each.account_id, "month": each.month, "mwh": each.mwh}
        for each in entries
    ]
    await write.run(insert(ElectricityEntry), rows)
    write.audit(
        "monitoring:record_electricity", object_type="ElectricityEntry", object_id=paper.number, count=len(rows),
        document=paper.title,
    )  # fmt: skip
    return len(rows)


def _checked(given: Paper) -> Paper:
    number, title = given.number.strip(), given.title.strip()
    longest = max(len(number), len(title))
    if (
        not number
        or not title
        or longest > LONGEST_TITLE
        or not f"{number}{title}".isprintable()
        or given.dated > today()
    ):
        raise EstimateDocumentInvalid(longest=LONGEST_TITLE, path=("input", "document"))
    return Paper(number, given.dated, title)


def _shared(scope: Scope, paper: Paper) -> Mapping[str, Any]:
    return {
        "document_number": paper.number, "document_dated": paper.dated, "document_title": paper.title,
        "recorded_at": now(), "recorded_by": scope.actor_id,
    }  # fmt: skip


async def _check(
    read: Read, scope: Scope, entries: Sequence[tuple[UUID, date | None, Decimal | None]], most: int
) -> None:
    """Refuse entries that cannot be, each named by its place. Raises AccountNotFound, EstimateEntriesInvalid."""
    if not 1 <= len(entries) <= most:
        _refuse([{"row": 0, "en": f"between 1 and {most} entries are needed", "zh": f"一次须提交 1 至 {most} 条"}])
    asked = list(dict.fromkeys(each[0] for each in entries))
    visible = {each.id for each in await accounts.accounts_by_id(read, scope, asked) if each is not None}
    faults: list[dict[str, Any]] = []
    seen: set[tuple[UUID, date | None]] = set()
    last = Month.of(today()).plus(-1).first_day
    for row, (account_id, month, mwh) in enumerate(entries, 1):
        reasons: list[tuple[str, str]] = []
        if account_id not in visible:
            raise AccountNotFound(path=("input", "entries", str(row - 1), "accountId"))
        if (account_id, month) in seen:
            reasons.append(("it is there twice", "重复"))
        if month is not None and not date(FIRST_YEAR, 1, 1) <= month <= last:
            reasons.append(
                (
                    f"the month is not one from {FIRST_YEAR}-01 to {last:%Y-%m}",
                    f"月份须在 {FIRST_YEAR}-01 至 {last:%Y-%m} 之间",
                )
            )
        if mwh is not None and not Decimal(0) <= mwh <= LARGEST_MWH:
            reasons.append(("the electricity is negative or too large", "用电量为负或过大"))
        seen.add((account_id, month))
        faults += [{"row": row, "en": f"entry {row}: {en}", "zh": f"第 {row} 条：{zh}"} for en, zh in reasons]
    if faults:
        _refuse(faults)


def _refuse(faults: Sequence[Mapping[str, Any]]) -> None:
    raise EstimateEntriesInvalid(
        count=len(faults), first_en=faults[0]["en"], first_zh=faults[0]["zh"], faults=list(faults),
        path=("input", "entries"),
    )  # fmt: skip
