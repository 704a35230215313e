"""The city on one screen, on the wire. Everything here is made of roll-ups; nothing asks for an account."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Annotated, Any

import strawberry

from backend.emissions.methods.arithmetic import add
from backend.regions.dashboard.queries import Screen, screen
from backend.regions.values import less
from backend.wire.context import Info
from backend.wire.scalars import Month

_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)


@strawberry.type(description="Sums of roll-ups: tCO2e by scope, energy in tce. Scopes are never added silently.")
class CitySums:
    """Sums of roll-ups."""

    scope1: Decimal = strawberry.field(description="Direct emissions, tCO2e.")
    scope2_location: Decimal = strawberry.field(description="Purchased electricity and heat, location-based, tCO2e.")
    scope2_market: Decimal = strawberry.field(description="The same, market-based, tCO2e.")
    energy_tce: Decimal = strawberry.field(description="Energy, tce.")
    verified: Decimal = strawberry.field(
        description="The part of scope 1 and location-based scope 2 that comes from verified inventories, tCO2e."
    )


@strawberry.type(description="A month of all accounts together.")
class CityDashboardMonth:
    """A month."""

    month: Month = strawberry.field(description="The month.")
    accounts: int = strawberry.field(description="Accounts that have something in it.")
    verified_accounts: int = strawberry.field(description="Of these, how many by a verified inventory.")
    sums: CitySums = strawberry.field(description="What they come to.")


@strawberry.type(description="The year to the shown month beside the same months of the year before.")
class CityDashboardPart:
    """The whole, a sector or a division."""

    code: str = strawberry.field(
        description="The sector's code, or the division's; empty for the whole, and for what has its seat in the division itself."
    )
    accounts: int = strawberry.field(description="Accounts that have something in the year.")
    verified_accounts: int = strawberry.field(description="Of these, all of whose months are verified.")
    open_accounts: int = strawberry.field(description="Open accounts, whether they have something or not.")
    year_to_date: CitySums = strawberry.field(description="The year to the shown month.")
    year_before: CitySums = strawberry.field(description="The same months of the year before.")
    change_percent: Decimal | None = strawberry.field(
        description="Change of scope 1 and location-based scope 2 together, in percent to one place; null without a year before."
    )


@strawberry.type(
    description="A division's whole subtree on one screen (城市碳账本总览), made of roll-ups: 36 months, the year to date by sector "
    "and by division, and how far it covers. What others buy as electricity the power sector has burnt: its scope 1 is shown "
    "apart, and never added to scope 2 without saying so."
)
class CityDashboard:
    """A division's subtree on one screen."""

    division_code: str = strawberry.field(description="The division.")
    month: Month | None = strawberry.field(
        description="The shown month: the newest with anything, if none was asked for."
    )
    months: list[CityDashboardMonth] = strawberry.field(description="Up to 36 months, oldest first.")
    total: CityDashboardPart = strawberry.field(description="All together.")
    power: CityDashboardPart = strawberry.field(
        description="The power sector, for what is double when scopes are added."
    )
    sectors: list[CityDashboardPart] = strawberry.field(description="By sector, the largest first.")
    divisions: list[CityDashboardPart] = strawberry.field(
        description="By the divisions directly below, the largest first."
    )
    coverage_percent: Decimal | None = strawberry.field(
        description="Of the open accounts, how many have something in the year, in percent to one place; null without any."
    )


def _sums(given: Mapping[str, str]) -> CitySums:
    return CitySums(
        scope1=Decimal(given["scope1"]), scope2_location=Decimal(given["scope2_location"]),
        scope2_market=Decimal(given["scope2_market"]), energy_tce=Decimal(given["energy_tce"]),
        verified=Decimal(given["verified"]),
    )  # fmt: skip


def _whole(sums: CitySums) -> Decimal:
    return add(sums.scope1, sums.scope2_location)


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a share in percent, rounded half up to one place for display; None of nothing."""
    if not whole:
        return None
    exact = _WIDE.divide(_WIDE.multiply(part, Decimal(100)), whole)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP, _WIDE)


def _part(code: str, given: Mapping[str, Any], counts: tuple[int, int], is_open: int) -> CityDashboardPart:
    now, before = _sums(given["ytd"]), _sums(given["last"])
    return CityDashboardPart(
        code=code, accounts=counts[0], verified_accounts=counts[1], open_accounts=is_open, year_to_date=now,
        year_before=before, change_percent=_percent(less(_whole(now), _whole(before)), _whole(before)),
    )  # fmt: skip


def _parts(found: Mapping[str, Any], of: str, codes: Mapping[str, str]) -> list[CityDashboardPart]:
    """Return the parts of a kind, the largest first, those with open accounts alone last."""
    rows, counts, is_open = found[f"{of}s"], found[f"{of}_counts"], found[f"{of}_open"]
    nothing = dict.fromkeys(("scope1", "scope2_location", "scope2_market", "energy_tce", "verified"), "0")
    parts = [
        _part(
            codes.get(key, key), rows.get(key, {"ytd": nothing, "last": nothing}),
            (counts[key][0], counts[key][1]) if key in counts else (0, 0), is_open.get(key, 0),
        )
        for key in {**rows, **counts, **is_open}
    ]  # fmt: skip
    return sorted(parts, key=lambda each: (-_whole(each.year_to_date), each.code))


def dashboard_shown(division_code: str, given: Screen) -> CityDashboard:
    """Return a screen as the wire has it."""
    found = given.document
    below = {*found["divisions"], *found["division_counts"], *found["division_open"]}
    codes = {path: "" if path == given.path else path.rstrip("/").rpartition("/")[2] for path in below}
    sectors = _parts(found, "sector", {})
    counts = sum(each.accounts for each in sectors), sum(each.verified_accounts for each in sectors)
    is_open = sum(each.open_accounts for each in sectors)
    power = next(
        ((each.accounts, each.verified_accounts, each.open_accounts) for each in sectors if each.code == "power"),
        (0, 0, 0),
    )
    return CityDashboard(
        division_code=division_code,
        month=Month(date.fromisoformat(found["month"])) if found["month"] else None,
        months=[
            CityDashboardMonth(
                month=Month(date.fromisoformat(each["month"])), accounts=each["accounts"],
                verified_accounts=each["verified_accounts"], sums=_sums(each),
            )
            for each in found["months"]
        ],
        total=_part("", found["total"], counts, is_open),
        power=_part("power", found["power"], power[:2], power[2]),
        sectors=sectors,
        divisions=_parts(found, "division", codes),
        coverage_percent=_percent(Decimal(counts[0]), Decimal(is_open)),
    )  # fmt: skip


@strawberry.type
class DashboardQuery:
    """Reading the city on one screen."""

    @strawberry.field(
        description="A division of your region on one screen (城市碳账本总览), its whole subtree, as the roll-ups stand now."
    )
    async def city_dashboard(
        self,
        info: Info,
        division_code: str,
        month: Annotated[
            Month | None, strawberry.argument(description="The last month shown; without one the newest with anything.")
        ] = None,
    ) -> CityDashboard:
        """Return a division's screen."""
        async with info.context.read() as read:
            return await screen(
                read, info.context.scope, division_code, month,
                lambda found: dashboard_shown(division_code, found), info.context.databases,
            )  # fmt: skip
