"""A key unit's budget in its account statement: what it amounted to at the moment, and to whom it is shown."""

from datetime import date, timedelta
from decimal import Decimal

from factories.accounts import held_account
from factories.budgets import PAPER, WHY, approved, line
from factories.identity import authority, engaged, verifier

from backend.budgets import service
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.settings import Settings
from backend.statements.account import gathering
from backend.statements.account.composing import compose
from backend.statements.account.periods import period_of

D = Decimal


async def test_a_statement_tells_of_the_budget_as_it_was_known(databases: Databases, servers) -> None:
    held = await held_account(databases, division="320205")
    before = now()
    bureau = await authority(databases)
    given = await approved(databases, bureau, line("", 2019, "120", account_id=held.id))
    (own,) = given.values()
    between = now()
    async with databases.write(bureau.scope) as write:
        await service.adjust(write, bureau.scope, own.id, tonnes=D("-20.5"), reason=WHY, document=PAPER)
    body = await verifier(databases)
    await engaged(databases, held.holder, body)
    settings: Settings = servers.settings

    async def told(scope=held.scope, moment=None) -> tuple:
        period = period_of(date(2019, 1, 1), date(2019, 12, 31), moment, now())
        async with databases.read(scope) as read:
            (budget,) = compose(await gathering.gather(read, scope, settings, held.id, period)).budgets
        return budget.allowed.value if budget.allowed else None, budget.note.en

    assert await told() == (D("99.5"), "")
    assert await told(bureau.scope) == (D("99.5"), "")
    assert await told(moment=between) == (D(120), "")
    assert await told(moment=before + timedelta(microseconds=1)) == (None, "No budget is set.")
    assert await told(body.scope) == (None, "Budgets are not shown to this reader.")
