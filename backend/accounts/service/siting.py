"""Add a site, change its name or address."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import update

from backend.accounts import queries, rules
from backend.accounts.errors import CodeTaken, SiteNotFound
from backend.accounts.models import Site
from backend.accounts.service.common import changeable, differences, insert_new, note, told
from backend.accounts.values import SiteValue
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.tenants import service as tenants


async def add_site(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    code: str,
    name: str,
    division_code: str | None = None,
    address: str = "",
) -> SiteValue:
    """Add a place where the account's activity happens; without a division it lies in the account's own.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        CodeInvalid: the code.
        TextMissing, TextTooLong: name or address.
        DivisionUnknown: not a division known here.
        CodeTaken: another site of the account has it.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    site = SiteValue(
        account_id=account_id,
        id=new_id(),
        code=rules.code(code),
        name=rules.text(name, "name"),
        division_code=division_code or account.division_code,
        address=rules.text(address, "address", is_needed=False),
        created_at=now(),
    )
    await tenants.required_division(write, scope, site.division_code)
    if not await insert_new(write, Site, site):
        raise CodeTaken(value=site.code, path=("input", "code"))
    note(
        write, account, "accounts:add_site", "site", site.id,
        code=site.code, name=site.name, division=site.division_code, address=site.address,
    )  # fmt: skip
    return site


async def change_site(
    write: Write, scope: Scope, *, account_id: UUID, site_id: UUID, name: str | None = None, address: str | None = None
) -> SiteValue:
    """Change a site's name or address; None leaves it.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        SiteNotFound: not in this account.
        TextMissing, TextTooLong: name or address.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    site = await queries.site(write, scope, account_id, site_id)
    if site is None:
        raise SiteNotFound
    changes = differences(
        site,
        {
            "name": None if name is None else rules.text(name, "name"),
            "address": None if address is None else rules.text(address, "address", is_needed=False),
        },
    )
    if changes:
        await write.run(update(Site).where(Site.account_id == account_id, Site.id == site_id).values(**changes))
        note(write, account, "accounts:change_site", "site", site_id, code=site.code, changes=told(site, changes))
    return replace(site, **changes)
