"""Commands of quick reports and estimates on the wire."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.kit.db import Write
from backend.monitoring.estimates import service
from backend.monitoring.estimates.schema_types import ACCOUNT, REPORT, QuickReportNode, quick_report
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import node_id, uuids
from backend.wire.scalars import Month

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

JOB = "Job"


@strawberry.input(description="Whose accounts are to be fitted and estimated.")
class EstimateCarbonFromElectricityInput:
    """Whose accounts."""

    division_code: str = strawberry.field(description="The division with all below it.")


@strawberry.input(description="Which quick report is to be prepared.")
class PrepareQuickReportInput:
    """Which report."""

    division_code: str = strawberry.field(description="The division with all below it.")
    month: Month = strawberry.field(description="A month that is over.")


@strawberry.input(description="Issue a prepared quick report.")
class IssueQuickReportInput:
    """Which report, and what is said of it."""

    report_id: strawberry.ID = strawberry.field(description="The prepared report.")
    note: str = strawberry.field(default="", description="What is said of it, up to 1,000 characters.")


@strawberry.input(description="The document entries were taken from.")
class EstimateDocumentInput:
    """A document."""

    number: str = strawberry.field(description="Its number (文号).")
    dated: date = strawberry.field(description="Its date; not to come.")
    title: str = strawberry.field(description="Its title.")


@strawberry.input(description="What the authority's roster says of an account.")
class LargeIndustryEntryInput:
    """An entry of the roster."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    is_large: bool = strawberry.field(description="Whether it is industry above designated size (规模以上工业).")


@strawberry.input(
    description="Enter the roster of industry above designated size (规上工业名录), up to 500 accounts at once."
)
class RecordLargeIndustryInput:
    """Entries of the roster."""

    document: EstimateDocumentInput = strawberry.field(description="The roster.")
    entries: list[LargeIndustryEntryInput] = strawberry.field(description="What it says; all or nothing is stored.")


@strawberry.input(description="An account's electricity of a month.")
class ElectricityEntryInput:
    """An account's electricity of a month."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    month: Month = strawberry.field(description="A month that is over.")
    mwh: Decimal = strawberry.field(description="Net purchased electricity, MWh.")


@strawberry.input(description="Enter electricity as the grid company told it, up to 500 entries at once.")
class RecordGridElectricityInput:
    """Electricity as the grid company told it."""

    document: EstimateDocumentInput = strawberry.field(description="Where the grid company told it.")
    entries: list[ElectricityEntryInput] = strawberry.field(description="What it told; all or nothing is stored.")


@strawberry.type(description="The work was asked for.")
class EstimateWorkRequested:
    """The work was asked for."""

    job_id: strawberry.ID = strawberry.field(description="The job; its result names what was made.")


@strawberry.type(description="The quick report was issued.")
class QuickReportIssued:
    """The quick report was issued."""

    report: QuickReportNode = strawberry.field(description="As issued.")


@strawberry.type(description="The entries were stored.")
class EstimateEntriesRecorded:
    """The entries were stored."""

    count: int = strawberry.field(description="How many.")


def _paper(given: EstimateDocumentInput) -> service.Paper:
    return service.Paper(given.number, given.dated, given.title)


@strawberry.type
class EstimatesMutation:
    """Commands of quick reports and estimates."""

    @command("monitoring:estimate")
    async def estimate_carbon_from_electricity(
        context: Context, write: Write, input: EstimateCarbonFromElectricityInput
    ) -> EstimateWorkRequested:
        """Fit a division's enterprises on their verified months and estimate the months since, in a job."""
        job_id = await service.request_estimates(write, context.scope, input.division_code)
        return EstimateWorkRequested(job_id=node_id(JOB, job_id))

    @command("monitoring:estimate")
    async def prepare_quick_report(
        context: Context, write: Write, input: PrepareQuickReportInput
    ) -> EstimateWorkRequested:
        """Prepare a division's quick report of a month, in a job: the estimates first, then the report."""
        job_id = await service.prepare(write, context.scope, input.division_code, input.month)
        return EstimateWorkRequested(job_id=node_id(JOB, job_id))

    @command("monitoring:issue")
    async def issue_quick_report(context: Context, write: Write, input: IssueQuickReportInput) -> QuickReportIssued:
        """Issue a prepared quick report as the next version of its division's month, once and for good."""
        (report_id, *_) = uuids(input.report_id, REPORT, path=("input", "reportId"))
        return QuickReportIssued(report=quick_report(await service.issue(write, context.scope, report_id, input.note)))

    @command("monitoring:estimate")
    async def record_large_industry(
        context: Context, write: Write, input: RecordLargeIndustryInput
    ) -> EstimateEntriesRecorded:
        """Enter who is industry above designated size by the authority's roster; the newest entry counts."""
        entries = [
            service.RosterDraft(
                uuids(each.account_id, ACCOUNT, path=("input", "entries", str(at), "accountId"))[0], each.is_large
            )
            for at, each in enumerate(input.entries)
        ]
        return EstimateEntriesRecorded(
            count=await service.record_roster(write, context.scope, entries, _paper(input.document))
        )

    @command("monitoring:estimate")
    async def record_grid_electricity(
        context: Context, write: Write, input: RecordGridElectricityInput
    ) -> EstimateEntriesRecorded:
        """Enter electricity as the grid company told it: estimates use it where the holder entered none."""
        entries = [
            service.ElectricityDraft(
                uuids(each.account_id, ACCOUNT, path=("input", "entries", str(at), "accountId"))[0], each.month,
                each.mwh,
            )
            for at, each in enumerate(input.entries)
        ]  # fmt: skip
        return EstimateEntriesRecorded(
            count=await service.record_electricity(write, context.scope, entries, _paper(input.document))
        )
