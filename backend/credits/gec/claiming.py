"""Claiming green certificates: cancelled, claimed and, for market-based scope 2, set against electricity at once.

All of it is one transaction: the account's books of electricity are locked first, then the ledger's account. What a
registrar takes back goes the same way: the cover ends, the claims end, the certificates return.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue
from backend.credits.gec.claim_errors import (
    CertificateClaimNotFound,
    CertificatesNotEnough,
    CertificatesUnsuitable,
    ClaimBeneficiaryInvalid,
    ClaimSelectionInvalid,
    ClaimUsesInvalid,
    ClaimYearInvalid,
)
from backend.credits.gec.claim_rules import is_same_year, mwh_each, rules, same_year_later
from backend.credits.gec.claim_values import FIRST_YEAR, CertificateUse, Claimed, Reversed, Wanted
from backend.credits.gec.claiming_rules import Setting, certificates_of, claimable, first_blocking
from backend.emissions import service as emissions
from backend.emissions.values import CheckOutcome
from backend.identity import service as identity
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.quantities import EXACT
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import (
    GEC,
    BatchValue,
    Bucket,
    MovementKind,
    MovementValue,
    PostingValue,
    Reason,
    Selection,
)

UNDO = "reverseClaim"
"""The command that takes a claim back; the ledger alone does not."""
USES = frozenset(each.value for each in CertificateUse)


async def claim_certificates(
    write: Write, scope: Scope, *, account_id: UUID, year: int, wanted: Wanted,
    uses: Sequence[str] = (CertificateUse.MARKET_SCOPE2,), beneficiary: str = "", note: str = "", reference: str = "",
) -> list[Claimed]:  # fmt: skip
    """Cancel certificates and claim them for the electricity of a year; one movement a batch, tied by one group.

    Raises:
        Unauthenticated, Forbidden: without `credits:claim` and `ledger:retire`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ClaimUsesInvalid, ClaimYearInvalid, ClaimSelectionInvalid, ClaimBeneficiaryInvalid: as they say.
        YearNotOpen, ClaimYearClosed: for market-based scope 2, by the account's books.
        CertificatesNotEnough: fewer suitable ones than the quantity.
        UnitsNotWhole, UnitsExpired, SerialsUnknown, SerialsNotHere, InsufficientUnits and what else `ledger.retire`
            refuses.
        CertificatesUnsuitable: of the named ones; what cannot be told blocks too.
        AlreadyClaimed: a use that excludes this one stands on some of them.
        ClaimExceedsPurchase: more than the year's purchased electricity.
    """
    scope.require("credits:claim")
    account = await accounts.own_account(write, scope, account_id)
    chosen = _uses(uses)
    if not FIRST_YEAR <= year <= today().year:
        raise ClaimYearInvalid(year=year, first=FIRST_YEAR, last=today().year, path=("input", "year"))
    _check(wanted)
    holder = await holder_of(write, scope, account)
    for_whom = beneficiary.strip() or holder
    if CertificateUse.MARKET_SCOPE2 in chosen:
        if for_whom != holder:
            raise ClaimBeneficiaryInvalid(holder=holder, given=for_whom, path=("input", "beneficiary"))
        await emissions.claimable_energy(write, scope, account_id, year)
    book = await rules(write, scope)
    setting = Setting(year, today(), holder, is_same_year(book, year), same_year_later(book, year, today().year))
    reason = Reason(
        purpose=",".join(chosen), beneficiary=for_whom, period=year, note=note.strip(), reference=reference.strip(),
        facts={"uses": list(chosen)}, undone_by=UNDO,
    )  # fmt: skip
    movements = await ledger.retire(
        write, scope, account_id, await _selections(write, scope, account_id, wanted, setting), reason
    )
    made = await ledger.batches(write, scope, sorted({each for one in movements for each in one.batch_ids}))
    for batch in made.values():
        blocking = first_blocking(claimable(certificates_of(batch), setting))
        if blocking is not None:
            raise CertificatesUnsuitable(**_told(blocking), path=("input",))
    return await _claims(write, scope, account, year, chosen, movements, made, mwh_each(book, year))


async def reverse_claim(write: Write, scope: Scope, *, movement_id: UUID, note: str) -> Reversed:
    """Take a claim back: the electricity is covered no more, the uses end, the certificates return; the registrar's.

    Raises:
        Unauthenticated, Forbidden: without `ledger:reverse`.
        CertificateClaimNotFound: the movement claimed nothing (any more), or is not visible.
        ClaimYearClosed: the year it covers is closed.
        ReasonMissing: without a note that says why.
        MovementUnknown, MovementNotReversible, MovementAlreadyReversed: by the books.
    """
    scope.require("ledger:reverse")
    known = (await ledger.movements_by_id(write, scope, [movement_id])).get(movement_id)
    standing = (await ledger.claims_of_movements(write, scope, [movement_id]))[movement_id]
    is_standing = any(each.withdrawn_at is None and each.use.value in USES for each in standing)
    # What other nouns claimed (a programme's event, an offset) is theirs to take back.
    if known is None or known.class_code != GEC or known.kind is not MovementKind.RETIRE or not is_standing:
        raise CertificateClaimNotFound
    energy = await emissions.withdraw_energy_claim(write, scope, movement_id)
    ended = await ledger.withdraw_claims(write, scope, movement_id)
    why = Reason(purpose="reverse_claim", note=note.strip(), undone_by=UNDO)
    movement = await ledger.reverse(write, scope, movement_id, why)
    write.audit("credits:reverse_claim", object_type="LedgerMovement", object_id=movement_id, claims=ended)
    return Reversed(movement, ended, energy)


async def holder_of(read: Read, scope: Scope, account: AccountValue) -> str:
    """Return the name of the account's holder, as the certificates' beneficiary."""
    organisation = await identity.organisation(read, scope, account.organisation_id)
    return organisation.name if organisation is not None else account.name


async def at_hand(read: Read, scope: Scope, account_id: UUID) -> list[tuple[BatchValue, Decimal]]:
    """Return the certificates an account can use now, by batch: what expires first comes first."""
    balances = await ledger.balances(read, scope, [account_id], GEC)
    amounts = {each.batch_id: each.amount for each in balances if each.bucket is Bucket.AVAILABLE}
    found = await ledger.batches(read, scope, list(amounts))
    return sorted(
        ((batch, amounts[batch.id]) for batch in found.values()),
        key=lambda each: (str(each[0].valid_until or "9999-12-31"), each[0].id),
    )


async def _selections(
    write: Write, scope: Scope, account_id: UUID, wanted: Wanted, setting: Setting
) -> list[Selection]:
    """Say which certificates to cancel: those named, or of a quantity the suitable ones, soonest to expire first."""
    if wanted.serials or wanted.batch_id is not None:
        quantity = wanted.quantity
        if wanted.batch_id is not None and quantity is None:
            quantity = sum((amount for batch, amount in await at_hand(write, scope, account_id)
                            if batch.id == wanted.batch_id), Decimal(0)) or Decimal(1)  # fmt: skip
        return [Selection(GEC, quantity, wanted.batch_id, wanted.serials)]
    asked = wanted.quantity or Decimal(0)
    if asked <= 0 or asked != asked.to_integral_value():
        return [Selection(GEC, asked)]  # the ledger says what is wrong with it
    left, held, suitable = asked, Decimal(0), Decimal(0)
    unsuitable: CheckOutcome | None = None
    chosen: list[Selection] = []
    for batch, amount in await at_hand(write, scope, account_id):
        held += amount
        blocking = first_blocking(claimable(certificates_of(batch), setting))
        if blocking is not None:
            unsuitable = unsuitable or blocking
            continue
        suitable += amount
        if left:
            taken = min(left, amount)
            left -= taken
            chosen.append(Selection(GEC, taken, batch.id))
    if left and unsuitable is not None:
        raise CertificatesNotEnough(
            asked=f"{asked:f}",
            year=setting.year,
            suitable=f"{suitable:f}",
            held=f"{held:f}",
            **_told(unsuitable),
            path=("input", "quantity"),
        )
    return chosen if not left else [Selection(GEC, asked)]  # too few of any kind: the ledger says so


async def _claims(
    write: Write, scope: Scope, account: AccountValue, year: int, uses: Sequence[CertificateUse],
    movements: Sequence[MovementValue], made: Mapping[UUID, BatchValue], each_mwh: Decimal,
) -> list[Claimed]:  # fmt: skip
    """Claim what the movements cancelled for every use, and set it against the year's electricity."""
    postings = await ledger.postings_of(write, scope, [each.id for each in movements])
    covered: dict[UUID, emissions.EnergyClaim] = {}
    if CertificateUse.MARKET_SCOPE2 in uses:
        asked = [
            emissions.Claiming(each.id, EXACT.multiply(each.quantity, each_mwh), _facts(each, postings, made, each_mwh))
            for each in movements
        ]
        claims = await emissions.claim_energies(write, scope, account.id, year, asked)
        covered = {each.movement_id: each for each in claims}
    found: list[Claimed] = []
    for movement in movements:
        extents = ledger.of_serials(movement.serials)
        claims_made = [
            await ledger.claim(
                write, scope, ledger.Use(use.value), account.id, extents, period=year, movement_id=movement.id,
                facts={"movement_number": movement.number, "beneficiary": movement.beneficiary},
            )
            for use in uses
        ]  # fmt: skip
        found.append(Claimed(movement, claims_made, covered.get(movement.id)))
    write.audit(
        "credits:claim", object_type="CarbonAccount", object_id=account.id, organisation_id=account.organisation_id,
        account=account.number, year=year, uses=list(uses), movements=[each.number for each in movements],
        quantity=f"{sum((each.quantity for each in movements), Decimal(0)):f}",
    )  # fmt: skip
    return found


