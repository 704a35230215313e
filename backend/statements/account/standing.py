"""How the account stands in a statement: quota position, budgets, what is due, the green score. Pure."""

from datetime import date, timedelta

from backend.kit.quantities import EXACT
from backend.ledger.values import CCER, CEA
from backend.quotas.service import OFFICIAL, YearStanding
from backend.quotas.values import ObligationBasis
from backend.scores.values import Source, State, Words
from backend.statements.account.emissions import inventory_source, line_marks
from backend.statements.account.emissions import marks as inventory_marks
from backend.statements.account.figuring import UNTOLD, derived, marks_of, taken
from backend.statements.account.gathered import Gathered
from backend.statements.account.values import (
    UNSAID,
    Budget,
    DutyLine,
    Figure,
    Mark,
    Op,
    QuotaPosition,
    ScoreLine,
)
from backend.statements.account.wording import BASES, word

SOON = timedelta(days=90)
"""A monthly duty that is not late is listed when it is due within so many days; others are listed while they are open."""
DONE, LATE = ("done", "done_late"), "late"
"""States of a duty that need no line any more, and the one that always does."""
NOT_DUE = (*DONE, "voluntary")
"""States of a disclosure nobody waits for."""
UNIT, OBLIGATION = "unit", "tCO2"
BUDGET_UNIT = "tCO2e"
SURRENDER = "surrender"
"""The duty that settles a year."""
NO_BUDGET = Words("尚未设定预算。", "No budget is set.")
BUDGET_NOT_SHOWN = Words("碳排放预算不在查看者可见范围内。", "Budgets are not shown to this reader.")
_ALLOWED = Words("重点单位碳排放预算：批准、调整与置换之和", "the key unit's budget: approved, adjusted and moved")
_USED = Words("清单的范围一与位置法范围二之和", "scope 1 and location-based scope 2 of the inventory")
NO_SCORE = Words("尚无绿色评分。", "No green score has been computed.")
_USABLE = Words(
    "当时可用、无需结转即可用于本年度清缴的单位", "units available then that might settle the year without conversion"
)
_GAP = Words(
    "剩余义务减去可用配额，再减去抵销上限以内的可用 CCER",
    "what remains less usable allowances, less usable CCER up to the offset limit",
)
NO_RULE = Words("本年度的清缴规则尚未收录，无法判定。", "The rules of this year are not on record: it cannot be told.")
_CONVERTED = Words("已结转的配额未计入。", "Allowances carried over are not counted.")


def quotas(known: Gathered) -> tuple[QuotaPosition, ...]:
    """Return the position of each compliance year in which the account had a unit or line in the market."""
    return tuple(_position(known, each) for each in known.quotas)


def _position(known: Gathered, each: YearStanding) -> QuotaPosition:
    year, basis = each.year, each.owed.basis
    is_final = basis in {ObligationBasis.ENTERED, ObligationBasis.VERIFIED}
    of_lines = [one for one in known.lines.get(year, ()) if one.scope == 1]
    marks = (
        *(() if is_final else (Mark.UNVERIFIED, Mark.PROVISIONAL)),
        *(() if basis is ObligationBasis.ENTERED else line_marks(of_lines)),
    )
    books = [Source("LedgerAccount", str(known.account.id), known.period.known_at.isoformat())]
    obligation = taken(
        f"quota.obligation.{year}", each.owed.obligation, OBLIGATION, _sources(known, each), words=word(BASES, basis.value),
        marks=() if each.owed.obligation is None else marks,
        note=word(BASES, "none") if each.owed.obligation is None else UNSAID,
    )  # fmt: skip

    def settled(code: str, name: str) -> Figure:
        own = [one for one in each.settled if one.class_code == code]
        return taken(
            f"quota.surrendered.{name}.{year}", each.settled_with(code), UNIT,
            [Source("UnitMovement", str(one.movement_id), "") for one in own],
            words=Words("已清缴且未被冲正", "surrendered and not reversed"),
        )  # fmt: skip

    cea, ccer = settled(CEA, "cea"), settled(CCER, "ccer")
    note = _CONVERTED if each.has_converted else UNSAID
    unruled = note if each.usable_cea is not None else NO_RULE
    return QuotaPosition(
        calendar_year=year,
        basis=basis.value,
        obligation=obligation,
        surrendered_cea=cea,
        surrendered_ccer=ccer,
        remaining=derived(f"quota.remaining.{year}", Op.REMAINDER, [obligation, cea, ccer], UNIT),
        usable_cea=taken(f"quota.usable.cea.{year}", each.usable_cea, UNIT, books, words=_USABLE, note=unruled),
        usable_ccer=taken(
            f"quota.usable.ccer.{year}",
            each.usable_ccer,
            UNIT,
            books,
            words=_USABLE,
            note=UNSAID if each.usable_ccer is not None else NO_RULE,
        ),
        gap=taken(
            f"quota.gap.{year}",
            each.gap,
            UNIT,
            books,
            words=_GAP,
            marks=obligation.marks,
            note=note if each.gap is not None else UNTOLD,
        ),
        due_on=each.due,
        settled_on=_surrendered_on(each) if each.owed.is_verified and each.remaining == 0 else None,
        is_closed=each.closed is not None,
    )


