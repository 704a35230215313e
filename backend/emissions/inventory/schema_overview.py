"""The overview of an account's year on the wire: the JSON one SQL statement shaped, as types."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.emissions.inventory.anomalies import anomaly_count
from backend.emissions.inventory.overview import DUTIES
from backend.emissions.inventory.schema_anomalies import ActivityAnomalyCount, count_shown
from backend.emissions.inventory.schema_types import (
    ACCOUNT,
    INVENTORY,
    SOURCE,
    InventoryCheck,
    InventoryMonth,
    InventoryUncertainty,
    check_shown,
    one_id,
    uncertainty_shown,
)
from backend.emissions.methods.arithmetic import add
from backend.wire.context import Info
from backend.wire.nodes import node_id
from backend.wire.scalars import Month

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


@strawberry.type(description="Totals of a year, tCO2e and tce.")
class OverviewTotals:
    """Totals of a year."""

    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    scope3: Decimal
    total_location: Decimal = strawberry.field(description="Scope 1 + scope 2 location-based.")
    total_market: Decimal = strawberry.field(description="Scope 1 + scope 2 market-based.")
    energy_tce: Decimal


@strawberry.type(description="A part of the year's emissions: by source, by category or by gas.")
class OverviewPart:
    """A part of the year's emissions."""

    source_id: strawberry.ID | None
    code: str = strawberry.field(description="The source's code, the category, or the gas.")
    name: str
    scope: int | None
    category: str | None
    location: Decimal = strawberry.field(description="tCO2e, location-based in scope 2.")
    market: Decimal = strawberry.field(description="tCO2e, market-based in scope 2.")


@strawberry.type(description="A version of the year's inventory, in short.")
class OverviewVersion:
    """A version in short."""

    inventory_id: strawberry.ID
    version: int
    state: str
    computed_at: datetime
    reason: str
    total_location: Decimal


@strawberry.type(description="Unresolved findings, by severity.")
class OverviewFindings:
    """Unresolved findings."""

    major: int
    minor: int
    note: int
    unanswered: int


@strawberry.type(description="What has to be done next.")
class OverviewDuty:
    """Something to be done next."""

    code: str
    text_zh: str
    text_en: str


@strawberry.type(description="The year before, and the change of the total (scope 1 + scope 2 location-based).")
class OverviewPrevious:
    """The year before."""

    inventory_id: strawberry.ID
    year: int
    state: str
    totals: OverviewTotals
    change_percent: Decimal | None = strawberry.field(description="For display, rounded half up to one decimal.")


@strawberry.type(description="An account's year on one screen (账户年度总览).")
class AccountOverview:
    """An account's year on one screen."""

    account_id: strawberry.ID
    number: str
    name: str
    year: int
    is_year_open: bool = strawberry.field(description="The account reports on this year.")
    state: str = strawberry.field(description="The newest version's state, `open` without one.")
    inventory_id: strawberry.ID | None
    version: int | None
    as_of: datetime | None
    factor_policy: str | None
    factor_date: date | None
    totals: OverviewTotals | None
    months: list[InventoryMonth]
    by_source: list[OverviewPart] = strawberry.field(description="The 100 largest.")
    by_category: list[OverviewPart]
    by_gas: list[OverviewPart]
    previous: OverviewPrevious | None
    versions: list[OverviewVersion]
    record_count: int
    excluded_count: int = strawberry.field(description="Records not approved, and not counted.")
    is_outdated: bool = strawberry.field(description="Data changed after the calculation.")
    quality_score: Decimal | None
    uncertainty: InventoryUncertainty | None
    checks: list[InventoryCheck]
    findings: OverviewFindings
    review_round: int
    duties: list[OverviewDuty]

    @strawberry.field(
        description="What stands out in the year's records and should be looked at before submission, counted anew "
        "from the records as they are; `activityAnomalies` lists it."
    )
    async def anomalies(self, info: Info) -> ActivityAnomalyCount:
        """Count what stands out; costs nothing unless it is asked for."""
        account = one_id(self.account_id, ACCOUNT)
        async with info.context.read() as read:
            return count_shown(await anomaly_count(read, info.context.scope, account, self.year))


