"""Bad input through the API: each refused with its named error, and nothing changed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from factories import identity
from factories.accounts import Held, held_account
from factories.api import Client
from factories.ledger import imported, issued, with_points
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import create_async_engine

from backend.accounts import service as accounts
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service
from backend.ledger.errors import OriginOverlap, UnitsExpired
from backend.ledger.models import LedgerBatch, LedgerClass, LedgerOrigin
from backend.ledger.values import Accepts, BatchSpec, Dimension, MovementValue, OriginRange, UnitClass
from backend.wire.nodes import node_id

D = Decimal


@dataclass
class Desk:
    """Two enterprises at the API, with 100 CCER and 20 GEC on the giver's account."""

    databases: Databases
    giver: Held
    taker: Held
    ccer: MovementValue
    gec: MovementValue
    client: Client
    other: Client

    @property
    def account(self) -> str:
        return str(node_id("CarbonAccount", self.giver.id))

    async def transfer(self, units: dict[str, Any], *, key: str | None = None, **given: Any) -> dict[str, Any]:
        asked = {"fromAccountId": self.account, "units": units, **given}
        if "toAccountId" not in given:
            asked.setdefault("toNumber", self.taker.account.number)
        return (await self.client.named("TransferUnits", input=asked, idempotencyKey=key))["transferUnits"]

    async def retire(self, *units: dict[str, Any], **reason: Any) -> dict[str, Any]:
        asked = {"accountId": self.account, "units": list(units), "reason": {"purpose": "event", **reason}}
        return (await self.client.named("RetireUnits", input=asked))["retireUnits"]

    async def books(self) -> Any:
        """Everything the books say of both accounts, and how many movements and batches there are of them."""
        ids = [self.giver.id, self.taker.id]
        async with self.databases.read(Scope.system("wuxi")) as read:
            rows = await read.rows(
                text(
                    "select 'b', account_id::text, batch_id::text, bucket, amount::text from ledger_balance"
                    " where account_id = any(:ids)"
                    " union all select 'l', account_id::text, batch_id::text, bucket, serials::text from ledger_lot"
                    " where account_id = any(:ids)"
                    " union all select 'm', count(*)::text, '', '', '' from ledger_movement"
                    " where from_account_id = any(:ids) or to_account_id = any(:ids)"
                    " union all select 'h', id::text, state, '', quantity::text from ledger_hold"
                    " where account_id = any(:ids) order by 1, 2, 3, 4, 5"
                ),
                {"ids": ids},
            )
        return [tuple(row) for row in rows]

    @asynccontextmanager
    async def unchanged(self) -> AsyncIterator[None]:
        before = await self.books()
        yield
        assert await self.books() == before


@pytest.fixture
async def desk(databases: Databases, http: httpx.AsyncClient) -> Desk:  # noqa: F811 - the fixture
    nobody = Client(http, "wuxi")
    giver, taker = await held_account(databases), await held_account(databases)
    return Desk(
        databases,
        giver,
        taker,
        await issued(databases, giver.id, "CCER", 100, vintage=2025),
        await issued(databases, giver.id, "GEC", 20, vintage=2025, valid_until=today() + timedelta(days=700)),
        await nobody.signed_in(giver.holder),
        await nobody.signed_in(taker.holder),
    )


def run(first: int, last: int) -> dict[str, str]:
    return {"first": str(first), "last": str(last)}


def ccer(quantity: str) -> dict[str, Any]:
    return {"unitClass": "CCER", "quantity": quantity}


@pytest.mark.parametrize(
    ("units", "code", "field"),
    [
        ({"unitClass": "CCER", "serials": [run(10**15, 10**15)]}, "serials_unknown", "serials"),
        ({"unitClass": "CCER", "serials": [run(9, 3)]}, "serials_invalid", "serials"),
        ({"unitClass": "CCER", "serials": [run(-5, 3)]}, "serials_invalid", "serials"),
        (ccer("-1"), "quantity_not_positive", "quantity"),
        (ccer("0"), "quantity_not_positive", "quantity"),
        (ccer("1e30"), "quantity_too_large", "quantity"),
        (ccer("101"), "insufficient_units", "quantity"),
        (ccer("0.5"), "units_not_whole", "quantity"),
        ({"unitClass": "GEC", "quantity": "0.5"}, "units_not_whole", "quantity"),
        ({"unitClass": "TEST_POINT", "quantity": "0.001"}, "quantity_too_precise", "quantity"),
        ({"unitClass": "TEST_POINT", "serials": [run(1, 1)]}, "class_not_serialised", "serials"),
        ({"unitClass": "NOPE", "quantity": "1"}, "class_unknown", "unitClass"),
        ({"unitClass": "CCER"}, "selection_empty", "quantity"),
        ({"unitClass": "CCER", "serials": [run(each, each) for each in range(1, 1002)]}, "too_many_ranges", "serials"),
    ],
)
async def test_units_that_cannot_be_are_refused(desk: Desk, units: dict[str, Any], code: str, field: str) -> None:
    await with_points(desk.databases)
    async with desk.unchanged():
        answer = await desk.transfer(units)
        assert (answer["code"], answer["path"]) == (code, ["input", "units", field])
        assert (await desk.retire(units))["code"] == code


