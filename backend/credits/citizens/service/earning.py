"""Acts earn points: told in batches by who runs a scene, each row for itself, capped exactly, each key once."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, insert, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from backend.credits.citizens import queries, rules
from backend.credits.citizens.errors import ActNotFound, ActRevoked, SceneOperatorOnly, SceneUnknown
from backend.credits.citizens.models import CitizenAct
from backend.credits.citizens.service.common import locked, points_programme
from backend.credits.citizens.service.judging import Judge, Known, is_run_by, judged
from backend.credits.citizens.service.scenes import decision
from backend.credits.citizens.values import (
    ADMINISTRATOR,
    REVOKE_ACT,
    Act,
    ActOutcome,
    ActValue,
    RowOutcome,
    SceneValue,
    State,
)
from backend.credits.programmes.rules import last_day
from backend.credits.programmes.service.common import check_authority
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.scope import Kind, Scope
from backend.ledger import service as ledger
from backend.ledger.values import BatchSpec, Reason
from backend.tenants.values import ProgrammeUnit

LONGEST_KEY = 100
_LOCK = text("select pg_advisory_xact_lock(hashtext('citizen_act/' || :programme || '/' || :scene))")
# Caps and keys count in the whole scene, whoever told of the acts: the caller may see only its own.
USED = text("select * from citizen_used(:programme, :scene, :citizens, :first, :last)").bindparams(
    bindparam("citizens", type_=ARRAY(Uuid()))
)
KEYS = text("select * from citizen_keys(:programme, :scene, :keys)").bindparams(bindparam("keys", type_=ARRAY(Text())))


async def record_acts(
    write: Write, scope: Scope, *, programme: str, scene: str, rows: Sequence[Act]
) -> list[RowOutcome]:
    """Record green acts and give the points they earn; each row for itself: what one refuses leaves the others be.

    A key known from before, with the same act, answers as it did then; with another act the row is refused.

    Raises:
        Unauthenticated, Forbidden: without `credits:register` (an authority: `credits:review`).
        SceneUnknown: no approved scene of this code.
        SceneOperatorOnly: run by somebody else.
        ProgrammeUnknown, ProgrammeIssuesNothing, PointsOnly: in this order.
        BatchInvalid: no rows, or too many.
        ClassFrozen: by the books (see `ledger.issue`).
    """
    scope.require("credits:review" if scope.kind is Kind.AUTHORITY else "credits:register")
    versions = await queries.scene_versions(write, scope, programme, [scene])
    if not any(each.state is State.APPROVED for each in versions):
        raise SceneUnknown(programme=programme, scene=scene, path=("input", "scene"))
    if not any(is_run_by(scope, each) for each in versions if each.state is State.APPROVED):
        raise SceneOperatorOnly(scene=scene, path=("input", "scene"))
    _, _, made = await points_programme(write, scope, programme)
    rules.check_rows(rows)
    await write.run(_LOCK, {"programme": programme, "scene": scene})
    citizens = await locked(write, scope, programme, [each.citizen for each in rows])
    known = await write.rows(
        KEYS, {"programme": programme, "scene": scene, "keys": [each.key.strip() for each in rows]}
    )
    keys = {
        row.key: Known(row.id, row.account_id, row.day, row.quantity, row.points, is_revoked=row.is_revoked)
        for row in known
    }
    of = Judge(scope, programme, scene, made.scale, versions, citizens, keys)
    await _load_used(write, of, rows)
    found = [judged(of, at, each) for at, each in enumerate(rows, 1)]
    acts = [each for each in found if isinstance(each, ActValue)]
    stored = iter(await _stored(write, scope, of, made, acts))
    outcomes = [_outcome(at, next(stored)) if isinstance(each, ActValue) else each for at, each in enumerate(found, 1)]
    write.audit(
        "credits:record_acts", object_type="CitizenScene", object_id=versions[-1].id, scene=scene, rows=len(rows),
        recorded=len(acts), points=sum((each.points for each in acts), Decimal(0)),
    )  # fmt: skip
    return outcomes


async def _load_used(write: Write, of: Judge, rows: Sequence[Act]) -> None:
    days = [each.day for each in rows if each.day <= today()]
    if not days or not of.citizens:
        return
    asked = {
        "programme": of.programme, "scene": of.code, "citizens": sorted(each.id for each in of.citizens.values()),
        "first": min(days).replace(month=1, day=1), "last": max(days).replace(month=12, day=31),
    }  # fmt: skip
    for row in await write.rows(USED, asked):
        of.used[row.account_id, row.day] = row.points


def _outcome(at: int, act: ActValue) -> RowOutcome:
    outcome = ActOutcome.CAPPED if act.is_capped else ActOutcome.EARNED
    return RowOutcome(at, act.key, outcome, act.id, act.account_id, act.points)


async def _stored(
    write: Write, scope: Scope, of: Judge, made: ProgrammeUnit, acts: Sequence[ActValue]
) -> list[ActValue]:
    """Issue the points of acts in one call of the ledger, and keep the acts."""
    earning = [each for each in acts if each.points > 0]
    versions = {each.id: each for each in of.versions}
    # Citizens have nobody who signs in: the service acts for them, on the word of who runs the scene.
    movements = await ledger.issue_many(
        write, scope.as_system(),
        [(each.account_id, made.code, each.points, _batch(each, versions[each.scene_version_id], made)) for each in earning],
        Reason(purpose="programme", reference=of.code, facts={"programme": of.programme}, undone_by=REVOKE_ACT),
    )  # fmt: skip
    issued = {each.id: movement.id for each, movement in zip(earning, movements, strict=True)}
    found = [replace(each, movement_id=issued.get(each.id)) for each in acts]
    if found:
        await write.run(insert(CitizenAct), [{name: getattr(each, name) for name in each.__slots__} for each in found])
    return found


def _batch(act: ActValue, version: SceneValue, made: ProgrammeUnit) -> BatchSpec:
    return BatchSpec(
        vintage=act.day.year, produced_from=act.day, produced_to=act.day,
        valid_until=last_day(today(), version.validity_months), is_transferable=made.is_transferable,
        project_code=act.scene,
        attributes={"programme": act.programme, "scene": act.scene, "version": version.version, "act": str(act.id),
                    "confidence": ADMINISTRATOR},
    )  # fmt: skip


async def revoke_act(write: Write, scope: Scope, *, account_id: UUID, act_id: UUID, reason: str) -> ActValue:
    """Revoke an act that was told wrongly, while its points are still held: they leave, and the caps have room again.

    Raises:
        Unauthenticated, Forbidden: without `credits:review` and `ledger:reverse`.
        ActNotFound: not there, or not visible.
        AuthorityOnly: the caller is no authority.
        ActRevoked: revoked before.
        DecisionReasonMissing, TextNotFit: the reason.
        MovementNotReversible: the points have been redeemed or have expired.
    """
    scope.require("credits:review")
    scope.require("ledger:reverse")
    if (await queries.acts_by_id(write, scope, [(account_id, act_id)]))[0] is None:
        raise ActNotFound
    check_authority(scope)
    where = (CitizenAct.account_id == account_id, CitizenAct.id == act_id)
    row = await write.row(queries.ACT.where(*where).with_for_update())
    if row is None:
        raise ActNotFound
    known = ActValue(*row)
    if known.revoked_at is not None:
        raise ActRevoked
    why = decision(reason, is_approved=False)
    await write.run(
        update(CitizenAct).where(*where).values(revoked_at=now(), revoked_by=scope.actor_id, revocation=why)
    )
    if known.movement_id is not None:
        await ledger.reverse(write, scope, known.movement_id, Reason(note=why, undone_by=REVOKE_ACT))
    write.audit("credits:revoke_act", object_type="CitizenAct", object_id=act_id, reason=why, points=known.points)
    return ActValue(*(await write.row(queries.ACT.where(*where)) or row))
