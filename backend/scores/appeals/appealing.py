"""Appeals: an enterprise points at an indicator of a score, the authority answers, and the answer re-runs the score.

An acceptance either corrects the fact behind the indicator, for the score's year and the records it is made from alone, or
says that the records have been put right; both run the score again in the same transaction, and the appeal keeps what was
before and after.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.accounts import service as accounts
from backend.identity.service.elevation import elevated
from backend.kit.clock import CHINA, now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.scores.appeals import queries
from backend.scores.appeals.models import ScoreAppeal, ScoreOverride
from backend.scores.appeals.values import AppealState, AppealValue, Correction, OverrideValue
from backend.scores.errors import (
    AppealEnded,
    AppealLate,
    AppealNotFound,
    AppealOpen,
    CorrectionIncomplete,
    CorrectionInvalid,
    IndicatorUnknown,
    OwnPenalty,
    ScoreNotFound,
)
from backend.scores.modelling.content import year_on
from backend.scores.running import queries as run_queries
from backend.scores.running import stored
from backend.scores.running.common import note, supervised, words
from backend.scores.running.gathering import records_behind
from backend.scores.running.running import model_in_force
from backend.scores.running.scoring import score_with
from backend.scores.running.terms import terms
from backend.scores.running.values import Cause
from backend.scores.values import FACTS, ScoreValue

PENALTIES = "open_penalties"
LONGEST_VALUE = 40
HUNDRED, MONTHS, NOTHING = Decimal(100), Decimal(12), Decimal(0)
LIMITS: Mapping[str, tuple[Decimal, Decimal | None]] = {
    "value_added_intensity": (NOTHING, None),
    "output_intensity": (NOTHING, None),
    "sector_ratio": (NOTHING, None),
    "energy_intensity": (NOTHING, None),
    "green_power_share": (NOTHING, HUNDRED),
    "neutralised_share": (NOTHING, None),
    "data_quality": (NOTHING, HUNDRED),
    "metered_share": (NOTHING, HUNDRED),
    "months_covered": (NOTHING, MONTHS),
    "duties_on_time": (NOTHING, HUNDRED),
    "open_penalties": (NOTHING, None),
    "gaming_signs": (NOTHING, None),
}
"""Between what a fact lies; one that is not named may be below zero (a change, a gap, a balance of emissions)."""
COUNTS = ("months_covered", "open_penalties", "gaming_signs")
SCORE = text("select answer, indicators, year, computed_at from score where account_id = :account_id and id = :id")


async def appeal_score(
    write: Write, scope: Scope, *, account_id: UUID, score_id: UUID, indicator: str, reason: str,
    evidence_id: UUID | None = None,
) -> AppealValue:  # fmt: skip
    """Appeal against one indicator or gate of a score.

    Raises:
        Unauthenticated, Forbidden: without `scores:appeal`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ScoreNotFound: not of this account.
        IndicatorUnknown: the score has none of this code.
        ScoreTextMissing: the reason.
        EvidenceNotFound: not in this account.
        AppealLate: the time to appeal is over.
        AppealOpen: the same is appealed already.
    """
    scope.require("scores:appeal")
    account = await accounts.own_account(write, scope, account_id)
    row = await write.row(SCORE, {"account_id": account_id, "id": score_id})
    if row is None:
        raise ScoreNotFound
    facts = appealable(row.answer, row.indicators)
    if indicator not in facts:
        raise IndicatorUnknown(indicator=indicator, known=", ".join(facts), path=("input", "indicator"))
    said = words("reason", reason)
    if evidence_id is not None:
        await accounts.evidence(write, scope, account_id, evidence_id)
    until = row.computed_at.astimezone(CHINA).date() + timedelta(days=terms().lodge_days)
    if today() > until:
        raise AppealLate(until=until.isoformat())
    value = AppealValue(
        account_id=account_id, id=new_id(), score_id=score_id, year=row.year, indicator=indicator,
        fact=facts[indicator], words=said, evidence_id=evidence_id, state=AppealState.OPEN, lodged_at=now(),
        lodged_by=scope.actor_id, due_on=today() + timedelta(days=terms().answer_days),
    )  # fmt: skip
    values = {**asdict(value), "state": value.state.value}
    if await write.value(upsert(ScoreAppeal).values(values).on_conflict_do_nothing().returning(literal(1))) is None:
        raise AppealOpen(indicator=indicator, path=("input", "indicator"))
    note(write, account, "scores:appeal", "score_appeal", value.id, score=score_id, indicator=indicator, reason=said)
    return value


def appealable(answer: str, indicators: str) -> dict[str, str]:
    """Return the fact behind each indicator and gate of a stored score, by their codes."""
    found = {each["code"]: each["fact"]["code"] for each in json.loads(indicators)["indicators"]}
    return found | {each["code"]: each["fact"] for each in json.loads(answer)["gates"] if each["code"] not in found}


async def withdraw_appeal(write: Write, scope: Scope, *, account_id: UUID, appeal_id: UUID) -> AppealValue:
    """Take an open appeal back.

    Raises:
        Unauthenticated, Forbidden: without `scores:appeal`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        AppealNotFound: not of this account.
        AppealEnded: answered or withdrawn before.
    """
    scope.require("scores:appeal")
    account = await accounts.own_account(write, scope, account_id)
    value = await _open(write, account_id, appeal_id)
    ended = replace(value, state=AppealState.WITHDRAWN, ended_at=now(), ended_by=scope.actor_id)
    await _end(write, ended)
    note(write, account, "scores:withdraw_appeal", "score_appeal", appeal_id, indicator=value.indicator)
    return ended


async def answer_appeal(
    write: Write, scope: Scope, *, account_id: UUID, appeal_id: UUID, is_accepted: bool, answer: str,
    document: str = "", correction: Correction | None = None,
) -> AppealValue:  # fmt: skip
    """Answer an appeal. An acceptance names its document, corrects the fact if it says so, and re-runs the score.

    A correction holds for the score's year alone, and until a newer record takes the place of one the fact is made from.
    Whoever recorded a penalty does not judge the appeal against it.

    Raises:
        Unauthenticated, Forbidden: without `scores:answer`.
        AccountNotFound: not there, or not visible.
        ScoresOfAuthority: the caller is no authority.
        AppealNotFound: not of this account.
        AppealEnded: answered or withdrawn before.
        ScoreTextMissing: the answer, or a reason or document that is too long.
        OwnPenalty: the caller recorded the penalty it is about.
        CorrectionIncomplete: an acceptance without a document, a correction of a rejected appeal, or one without a reason.
        CorrectionInvalid: a value the fact cannot have.
        NoActiveScoreModel: no model is in force to re-run the score with.
    """
    scope.require("scores:answer")
    account = await supervised(write, scope, account_id)
    value = await _open(write, account_id, appeal_id)
    said = words("answer", answer)
    if value.fact == PENALTIES and (own := await queries.own_penalty(write, scope, account_id)) is not None:
        raise OwnPenalty(document=own)
    rests_on = _document(document, correction, is_accepted=is_accepted)
    state = AppealState.ACCEPTED if is_accepted else AppealState.REJECTED
    ended = replace(
        value, state=state, ended_at=now(), ended_by=scope.actor_id, answer=said, document=rests_on
    )  # fmt: skip
    if is_accepted:
        if correction is not None:
            effect = await _correct(write, scope, value, correction, rests_on)
            ended = replace(ended, effect=effect)
        ended = await _rerun(write, ended)
    await _end(write, ended)
    note(write, account, f"scores:{'accept' if is_accepted else 'reject'}_appeal", "score_appeal", appeal_id,
         indicator=value.indicator, answer=said, document=rests_on, effect=dict(ended.effect),
         correction=None if correction is None else asdict(correction))  # fmt: skip
    return ended


def _document(document: str, correction: Correction | None, *, is_accepted: bool) -> str:
    if not is_accepted:
        if correction is not None:
            raise CorrectionIncomplete(field="isAccepted", path=("input", "correction"))
        return words("document", document, most=200) if document.strip() else ""
    if not document.strip():
        raise CorrectionIncomplete(field="document", path=("input", "document"))
    if correction is not None and not correction.reason.strip():
        raise CorrectionIncomplete(field="reason", path=("input", "correction", "reason"))
    return words("document", document, most=200)


async def _open(write: Write, account_id: UUID, appeal_id: UUID) -> AppealValue:
    row = await write.row(queries.APPEAL.where(ScoreAppeal.account_id == account_id, ScoreAppeal.id == appeal_id))
    if row is None:
        raise AppealNotFound
    # A row lock asks the policy of changes, which shows open appeals only: two answers follow each other here.
    held = await write.row(
        queries.APPEAL.where(ScoreAppeal.account_id == account_id, ScoreAppeal.id == appeal_id).with_for_update()
    )
    if held is None:
        raise AppealEnded.of(row.state)
    return queries.appeal_of(held)


async def _end(write: Write, value: AppealValue) -> None:
    await write.run(
        update(ScoreAppeal)
        .where(ScoreAppeal.account_id == value.account_id, ScoreAppeal.id == value.id)
        .values(
            state=value.state.value, ended_at=value.ended_at, ended_by=value.ended_by, answer=value.answer,
            document=value.document, after_score_id=value.after_score_id, effect=dict(value.effect),
        )
    )  # fmt: skip


async def _correct(
    write: Write, scope: Scope, appeal: AppealValue, correction: Correction, document: str
) -> dict[str, Any]:
    """Store the correction; return which records it is of, for the appeal to keep."""
    override = OverrideValue(
        account_id=appeal.account_id, id=new_id(), appeal_id=appeal.id, year=appeal.year, fact=appeal.fact,
        value=corrected_value(appeal.fact, correction.value), unit=await _unit(write, appeal), document=document,
        reason=words("reason", correction.reason), recorded_at=now(), recorded_by=scope.actor_id,
    )  # fmt: skip
    async with elevated(write):
        behind = await records_behind(write, scope.as_system(), appeal.account_id, appeal.year, appeal.fact)
    await write.run(insert(ScoreOverride).values(asdict(override)))
    return {"corrects": [stored.source(each) for each in behind]}


async def _unit(write: Write, appeal: AppealValue) -> str:
    """Return the unit the appealed fact was told in: of a product's intensity, the product's."""
    row = await write.row(SCORE, {"account_id": appeal.account_id, "id": appeal.score_id})
    if row is not None:
        for each in json.loads(row.indicators)["indicators"]:
            if each["fact"]["code"] == appeal.fact:
                return str(each["fact"]["unit"])
    return FACTS[appeal.fact].unit


def corrected_value(fact: str, value: str) -> str:
    """Return a fact's value in its one spelling.

    Raises:
        CorrectionInvalid: the fact cannot have it.
    """
    kind, clean = FACTS[fact], value.strip()
    expected = ("one of " + ", ".join(kind.choices), "以下之一：" + "、".join(kind.choices))
    if kind.choices:
        if clean in kind.choices:
            return clean
    elif kind.better:
        least, most = LIMITS.get(fact, (None, None))
        expected = _expected(least, most, is_whole=fact in COUNTS)
        try:
            number = Decimal(clean)
        except InvalidOperation:
            number = Decimal("NaN")
        is_inside = number.is_finite() and (least is None or number >= least) and (most is None or number <= most)
        is_counted = fact not in COUNTS or (is_inside and number == number.to_integral_value())
        if is_inside and is_counted and len(clean) <= LONGEST_VALUE:
            return format(number, "f")
    else:
        expected = ("true or false", "true 或 false")
        if clean.lower() in {"true", "false"}:
            return clean.lower()
    raise CorrectionInvalid(
        value=clean[:LONGEST_VALUE], fact=fact, expected_en=expected[0], expected_zh=expected[1],
        path=("input", "correction", "value"),
    )  # fmt: skip


def _expected(least: Decimal | None, most: Decimal | None, *, is_whole: bool) -> tuple[str, str]:
    en, zh = ("a whole number", "整数") if is_whole else ("a plain decimal number", "十进制数值")
    if most is not None:
        return f"{en} from {least} to {most}", f" {least} 至 {most} 的{zh}"
    return (f"{en}, not below zero", f"不小于零的{zh}") if least is not None else (en, zh)


async def _rerun(write: Write, appeal: AppealValue) -> AppealValue:
    """Run the score again under the service's scope, and return the appeal with what was before and after.

    Where the model has moved on to another year meanwhile, that year is run last: the newest score is of its own year.
    """
    scope, account_id = write.scope.as_system(), appeal.account_id
    async with elevated(write):
        before = (await run_queries.latest(write, scope, [account_id])).get(account_id)
        model = await model_in_force(write, scope)
        found = await score_with(write, scope, [account_id], model, Cause.APPEAL, appeal.year)
        current = year_on(model.content, today())
        if found and current != appeal.year:
            await score_with(write, scope, [account_id], model, Cause.APPEAL, current)
    after = found[0] if found else before
    effect = {**appeal.effect, "before": _told(before), "after": _told(after)}
    return replace(appeal, after_score_id=found[0].id if found else None, effect=effect)


def _told(score: ScoreValue | None) -> dict[str, Any] | None:
    if score is None:
        return None
    told = score.assessment
    return {
        "number": score.number, "state": told.state.value, "grade": told.grade, "points": stored.plain(told.points)
    }  # fmt: skip
