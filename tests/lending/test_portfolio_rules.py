"""Financed emissions: attribution, scores of data quality, sums; what is not known is not invented."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backend.lending.rules.financed import Base, Borrower, Missing, financed, together

D = Decimal
AMOUNTS = st.decimals(min_value=0, max_value=D("1e12"), places=2)


def test_unlisted_is_set_against_equity_and_debt() -> None:
    found = financed(
        Borrower(D(30_000_000), D(80_000_000), D(40_000_000), None, D("12000.5"), D(600), is_verified=True)
    )
    assert (found.attribution, found.base, found.quality) == (D("0.25"), Base.EQUITY_AND_DEBT, 1)
    assert (found.scope12, found.scope3) == (D("3000.125"), D(150))


def test_listed_is_set_against_enterprise_value_and_unverified_scores_two() -> None:
    found = financed(Borrower(D(10), D(1), D(1), D(40), D(100), None))
    assert (found.attribution, found.base, found.quality) == (D("0.25"), Base.ENTERPRISE_VALUE, 2)
    assert (found.scope12, found.scope3) == (D(25), None)


def test_negative_equity_counts_as_nothing() -> None:
    assert financed(Borrower(D(10), D(-50), D(40), None, D(100))).attribution == D("0.25")


def test_no_more_than_all_is_attributed() -> None:
    found = financed(Borrower(D(100), D(10), D(40), None, D(70), D(3)))
    assert (found.attribution, found.scope12, found.scope3, found.is_capped) == (D(1), D(70), D(3), True)


def test_what_is_not_known_is_told_as_missing() -> None:
    for borrower, why in (
        (Borrower(D(1), has_consent=False), Missing.CONSENT),
        (Borrower(D(1), D(1), D(1), None, D(5), has_one_account=False), Missing.SEVERAL_ACCOUNTS),
        (Borrower(D(1), D(1), D(1)), Missing.INVENTORY),
        (Borrower(D(1), D(1), None, None, D(5)), Missing.BALANCE_SHEET),
        (Borrower(D(1), D(-1), D(0), None, D(5)), Missing.VALUE_NOT_POSITIVE),
    ):
        found = financed(borrower)
        assert (found.missing, found.attribution, found.scope12, found.quality) == (why, None, None, None)


def test_a_portfolio_weights_quality_by_what_is_owed_and_counts_what_is_missing() -> None:
    parts = [
        financed(Borrower(D(30), D(50), D(50), None, D(100), D(10), is_verified=True)),
        financed(Borrower(D(10), D(50), D(50), None, D(100))),
        financed(Borrower(D(60), has_consent=False)),
    ]
    found = together(parts)
    assert (found.outstanding, found.told, found.coverage) == (D(100), D(40), D("0.4"))
    assert (found.scope12, found.scope3, found.quality) == (D(40), D(3), D("1.25"))
    assert found.scope3_told == D(30)
    assert found.missing == {Missing.CONSENT: 1}
    assert together([]).coverage is None
    assert (together(parts[1:]).scope3, together(parts[1:]).scope3_told) == (None, D(0))


def test_a_loan_for_a_project_is_not_set_against_the_firm() -> None:
    found = financed(Borrower(D(40), D(50), D(50), None, D(100), None, is_verified=True, project=D(10)))
    assert (found.outstanding, found.attributed, found.attribution, found.scope12) == (D(40), D(30), D("0.3"), D(30))
    alone = financed(Borrower(D(10), D(50), D(50), None, D(100), project=D(10)))
    assert (alone.missing, alone.scope12, alone.attributed) == (Missing.PROJECT, None, D(0))
    sums = together([found, alone])
    assert (sums.outstanding, sums.told, sums.coverage, sums.quality) == (D(50), D(30), D("0.6"), D(1))


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_lenders_together_never_finance_more_than_the_borrower_emits(
    one: Decimal, other: Decimal, rest: Decimal, emissions: Decimal
) -> None:
    worth = one + other + rest
    parts = [financed(Borrower(each, rest, one + other, None, emissions)) for each in (one, other)]
    if worth == 0:
        assert {each.missing for each in parts} == {Missing.VALUE_NOT_POSITIVE}
    else:
        told = sum((each.scope12 or D(0) for each in parts), D(0))
        assert told <= emissions + D("0.000001")
