"""Retirements to be certified, in the books and made up."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories.accounts import Held

from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import StoredFile, key_of
from backend.ledger import service as ledger
from backend.ledger.values import (
    BatchValue,
    Bucket,
    Dimension,
    MovementKind,
    MovementValue,
    PostingValue,
    Reason,
    Selection,
    Serials,
    UnitClass,
)
from backend.statements import rules, service
from backend.statements.account.issued import FileKind, StatementFile, StatementValue
from backend.statements.values import CertificateValue, ChainLink, Draft, OriginRun

GEC = UnitClass(
    "GEC", "可再生能源绿色电力证书", "Green electricity certificate", Dimension.CERTIFICATE, "MWh", 0, is_serialised=True,
    confidence="verified-by-lookup",
)  # fmt: skip
MOMENT = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


async def retired(
    databases: Databases, held: Held, *selections: Selection, purpose: str = "market_scope2", beneficiary: str = "示范公司"
) -> list[MovementValue]:  # fmt: skip
    """Retire units of an account under its holder's scope."""
    async with databases.write(held.scope) as write:
        return await ledger.retire(
            write, held.scope, held.id, list(selections), Reason(purpose=purpose, beneficiary=beneficiary, period=2026)
        )


async def reversed_(databases: Databases, movement_id: UUID, tenant: str = "wuxi") -> MovementValue:
    """Reverse a movement as the registrar does."""
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        return await ledger.reverse(write, scope, movement_id, Reason(note="误操作"))


class NoSeal:
    """Seals nothing: for certificates whose document nobody asks for."""

    def close(self, plain: bytes, bound_to: str) -> bytes:
        return plain

    def open(self, sealed: bytes, bound_to: str) -> bytes | None:
        return None


async def certified(databases: Databases, held: Held, *movement_ids: UUID) -> CertificateValue:
    """Issue a certificate whose document is nowhere: for what needs only its row."""
    system = held.scope.as_system()
    async with databases.write(system) as write:
        key = await service.document_key(write, system, NoSeal())
    async with databases.write(held.scope) as write:
        draft = await service.draft_certificate(write, held.scope, Settings.model_validate({}), movement_ids)
        assert isinstance(draft, Draft)
        place = key_of(held.scope.tenant, held.id, "certificates", f"{draft.id}.pdf")
        stored = StoredFile(place, 1, hashlib.sha256(draft.id.bytes).hexdigest())
        return await service.record_certificate(write, held.scope, draft, stored, key.id)


async def issued_statement(databases: Databases, held: Held, year: int = 2025) -> StatementValue:
    """Issue an account's statement of a year whose files are nowhere: for what needs only its row."""
    system = held.scope.as_system()
    async with databases.write(system) as write:
        key = await service.document_key(write, system, NoSeal())
    async with databases.write(held.scope) as write:
        draft = await service.draft_statement(
            write, held.scope, Settings.model_validate({}), held.id, date(year, 1, 1), date(year, 12, 31)
        )
        place = key_of(held.scope.tenant, held.id, "statements", f"{draft.id}.json")
        digest = hashlib.sha256(draft.content).hexdigest()
        file = StatementFile(FileKind.JSON, "", digest, len(draft.content), place)
        return await service.record_statement(write, held.scope, draft, [file], "e30..c2ln", key.id)


def a_retirement(
    serials: Sequence[Serials], *, number: int = 10234, kind: UnitClass = GEC, quantity: Decimal | None = None, first: int = 5001,
    **changed: Any,
) -> rules.Retired:  # fmt: skip
    """Return a retirement that is in no books; units of a serialised class are imported from a registry."""
    account, batch = new_id(), new_id()
    amount = quantity if quantity is not None else Decimal(sum(last - low + 1 for low, last in serials))
    begin, end = (serials[0][0], serials[-1][1]) if serials else (1, 1)
    movement = MovementValue(
        **{
            "id": new_id(), "number": number, "kind": MovementKind.RETIRE, "class_code": kind.code, "quantity": amount,
            "from_account_id": account, "to_account_id": account, "hold_id": None, "batch_ids": (batch,),
            "serials": tuple(serials), "effective_on": date(2026, 11, 20), "recorded_at": MOMENT,
            "purpose": "market_scope2", "beneficiary": "无锡示范钢铁有限公司", "period": 2026, **changed,
        }
    )  # fmt: skip
    value = BatchValue(
        batch, kind.code, "imported", amount, 2026, date(2026, 3, 1), date(2026, 3, 31), date(2028, 2, 29), True, 1,  # noqa: FBT003 - in the order of its fields
        "PV-320200-0017", {}, (begin, end), MOMENT,
    )  # fmt: skip
    return rules.Retired(
        movement,
        [
            PostingValue(account, batch, Bucket.AVAILABLE, -amount, Decimal(0), tuple(serials)),
            PostingValue(account, batch, Bucket.RETIRED, amount, amount, tuple(serials)),
        ],
        kind,
        {batch: value},
        [OriginRun(begin, "test", "F01", first, first + end - begin)] if serials else [],
        ChainLink(88012, "9f" * 32),
    )


def stated(
    *given: rules.Retired, is_demonstration: bool = False, holder: str = "无锡示范钢铁有限公司"
) -> dict[str, Any]:
    """Return the facts of a certificate over made-up retirements."""
    number = rules.number_of("320200", 2026, bytes(range(8)))
    return rules.facts(
        number, MOMENT, date(2026, 11, 21), rules.Issuer("wuxi", "无锡市", "Wuxi", "320200"),
        rules.Holder(holder, "", "91320200MA1X00001A", "CA-320206-000123", "惠山厂区账户", is_demonstration),
        given, rules.verify_url("wuxi", number, hosts=(), base_domain="carbon.example.cn", port=8000),
    )  # fmt: skip
