"""What the commands of parks are given."""

import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.accounts.schema_evidence import own_key
from backend.parks.errors import ParkBoundaryInvalid
from backend.parks.schema_types import OutcomeEnum
from backend.parks.values import (
    Document,
    EntryStatus,
    Finding,
    Horizon,
    Level,
    Outcome,
    ProgrammeKind,
    Step,
    ValueDraft,
)

LONGEST_BOUNDARY = 500_000


@strawberry.input(description="A document: title, number where it has one, day of issue.")
class ParkDocumentInput:
    """A document."""

    title: str = strawberry.field(description="Its title.")
    issued_on: date = strawberry.field(description="Its day of issue, up to today.")
    number: str = strawberry.field(default="", description="Its number.")

    def read(self) -> Document:
        """Return it as the services take it."""
        return Document(self.title, self.number, self.issued_on)


def read_boundary(text: str) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return GeoJSON text with exact numbers. Raises ParkBoundaryInvalid: no JSON, or too long."""
    try:
        if len(text) <= LONGEST_BOUNDARY:
            return json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        pass
    raise ParkBoundaryInvalid(
        reason_zh="不是 GeoJSON 文本，或过长",
        reason_en="it is no GeoJSON text, or too long",
        path=("input", "boundary"),
    )


def read_evidence(given: str | None) -> tuple[UUID, UUID] | None:
    """Return the key of a file. Raises NodeIdInvalid."""
    return None if given is None else own_key(given, "Evidence", path=("input", "evidenceId"))


@strawberry.input(description="Enter a park with its boundary.")
class RegisterParkInput:
    """Enter a park."""

    name: str = strawberry.field(description="Its name.")
    division_code: str = strawberry.field(description="A division of your region.")
    boundary: str = strawberry.field(description="A GeoJSON Polygon as text: closed, simple, in degrees.")
    document: ParkDocumentInput = strawberry.field(description="The document the boundary was taken from.")
    operator_id: strawberry.ID | None = strawberry.field(default=None, description="Global id of its operator.")


@strawberry.input(description="Give a park another boundary.")
class RedrawParkInput:
    """Redraw a park."""

    park_id: strawberry.ID = strawberry.field(description="The park.")
    boundary: str = strawberry.field(description="A GeoJSON Polygon as text.")
    document: ParkDocumentInput = strawberry.field(description="The document it was taken from.")


@strawberry.input(description="Put an account into a park.")
class JoinParkInput:
    """Join a park."""

    park_id: strawberry.ID = strawberry.field(description="The park.")
    account_id: strawberry.ID = strawberry.field(description="The account.")
    starts_on: date = strawberry.field(description="Its first day.")
    is_above_scale: bool = strawberry.field(description="Whether the enterprise is 规模以上.")
    ends_on: date | None = strawberry.field(default=None, description="Its last day, where it is known.")


@strawberry.input(description="End a membership.")
class LeaveParkInput:
    """Leave a park."""

    member_id: strawberry.ID = strawberry.field(description="The membership.")
    ends_on: date = strawberry.field(description="Its last day.")


@strawberry.input(description="A value: a quantity, or numerator and denominator; none of them takes away what stands.")
class ParkValueInput:
    """A value."""

    item: str = strawberry.field(
        description="An indicator's number, or annual_energy, enterprises, above_scale_enterprises. Indicator 1 takes 1 or 0 "
        "(in the national catalogue or not), 29 to 31 the worst grade."
    )
    quantity: Decimal | None = strawberry.field(default=None, description="How much, in the indicator's unit.")
    numerator: Decimal | None = strawberry.field(default=None, description="The numerator.")
    denominator: Decimal | None = strawberry.field(
        default=None, description="The denominator, in the same unit as the numerator for shares."
    )
    basis: str = strawberry.field(
        default="", description="Of indicator 23: daily_average_electricity (near) or maximum_load (long)."
    )
    note: str = strawberry.field(default="", description="What is to be said of it.")
    evidence_id: strawberry.ID | None = strawberry.field(
        default=None, description="Global id of the file that proves it."
    )

    def read(self) -> ValueDraft:
        """Return it as the services take it. Raises NodeIdInvalid."""
        return ValueDraft(
            self.item, self.quantity, self.numerator, self.denominator, self.basis, self.note,
            read_evidence(self.evidence_id),
        )  # fmt: skip


@strawberry.input(description="Enter values of a park's year.")
class RecordParkValuesInput:
    """Enter values."""

    park_id: strawberry.ID = strawberry.field(description="The park.")
    year: int = strawberry.field(description="The year.")
    values: list[ParkValueInput] = strawberry.field(description="The values; all or nothing.")
    document: ParkDocumentInput = strawberry.field(description="The document they were taken from.")


@strawberry.input(description="A park's year.")
class ComputeParkValuesInput:
    """Compute values."""

    park_id: strawberry.ID = strawberry.field(description="The park.")
    year: int = strawberry.field(description="The year.")


@strawberry.input(description="Ask to leave a reference indicator out.")
class AskParkWaiverInput:
    """Ask for a waiver."""

    park_id: strawberry.ID = strawberry.field(description="The park.")
    year: int = strawberry.field(description="The year.")
    indicator: int = strawberry.field(description="A reference indicator, 6 to 21.")
    explanation: str = strawberry.field(description="Why the conditions are not there.")
    document: ParkDocumentInput = strawberry.field(description="The proof.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="Global id of its file.")


@strawberry.input(description="Decide on a request to leave an indicator out.")
class DecideParkWaiverInput:
    """Decide on a waiver."""

    waiver_id: strawberry.ID = strawberry.field(description="The request.")
    is_approved: bool = strawberry.field(description="Whether the indicator may be left out.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Hold a park's year against the indicators.")
class EvaluateParkInput:
    """Evaluate a park."""

    park_id: strawberry.ID = strawberry.field(description="The park.")
    year: int = strawberry.field(description="The year.")
    horizon: Horizon = strawberry.field(default=Horizon.NEAR, description="Which targets.")
    level: Level = strawberry.field(default=Level.MUNICIPAL, description="At which rung.")


@strawberry.input(description="Apply for a park.")
class ApplyForParkInput:
    """Apply."""

    park_id: strawberry.ID = strawberry.field(description="The park.")
    statement: str = strawberry.field(description="What is applied for.")
    document: ParkDocumentInput = strawberry.field(description="The application's document.")
    level: Level = strawberry.field(default=Level.MUNICIPAL, description="The rung.")
    horizon: Horizon = strawberry.field(default=Horizon.NEAR, description="Which targets.")


@strawberry.input(description="Apply for a factory, project, virtual power plant or service body.")
class ApplyForParkProgrammeItemInput:
    """Apply for an item."""

    item_id: strawberry.ID = strawberry.field(description="The item.")
    statement: str = strawberry.field(description="What is applied for.")
    document: ParkDocumentInput = strawberry.field(description="The application's document.")
    level: Level = strawberry.field(default=Level.MUNICIPAL, description="The rung.")


@strawberry.input(description="What a requirement of a programme came to.")
class ParkFindingInput:
    """A finding."""

    code: str = strawberry.field(description="The requirement's code, see `parkRequirements`.")
    outcome: OutcomeEnum = strawberry.field(  # type: ignore[valid-type] - an enumeration under its name on the wire
        description="What it came to; where a number is asked for, the number decides."
    )
    remark: str = strawberry.field(description="On what ground, 1 to 500 characters.")
    quantity: Decimal | None = strawberry.field(default=None, description="The number, in the requirement's unit.")

    def read(self) -> Finding:
        """Return it as the services take it."""
        return Finding(self.code, Outcome(self.outcome), self.remark, self.quantity)


@strawberry.input(description="Propose what the next step came to.")
class ProposeParkStepInput:
    """Propose a step."""

    application_id: strawberry.ID = strawberry.field(description="The application.")
    step: Step = strawberry.field(description="The step, which must be next.")
    is_passed: bool = strawberry.field(description="Whether it was passed; if not, the way ends there.")
    happened_on: date = strawberry.field(description="The day, up to today.")
    reason: str = strawberry.field(description="Why.")
    document: ParkDocumentInput = strawberry.field(description="The document.")
    evaluation_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The evaluation it rests on: review, acceptance, final evaluation, re-check of a park.",
    )
    findings: list[ParkFindingInput] = strawberry.field(
        default_factory=list,
        description="At the same steps of an item: what each requirement of its programme came to.",
    )


@strawberry.input(description="Confirm or reject what was proposed of a step.")
class DecideParkStepInput:
    """Decide on a step."""

    step_id: strawberry.ID = strawberry.field(description="The step.")
    is_confirmed: bool = strawberry.field(description="Whether it counts.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Publish a notice of an application.")
class PublishParkNoticeInput:
    """Publish a notice."""

    application_id: strawberry.ID = strawberry.field(description="The application.")
    opens_on: date = strawberry.field(description="The first day, from today.")
    closes_on: date = strawberry.field(description="The last day.")
    text: str = strawberry.field(description="What it says.")
    contact: str = strawberry.field(description="Where to turn.")
    document: ParkDocumentInput = strawberry.field(description="The document.")


@strawberry.input(description="Record an objection an official received.")
class RecordParkObjectionInput:
    """Record an objection."""

    notice_id: strawberry.ID = strawberry.field(description="The notice.")
    objector: str = strawberry.field(description="Who objects.")
    contact: str = strawberry.field(description="How they are reached.")
    text: str = strawberry.field(description="What they say.")


@strawberry.input(description="Answer an objection.")
class AnswerParkObjectionInput:
    """Answer an objection."""

    objection_id: strawberry.ID = strawberry.field(description="The objection.")
    is_upheld: bool = strawberry.field(description="Whether it is upheld; the notice cannot be confirmed then.")
    answer: str = strawberry.field(description="The answer.")


@strawberry.input(description="Put something on a programme's register.")
class RegisterParkProgrammeItemInput:
    """Register an item."""

    kind: ProgrammeKind = strawberry.field(description="Of which programme.")
    name: str = strawberry.field(description="Its name.")
    division_code: str = strawberry.field(
        default="", description="A division of your region; an enterprise's candidate lies where its account does."
    )
    status: EntryStatus | None = strawberry.field(
        default=None, description="Where it stands, taken over with a document; left out for a candidate."
    )
    effective_on: date | None = strawberry.field(default=None, description="Since when, up to today; with a status.")
    document: ParkDocumentInput | None = strawberry.field(default=None, description="The document; with a status.")
    capacity: Decimal | None = strawberry.field(default=None, description="Of a virtual power plant, 万kW.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description="Its account.")
    park_id: strawberry.ID | None = strawberry.field(default=None, description="The park it is in.")
    remark: str = strawberry.field(default="", description="What is to be said of it.")


@strawberry.input(description="Say where an item stands from a day on.")
class UpdateParkProgrammeItemInput:
    """Update an item."""

    item_id: strawberry.ID = strawberry.field(description="The item.")
    status: EntryStatus = strawberry.field(description="Where it stands.")
    effective_on: date = strawberry.field(description="Since when, up to today.")
    document: ParkDocumentInput = strawberry.field(description="The document.")
    capacity: Decimal | None = strawberry.field(default=None, description="Of a virtual power plant, 万kW.")
    remark: str = strawberry.field(default="", description="What is to be said of it.")
