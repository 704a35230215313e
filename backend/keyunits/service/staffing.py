"""Posts of a unit, and the reports it files for its duties."""

from datetime import date
from uuid import UUID

from sqlalchemy import insert

from backend.keyunits import catalogue
from backend.keyunits.errors import KeyUnitDutyUnknown
from backend.keyunits.models import KeyUnitPost, KeyUnitReport
from backend.keyunits.rules import checking
from backend.keyunits.service.common import (
    changeable,
    check_evidence,
    listed,
    note,
    of_either,
    paper,
    recorded,
)
from backend.keyunits.values import Document, PostKind, PostRow, ReportRow
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope


async def record_post(
    write: Write, scope: Scope, account_id: UUID, *, kind: PostKind, person_name: str, title: str, contact: str,
    starts_on: date, ends_on: date | None, document: Document,
) -> PostRow:  # fmt: skip
    """Record who holds a post; the newest of a kind counts, with `ends_on` it says until when.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:manage` (the unit) or `keyunits:supervise`.
        AccountNotFound, AccountNotYours, AccountClosed, KeyUnitNotFound: in this order.
        KeyUnitTextInvalid, KeyUnitDatesInvalid, KeyUnitDocumentInvalid: in this order.
    """
    of_either(scope)
    await changeable(write, scope, account_id)
    await listed(write, scope, account_id)
    who = checking.text(person_name, "personName", checking.LONGEST_NAME)
    office = checking.text(title, "title", checking.LONGEST_NAME)
    reach = checking.note(contact, "contact", checking.LONGEST_NAME)
    checking.in_order(starts_on, ends_on, "endsOn")
    source = checking.document(document)
    row = PostRow(
        account_id, new_id(), kind, who, office, reach, starts_on, ends_on, source.title, source.number,
        source.issued_on, **recorded(scope),
    )  # fmt: skip
    await write.run(
        insert(KeyUnitPost).values(
            account_id=account_id, id=row.id, kind=kind.value, person_name=who, title=office, contact=reach,
            starts_on=starts_on, ends_on=ends_on, recorded_at=row.recorded_at, recorded_by=row.recorded_by,
            **paper(source),
        )
    )  # fmt: skip
    note(write, "keyunits:post", "carbon_account", account_id, kind=kind.value, starts_on=starts_on.isoformat())
    return row


async def file_report(
    write: Write, scope: Scope, account_id: UUID, *, duty: str, year: int, filed_on: date, remark: str,
    evidence_id: UUID | None,
) -> ReportRow:  # fmt: skip
    """Record that a report was filed for a duty of a year; a later word takes the place of an earlier one.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:manage` (the unit) or `keyunits:supervise`.
        AccountNotFound, AccountNotYours, AccountClosed, KeyUnitNotFound: in this order.
        KeyUnitDutyUnknown, KeyUnitYearInvalid, KeyUnitDatesInvalid, KeyUnitTextInvalid: in this order.
        EvidenceNotFound: not in this account.
    """
    of_either(scope)
    await changeable(write, scope, account_id)
    await listed(write, scope, account_id)
    known = [each.code for each in catalogue.duties(scope.tenant)]
    if duty not in known:
        raise KeyUnitDutyUnknown(duty=duty[:40], known=", ".join(known), path=("input", "duty"))
    checking.year(year)
    checking.not_to_come(filed_on, "filedOn")
    said = checking.note(remark, "note")
    proof = await check_evidence(write, scope, account_id, evidence_id)
    row = ReportRow(account_id, new_id(), duty, year, filed_on, said, proof, **recorded(scope))
    await write.run(
        insert(KeyUnitReport).values(
            account_id=account_id, id=row.id, duty=duty, year=year, filed_on=filed_on, note=said, evidence_id=proof,
            recorded_at=row.recorded_at, recorded_by=row.recorded_by,
        )
    )  # fmt: skip
    note(write, "keyunits:file_report", "carbon_account", account_id, duty=duty, year=year)
    return row