def _facts(
    movement: MovementValue, postings: Mapping[UUID, Sequence[PostingValue]], made: Mapping[UUID, BatchValue],
    each_mwh: Decimal,
) -> emissions.ClaimFacts:  # fmt: skip
    """Return what a line of the inventory tells of a movement's certificates, batch by batch."""
    parts: list[emissions.ClaimPart] = []
    for posting in postings[movement.id]:
        if posting.bucket is not Bucket.RETIRED or posting.amount <= 0:
            continue
        one = certificates_of(made[posting.batch_id])
        parts.append(
            emissions.ClaimPart(
                EXACT.multiply(posting.amount, each_mwh), one.produced.replace(day=1) if one.produced else None,
                str(posting.batch_id), posting.serials, one.project, one.technology,
            )
        )  # fmt: skip
    return emissions.ClaimFacts(movement.number, movement.class_code, tuple(parts))


def _uses(given: Sequence[str]) -> tuple[CertificateUse, ...]:
    allowed = ", ".join(CertificateUse)
    try:
        found = tuple(dict.fromkeys(CertificateUse(each) for each in given))
    except ValueError:
        raise ClaimUsesInvalid(given=", ".join(map(str, given)), allowed=allowed, path=("input", "uses")) from None
    if not found:
        raise ClaimUsesInvalid(given="", allowed=allowed, path=("input", "uses"))
    return found


def _check(wanted: Wanted) -> None:
    """Raise ClaimSelectionInvalid unless the certificates are named in one way."""
    is_named = bool(wanted.serials) + (wanted.batch_id is not None)
    if is_named > 1 or not (is_named or wanted.quantity is not None):
        raise ClaimSelectionInvalid(path=("input",))


def _told(check: CheckOutcome) -> dict[str, object]:
    return {"check": check.code, "outcome": check.outcome.value, "reason_zh": check.zh, "reason_en": check.en}
