"""Pure rules of the city's view: shares, matching, and what a table for the public may tell."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from uuid import UUID

from backend.esg.city.values import CarbonOfficerValue, CityFigure, CityView, RegisterEntryValue, Target
from backend.esg.rating.rubric import FOLDER
from backend.esg.values import Grade, Words

SMALLEST = 5
"""The smallest group a table for the public tells of."""
A_OR_BETTER = (Grade.AAA, Grade.AA, Grade.A)
PLACES = Decimal("0.01")
HIDDEN = Words(
    f"有一组不足 {SMALLEST} 家，为避免推断单个企业而不予列示。",
    f"A group has fewer than {SMALLEST} firms; not told, so that no single one can be inferred.",
)
_DIVIDING = Context(prec=60, rounding=ROUND_HALF_UP)


@cache
def targets(tenant: str) -> Mapping[str, Target]:
    """Return the targets of a jurisdiction's document by code; none where no document is known."""
    path = FOLDER / f"targets-{tenant}.toml"
    if not path.exists():
        return {}
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        each["code"]: Target(
            code=each["code"], name=Words(each["name_zh"], each["name_en"]), value=Decimal(each["value"]),
            unit=each["unit"], by_year=given["by_year"], document=given["document"],
            clause=Words(given["clause_zh"], given["clause_en"]), confidence=given["confidence"],
        )
        for each in given["targets"]
    }  # fmt: skip


def share(count: int, of: int) -> Decimal | None:
    """Return per cent, half up to 0.01; None of nothing."""
    return _DIVIDING.divide(Decimal(count) * 100, Decimal(of)).quantize(PLACES, ROUND_HALF_UP) if of else None


def matched(firm: RegisterEntryValue, claims: Mapping[tuple[str, str], Sequence[UUID]]) -> tuple[UUID | None, bool]:
    """Return a listed firm's account, and whether that cannot be told.

    The account the authority entered counts; without one the only account that claims the stock code. Several claims
    tell nothing.
    """
    if firm.account_id is not None:
        return firm.account_id, False
    found = claims.get((firm.exchange, firm.stock_code), ())
    return (found[0], False) if len(found) == 1 else (None, len(found) > 1)


def is_in_office(officer: CarbonOfficerValue, on: date) -> bool:
    """Return whether somebody is in office on a day."""
    return officer.starts_on <= on and (officer.ends_on is None or on <= officer.ends_on)


def is_safe(counts: Sequence[int]) -> bool:
    """Return whether groups of one whole may be told together: each empty or of five and more.

    One group that is too small hides all of them: from the whole and the others it could be reckoned.
    """
    return all(each == 0 or each >= SMALLEST for each in counts)


def told_to_the_public(view: CityView) -> tuple[list[CityFigure], Mapping[str, int] | None]:
    """Return the figures and grades of a table for the public.

    How many are rated A or better is told when they and the others both are groups of five or more (or nobody); counts by
    grade when every grade is.
    """
    good = sum(view.grades.get(each, 0) for each in A_OR_BETTER)
    others = sum(view.grades.values()) - good
    is_told = is_safe([good, others])
    figures = [
        CityFigure(each.code, each.name, None, each.unit, each.target, HIDDEN)
        if each.code in {"rated_a", "rated"} and not is_told
        else each
        for each in view.figures
    ]
    grades = dict(view.grades) if is_told and is_safe(list(view.grades.values())) else None
    return figures, grades
