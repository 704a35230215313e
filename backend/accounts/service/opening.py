"""Open an account, rename it, switch the separation of duties, close it."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select, text, update

from backend.accounts import rules
from backend.accounts.errors import (
    AccountHasOpenYears,
    AccountNotEmpty,
    AccountNotYours,
    DivisionOutside,
    FuelTableUnknown,
    HolderMissing,
    MethodPackUnknown,
    SectorUnknown,
)
from backend.accounts.models import CarbonAccount, ReportingYear
from backend.accounts.ports import contents, source_rules
from backend.accounts.service.common import changeable, differences, insert_new, note, told
from backend.accounts.values import OTHER_SECTOR, AccountValue
from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants
from backend.tenants.values import Pack

_NEXT_SERIAL = text("select nextval('carbon_account_number')")


async def open_account(
    write: Write,
    scope: Scope,
    *,
    name: str,
    division_code: str,
    sector: str,
    method_pack: str | None = None,
    fuel_table: str | None = None,
    organisation_id: UUID | None = None,
    is_demonstration: bool = False,
) -> AccountValue:
    """Open a carbon account for an enterprise and give it its number.

    Method pack and fuel table come from the jurisdiction's pack by sector unless given. `sector` is a sector of the
    pack, or `other`. Only the service itself names another `organisation_id` or marks a demonstration.

    Raises:
        Unauthenticated, Forbidden: without `accounts:open`.
        AccountNotYours: for another organisation, or by an organisation that is no enterprise.
        HolderMissing: the service does not say for whom, or the holder is no enterprise.
        TextMissing, TextTooLong: the name.
        DivisionUnknown: not a division known here.
        DivisionOutside: the division lies above this jurisdiction.
        SectorUnknown, MethodPackUnknown, FuelTableUnknown: not in this jurisdiction's pack or among the tables.
    """
    scope.require("accounts:open")
    holder_id = await _holder(write, scope, organisation_id)
    clean = rules.text(name, "name")
    division = await tenants.required_division(write, scope, division_code)
    pack = await tenants.pack_in_force(write, scope)
    if not division.path.startswith(pack.region):
        raise DivisionOutside(
            division=division_code, jurisdiction=f"{pack.division_code} {pack.name_zh}", path=("input", "divisionCode")
        )
    chosen = _method_pack(pack, sector, method_pack)
    account = AccountValue(
        id=new_id(),
        organisation_id=holder_id,
        number=rules.account_number(division.code, int(await write.value(_NEXT_SERIAL))),
        name=clean,
        division_code=division.code,
        division_path=division.path,
        sector=sector,
        method_pack=chosen,
        fuel_table=_fuel_table(pack, chosen, fuel_table),
        province_code=pack.province_code,
        grid_region=pack.grid_region,
        has_separation_of_duties=pack.separation_of_duties,
        is_demonstration=is_demonstration and scope.kind is Kind.SYSTEM,
        opened_at=now(),
        opened_by=scope.actor_id,
        closed_at=None,
    )
    await insert_new(write, CarbonAccount, account)
    note(
        write, account, "accounts:open", "carbon_account", account.id,
        name=account.name, division=account.division_code, sector=account.sector, method_pack=account.method_pack,
        fuel_table=account.fuel_table,
    )  # fmt: skip
    return account


async def _holder(write: Write, scope: Scope, organisation_id: UUID | None) -> UUID:
    if scope.kind is Kind.SYSTEM:
        holder = None if organisation_id is None else await identity.organisation(write, scope, organisation_id)
        if holder is None or holder.kind != Kind.ENTERPRISE:
            raise HolderMissing(path=("input", "organisationId"))
        return holder.id
    if scope.kind is not Kind.ENTERPRISE or scope.organisation_id is None:
        raise AccountNotYours
    if organisation_id not in {None, scope.organisation_id}:
        raise AccountNotYours
    return scope.organisation_id


def _method_pack(pack: Pack, sector: str, wanted: str | None) -> str:
    found = pack.sector(sector)
    if found is None and sector != OTHER_SECTOR:
        known = ", ".join([*(each.code for each in pack.sectors), OTHER_SECTOR])
        raise SectorUnknown(sector=sector, known=known, path=("input", "sector"))
    usual = pack.default_method_pack if found is None else found.method_pack
    if wanted is not None and pack.method_pack(wanted) is None:
        known = ", ".join(each.code for each in pack.method_packs)
        raise MethodPackUnknown(method_pack=wanted, known=known, path=("input", "methodPack"))
    return wanted or usual


def _fuel_table(pack: Pack, method_pack: str, wanted: str | None) -> str:
    defaults = pack.method_pack(method_pack)
    if wanted is None and defaults is not None:
        return defaults.fuel_table
    known = source_rules().fuel_tables()
    if wanted not in known:
        raise FuelTableUnknown(fuel_table=wanted, known=", ".join(known), path=("input", "fuelTable"))
    return wanted


async def rename_account(write: Write, scope: Scope, *, account_id: UUID, name: str) -> AccountValue:
    """Give the account another name.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        TextMissing, TextTooLong: the name.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id, is_alone=True)
    changes = differences(account, {"name": rules.text(name, "name")})
    if changes:
        await write.run(update(CarbonAccount).where(CarbonAccount.id == account_id).values(**changes))
        note(write, account, "accounts:rename", "carbon_account", account_id, changes=told(account, changes))
    return replace(account, **changes)


async def switch_separation_of_duties(
    write: Write, scope: Scope, *, account_id: UUID, is_on: bool, reason: str
) -> AccountValue:
    """Switch whether nobody may approve data they entered. The holder's administrator decides, with a reason.

    Raises:
        Unauthenticated, Forbidden: without `accounts:open`, which only administrators have.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ReasonMissing, TextTooLong: the reason.
    """
    scope.require("accounts:open")
    account = await changeable(write, scope, account_id, is_alone=True)
    why = rules.reason(reason)
    changes = differences(account, {"has_separation_of_duties": is_on})
    if changes:
        await write.run(update(CarbonAccount).where(CarbonAccount.id == account_id).values(**changes))
        note(
            write, account, "accounts:switch_separation_of_duties", "carbon_account", account_id,
            changes=told(account, changes), reason=why,
        )  # fmt: skip
    return replace(account, **changes)


async def close_account(write: Write, scope: Scope, *, account_id: UUID, reason: str) -> AccountValue:
    """Close the account for good: everything in it stays readable and nothing can be added.

    Raises:
        Unauthenticated, Forbidden: without `accounts:open`, which only administrators have.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ReasonMissing, TextTooLong: the reason.
        AccountHasOpenYears: it still reports on a year.
        AccountNotEmpty: units lie in it, available or locked.
    """
    scope.require("accounts:open")
    account = await changeable(write, scope, account_id, is_alone=True)
    why = rules.reason(reason)
    years = await write.rows(
        select(ReportingYear.year)
        .where(ReportingYear.account_id == account_id, ReportingYear.closed_at.is_(None))
        .order_by(ReportingYear.year)
    )
    if years:
        raise AccountHasOpenYears(years=", ".join(str(row.year) for row in years))
    if units := await contents()(write, scope, account_id):
        raise AccountNotEmpty(units=", ".join(units))
    changes = {"closed_at": now()}
    await write.run(update(CarbonAccount).where(CarbonAccount.id == account_id).values(**changes))
    note(write, account, "accounts:close", "carbon_account", account_id, reason=why)
    return replace(account, **changes)