def _totals(given: Mapping[str, Any]) -> OverviewTotals:
    numbers = {
        name: Decimal(given[name]) for name in ("scope1", "scope2_location", "scope2_market", "scope3", "energy_tce")
    }
    return OverviewTotals(
        **numbers,
        total_location=add(numbers["scope1"], numbers["scope2_location"]),
        total_market=add(numbers["scope1"], numbers["scope2_market"]),
    )


def _month(given: Mapping[str, Any]) -> InventoryMonth:
    return InventoryMonth(
        month=Month(date.fromisoformat(given["month"])), scope1=Decimal(given["scope1"]),
        scope2_location=Decimal(given["scope2_location"]), scope2_market=Decimal(given["scope2_market"]),
        scope3=Decimal(given["scope3"]), energy_tce=Decimal(given["energy_tce"]),
    )  # fmt: skip


def _part(account_id: UUID, given: Mapping[str, Any]) -> OverviewPart:
    source = given.get("source_id")
    code = given.get("code") or given.get("gas") or given["category"]
    return OverviewPart(
        source_id=node_id(SOURCE, account_id, UUID(source)) if source else None, code=code,
        name=given.get("name", code), scope=given.get("scope"), category=given.get("category"),
        location=Decimal(given["location"]), market=Decimal(given["market"]),
    )  # fmt: skip


def _change(before: Decimal, after: Decimal) -> Decimal | None:
    if before == 0:
        return None
    exact = _WIDE.multiply(_WIDE.divide(add(after, -before), before), Decimal(100))
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def overview_shown(found: Mapping[str, Any], year: int) -> AccountOverview:
    """Return the overview's JSON as the wire has it."""
    account_id = UUID(found["account_id"])
    inventory, before = found["inventory"], found["previous"]
    totals = _totals(inventory) if inventory else None
    previous = None
    if before:
        old = _totals(before)
        previous = OverviewPrevious(
            inventory_id=node_id(INVENTORY, account_id, UUID(before["id"])), year=year - 1, state=before["state"],
            totals=old, change_percent=_change(old.total_location, totals.total_location) if totals else None,
        )  # fmt: skip
    known = inventory or {}
    score = known.get("quality_score")
    return AccountOverview(
        account_id=node_id(ACCOUNT, account_id),
        number=found["number"],
        name=found["name"],
        year=year,
        is_year_open=found["is_open"],
        state=known.get("state", "open"),
        inventory_id=node_id(INVENTORY, account_id, UUID(inventory["id"])) if inventory else None,
        version=known.get("version"),
        as_of=datetime.fromisoformat(inventory["as_of"]) if inventory else None,
        factor_policy=known.get("factor_policy"),
        factor_date=date.fromisoformat(inventory["factor_date"]) if inventory else None,
        totals=totals,
        months=[_month(each) for each in found["months"] or ()],
        by_source=[_part(account_id, each) for each in found["by_source"] or ()],
        by_category=[_part(account_id, each) for each in found["by_category"] or ()],
        by_gas=[_part(account_id, each) for each in found["by_gas"] or ()],
        previous=previous,
        versions=[
            OverviewVersion(
                inventory_id=node_id(INVENTORY, account_id, UUID(each["id"])), version=each["version"],
                state=each["state"], computed_at=datetime.fromisoformat(each["computed_at"]), reason=each["reason"],
                total_location=Decimal(each["location"]),
            )
            for each in found["versions"] or ()
        ],
        record_count=known.get("record_count", 0),
        excluded_count=known.get("excluded_count", 0),
        is_outdated=known.get("is_outdated", False),
        quality_score=None if score is None else Decimal(score),
        uncertainty=uncertainty_shown(inventory["uncertainty"]) if inventory else None,
        checks=[check_shown(each) for each in known.get("checks", ())],
        findings=OverviewFindings(**found["findings"]),
        review_round=found["review_round"],
        duties=[OverviewDuty(code=code, text_zh=DUTIES[code][0], text_en=DUTIES[code][1]) for code in found["duties"]],
    )  # fmt: skip
