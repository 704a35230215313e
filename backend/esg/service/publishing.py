"""Publish an approved disclosure for good, and correct a published one by another version that names it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.esg import queries, rules
from backend.esg.errors import PublicationCorrected, PublicationNotFound
from backend.esg.models import EsgAssessment, EsgAssignment, EsgEntry, EsgPublication
from backend.esg.rating import keeping as rating
from backend.esg.service.common import Key, columns, held, holder, move, note, words, wrong_state
from backend.esg.service.furnishing import library
from backend.esg.service.opening import begin
from backend.esg.service.reviewing import check_complete
from backend.esg.service.viewing import worked
from backend.esg.values import DisclosureValue, EntryKind, PublicationValue, State, Step
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope


async def publish(write: Write, scope: Scope, *, key: Key) -> PublicationValue:
    """Publish an approved disclosure: its text gets a number and a hash, never changes, and is rated.

    Raises:
        Unauthenticated, Forbidden: without `esg:publish`.
        DisclosureNotFound, DisclosureNotYours, AccountClosed, DisclosureStateWrong: in this order.
        DisclosureIncomplete: something blocks, a source restated since the approval for example.
    """
    scope.require("esg:publish")
    account, one = await held(write, scope, key, State.APPROVED)
    found = await worked(write, scope, one)
    check_complete(found)
    corrected = None
    if one.corrects_id is not None:
        corrected = (await queries.publications_by_id(write, scope, [(one.account_id, one.corrects_id)]))[0]
    reviewer = next((each.recorded_by for each in reversed(found.view.steps) if each.step is Step.APPROVE), None)
    at, named = now(), rules.number(account.number, one.year, one.version)
    text = rules.content(
        named=named,
        account={"id": account.id, "number": account.number, "name": account.name, "sector": account.sector},
        disclosure=one,
        library=found.library,
        profile=found.view.profile,
        applicability=found.view.applicability,
        cells=found.view.matrix,
        points=found.view.points,
        evidence=await evidence_told(write, scope, found.view.points, account.id),
        corrects=None if corrected is None else corrected.number,
        reviewed_by=reviewer,
        at=at,
    )
    value = PublicationValue(
        account_id=account.id, id=new_id(), disclosure_id=one.id, number=named, year=one.year, version=one.version,
        standards=dict(one.standards), content=text, sha256=rules.sha256(text), corrects_id=one.corrects_id,
        published_at=at, published_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(EsgPublication).values(columns(value)))
    await move(write, scope, one, Step.PUBLISH, State.PUBLISHED, note_text=named)
    note(write, account, "esg:publish", "esg_publication", value.id, number=named, year=one.year, sha256=value.sha256)
    await rating.rate_publication(write, scope, value, rating.Cause.PUBLICATION)
    return value


async def evidence_told(read: Read, scope: Scope, points: Any, account_id: UUID) -> dict[UUID, dict[str, Any]]:  # noqa: ANN401 - a view's points
    """Return name, size and hash of every file the points stand on."""
    ids = list(dict.fromkeys(one for each in points for one in each.evidence_ids))
    found = await accounts.evidence_by_id(read, scope, [(account_id, each) for each in ids]) if ids else []
    return {
        each.id: {"file_name": each.file_name, "sha256": each.sha256, "size": each.size}
        for each in found
        if each is not None
    }


async def correct(write: Write, scope: Scope, *, key: Key, reason: str) -> DisclosureValue:
    """Open another version of a published disclosure, to correct it; it begins with what was said and fresh figures.

    The published one stays as it is; the correction names it, goes through review, and replaces it when it is published.

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        PublicationNotFound: not there, or not visible.
        DisclosureNotYours, AccountClosed: in this order.
        DisclosureTextInvalid: the reason.
        PublicationCorrected: not the newest of its year.
        DisclosureOnItsWay: a correction is on its way.
    """
    scope.require("esg:disclose")
    found = (await queries.publications_by_id(write, scope, [key]))[0]
    if found is None:
        raise PublicationNotFound
    account = await holder(write, scope, found.account_id)
    told = words("reason", reason)
    newest = (await queries.publications_of(write, scope, found.account_id, [found.year]))[found.year][-1]
    if newest.id != found.id:
        raise PublicationCorrected(newest=newest.number)
    before = (await queries.disclosures_by_id(write, scope, [(found.account_id, found.disclosure_id)]))[0]
    if before is None:
        raise PublicationNotFound
    if before.state is not State.PUBLISHED:
        raise wrong_state(before.state, State.PUBLISHED)
    books = await library(write, scope, before.standards, before.reference_versions)
    one = await begin(
        write, scope, account, books, found.year, before.standards, version=found.version + 1, corrects_id=found.id,
        reason=told,
    )  # fmt: skip
    await _carry_over(write, scope, before, one)
    return one


async def _carry_over(write: Write, scope: Scope, before: DisclosureValue, one: DisclosureValue) -> None:
    """Begin with what was said: each word keeps whose it was, so that a reviewer is still a second person."""
    key = (before.account_id, before.id)
    kept = {"disclosure_id": one.id, "recorded_at": now()}
    entries = [
        each
        for each in (await queries.entries(write, scope, [key])).get(key, [])
        if each.kind not in {EntryKind.PREFILL, EntryKind.WITHDRAWAL}
    ]
    newest = {each.topic: each for each in await queries.assessments(write, scope, key)}
    assigned = {each.point: each for each in (await queries.assignments(write, scope, [key])).get(key, [])}
    for table, values in (
        (EsgEntry, entries),
        (EsgAssessment, list(newest.values())),
        (EsgAssignment, list(assigned.values())),
    ):
        if values:
            await write.run(insert(table), [columns(replace(each, id=new_id(), **kept)) for each in values])
