"""Accounts with what lies below them, made by the service's own commands, and where each can be seen from.

held = await held_account(databases)                 # Held: .account .holder .scope
site = await site_of(databases, held)
source = await source_of(databases, held, site)
meter = await meter_of(databases, held, source)
"""

import hashlib
import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories import identity
from factories.identity import Made

from backend.accounts import service
from backend.accounts.values import AccountValue, EvidenceValue, MeterValue, SiteValue, SourceValue
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.storage import key_of

_SERIALS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Held:
    """An account and its holder; `scope` is the holder's administrator."""

    account: AccountValue
    holder: Made

    @property
    def id(self) -> UUID:
        return self.account.id

    @property
    def scope(self) -> Scope:
        return self.holder.scope


def code(letter: str) -> str:
    """Return a code not used before in this process."""
    return f"{letter}{next(_SERIALS):05d}"


async def held_account(
    databases: Databases, *, tenant: str = "wuxi", division: str | None = None, sector: str = "steel", name: str = "示范厂区账户",
    holder: Made | None = None,
) -> Held:  # fmt: skip
    """Open an account, for an enterprise of its own unless one is given."""
    holder = holder or await identity.enterprise(databases, tenant=tenant, division=division)
    async with databases.write(holder.scope) as write:
        account = await service.open_account(
            write, holder.scope, name=name, division_code=division or identity.ROOTS[tenant], sector=sector
        )
    return Held(account, holder)


async def site_of(databases: Databases, held: Held, **given: Any) -> SiteValue:
    """Add a site."""
    async with databases.write(held.scope) as write:
        return await service.add_site(
            write, held.scope, account_id=held.id, **{"code": code("S"), "name": "一号厂区", **given}
        )


async def source_of(databases: Databases, held: Held, site: SiteValue, **given: Any) -> SourceValue:
    """Add a source of purchased electricity."""
    given = {"code": code("E"), "name": "购入电力", "method": "purchased_electricity", "unit": "MWh", **given}
    async with databases.write(held.scope) as write:
        return await service.add_source(write, held.scope, account_id=held.id, site_id=site.id, **given)


async def meter_of(databases: Databases, held: Held, source: SourceValue, **given: Any) -> MeterValue:
    """Add a meter."""
    given = {"code": code("M"), "name": "总表", "unit": "kWh", "multiplier": Decimal(100), **given}
    async with databases.write(held.scope) as write:
        return await service.add_meter(write, held.scope, account_id=held.id, source_id=source.id, **given)


async def evidence_of(databases: Databases, held: Held, content: bytes | None = None, **given: Any) -> EvidenceValue:
    """Attach evidence whose content is nowhere: for what needs only its row."""
    evidence_id = new_id()
    digest = hashlib.sha256(content or evidence_id.bytes).hexdigest()
    async with databases.write(held.scope) as write:
        return await service.attach_evidence(
            write, held.scope, account_id=held.id, evidence_id=evidence_id, size=len(content or b"16 bytes of text"),
            sha256=digest, object_key=key_of(held.scope.tenant, held.id, "evidence", evidence_id),
            **{"file_name": "电费发票.pdf", "media_type": "application/pdf", **given},
        )  # fmt: skip
