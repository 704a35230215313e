"""The bank's side of the demonstration: consents given, taken back and asked for; its loans; its terms for grades."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import text

from backend.demo.acting import acting
from backend.demo.standing.plan import ConsentPlan, LoanPlan
from backend.demo.units.cast import Cast
from backend.identity import service as identity
from backend.kit.clock import today
from backend.kit.db import Write
from backend.lending import service as lending
from backend.lending.loans.values import GradeTerms, LoanDraft
from backend.scores import service as scores

BANK = "bank"
OPEN_FOR = timedelta(days=730)


async def consents(write: Write, cast: Cast, plans: Sequence[ConsentPlan]) -> bool:
    """Make every consent and request that is not there; False when all are."""
    bank = cast.parties[BANK]
    made = False
    codes = await _credit_codes(write, cast)
    for plan in plans:
        player = cast.players[plan.enterprise]
        table = "consent_request" if plan.is_asked else "consent"
        known = text(f"select id from {table} where bank_id = :bank and enterprise_id = :enterprise limit 1")
        if await write.value(known, {"bank": bank.id, "enterprise": player.party.id}) is not None:
            continue
        made, first = True, today()
        if plan.is_asked:
            async with acting(write, bank, "admin") as (played, admin):
                await identity.request_consent(
                    played, admin, asked_for=codes[plan.enterprise], scopes=plan.scopes, purpose=plan.purpose,
                    starts_on=first, ends_on=first + OPEN_FOR, message="授信评审需要（演示）",
                )  # fmt: skip
            continue
        async with acting(write, player.party, "officer") as (played, officer):
            consent_id = await identity.grant_consent(
                played, officer, bank_id=bank.id, scopes=plan.scopes, purpose=plan.purpose, starts_on=first,
                ends_on=first + OPEN_FOR,
            )  # fmt: skip
            if plan.is_revoked:
                await identity.revoke_consent(played, officer, consent_id=consent_id)
    return made


async def loans(write: Write, cast: Cast, plans: Sequence[LoanPlan]) -> bool:
    """Record the bank's loans with their balances; False when it has some."""
    bank = cast.parties[BANK]
    if await write.value(text("select id from loan where bank_id = :bank limit 1"), {"bank": bank.id}) is not None:
        return False
    codes = await _credit_codes(write, cast)
    drafts = [
        LoanDraft(
            plan.reference, codes[plan.enterprise], plan.kind, plan.opened_on, plan.ends_on, day, amount, plan.grade
        )
        for plan in plans
        for day, amount in plan.balances
    ]
    async with acting(write, bank, "admin") as (played, admin):
        await lending.record_loans(played, admin, drafts)
    return True


async def terms(write: Write, cast: Cast, grades: Sequence[GradeTerms]) -> bool:
    """Record what the bank offers the grades of the model in force; False when it offers something."""
    bank = cast.parties[BANK]
    known = text("select id from loan_terms where bank_id = :bank limit 1")
    if await write.value(known, {"bank": bank.id}) is not None:
        return False
    model = await scores.active_model(write, write.scope, today())
    named = {each.code for each in model.content.grades}
    async with acting(write, bank, "admin") as (played, admin):
        await lending.record_terms(
            played, admin, model_code=model.content.code, valid_from=today(),
            grades=[each for each in grades if each.grade in named], note="演示条件，非真实银行报价",
        )  # fmt: skip
    return True


async def _credit_codes(write: Write, cast: Cast) -> Mapping[str, str]:
    rows = await write.rows(
        text("select id, credit_code from organisation where id = any(:ids)"),
        {"ids": [each.party.id for each in cast.players.values()]},
    )  # fmt: skip
    found = {row.id: row.credit_code for row in rows}
    return {code: found[each.party.id] for code, each in cast.players.items()}
