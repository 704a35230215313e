"""Schemes of the comprehensive evaluation: proposed, approved by another person, in force from a year on."""

from uuid import UUID

from sqlalchemy import insert

from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.targets import catalogue
from backend.targets import queries_evaluations as queries
from backend.targets.errors import EvaluationSchemeDecided, EvaluationSchemeNotFound, TargetSecondPerson
from backend.targets.models import EvaluationScheme, EvaluationSchemeDecision
from backend.targets.rules import checking, lines, schemes
from backend.targets.service.common import locked, of_whole
from backend.targets.values import FIRST_YEAR, Paper
from backend.targets.values_evaluation import Scheme, SchemeState, SchemeValue


async def scheme_of(read: Read, scope: Scope, year: int) -> SchemeValue:
    """Return the scheme for a year's evaluations: the newest approved one, or the one shipped.

    Raises:
        Unauthenticated, Forbidden: without `targets:read`.
    """
    scope.require("targets:read")
    return await queries.scheme_of(read, scope, year) or shipped()


def shipped() -> SchemeValue:
    """Return the shipped scheme, which nobody approved: all of its figures are placeholders."""
    scheme = catalogue.shipped()
    return SchemeValue(
        id=None, first_year=FIRST_YEAR, scheme=scheme, sha256=lines.sha256(schemes.stored(scheme)), document_number="",
        document_dated=None, document_title=scheme.document, reason="", proposed_at=None, proposed_by=None,
        state=SchemeState.PROPOSED, decided_at=None, decided_by=None, decision_reason=None,
    )  # fmt: skip


async def stated_items(read: Read, scope: Scope, year: int) -> dict[str, str]:
    """Return what is stated for a year by its scheme: the indicators without a formula, with their units.

    A computed indicator may be stated to be inapplicable, so it is there as well.
    """
    found = await queries.scheme_of(read, scope, year) or shipped()
    return {each.code: each.unit for each in found.scheme.indicators}


async def propose_scheme(
    write: Write, scope: Scope, scheme: Scheme, *, first_year: int, document: Paper, reason: str
) -> SchemeValue:  # fmt: skip
    """Propose a scheme for evaluations of a year on; another person decides on it.

    Raises:
        Unauthenticated, Forbidden: without `targets:evaluate`.
        TargetsOfAuthorities, TargetsOfTheWhole: not the authority of the whole jurisdiction.
        TargetYearInvalid, TargetDocumentInvalid, TargetTextInvalid: the year, the document, the reason.
        EvaluationSchemeInvalid: a scheme that contradicts itself.
    """
    await of_whole(write, scope, "targets:evaluate")
    checking.year(first_year, field="firstYear")
    paper, why = checking.paper(document, today()), checking.text("reason", reason)
    schemes.check(scheme)
    content, own_id = schemes.stored(scheme), new_id()
    await write.run(
        insert(EvaluationScheme).values(
            id=own_id, name=scheme.name_zh, first_year=first_year, content=content, sha256=lines.sha256(content),
            is_placeholder=scheme.is_placeholder, document_number=paper.number, document_dated=paper.dated,
            document_title=paper.title, reason=why, proposed_at=now(), proposed_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit("targets:propose_scheme", object_type="EvaluationScheme", object_id=own_id, first_year=first_year)
    return await _held(write, scope, own_id)


async def decide_scheme(
    write: Write, scope: Scope, scheme_id: UUID, *, is_approved: bool, reason: str
) -> SchemeValue:  # fmt: skip
    """Approve or reject a scheme, once and for good. Evaluations that are there keep the scheme they were begun with.

    Raises:
        Unauthenticated, Forbidden: without `targets:set`.
        TargetsOfAuthorities, TargetsOfTheWhole: not the authority of the whole jurisdiction.
        TargetTextInvalid: the reason.
        EvaluationSchemeNotFound, EvaluationSchemeDecided: no such proposal.
        TargetSecondPerson: the caller proposed it.
    """
    await of_whole(write, scope, "targets:set")
    why = checking.text("reason", reason)
    await locked(write, scheme_id)
    found = await _held(write, scope, scheme_id)
    if found.state is not SchemeState.PROPOSED:
        raise EvaluationSchemeDecided
    if scope.kind is not Kind.SYSTEM and scope.actor_id == found.proposed_by:
        raise TargetSecondPerson
    await write.run(
        insert(EvaluationSchemeDecision).values(
            scheme_id=scheme_id, is_approved=is_approved, reason=why, decided_at=now(), decided_by=scope.actor_id
        )
    )
    write.audit(
        "targets:approve_scheme" if is_approved else "targets:reject_scheme", object_type="EvaluationScheme",
        object_id=scheme_id, sha256=found.sha256, reason=why,
    )  # fmt: skip
    return await _held(write, scope, scheme_id)


async def _held(read: Read, scope: Scope, scheme_id: UUID) -> SchemeValue:
    found = await queries.scheme(read, scope, scheme_id)
    if found is None:
        raise EvaluationSchemeNotFound
    return found
