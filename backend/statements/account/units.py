"""Units of a statement: holdings from opening to closing, what was used for what, electricity covered. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from backend.ledger.service import MovementFlow
from backend.ledger.values import Bucket, MovementKind, UnitClass
from backend.scores.values import Source, Words
from backend.statements import rules
from backend.statements.account.emissions import inventory_source, marks
from backend.statements.account.figuring import derived, exact_sum, plain, taken
from backend.statements.account.gathered import Gathered
from backend.statements.account.values import (
    UNSAID,
    BucketTotal,
    EnergyCover,
    Figure,
    Holding,
    KindTotal,
    Mark,
    MovementLine,
    Op,
    Use,
)
from backend.statements.account.wording import BUCKETS, KINDS, word

HELD = (Bucket.AVAILABLE, Bucket.OFFERED, Bucket.PLEDGED, Bucket.RESERVED)
USED = (Bucket.RETIRED, Bucket.SURRENDERED, Bucket.EXPIRED)
MOST_LINES = 1000
"""Movements of one class a statement lists; its totals count all of them."""
_BOOKS = Words("账簿分录合计", "the sum of the books' postings")
_SURE = {"verified-by-lookup", ""}


def named(kind: UnitClass) -> Words:
    """Return the name of a class."""
    return Words(kind.name_zh, kind.name_en or kind.name_zh)


def holdings(known: Gathered) -> tuple[Holding, ...]:
    """Return each class the account held or moved, by code."""
    codes = sorted({each.class_code for each in known.flows.batches})
    found = [_holding(known, known.classes[code]) for code in codes]
    return tuple(each for each in found if each is not None)


def _holding(known: Gathered, kind: UnitClass) -> Holding | None:
    code, account = kind.code, str(known.account.id)
    batches = [each for each in known.flows.batches if each.class_code == code]
    kinds = [each for each in known.flows.kinds if each.class_code == code]
    moved = [each for each in known.flows.movements if each.class_code == code]
    own_marks = () if kind.confidence in _SURE else (Mark.UNCERTAIN,)
    book = [Source("LedgerAccount", account, known.period.known_at.isoformat())]

    def amount(figure_id: str, value: Decimal, sources: Sequence[Source] = book) -> Figure:
        return taken(f"holdings.{code}.{figure_id}", value, kind.unit, sources, words=_BOOKS, marks=own_marks)

    before = exact_sum(each.opening for each in batches if each.bucket in HELD)
    opening = amount("opening", before)
    changes = tuple(
        KindTotal(
            each.kind.value,
            word(KINDS, each.kind.value),
            each.movements,
            amount(
                f"change.{each.kind.value}",
                each.change,
                [Source("UnitMovement", str(one.id), str(one.number)) for one in moved if one.kind is each.kind],
            ),
        )
        for each in kinds
    )
    closing = derived(f"holdings.{code}.closing", Op.SUM, [opening, *(each.change for each in changes)], kind.unit)
    buckets = tuple(
        BucketTotal(
            bucket.value, word(BUCKETS, bucket.value),
            amount(f"closing.{bucket.value}", exact_sum(each.closing for each in batches if each.bucket is bucket)),
        )
        for bucket in HELD
    )  # fmt: skip
    used = tuple(
        BucketTotal(
            bucket.value,
            word(BUCKETS, bucket.value),
            amount(
                f"used.{bucket.value}",
                exact_sum(each.closing - each.opening for each in batches if each.bucket is bucket),
            ),
        )
        for bucket in USED
    )
    if not (changes or opening.value or closing.value):
        return None  # everything that ever happened came after the period
    lines = tuple(_line(each) for each in moved)
    return Holding(
        code, named(kind), kind.unit, kind.confidence, opening, changes, closing, buckets, used, lines,
        sum(each.movements for each in kinds) - len(lines),
    )  # fmt: skip


def _line(each: MovementFlow) -> MovementLine:
    zh, en = rules.purpose_of(each.purpose)
    return MovementLine(
        each.id, each.number, each.kind.value, word(KINDS, each.kind.value), each.effective_on, each.recorded_at,
        plain(each.quantity), plain(each.change), plain(each.balance), Words(zh, en or zh) if zh else UNSAID,
        each.beneficiary, each.period, each.reference, each.reverses,
    )  # fmt: skip


def uses(known: Gathered) -> tuple[Use, ...]:
    """Return what units were used for in the period: retirements and surrenders, in their order."""
    claims = {each.movement_id: each for each in known.claims}
    found: list[Use] = []
    for each in known.flows.movements:
        if each.kind not in {MovementKind.RETIRE, MovementKind.SURRENDER}:
            continue
        claim = claims.get(each.id)
        year = claim.year if claim is not None else each.period
        if claim is not None:
            kind, against = "electricity", Words(f"{year} 年外购电力", f"Purchased electricity of {year}")
        elif each.kind is MovementKind.SURRENDER:
            kind = "obligation"
            against = Words(f"{year or '—'} 年度碳排放配额清缴义务", f"Allowance obligation of {year or '—'}")
        else:
            zh, en = rules.purpose_of(each.purpose)
            kind, against = "purpose", Words(zh or "未注明用途", en or zh or "No purpose stated")
        unit_class = known.classes[each.class_code]
        quantity = taken(
            f"uses.{each.number}", each.quantity, unit_class.unit,
            [Source("UnitMovement", str(each.id), str(each.number))],
            marks=() if unit_class.confidence in _SURE else (Mark.UNCERTAIN,),
        )  # fmt: skip
        found.append(
            Use(
                kind, each.class_code, named(unit_class), quantity, against, year, each.beneficiary, each.id,
                each.number, each.effective_on, each.undone_by is not None,
            )
        )  # fmt: skip
    return tuple(found)


def cover(known: Gathered) -> tuple[EnergyCover, ...]:
    """Return the electricity of each year of the period, and what certificates claimed cover of it."""
    found: list[EnergyCover] = []
    for year in known.period.years:
        facts = known.inventories.get(year)
        claims = [each for each in known.claims if each.year == year]
        if facts is None and not claims:
            continue
        purchased = taken(
            f"electricity.purchased.{year}", None if facts is None else facts.electricity_mwh, "MWh",
            [] if facts is None else [inventory_source(facts)],
            words=Words("清单中外购电量减去输出电量", "electricity bought less sold, by the inventory"),
            marks=() if facts is None else marks(facts, known.period.day),
            note=Words("本年度尚无排放清单。", "There is no inventory of this year.") if facts is None else UNSAID,
        )  # fmt: skip
        claimed = taken(
            f"electricity.claimed.{year}", exact_sum(each.mwh for each in claims), "MWh",
            [Source("EnergyClaim", str(each.movement_id), str(each.movement_number)) for each in claims],
            words=Words("已注销绿证所声明的电量", "claimed by certificates cancelled"),
        )  # fmt: skip
        share = derived(f"electricity.claimed_share.{year}", Op.PERCENT, [claimed, purchased], "%")
        found.append(EnergyCover(year, purchased, claimed, share))
    return tuple(found)
