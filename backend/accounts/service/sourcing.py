"""Add a source of emissions, change its name or declared values, end it, take an end back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update

from backend.accounts import queries, rules
from backend.accounts.errors import CodeTaken, SiteNotFound, SourceEnded, SourceNotFound
from backend.accounts.models import Source
from backend.accounts.ports import source_rules
from backend.accounts.service.common import changeable, differences, insert_new, note, told
from backend.accounts.values import SourceDraft, SourceValue
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope


async def add_source(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    site_id: UUID,
    code: str,
    name: str,
    method: str,
    unit: str,
    key: str = "",
    emission_scope: int | None = None,
    category: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> SourceValue:
    """Add a source: one method applied to one thing at one site.

    `unit` is what its quantities are usually given in, `parameters` the account's declared or measured values that
    hold until a record says otherwise. `emission_scope` and `category` are the method's usual ones unless given.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        CodeInvalid: the code.
        TextMissing, TextTooLong: the name.
        SiteNotFound: not in this account.
        Invalid: the methods refuse it (see `ports.SourceRules.shape`); SourceRulesMissing when there are none.
        CodeTaken: another source of the account has it.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    clean_code, clean_name = rules.code(code), rules.text(name, "name")
    if await queries.site(write, scope, account_id, site_id) is None:
        raise SiteNotFound(path=("input", "siteId"))
    draft = SourceDraft(method, emission_scope, category, key, unit, parameters or {})
    shape = source_rules().shape(draft, method_pack=account.method_pack)
    source = SourceValue(
        account_id=account_id,
        id=new_id(),
        site_id=site_id,
        code=clean_code,
        name=clean_name,
        method=method,
        scope=shape.scope,
        category=shape.category,
        key=shape.key,
        unit=shape.unit,
        parameters=dict(shape.parameters),
        created_at=now(),
        ended_on=None,
    )
    if not await insert_new(write, Source, source):
        raise CodeTaken(value=clean_code, path=("input", "code"))
    note(
        write, account, "accounts:add_source", "source", source.id,
        code=source.code, name=source.name, method=method, emission_scope=source.scope, category=source.category,
        key=source.key, unit=source.unit, parameters=source.parameters,
    )  # fmt: skip
    return source


async def change_source(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    source_id: UUID,
    name: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> SourceValue:
    """Change a source's name or its declared values (all of them: what is left out is no longer declared).

    Declared values act from the next calculation on; inventories already computed keep the values they used. Method,
    key and unit never change: another thing is another source.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        SourceNotFound: not in this account.
        TextMissing, TextTooLong: the name.
        Invalid: the methods refuse the values; SourceRulesMissing when there are none.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    source = await _source(write, account_id, source_id)
    wanted: dict[str, Any] = {"name": None if name is None else rules.text(name, "name")}
    if parameters is not None:
        draft = SourceDraft(source.method, source.scope, source.category, source.key, source.unit, parameters)
        wanted["parameters"] = dict(source_rules().shape(draft, method_pack=account.method_pack).parameters)
    changes = differences(source, wanted)
    if changes:
        await _update(write, source, changes)
        note(write, account, "accounts:change_source", "source", source_id, code=source.code,
             changes=told(source, changes))  # fmt: skip
    return replace(source, **changes)


async def end_source(
    write: Write, scope: Scope, *, account_id: UUID, source_id: UUID, ended_on: date, reason: str
) -> SourceValue:
    """End a source: `ended_on` is the last day it may have activity.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        SourceNotFound: not in this account.
        EndDateInvalid: before 2005 or after this year.
        ReasonMissing, TextTooLong: the reason.
        SourceEnded: it has ended before.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    source = await _source(write, account_id, source_id)
    rules.check_end(ended_on, today())
    why = rules.reason(reason)
    if source.ended_on is not None:
        raise SourceEnded(source=source.code, ended_on=str(source.ended_on))
    await _update(write, source, {"ended_on": ended_on})
    note(write, account, "accounts:end_source", "source", source_id, code=source.code, ended_on=ended_on, reason=why)
    return replace(source, ended_on=ended_on)


async def resume_source(write: Write, scope: Scope, *, account_id: UUID, source_id: UUID, reason: str) -> SourceValue:
    """Take the end of a source back; a source that has not ended stays as it is.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        SourceNotFound: not in this account.
        ReasonMissing, TextTooLong: the reason.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    source = await _source(write, account_id, source_id)
    why = rules.reason(reason)
    if source.ended_on is not None:
        await _update(write, source, {"ended_on": None})
        note(write, account, "accounts:resume_source", "source", source_id, code=source.code,
             ended_on=source.ended_on, reason=why)  # fmt: skip
    return replace(source, ended_on=None)


async def _source(write: Write, account_id: UUID, source_id: UUID) -> SourceValue:
    """Return the source, its row held: two changes of one source follow each other."""
    row = await write.row(
        queries.SOURCE.where(Source.account_id == account_id, Source.id == source_id).with_for_update()
    )
    if row is None:
        raise SourceNotFound
    return SourceValue(*row)


async def _update(write: Write, source: SourceValue, changes: Mapping[str, Any]) -> None:
    await write.run(
        update(Source).where(Source.account_id == source.account_id, Source.id == source.id).values(**changes)
    )
