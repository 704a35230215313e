"""Pure rules of the citizens' points: what an act earns, what can be terms, who is first, and what is told of whom.

No figure of the scheme stands here: prices, caps and spans are set by an administrator with the document they rest on.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from backend.credits.citizens.errors import (
    AlreadyJudged,
    BatchInvalid,
    RankingInvalid,
    RewardInvalid,
    SceneTermsInvalid,
    SecondPersonNeeded,
    SubjectInvalid,
)
from backend.credits.citizens.values import Document, SceneTerms, SceneValue, State
from backend.credits.programmes.rules import ROUNDINGS, WIDE, is_sane, text
from backend.kit.errors import Invalid
from backend.kit.quantities import EXACT
from backend.kit.scope import Scope
from backend.tenants.values import Rounding

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is taken for a digit, or for another letter."""
NUMBER_SIGNS, VOUCHER_SIGNS, GROUP = 10, 16, 4
"""Fifty bits of chance name a citizen; eighty a voucher, which stands for something of worth."""
SUBJECT = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{16,64}")
IDENTITY = re.compile(r"\d{17}[\dXx]")
"""A resident's identity number: 17 digits and a check sign."""
MOST_ROWS = 500
MOST_LATE_DAYS, MOST_MONTHS = 366, 600
MOST_STOCK = 10**9
MOST_PLACES = 1000
LEAST_CITIZENS = 5
"""Fewer in a list would point at persons: the same limit as open data of small groups."""
FIRST_YEAR = 2012
STATES_ZH = {"draft": "待审批", "approved": "已批准", "rejected": "已驳回"}
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Award:
    """What an act earns: by the terms, after rounding and caps, and whether a cap took something."""

    computed: Decimal
    points: Decimal
    is_capped: bool


def award(terms: SceneTerms | SceneValue, quantity: Decimal, scale: int, *, of_day: Decimal, of_year: Decimal) -> Award:
    """Return what an act earns: quantity x points a unit, rounded to what a point can hold, cut at the caps.

    `of_day` and `of_year` are the citizen's points of the scene before, on that day and in that calendar year.
    """
    computed = EXACT.multiply(quantity, terms.points_per_unit)
    whole = rounded(computed, terms.rounding, scale)
    room = [EXACT.subtract(cap, used) for cap, used in ((terms.cap_day, of_day), (terms.cap_year, of_year)) if cap]
    points = max(Decimal(0), min([whole, *room]))
    return Award(computed, points, is_capped=points < whole)


def rounded(value: Decimal, how: Rounding, scale: int) -> Decimal:
    """Return a value rounded to so many decimals."""
    return value.quantize(Decimal(1).scaleb(-scale), rounding=ROUNDINGS[how], context=WIDE)


def check_terms(terms: SceneTerms, scale: int) -> None:
    """Refuse figures that cannot be the terms of a scene.

    Raises:
        SceneTermsInvalid: names the first.
    """
    for field, value in (
        ("pointsPerUnit", terms.points_per_unit),
        ("capDay", terms.cap_day),
        ("capYear", terms.cap_year),
    ):
        if value is not None and (not is_sane(value) or value <= 0):
            raise _terms(field, value, "it must be above zero and of a size that occurs", "应大于零且处于合理范围")
    for field, value in (("capDay", terms.cap_day), ("capYear", terms.cap_year)):
        if value is not None and value != rounded(value, Rounding.DOWN, scale):
            raise _terms(field, value, f"points have {scale} decimals", f"积分保留 {scale} 位小数")
    if terms.cap_day is not None and terms.cap_year is not None and terms.cap_day > terms.cap_year:
        raise _terms("capDay", terms.cap_day, "it is above the cap of the year", "不应超过年度上限")
    for field, value, most in (
        ("validityMonths", terms.validity_months, MOST_MONTHS), ("lateDays", terms.late_days, MOST_LATE_DAYS),
    ):  # fmt: skip
        if not 0 <= value <= most:
            raise _terms(field, value, f"it must be 0 to {most}", f"应为 0 至 {most}")


def _terms(field: str, value: object, reason_en: str, reason_zh: str) -> SceneTermsInvalid:
    return SceneTermsInvalid(
        field=field, value=_shown(value), reason_en=reason_en, reason_zh=reason_zh, path=("input", field)
    )