async def test_a_named_serial_twice_or_against_the_quantity(desk: Desk) -> None:
    first = desk.ccer.serials[0][0]
    async with desk.unchanged():
        twice = await desk.transfer(
            {"unitClass": "CCER", "serials": [run(first, first + 3), run(first + 3, first + 5)]}
        )
        assert twice["code"] == "serials_repeated"
        other = await desk.transfer({"unitClass": "CCER", "quantity": "2", "serials": [run(first, first + 3)]})
        assert other["code"] == "quantity_mismatch"


async def test_foreign_serials(desk: Desk) -> None:
    foreign = await issued(desk.databases, desk.taker.id, "CCER", 5)
    async with desk.unchanged():
        answer = await desk.transfer({"unitClass": "CCER", "serials": [run(*foreign.serials[0])]})
        assert (answer["__typename"], answer["code"]) == ("ConflictError", "serials_not_here")
        assert (await desk.retire({"unitClass": "CCER", "serials": [run(*foreign.serials[0])]}))["code"] == (
            "serials_not_here"
        )


async def test_serials_of_another_class(desk: Desk) -> None:
    async with desk.unchanged():
        answer = await desk.transfer({"unitClass": "CCER", "serials": [run(*desk.gec.serials[0])]})
        assert answer["code"] == "serials_unknown"


async def test_somebody_elses_account(desk: Desk) -> None:
    asked = {"fromAccountId": desk.account, "toNumber": desk.taker.account.number, "units": ccer("1")}
    async with desk.unchanged():
        answer = (await desk.other.named("TransferUnits", input=asked))["transferUnits"]
        assert (answer["__typename"], answer["code"]) == ("NotFoundError", "account_unknown")
        assert answer["path"] == ["input", "fromAccountId"]


async def test_a_transfer_to_oneself_to_nobody_or_to_both(desk: Desk) -> None:
    async with desk.unchanged():
        self_ = await desk.transfer(ccer("1"), toNumber=desk.giver.account.number)
        assert (self_["code"], self_["path"]) == ("transfer_to_self", ["input", "toNumber"])
        assert (await desk.transfer(ccer("1"), toAccountId=desk.account))["code"] == "transfer_to_self"
        nobody = await desk.transfer(ccer("1"), toNumber="CA-320200-999999")
        assert (nobody["code"], nobody["path"]) == ("account_unknown", ["input", "toNumber"])
        both = await desk.transfer(ccer("1"), toNumber=desk.taker.account.number, toAccountId=desk.account)
        assert both["code"] == "receiver_missing"


async def test_a_closed_account(desk: Desk) -> None:
    async with desk.databases.write(desk.taker.scope) as write:
        await accounts.close_account(write, desk.taker.scope, account_id=desk.taker.id, reason="停业")
    async with desk.unchanged():
        answer = await desk.transfer(ccer("1"))
        assert (answer["__typename"], answer["code"]) == ("ConflictError", "account_closed")


async def end_yesterday(servers: Any, batch_id: UUID) -> None:
    """Let a batch's last day be yesterday: only the owner of the tables can, nobody who signs in."""
    engine = create_async_engine(servers.addresses["wuxi"].owner.get_secret_value())
    async with engine.begin() as connection:
        await connection.execute(
            update(LedgerBatch).where(LedgerBatch.id == batch_id).values(valid_until=today() - timedelta(days=1))
        )
    await engine.dispose()


async def test_expired_units(desk: Desk, servers: Any) -> None:
    """The units are good when they are issued; then their last day goes by without the expiry having run."""
    made = await issued(desk.databases, desk.giver.id, "CEA", 7, vintage=2022, valid_until=today())
    await end_yesterday(servers, made.batch_ids[0])
    async with desk.unchanged():
        for units in ({"unitClass": "CEA", "quantity": "7"}, {"unitClass": "CEA", "serials": [run(*made.serials[0])]}):
            assert (await desk.transfer(units))["code"] == "units_expired"
            assert (await desk.retire(units))["code"] == "units_expired"
    with pytest.raises(UnitsExpired):
        await issued(desk.databases, desk.giver.id, "CEA", 7, valid_until=today() - timedelta(days=1))


