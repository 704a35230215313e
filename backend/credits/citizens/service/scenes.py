"""An administrator drafts the terms of a scene, a second person approves them: a new dated version, nothing overwritten."""

from uuid import UUID

from sqlalchemy import func, insert, select, text, update

from backend.credits.citizens import queries, rules
from backend.credits.citizens.errors import SceneUnknown
from backend.credits.citizens.models import CitizenScene
from backend.credits.citizens.service.common import check_jurisdiction, points_programme
from backend.credits.citizens.values import Document, SceneTerms, SceneValue, State
from backend.credits.programmes.errors import DecisionReasonMissing
from backend.credits.programmes.rules import text as words
from backend.identity import service as identity
from backend.identity.errors import OrganisationNotFound
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants

_LOCK = text("select pg_advisory_xact_lock(hashtext('citizen_scene'))")


async def draft_scene(
    write: Write, scope: Scope, *, programme: str, code: str, terms: SceneTerms, source: Document, reason: str
) -> SceneValue:
    """Draft the terms of a scene, new or known, from a day on; nothing holds until a second person approves.

    A day in the past is allowed: a scheme that runs already is entered as it stands. What was given stays as it is.

    Raises:
        Unauthenticated, Forbidden: without `credits:configure`.
        AuthorityOnly, JurisdictionOnly: the caller is not the jurisdiction's own authority.
        ProgrammeUnknown, ProgrammeIssuesNothing, PointsOnly: in this order.
        SceneTermsInvalid: figures that cannot be.
        OrganisationNotFound: the operator is no enterprise known here.
        TextNotFit: names, unit, document or reason.
    """
    scope.require("credits:configure")
    pack, _, made = await points_programme(write, scope, programme)
    check_jurisdiction(scope, pack)
    rules.check_terms(terms, made.scale)
    if terms.operator_id is not None:
        runs = await identity.organisation(write, scope, terms.operator_id)
        if runs is None or runs.kind is not Kind.ENTERPRISE:
            raise OrganisationNotFound(path=("input", "operatorId"))
    paper = rules.document(source)
    clean = words(code, "code", most=40)
    await write.run(_LOCK)
    last = await write.value(
        select(func.coalesce(func.max(CitizenScene.version), 0)).where(
            CitizenScene.programme == programme, CitizenScene.code == clean
        )
    )
    value = SceneValue(
        id=new_id(), programme=programme, code=clean, version=last + 1, name_zh=words(terms.name_zh, "nameZh"),
        name_en=words(terms.name_en, "nameEn"), kind=terms.kind,
        activity_unit=words(terms.activity_unit, "activityUnit", most=40), points_per_unit=terms.points_per_unit,
        rounding=terms.rounding, cap_day=terms.cap_day, cap_year=terms.cap_year,
        validity_months=terms.validity_months, late_days=terms.late_days, operator_id=terms.operator_id,
        is_open=terms.is_open, valid_from=terms.valid_from, document_title=paper.title, document_number=paper.number,
        document_dated=paper.dated, reason=words(reason, "reason", most=1000), state=State.DRAFT, drafted_at=now(),
        drafted_by=scope.actor_id, decided_at=None, decided_by=None, decision="",
    )  # fmt: skip
    values = {name: getattr(value, name) for name in value.__slots__}
    values |= {"kind": value.kind.value, "rounding": value.rounding.value, "state": value.state.value}
    await write.run(insert(CitizenScene).values(values))
    write.audit("credits:draft_scene", object_type="CitizenScene", object_id=value.id, programme=programme, code=clean,
                version=value.version)  # fmt: skip
    return value


async def decide_scene(
    write: Write, scope: Scope, *, scene_id: UUID, is_approved: bool, reason: str = ""
) -> SceneValue:
    """Approve or reject drafted terms.

    Raises:
        Unauthenticated, Forbidden: without `credits:configure`.
        SceneUnknown: no such draft.
        AuthorityOnly, JurisdictionOnly: the caller is not the jurisdiction's own authority.
        AlreadyJudged, SecondPersonNeeded: decided before; drafted by the caller.
        DecisionReasonMissing, TextNotFit: a rejection says why.
    """
    scope.require("credits:configure")
    (seen,) = await queries.scenes_by_id(write, scope, [scene_id])
    if seen is None:
        raise SceneUnknown(programme="", scene=str(scene_id))
    check_jurisdiction(scope, await tenants.pack_in_force(write, scope))
    known = queries.scene(await write.row(queries.SCENE.where(CitizenScene.id == scene_id).with_for_update()))
    rules.check_judge(scope, known.state, known.drafted_by)
    why = decision(reason, is_approved=is_approved)
    state = State.APPROVED if is_approved else State.REJECTED
    await write.run(
        update(CitizenScene)
        .where(CitizenScene.id == scene_id)
        .values(state=state.value, decided_at=now(), decided_by=scope.actor_id, decision=why)
    )
    write.audit("credits:decide_scene", object_type="CitizenScene", object_id=scene_id, state=state.value, reason=why)
    return queries.scene(await write.row(queries.SCENE.where(CitizenScene.id == scene_id)))


def decision(reason: str, *, is_approved: bool) -> str:
    """Return the words of a decision.

    Raises:
        DecisionReasonMissing, TextNotFit: a rejection says why.
    """
    if not is_approved and not reason.strip():
        raise DecisionReasonMissing(path=("input", "reason"))
    return words(reason, "reason", most=1000, is_needed=False)
