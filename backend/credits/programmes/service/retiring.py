"""Units of a programme are retired for what the programme allows; tonnes are claimed for it, points never are."""

from decimal import Decimal
from uuid import UUID

from backend.credits.programmes import rules
from backend.credits.programmes.errors import BeneficiaryMissing, PurposeNotAllowed
from backend.credits.programmes.service.common import check_holder, issuing, programme_of
from backend.kit.db import Write
from backend.kit.scope import Kind, Scope
from backend.ledger import service as ledger
from backend.ledger.service import Use, of_serials
from backend.ledger.values import CLAIMED_USE, MovementValue, Reason, Selection, Serials
from backend.tenants import service as tenants
from backend.tenants.values import Programme, RetirementPurpose, UnitDimension

USES = {
    RetirementPurpose.EVENT: Use.EVENT,
    RetirementPurpose.PRODUCT: Use.FOOTPRINT,
    RetirementPurpose.PUBLIC: Use.DISCLOSURE,
}
"""What tonnes are claimed for. A product's tonnes enter its footprint; the public good is something to tell of."""


async def retire(
    write: Write,
    scope: Scope,
    *,
    holder_id: UUID,
    programme: str,
    purpose: RetirementPurpose,
    beneficiary: str,
    quantity: Decimal | None = None,
    serials: tuple[Serials, ...] = (),
    period: int | None = None,
    note: str = "",
) -> MovementValue:
    """Retire units of a programme from one's own account; the authority redeems a participant's points.

    Raises:
        Unauthenticated, Forbidden: without `credits:claim` and `ledger:retire` (an authority: `credits:review`).
        ParticipantNotFound, AccountNotFound, AccountNotYours, AccountClosed: whose it is.
        ProgrammeUnknown, ProgrammeIssuesNothing: in this order.
        PurposeNotAllowed, BeneficiaryMissing, TextNotFit: in this order.
        SelectionEmpty, QuantityNotPositive, InsufficientUnits, SerialsUnknown, SerialsNotHere, UnitsExpired,
        UnitsNotWhole, QuantityTooPrecise, ClassFrozen: by the books (see `ledger.retire`).
        AlreadyClaimed: the benefit is used up.
    """
    if scope.kind is not Kind.AUTHORITY:
        scope.require("credits:claim")
        scope.require("ledger:retire")
    is_participant = await check_holder(write, scope, holder_id)
    found = programme_of(await tenants.pack_in_force(write, scope), programme)
    made, _ = issuing(found)
    check_purpose(found, purpose)
    if not beneficiary.strip():
        raise BeneficiaryMissing(path=("input", "beneficiary"))
    told = rules.text(beneficiary, "beneficiary")
    # Participants have nobody who signs in: the service acts for them, on the order of the authority that keeps them.
    acting = scope.as_system() if is_participant else scope
    facts = {"programme": programme}
    if made.dimension is UnitDimension.TONNE:
        facts[CLAIMED_USE] = USES[purpose].value
    (movement,) = await ledger.retire(
        write, acting, holder_id, [Selection(made.code, quantity=quantity, serials=serials)],
        Reason(purpose=purpose.value, beneficiary=told, period=period, note=note, facts=facts),
    )  # fmt: skip
    if made.dimension is UnitDimension.TONNE:
        await ledger.claim(
            write, scope, USES[purpose], holder_id, of_serials(movement.serials), period=period,
            movement_id=movement.id, facts={"programme": programme, "beneficiary": told},
        )  # fmt: skip
    return movement


def check_purpose(programme: Programme, purpose: RetirementPurpose) -> None:
    """Refuse a purpose the programme does not allow.

    Raises:
        PurposeNotAllowed: names what is allowed.
    """
    allowed = () if programme.retirement is None else programme.retirement.purposes
    if purpose not in allowed:
        raise PurposeNotAllowed(
            programme=programme.code, purpose=purpose.value, allowed=[each.value for each in allowed],
            path=("input", "purpose"),
        )  # fmt: skip
