"""Issue certificates of retirement: first what it will state, then, once the document is stored, the record of it.

Between the two the door typesets, signs and stores; the record is the last step, so a certificate that is known has
its document.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert, text

from backend.accounts import service as accounts
from backend.accounts.errors import AccountNotFound
from backend.accounts.values import AccountValue
from backend.identity import service as identity
from backend.kit.clock import CHINA, now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings
from backend.kit.storage import StoredFile
from backend.ledger import service as ledger
from backend.ledger.values import MovementValue
from backend.statements import queries, rules
from backend.statements.errors import (
    CertificateNotFound,
    RetirementCertified,
    RetirementNotFound,
    RetirementNotYours,
    TooManyRanges,
)
from backend.statements.models import Certificate, CertifiedRetirement
from backend.statements.values import MOST_RANGES, CertificateValue, Draft, OriginRun
from backend.tenants import service as tenants

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('carbon.certificate:' || :account, 0))")


async def draft_certificate(
    write: Write, scope: Scope, settings: Settings, movement_ids: Sequence[UUID]
) -> Draft | CertificateValue:
    """Return what a certificate of these retirements will state; or the certificate that states exactly them already.

    Until the transaction ends nobody else drafts a certificate for the account.

    Raises:
        Unauthenticated, Forbidden: without `statements:issue`.
        RetirementsMissing, TooManyRetirements: none, or more than a certificate takes.
        RetirementNotFound: a movement is not there, or not yours to see.
        NotARetirement, RetirementsOfOthers: in this order.
        RetirementNotYours: visible, but of an account somebody else holds.
        RetirementReversed: the registrar has undone one.
        RetirementCertified: one stands on another valid certificate.
        TooManyRanges: more serial ranges than one certificate lists.
    """
    scope.require("statements:issue")
    chosen = rules.check_choice(movement_ids)
    found = await ledger.movements_by_id(write, scope, chosen)
    if len(found) < len(chosen):
        raise RetirementNotFound(path=("input", "movementIds"))
    movements = [found[each] for each in chosen]
    account_id = rules.account_of(movements)
    account = await _held(write, scope, account_id)
    await write.run(_LOCK, {"account": str(account_id)})
    rules.check_standing(movements, await queries.reversals(write, scope, chosen))
    earlier = await _earlier(write, scope, account_id, movements)
    return earlier or await _draft(write, scope, settings, account, movements)


async def record_certificate(
    write: Write, scope: Scope, draft: Draft, stored: StoredFile, key_id: str
) -> CertificateValue:
    """Record the certificate whose signed document is in storage; in the transaction of its draft.

    Raises:
        Unauthenticated, Forbidden: without `statements:issue`.
    """
    scope.require("statements:issue")
    editions = await queries.stated_on(write, scope, draft.account_id, draft.movement_ids)
    value = CertificateValue(
        account_id=draft.account_id, id=draft.id, number=draft.number, movement_ids=draft.movement_ids,
        facts=draft.facts, sha256=stored.sha256, size=stored.size, object_key=stored.key, key_id=key_id,
        issued_at=now(), issued_by=scope.actor_id,
    )  # fmt: skip
    values = asdict(value)
    del values["movement_ids"]
    await write.run(insert(Certificate).values(values))
    await write.run(
        insert(CertifiedRetirement),
        [
            {
                "account_id": draft.account_id, "movement_id": each, "edition": len(editions[each]) + 1,
                "certificate_id": draft.id,
            }
            for each in draft.movement_ids
        ],
    )  # fmt: skip
    write.audit(
        "statements:issue", object_type="RetirementCertificate", object_id=draft.id, number=draft.number,
        account=str(draft.account_id), sha256=stored.sha256, key=key_id,
    )  # fmt: skip
    return value


async def certificate(read: Read, scope: Scope, account_id: UUID, certificate_id: UUID) -> CertificateValue:
    """Return a certificate the caller may see, to read or to download.

    Raises:
        Unauthenticated, Forbidden: without `statements:read`.
        CertificateNotFound: not there, or not visible.
    """
    scope.require("statements:read")
    (found,) = await queries.certificates_by_id(read, scope, [(account_id, certificate_id)])
    if found is None:
        raise CertificateNotFound
    return found


async def _held(read: Read, scope: Scope, account_id: UUID) -> AccountValue:
    """Return the caller's own account, closed or not: what was retired stays retired."""
    try:
        account = await accounts.account(read, scope, account_id)
    except AccountNotFound:
        # The other side of a movement is visible to both; the account that retired is not.
        raise RetirementNotFound(path=("input", "movementIds")) from None
    if scope.kind is not Kind.SYSTEM and account.organisation_id != scope.organisation_id:
        raise RetirementNotYours(path=("input", "movementIds"))
    return account


