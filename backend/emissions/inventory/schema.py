"""Inventories on the wire: read, explain, compare, prove; compute, submit, review, verify, close, restate."""

from typing import Annotated

import strawberry

from backend.accounts import service as accounts
from backend.emissions.inventory import diff, preview, queries
from backend.emissions.inventory.errors import InventoryNotFound
from backend.emissions.inventory.estimate import estimate
from backend.emissions.inventory.overview import overview
from backend.emissions.inventory.reproduce import reproduce
from backend.emissions.inventory.schema_answers import (
    ActivationPreview,
    EmissionEstimate,
    EstimateInput,
    InventoryDifference,
    InventoryReproduction,
    bridge_shown,
    difference_shown,
    estimate_shown,
    preview_shown,
    reproduction_shown,
)
from backend.emissions.inventory.schema_objects import (
    Finding,
    Inventory,
    InventoryLine,
    finding_shown,
    inventory_shown,
    line_shown,
)
from backend.emissions.inventory.schema_overview import AccountOverview, overview_shown
from backend.emissions.inventory.schema_types import (
    ACCOUNT,
    INVENTORY,
    LINE,
    PARAMETER,
    StateEnum,
    one_id,
    pair,
)
from backend.emissions.inventory.values import State
from backend.kit.clock import today
from backend.kit.errors import Invalid, Limited
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info

SHOWN = 500
"""Differing lines listed; the count tells of the rest."""

MOST_DRAFTS = 1000


class TooManyAtOnce(Limited):
    """More drafts than one preview takes."""

    code = "too_many_at_once"
    en = "At most {limit} drafts in one preview."
    zh = "一次最多预览 {limit} 个草稿。"


class OtherYear(Invalid):
    """The two inventories are not of one account and year."""

    code = "other_year"
    en = "Only versions of the same account can be compared."
    zh = "只能比较同一账户的清单版本。"


