"""Commands of the regional programmes on the wire."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

import strawberry

from backend.credits.programmes import service
from backend.credits.programmes.schema_trees import NumberRun
from backend.credits.programmes.schema_types import (
    ProgrammeParticipant,
    ProgrammeRegistration,
    ProgrammeSetting,
    ProgrammeSubmission,
    holder_id,
    own_key,
    participant,
    registration,
    setting,
    submission,
)
from backend.kit.db import Write
from backend.tenants.values import CapPeriod, RetirementPurpose, Rounding
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import node_id
from backend.wire.scalars import JSON, BigInt

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.input(description="A run of numbers, both included.")
class NumberRunInput:
    """A run of numbers."""

    first: BigInt = strawberry.field(description="The first.")
    last: BigInt = strawberry.field(description="The last.")


def numbers(given: list[NumberRunInput]) -> list[tuple[int, int]]:
    """Return runs as pairs."""
    return [(each.first, each.last) for each in given]


@strawberry.input(description="Set all terms of a methodology from a day on; what is left out is not known any more.")
class ConfigureProgrammeInput:
    """Set the terms of a methodology."""

    programme: str = strawberry.field(description="The programme's code.")
    methodology: str = strawberry.field(description="The methodology's code.")
    valid_from: date = strawberry.field(description="The first day they hold; may be past.")
    document: str = strawberry.field(description="Where the figures come from.")
    reason: str = strawberry.field(description="Why; kept with the setting.")
    factor: Decimal | None = strawberry.field(default=None, description="Units for one activity unit (`PER_UNIT`).")
    rounding: Rounding | None = strawberry.field(default=None, description="How units are rounded.")
    cap_participant: Decimal | None = strawberry.field(default=None, description="Most units of one participant.")
    cap_total: Decimal | None = strawberry.field(default=None, description="Most units of all together.")
    cap_period: CapPeriod = strawberry.field(default=CapPeriod.YEAR, description="What a cap counts over.")
    validity_months: int | None = strawberry.field(default=None, description="From the day of issue; 0 is no end.")


@strawberry.type(description="The terms were set.")
class ProgrammeConfigured:
    """The terms were set."""

    setting: ProgrammeSetting = strawberry.field(description="The new version.")


@strawberry.input(description="Open an account for somebody who is no enterprise, to hold points.")
class OpenProgrammeParticipantInput:
    """Open a participant."""

    programme: str = strawberry.field(description="The programme's code; it issues points.")
    code: str = strawberry.field(description="The participant's code within the programme; no personal number.")
    name: str = strawberry.field(description="1 to 200 characters.")
    division_code: str = strawberry.field(description="Where it lives.")


@strawberry.type(description="The participant was opened.")
class ProgrammeParticipantOpened:
    """The participant was opened."""

    participant: ProgrammeParticipant = strawberry.field(description="With its id.")


@strawberry.input(description="Register a project, or taking part in a scene.")
class RegisterForProgrammeInput:
    """Register for a programme."""

    holder_id: strawberry.ID = strawberry.field(description="Your carbon account; for an authority a participant.")
    programme: str = strawberry.field(description="The programme's code.")
    methodology: str = strawberry.field(description="The methodology's code.")
    code: str = strawberry.field(description="The project's code, registered once in an account.")
    name: str = strawberry.field(description="1 to 200 characters.")
    description: str = strawberry.field(default="", description="In words.")


@strawberry.input(description="Approve or reject a registration.")
class DecideProgrammeRegistrationInput:
    """Decide on a registration."""

    registration_id: strawberry.ID = strawberry.field(description="The registration's global id.")
    is_approved: bool = strawberry.field(description="Whether it is approved.")
    reason: str = strawberry.field(default="", description="Needed to reject.")


@strawberry.type(description="The registration was made or decided.")
class ProgrammeRegistrationChanged:
    """The registration was made or decided."""

    registration: ProgrammeRegistration = strawberry.field(description="As it is now.")


@strawberry.input(description="Submit a quantity of a period for issue.")
class SubmitProgrammeQuantityInput:
    """Submit a quantity."""

    registration_id: strawberry.ID = strawberry.field(description="The registration's global id.")
    period_from: date = strawberry.field(description="First day.")
    period_to: date = strawberry.field(description="Last day; it is over.")
    inputs: JSON = strawberry.field(description='By name, decimals as text: `{"baseline": "120.5", "project": "20"}`.')
    evidence_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Global ids of evidence files of the account."
    )
    reference: str = strawberry.field(default="", description="Your own reference; for a participant the evidence.")


@strawberry.input(description="Approve a submission, which issues its units, or reject it.")
class DecideProgrammeSubmissionInput:
    """Decide on a submission."""

    submission_id: strawberry.ID = strawberry.field(description="The submission's global id.")
    is_approved: bool = strawberry.field(description="Whether it is approved.")
    reason: str = strawberry.field(default="", description="Needed to reject.")


@strawberry.input(description="Revoke a submission that was issued.")
class RevokeProgrammeSubmissionInput:
    """Revoke a submission."""

    submission_id: strawberry.ID = strawberry.field(description="The submission's global id.")
    reason: str = strawberry.field(description="Why; it stays in the journal.")


@strawberry.type(description="The submission was made or decided.")
class ProgrammeSubmissionChanged:
    """The submission was made or decided."""

    submission: ProgrammeSubmission = strawberry.field(description="As it is now.")


@strawberry.input(description="Retire units of a programme for a purpose it allows; give a quantity, or serials.")
class RetireProgrammeUnitsInput:
    """Retire units of a programme."""

    holder_id: strawberry.ID = strawberry.field(description="Your carbon account; for an authority a participant.")
    programme: str = strawberry.field(description="The programme's code.")
    purpose: RetirementPurpose = strawberry.field(description="What for; the programme says what is allowed.")
    beneficiary: str = strawberry.field(description="The event, the product, or for whom.")
    quantity: Decimal | None = strawberry.field(default=None, description="How many units, soonest to expire first.")
    serials: list[NumberRunInput] = strawberry.field(default_factory=list, description="These very serials.")
    period: int | None = strawberry.field(default=None, description="The year they are used for.")
    note: str = strawberry.field(default="", description="In words.")


@strawberry.type(description="The units were retired (注销); points were redeemed (兑换).")
class ProgrammeUnitsRetired:
    """The units were retired."""

    movement_id: strawberry.ID = strawberry.field(description="The movement in the ledger.")
    number: BigInt = strawberry.field(description="Its lasting number.")
    class_code: str = strawberry.field(description="The class of units.")
    quantity: Decimal = strawberry.field(description="Units retired.")
    serials: list[NumberRun] = strawberry.field(description="Their serials; empty where units have none.")


@strawberry.type
class ProgrammesCoreMutation:
    """Commands of registration, submission, review, retirement and configuration."""

    @command("credits:configure", description="Set the terms of a methodology over the pack's, as a new dated version.")
    async def configure_programme(
        context: Context, write: Write, input: ConfigureProgrammeInput
    ) -> ProgrammeConfigured:
        """Set the terms of a methodology."""
        made = await service.configure(
            write, context.scope, programme=input.programme, methodology=input.methodology,
            valid_from=input.valid_from, document=input.document, reason=input.reason,
            terms={
                "factor": input.factor, "rounding": input.rounding, "cap_participant": input.cap_participant,
                "cap_total": input.cap_total, "cap_period": input.cap_period,
                "validity_months": input.validity_months,
            },
        )  # fmt: skip
        return ProgrammeConfigured(setting=setting(made))

    @command("credits:open_participant", description="Open an account for a participant that is no enterprise.")
    async def open_programme_participant(
        context: Context, write: Write, input: OpenProgrammeParticipantInput
    ) -> ProgrammeParticipantOpened:
        """Open a participant."""
        opened = await service.open_participant(
            write, context.scope, programme=input.programme, code=input.code, name=input.name,
            division_code=input.division_code,
        )  # fmt: skip
        return ProgrammeParticipantOpened(participant=participant(opened))

    @command("credits:register", description="Register a project or scene (项目登记) under a methodology.")
    async def register_for_programme(
        context: Context, write: Write, input: RegisterForProgrammeInput
    ) -> ProgrammeRegistrationChanged:
        """Register a project or scene."""
        made = await service.register(
            write, context.scope, holder_id=holder_id(input.holder_id), programme=input.programme,
            methodology=input.methodology, code=input.code, name=input.name, description=input.description,
        )  # fmt: skip
        return ProgrammeRegistrationChanged(registration=registration(made))

    @command("credits:decide_registration", description="Approve or reject a registration; never one's own.")
    async def decide_programme_registration(
        context: Context, write: Write, input: DecideProgrammeRegistrationInput
    ) -> ProgrammeRegistrationChanged:
        """Decide on a registration."""
        account_id, own_id = own_key(input.registration_id, "ProgrammeRegistration", path=("input", "registrationId"))
        decided = await service.decide_registration(
            write, context.scope, account_id=account_id, registration_id=own_id, is_approved=input.is_approved,
            reason=input.reason,
        )  # fmt: skip
        return ProgrammeRegistrationChanged(registration=registration(decided))

    @command("credits:submit", description="Submit a quantity of a period (减排量申报) with its evidence.")
    async def submit_programme_quantity(
        context: Context, write: Write, input: SubmitProgrammeQuantityInput
    ) -> ProgrammeSubmissionChanged:
        """Submit a quantity."""
        account_id, own_id = own_key(input.registration_id, "ProgrammeRegistration", path=("input", "registrationId"))
        evidence = [own_key(each, "Evidence", path=("input", "evidenceIds"))[1] for each in input.evidence_ids]
        given = cast("object", input.inputs)
        made = await service.submit(
            write, context.scope, account_id=account_id, registration_id=own_id, period_from=input.period_from,
            period_to=input.period_to, inputs=cast("Mapping[str, Any]", given) if isinstance(given, dict) else {"inputs": given},
            evidence_ids=evidence, reference=input.reference,
        )  # fmt: skip
        return ProgrammeSubmissionChanged(submission=submission(made))

    @command(
        "credits:decide_submission",
        description="Approve a submission, which issues its units into the ledger, or reject it; never one's own.",
    )
    async def decide_programme_submission(
        context: Context, write: Write, input: DecideProgrammeSubmissionInput
    ) -> ProgrammeSubmissionChanged:
        """Decide on a submission."""
        account_id, own_id = own_key(input.submission_id, "ProgrammeSubmission", path=("input", "submissionId"))
        decided = await service.decide(
            write, context.scope, account_id=account_id, submission_id=own_id, is_approved=input.is_approved,
            reason=input.reason,
        )  # fmt: skip
        return ProgrammeSubmissionChanged(submission=submission(decided))

    @command(
        "credits:revoke_submission",
        description="Revoke a submission that was issued (the registrar): its units leave the account, the cap has room.",
    )
    async def revoke_programme_submission(
        context: Context, write: Write, input: RevokeProgrammeSubmissionInput
    ) -> ProgrammeSubmissionChanged:
        """Revoke a submission that was issued."""
        account_id, own_id = own_key(input.submission_id, "ProgrammeSubmission", path=("input", "submissionId"))
        revoked = await service.revoke(
            write, context.scope, account_id=account_id, submission_id=own_id, reason=input.reason
        )
        return ProgrammeSubmissionChanged(submission=submission(revoked))

    @command(
        "credits:retire_units",
        description="Retire units of a programme (注销) for a purpose it allows; tonnes are claimed for it, once.",
    )
    async def retire_programme_units(
        context: Context, write: Write, input: RetireProgrammeUnitsInput
    ) -> ProgrammeUnitsRetired:
        """Retire units of a programme."""
        done = await service.retire(
            write, context.scope, holder_id=holder_id(input.holder_id), programme=input.programme,
            purpose=input.purpose, beneficiary=input.beneficiary, quantity=input.quantity,
            serials=tuple(numbers(input.serials)), period=input.period, note=input.note,
        )  # fmt: skip
        return ProgrammeUnitsRetired(
            movement_id=node_id("UnitMovement", done.id), number=BigInt(done.number), class_code=done.class_code,
            quantity=done.quantity,
            serials=[NumberRun(first=BigInt(first), last=BigInt(last)) for first, last in done.serials],
        )  # fmt: skip
