"""What every command on score models begins with: who may, one at a time, on a version that is as it was read."""

from uuid import UUID

from sqlalchemy import text

from backend.kit.db import Write
from backend.kit.scope import Kind, Scope
from backend.scores.modelling import queries
from backend.scores.modelling.errors import (
    ModelTextInvalid,
    ScoreAuthorityOnly,
    ScoreJurisdictionOnly,
    ScoreModelStateInvalid,
)
from backend.scores.modelling.values import MOST_REASON, ModelState, ModelVersion
from backend.scores.values import Words
from backend.tenants import service as tenants

# One writer at a time in a jurisdiction: numbers of versions, and whose day it is, depend on those before.
LOCK = text("select pg_advisory_xact_lock(hashtext('score_model'))")

STATES = {
    ModelState.DRAFT: Words("草稿", "a draft"),
    ModelState.REJECTED: Words("已驳回", "rejected"),
    ModelState.APPROVED: Words("已审批", "approved"),
    ModelState.SCHEDULED: Words("待生效", "scheduled"),
    ModelState.ACTIVE: Words("生效中", "in force"),
    ModelState.RETIRED: Words("已停用", "retired"),
}


async def begin(write: Write, scope: Scope, permission: str) -> None:
    """Refuse whoever may not, then queue behind other changes of models.

    Raises:
        Unauthenticated, Forbidden: without the permission.
        ScoreAuthorityOnly, ScoreJurisdictionOnly: the caller is not the authority of the whole jurisdiction.
    """
    scope.require(permission)
    if scope.kind is not Kind.SYSTEM:
        if scope.kind is not Kind.AUTHORITY:
            raise ScoreAuthorityOnly
        pack = await tenants.pack_in_force(write, scope)
        if scope.region != pack.region:
            raise ScoreJurisdictionOnly
    await write.run(LOCK)


async def held(write: Write, scope: Scope, version_id: UUID, *states: ModelState) -> ModelVersion:
    """Return the version, which must be in one of the states.

    Raises:
        ScoreModelNotFound: no such version, or not visible.
        ScoreModelStateInvalid: in another state.
    """
    found = await queries.version(write, scope, version_id)
    if found.state not in states:
        raise wrong_state(found, *states)
    return found


def wrong_state(found: ModelVersion, *states: ModelState) -> ScoreModelStateInvalid:
    """Return that the version's state does not allow it."""
    return ScoreModelStateInvalid(
        model=found.code,
        version=found.version,
        state_zh=STATES[found.state].zh,
        state_en=STATES[found.state].en,
        needed_zh="或".join(STATES[each].zh for each in states),
        needed_en=" or ".join(STATES[each].en for each in states),
    )


def sentence(value: str, field: str = "reason") -> str:
    """Return a text without blanks around it.

    Raises:
        ModelTextInvalid: empty, or too long.
    """
    plain = value.strip()
    if not plain or len(plain) > MOST_REASON:
        raise ModelTextInvalid(field=field, most=MOST_REASON, path=("input", field))
    return plain
