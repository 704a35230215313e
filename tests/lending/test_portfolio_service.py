"""A bank's loans and its portfolio: stored whole or not at all, seen by the bank alone, emissions only under consent."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from factories import figures, identity
from factories.accounts import held_account
from factories.identity import bank, consented
from factories.lending import lent, scored
from factories.scores import Year, a_sector, made_firm
from sqlalchemy import text

from backend.identity.errors import CreditCodeInvalid
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.kit.scope import Scope
from backend.lending import service
from backend.lending.errors import BanksOnly
from backend.lending.loans import errors
from backend.lending.loans.terms import offered, terms_in_force
from backend.lending.loans.values import GradeTerms, LoanDraft, LoanKind
from backend.lending.rules.financed import Base, Missing
from backend.scores import service as scores

D = Decimal
OPENED = date(2024, 3, 1)


def draft(code: str, reference: str = "L-1", outstanding: str = "30000000", **given: Any) -> LoanDraft:
    usual: dict[str, Any] = {
        "reference": reference, "credit_code": code, "kind": LoanKind.WORKING_CAPITAL, "opened_on": OPENED,
        "ends_on": None, "as_of": today() - timedelta(days=1), "outstanding": D(outstanding), "grade_at_grant": "B",
    }  # fmt: skip
    return LoanDraft(**{**usual, **given})


async def record(databases: Databases, lender: identity.Made, *drafts: LoanDraft) -> Any:
    async with databases.write(lender.scope) as write:
        return await service.record_loans(write, lender.scope, drafts)


async def listed(databases: Databases, lender: identity.Made, **given: Any) -> list[Any]:
    async with databases.read(lender.scope) as read:
        return await service.loans(read, lender.scope, limit=100, **given)


async def places(databases: Databases, lender: identity.Made, **given: Any) -> list[Any]:
    async with databases.write(lender.scope) as write:
        return list((await service.portfolio(write, lender.scope, **given)).borrowers)


async def test_loans_take_balances_day_by_day_and_say_nothing_twice(databases: Databases) -> None:
    lender, borrower = await bank(databases), await identity.enterprise(databases)
    first = draft(borrower.credit_code, as_of=date(2025, 6, 30))
    assert await record(databases, lender, first) == service_stored(1, 1)
    assert await record(databases, lender, first) == service_stored(0, 0)
    later = draft(borrower.credit_code, outstanding="20000000", as_of=date(2025, 12, 31))
    assert await record(databases, lender, later) == service_stored(0, 1)
    corrected = draft(borrower.credit_code, outstanding="19999999.99", as_of=date(2025, 12, 31))
    assert await record(databases, lender, corrected) == service_stored(0, 1)
    (now,) = await listed(databases, lender)
    assert (now.reference, now.outstanding, now.as_of) == ("L-1", D("19999999.99"), date(2025, 12, 31))
    (then,) = await listed(databases, lender, on=date(2025, 7, 1))
    assert then.outstanding == D(30000000)
    (before,) = await listed(databases, lender, on=date(2025, 1, 1))
    assert before.outstanding is None


def service_stored(loans: int, balances: int) -> Any:
    from backend.lending.loans.values import Stored  # noqa: PLC0415 - a value to compare with

    return Stored(loans, balances)


async def test_each_refusal_stores_nothing(databases: Databases) -> None:
    lender, borrower = await bank(databases), await identity.enterprise(databases)
    code = borrower.credit_code
    wrong: list[tuple[list[LoanDraft], type[CarbonError]]] = [
        ([], errors.LoansMissing),
        ([draft(code, reference=" ")], errors.LoanReferenceInvalid),
        ([draft(code, reference="x" * 65)], errors.LoanReferenceInvalid),
        ([draft(code[:-1])], CreditCodeInvalid),
        ([draft(code, as_of=today() + timedelta(days=1))], errors.LoanDatesInvalid),
        ([draft(code, as_of=OPENED - timedelta(days=1))], errors.LoanDatesInvalid),
        ([draft(code, ends_on=OPENED - timedelta(days=1))], errors.LoanDatesInvalid),
        ([draft(code, outstanding="-1")], errors.OutstandingInvalid),
        ([draft(code, outstanding="1.001")], errors.OutstandingInvalid),
        ([draft(code, outstanding="NaN")], errors.OutstandingInvalid),
        ([draft(code, outstanding="1e16")], errors.OutstandingInvalid),
        ([draft(code, reference="A"), draft(code, reference="A")], errors.LoanTwice),
        ([draft(code, reference="A"), draft(code, reference="B", outstanding="-1")], errors.OutstandingInvalid),
    ]
    for drafts, kind in wrong:
        with pytest.raises(kind) as caught:
            await record(databases, lender, *drafts)
        assert type(caught.value) is kind
    assert await listed(databases, lender) == []
    await record(databases, lender, draft(code))
    other = await identity.enterprise(databases)
    with pytest.raises(errors.LoanDiffers):
        await record(databases, lender, draft(other.credit_code, as_of=date(2025, 1, 1)))
    for scope, kind in ((borrower.scope, Forbidden), ((await identity.authority(databases)).scope, Forbidden)):
        with pytest.raises(kind):
            async with databases.write(scope) as write:
                await service.record_loans(write, scope, [draft(code)])


async def test_a_bank_alone_sees_its_loans(databases: Databases) -> None:
    lender, other, borrower = await bank(databases), await bank(databases), await identity.enterprise(databases)
    await record(databases, lender, draft(borrower.credit_code))
    assert await listed(databases, other) == []
    city = await identity.authority(databases)
    for scope in (other.scope, borrower.scope, city.scope):
        async with databases.read(scope) as read:
            assert await read.value(text("select count(*) from loan")) == 0
            assert await read.value(text("select count(*) from loan_balance")) == 0
    with pytest.raises((Forbidden, BanksOnly)):
        async with databases.write(city.scope) as write:
            await service.portfolio(write, city.scope)


async def test_financed_emissions_need_a_consent_for_the_statement(databases: Databases) -> None:
    lender = await bank(databases)
    year = today().year - 1
    firm = await made_firm(
        databases, sector=a_sector(), years={year: Year(scope1="600", electricity="400", scope3="50", state="verified")}
    )
    code = firm.held.holder.credit_code
    await figures.recorded(
        databases, firm.held, year, figures.figure("equity", "80000000"), figures.figure("debt", "40000000")
    )
    await record(
        databases, lender, draft(code, "L-1", "10000000"), draft(code, "L-2", "20000000", opened_on=date(2025, 2, 1))
    )
    (blind,) = await places(databases, lender)
    assert (blind.loans, blind.outstanding, blind.account_id, blind.financed.missing) == (
        2, D(30000000), None, Missing.CONSENT,
    )  # fmt: skip
    await consented(databases, firm.held.holder, lender, ("score",))
    (named,) = await places(databases, lender)
    assert (named.account_id, named.financed.missing) == (firm.id, Missing.CONSENT)
    other = await bank(databases)
    early = draft(code, "L-1", "10000000", as_of=date(year, 6, 30))
    await record(databases, other, early, draft(code, "L-1", "10000000"))
    await consented(databases, firm.held.holder, other, ("score", "statement"))
    (seen,) = await places(databases, other)
    assert seen.inventory_year == year
    assert (seen.financed.base, seen.financed.quality) == (Base.EQUITY_AND_DEBT, 1)
    assert seen.financed.attribution == D("0.083333333333")
    assert seen.financed.scope12 == D("83.333333")
    (then,) = await places(databases, other, on=date(year, 12, 31))
    assert (then.financed.missing, then.inventory_year) == (None, year)
    assert await places(databases, other, on=date(2024, 2, 29)) == []
    sums, grades = service.total([seen])
    assert (sums.coverage, sums.quality, [each.outstanding for each in grades]) == (D(1), D(1), [D(10000000)])
    async with databases.read(firm.held.holder.scope) as read:
        log = await service.reads_of(read, firm.held.holder.scope, limit=50)
    assert {each.what for each in log} == {"portfolio"}
    assert {each.bank_id for each in log} == {lender.id, other.id}


async def test_scope_3_that_is_not_accounted_for_is_no_zero_and_a_day_to_come_is_refused(databases: Databases) -> None:
    year = today().year - 1
    firm = await made_firm(
        databases, sector=a_sector(), years={year: Year(scope1="600", electricity="400", state="verified")}
    )
    await figures.recorded(
        databases, firm.held, year, figures.figure("equity", "80000000"), figures.figure("debt", "40000000")
    )
    lender = await bank(databases)
    await consented(databases, firm.held.holder, lender, ("statement",))
    await record(databases, lender, draft(firm.held.holder.credit_code, "L-1", "10000000"))
    (seen,) = await places(databases, lender)
    assert (seen.financed.scope12, seen.financed.scope3) == (D("83.333333"), None)
    sums, _ = service.total([seen])
    assert (sums.scope3, sums.scope3_told) == (None, D(0))
    for asked in (
        places(databases, lender, on=today() + timedelta(days=1)),
        listed(databases, lender, on=date(2099, 1, 1)),
    ):
        with pytest.raises(errors.PortfolioDayInvalid):
            await asked


async def test_an_enterprise_with_several_accounts_is_told_as_such(databases: Databases) -> None:
    world = await lent(databases, scopes=("score", "statement"))
    other = await held_account(databases, holder=world.held.holder)
    await scored(databases, other, grade="C")
    await record(databases, world.bank, draft(world.held.holder.credit_code))
    (place,) = await places(databases, world.bank)
    assert (place.accounts, place.account_id, place.grade, place.terms) == (2, None, None, None)
    assert (place.scopes, place.financed.missing) == (("score", "statement"), Missing.SEVERAL_ACCOUNTS)
    assert place.name != ""


async def in_force(databases: Databases) -> tuple[str, list[str]]:
    """Return the score model everybody is scored by, and its grades."""
    async with databases.read(Scope.system("wuxi")) as read:
        model = await scores.active_model(read, Scope.system("wuxi"), today())
    return model.code, [each.code for each in model.content.grades]


async def test_terms_are_dated_versions(databases: Databases) -> None:
    lender = await bank(databases)
    model, (best, second_best, *_) = await in_force(databases)
    usual: dict[str, Any] = {
        "model_code": model, "valid_from": today(),
        "grades": [GradeTerms(best, D(5_000_000), D("-30"), 36), GradeTerms(second_best, None, D(0), None)],
    }  # fmt: skip

    async def put(**given: Any) -> Any:
        async with databases.write(lender.scope) as write:
            return await service.record_terms(write, lender.scope, **{**usual, **given})

    async def listed() -> list[Any]:
        async with databases.read(lender.scope) as read:
            return await service.terms_versions(read, lender.scope, limit=10)

    first, second = await put(), await put(valid_from=today() + timedelta(days=9), note="明年")
    assert [each.version for each in (first, second)] == [1, 2]
    assert await listed() == [second, first]
    for wrong, kind in (
        ({"grades": []}, errors.TermsInvalid),
        ({"model_code": " "}, errors.TermsInvalid),
        ({"grades": [GradeTerms(best, None, None, None)] * 2}, errors.TermsInvalid),
        ({"grades": [GradeTerms(f" {best}", D(1), None, None), GradeTerms(best, D(1), None, None)]}, errors.TermsInvalid),
        ({"grades": [GradeTerms(best, D(0), None, None)]}, errors.TermsInvalid),
        ({"grades": [GradeTerms(best, D("1.001"), None, None)]}, errors.TermsInvalid),
        ({"grades": [GradeTerms(best, D("1e16"), None, None)]}, errors.TermsInvalid),
        ({"grades": [GradeTerms(best, D("nan"), None, None)]}, errors.TermsInvalid),
        ({"grades": [GradeTerms(best, None, D(1001), None)]}, errors.TermsInvalid),
        ({"grades": [GradeTerms(best, None, D("0.001"), None)]}, errors.TermsInvalid),
        ({"grades": [GradeTerms(best, None, None, 0)]}, errors.TermsInvalid),
        ({"grades": [GradeTerms(best, None, None, 481)]}, errors.TermsInvalid),
        ({"grades": [GradeTerms(best, None, None, None, "字" * 501)]}, errors.TermsInvalid),
        ({"note": "字" * 501}, errors.TermsInvalid),
        ({"valid_from": today() - timedelta(days=1)}, errors.TermsDayInvalid),
        ({"valid_from": today() + timedelta(days=366 * 5 + 1)}, errors.TermsDayInvalid),
        ({"model_code": "nobody_knows_it"}, errors.TermsModelUnknown),
        ({"grades": [GradeTerms(best, None, None, 1), GradeTerms("AAAA", None, None, 1)]}, errors.TermsGradeUnknown),
    ):  # fmt: skip
        with pytest.raises(kind):
            await put(**wrong)
    assert await listed() == [second, first]
    async with databases.read((await bank(databases)).scope) as read:
        assert await read.value(text("select count(*) from loan_terms")) == 0


async def test_an_unknown_model_or_grade_is_refused_with_what_there_is(databases: Databases) -> None:
    lender = await bank(databases)
    model, grades = await in_force(databases)

    async def put(model_code: str, *named: str) -> None:
        given = [GradeTerms(each, D(1), None, None) for each in named]
        async with databases.write(lender.scope) as write:
            await service.record_terms(write, lender.scope, model_code=model_code, valid_from=today(), grades=given)

    with pytest.raises(errors.TermsModelUnknown) as unknown:
        await put("nobody_knows_it", grades[0])
    assert unknown.value.path == ("input", "modelCode")
    assert model in str(unknown.value.details["known"]).split(", ")
    with pytest.raises(errors.TermsGradeUnknown) as grade:
        await put(model, grades[0], "AAAA")
    assert grade.value.path == ("input", "grades", "1", "grade")
    assert set(grades) <= set(str(grade.value.details["known"]).split(", "))


async def test_versions_do_not_overlap_unless_one_replaces(databases: Databases) -> None:
    lender = await bank(databases)
    model, (best, *_) = await in_force(databases)

    async def put(days: int, limit: int, *, is_replacing: bool = False) -> None:
        async with databases.write(lender.scope) as write:
            await service.record_terms(
                write, lender.scope, model_code=model, valid_from=today() + timedelta(days=days),
                grades=[GradeTerms(best, D(limit), None, None)], is_replacing=is_replacing,
            )  # fmt: skip

    async def offers(days: int) -> Any:
        async with databases.read(lender.scope) as read:
            found = offered(await terms_in_force(read, lender.id, today() + timedelta(days=days)), model, best)
        return None if found is None else found.limit_cny

    await put(5, 1)
    await put(20, 2)
    for days in (0, 5, 10, 20):
        with pytest.raises(errors.TermsOverlap) as refused:
            await put(days, 3)
        assert refused.value.details["version"] == 2
    assert [await offers(each) for each in (0, 5, 19, 20)] == [None, D(1), D(1), D(2)]
    await put(10, 3, is_replacing=True)
    assert [await offers(each) for each in (0, 5, 9, 10, 20)] == [None, D(1), D(1), D(3), D(3)]
    await put(30, 4)
    assert [await offers(each) for each in (29, 30)] == [D(3), D(4)]