def _shown(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def check_subject(subject: str) -> str:
    """Return the platform's key of a citizen.

    Raises:
        SubjectInvalid: too short or long, other signs, no letter, or an identity number.
    """
    plain = subject.strip()
    if not SUBJECT.fullmatch(plain) or IDENTITY.fullmatch(plain):
        raise SubjectInvalid(path=("input", "citizens"))
    return plain


def check_rows(rows: Sequence[object]) -> None:
    """Refuse a batch without rows, or with too many. Raises BatchInvalid."""
    if not 1 <= len(rows) <= MOST_ROWS:
        raise BatchInvalid(most=MOST_ROWS, rows=len(rows), path=("input", "rows"))


def document(given: Document) -> Document:
    """Return a document without blanks around its words. Raises TextNotFit."""
    return Document(
        text(given.title, "documentTitle"), text(given.number, "documentNumber", is_needed=False), given.dated
    )


def check_judge(scope: Scope, state: State, drafted_by: UUID | None) -> None:
    """Refuse to decide twice, or on what one drafted oneself.

    Raises:
        AlreadyJudged, SecondPersonNeeded: in this order.
    """
    if state is not State.DRAFT:
        raise AlreadyJudged(state=state.value, state_zh=STATES_ZH[state.value])
    if scope.actor_id is not None and scope.actor_id == drafted_by:
        raise SecondPersonNeeded


def check_reward(points: Decimal, stock: int, yearly: int | None, first_day: date, last_day: date, scale: int) -> None:
    """Refuse a price, stock or span that cannot be.

    Raises:
        RewardInvalid: names the first.
    """
    if not is_sane(points) or points <= 0 or points != rounded(points, Rounding.DOWN, scale):
        raise _of(
            RewardInvalid,
            "points",
            points,
            f"above zero, with at most {scale} decimals",
            f"应大于零且至多 {scale} 位小数",
        )
    for field, value in (("stock", stock), ("yearly", yearly)):
        if value is not None and not 0 < value <= MOST_STOCK:
            raise _of(RewardInvalid, field, value, "above zero, and no more than exist", "应大于零且处于合理范围")
    if last_day < first_day:
        raise _of(RewardInvalid, "lastDay", last_day, "it lies before the first day", "早于起始日期")


def check_ranking(year: int, places: int, today: date) -> None:
    """Refuse a year that is not over, or a number of places that cannot be.

    Raises:
        RankingInvalid: names the first.
    """
    if not FIRST_YEAR <= year < today.year:
        raise _of(RankingInvalid, "year", year, "the year is not over, or too long ago", "该年度尚未结束或过于久远")
    if not 1 <= places <= MOST_PLACES:
        raise _of(RankingInvalid, "places", places, f"it must be 1 to {MOST_PLACES}", f"应为 1 至 {MOST_PLACES}")


def _of(kind: type[Invalid], field: str, value: object, reason_en: str, reason_zh: str) -> Invalid:
    return kind(field=field, value=_shown(value), reason_en=reason_en, reason_zh=reason_zh, path=("input", field))


def places(earned: Iterable[tuple[K, Decimal]], most: int) -> list[tuple[int, K, Decimal]]:
    """Return the first `most` places (place, who, points), the highest first; equal points share a place.

    Who shares the last place is in, however many: nobody is left out by chance.
    """
    found: list[tuple[int, K, Decimal]] = []
    for position, (who, points) in enumerate(sorted(earned, key=lambda each: -each[1]), 1):
        place = found[-1][0] if found and found[-1][2] == points else position
        if place > most:
            break
        found.append((place, who, points))
    return found


def fresh(prefix: str, signs: int) -> str:
    """Return a code of so many random signs in groups of four."""
    plain = "".join(secrets.choice(ALPHABET) for _ in range(signs))
    return "-".join((prefix, *(plain[at : at + GROUP] for at in range(0, signs, GROUP))))


def masked(number: str) -> str:
    """Return a citizen's number as a list for everybody shows it: its owner knows it, nobody else can tell."""
    prefix, *groups = number.split("-")
    plain = "".join(groups)
    return f"{prefix}-{plain[:2]}{'*' * (len(plain) - 4)}{plain[-2:]}"


def is_in_time(day: date, late_days: int, today: date) -> bool:
    """Tell whether an act of a day may be told today."""
    return today - timedelta(days=late_days) <= day <= today


def in_force(versions: Iterable[SceneValue], day: date) -> SceneValue | None:
    """Return the version of a scene that holds on a day: the approved one that began last, the newest of these."""
    begun = [each for each in versions if each.state is State.APPROVED and each.valid_from <= day]
    return max(begun, key=lambda each: (each.valid_from, each.version), default=None)
