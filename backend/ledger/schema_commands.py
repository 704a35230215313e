"""Commands of the ledger on the wire."""

import dataclasses
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_snake_case

from backend.kit.db import Write
from backend.kit.errors import CarbonError
from backend.ledger import queries_movements, service
from backend.ledger.errors import AttributesNotObject, ClassUnknown, ReceiverMissing, SelectionsInvalid
from backend.ledger.rules import instant
from backend.ledger.schema_claims import SerialRangeInput, serial_runs
from backend.ledger.schema_gathering import post_gathered
from backend.ledger.schema_movements import UnitMovement, movement
from backend.ledger.schema_units import UnitKind, kind
from backend.ledger.values import Accepts, BatchSpec, MovementValue, Reason, Selection
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids
from backend.wire.scalars import JSON

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

strawberry.enum(
    Accepts, name="UnitAcceptance", description="How an account receives: at once, or only what it accepts (an offer)."
)
FIELDS = {
    "hold_unknown": "holdId", "hold_not_open": "holdId", "offer_expired": "holdId", "movement_unknown": "movementId",
    "movement_not_reversible": "movementId", "movement_already_reversed": "movementId",
    "movement_claimed": "movementId", "movement_owned": "movementId", "units_expired": "validUntil",
    "class_unknown": "unitClass", "class_mismatch": "unitClass", "class_frozen": "unitClass",
    "class_not_serialised": "serials", "serials_repeated": "serials", "serials_unknown": "serials",
    "serials_not_here": "serials", "units_not_whole": "quantity", "quantity_too_precise": "quantity",
    "programme_units": "unitClass", "units_not_transferable": "units", "units_already_transferred": "units",
    "quantity_mismatch": "quantity", "insufficient_units": "quantity", "effective_in_future": "effectiveOn",
}  # fmt: skip
"""The input field behind what the books refuse: the server functions know none."""
IN_UNITS = {"unitClass", "quantity", "serials", "batchId", "holdId"}
"""Fields that lie one step deeper where an input says which units."""
IN_REASON = {"effectiveOn", "purpose", "beneficiary", "reference", "period", "note"}
"""Fields that lie one step deeper where an input says why."""
NAMED = {
    "account_unknown": "account",
    "hold_unknown": "hold",
    "movement_unknown": "movement",
    "not_a_bank": "organisation",
}
"""What an error names by its id."""
MOST_SELECTIONS = 20


@strawberry.input(
    description="Which units: a quantity of a class, the soonest to expire first; or of one batch; or these very serials; "
    "or what a hold keeps."
)
class UnitSelectionInput:
    """Which units."""

    unit_class: str = strawberry.field(default="", description="The class's code; may be left out with `holdId`.")
    quantity: Decimal | None = strawberry.field(default=None, description="How many; may be left out with `serials`.")
    batch_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this batch.")
    serials: list[SerialRangeInput] | None = strawberry.field(default=None, description="These units, 1,000 ranges.")


@strawberry.input(description="Which units to retire; also such as a reservation keeps.")
class RetiredSelectionInput(UnitSelectionInput):
    """Which units to retire."""

    hold_id: strawberry.ID | None = strawberry.field(default=None, description="Out of this reservation of yours.")


@strawberry.input(description="Why units move; all of it stays on the movement's page, which both sides may read.")
class UnitReasonInput:
    """Why units move."""

    effective_on: date | None = strawberry.field(default=None, description="The day it was true; today if left out.")
    purpose: str = strawberry.field(default="", description="What for, in a word; at most 100 characters.")
    beneficiary: str = strawberry.field(default="", description="For whom units are used; at most 200 characters.")
    period: int | None = strawberry.field(default=None, description="The year they are used for.")
    reference: str = strawberry.field(default="", description="An outside number, at most 200 characters.")
    note: str = strawberry.field(default="", description="In words, at most 1,000 characters.")


@strawberry.input(description="Transfer units to another account.")
class TransferUnitsInput:
    """Transfer units to another account."""

    from_account_id: strawberry.ID = strawberry.field(description="Your account's global id.")
    to_number: str | None = strawberry.field(default=None, description="The receiving account's number.")
    to_account_id: strawberry.ID | None = strawberry.field(default=None, description="Or its global id.")
    units: UnitSelectionInput = strawberry.field(description="Which units.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="Until when an offer stands, if it becomes one; 14 days if left out."
    )
    reason: UnitReasonInput | None = strawberry.field(default=None, description="Why.")


@strawberry.input(description="Answer an offer, withdraw it, or release a pledge.")
class UnitHoldInput:
    """Act on a hold."""

    hold_id: strawberry.ID = strawberry.field(description="The hold's global id.")
    note: str = strawberry.field(default="", description="In words, at most 1,000 characters.")