async def test_a_certificate_is_sold_once(desk: Desk) -> None:
    async with desk.databases.write(desk.taker.scope) as write:
        await service.choose_acceptance(write, desk.taker.scope, desk.taker.id, Accepts.AUTOMATICALLY)
    sold = await desk.transfer({"unitClass": "GEC", "quantity": "5"})
    assert sold["movement"]["kind"] == "TRANSFER"
    asked = {
        "fromAccountId": str(node_id("CarbonAccount", desk.taker.id)), "toNumber": desk.giver.account.number,
        "units": {"unitClass": "GEC", "serials": sold["movement"]["serials"]},
    }  # fmt: skip
    async with desk.unchanged():
        again = (await desk.other.named("TransferUnits", input=asked))["transferUnits"]
        assert again["code"] == "units_already_transferred"
        asked["units"] = {"unitClass": "GEC", "quantity": "1"}
        assert (await desk.other.named("TransferUnits", input=asked))["transferUnits"]["code"] == (
            "units_already_transferred"
        )


async def test_units_bound_to_their_energy_stay(desk: Desk) -> None:
    bound = await issued(desk.databases, desk.giver.id, "GEC", 3, is_transferable=False)
    async with desk.unchanged():
        answer = await desk.transfer({"unitClass": "GEC", "serials": [run(*bound.serials[0])]})
        assert (answer["code"], answer["path"]) == ("units_not_transferable", ["input", "units"])


async def test_a_day_that_has_not_come(desk: Desk) -> None:
    tomorrow = (today() + timedelta(days=1)).isoformat()
    async with desk.unchanged():
        answer = await desk.transfer(ccer("1"), reason={"effectiveOn": tomorrow})
        assert (answer["code"], answer["path"]) == ("effective_in_future", ["input", "reason", "effectiveOn"])
        assert (await desk.retire(ccer("1"), effectiveOn=tomorrow))["code"] == "effective_in_future"
        past = await desk.transfer(ccer("1"), expiresAt=(now() - timedelta(hours=1)).isoformat())
        assert (past["code"], past["path"]) == ("expiry_in_past", ["input", "expiresAt"])
        naive = await desk.transfer(ccer("1"), expiresAt="0001-01-01T00:00:00")
        assert naive["code"] == "expiry_in_past"


async def test_a_text_that_is_too_long(desk: Desk) -> None:
    async with desk.unchanged():
        answer = await desk.transfer(ccer("1"), reason={"beneficiary": "长" * 201})
        assert (answer["code"], answer["path"]) == ("ledger_text_too_long", ["input", "reason", "beneficiary"])


async def test_a_replayed_key(desk: Desk) -> None:
    key = new_id().hex
    first = await desk.transfer(ccer("10"), key=key)
    async with desk.unchanged():
        assert await desk.transfer(ccer("10"), key=key) == first
        other = await desk.transfer(ccer("11"), key=key)
        assert (other["__typename"], other["code"]) == ("ConflictError", "idempotency_key_reused")


async def test_a_frozen_class(desk: Desk) -> None:
    system = Scope.system("wuxi")
    frozen = UnitClass("TEST_FROZEN", "测试冻结", "Test frozen", Dimension.TONNE, "tCO2e", 0, is_serialised=True)
    async with desk.databases.write(system) as write:
        await service.register_classes(write, system, [frozen])
    await issued(desk.databases, desk.giver.id, frozen.code, 10)
    registrar = await desk.client.as_(None).signed_in(await identity.authority(desk.databases))
    asked = {"unitClass": frozen.code, "reason": "账实不符"}
    shut = (await registrar.named("FreezeUnitClass", input=asked))["freezeUnitClass"]["unitClass"]
    assert (shut["frozenReason"], shut["frozenAt"] is None) == ("账实不符", False)
    units = {"unitClass": frozen.code, "quantity": "1"}
    async with desk.unchanged():
        answer = await desk.transfer(units)
        assert (answer["__typename"], answer["code"]) == ("ConflictError", "class_frozen")
        assert "账实不符" in answer["messageZh"]
        assert (await desk.retire(units))["code"] == "class_frozen"
        refused = (await desk.client.named("UnfreezeUnitClass", input=asked))["unfreezeUnitClass"]
        assert refused["__typename"] == "ForbiddenError"
        district = await desk.client.as_(None).signed_in(await identity.authority(desk.databases, division="320205"))
        partly = (await district.named("FreezeUnitClass", input=asked))["freezeUnitClass"]
        assert (partly["__typename"], partly["code"]) == ("ForbiddenError", "whole_book_only")
        silent = (await registrar.named("UnfreezeUnitClass", input={**asked, "reason": " "}))["unfreezeUnitClass"]
        assert silent["code"] == "ledger_reason_missing"
    opened = (await registrar.named("UnfreezeUnitClass", input=asked))["unfreezeUnitClass"]["unitClass"]
    assert (opened["frozenAt"], opened["frozenReason"]) == (None, "")
    assert (await desk.transfer(units))["movement"]["kind"] == "OFFER"


