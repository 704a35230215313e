"""Key units for tests: accounts with whole years, put on the list by the service's own commands."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from factories import identity
from factories.accounts import Held, held_account
from factories.figures import figure, recorded
from factories.identity import Made
from factories.inventory import Place
from factories.regions import roll_all, store_inventory

from backend.keyunits import service
from backend.keyunits.values import (
    ChangeKind,
    Document,
    FileRow,
    FindingArea,
    PassportField,
    PostKind,
    ProposalRow,
    RetrofitKind,
    RetrofitState,
)
from backend.keyunits.values_work import FindingRow, Period, RetrofitDraft, RetrofitRow, SavingDraft, SavingRow
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.wire.nodes import node_id

PAPER = Document("重点用能和碳排放单位名录", "锡发改〔2026〕12号", date(2026, 4, 1))
WHY = "按文件办理"
YEAR = 2025


@dataclass(frozen=True)
class Bureau:
    """An authority: two officers of it, and its region."""

    made: Made
    clerk: Scope
    chief: Scope


async def bureau_of(databases: Databases, *, tenant: str = "wuxi", division: str | None = None) -> Bureau:
    """Make an authority with two officers."""
    made = await identity.authority(databases, tenant=tenant, division=division)
    clerk = await identity.colleague(databases, made, "officer")
    return Bureau(made, clerk, await identity.colleague(databases, made, "officer"))


def place_of(held: Held) -> Place:
    """Return an account as the inventory factory takes it."""
    scope = held.scope
    return Place(scope.tenant, held.id, held.holder.id, held.id, held.id, division_path=held.account.division_path)


async def yeared(
    databases: Databases, held: Held, energy: str, direct: str = "0", *, year: int = YEAR, months: int = 12,
    location: str = "0", value_added: str | None = None, version: int = 1, state: str = "verified",
) -> UUID:  # fmt: skip
    """Give an account's year an inventory whose sums these are, by months alike but the first, and its value added."""
    rest = dict.fromkeys(range(2, months + 1), ("0", "0", "0", "0"))
    made = await store_inventory(
        databases, place_of(held), year, version, {1: (direct, location, location, energy), **rest}, state=state
    )
    if value_added is not None:
        await recorded(databases, held, year, figure("value_added", value_added))
    await roll_all(databases, held.scope.tenant)
    return made


async def proposed(
    databases: Databases, scope: Scope, *, year: int = YEAR, code: str | None = None
) -> service.Proposed:
    """Propose the list."""
    async with databases.write(scope) as write:
        return await service.propose_units(write, scope, year=year, division_code=code)


async def decided(
    databases: Databases, scope: Scope, *rows: ProposalRow, is_confirmed: bool = True
) -> list[ProposalRow]:
    """Decide on proposals."""
    async with databases.write(scope) as write:
        return await service.decide_units(
            write, scope, [each.id for each in rows], is_confirmed=is_confirmed, reason=WHY, document=PAPER
        )


async def enlisted(databases: Databases, bureau: Bureau, held: Held, *, year: int = YEAR) -> None:
    """Put an account on the list by hand."""
    async with databases.write(bureau.clerk) as write:
        row = await service.propose_unit(
            write, bureau.clerk, held.id, year=year, kind=ChangeKind.ENTER, reason="主管部门指定"
        )
    await decided(databases, bureau.chief, row)


async def unit_of(
    databases: Databases, *, division: str = "320206", tenant: str = "wuxi", sector: str = "steel", year: int = YEAR
) -> tuple[Bureau, Held]:
    """Make an account that is on the list."""
    bureau = await bureau_of(databases, tenant=tenant, division=division)
    held = await held_account(databases, tenant=tenant, division=division, sector=sector)
    await enlisted(databases, bureau, held, year=year)
    return bureau, held


async def file_of(databases: Databases, scope: Scope, held: Held) -> FileRow | None:
    """Read an account's file."""
    async with databases.read(scope) as read:
        return (await service.files(read, scope, [held.id])).get(held.id)


async def posted(databases: Databases, held: Held, kind: PostKind = PostKind.ENERGY_MANAGER, **given: object) -> None:
    """Fill a post as the holder."""
    facts = {
        "person_name": "王工", "title": "能源部部长", "contact": "0510-0000", "starts_on": date(2025, 1, 1),
        "ends_on": None, **given,
    }  # fmt: skip
    async with databases.write(held.scope) as write:
        await service.record_post(write, held.scope, held.id, kind=kind, document=PAPER, **facts)  # type: ignore[arg-type] - texts and days


