"""The programmes beside the parks: factories, projects, virtual power plants, service bodies; platforms; green factories."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.parks import catalogue, queries_programmes, queries_workflow
from backend.parks.errors import ParkEntryInvalid, ParkItemInSteps, ParkItemNotFound, ParkItemNotStepped
from backend.parks.models import ParkProgrammeEntry, ParkProgrammeItem
from backend.parks.names import PROGRAMME_NAMES
from backend.parks.rules import checking, walking
from backend.parks.service.common import lock, note, of_authority, of_operator, paper, recorded, visible
from backend.parks.values import (
    STEPPED,
    ZERO,
    Document,
    EntryStatus,
    ProgrammeKind,
)
from backend.parks.values_programmes import ItemRow, Progress
from backend.regions import service as regions
from backend.tenants import service as tenants


async def register_item(
    write: Write, scope: Scope, *, kind: ProgrammeKind, name: str, division_code: str, status: EntryStatus | None = None,
    effective_on: date | None = None, document: Document | None = None, capacity: Decimal | None = None,
    account_id: UUID | None = None, park_id: UUID | None = None, remark: str = "",
) -> ItemRow:  # fmt: skip
    """Put something on a programme's register; capacity is in 万kW.

    With a status it is taken over with the document that says so; without one it is a candidate for the seven steps.
    An enterprise puts its own candidates forward, for one of its accounts and where that account lies.

    Raises:
        Unauthenticated, Forbidden: without `parks:apply` (an enterprise, its own candidate) or `parks:manage`; a status
            is the authority's to say.
        DivisionUnknown, AccountNotFound, ParkNotFound: not of the caller's region, or not there.
        ParkTextInvalid: the name.
        ParkEntryInvalid: an enterprise's candidate without an account, a status without its day and document, or
            one that does not fit the programme.
        ParkItemNotStepped: a candidate for what does not go through the seven steps.
        ParkDocumentInvalid, ParkDatesInvalid: document, day.
    """
    of_operator(scope)
    is_own = scope.kind is Kind.ENTERPRISE
    if is_own and status is not None:
        raise Forbidden(permission="parks:manage")
    account = None if account_id is None else await accounts.account(write, scope, account_id)
    if is_own:
        if account is None:
            raise ParkEntryInvalid(
                reason_zh="企业须以本企业账户申报", reason_en="an enterprise puts forward what is of its own account",
                path=("input", "accountId"),
            )  # fmt: skip
        division = await tenants.required_division(write, scope, account.division_code)
    else:
        division = await regions.own_division(write, scope, division_code)
    if park_id is not None:
        await visible(write, scope, park_id)
    called = checking.text(name, "name", checking.LONGEST_NAME)
    if status is None and kind not in STEPPED:
        raise ParkItemNotStepped(name=PROGRAMME_NAMES[kind], path=("input", "kind"))
    if status is not None and (effective_on is None or document is None):
        raise ParkEntryInvalid(
            reason_zh="登记状态须填写起始日期和依据文件",
            reason_en="a status comes with its first day and the document that says so",
            path=("input", "effectiveOn" if effective_on is None else "document"),
        )  # fmt: skip
    own_id = new_id()
    await write.run(
        insert(ParkProgrammeItem).values(
            id=own_id, kind=kind.value, name=called, division_code=division.code, division_path=division.path,
            account_id=account_id, park_id=park_id, **recorded(scope),
        )
    )  # fmt: skip
    if status is None or effective_on is None or document is None:
        note(write, "parks:register_item", "park_programme_item", own_id, programme=kind.value, name=called)
        return await _found(write, scope, own_id)
    return await update_item(
        write, scope, own_id, status=status, effective_on=effective_on, document=document, capacity=capacity,
        remark=remark,
    )  # fmt: skip


async def _found(read: Read, scope: Scope, item_id: UUID) -> ItemRow:
    found = await queries_programmes.item(read, scope, item_id, today())
    if found is None:
        raise ParkItemNotFound
    return found


async def update_item(
    write: Write, scope: Scope, item_id: UUID, *, status: EntryStatus, effective_on: date, document: Document,
    capacity: Decimal | None = None, remark: str = "",
) -> ItemRow:  # fmt: skip
    """Say where an item stands from a day on; what was said before stays on record.

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`.
        ParkItemNotFound, ParkDocumentInvalid, ParkDatesInvalid, ParkTextInvalid: in this order.
        ParkEntryInvalid: a status or capacity that does not fit the programme.
        ParkItemInSteps: another status than it has, while it goes through the seven steps.
    """
    of_authority(scope, "parks:manage")
    await lock(write, item_id)
    found = await _found(write, scope, item_id)
    source, said = checking.document(document), checking.note(remark, "remark")
    checking.not_to_come(effective_on, "effectiveOn")
    _check(found.kind, status, capacity)
    ways = await queries_workflow.applications_of(write, scope, item_id)
    if status is not found.status and any(not walking.has_ended(each.steps) for each in ways):
        raise ParkItemInSteps(path=("input", "status"))
    await write.run(
        insert(ParkProgrammeEntry).values(
            id=new_id(), item_id=item_id, division_path=found.division_path, account_id=found.account_id,
            status=status.value, effective_on=effective_on, capacity=capacity, note=said, **paper(source),
            **recorded(scope),
        )
    )  # fmt: skip
    note(write, "parks:update_item", "park_programme_item", item_id, programme=found.kind.value, status=status.value)
    return await _found(write, scope, item_id)


def _check(kind: ProgrammeKind, status: EntryStatus, capacity: Decimal | None) -> None:
    """Refuse what does not fit. A registered virtual power plant has a capacity; nothing else has one or is registered."""
    is_plant = kind is ProgrammeKind.POWER_PLANT
    if status is EntryStatus.REGISTERED and not is_plant:
        raise ParkEntryInvalid(
            reason_zh="仅虚拟电厂使用“注册”状态", reason_en="only virtual power plants are registered",
            path=("input", "status"),
        )  # fmt: skip
    if is_plant and status is EntryStatus.REGISTERED and capacity is None:
        raise ParkEntryInvalid(
            reason_zh="注册虚拟电厂须填写最大可调能力（万千瓦）",
            reason_en="a registered virtual power plant needs its adjustable capacity (10 MW units)",
            path=("input", "capacity"),
        )  # fmt: skip
    if capacity is not None and (not is_plant or not capacity.is_finite() or not 0 <= capacity < Decimal(10_000)):
        raise ParkEntryInvalid(
            reason_zh="可调能力仅用于虚拟电厂，应为 0 至 10000 万千瓦",
            reason_en="adjustable capacity is of virtual power plants, 0 to 10,000 (in 10 MW units)",
            path=("input", "capacity"),
        )  # fmt: skip


async def progress(read: Read, scope: Scope, *, under: str | None, on: date) -> list[Progress]:
    """Return every target of the plan beside what there is on a day; one whose last day is over, what there was then.

    One statement, and one for each year of targets that is over. Targets are of the whole jurisdiction: only its own
    authority, not asking for a part of it, is told what is missing.

    Raises:
        Unauthenticated, Forbidden: without `parks:read`.
    """
    scope.require("parks:read")
    targets = catalogue.targets(scope.tenant)
    pack = await tenants.pack_in_force(read, scope)
    whole = (await tenants.required_division(read, scope, pack.division_code)).path
    is_whole = scope.kind is Kind.AUTHORITY and scope.region == whole and (under is None or whole.startswith(under))
    found = await queries_programmes.measures(read, scope, under=under, on=on)
    ended = {
        year: await queries_programmes.measures(read, scope, under=under, on=date(year, 12, 31))
        for year in sorted({each.year for each in targets})
        if date(year, 12, 31) < on
    }
    return [
        Progress(
            each, found.get(each.measure, ZERO),
            ended[each.year].get(each.measure, ZERO) if each.year in ended else None, on, is_whole,
        )
        for each in targets
    ]  # fmt: skip
