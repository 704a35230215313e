"""Add a power unit or production line, and end it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import literal, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.accounts import service as accounts
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.quotas import queries, rules
from backend.quotas.errors import (
    FacilityCodeTaken,
    FacilityNatureInvalid,
    FacilityNotFound,
    QuotaInputImpossible,
)
from backend.quotas.models import QuotaFacility
from backend.quotas.service.common import check_day, columns, note, words
from backend.quotas.values import FacilityValue

LONGEST_CODE, LONGEST_NAME, LONGEST_UNIT = 40, 200, 20


async def add_facility(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    code: str,
    name: str,
    sector: rules.Sector,
    since: date,
    unit_class: rules.UnitClass | None = None,
    cooling: rules.Cooling | None = None,
    is_pure_condensing: bool | None = None,
    line: rules.LineKind | None = None,
    capacity: Decimal | None = None,
    capacity_unit: str = "",
) -> FacilityValue:
    """Add a power unit (with its class) or a production line (with its kind) to an account.

    Raises:
        Unauthenticated, Forbidden: without `quotas:enter`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        FacilityNatureInvalid: a unit without a class, a line without a kind, or the reverse.
        QuotaTextMissing: code, name, or the unit of a capacity.
        QuotaDatesInvalid: since a day to come.
        QuotaInputImpossible: a capacity of zero or less.
        FacilityCodeTaken: another facility of the account has the code.
    """
    scope.require("quotas:enter")
    account = await accounts.own_account(write, scope, account_id)
    is_power = sector is rules.Sector.POWER
    if is_power != (unit_class is not None) or is_power == (line is not None):
        raise FacilityNatureInvalid(sector=sector.value, path=("input", "unitClass" if is_power else "line"))
    check_day("since", since, first=date(1900, 1, 1))
    if capacity is not None and capacity <= 0:
        raise QuotaInputImpossible(
            field="capacity",
            value=str(capacity),
            range_en="above 0",
            range_zh="大于 0 的数",
            path=("input", "capacity"),
        )
    value = FacilityValue(
        account_id=account_id,
        id=new_id(),
        code=words("code", code, most=LONGEST_CODE),
        name=words("name", name, most=LONGEST_NAME),
        sector=sector.value,
        unit_class=unit_class.value if unit_class else None,
        cooling=cooling.value if is_power and cooling else None,
        is_pure_condensing=is_pure_condensing if is_power else None,
        line=line.value if line else None,
        capacity=capacity,
        capacity_unit=words("capacityUnit", capacity_unit, most=LONGEST_UNIT, is_needed=capacity is not None),
        since=since,
        until=None,
        created_at=now(),
        created_by=scope.actor_id,
    )
    statement = upsert(QuotaFacility).values(columns(value)).on_conflict_do_nothing().returning(literal(1))
    if await write.value(statement) is None:
        raise FacilityCodeTaken(value=value.code, path=("input", "code"))
    note(
        write, account, "quotas:add_facility", "quota_facility", value.id, code=value.code, name=value.name,
        sector=value.sector, unit_class=value.unit_class, line=value.line, cooling=value.cooling,
    )  # fmt: skip
    return value


async def end_facility(
    write: Write, scope: Scope, *, account_id: UUID, facility_id: UUID, until: date, reason: str
) -> FacilityValue:
    """End a facility: `until` is its last day. It stays in the years it ran in.

    Raises:
        Unauthenticated, Forbidden: without `quotas:enter`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        FacilityNotFound: not in this account.
        QuotaDatesInvalid: before it began, or a day to come.
        QuotaTextMissing: the reason.
    """
    scope.require("quotas:enter")
    account = await accounts.own_account(write, scope, account_id)
    [known] = await queries.facilities_by_id(write, scope, [(account_id, facility_id)])
    if known is None:
        raise FacilityNotFound
    check_day("until", until, first=known.since, last=today())
    why = words("reason", reason)
    await write.run(
        update(QuotaFacility)
        .where(QuotaFacility.account_id == account_id, QuotaFacility.id == facility_id)
        .values(until=until)
    )
    note(write, account, "quotas:end_facility", "quota_facility", facility_id, code=known.code, until=until,
         before=known.until, reason=why)  # fmt: skip
    return replace(known, until=until)
