"""Commands of the carbon account on the wire. Files are attached over REST (`backend/api/files.py`)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

import strawberry

from backend.accounts import service
from backend.accounts.errors import ParametersNotObject
from backend.accounts.schema_figures import FiguresMutation
from backend.accounts.schema_types import (
    Calibration,
    CarbonAccount,
    EmissionSource,
    Meter,
    ReportingYear,
    Site,
    account,
    calibration,
    meter,
    own_key,
    reporting_year,
    site,
    source,
)
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids
from backend.wire.scalars import JSON

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

ONE = Decimal(1)


@strawberry.input(description="Open a carbon account for your enterprise.")
class OpenAccountInput:
    """Open a carbon account for the caller's enterprise."""

    name: str = strawberry.field(description="What it is called, 1 to 200 characters.")
    division_code: str = strawberry.field(description="The division of its seat; `divisions` lists them.")
    sector: str = strawberry.field(description="A sector of the jurisdiction (`tenant { sectors }`), or `other`.")
    method_pack: str | None = strawberry.field(
        default=None, description="The guide; the sector's usual one if left out."
    )
    fuel_table: str | None = strawberry.field(default=None, description="The fuel table; the guide's own if left out.")


@strawberry.type(description="The account was opened.")
class AccountOpened:
    """The account was opened."""

    account: CarbonAccount = strawberry.field(description="With its number.")


@strawberry.type(description="The account was changed.")
class AccountChanged:
    """The account was changed."""

    account: CarbonAccount = strawberry.field(description="As it is now.")


@strawberry.input(description="Give an account another name.")
class RenameAccountInput:
    """Give an account another name."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    name: str = strawberry.field(description="1 to 200 characters.")


@strawberry.input(description="Switch whether nobody may approve data they entered.")
class SwitchSeparationOfDutiesInput:
    """Switch the separation of duties."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    is_on: bool = strawberry.field(description="Whether nobody may approve data they entered.")
    reason: str = strawberry.field(description="Why; kept with the change.")


@strawberry.input(description="Close an account for good.")
class CloseAccountInput:
    """Close an account for good."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    reason: str = strawberry.field(description="Why; kept with the change.")


@strawberry.input(description="Add a site to an account.")
class AddSiteInput:
    """Add a site."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    code: str = strawberry.field(description="Its code within the account, e.g. `S01`.")
    name: str = strawberry.field(description="1 to 200 characters.")
    division_code: str | None = strawberry.field(default=None, description="The account's own if left out.")
    address: str = strawberry.field(default="", description="At most 200 characters.")


@strawberry.input(description="Change a site; what is left out stays.")
class ChangeSiteInput:
    """Change a site."""

    site_id: strawberry.ID = strawberry.field(description="The site's global id.")
    name: str | None = strawberry.field(default=None, description="1 to 200 characters.")
    address: str | None = strawberry.field(default=None, description="At most 200 characters; empty removes it.")


@strawberry.type(description="The site was added.")
class SiteAdded:
    """The site was added."""

    site: Site = strawberry.field(description="As it is now.")


@strawberry.type(description="The site was changed.")
class SiteChanged:
    """The site was changed."""

    site: Site = strawberry.field(description="As it is now.")


@strawberry.input(description="Add a source of emissions to a site.")
class AddSourceInput:
    """Add a source of emissions."""

    site_id: strawberry.ID = strawberry.field(description="The site's global id.")
    code: str = strawberry.field(description="Its code within the account, e.g. `E01`.")
    name: str = strawberry.field(description="1 to 200 characters.")
    method: str = strawberry.field(description="Code of a calculation method of the account's guide.")
    unit: str = strawberry.field(description="Unit its quantities are usually given in.")
    key: str = strawberry.field(default="", description="Fuel, energy or material in the method's own table.")
    scope: int | None = strawberry.field(default=None, description="1, 2 or 3; the method's usual one if left out.")
    category: str | None = strawberry.field(default=None, description="For scope 3: one of the fifteen categories.")
    parameters: JSON | None = strawberry.field(
        default=None, description='Declared or measured values by name, decimals as text: `{"ncv": "389.31"}`.'
    )