@strawberry.input(description="Pledge units to a bank.")
class PledgeUnitsInput:
    """Pledge units to a bank."""

    account_id: strawberry.ID = strawberry.field(description="Your account's global id.")
    bank_id: strawberry.ID = strawberry.field(description="The bank's global id.")
    units: UnitSelectionInput = strawberry.field(description="Which units.")
    reason: UnitReasonInput | None = strawberry.field(
        default=None, description="Why; `reference` is the loan's number."
    )


@strawberry.input(description="Retire units for a purpose; several selections make one operation.")
class RetireUnitsInput:
    """Retire units for a purpose."""

    account_id: strawberry.ID = strawberry.field(description="Your account's global id.")
    units: list[RetiredSelectionInput] = strawberry.field(description="Which units, at most 20 selections.")
    reason: UnitReasonInput = strawberry.field(description="Purpose, beneficiary, period.")


@strawberry.input(description="Undo a movement by a new one; the registrar's.")
class ReverseMovementInput:
    """Undo a movement."""

    movement_id: strawberry.ID = strawberry.field(description="The movement's global id.")
    note: str = strawberry.field(description="Why; it stays in the journal.")


@strawberry.input(description="Issue new units to an account of your region; the registrar's.")
class IssueUnitsInput:
    """Issue new units."""

    to_account_id: strawberry.ID = strawberry.field(description="The receiving account's global id.")
    unit_class: str = strawberry.field(description="The class's code.")
    quantity: Decimal = strawberry.field(description="How many.")
    vintage: int | None = strawberry.field(default=None, description="Year the benefit belongs to.")
    produced_from: date | None = strawberry.field(default=None, description="First day of production.")
    produced_to: date | None = strawberry.field(default=None, description="Last day of production.")
    valid_until: date | None = strawberry.field(default=None, description="Last day they can be used.")
    is_transferable: bool = strawberry.field(default=True, description="Whether they may change hands.")
    project_code: str | None = strawberry.field(default=None, description="The project they come from.")
    attributes: JSON | None = strawberry.field(default=None, description="What else is known of them, by name.")
    reason: UnitReasonInput | None = strawberry.field(default=None, description="Why.")


@strawberry.input(description="Freeze the book of a class, or open it again; the registrar's.")
class FreezeUnitClassInput:
    """Freeze the book of a class, or open it again."""

    unit_class: str = strawberry.field(description="The class's code.")
    reason: str = strawberry.field(description="Why; kept with the change.")


@strawberry.input(description="Choose how an account receives units.")
class ChooseAcceptanceInput:
    """Choose how an account receives units."""

    account_id: strawberry.ID = strawberry.field(description="Your account's global id.")
    accepts: Accepts = strawberry.field(description="At once, or by acceptance (as every account begins).")


@strawberry.type(description="The units moved, or were locked: `kind` tells which.")
class UnitsMoved:
    """The units moved, or were locked."""

    movement: UnitMovement = strawberry.field(description="The movement; an offer or pledge is its `hold`.")


@strawberry.type(description="The units were retired.")
class UnitsRetired:
    """The units were retired."""

    group_id: strawberry.ID = strawberry.field(description="The operation; `unitGroup` has its statement.")
    movements: list[UnitMovement] = strawberry.field(description="One for each selection.")


@strawberry.type(description="The book of the class was frozen or opened.")
class UnitClassChanged:
    """The book of the class was frozen or opened."""

    unit_class: UnitKind = strawberry.field(description="As it is now.")


