"""The four programmes beside the parks: factories, projects, virtual power plants, service bodies and platforms."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.parks import catalogue, queries_programmes
from backend.parks.errors import ParkEntryInvalid, ParkItemNotFound
from backend.parks.models import ParkProgrammeEntry, ParkProgrammeItem
from backend.parks.rules import checking
from backend.parks.service.common import changeable, note, of_authority, paper, recorded
from backend.parks.values import Document, EntryStatus, ItemRow, ProgrammeKind, Progress
from backend.regions import service as regions


async def register_item(
    write: Write, scope: Scope, *, kind: ProgrammeKind, name: str, division_code: str, status: EntryStatus,
    effective_on: date, document: Document, capacity: Decimal | None = None, account_id: UUID | None = None,
    park_id: UUID | None = None, remark: str = "",
) -> ItemRow:  # fmt: skip
    """Put something on a programme's register, with where it stands; capacity is in 万kW.

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`.
        DivisionUnknown, AccountNotFound, ParkNotFound: not of the caller's region, or not there.
        ParkTextInvalid, ParkDocumentInvalid, ParkDatesInvalid: name, document, day.
        ParkEntryInvalid: a status or capacity that does not fit the programme.
    """
    of_authority(scope, "parks:manage")
    division = await regions.own_division(write, scope, division_code)
    if account_id is not None:
        await accounts.account(write, scope, account_id)
    if park_id is not None:
        await changeable(write, scope, park_id)
    called = checking.text(name, "name", checking.LONGEST_NAME)
    own_id = new_id()
    await write.run(
        insert(ParkProgrammeItem).values(
            id=own_id, kind=kind.value, name=called, division_code=division.code, division_path=division.path,
            account_id=account_id, park_id=park_id, **recorded(scope),
        )
    )  # fmt: skip
    return await update_item(
        write, scope, own_id, status=status, effective_on=effective_on, document=document, capacity=capacity,
        remark=remark,
    )  # fmt: skip


async def update_item(
    write: Write, scope: Scope, item_id: UUID, *, status: EntryStatus, effective_on: date, document: Document,
    capacity: Decimal | None = None, remark: str = "",
) -> ItemRow:  # fmt: skip
    """Say where an item stands from a day on; what was said before stays on record.

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`.
        ParkItemNotFound, ParkDocumentInvalid, ParkDatesInvalid, ParkTextInvalid: in this order.
        ParkEntryInvalid: a status or capacity that does not fit the programme.
    """
    of_authority(scope, "parks:manage")
    found = await queries_programmes.item(write, scope, item_id, today())
    if found is None:
        raise ParkItemNotFound
    source, said = checking.document(document), checking.note(remark, "remark")
    checking.not_to_come(effective_on, "effectiveOn")
    _check(found.kind, status, capacity)
    await write.run(
        insert(ParkProgrammeEntry).values(
            id=new_id(), item_id=item_id, division_path=found.division_path, account_id=found.account_id,
            status=status.value, effective_on=effective_on, capacity=capacity, note=said, **paper(source),
            **recorded(scope),
        )
    )  # fmt: skip
    note(write, "parks:update_item", "park_programme_item", item_id, programme=found.kind.value, status=status.value)
    now_found = await queries_programmes.item(write, scope, item_id, today())
    return now_found or found


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
    """Return every target of the plan beside what there is on a day. One statement.

    Raises:
        Unauthenticated, Forbidden: without `parks:read`.
    """
    found = await queries_programmes.measures(read, scope, under=under, on=on)
    return [
        Progress(each, found.get(each.measure, Decimal(0)), found.get(each.measure, Decimal(0)) >= each.quantity, on)
        for each in catalogue.targets(scope.tenant)
    ]