@strawberry.input(description="Change a source's name or declared values; what is left out stays.")
class ChangeSourceInput:
    """Change a source."""

    source_id: strawberry.ID = strawberry.field(description="The source's global id.")
    name: str | None = strawberry.field(default=None, description="1 to 200 characters.")
    parameters: JSON | None = strawberry.field(
        default=None, description="All declared values from now on; a name left out is no longer declared."
    )


@strawberry.input(description="End a source.")
class EndSourceInput:
    """End a source."""

    source_id: strawberry.ID = strawberry.field(description="The source's global id.")
    ended_on: date = strawberry.field(description="The last day it may have activity.")
    reason: str = strawberry.field(description="Why; kept with the change.")


@strawberry.input(description="Take the end of a source back.")
class ResumeSourceInput:
    """Take the end of a source back."""

    source_id: strawberry.ID = strawberry.field(description="The source's global id.")
    reason: str = strawberry.field(description="Why; kept with the change.")


@strawberry.type(description="The source was added.")
class SourceAdded:
    """The source was added."""

    source: EmissionSource = strawberry.field(description="As it is now.")


@strawberry.type(description="The source was changed.")
class SourceChanged:
    """The source was changed."""

    source: EmissionSource = strawberry.field(description="As it is now.")


@strawberry.input(description="Add a meter to a source.")
class AddMeterInput:
    """Add a meter."""

    source_id: strawberry.ID = strawberry.field(description="The source's global id.")
    code: str = strawberry.field(description="Its code within the account, e.g. `M01`.")
    name: str = strawberry.field(description="1 to 200 characters.")
    unit: str = strawberry.field(description="Unit of its readings; must measure what the source's unit measures.")
    multiplier: Decimal = strawberry.field(default=ONE, description="Transformer ratio: reading x it = quantity.")


@strawberry.input(description="Give a meter another name.")
class RenameMeterInput:
    """Give a meter another name."""

    meter_id: strawberry.ID = strawberry.field(description="The meter's global id.")
    name: str = strawberry.field(description="1 to 200 characters.")


@strawberry.type(description="The meter was added.")
class MeterAdded:
    """The meter was added."""

    meter: Meter = strawberry.field(description="As it is now.")


@strawberry.type(description="The meter was changed.")
class MeterChanged:
    """The meter was changed."""

    meter: Meter = strawberry.field(description="As it is now.")