async def found(databases: Databases, held: Held, scope: Scope | None = None) -> FindingRow:
    """Record a finding."""
    caller = scope or held.scope
    async with databases.write(caller) as write:
        return await service.record_finding(
            write, caller, held.id, area=FindingArea.EQUIPMENT, title="空压机群控缺失", detail="", diagnosed_on=date(2026, 5, 1),
            body="第三方诊断机构", potential_tce=Decimal(120), potential_tco2=Decimal("300.5"), evidence_id=None,
        )  # fmt: skip


async def planned(
    databases: Databases, held: Held, *, ends_on: date | None = None, finding_id: UUID | None = None
) -> RetrofitRow:
    """Put a project into the reserve."""
    last = ends_on or today() + timedelta(days=200)
    draft = RetrofitDraft(
        RetrofitKind.RETROFIT, "余热回收改造", "加热炉烟气余热回收", Decimal(3_500_000), Decimal(800), Decimal(2080),
        "可研报告第 4 章", min(date(2026, 1, 1), last), last, finding_id,
    )  # fmt: skip
    async with databases.write(held.scope) as write:
        return await service.plan_retrofit(write, held.scope, held.id, draft)


async def moved(databases: Databases, held: Held, row: RetrofitRow, state: RetrofitState, on: date) -> RetrofitRow:
    """Take a project further."""
    async with databases.write(held.scope) as write:
        return await service.move_retrofit(
            write, held.scope, held.id, row.id, state=state, happened_on=on, remark="按计划"
        )


async def completed(databases: Databases, held: Held) -> RetrofitRow:
    """Make a completed project."""
    row = await planned(databases, held)
    await moved(databases, held, row, RetrofitState.BUILDING, date(2025, 6, 1))
    return await moved(databases, held, row, RetrofitState.COMPLETED, date(2025, 12, 31))


BEFORE = Period(date(2025, 1, 1), date(2025, 3, 31), Decimal(1000), Decimal(2600), Decimal(500))
AFTER = Period(date(2026, 1, 1), date(2026, 3, 31), Decimal(1100), Decimal(2800), Decimal(600))


async def saved(
    databases: Databases, held: Held, row: RetrofitRow, *, scope: Scope | None = None, before: Period = BEFORE,
    after: Period = AFTER, adjustment: str = "0", reason: str = "",
) -> SavingRow:  # fmt: skip
    """Compare before and after."""
    caller = scope or held.scope
    draft = SavingDraft(before, after, "t", Decimal(adjustment), Decimal(adjustment), reason)
    async with databases.write(caller) as write:
        return await service.record_saving(write, caller, held.id, row.id, draft, evidence_id=None)


async def shown(databases: Databases, held: Held, *fields: PassportField, until: date | None = None) -> UUID:
    """Agree to a public page; return its id."""
    async with databases.write(held.scope) as write:
        row = await service.show_passport(
            write, held.scope, held.id, fields=fields or (PassportField.LISTING,),
            valid_until=until or today() + timedelta(days=30),
        )  # fmt: skip
    return row.passport_id


async def filed(databases: Databases, held: Held) -> dict[str, str]:
    """Give an account a file with one of everything; return the global ids."""
    division = held.account.division_code
    bureau = await bureau_of(databases, division=division)
    async with databases.write(bureau.clerk) as write:
        waiting = await service.propose_unit(
            write, bureau.clerk, held.id, year=YEAR, kind=ChangeKind.ENTER, reason="受害者纳入名录"
        )
    await decided(databases, bureau.chief, waiting)
    async with databases.write(bureau.clerk) as write:
        leaving = await service.propose_unit(
            write, bureau.clerk, held.id, year=YEAR - 1, kind=ChangeKind.LEAVE, reason="受害者调出名录"
        )
    await posted(databases, held, person_name="受害者负责人")
    problem = await found(databases, held)
    project = await completed(databases, held)
    saving = await saved(databases, held, project)
    await shown(databases, held)
    return {
        "key_unit_proposal": str(node_id("KeyUnitProposal", held.id, leaving.id)),
        "key_unit_finding": str(node_id("KeyUnitFinding", held.id, problem.id)),
        "key_unit_retrofit": str(node_id("KeyUnitRetrofit", held.id, project.id)),
        "key_unit_saving": str(node_id("KeyUnitSaving", held.id, saving.id)),
        "key_unit": str(node_id("KeyUnit", held.id)),
    }
