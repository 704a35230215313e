"""Classes of units, participants, and how an account receives."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.ledger.errors import AccountUnknown, ClassUnknown, ReasonMissing, WholeBookOnly
from backend.ledger.models import LedgerClass
from backend.ledger.service.claiming import load_claim_rules
from backend.ledger.service.posting import refused
from backend.ledger.values import CCER, CEA, GEC, Accepts, Dimension, UnitClass
from backend.tenants import service as tenants

NATIONAL = (
    UnitClass(
        CEA, "全国碳排放配额", "China emission allowance", Dimension.TONNE, "tCO2e", 0, is_serialised=True,
        source="国务院令第775号", confidence="verified-by-lookup",
    ),
    UnitClass(
        CCER, "国家核证自愿减排量", "China certified emission reduction", Dimension.TONNE, "tCO2e", 0, is_serialised=True,
        source="生态环境部令第31号", confidence="verified-by-lookup",
    ),
    UnitClass(
        GEC, "可再生能源绿色电力证书", "Green electricity certificate", Dimension.CERTIFICATE, "MWh", 0, is_serialised=True,
        max_transfers=1, source="国能发新能规〔2024〕67号", confidence="verified-by-lookup",
    ),
)  # fmt: skip
"""The classes every jurisdiction has. A certificate stands for 1,000 kWh and changes hands once."""
OPEN_MANY = text(
    "select ledger_open_participant(row.id, cast(:organisation as uuid), row.path, row.name)"
    " from jsonb_to_recordset(:rows) as row (id uuid, name text, path text)"
).bindparams(bindparam("rows", type_=JSONB))
NAMED = ("name_zh", "name_en", "source", "confidence", "programme")


async def register_classes(write: Write, scope: Scope, classes: Sequence[UnitClass]) -> None:
    """Register classes of units under the service's scope; one that is there keeps its nature, and takes new names."""
    scope.require("ledger:issue")
    for each in classes:
        values = {
            "code": each.code, "name_zh": each.name_zh, "name_en": each.name_en, "dimension": each.dimension.value,
            "unit": each.unit, "scale": each.scale, "is_serialised": each.is_serialised,
            "max_transfers": each.max_transfers, "programme": each.programme, "source": each.source,
            "confidence": each.confidence,
        }  # fmt: skip
        statement = upsert(LedgerClass).values(values)
        await write.run(
            statement.on_conflict_do_update(
                index_elements=["code"], set_={name: statement.excluded[name] for name in NAMED}
            )
        )


async def furnish(write: Write, scope: Scope) -> None:
    """Register the national classes and the matrix of claims; safe to repeat."""
    await register_classes(write, scope, NATIONAL)
    await load_claim_rules(write, scope)


async def freeze(write: Write, scope: Scope, class_code: str, reason: str) -> None:
    """Freeze the book of a class: nothing moves in it, except a registrar's reversal.

    Raises:
        Forbidden: without `ledger:freeze`.
        WholeBookOnly: the authority of a part of the jurisdiction.
        ReasonMissing, ClassUnknown: as they say.
    """
    await _check_registrar(write, scope)
    if not reason.strip():
        raise ReasonMissing(path=("reason",))
    await _set(write, class_code, is_frozen=True, reason=reason)


async def unfreeze(write: Write, scope: Scope, class_code: str, reason: str) -> None:
    """Open the book of a class again; the audit keeps why. Refuses as `freeze` does."""
    await _check_registrar(write, scope)
    if not reason.strip():
        raise ReasonMissing(path=("reason",))
    await _set(write, class_code, is_frozen=False, reason=reason)


async def _check_registrar(write: Write, scope: Scope) -> None:
    scope.require("ledger:freeze")
    if scope.kind is not Kind.SYSTEM and scope.region != (await tenants.pack_in_force(write, scope)).region:
        raise WholeBookOnly


async def _set(write: Write, class_code: str, *, is_frozen: bool, reason: str) -> None:
    touched = await write.run(
        update(LedgerClass)
        .where(LedgerClass.code == class_code)
        .values(frozen_at=now() if is_frozen else None, frozen_reason=reason if is_frozen else "")
    )
    if not touched:
        raise refused(ClassUnknown.code, {"class": class_code})
    write.audit(
        "ledger:freeze" if is_frozen else "ledger:unfreeze",
        object_type="UnitClass",
        object_id=class_code,
        reason=reason,
    )


async def open_participant(write: Write, scope: Scope, name: str, division_path: str) -> UUID:
    """Open an account for somebody who is no enterprise (a household, a citizen); return its id.

    The caller's organisation keeps it. Raises Forbidden without `ledger:issue`.
    """
    return (await open_participants(write, scope, [(name, division_path)]))[0]


async def open_participants(write: Write, scope: Scope, named: Sequence[tuple[str, str]]) -> list[UUID]:
    """Open an account for each (name, division path) at once; return their ids in that order. Refuses as the single one."""
    scope.require("ledger:issue")
    opened = [new_id() for _ in named]
    rows = [{"id": str(one), "name": name, "path": path} for one, (name, path) in zip(opened, named, strict=True)]
    await write.run(OPEN_MANY, {"rows": rows, "organisation": scope.organisation_id})
    for one in opened:
        write.audit("ledger:open_participant", object_type="LedgerAccount", object_id=one)
    return opened


async def choose_acceptance(write: Write, scope: Scope, account_id: UUID, accepts: Accepts) -> None:
    """Choose whether transfers to one's account arrive at once, or wait for acceptance (the default).

    Raises:
        Forbidden: without `ledger:transfer`.
        AccountUnknown: not one's own.
    """
    scope.require("ledger:transfer")
    is_own = await write.value(select(func.ledger_choose_acceptance(account_id, scope.organisation_id, accepts.value)))
    if not is_own:
        raise AccountUnknown(account=str(account_id))
    write.audit("ledger:choose_acceptance", object_type="LedgerAccount", object_id=account_id, accepts=accepts.value)