@strawberry.input(description="Record a calibration of a meter.")
class RecordCalibrationInput:
    """Record a calibration."""

    meter_id: strawberry.ID = strawberry.field(description="The meter's global id.")
    calibrated_on: date = strawberry.field(description="First valid day; not after today.")
    valid_until: date = strawberry.field(description="Last valid day.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="The certificate's global id.")


@strawberry.type(description="The calibration was recorded.")
class CalibrationRecorded:
    """The calibration was recorded."""

    calibration: Calibration = strawberry.field(description="As recorded; it never changes.")


@strawberry.input(description="Open a reporting year, or a closed one again.")
class OpenReportingYearInput:
    """Open a reporting year."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    year: int = strawberry.field(description="From 2005 to next year.")
    reason: str = strawberry.field(default="", description="Needed to open a closed year again.")


@strawberry.input(description="Close a reporting year.")
class CloseReportingYearInput:
    """Close a reporting year."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    year: int = strawberry.field(description="An open reporting year.")


@strawberry.type(description="The reporting year was opened or closed.")
class ReportingYearChanged:
    """The reporting year was opened or closed."""

    reporting_year: ReportingYear = strawberry.field(description="As it is now.")


def _account_id(value: strawberry.ID) -> Any:  # noqa: ANN401 - a UUID
    return uuids(value, "CarbonAccount", path=("input", "accountId"))[0]


def _parameters(value: JSON | None) -> Mapping[str, Any] | None:
    """Return declared values. Raises ParametersNotObject."""
    if value is None:
        return None
    given = cast("object", value)
    if not isinstance(given, dict):
        raise ParametersNotObject(path=("input", "parameters"))
    return cast("Mapping[str, Any]", given)


@strawberry.type
class AccountsMutation(FiguresMutation):
    """Commands of the carbon account."""

    @command("accounts:open", description="Open a carbon account (碳账户) for your enterprise; it gets its number.")
    async def open_account(context: Context, write: Write, input: OpenAccountInput) -> AccountOpened:
        """Open a carbon account."""
        opened = await service.open_account(
            write, context.scope, name=input.name, division_code=input.division_code, sector=input.sector,
            method_pack=input.method_pack, fuel_table=input.fuel_table,
        )  # fmt: skip
        return AccountOpened(account=account(opened))

    @command("accounts:rename", description="Give an account another name.")
    async def rename_account(context: Context, write: Write, input: RenameAccountInput) -> AccountChanged:
        """Give an account another name."""
        changed = await service.rename_account(
            write, context.scope, account_id=_account_id(input.account_id), name=input.name
        )
        return AccountChanged(account=account(changed))

    @command(
        "accounts:switch_separation_of_duties",
        description="Switch whether nobody may approve data they entered (不相容职责分离); administrators only.",
    )
    async def switch_separation_of_duties(
        context: Context, write: Write, input: SwitchSeparationOfDutiesInput
    ) -> AccountChanged:
        """Switch the separation of duties."""
        changed = await service.switch_separation_of_duties(
            write, context.scope, account_id=_account_id(input.account_id), is_on=input.is_on, reason=input.reason
        )
        return AccountChanged(account=account(changed))

    @command("accounts:close", description="Close an account for good; what is in it stays readable.")
    async def close_account(context: Context, write: Write, input: CloseAccountInput) -> AccountChanged:
        """Close an account for good."""
        closed = await service.close_account(
            write, context.scope, account_id=_account_id(input.account_id), reason=input.reason
        )
        return AccountChanged(account=account(closed))

    @command("accounts:add_site", description="Add a site (场所) to an account.")
    async def add_site(context: Context, write: Write, input: AddSiteInput) -> SiteAdded:
        """Add a site."""
        added = await service.add_site(
            write, context.scope, account_id=_account_id(input.account_id), code=input.code, name=input.name,
            division_code=input.division_code, address=input.address,
        )  # fmt: skip
        return SiteAdded(site=site(added))

    @command("accounts:change_site", description="Change a site's name or address.")
    async def change_site(context: Context, write: Write, input: ChangeSiteInput) -> SiteChanged:
        """Change a site."""
        account_id, site_id = own_key(input.site_id, "Site", path=("input", "siteId"))
        changed = await service.change_site(
            write, context.scope, account_id=account_id, site_id=site_id, name=input.name, address=input.address
        )
        return SiteChanged(site=site(changed))

    @command("accounts:add_source", description="Add a source of emissions (排放源) to a site.")
    async def add_source(context: Context, write: Write, input: AddSourceInput) -> SourceAdded:
        """Add a source of emissions."""
        account_id, site_id = own_key(input.site_id, "Site", path=("input", "siteId"))
        added = await service.add_source(
            write, context.scope, account_id=account_id, site_id=site_id, code=input.code, name=input.name,
            method=input.method, unit=input.unit, key=input.key, emission_scope=input.scope, category=input.category,
            parameters=_parameters(input.parameters),
        )  # fmt: skip
        return SourceAdded(source=source(added))

    @command("accounts:change_source", description="Change a source's name or its declared values.")
    async def change_source(context: Context, write: Write, input: ChangeSourceInput) -> SourceChanged:
        """Change a source."""
        account_id, source_id = own_key(input.source_id, "EmissionSource", path=("input", "sourceId"))
        changed = await service.change_source(
            write, context.scope, account_id=account_id, source_id=source_id, name=input.name,
            parameters=_parameters(input.parameters),
        )  # fmt: skip
        return SourceChanged(source=source(changed))

    @command("accounts:end_source", description="End a source: it takes no activity after its last day.")
    async def end_source(context: Context, write: Write, input: EndSourceInput) -> SourceChanged:
        """End a source."""
        account_id, source_id = own_key(input.source_id, "EmissionSource", path=("input", "sourceId"))
        ended = await service.end_source(
            write, context.scope, account_id=account_id, source_id=source_id, ended_on=input.ended_on,
            reason=input.reason,
        )  # fmt: skip
        return SourceChanged(source=source(ended))

    @command("accounts:resume_source", description="Take the end of a source back.")
    async def resume_source(context: Context, write: Write, input: ResumeSourceInput) -> SourceChanged:
        """Take the end of a source back."""
        account_id, source_id = own_key(input.source_id, "EmissionSource", path=("input", "sourceId"))
        resumed = await service.resume_source(
            write, context.scope, account_id=account_id, source_id=source_id, reason=input.reason
        )
        return SourceChanged(source=source(resumed))

    @command("accounts:add_meter", description="Add a meter (计量器具) to a source.")
    async def add_meter(context: Context, write: Write, input: AddMeterInput) -> MeterAdded:
        """Add a meter."""
        account_id, source_id = own_key(input.source_id, "EmissionSource", path=("input", "sourceId"))
        added = await service.add_meter(
            write, context.scope, account_id=account_id, source_id=source_id, code=input.code, name=input.name,
            unit=input.unit, multiplier=input.multiplier,
        )  # fmt: skip
        return MeterAdded(meter=meter(added))

    @command("accounts:rename_meter", description="Give a meter another name.")
    async def rename_meter(context: Context, write: Write, input: RenameMeterInput) -> MeterChanged:
        """Give a meter another name."""
        account_id, meter_id = own_key(input.meter_id, "Meter", path=("input", "meterId"))
        changed = await service.rename_meter(
            write, context.scope, account_id=account_id, meter_id=meter_id, name=input.name
        )
        return MeterChanged(meter=meter(changed))

    @command("accounts:record_calibration", description="Record a calibration (检定) of a meter; it never changes.")
    async def record_calibration(context: Context, write: Write, input: RecordCalibrationInput) -> CalibrationRecorded:
        """Record a calibration of a meter."""
        account_id, meter_id = own_key(input.meter_id, "Meter", path=("input", "meterId"))
        evidence_id = None
        if input.evidence_id is not None:
            _, evidence_id = own_key(input.evidence_id, "Evidence", path=("input", "evidenceId"))
        recorded = await service.record_calibration(
            write, context.scope, account_id=account_id, meter_id=meter_id, calibrated_on=input.calibrated_on,
            valid_until=input.valid_until, evidence_id=evidence_id,
        )  # fmt: skip
        return CalibrationRecorded(calibration=calibration(recorded))

    @command("accounts:open_year", description="Open a reporting year (核算年度), or a closed one again.")
    async def open_reporting_year(
        context: Context, write: Write, input: OpenReportingYearInput
    ) -> ReportingYearChanged:
        """Open a reporting year."""
        opened = await service.open_year(
            write, context.scope, account_id=_account_id(input.account_id), year=input.year, reason=input.reason
        )
        return ReportingYearChanged(reporting_year=reporting_year(opened))

    @command("accounts:close_year", description="Close a reporting year: it takes no more activity data.")
    async def close_reporting_year(
        context: Context, write: Write, input: CloseReportingYearInput
    ) -> ReportingYearChanged:
        """Close a reporting year."""
        closed = await service.close_year(
            write, context.scope, account_id=_account_id(input.account_id), year=input.year
        )
        return ReportingYearChanged(reporting_year=reporting_year(closed))