def _surrendered_on(year: YearStanding) -> date | None:
    return next((each.done_on for each in year.duties if each.duty.kind.value == SURRENDER), None)


def _sources(known: Gathered, each: YearStanding) -> list[Source]:
    if each.owed.basis is ObligationBasis.ENTERED:
        return [Source("QuotaVerified", str(one), "") for one in each.verified_ids]
    inventory = known.inventories.get(each.year)
    return [] if inventory is None else [inventory_source(inventory)]


def budgets(known: Gathered) -> tuple[Budget, ...]:
    """Return the account's budget as a key unit for each year of the period; where none is set, it says so."""
    return tuple(_budget(known, year) for year in known.period.years)


def _budget(known: Gathered, year: int) -> Budget:
    if known.budgets is None:
        return Budget(year, None, None, BUDGET_NOT_SHOWN)
    own, facts = known.budgets.get(year), known.inventories.get(year)
    if own is None:
        return Budget(year, None, None, NO_BUDGET)
    source = Source("CarbonBudget", str(own.line_id), known.period.known_at.isoformat())
    allowed = taken(f"budget.allowed.{year}", own.total, BUDGET_UNIT, [source], words=_ALLOWED)
    used = taken(f"budget.used.{year}", None, BUDGET_UNIT, [], note=UNTOLD)
    if facts is not None:
        emitted = EXACT.add(facts.scope1, facts.scope2_location)
        flaws = (*inventory_marks(facts, known.period.day), *line_marks(known.lines.get(year, ())))
        used = taken(
            f"budget.used.{year}", emitted, BUDGET_UNIT, [inventory_source(facts)], words=_USED, marks=marks_of(flaws)
        )
    return Budget(year, allowed, used, UNSAID)


def duties(known: Gathered) -> tuple[DutyLine, ...]:
    """Return what was due or open at the moment: of the carbon market, then disclosures, the earliest first."""
    day = known.period.day
    found: list[DutyLine] = []
    for year in known.quotas:
        for each in year.duties:
            if each.state.value in DONE or year.closed is not None:
                continue
            due = each.duty.due
            is_monthly = each.duty.month is not None
            if is_monthly and each.state.value != LATE and (due is None or due - day > SOON):
                continue
            found.append(
                DutyLine(
                    "quota", each.duty.kind.value, Words(each.duty.zh, each.duty.en), each.duty.year, each.duty.month,
                    due, each.done_on, each.state.value, is_official=each.duty.kind in OFFICIAL,
                )
            )  # fmt: skip
    found += [
        DutyLine(
            "disclosure", each.standard, Words(each.name.zh, each.name.en), each.year, None, each.due_on, None,
            each.state.value, is_official=False,
        )
        for each in known.disclosures
        if each.state.value not in NOT_DUE
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.due_on is None, each.due_on or day, each.code, each.month or 0)))


def score(known: Gathered) -> tuple[ScoreLine | None, Words]:
    """Return the score that stood at the moment; without one, why."""
    found = known.score
    if found is None:
        return None, NO_SCORE
    assessment = found.assessment
    note = UNSAID
    if assessment.state is not State.GRADED:
        shut = [each.reason for each in assessment.gates if not each.is_open]
        note = shut[0] if shut else Words("数据不足，无法评级。", "There is not enough to tell a grade.")
    points = taken(
        f"score.points.{found.year}", assessment.points, "", list(found.inputs),
        words=Words(f"评分模型 {found.model_code} 第 {found.model_version} 版", f"score model {found.model_code}, version {found.model_version}"),
        marks=(Mark.PLACEHOLDER,) if found.is_placeholder else (), note=note,
    )  # fmt: skip
    return (
        ScoreLine(
            found.id, found.number, found.year, found.model_code, found.model_version, found.model_name,
            assessment.state.value, assessment.grade or "", assessment.grade_name, points, found.computed_at,
            found.valid_until, assessment.helps, assessment.harms,
        ),
        note,
    )  # fmt: skip