async def test_units_imported_twice(desk: Desk) -> None:
    """An import of one unit too many brings none."""
    frame = f"X{new_id().hex}"
    await imported(
        desk.databases, desk.giver.scope, desk.giver.id, "CCER", 30, origins=(OriginRange("t", frame, 1, 30),)
    )
    batches = [
        (D(5), BatchSpec(origins=(OriginRange("t", frame, 31, 35),))),
        (D(6), BatchSpec(origins=(OriginRange("t", frame, 30, 35),))),
    ]
    async with desk.unchanged():
        with pytest.raises(OriginOverlap) as refused:
            async with desk.databases.write(desk.giver.scope) as write:
                await service.import_units(write, desk.giver.scope, desk.giver.id, "CCER", batches)
        assert refused.value.details["frame"] == frame
    async with desk.databases.read(Scope.system("wuxi")) as read:
        of_frame = select(LedgerOrigin.batch_id).where(LedgerOrigin.frame == frame)
        found = await read.rows(select(LedgerBatch.quantity).where(LedgerBatch.id.in_(of_frame)))
    assert [row.quantity for row in found] == [D(30)]


async def test_holds_of_others_and_holds_that_are_over(desk: Desk) -> None:
    offer = (await desk.transfer(ccer("10")))["movement"]["holdId"]
    asked = {"holdId": offer}
    async with desk.unchanged():
        own = (await desk.client.named("AcceptOffer", input=asked))["acceptOffer"]
        assert (own["__typename"], own["code"]) == ("NotFoundError", "hold_unknown")
        theirs = (await desk.other.named("WithdrawOffer", input=asked))["withdrawOffer"]
        assert theirs["code"] == "hold_unknown"
        assert (await desk.retire({"holdId": offer, "unitClass": "CCER"}))["code"] == "hold_unknown"
    assert (await desk.other.named("DeclineOffer", input=asked))["declineOffer"]["movement"]["kind"] == "DECLINE"
    async with desk.unchanged():
        assert (await desk.other.named("AcceptOffer", input=asked))["acceptOffer"]["code"] == "hold_not_open"


async def test_a_pledge_to_one_that_is_no_bank(desk: Desk) -> None:
    asked = {
        "accountId": desk.account, "bankId": str(node_id("Organisation", desk.taker.holder.id)), "units": ccer("1"),
    }  # fmt: skip
    async with desk.unchanged():
        answer = (await desk.client.named("PledgeUnits", input=asked))["pledgeUnits"]
        assert (answer["code"], answer["path"]) == ("not_a_bank", ["input", "bankId"])


async def test_issues_that_cannot_be(desk: Desk) -> None:
    registrar = await desk.client.as_(None).signed_in(await identity.authority(desk.databases))
    async with desk.databases.read(Scope.system("wuxi")) as read:
        regional = await read.value(select(LedgerClass.code).where(LedgerClass.programme.is_not(None)).limit(1))
    asked = {"toAccountId": desk.account, "unitClass": "CEA", "quantity": "5"}
    async with desk.unchanged():
        for given, code, field in (
            ({"producedFrom": "2025-02-01", "producedTo": "2025-01-31"}, "production_invalid", "producedTo"),
            ({"validUntil": (today() - timedelta(days=1)).isoformat()}, "units_expired", "validUntil"),
            ({"quantity": "0.5"}, "units_not_whole", "quantity"),
            ({"quantity": "1e18"}, "quantity_too_large", "quantity"),
            ({"unitClass": "NOPE"}, "class_unknown", "unitClass"),
            ({"attributes": [1]}, "attributes_not_object", "attributes"),
            ({"unitClass": regional}, "programme_units", "unitClass"),
            ({"vintage": 1999}, "vintage_invalid", "vintage"),
            ({"vintage": today().year + 2}, "vintage_invalid", "vintage"),
            ({"producedFrom": "1999-12-31"}, "effective_too_early", "producedFrom"),
            ({"producedTo": (today() + timedelta(days=1)).isoformat()}, "effective_in_future", "producedTo"),
        ):
            answer = (await registrar.named("IssueUnits", input={**asked, **given}))["issueUnits"]
            assert (answer["code"], answer["path"]) == (code, ["input", field])
        refused = (await desk.client.named("IssueUnits", input=asked))["issueUnits"]
        assert refused["__typename"] == "ForbiddenError"
