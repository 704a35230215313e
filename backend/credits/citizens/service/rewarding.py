"""Rewards are drafted and approved; points are redeemed for them (兑换), once each, and a redemption can be cancelled."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.credits.citizens import queries, rules
from backend.credits.citizens.errors import (
    CitizenClosed,
    CitizenNotFound,
    RedemptionCancelled,
    RedemptionNotFound,
    RewardCodeUsed,
    RewardGone,
    RewardLimitReached,
    RewardNotFound,
    RewardNotOffered,
)
from backend.credits.citizens.models import CitizenRedemption, CitizenReward, CitizenRewardTaken
from backend.credits.citizens.service.common import check_jurisdiction, locked, points_programme
from backend.credits.citizens.service.scenes import decision
from backend.credits.citizens.values import CANCEL_REDEMPTION, Document, RedemptionValue, RewardValue, State
from backend.credits.programmes.rules import text as words
from backend.credits.programmes.service.common import check_authority
from backend.credits.programmes.service.retiring import check_purpose
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import Reason, Selection
from backend.tenants import service as tenants
from backend.tenants.values import RetirementPurpose

VOUCHER = "V"


async def draft_reward(
    write: Write,
    scope: Scope,
    *,
    programme: str,
    code: str,
    names: tuple[str, str],
    points: Decimal,
    stock: int,
    yearly: int | None,
    provider: str,
    days: tuple[date, date],
    source: Document,
) -> RewardValue:
    """Draft a reward; it is offered once a second person has approved it. `names` are zh and en, `days` first and last.

    Raises:
        Unauthenticated, Forbidden: without `credits:configure`.
        ProgrammeUnknown, ProgrammeIssuesNothing, PointsOnly: in this order.
        AuthorityOnly, JurisdictionOnly: the caller is not the jurisdiction's own authority.
        RewardInvalid, TextNotFit: a figure, span or text that cannot be.
        RewardCodeUsed: the programme has one of this code.
    """
    scope.require("credits:configure")
    pack, _, made = await points_programme(write, scope, programme)
    check_jurisdiction(scope, pack)
    rules.check_reward(points, stock, yearly, *days, made.scale)
    paper = rules.document(source)
    value = RewardValue(
        id=new_id(), programme=programme, code=words(code, "code", most=40), name_zh=words(names[0], "nameZh"),
        name_en=words(names[1], "nameEn"), points=points, stock=stock, yearly=yearly,
        provider=words(provider, "provider"), first_day=days[0], last_day=days[1], document_title=paper.title,
        document_number=paper.number, document_dated=paper.dated, state=State.DRAFT, drafted_at=now(),
        drafted_by=scope.actor_id, decided_at=None, decided_by=None, decision="",
    )  # fmt: skip
    values = {name: getattr(value, name) for name in value.__slots__} | {"state": value.state.value}
    if await write.value(upsert(CitizenReward).values(values).on_conflict_do_nothing().returning(literal(1))) is None:
        raise RewardCodeUsed(value=value.code, path=("input", "code"))
    await write.run(insert(CitizenRewardTaken).values(reward_id=value.id, taken=0))
    write.audit("credits:draft_reward", object_type="CitizenReward", object_id=value.id, programme=programme,
                code=value.code, points=points, stock=stock)  # fmt: skip
    return value


async def decide_reward(
    write: Write, scope: Scope, *, reward_id: UUID, is_approved: bool, reason: str = ""
) -> RewardValue:
    """Approve or reject a drafted reward.

    Raises:
        Unauthenticated, Forbidden: without `credits:configure`.
        RewardNotFound: not there, or not visible.
        AuthorityOnly, JurisdictionOnly: the caller is not the jurisdiction's own authority.
        AlreadyJudged, SecondPersonNeeded: decided before; drafted by the caller.
        DecisionReasonMissing, TextNotFit: a rejection says why.
    """
    scope.require("credits:configure")
    (seen,) = await queries.rewards_by_id(write, scope, [reward_id])
    if seen is None:
        raise RewardNotFound
    check_jurisdiction(scope, await tenants.pack_in_force(write, scope))
    known = queries.reward(await write.row(queries.REWARD.where(CitizenReward.id == reward_id).with_for_update()))
    rules.check_judge(scope, known.state, known.drafted_by)
    why = decision(reason, is_approved=is_approved)
    state = State.APPROVED if is_approved else State.REJECTED
    await write.run(
        update(CitizenReward)
        .where(CitizenReward.id == reward_id)
        .values(state=state.value, decided_at=now(), decided_by=scope.actor_id, decision=why)
    )
    write.audit(
        "credits:decide_reward", object_type="CitizenReward", object_id=reward_id, state=state.value, reason=why
    )
    return queries.reward(await write.row(queries.REWARD.where(CitizenReward.id == reward_id)))


async def redeem(write: Write, scope: Scope, *, reward_id: UUID, number: str) -> RedemptionValue:
    """Redeem a citizen's points for one of a reward, soonest to expire first; the authority's platform acts for them.

    Redemptions of one reward queue at its count, those of one citizen at their row: nothing is given twice.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        RewardNotFound: not there, or not visible.
        AuthorityOnly: the caller is no authority.
        CitizenNotFound: not there, or not of the caller's region.
        ProgrammeUnknown, ProgrammeIssuesNothing, PointsOnly, PurposeNotAllowed: the pack offers it no more.
        RewardNotOffered, RewardGone: in this order.
        CitizenClosed: left before.
        RewardLimitReached: as many as allowed this year.
        InsufficientUnits, UnitsExpired, ClassFrozen: by the books (see `ledger.retire`).
    """
    scope.require("credits:review")
    (known,) = await queries.rewards_by_id(write, scope, [reward_id])
    if known is None:
        raise RewardNotFound
    check_authority(scope)
    if not await queries.citizens(write, scope, known.programme, number=number):
        raise CitizenNotFound(path=("input", "citizen"))
    _, programme, made = await points_programme(write, scope, known.programme)
    check_purpose(programme, RetirementPurpose.REDEEM)
    day = today()
    if known.state is not State.APPROVED or not known.first_day <= day <= known.last_day:
        raise RewardNotOffered(
            state=known.state.value, state_zh=rules.STATES_ZH[known.state.value], first_day=str(known.first_day),
            last_day=str(known.last_day),
        )  # fmt: skip
    await _take(write, known)
    citizen = (await locked(write, scope, known.programme, [number]))[number]
    if citizen.closed_at is not None:
        raise CitizenClosed
    if known.yearly is not None:
        had = await queries.had_in_year(
            write, scope, citizen.id, known.id, day.replace(month=1, day=1), day.replace(month=12, day=31)
        )
        if had >= known.yearly:
            raise RewardLimitReached(limit=known.yearly)
    voucher = rules.fresh(VOUCHER, rules.VOUCHER_SIGNS)
    # Citizens have nobody who signs in: the service acts for them, on the order of the authority that keeps them.
    (movement,) = await ledger.retire(
        write, scope.as_system(), citizen.id, [Selection(made.code, quantity=known.points)],
        Reason(purpose=RetirementPurpose.REDEEM.value, beneficiary=number, reference=voucher, period=day.year,
               facts={"programme": known.programme, "reward": known.code}, undone_by=CANCEL_REDEMPTION),
    )  # fmt: skip
    value = RedemptionValue(
        account_id=citizen.id, id=new_id(), reward_id=known.id, programme=known.programme, number=number,
        division_path=citizen.division_path, points=known.points, voucher=voucher, movement_id=movement.id,
        redeemed_at=now(), redeemed_by=scope.actor_id, cancelled_at=None, cancelled_by=None, cancellation="",
    )  # fmt: skip
    values: dict[str, Any] = {name: getattr(value, name) for name in value.__slots__}
    await write.run(insert(CitizenRedemption).values(values))
    write.audit("credits:redeem", object_type="CitizenRedemption", object_id=value.id, reward=known.code,
                points=known.points)  # fmt: skip
    return value


async def _take(write: Write, known: RewardValue) -> None:
    """Count one more of a reward; whoever comes at the same time waits here. Raises RewardGone."""
    where = CitizenRewardTaken.reward_id == known.id
    taken = await write.value(select(CitizenRewardTaken.taken).where(where).with_for_update())
    if taken is None or taken >= known.stock:
        raise RewardGone(stock=known.stock)
    await write.run(update(CitizenRewardTaken).where(where).values(taken=taken + 1))


async def cancel_redemption(
    write: Write, scope: Scope, *, account_id: UUID, redemption_id: UUID, reason: str
) -> RedemptionValue:
    """Cancel a redemption: the points come back as they were, and the reward is there for somebody else.

    Raises:
        Unauthenticated, Forbidden: without `credits:review` and `ledger:reverse`.
        RedemptionNotFound: not there, or not visible.
        AuthorityOnly: the caller is no authority.
        RedemptionCancelled: cancelled before.
        DecisionReasonMissing, TextNotFit: the reason.
        MovementNotReversible: by the books.
    """
    scope.require("credits:review")
    scope.require("ledger:reverse")
    (seen,) = await queries.redemptions_by_id(write, scope, [(account_id, redemption_id)])
    if seen is None:
        raise RedemptionNotFound
    check_authority(scope)
    taken = CitizenRewardTaken.reward_id == seen.reward_id
    await write.value(select(CitizenRewardTaken.taken).where(taken).with_for_update())
    where = (CitizenRedemption.account_id == account_id, CitizenRedemption.id == redemption_id)
    row = await write.row(queries.REDEMPTION.where(*where).with_for_update())
    if row is None:
        raise RedemptionNotFound
    known = RedemptionValue(*row)
    if known.cancelled_at is not None:
        raise RedemptionCancelled
    why = decision(reason, is_approved=False)
    changed = {"cancelled_at": now(), "cancelled_by": scope.actor_id, "cancellation": why}
    await write.run(update(CitizenRedemption).where(*where).values(**changed))
    await write.run(update(CitizenRewardTaken).where(taken).values(taken=CitizenRewardTaken.taken - 1))
    await ledger.reverse(write, scope, known.movement_id, Reason(note=why, undone_by=CANCEL_REDEMPTION))
    write.audit("credits:cancel_redemption", object_type="CitizenRedemption", object_id=redemption_id, reason=why,
                points=known.points)  # fmt: skip
    return RedemptionValue(*(await write.row(queries.REDEMPTION.where(*where)) or row))
