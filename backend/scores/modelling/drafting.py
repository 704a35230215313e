"""Drafts of score models: proposed, changed, decided on by another person. Nothing is overwritten."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.errors import Invalid
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.scores.modelling import queries
from backend.scores.modelling.common import begin, held, sentence
from backend.scores.modelling.content import ModelContent
from backend.scores.modelling.errors import (
    ModelMalformed,
    ScoreModelChanged,
    ScoreModelOwnDraft,
    ScoreModelUnchanged,
)
from backend.scores.modelling.models import ScoreModelDecision, ScoreModelRevision, ScoreModelVersion
from backend.scores.modelling.reading import read
from backend.scores.modelling.shipped import digest
from backend.scores.modelling.values import ModelState, ModelVersion

# A version that was rejected does not stand in the way of the same content.
SAME = text("""
select v.version from score_model_version v
join lateral (select sha256 from score_model_revision each where each.version_id = v.id
              order by each.revision desc limit 1) r on r.sha256 = :sha256
where v.code = :code and not exists (
    select 1 from score_model_decision d where d.version_id = v.id and not d.is_approved)
order by v.version desc limit 1""")


async def propose(write: Write, scope: Scope, *, content: Mapping[str, Any], reason: str) -> ModelVersion:
    """Store a new version of a model as a draft; a code nobody has used begins a new model.

    Raises:
        Unauthenticated, Forbidden: without `scores:propose`.
        ScoreAuthorityOnly, ScoreJurisdictionOnly: the caller is not the authority of the whole jurisdiction.
        ModelTextInvalid: the reason.
        ModelMalformed and the other faults of a model: the first one found; the path says where.
        ScoreModelUnchanged: a version of the model says the same.
    """
    await begin(write, scope, "scores:propose")
    why, model = sentence(reason), checked(content)
    await refuse_same(write, model)
    version_id = await store_version(write, scope, model, "proposed", why)
    write.audit(
        "scores:propose_model", object_type="ScoreModelVersion", object_id=version_id, model=model.code,
        sha256=digest(model), reason=why,
    )  # fmt: skip
    return await queries.version(write, scope, version_id)


async def revise(
    write: Write, scope: Scope, *, version_id: UUID, revision: int, content: Mapping[str, Any], reason: str
) -> ModelVersion:
    """Change a draft; what it said before is kept.

    Raises:
        Unauthenticated, Forbidden: without `scores:propose`.
        ScoreAuthorityOnly, ScoreJurisdictionOnly: the caller is not the authority of the whole jurisdiction.
        ScoreModelNotFound: no such version.
        ScoreModelStateInvalid: it is no draft any more.
        ScoreModelChanged: `revision` is not the newest.
        ModelTextInvalid: the reason.
        ModelMalformed and the other faults of a model: the first one found; also another code than before.
        ScoreModelUnchanged: a version of the model says the same.
    """
    await begin(write, scope, "scores:propose")
    found = await held(write, scope, version_id, ModelState.DRAFT)
    if found.revision != revision:
        raise ScoreModelChanged(path=("input", "revision"))
    why, model = sentence(reason), checked(content)
    if model.code != found.code:
        raise ModelMalformed(
            where="code", reason_en=f"must stay '{found.code}'; propose a new model instead.",
            reason_zh=f"不得改变，应为 {found.code}；如需新模型请另行提出。", path=("input", "content", "code"),
        )  # fmt: skip
    await refuse_same(write, model)
    await store_revision(write, scope, version_id, revision + 1, model, why)
    write.audit(
        "scores:revise_model", object_type="ScoreModelVersion", object_id=version_id, model=model.code,
        revision=revision + 1, sha256=digest(model), before=found.sha256, reason=why,
    )  # fmt: skip
    return await queries.version(write, scope, version_id)


async def decide(
    write: Write, scope: Scope, *, version_id: UUID, revision: int, is_approved: bool, reason: str
) -> ModelVersion:
    """Approve or reject a draft, as it was read, by another person than those who wrote it; final.

    Raises:
        Unauthenticated, Forbidden: without `scores:activate`.
        ScoreAuthorityOnly, ScoreJurisdictionOnly: the caller is not the authority of the whole jurisdiction.
        ScoreModelNotFound: no such version.
        ScoreModelStateInvalid: it is no draft any more.
        ScoreModelChanged: `revision` is not the newest.
        ScoreModelOwnDraft: the caller wrote or changed it.
        ModelTextInvalid: the reason.
    """
    await begin(write, scope, "scores:activate")
    found = await held(write, scope, version_id, ModelState.DRAFT)
    if found.revision != revision:
        raise ScoreModelChanged(path=("input", "revision"))
    if scope.actor_id is None or scope.actor_id in found.author_ids:
        raise ScoreModelOwnDraft
    why = sentence(reason)
    await store_decision(write, scope, version_id, revision, why, is_approved=is_approved)
    write.audit(
        "scores:decide_model", object_type="ScoreModelVersion", object_id=version_id, model=found.code,
        version=found.version, revision=revision, sha256=found.sha256, is_approved=is_approved, reason=why,
    )  # fmt: skip
    return await queries.version(write, scope, version_id)


def checked(content: Mapping[str, Any]) -> ModelContent:
    """Return the model the input describes.

    Raises:
        ModelMalformed and the other faults of a model: the first one found, its path within the input.
    """
    try:
        return read(content)
    except Invalid as fault:
        fault.path = ("input", "content", *fault.path)
        raise


async def refuse_same(write: Write, model: ModelContent) -> None:
    """Refuse content a version of the model has already.

    Raises:
        ScoreModelUnchanged: there is one.
    """
    same = await write.value(SAME, {"code": model.code, "sha256": digest(model)})
    if same is not None:
        raise ScoreModelUnchanged(model=model.code, version=same, path=("input", "content"))


async def store_version(write: Write, scope: Scope, model: ModelContent, origin: str, reason: str) -> UUID:
    """Store the next version of a model with its first revision; return its id."""
    last = await write.value(
        select(func.coalesce(func.max(ScoreModelVersion.version), 0)).where(ScoreModelVersion.code == model.code)
    )
    version_id = new_id()
    await write.run(
        insert(ScoreModelVersion).values(
            id=version_id, code=model.code, version=last + 1, origin=origin, created_at=now(), created_by=scope.actor_id
        )
    )
    await store_revision(write, scope, version_id, 1, model, reason)
    return version_id


async def store_revision(
    write: Write, scope: Scope, version_id: UUID, revision: int, model: ModelContent, reason: str
) -> None:
    """Store what a version says from now on."""
    await write.run(
        insert(ScoreModelRevision).values(
            version_id=version_id, revision=revision, content=model.model_dump(mode="json"), sha256=digest(model),
            reason=reason, recorded_at=now(), recorded_by=scope.actor_id,
        )
    )  # fmt: skip


async def store_decision(
    write: Write, scope: Scope, version_id: UUID, revision: int, reason: str, *, is_approved: bool
) -> None:
    """Store what was decided."""
    await write.run(
        insert(ScoreModelDecision).values(
            version_id=version_id, revision=revision, is_approved=is_approved, reason=reason, decided_at=now(),
            decided_by=scope.actor_id,
        )
    )  # fmt: skip
