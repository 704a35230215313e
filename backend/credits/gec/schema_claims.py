"""Claiming certificates on the wire: commands, covers, guidance, warnings before expiry."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts import service as accounts
from backend.accounts.schema_types import After, First
from backend.credits.gec import claiming, expiry
from backend.credits.gec import guidance as guiding
from backend.credits.gec.claim_values import CertificateUse, Wanted
from backend.credits.gec.schema_claim_types import (
    ACCOUNT,
    BATCH,
    MOVEMENT,
    CertificateClaim,
    CertificateGuidance,
    CertificateUseEnum,
    ClaimedEnergy,
    CreditWarningType,
    EnergyClaimType,
    claim_shown,
    energy_claim_shown,
    guidance_shown,
    warning_shown,
)
from backend.emissions import service as emissions
from backend.kit.db import Write
from backend.ledger.errors import ReasonMissing, SerialsInvalid
from backend.ledger.schema_commands import pointing
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id, uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.input(description="A run of serials, both ends included.")
class CertificateSerialsInput:
    """A run of serials."""

    first: Decimal = strawberry.field(description="The first serial.")
    last: Decimal = strawberry.field(description="The last serial.")


@strawberry.input(
    description="Cancel green certificates and claim them for a year's electricity (核销绿证). Name them in one way: a "
    "quantity (the suitable ones that expire first), serials, or a batch with or without a quantity."
)
class ClaimCertificatesInput:
    """Cancel certificates and claim them."""

    account_id: strawberry.ID = strawberry.field(description="Your account's global id.")
    year: int = strawberry.field(description="The year the electricity was used in.")
    quantity: Decimal | None = strawberry.field(default=None, description="How many certificates; whole.")
    serials: list[CertificateSerialsInput] | None = strawberry.field(default=None, description="These certificates.")
    batch_id: strawberry.ID | None = strawberry.field(default=None, description="Certificates of this batch.")
    uses: list[CertificateUseEnum] | None = strawberry.field(  # type: ignore[valid-type]  # an enum of Strawberry
        default=None, description="What for; market-based scope 2 if left out."
    )
    beneficiary: str | None = strawberry.field(
        default=None, description="For whom; the holder if left out, and always for market-based scope 2."
    )
    reference: str = strawberry.field(default="", description="An outside number, e.g. of the national platform.")
    note: str = strawberry.field(default="", description="A remark that stays with the movement.")


@strawberry.type(description="Certificates were cancelled and claimed, one movement for each batch.")
class CertificatesClaimed:
    """Certificates were cancelled and claimed."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    claims: list[CertificateClaim] = strawberry.field(description="One for each movement.")


@strawberry.input(description="Take a claim of certificates back (the registrar of the region).")
class ReverseClaimInput:
    """Take a claim back."""

    movement_id: strawberry.ID = strawberry.field(description="The movement that cancelled the certificates.")
    reason: str = strawberry.field(description="Why; it stays with the reversing movement.")


@strawberry.type(
    description="A claim was taken back: the certificates are available again, nothing is covered by them."
)
class ClaimReversed:
    """A claim was taken back."""

    movement_id: strawberry.ID = strawberry.field(description="The movement that was reversed.")
    reversing_id: strawberry.ID = strawberry.field(description="The movement that reverses it.")
    reversing_number: Decimal = strawberry.field(description="Its lasting number.")
    ended_uses: int = strawberry.field(description="How many uses ended.")
    uncovered_mwh: Decimal | None = strawberry.field(
        description="Electricity that takes a factor again, MWh; null when none was covered."
    )