@strawberry.type
class InventoryQuery:
    """Reads of inventories."""

    @strawberry.field(description="An account's year on one screen: totals, months, parts, state, findings, duties.")
    async def account_overview(self, info: Info, account_id: strawberry.ID, year: int) -> AccountOverview | None:
        """Read the overview."""
        account = one_id(account_id, ACCOUNT, path=("accountId",))
        async with info.context.read() as read:
            found = await overview(read, info.context.scope, account, year)
        return None if found is None else overview_shown(found, year)

    @strawberry.field(description="One version of a year's inventory, null when it is not there or not yours.")
    async def inventory(self, info: Info, id: strawberry.ID) -> Inventory | None:  # noqa: A002 - the wire's word
        """Fetch an inventory."""
        account_id, inventory_id = pair(id, INVENTORY, path=("id",))
        async with info.context.read() as read:
            row = await queries.inventory(read, info.context.scope, account_id, inventory_id)
        return None if row is None else inventory_shown(row)

    @strawberry.field(description="An account's inventories, newest year and version first.")
    async def inventories(
        self, info: Info, account_id: strawberry.ID, year: int | None = None, first: int = 50, after: str | None = None
    ) -> Connection[Inventory]:
        """List inventories."""
        account = one_id(account_id, ACCOUNT, path=("accountId",))
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.inventories(
                read, info.context.scope, account, year, limit=asked.fetch, after=asked.after
            )
            if not rows:  # nothing there, or nothing there for the caller: the second is not found
                await accounts.account(read, info.context.scope, account)
        return connect(rows, asked, key=lambda row: (row.year, row.version), make=inventory_shown)

    @strawberry.field(description="One line with everything that explains it.")
    async def inventory_line(self, info: Info, id: strawberry.ID) -> InventoryLine | None:  # noqa: A002 - the wire's word
        """Fetch a line."""
        key = pair(id, LINE, path=("id",))
        row = await info.context.loader(queries.line_batch).load(key)
        return None if row is None else line_shown(row)

    @strawberry.field(description="A verifier's findings on an account's year, every version, oldest first.")
    async def inventory_findings(
        self, info: Info, account_id: strawberry.ID, year: int, state: str | None = None, first: int = 50,
        after: str | None = None,
    ) -> Connection[Finding]:  # fmt: skip
        """List findings."""
        account = one_id(account_id, ACCOUNT, path=("accountId",))
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.findings(
                read, info.context.scope, account, year, state=state, limit=asked.fetch, after=asked.after
            )
            if not rows:  # as above
                await accounts.account(read, info.context.scope, account)
        return connect(rows, asked, key=lambda row: (row.id,), make=finding_shown)

    @strawberry.field(
        description="What waits for whom: by default the submitted inventories a verifier (or an authority) sees, the "
        "longest waiting first."
    )
    async def verification_queue(
        self, info: Info,
        states: list[StateEnum] | None = None,  # type: ignore[valid-type]
        year: int | None = None, first: int = 50, after: str | None = None,
    ) -> Connection[Inventory]:  # fmt: skip
        """List waiting inventories."""
        asked = page(first, after)
        wanted = [each.value for each in states] if states else [State.SUBMITTED.value]
        async with info.context.read() as read:
            rows = await queries.queue(read, info.context.scope, wanted, year, limit=asked.fetch, after=asked.after)
        return connect(rows, asked, key=lambda row: (row.computed_at.isoformat(), row.id), make=inventory_shown)

    @strawberry.field(
        description="What changed between two versions: lines in words and numbers, bridges of the totals."
    )
    async def inventory_difference(
        self, info: Info, from_id: strawberry.ID, to_id: strawberry.ID
    ) -> InventoryDifference:
        """Compare two versions."""
        account_id, before_id = pair(from_id, INVENTORY, path=("fromId",))
        other_account, after_id = pair(to_id, INVENTORY, path=("toId",))
        if account_id != other_account:
            raise OtherYear(path=("toId",))
        scope = info.context.scope
        async with info.context.read() as read:
            before = await queries.inventory(read, scope, account_id, before_id)
            after = await queries.inventory(read, scope, account_id, after_id)
            if before is None or after is None:
                raise InventoryNotFound
            rows = await queries.all_lines(read, scope, account_id, [before_id, after_id])
        old = [row for row in rows if row.inventory_id == before_id]
        new = [row for row in rows if row.inventory_id == after_id]
        found = diff.compare(old, new)
        return InventoryDifference(
            from_id=from_id, to_id=to_id, from_version=before.version, to_version=after.version,
            reason=after.reason, bridges=[bridge_shown(each) for each in diff.bridges(old, new, found)],
            line_count=len(found), lines=[difference_shown(account_id, each) for each in found[:SHOWN]],
        )  # fmt: skip

    @strawberry.field(
        description="Compute an inventory again, from the records and parameter versions it names, apart from the "
        "database's arithmetic, and compare to the last digit."
    )
    async def reproduce_inventory(self, info: Info, id: strawberry.ID) -> InventoryReproduction:  # noqa: A002 - the wire's word
        """Reproduce an inventory."""
        account_id, inventory_id = pair(id, INVENTORY, path=("id",))
        async with info.context.read() as read:
            found = await reproduce(read, info.context.scope, account_id, inventory_id)
        return reproduction_shown(account_id, found)

    @strawberry.field(description="The calculator: one quantity by one method, exactly as an inventory would have it.")
    async def estimate(self, info: Info, input: EstimateInput) -> EmissionEstimate:  # noqa: A002 - the wire's word
        """Compute one quantity."""
        async with info.context.read() as read:
            found = await estimate(
                read, info.context.scope, code=input.method, quantity=input.quantity, unit=input.unit, key=input.key,
                scope_number=input.scope, category=input.category, parameters=parameters_of(input.parameters),
                on=input.on or today(), published_by=input.published_by or today(),
                province_code=input.province_code, grid_region=input.grid_region, fuel_table=input.fuel_table,
                factor_policy=input.factor_policy, is_certificate_claimed=input.is_certificate_claimed,
                reported_t=input.reported_t,
            )  # fmt: skip
        return estimate_shown(found)

    @strawberry.field(
        description="What activating draft parameter versions would change in the newest inventories the caller sees: "
        "how many, how many by more than 2 %. Large tenants ask for it as a job (requestActivationPreview)."
    )
    async def preview_parameter_activation(
        self, info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Draft versions, as nodes.")],
        year: int | None = None,
    ) -> ActivationPreview:  # fmt: skip
        """Preview an activation."""
        if len(ids) > MOST_DRAFTS:
            raise TooManyAtOnce(limit=MOST_DRAFTS, path=("ids",))
        drafts = frozenset(one_id(each, PARAMETER, path=("ids",)) for each in ids)
        context = info.context
        return preview_shown(await preview.preview(context.databases.write, context.scope, drafts, year=year))


class ParametersInvalid(Invalid):
    """Not an object of codes and values."""

    code = "parameters_invalid"
    en = 'Write parameters as an object of codes and texts, e.g. {{"ncv": "20"}}; decimals as text.'
    zh = '参数请写为代码与文本的对象，例如 {{"ncv": "20"}}，小数请写为文本。'


def parameters_of(given: object) -> dict[str, object]:
    """Read a JSON object of parameters; a JSON number with a point has already lost digits.

    Raises:
        ParametersInvalid: not an object, or a value that is neither text nor integer.
    """
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ParametersInvalid(path=("input", "parameters"))
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise ParametersInvalid(path=("input", "parameters", str(name)))
    return {str(name): value for name, value in given.items()}
