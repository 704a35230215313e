"""Scores as a run would store them, and banks that may read them.

world = await lent(databases)                      # Lent: .held .bank .consent
await scored(databases, world.held, grade="B")     # the next score of the account
"""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories import accounts, identity
from factories.accounts import Held
from factories.identity import Made
from sqlalchemy import event, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.identity import service as identity_service
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger.values import Selection
from backend.lending import service as lending
from backend.lending.pledging.values import PledgeDraft, PledgeRequestValue
from backend.scores.models import Score, ScoreStanding

YEAR = 2025
NAMES = {"A": ("优秀", "Excellent"), "B": ("良好", "Good"), "C": ("一般", "Fair")}


@dataclass(frozen=True, slots=True)
class Lent:
    """An enterprise's account, a bank it consented to, and the consent."""

    held: Held
    bank: Made
    consent: UUID


def answer_of(grade: str | None, points: str | None, number: int, cause: str = "asked") -> dict[str, Any]:
    """Return a score's answer as it is stored."""
    zh, en = NAMES.get(grade or "", ("", ""))
    return {
        "id": str(new_id()), "number": number, "cause": cause, "year": YEAR,
        "model": {"code": "plain", "version": 1, "name": {"zh": "示例模型", "en": "Example"}, "is_placeholder": True},
        "state": "graded" if grade else "cannot_tell", "grade": grade, "grade_name": {"zh": zh, "en": en},
        "colour": "green", "points": points, "gates": [], "next_grade": None,
        "helps": [{"zh": "绿色电力占比较高", "en": "A high share of green power"}],
        "harms": [{"zh": "排放强度高于行业平均", "en": "Intensity above the sector's mean"}],
    }  # fmt: skip


def indicators_of(intensity: str) -> dict[str, Any]:
    """Return a score's indicators as they are stored."""
    return {
        "indicators": [
            {"code": "intensity", "points": "61.5", "fact": {"kind": "number", "value": intensity, "unit": "tCO2e/万CNY"}},
            {"code": "green_power", "points": "83.25", "fact": {"kind": "number", "value": "33.3", "unit": "%"}},
        ],
        "changes": [{"indicator": "green_power", "effort": "2.5"}],
    }  # fmt: skip


async def scored(
    databases: Databases, held: Held, *, grade: str | None = "A", points: str | None = "88.75", cause: str = "asked",
    valid_until: date | None = None, intensity: str = "1.2345", model: str = "plain",
) -> UUID:  # fmt: skip
    """Store the next score of an account and return its id."""
    score_id, moment = new_id(), now()
    async with databases.write(Scope.system(held.scope.tenant)) as write:
        number = 1 + (
            await write.value(select(func.coalesce(func.max(Score.number), 0)).where(Score.account_id == held.id))
        )
        await write.run(
            insert(Score).values(
                account_id=held.id, id=score_id, number=number, year=YEAR, model_code=model, model_version=1,
                state="graded" if grade else "cannot_tell", points=None if points is None else Decimal(points),
                grade=grade, computed_at=moment, valid_until=valid_until or today() + timedelta(days=90), cause=cause,
                inputs=[{"kind": "Inventory", "id": str(new_id()), "version": "3"}], as_of=moment, fingerprint=score_id.hex * 2,
                answer=json.dumps(answer_of(grade, points, number, cause), ensure_ascii=False),
                indicators=json.dumps(indicators_of(intensity), ensure_ascii=False),
            )
        )  # fmt: skip
        # A worker of some other test may score the same account next: it counts from here, and does not read this one.
        stands = {"number": number}
        await write.run(
            upsert(ScoreStanding)
            .values(account_id=held.id, **stands)
            .on_conflict_do_update(index_elements=[ScoreStanding.account_id], set_=stands)
        )
    return score_id


async def lent(
    databases: Databases, *, scopes: tuple[str, ...] = ("score",), bank: Made | None = None, is_scored: bool = True,
    tenant: str = "wuxi",
) -> Lent:  # fmt: skip
    """Make an enterprise with an account and a score, and a bank it consents to."""
    held = await accounts.held_account(databases, tenant=tenant)
    lender = bank or await identity.bank(databases, tenant=tenant)
    consent = await identity.consented(databases, held.holder, lender, scopes)
    if is_scored:
        await scored(databases, held)
    return Lent(held, lender, consent)


async def pledge_asked(databases: Databases, lender: Made, held: Held, **given: Any) -> PledgeRequestValue:
    """Let a bank ask for a pledge of one CCER, or what is given instead (`units`, `reference`, ...)."""
    usual: dict[str, Any] = {"units": Selection("CCER", Decimal(1)), "reference": "L-1", "purpose": "流动资金贷款"}
    async with databases.write(lender.scope) as write:
        return await lending.request_pledge(write, lender.scope, held.id, PledgeDraft(**{**usual, **given}))


async def revoked(databases: Databases, world: Lent) -> None:
    """Let the enterprise revoke the consent."""
    async with databases.write(world.held.scope) as write:
        await identity_service.revoke_consent(write, world.held.scope, consent_id=world.consent)


@contextmanager
def counted(databases: Databases) -> Generator[list[str]]:
    """Collect the statements that read or write business rows meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not any(word in statement for word in ("set_config", "revoked_token", "signing_key")):
            seen.append(statement)

    engine = databases.engine("wuxi").sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