@strawberry.type
class GecClaimsQuery:
    """Reads of claims."""

    @strawberry.field(description="How much electricity of a year certificates can cover, and how much they do.")
    async def claimed_energy(self, info: Info, account_id: strawberry.ID, year: int) -> ClaimedEnergy:
        """Return what the account bought and claimed."""
        scope = info.context.scope
        scope.require("credits:read")
        (one,) = uuids(account_id, ACCOUNT, path=("accountId",))
        async with info.context.read() as read:
            await accounts.account(read, scope, one)
            found = await guiding.electricity_of(read, scope, one, year)
        return ClaimedEnergy(
            account_id=account_id, year=year, is_year_open=found.is_open, purchased_mwh=found.purchased,
            claimed_mwh=found.claimed, room_mwh=found.room,
        )  # fmt: skip

    @strawberry.field(description="The claims on an account's electricity, the newest first, withdrawn ones too.")
    async def energy_claims(
        self, info: Info, account_id: strawberry.ID, year: int | None = None, first: First = 50, after: After = None
    ) -> Connection[EnergyClaimType]:
        """List the claims on an account's electricity."""
        scope = info.context.scope
        scope.require("credits:read")
        (one,) = uuids(account_id, ACCOUNT, path=("accountId",))
        asked = page(first, after)
        place = asked.key(datetime.fromisoformat, UUID)
        async with info.context.read() as read:
            await accounts.account(read, scope, one)
            rows = await emissions.energy_claims(
                read, scope, one, year, limit=asked.fetch, after=None if place is None else (place[0], place[1])
            )
        return connect(
            rows, asked, key=lambda row: [row.recorded_at.isoformat(), str(row.movement_id)], make=energy_claim_shown
        )

    @strawberry.field(
        description="Which of an account's certificates satisfy which need in a year, with reasons and the rules' "
        "sources; what expires first comes first. What cannot be told is no yes."
    )
    async def certificate_guidance(
        self, info: Info, account_id: strawberry.ID, year: int, first: First = 50, after: After = None
    ) -> Connection[CertificateGuidance]:
        """Say which certificates satisfy which need."""
        scope = info.context.scope
        scope.require("credits:read")
        (one,) = uuids(account_id, ACCOUNT, path=("accountId",))
        asked = page(first, after)
        place = asked.key(str, UUID)
        async with info.context.read() as read:
            rows = await guiding.guidance(
                read, scope, one, year, limit=asked.fetch, after=None if place is None else (place[0], place[1])
            )
        return connect(
            rows, asked, key=lambda row: list(map(str, guiding.place(row.valid_until, row.batch_id))),
            make=guidance_shown,
        )  # fmt: skip

    @strawberry.field(description="Warnings of units that expire soon, the newest first.")
    async def credit_warnings(
        self, info: Info, account_id: strawberry.ID, first: First = 50, after: After = None
    ) -> Connection[CreditWarningType]:
        """List warnings before expiry."""
        scope = info.context.scope
        scope.require("credits:read")
        (one,) = uuids(account_id, ACCOUNT, path=("accountId",))
        asked = page(first, after)
        place = asked.key(datetime.fromisoformat, UUID)
        async with info.context.read() as read:
            await accounts.account(read, scope, one)
            rows = await expiry.warnings_of(
                read, scope, one, limit=asked.fetch, after=None if place is None else (place[0], place[1])
            )
        return connect(rows, asked, key=lambda row: [row.warned_at.isoformat(), str(row.id)], make=warning_shown)


@strawberry.type
class GecClaimsMutation:
    """Commands on claims."""

    @command(
        "credits:claim",
        description="Cancel green certificates and claim them for a year's electricity (核销绿证): for market-based scope "
        "2 they count zero and the rest of the electricity takes the residual factor once the inventory is computed again.",
    )
    async def claim_certificates(context: Context, write: Write, input: ClaimCertificatesInput) -> CertificatesClaimed:
        """Cancel certificates and claim them."""
        (account_id,) = uuids(input.account_id, ACCOUNT, path=("input", "accountId"))
        batch = uuids(input.batch_id, BATCH, path=("input", "batchId"))[0] if input.batch_id else None
        wanted = Wanted(input.quantity, tuple(_serials(each) for each in input.serials or ()), batch)
        with pointing(input):
            found = await claiming.claim_certificates(
                write, context.scope, account_id=account_id, year=input.year, wanted=wanted,
                uses=[CertificateUse.MARKET_SCOPE2] if input.uses is None else input.uses,
                beneficiary=input.beneficiary or "", note=input.note, reference=input.reference,
            )  # fmt: skip
        return CertificatesClaimed(account_id=input.account_id, claims=[claim_shown(each) for each in found])

    @command(
        "ledger:reverse",
        description="Take a claim of certificates back (the registrar): its uses end, the electricity is covered no more, "
        "the certificates are available again.",
    )
    async def reverse_claim(context: Context, write: Write, input: ReverseClaimInput) -> ClaimReversed:
        """Take a claim back."""
        (movement_id,) = uuids(input.movement_id, MOVEMENT, path=("input", "movementId"))
        try:
            found = await claiming.reverse_claim(write, context.scope, movement_id=movement_id, note=input.reason)
        except ReasonMissing as error:
            error.path = ("input", "reason")
            raise
        return ClaimReversed(
            movement_id=input.movement_id, reversing_id=node_id(MOVEMENT, found.movement.id),
            reversing_number=Decimal(found.movement.number), ended_uses=found.claims,
            uncovered_mwh=found.energy.mwh if found.energy else None,
        )  # fmt: skip


def _serials(given: CertificateSerialsInput) -> tuple[int, int]:
    first, last = given.first, given.last
    if first != first.to_integral_value() or last != last.to_integral_value():
        raise SerialsInvalid(first=f"{first:f}", last=f"{last:f}", path=("input", "serials"))
    return int(first), int(last)
