"""Regional programmes of the demonstration: projects, scenes, participants' points, households' trees.

Terms the demonstration sets over a placeholder's name it as their document, so no answer shows them as official.
"""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from backend.accounts import service as accounts
from backend.credits.programmes import service as programmes
from backend.demo.acting import acting
from backend.demo.units.cast import Cast, Player
from backend.demo.units.plan import ProgrammePlan, TreesPlan
from backend.kit.clock import today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.storage import Storage, key_of
from backend.tenants.values import RetirementPurpose

DOCUMENT = "演示设定，不是官方数值"
EVIDENCE = "演示证明材料：数据为虚构，仅用于演示。\n".encode()


async def programme(write: Write, cast: Cast, storage: Storage, plan: ProgrammePlan) -> bool:
    """Take one project or scene from registration to issue and use; False when it is there."""
    known = text("select id from programme_registration where programme = :programme and code = :code limit 1")
    if await write.value(known, {"programme": plan.programme, "code": plan.code}) is not None:
        return False
    if plan.terms:
        async with acting(write, cast.city, "admin") as (played, admin):
            await programmes.configure(
                played, admin, programme=plan.programme, methodology=plan.methodology, terms=plan.terms,
                valid_from=plan.period_from, document=DOCUMENT, reason="演示",
            )  # fmt: skip
    player = cast.players.get(plan.enterprise)
    # An authority acts for participants: they are citizens, and nobody signs in for them.
    party, part = (cast.city, "clerk") if player is None else (player.party, "officer")
    holder_id = await _participant(write, cast, plan) if player is None else player.account_id
    evidence = [] if player is None else [await _evidence(write, storage, player, plan)]
    async with acting(write, party, part) as (played, scope):
        registration = await programmes.register(
            played, scope, holder_id=holder_id, programme=plan.programme, methodology=plan.methodology,
            code=plan.code, name=plan.name, description="演示数据",
        )  # fmt: skip
    async with acting(write, cast.city, "admin") as (played, admin):
        await programmes.decide_registration(
            played, admin, account_id=holder_id, registration_id=registration.id, is_approved=True, reason="演示"
        )
    async with acting(write, party, part) as (played, scope):
        submitted = await programmes.submit(
            played, scope, account_id=holder_id, registration_id=registration.id, period_from=plan.period_from,
            period_to=plan.period_to, inputs=plan.inputs, evidence_ids=evidence,
            reference="" if evidence else "演示台账",
        )  # fmt: skip
    async with acting(write, cast.city, "admin") as (played, admin):
        await programmes.decide(
            played, admin, account_id=holder_id, submission_id=submitted.id, is_approved=True, reason="演示"
        )
    async with acting(write, party, part) as (played, scope):
        await programmes.retire(
            played, scope, holder_id=holder_id, programme=plan.programme, purpose=RetirementPurpose(plan.purpose),
            beneficiary=plan.beneficiary, quantity=Decimal(plan.retired), note="演示数据",
        )  # fmt: skip
    return True


async def _participant(write: Write, cast: Cast, plan: ProgrammePlan) -> UUID:
    async with acting(write, cast.city, "clerk") as (played, clerk):
        opened = await programmes.open_participant(
            played, clerk, programme=plan.programme, code=plan.participant, name=plan.participant_name,
            division_code=await _division(write, cast),
        )  # fmt: skip
    return opened.id


async def _division(write: Write, cast: Cast) -> str:
    """Return the code of the whole jurisdiction's division."""
    return await write.value(text("select code from division where path = :path"), {"path": cast.city.region})


async def _evidence(write: Write, storage: Storage, player: Player, plan: ProgrammePlan) -> UUID:
    evidence_id = new_id()
    content = EVIDENCE + f"{plan.code}\n".encode()
    stored = await storage.put(key_of(write.scope.tenant, player.account_id, "evidence", evidence_id), content)
    async with acting(write, player.party, "officer") as (played, officer):
        kept = await accounts.attach_evidence(
            played, officer, account_id=player.account_id, evidence_id=evidence_id,
            file_name=f"{plan.code}-演示证明材料.csv", media_type="text/csv", size=stored.size, sha256=stored.sha256,
            object_key=stored.key, description="演示数据",
        )  # fmt: skip
    return kept.id


async def trees(write: Write, cast: Cast, plan: TreesPlan) -> bool:
    """Register households with their trees, let an enterprise buy some, record that one household was paid."""
    known = text("select id from tree_household where programme = :programme and code = :code")
    if await write.value(known, {"programme": plan.programme, "code": plan.households[0].code}) is not None:
        return False
    async with acting(write, cast.city, "clerk") as (played, clerk):
        for each in plan.households:
            household = await programmes.register_household(
                played, clerk, programme=plan.programme, code=each.code, name=each.name,
                division_code=each.division, mu=each.mu,
            )  # fmt: skip
            await programmes.register_trees(
                played, clerk, household_id=household.id, numbers=[(each.first, each.last)], first_year=plan.year,
                species=plan.species, photographs="演示照片",
            )  # fmt: skip
    player = cast.players[plan.enterprise]
    async with acting(write, player.party, "officer") as (played, officer):
        bought = await programmes.buy_trees(
            played, officer, holder_id=player.account_id, programme=plan.programme, year=plan.year,
            numbers=plan.bought, purpose=RetirementPurpose(plan.purpose), beneficiary=plan.beneficiary,
        )  # fmt: skip
    due = text(
        "select id, yuan from tree_payment where account_id = :account and purchase_id = :id order by id limit 1"
    )
    [payment] = await write.rows(due, {"account": player.account_id, "id": bought.id})
    async with acting(write, cast.city, "clerk") as (played, clerk):
        await programmes.record_payment(
            played, clerk, account_id=player.account_id, payment_id=payment.id, yuan=payment.yuan, paid_on=today(),
            reference="DEMO-PAY-001",
        )  # fmt: skip
    return True