async def _earlier(
    read: Read, scope: Scope, account_id: UUID, movements: Sequence[MovementValue]
) -> CertificateValue | None:
    """Return the valid certificate that states exactly these retirements. Raises RetirementCertified for another."""
    stated = await queries.stated_on(read, scope, account_id, [each.id for each in movements])
    latest = {each.id: stated[each.id][-1][1] for each in movements if stated[each.id]}
    keys = [(account_id, each) for each in sorted(set(latest.values()))]
    known = [each for each in await queries.certificates_by_id(read, scope, keys) if each is not None]
    standings = await queries.standings(read, scope, known)
    valid = {each.id: each for each, how in zip(known, standings, strict=True) if how.withdrawn_at is None}
    chosen = {each.id for each in movements}
    for each in movements:
        found = valid.get(latest[each.id]) if each.id in latest else None
        if found is not None and set(found.movement_ids) == chosen:
            return found
        if found is not None:
            raise RetirementCertified(number=each.number, certificate=found.number, path=("input", "movementIds"))
    return None


async def _draft(
    read: Read, scope: Scope, settings: Settings, account: AccountValue, movements: Sequence[MovementValue]
) -> Draft:
    ids = [each.id for each in movements]
    batch_ids = sorted({batch for each in movements for batch in each.batch_ids})
    lines = await ledger.postings_of(read, scope, ids)
    batches = await ledger.batches(read, scope, batch_ids)
    origins = await _origins(read, scope, movements)
    links = await queries.links(read, scope, ids)
    classes = {each.code: each for each in await ledger.unit_classes(read, scope)}
    pack = await tenants.pack_in_force(read, scope)
    holder = await identity.organisation(read, scope, account.organisation_id)
    moment = now()
    today = moment.astimezone(CHINA).date()
    number = rules.number_of(pack.division_code, today.year, secrets.token_bytes(8))
    url = rules.verify_url(scope.tenant, number, hosts=pack.hosts, base_domain=settings.base_domain, port=settings.port)
    stated = rules.facts(
        number,
        moment,
        today,
        rules.Issuer(scope.tenant, pack.name_zh, pack.name_en, pack.division_code),
        rules.Holder(
            name="" if holder is None else holder.name,
            name_en="" if holder is None else holder.name_en,
            credit_code="" if holder is None else holder.credit_code,
            account_number=account.number,
            account_name=account.name,
            is_demonstration=account.is_demonstration,
        ),
        [
            rules.Retired(each, lines[each.id], classes[each.class_code], batches, origins[each.id], links.get(each.id))
            for each in movements
        ],
        url,
    )
    return Draft(account.id, new_id(), number, tuple(ids), stated, url)


async def _origins(read: Read, scope: Scope, movements: Sequence[MovementValue]) -> dict[UUID, list[OriginRun]]:
    """Return the registries' own codes of the units each movement retired. Raises TooManyRanges."""
    keys = [ledger.CodesKey(each.batch_ids, each.serials, 0, MOST_RANGES + 1) for each in movements]
    pages = await ledger.registry_codes(read, scope, keys)
    found: dict[UUID, list[OriginRun]] = {}
    for each, runs in zip(movements, pages, strict=True):
        if len(runs) > MOST_RANGES:
            raise TooManyRanges(most=MOST_RANGES, found=len(runs), path=("input", "movementIds"))
        found[each.id] = [
            OriginRun(run.serials[0], run.origin.registry, run.origin.frame, run.origin.first, run.origin.last)
            for run in runs
        ]
    return found
