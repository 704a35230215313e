"""Whether a verifier is independent of an enterprise, and which steps an assignment allows. Pure.

No document fixes how many years in a row a verifier may work, or how long advice counts against it: both are the
authority's own terms. Without a term for advice the strictest reading holds, and every relation ever recorded counts.
"""

from collections.abc import Collection, Sequence
from datetime import date

from backend.console.errors import AssignmentStepNotAllowed, VerifierNotIndependent
from backend.console.values import (
    ASSIGNMENT_STATE_NAMES,
    RELATION_NAMES,
    AssignmentState,
    InterestCheck,
    Outcome,
    RelationValue,
    TermsValue,
)

OPEN = frozenset({AssignmentState.PROPOSED, AssignmentState.ACCEPTED, AssignmentState.ENGAGED})
"""States in which something is still to be done."""


REMINDERS = (30, 7, 1)
"""Days before an assignment's day on which whoever has to act is reminded."""
LATE = -1
"""What stands in the place of days once its day is over."""


def reminder(days_left: int) -> int | None:
    """Return the narrowest reminder that is due: 30, 7 or 1 days, -1 when it is late, None while there is time."""
    if days_left < 0:
        return LATE
    return min((each for each in REMINDERS if days_left <= each), default=None)


def years_in_a_row(verified: Collection[int], year: int) -> int:
    """Return how many years directly before `year` are among those verified."""
    count = 0
    while year - count - 1 in verified:
        count += 1
    return count


def is_binding(relation: RelationValue, cooling_years: int | None, year: int, on: date) -> bool:
    """Tell whether a relation counts on a day against verifying a year.

    It does while it lasts, when it reached into that year or a later one (nobody verifies what they advised on), and for
    `cooling_years` after its last day; without such a term for ever.
    """
    if relation.ends_on is None or cooling_years is None or relation.ends_on.year >= year:
        return True
    return _years_later(relation.ends_on, cooling_years) >= on


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def check_relations(
    relations: Sequence[RelationValue], terms: TermsValue | None, year: int, on: date
) -> InterestCheck:  # fmt: skip
    """Judge what binds the verifier to the enterprise, on a day, against verifying a year."""
    cooling = None if terms is None else terms.cooling_years
    binding = [each for each in relations if is_binding(each, cooling, year, on)]
    if not binding:
        return InterestCheck("relations", Outcome.PASS, "未登记利害关系。", "No relation that counts is recorded.")
    shown = binding[0]
    until = "" if shown.ends_on is None else shown.ends_on.isoformat()
    return InterestCheck(
        "relations", Outcome.FAIL,
        f"登记有利害关系：{RELATION_NAMES[shown.kind]}（{shown.starts_on.isoformat()} 至 {until or '今'}）。",
        f"A relation is recorded: {shown.kind.value}, {shown.starts_on.isoformat()} to {until or 'now'}.",
    )  # fmt: skip


def check_rotation(verified: Collection[int], terms: TermsValue | None, year: int) -> InterestCheck:
    """Judge how many years in a row the verifier has verified this account."""
    row = years_in_a_row(verified, year)
    if terms is None or terms.most_years is None:
        return InterestCheck(
            "rotation", Outcome.PASS, f"此前已连续核查 {row} 年；本地区未设连续核查年限。",
            f"{row} years in a row before; no limit is set here.",
        )  # fmt: skip
    outcome = Outcome.FAIL if row >= terms.most_years else Outcome.PASS
    return InterestCheck(
        "rotation", outcome, f"此前已连续核查 {row} 年，本地区规定最多连续 {terms.most_years} 年。",
        f"{row} years in a row before; at most {terms.most_years} are allowed here.",
    )  # fmt: skip


def check_declaration(state: AssignmentState | None) -> InterestCheck:
    """Judge whether the verifier has declared to be independent, which it does by accepting."""
    if state in {AssignmentState.ACCEPTED, AssignmentState.ENGAGED, AssignmentState.DONE}:
        return InterestCheck(
            "declaration", Outcome.PASS, "核查机构已声明独立。", "The verifier has declared to be independent."
        )
    return InterestCheck(
        "declaration", Outcome.UNKNOWN, "核查机构尚未作出独立性声明。",
        "The verifier has not declared to be independent yet.",
    )  # fmt: skip


def require_independence(checks: Sequence[InterestCheck]) -> None:
    """Refuse unless every check passes.

    Raises:
        VerifierNotIndependent: one fails or cannot be told.
    """
    wrong = [each for each in checks if each.outcome is not Outcome.PASS]
    if wrong:
        raise VerifierNotIndependent(
            reasons_zh="".join(each.zh for each in wrong), reasons_en=" ".join(each.en for each in wrong),
            path=("input", "verifierId"),
        )  # fmt: skip


def check_step(state: AssignmentState, *allowed: AssignmentState) -> None:
    """Refuse a step in a state that does not allow it. Raises AssignmentStepNotAllowed."""
    if state not in allowed:
        raise AssignmentStepNotAllowed(
            state=state.value, state_zh=ASSIGNMENT_STATE_NAMES[state], path=("input", "assignmentId")
        )
