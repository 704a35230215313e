"""A bank's portfolio: its borrowers with their scores as consents open them, the terms they get, what they emit.

Emissions and balance sheets are part of the account statement, so they need a consent for `statement`; without one the
borrower's financed emissions are missing, and said to be. All reads of a page are checked and logged in the one
transaction that answers; a revocation waits for it or comes before it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from backend.accounts import service as accounts
from backend.accounts.values import FigureKind, FigureValue
from backend.emissions import service as emissions
from backend.emissions.values import InventoryFacts
from backend.identity.service.elevation import elevated
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.lending.loans.errors import PortfolioDayInvalid
from backend.lending.loans.terms import offered, terms_in_force
from backend.lending.loans.values import BorrowerPlace, GradeTotal, LoanKind, LoanValue, Places, TermsValue
from backend.lending.reading.opening import check_bank, opened_many, told
from backend.lending.rules.financed import Borrower, Financed, Portfolio, financed, together
from backend.lending.values import BorrowerScore, ReadKind

YEARS_BACK = 2
"""Older inventories say nothing of today's loans."""
COUNTED = frozenset({"computed", "submitted", "verified", "closed"})
VERIFIED = frozenset({"verified", "closed"})
PURPOSE = "portfolio"

LOANS = text("""
select l.*, b.as_of, b.outstanding
    from loan l left join lateral (
        select as_of, outstanding from loan_balance
            where bank_id = l.bank_id and loan_id = l.id and as_of <= :day
            order by as_of desc, id desc limit 1
    ) b on true
    where l.bank_id = :bank and l.id > :after and (cast(:code as text) is null or l.credit_code = :code)
    order by l.id limit :most
""")
BORROWERS = text("""
with lent as (
    select l.credit_code, l.kind, l.opened_on, l.grade_at_grant, b.outstanding
        from loan l join lateral (
            select outstanding from loan_balance
                where bank_id = l.bank_id and loan_id = l.id and as_of <= :day
                order by as_of desc, id desc limit 1
        ) b on true
        where l.bank_id = :bank and l.opened_on <= :day and b.outstanding > 0 and l.credit_code > :after
)
select credit_code, count(*) as loans, sum(outstanding) as outstanding,
    coalesce(sum(outstanding) filter (where kind = 'project'), 0) as project,
    (array_agg(grade_at_grant order by opened_on))[1] as grade_at_grant
    from lent group by credit_code order by credit_code limit :most
""")
NO_ID = UUID(int=0)