@strawberry.type(description="The account receives so from now on.")
class AcceptanceChosen:
    """The account receives so from now on."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    accepts: Accepts = strawberry.field(description="How it receives.")


def selection_of(given: UnitSelectionInput) -> Selection:
    """Return which units as the books take them. Raises NodeIdInvalid."""
    batch = (
        None if given.batch_id is None else uuids(given.batch_id, "UnitBatch", path=("input", "units", "batchId"))[0]
    )
    hold = given.hold_id if isinstance(given, RetiredSelectionInput) else None
    hold_id = None if hold is None else uuids(hold, "UnitHold", path=("input", "units", "holdId"))[0]
    return Selection(given.unit_class, given.quantity, batch, serial_runs(given.serials), hold_id)


def reason_of(given: UnitReasonInput | None) -> Reason:
    """Return why units move as the books take it."""
    if given is None:
        return Reason()
    return Reason(
        effective_on=given.effective_on, purpose=given.purpose, beneficiary=given.beneficiary, period=given.period,
        reference=given.reference, note=given.note,
    )  # fmt: skip


@contextmanager
def pointing(given: Any) -> Generator[None]:  # noqa: ANN401 - an input of this module
    """Say of what the ledger refuses which field of the input it is about, as far as that is one field."""
    try:
        yield
    except CarbonError as error:
        error.path = located(error, given)
        _name_as_sent(error, given)
        raise


def located(error: CarbonError, given: Any) -> tuple[str, ...]:  # noqa: ANN401 - an input of this module
    """Return the path of the input field an error of the ledger is about; empty if no single one."""
    if error.path[:1] == ("input",):
        return error.path
    if error.path:
        field = error.path[0]
    elif error.code in {"account_unknown", "transfer_to_self"}:
        field = _account_field(error, given)
    else:
        field = FIELDS.get(error.code, "")
    if not field:
        return ()
    if field in IN_UNITS and hasattr(given, "units"):
        if isinstance(given.units, list):
            return ("input", "units", "0", field) if len(cast("list[object]", given.units)) == 1 else ()
        return ("input", "units", field)
    if field in IN_REASON and hasattr(given, "reason"):
        return ("input", "reason", field)
    return ("input", field) if hasattr(given, to_snake_case(field)) else ()


def _name_as_sent(error: CarbonError, given: Any) -> None:  # noqa: ANN401 - an input of this module
    """Name the account, hold or movement that is not there by the id the caller sent, not by the one inside it."""
    detail = NAMED.get(error.code)
    if detail is None or not error.path:
        return
    holder = given
    if error.path[:3] == ("input", "units", "0"):
        holder = given.units[0]
    sent = getattr(holder, to_snake_case(error.path[-1]), None)
    if sent is not None:
        error.details[detail] = str(sent)


def _account_field(error: CarbonError, given: Any) -> str:  # noqa: ANN401 - an input of this module
    if isinstance(given, TransferUnitsInput):
        account = str(error.details.get("account"))
        is_giver = account == str(account_uuid(given.from_account_id, "fromAccountId"))
        receiver = "toNumber" if given.to_account_id is None else "toAccountId"
        return "fromAccountId" if is_giver and error.code == "account_unknown" else receiver
    return "toAccountId" if isinstance(given, IssueUnitsInput) else "accountId"


def account_uuid(value: strawberry.ID, field: str) -> UUID:
    """Return the id inside an account's global id. Raises NodeIdInvalid."""
    return uuids(value, "CarbonAccount", path=("input", field))[0]


def _hold_id(given: UnitHoldInput) -> UUID:
    return uuids(given.hold_id, "UnitHold", path=("input", "holdId"))[0]


def moved(value: MovementValue) -> UnitsMoved:
    """Return the success of a command that makes one movement."""
    return UnitsMoved(movement=movement(value))


async def _class(write: Write, context: Context, code: str) -> UnitClassChanged:
    (found,) = await queries_movements.load_classes(write, context.scope, [code])
    if found is None:
        raise ClassUnknown(path=("input", "unitClass"), **{"class": code})
    return UnitClassChanged(unit_class=kind(found))


