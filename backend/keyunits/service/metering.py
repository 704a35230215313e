"""What of a unit's meters waits for a calibration, and everything it is late with."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from backend.accounts import service as accounts
from backend.accounts.service import StateKey
from backend.accounts.values import CalibrationState
from backend.keyunits import catalogue, ports, queries, queries_work
from backend.keyunits.names import POST_NAMES
from backend.keyunits.rules import moving
from backend.keyunits.values import (
    FileRow,
    FindingState,
    MeterStanding,
    OverdueItem,
    OverdueKind,
    PostKind,
    ReportRow,
    RetrofitState,
    Words,
)
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope

SOON = 90
"""Days ahead a calibration is told as due."""
LONGEST_BACK = 4
"""Years before the newest due one a missing report is still told of."""
UNCALIBRATED = Words("计量器具未检定或检定过期", "Meters without a valid calibration")
CHIEF = Words("首席双碳官", "Chief carbon officer")
NEEDED = (PostKind.ENERGY_MANAGER, PostKind.CARBON_MANAGER)
"""Posts whose vacancy is told: energy management, and the carbon post the documents ask for."""


async def meters(read: Read, scope: Scope, account_ids: Sequence[UUID]) -> list[MeterStanding]:
    """Return how each account's meters stand today and in 90 days; for a loader. Two statements."""
    day = today()
    later = day + timedelta(days=SOON)
    found = await accounts.meters(read, scope, account_ids) if account_ids else []
    keys = [StateKey(each.account_id, each.id, on) for each in found for on in (day, later)]
    states = await accounts.calibration_states(read, scope, keys) if keys else []
    counts: defaultdict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each, now_state, then in zip(found, states[::2], states[1::2], strict=True):
        own = counts[each.account_id]
        own[0] += 1
        own[1] += now_state is not CalibrationState.VALID
        own[2] += now_state is CalibrationState.VALID and then is not CalibrationState.VALID
    return [MeterStanding(one, counts[one][0], counts[one][1], counts[one][2], later) for one in account_ids]


async def overdue(read: Read, scope: Scope, *, path: str | None = None, on: date | None = None) -> list[OverdueItem]:
    """Return everything the key units the caller sees are late with, the oldest first. Eight statements, whatever their number.

    `path` is a division's: that division and all below it.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:read`.
    """
    units = [
        each for each in (await queries.files(read, scope)).values()
        if path is None or each.division_path.startswith(path)
    ]  # fmt: skip
    ids = [each.account_id for each in units]
    if not ids:
        return []
    day = on or today()
    found = [
        OverdueItem(each.account_id, OverdueKind.METERS, UNCALIBRATED, None, each.uncalibrated, None)
        for each in await meters(read, scope, ids)
        if each.uncalibrated
    ]
    reports = await queries_work.reports(read, scope, ids)
    for unit, filed in zip(units, reports, strict=True):
        found += _duties(scope, unit, filed, day)
    for rows in await queries_work.findings(read, scope, ids):
        found += [
            OverdueItem(each.account_id, OverdueKind.FINDING, Words(each.title, each.title), each.due_on, 1, each.id)
            for each in rows
            if each.state is FindingState.PLANNED and each.due_on is not None and each.due_on < day
        ]
    for projects in await queries_work.retrofits(read, scope, ids):
        found += [
            OverdueItem(each.account_id, OverdueKind.RETROFIT, Words(each.name, each.name), each.ends_on, 1, each.id)
            for each in projects
            if each.state in {RetrofitState.RESERVED, RetrofitState.BUILDING} and each.ends_on < day
        ]
    found += await _vacancies(read, scope, ids, day)
    return sorted(found, key=lambda each: (each.due_on or day, each.account_id, each.kind, each.name.zh))


def _duties(scope: Scope, unit: FileRow, filed: Sequence[ReportRow], day: date) -> list[OverdueItem]:
    """Return the reports a unit owes of the years it is on the list, at most five years back."""
    found: list[OverdueItem] = []
    for duty in catalogue.duties(scope.tenant):
        done = {each.year for each in filed if each.duty == duty.code}
        last = moving.last_due(duty, day)
        found += [
            OverdueItem(
                unit.account_id, OverdueKind.DUTY,
                Words(f"{duty.name.zh}（{year}）", f"{duty.name.en} ({year})"), moving.due_on(duty, year), 1, None,
            )
            for year in range(max(unit.since, last - LONGEST_BACK), last + 1)
            if year not in done
        ]  # fmt: skip
    return found


async def _vacancies(read: Read, scope: Scope, ids: Sequence[UUID], day: date) -> list[OverdueItem]:
    found: list[OverdueItem] = []
    for one, held in zip(ids, await queries_work.posts(read, scope, ids), strict=True):
        filled = {each.kind for each in held if each.starts_on <= day and (each.ends_on is None or each.ends_on >= day)}
        found += [
            OverdueItem(one, OverdueKind.POST, POST_NAMES[kind], None, 1, None) for kind in NEEDED if kind not in filled
        ]
    officers = await ports.chief_officers(read, scope, ids) if scope.allows("esg:read") else None
    if officers is not None:
        found += [OverdueItem(one, OverdueKind.POST, CHIEF, None, 1, None) for one in ids if one not in officers]
    return found