async def loans(
    read: Read,
    scope: Scope,
    *,
    on: date | None = None,
    credit_code: str | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[LoanValue]:
    """Return the bank's loans, oldest first, with what was outstanding on a day.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `reading.opening.check_bank`.
        PortfolioDayInvalid: a day that has not come.
    """
    bank_id = check_bank(scope, "lending:read")
    rows = await read.rows(
        LOANS,
        {"bank": bank_id, "day": _day(on), "after": after or NO_ID, "code": credit_code, "most": limit},
    )
    return [_loan(row) for row in rows]


async def portfolio(
    write: Write, scope: Scope, *, on: date | None = None, after: str = "", limit: int | None = None
) -> Places:
    """Return the borrowers something is outstanding of on a day, by credit code, with what is known of them now.

    Only borrowers that are returned are read, and find it in their logs.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `reading.opening.check_bank`.
        PortfolioDayInvalid: a day that has not come.
    """
    bank_id = check_bank(scope, "lending:read")
    day = _day(on)
    most = None if limit is None else limit + 1
    found = await write.rows(BORROWERS, {"bank": bank_id, "day": day, "after": after, "most": most})
    rows = found[:limit]
    codes = [row.credit_code for row in rows]
    scores = await _told(write, scope, codes)
    ids = [each[0].account_id for each in scores.values() if len(each) == 1]
    consents = await opened_many(write, scope, ids, "statement", PURPOSE, ReadKind.PORTFOLIO)
    inventories, figures = await _facts(write, list(consents), day)
    terms = await terms_in_force(write, bank_id, day)
    places = [
        _place(row, scores.get(row.credit_code, ()), consents.keys(), inventories, figures, terms) for row in rows
    ]
    return Places(places, has_more=len(found) > len(rows))


def total(places: Sequence[BorrowerPlace]) -> tuple[Portfolio, list[GradeTotal]]:
    """Return the portfolio's financed emissions, and its borrowers and amounts by model and grade."""
    grades: dict[tuple[str | None, str | None], list[Decimal]] = {}
    for each in places:
        grades.setdefault((each.model_code, each.grade), []).append(each.outstanding)
    return together([each.financed for each in places]), [
        GradeTotal(model, grade, len(amounts), sum(amounts, Decimal(0)))
        for (model, grade), amounts in sorted(grades.items(), key=lambda item: (item[0][0] or "~", item[0][1] or "~"))
    ]


def _day(on: date | None) -> date:
    day = on or today()
    if day > today():
        raise PortfolioDayInvalid(day=day.isoformat(), path=("on",))
    return day


async def _told(write: Write, scope: Scope, codes: Sequence[str]) -> dict[str, list[BorrowerScore]]:
    """Return what consents open of each borrower, account by account."""
    found: dict[str, list[BorrowerScore]] = {}
    if codes:
        for each in await told(
            write, scope, codes, what=ReadKind.PORTFOLIO, purpose=PURPOSE, needed="account", is_brief=True
        ):
            found.setdefault(each.credit_code, []).append(each)
    return found


async def _facts(
    write: Write, account_ids: Sequence[UUID], day: date
) -> tuple[Mapping[UUID, InventoryFacts], Mapping[tuple[UUID, int], list[FigureValue]]]:
    """Return each account's newest inventory that counts, of the day's year or before, and the yearly figures.

    As they are known now: the books of a year are closed after it, so on its last day there would be none.
    """
    if not account_ids:
        return {}, {}
    years = [day.year - back for back in range(YEARS_BACK + 1)]
    system = write.scope.as_system()
    async with elevated(write):
        found = await emissions.inventory_facts(write, system, account_ids, years)
        figures = await accounts.figures(write, system, account_ids, years)
    newest: dict[UUID, InventoryFacts] = {}
    for (account_id, year), each in found.items():
        known = newest.get(account_id)
        if each.state in COUNTED and (known is None or year > known.year):
            newest[account_id] = each
    return newest, figures


def _place(
    row: Row[Any],
    opened: Sequence[BorrowerScore],
    consents: Collection[UUID],
    inventories: Mapping[UUID, InventoryFacts],
    figures: Mapping[tuple[UUID, int], list[FigureValue]],
    terms: Mapping[str, TermsValue],
) -> BorrowerPlace:
    holder = opened[0] if opened else None
    score = holder if len(opened) == 1 else None
    is_covered = holder is not None and "statement" in holder.scopes
    is_open = is_covered if score is None else score.account_id in consents
    inventory = inventories.get(score.account_id) if score is not None and is_open else None
    is_valid = score is not None and score.valid_until is not None and score.valid_until >= today()
    grade = score.grade if score is not None and is_valid else None
    model = score.model_code if score is not None else None
    return BorrowerPlace(
        credit_code=row.credit_code,
        loans=row.loans,
        outstanding=row.outstanding,
        project_outstanding=row.project,
        accounts=len(opened),
        account_id=None if score is None else score.account_id,
        name="" if holder is None else holder.holder_name,
        scopes=() if holder is None else holder.scopes,
        ends_on=None if holder is None else holder.ends_on,
        state=None if score is None else score.state,
        grade=grade,
        points=None if score is None else score.points,
        model_code=model,
        valid_until=None if score is None else score.valid_until,
        grade_at_grant=row.grade_at_grant or "",
        inventory_year=None if inventory is None else inventory.year,
        inventory_state=None if inventory is None else inventory.state,
        financed=_financed(row, inventory, figures, is_open=is_open, is_one=len(opened) <= 1),
        terms=None if grade is None else offered(terms, model, grade),
    )


def _financed(
    row: Row[Any],
    inventory: InventoryFacts | None,
    figures: Mapping[tuple[UUID, int], list[FigureValue]],
    *,
    is_open: bool,
    is_one: bool,
) -> Financed:
    if inventory is None:
        return financed(Borrower(row.outstanding, has_consent=is_open, has_one_account=is_one, project=row.project))
    stated = figures.get((inventory.account_id, inventory.year), ())
    known = {each.kind: each.quantity for each in stated if not each.is_withdrawn}
    return financed(
        Borrower(
            outstanding=row.outstanding,
            project=row.project,
            equity=known.get(FigureKind.EQUITY),
            debt=known.get(FigureKind.DEBT),
            enterprise_value=known.get(FigureKind.ENTERPRISE_VALUE),
            scope12=inventory.scope1 + inventory.scope2_location,
            # An inventory that does not account for scope 3 has nothing there: no figure, and no zero.
            scope3=inventory.scope3 or None,
            is_verified=inventory.state in VERIFIED,
        )
    )


def _loan(row: Row[Any]) -> LoanValue:
    return LoanValue(
        row.id, row.reference, row.credit_code, LoanKind(row.kind), row.opened_on, row.ends_on, row.grade_at_grant,
        row.as_of, row.outstanding, row.recorded_at,
    )  # fmt: skip
