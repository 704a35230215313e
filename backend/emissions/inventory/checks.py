"""The checks of an inventory: pass, fail, cannot tell. What is not a pass blocks submission.

has_records          something approved is there to count
factors_found        every record could be computed; what could not is missing from the totals
completeness         every running source has an approved quantity (zero included) for every month
calibration          every metered quantity was read on a calibrated meter
reported_consistent  emissions a report states agree with the recomputed ones
standard_coal_known  the energy total misses nothing
certificates_covered certificates cover no more electricity than was bought
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from backend.emissions import rules
from backend.emissions.inventory.run import Gathered, Run
from backend.emissions.inventory.values import Resolved
from backend.emissions.values import CheckOutcome, Outcome
from backend.kit.db import Write

SHOWN = 20
"""Sources named in a check's details; the count tells of the rest."""

COUNTS = text("""
select account_id, sum(records)::bigint as records,
    coalesce(sum(records) filter (where quality between 3 and 6), 0)::bigint as doubtful
from calculation_unit where not is_covered group by 1""")
"""Qualities 3 to 6 are metered without a valid calibration, see `sql.QUALITIES`."""

MISSING = text("""
select s.account_id, s.code, m.expected - bit_count((coalesce(u.months, 0) & ((1 << m.expected) - 1))::bit(12))::int
    as missing
from source s
cross join lateral (
    select case
        when s.ended_on is null or s.ended_on > make_date(:year, 12, 1) then 12
        when s.ended_on < make_date(:year, 1, 1) then 0
        else extract(month from s.ended_on)::int end as expected
) m
left join (
    select account_id, source_id, bit_or(months) as months from calculation_unit group by account_id, source_id
) u on u.account_id = s.account_id and u.source_id = s.id
where s.account_id = any(cast(:account_ids as uuid[]))
    and bit_count((coalesce(u.months, 0) & ((1 << m.expected) - 1))::bit(12)) < m.expected
order by s.account_id, s.code""")
"""Months without an approved record, counted on the bits of `calculation_unit.months`; a source that ended owes none
after its last."""

AFFECTED = text("""
select u.account_id, s.code, u.set_id
from calculation_unit u join source s on s.account_id = u.account_id and s.id = u.source_id
where u.set_id = any(cast(:sets as int[]))
order by u.account_id, s.code""")

Outcomes = dict[UUID, list[CheckOutcome]]


async def checks_of(write: Write, account_ids: Sequence[UUID], run: Run, gathered: Gathered) -> Outcomes:
    """Return every account's outcomes, from the temporary tables of the calculation."""
    found: Outcomes = {account_id: [] for account_id in account_ids}
    await _counts(write, found)
    await _problems(write, found, gathered.resolved)
    await _missing(write, found, run)
    for account_id, outcomes in found.items():
        standing = gathered.standings.get(account_id)
        if standing is None:
            outcomes.append(rules.certificates_covered(Decimal(0), Decimal(0), Decimal(0)))
        else:
            bought = standing.purchases
            outcomes.append(rules.certificates_covered(standing.claimed, bought.net, bought.waiting))
    return found


async def _counts(write: Write, found: Outcomes) -> None:
    records: Counter[UUID] = Counter()
    doubtful: Counter[UUID] = Counter()
    for row in await write.rows(COUNTS):
        records[row.account_id] = row.records
        doubtful[row.account_id] = row.doubtful
    for account_id, outcomes in found.items():
        if records[account_id]:
            outcomes.append(_pass("has_records", "有已审核的活动数据。", "Approved records are there."))
        else:
            zh, en = "没有任何已审核的活动数据。", "No approved record is there to count."
            outcomes.append(CheckOutcome("has_records", Outcome.FAIL, zh, en))
        count = doubtful[account_id]
        if count:
            zh = f"有 {count} 条计量数据的计量器具未在检定有效期内或没有检定记录，读数是否准确无法判断。"
            en = f"{count} metered records were read on meters without a valid calibration: cannot tell."
            outcomes.append(CheckOutcome("calibration", Outcome.CANNOT_TELL, zh, en, {"records": str(count)}))
        else:
            outcomes.append(_pass("calibration", "检定有效或无需检定。", "Calibrated, or not metered."))


async def _problems(write: Write, found: Outcomes, resolved: Mapping[int, Resolved]) -> None:
    broken = {key: one.problem for key, one in resolved.items() if one.problem is not None}
    coal = {key for key, one in resolved.items() if one.is_coal_unknown}
    sources: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    unknown: defaultdict[UUID, set[str]] = defaultdict(set)
    if broken or coal:
        for row in await write.rows(AFFECTED, {"sets": sorted({*broken, *coal})}):
            if row.set_id in broken:
                sources[row.account_id][row.code] = row.set_id
            if row.set_id in coal:
                unknown[row.account_id].add(row.code)
    for account_id, outcomes in found.items():
        mine = sources[account_id]
        if mine:
            first_code, first_set = next(iter(mine.items()))
            problem = broken[first_set]
            zh = f"有 {len(mine)} 个排放源无法计算，未计入合计。{first_code}：{problem.message('zh')}"
            en = f"{len(mine)} sources cannot be computed and are missing. {first_code}: {problem.message('en')}"
            codes = {code: broken[key].code for code, key in list(mine.items())[:SHOWN]}
            outcomes.append(CheckOutcome("factors_found", Outcome.CANNOT_TELL, zh, en, codes))
        else:
            outcomes.append(_pass("factors_found", "全部排放源均可计算。", "Every source can be computed."))
        if unknown[account_id]:
            names = ", ".join(sorted(unknown[account_id])[:SHOWN])
            outcomes.append(rules.standard_coal_known(None, names))
        else:
            outcomes.append(rules.standard_coal_known(Decimal(0), ""))


async def _missing(write: Write, found: Outcomes, run: Run) -> None:
    gaps: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    rows = await write.rows(MISSING, {"account_ids": list(found), "year": run.request.year})
    for row in rows:
        gaps[row.account_id][row.code] = str(row.missing)
    for account_id, outcomes in found.items():
        mine = gaps[account_id]
        if not mine:
            zh, en = "各排放源全年逐月数据齐全。", "Every source has every month."
            outcomes.append(_pass("completeness", zh, en))
            continue
        total = sum(int(each) for each in mine.values())
        zh = f"有 {len(mine)} 个排放源共缺 {total} 个月的已审核数据（停用月份请填报零），是否完整无法判断。"
        en = f"{len(mine)} sources miss {total} approved months (enter zero for a standstill): cannot tell."
        details = {"sources": str(len(mine)), "months": str(total), **dict(list(mine.items())[:SHOWN])}
        outcomes.append(CheckOutcome("completeness", Outcome.CANNOT_TELL, zh, en, details))


def _pass(code: str, zh: str, en: str) -> CheckOutcome:
    return CheckOutcome(code, Outcome.PASS, zh, en)
