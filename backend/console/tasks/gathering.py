"""Everything a caller has to do, by deadline: from tables in one statement, from the calendars of quotas and disclosures.

What depends on a calendar of rules (compliance duties, disclosures) is asked of the noun that knows the rules; the rest
stands in tables. The number of statements does not depend on how many tasks there are.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date

from sqlalchemy import text

from backend.console.tasks import sql
from backend.console.values import TaskKind, TaskValue
from backend.esg import service as esg
from backend.esg.values import DutyState
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Kind, Scope
from backend.monitoring import service as monitoring
from backend.quotas import service as quotas
from backend.quotas.errors import QuotaRuleUnknown

MOST = 2000
"""Tasks of one source that are gathered; nobody reads on beyond that."""
SOON_DAYS = 60
"""How long before its day a disclosure counts as a task."""
_SEVERITIES = {"note": "提示", "minor": "一般", "major": "重大"}
WORDS_ZH: Mapping[TaskKind, Mapping[str, str]] = {
    TaskKind.FINDING_TO_ANSWER: _SEVERITIES,
    TaskKind.FINDING_TO_JUDGE: _SEVERITIES,
    TaskKind.PROJECT: {
        "submitted": "已申报", "returned": "退回补正", "in_review": "审查中", "approved": "已批复", "started": "已开工",
        "trial": "试生产", "reported": "已申请验收", "rectifying": "整改中", "changing": "变更审查中",
    },
    TaskKind.PARK_STEP: {
        "apply": "组织申报", "review": "评审选拔", "publicise": "公示确认", "build": "建设实施", "accept": "项目验收",
        "evaluate": "总结评估", "recheck": "复核提升",
    },
}  # fmt: skip
"""What tables call states and steps, in Chinese."""
CAUSES = {
    "growth": ("碳排放增长较快", "fast growth of emissions"), "budget": ("预计超出预算", "projected beyond the budget"),
    "intensity": ("强度高于目标", "intensity above its target"),
}  # fmt: skip
"""What warnings are raised for, zh and en."""
_ACCOUNTS = text("select id, number, name from carbon_account where closed_at is null order by number limit :limit")

Source = Callable[[Read, Scope, date], Awaitable[list[TaskValue]]]


async def tasks(
    read: Read, scope: Scope, *, kinds: Sequence[TaskKind] = (), due_before: date | None = None
) -> list[TaskValue]:
    """Return the caller's tasks, the earliest due first, those without a day last and of these the oldest first.

    Raises:
        Unauthenticated, Forbidden: without `console:read`.
    """
    scope.require("console:read")
    day = today()
    found = [each for source in SOURCES for each in await source(read, scope, day)]
    chosen = [
        each
        for each in found
        if (not kinds or each.kind in kinds)
        and (due_before is None or (each.due_on is not None and each.due_on < due_before))
    ]
    return sorted(chosen, key=order)


def order(task: TaskValue) -> tuple[str, str, str]:
    """Return where a task stands in the list."""
    due = "9999-12-31" if task.due_on is None else task.due_on.isoformat()
    return due, "" if task.since is None else task.since.isoformat(), task.key


def in_chinese(kind: TaskKind, detail: str) -> str:
    """Return what a table calls something as a person reads it; what has no such word stays as it is."""
    words = WORDS_ZH.get(kind, {})
    return " ".join(words.get(each, each) for each in detail.split(" ")) if words else detail


async def _in_tables(read: Read, scope: Scope, day: date) -> list[TaskValue]:
    parts = [
        part
        for permission, given in sql.PARTS.get(scope.kind, {}).items()
        if scope.allows(permission)
        for part in given
    ]
    if not parts:
        return []
    whole = " union all ".join(f"(select * from ({part}) each limit :most)" for part in parts)
    names = "kind, due_on, since, about, detail_zh, detail_en, subject, ids, account_id"
    statement = text(f"select * from ({whole}) as every ({names})")
    words = {"most": MOST, "today": day, "actor": scope.actor_id, "organisation": scope.organisation_id}
    used = {name: each for name, each in words.items() if f":{name}" in whole}
    return [
        TaskValue(
            TaskKind(row.kind), row.due_on, row.since, row.about, in_chinese(TaskKind(row.kind), row.detail_zh), row.detail_en, row.subject,
            tuple(row.ids), row.account_id,
        )
        for row in await read.rows(statement, used)
    ]  # fmt: skip


async def _quota_duties(read: Read, scope: Scope, day: date) -> list[TaskValue]:
    """Return compliance duties that are late or soon due: the holder's own, or those the authority does itself."""
    is_official = scope.kind is Kind.AUTHORITY
    if not scope.allows("quotas:supervise" if is_official else "quotas:enter"):
        return []
    if scope.kind not in {Kind.AUTHORITY, Kind.ENTERPRISE}:
        return []
    found: list[TaskValue] = []
    for year in (day.year - 1, day.year):
        try:
            accounts = await quotas.region(read, scope, year, limit=MOST)
        except QuotaRuleUnknown:  # the market's rules do not reach this year: it has no duties yet
            continue
        found += [
            TaskValue(
                TaskKind.QUOTA_DUTY, duty.duty.due, None, each.account.name, duty.duty.zh, duty.duty.en,
                "CarbonAccount", (each.account.id,), each.account.id,
            )
            for each in accounts
            for duty in (*each.late, *each.soon)
            if (duty.duty.kind in quotas.OFFICIAL) is is_official
        ]  # fmt: skip
    return found


async def _disclosures(read: Read, scope: Scope, day: date) -> list[TaskValue]:
    """Return the enterprise's disclosures of the year before that are late or soon due."""
    if scope.kind is not Kind.ENTERPRISE or not scope.allows("esg:disclose"):
        return []
    accounts = {row.id: row.name for row in await read.rows(_ACCOUNTS, {"limit": MOST})}
    return [
        TaskValue(
            TaskKind.DISCLOSURE, duty.due_on, None, accounts[account_id], f"{duty.year} {duty.name.zh}",
            f"{duty.year} {duty.name.en}", "CarbonAccount", (account_id,), account_id,
        )
        for account_id, duties in (await esg.duties(read, scope, list(accounts), day)).items()
        for duty in duties
        if duty.state is DutyState.LATE
        or (duty.state is DutyState.DUE and (duty.due_on is None or (duty.due_on - day).days <= SOON_DAYS))
    ]  # fmt: skip


async def _warnings(read: Read, scope: Scope, _day: date) -> list[TaskValue]:
    """Return the open warnings of the authority's region."""
    if scope.kind is not Kind.AUTHORITY or not scope.allows("monitoring:respond"):
        return []
    return [
        TaskValue(
            TaskKind.WARNING, each.due_on, each.raised_at, each.cause.division_code,
            f"{CAUSES[each.cause.kind.value][0]} {each.level_zh}",
            f"{CAUSES[each.cause.kind.value][1]}, {each.level_en}",
            "EmissionWarning", (each.id,), each.cause.account_id,
        )
        for each in await monitoring.open_warnings(read, scope, limit=MOST)
    ]  # fmt: skip


SOURCES: tuple[Source, ...] = (_in_tables, _quota_duties, _disclosures, _warnings)
"""Where tasks come from."""