@strawberry.type
class LedgerMutation:
    """Commands of the ledger."""

    @command(
        "ledger:transfer",
        description="Transfer units (划转): at once between accounts of one owner or to one that accepts automatically, "
        "otherwise as an offer the receiver accepts.",
        is_gathered=True,
    )
    async def transfer_units(context: Context, key: str | None, input: TransferUnitsInput) -> UnitsMoved:
        """Transfer units."""
        if (input.to_number is None) == (input.to_account_id is None):
            raise ReceiverMissing(path=("input", "toNumber"))
        with pointing(input):
            given = service.transfer_order(
                context.scope, account_uuid(input.from_account_id, "fromAccountId"), selection_of(input.units),
                to_number=input.to_number,
                to_account_id=None if input.to_account_id is None else account_uuid(input.to_account_id, "toAccountId"),
                expires_at=None if input.expires_at is None else instant(input.expires_at),
                reason=reason_of(input.reason),
            )  # fmt: skip
            facts = dataclasses.asdict(input)
            return moved(await post_gathered(context.databases, context.scope, given, "ledger:transfer", key, facts))

    @command("ledger:accept", description="Accept an offer made to your account: the units come over.")
    async def accept_offer(context: Context, write: Write, input: UnitHoldInput) -> UnitsMoved:
        """Accept an offer."""
        with pointing(input):
            return moved(await service.accept(write, context.scope, _hold_id(input), Reason(note=input.note)))

    @command("ledger:decline", description="Decline an offer made to your account: the units go back.")
    async def decline_offer(context: Context, write: Write, input: UnitHoldInput) -> UnitsMoved:
        """Decline an offer."""
        with pointing(input):
            return moved(await service.decline(write, context.scope, _hold_id(input), Reason(note=input.note)))

    @command("ledger:withdraw", description="Withdraw your own offer: the units are available again.")
    async def withdraw_offer(context: Context, write: Write, input: UnitHoldInput) -> UnitsMoved:
        """Withdraw an offer."""
        with pointing(input):
            return moved(await service.withdraw(write, context.scope, _hold_id(input), Reason(note=input.note)))

    @command("ledger:pledge", description="Pledge units to a bank (质押): only the bank can release them.")
    async def pledge_units(context: Context, write: Write, input: PledgeUnitsInput) -> UnitsMoved:
        """Pledge units to a bank."""
        with pointing(input):
            return moved(
                await service.pledge(
                    write, context.scope, account_uuid(input.account_id, "accountId"), selection_of(input.units),
                    uuids(input.bank_id, "Organisation", path=("input", "bankId"))[0], reason_of(input.reason),
                )
            )  # fmt: skip

    @command("ledger:release", description="Release a pledge made to your bank (解除质押).")
    async def release_pledge(context: Context, write: Write, input: UnitHoldInput) -> UnitsMoved:
        """Release a pledge."""
        with pointing(input):
            return moved(await service.release(write, context.scope, _hold_id(input), Reason(note=input.note)))

    @command("ledger:retire", description="Retire units for a purpose (注销/核销); they never come back.")
    async def retire_units(context: Context, write: Write, input: RetireUnitsInput) -> UnitsRetired:
        """Retire units for a purpose."""
        if not 0 < len(input.units) <= MOST_SELECTIONS:
            raise SelectionsInvalid(found=len(input.units), allowed=MOST_SELECTIONS, path=("input", "units"))
        with pointing(input):
            retired = await service.retire_directly(
                write, context.scope, account_uuid(input.account_id, "accountId"),
                [selection_of(each) for each in input.units], reason_of(input.reason),
            )  # fmt: skip
        return UnitsRetired(
            group_id=strawberry.ID(str(retired[0].group_id)), movements=[movement(each) for each in retired]
        )

    @command(
        "ledger:reverse",
        description="Undo a movement (冲正) by a new one that names it, while its units still lie where it put them.",
    )
    async def reverse_movement(context: Context, write: Write, input: ReverseMovementInput) -> UnitsMoved:
        """Undo a movement."""
        movement_id = uuids(input.movement_id, "UnitMovement", path=("input", "movementId"))[0]
        with pointing(input):
            return moved(await service.correct(write, context.scope, movement_id, Reason(note=input.note)))

    @command("ledger:issue", description="Issue new units (签发) of a class that belongs to no programme.")
    async def issue_units(context: Context, write: Write, input: IssueUnitsInput) -> UnitsMoved:
        """Issue new units."""
        attributes = cast("object", input.attributes if input.attributes is not None else {})
        if not isinstance(attributes, dict):
            raise AttributesNotObject(path=("input", "attributes"))
        batch = BatchSpec(
            vintage=input.vintage, produced_from=input.produced_from, produced_to=input.produced_to,
            valid_until=input.valid_until, is_transferable=input.is_transferable, project_code=input.project_code,
            attributes=cast("dict[str, Any]", attributes),
        )  # fmt: skip
        with pointing(input):
            return moved(
                await service.issue_directly(
                    write, context.scope, account_uuid(input.to_account_id, "toAccountId"), input.unit_class,
                    input.quantity, batch, reason_of(input.reason),
                )
            )  # fmt: skip

    @command(
        "ledger:freeze", description="Freeze the book of a class (冻结): nothing moves, except a registrar's reversal."
    )
    async def freeze_unit_class(context: Context, write: Write, input: FreezeUnitClassInput) -> UnitClassChanged:
        """Freeze the book of a class."""
        with pointing(input):
            await service.freeze(write, context.scope, input.unit_class, input.reason)
        return await _class(write, context, input.unit_class)

    @command("ledger:unfreeze", description="Open the book of a class again (解冻).")
    async def unfreeze_unit_class(context: Context, write: Write, input: FreezeUnitClassInput) -> UnitClassChanged:
        """Open the book of a class again."""
        with pointing(input):
            await service.unfreeze(write, context.scope, input.unit_class, input.reason)
        return await _class(write, context, input.unit_class)

    @command(
        "ledger:choose_acceptance",
        description="Choose whether transfers to your account arrive at once, or wait for acceptance.",
    )
    async def choose_acceptance(context: Context, write: Write, input: ChooseAcceptanceInput) -> AcceptanceChosen:
        """Choose how an account receives units."""
        with pointing(input):
            account_id = account_uuid(input.account_id, "accountId")
            await service.choose_acceptance(write, context.scope, account_id, input.accepts)
        return AcceptanceChosen(account_id=input.account_id, accepts=input.accepts)
