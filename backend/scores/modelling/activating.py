"""When a score model is in force: activated from a day, retired, furnished at the start. One model on any day."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import Range

from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.scores.modelling import queries
from backend.scores.modelling.common import LOCK, begin, held, sentence, wrong_state
from backend.scores.modelling.drafting import store_decision, store_version
from backend.scores.modelling.errors import ActivationDateInvalid, ScoreModelsOverlap
from backend.scores.modelling.models import ScoreModelPeriod
from backend.scores.modelling.shipped import digest, model_of
from backend.scores.modelling.values import FURTHEST_YEARS, ModelState, ModelVersion
from backend.tenants.values import Pack

FURTHEST = timedelta(days=366 * FURTHEST_YEARS)
SHIPPED = "shipped"
SHIPPED_REASON = "随产品提供的模型"

PERIODS = text("""
select p.id, p.version_id, lower(p.valid) as from_on, upper(p.valid) as until, v.code, v.version
from score_model_period p join score_model_version v on v.id = p.version_id
where not isempty(p.valid) order by lower(p.valid)""")
END = text("""
update score_model_period
set valid = daterange(lower(valid), greatest(lower(valid), cast(:until as date))), ended_at = :at, ended_by = :by,
    end_reason = :reason
where id = :id""")
KNOWN = text("""
select exists (select 1 from score_model_version where code = :code) as has_version,
       exists (select 1 from score_model_period) as has_period,
       exists (select 1 from score_model_revision r join score_model_version v on v.id = r.version_id
                where v.code = :code and r.sha256 = :sha256) as is_known""")


async def active_model(read: Read, scope: Scope, on: date) -> ModelVersion:
    """Return the score model in force on a day.

    Raises:
        NoActiveScoreModel: none is.
    """
    return await queries.active(read, scope, on)


async def activate(write: Write, scope: Scope, *, version_id: UUID, valid_from: date, reason: str) -> ModelVersion:
    """Put an approved version in force from a day on; the one in force until then ends the day before.

    Raises:
        Unauthenticated, Forbidden: without `scores:activate`.
        ScoreAuthorityOnly, ScoreJurisdictionOnly: the caller is not the authority of the whole jurisdiction.
        ScoreModelNotFound: no such version.
        ScoreModelStateInvalid: not approved, or in force on that day already.
        ActivationDateInvalid: a day in the past, or too far ahead.
        ModelTextInvalid: the reason.
        ScoreModelsOverlap: another version is to begin on that day or later.
    """
    await begin(write, scope, "scores:activate")
    usable = (ModelState.APPROVED, ModelState.RETIRED, ModelState.SCHEDULED, ModelState.ACTIVE)
    found = await held(write, scope, version_id, *usable)
    day = _day(valid_from)
    why = sentence(reason)
    for period in await write.rows(PERIODS):
        if period.until is not None and period.until <= day:
            continue
        if period.from_on >= day and period.from_on > today():
            raise ScoreModelsOverlap(
                model=period.code, version=period.version, from_on=period.from_on, path=("input", "validFrom")
            )
        if period.version_id == version_id and period.until is None:
            raise wrong_state(found, ModelState.APPROVED, ModelState.RETIRED)
        await _end(write, scope, period.id, day, why)
    await _begin(write, scope, version_id, day, why)
    write.audit(
        "scores:activate_model", object_type="ScoreModelVersion", object_id=version_id, model=found.code,
        version=found.version, sha256=found.sha256, valid_from=day, reason=why,
    )  # fmt: skip
    return await queries.version(write, scope, version_id)


async def retire(write: Write, scope: Scope, *, version_id: UUID, until: date, reason: str) -> ModelVersion:
    """Take a version out of force from a day on (the first it is not in force any more), until another is activated.

    Raises:
        Unauthenticated, Forbidden: without `scores:activate`.
        ScoreAuthorityOnly, ScoreJurisdictionOnly: the caller is not the authority of the whole jurisdiction.
        ScoreModelNotFound: no such version.
        ScoreModelStateInvalid: neither in force nor to be, or it ends before that day anyway.
        ActivationDateInvalid: a day in the past, or too far ahead.
        ModelTextInvalid: the reason.
    """
    await begin(write, scope, "scores:activate")
    found = await held(write, scope, version_id, ModelState.ACTIVE, ModelState.SCHEDULED)
    day = _day(until, "until")
    why = sentence(reason)
    lasting = [
        each
        for each in await write.rows(PERIODS)
        if each.version_id == version_id and (each.until is None or each.until > day)
    ]
    if not lasting:
        raise wrong_state(found, ModelState.ACTIVE, ModelState.SCHEDULED)
    for period in lasting:
        await _end(write, scope, period.id, day, why)
    write.audit(
        "scores:retire_model", object_type="ScoreModelVersion", object_id=version_id, model=found.code,
        version=found.version, until=day, reason=why,
    )  # fmt: skip
    return await queries.version(write, scope, version_id)


async def furnish(write: Write, scope: Scope, pack: Pack) -> None:
    """Give a jurisdiction the model its pack names, in force from today, where it has none.

    A jurisdiction that has models keeps them: what a newer product brings waits as a draft for two people.

    Raises:
        Unauthenticated, Forbidden: by anybody without `scores:activate`; the service itself does this.
    """
    scope.require("scores:activate")
    model = model_of(pack)
    asked = {"code": model.code, "sha256": digest(model)}
    await write.run(LOCK)
    known = await write.row(KNOWN, asked)
    if known is None or known.is_known:
        return
    version_id = await store_version(write, scope, model, SHIPPED, SHIPPED_REASON)
    is_first = not known.has_version and not known.has_period
    if is_first:
        await store_decision(write, scope, version_id, 1, SHIPPED_REASON, is_approved=True)
        await _begin(write, scope, version_id, today(), SHIPPED_REASON)
    write.audit(
        "scores:furnish_model", object_type="ScoreModelVersion", object_id=version_id, model=model.code,
        sha256=asked["sha256"], is_active=is_first,
    )  # fmt: skip


def _day(day: date, field: str = "validFrom") -> date:
    first = today()
    if not first <= day <= first + FURTHEST:
        raise ActivationDateInvalid(value=day, first=first, years=FURTHEST_YEARS, path=("input", field))
    return day


async def _begin(write: Write, scope: Scope, version_id: UUID, day: date, reason: str) -> None:
    await write.run(
        insert(ScoreModelPeriod).values(
            id=new_id(), version_id=version_id, valid=Range(day, None), reason=reason, activated_at=now(),
            activated_by=scope.actor_id,
        )
    )  # fmt: skip


async def _end(write: Write, scope: Scope, period_id: UUID, day: date, reason: str) -> None:
    await write.run(END, {"id": period_id, "until": day, "at": now(), "by": scope.actor_id, "reason": reason})
