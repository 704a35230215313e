"""What commands of disclosure take."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.esg.values import AssuranceLevel, Exchange, Index

DISCLOSURE_ID = "The disclosure's global id."
EVIDENCE = "Evidence files of the account: their global ids."


@strawberry.input(
    description="Say what the account knows of its listing and duties; null: not known, which frees nobody."
)
class RecordDisclosureProfileInput:
    """Record a profile."""

    account_id: strawberry.ID = strawberry.field(description="Your carbon account.")
    as_of: date = strawberry.field(description="The day this is true; not to come.")
    exchange: Exchange | None = strawberry.field(default=None, description="Where its shares are listed.")
    stock_code: str = strawberry.field(default="", description="Six digits; empty: none.")
    indices: list[Index] | None = strawberry.field(default=None, description="Memberships; empty: of none of them.")
    is_dual_listed: bool | None = strawberry.field(default=None, description="Listed at home and abroad.")
    is_key_discharger: bool | None = strawberry.field(
        default=None, description="On the list of those who must disclose environmental information by law."
    )
    is_state_owned: bool | None = strawberry.field(default=None, description="State-owned.")
    is_foreign_invested: bool | None = strawberry.field(default=None, description="Foreign-invested.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="A file that shows it.")
    note: str = strawberry.field(default="", description="In words, at most 2,000 characters.")


@strawberry.input(description="Open the disclosure of a year.")
class OpenDisclosureInput:
    """Open a disclosure."""

    account_id: strawberry.ID = strawberry.field(description="Your carbon account.")
    year: int = strawberry.field(description="The year disclosed, from 2020 to this one.")
    standards: list[str] | None = strawberry.field(
        default=None,
        description="Codes of standards; all that are loaded if left out. Those that bind must be among them.",
    )


@strawberry.input(description="Name a disclosure of yours.")
class DisclosureInput:
    """Name a disclosure."""

    disclosure_id: strawberry.ID = strawberry.field(description=DISCLOSURE_ID)
    note: str = strawberry.field(default="", description="In words, at most 2,000 characters.")


@strawberry.input(description="Answer a point the account does not fill.")
class AnswerDisclosurePointInput:
    """Answer a point."""

    disclosure_id: strawberry.ID = strawberry.field(description=DISCLOSURE_ID)
    point: str = strawberry.field(description="The point's name.")
    value: Decimal | None = strawberry.field(default=None, description="The figure, where one is asked.")
    unit: str = strawberry.field(default="", description="Its unit, or one that converts to it.")
    text_zh: str = strawberry.field(default="", description="The text, where one is asked; at most 20,000 characters.")
    text_en: str = strawberry.field(default="", description="The same in English, if you like.")
    evidence_ids: list[strawberry.ID] = strawberry.field(default_factory=list, description=EVIDENCE)


@strawberry.input(description="Replace what the account says of a point; both stay to be seen.")
class OverrideDisclosurePointInput(AnswerDisclosurePointInput):
    """Override a point."""

    reason: str = strawberry.field(default="", description="Why; it cannot be left out, nor can evidence.")


@strawberry.input(description="Leave a point out, or take your last word on it back.")
class DisclosurePointReasonInput:
    """A point and a reason."""

    disclosure_id: strawberry.ID = strawberry.field(description=DISCLOSURE_ID)
    point: str = strawberry.field(description="The point's name.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="How a topic is judged.")
class TopicAssessmentInput:
    """How a topic is judged."""

    topic: int = strawberry.field(description="1 to 21.")
    impact: Decimal = strawberry.field(description="Impact on people and environment, on the scale of the terms.")
    financial: Decimal = strawberry.field(description="Financial effect, on the scale of the terms.")
    impact_reason: str = strawberry.field(description="Why that impact.")
    financial_reason: str = strawberry.field(description="Why that effect.")


@strawberry.input(description="Judge topics for a disclosure.")
class AssessDisclosureTopicsInput:
    """Judge topics."""

    disclosure_id: strawberry.ID = strawberry.field(description=DISCLOSURE_ID)
    topics: list[TopicAssessmentInput] = strawberry.field(description="Each topic once.")


@strawberry.input(description="Say who answers for points, and by when.")
class AssignDisclosurePointsInput:
    """Assign points."""

    disclosure_id: strawberry.ID = strawberry.field(description=DISCLOSURE_ID)
    points: list[str] = strawberry.field(description="Names of points, at most 200.")
    owner_id: strawberry.ID = strawberry.field(description="A person of your enterprise: the global id.")
    due_on: date = strawberry.field(description="By when.")


@strawberry.input(description="A remark of a reviewer.")
class DisclosureRemarkInput:
    """A remark."""

    text: str = strawberry.field(description="What is to be mended.")
    point: str = strawberry.field(default="", description="About which point; empty: the whole.")


@strawberry.input(description="What you say to a reviewer's remark.")
class DisclosureRemarkAnswerInput:
    """An answer to a remark."""

    text: str = strawberry.field(description="The answer, at most 2,000 characters.")
    point: str = strawberry.field(default="", description="To the remarks about which point; empty: about the whole.")


@strawberry.input(description="Hand a draft over for review.")
class SubmitDisclosureInput:
    """Submit a disclosure."""

    disclosure_id: strawberry.ID = strawberry.field(description=DISCLOSURE_ID)
    note: str = strawberry.field(default="", description="In words, at most 2,000 characters.")
    answers: list[DisclosureRemarkAnswerInput] = strawberry.field(
        default_factory=list,
        description="To the remarks it was returned with. A point that says something else since needs none.",
    )


@strawberry.input(description="Return a disclosure to be mended.")
class ReturnDisclosureInput:
    """Return a disclosure."""

    disclosure_id: strawberry.ID = strawberry.field(description=DISCLOSURE_ID)
    remarks: list[DisclosureRemarkInput] = strawberry.field(description="At least one.")
    note: str = strawberry.field(default="", description="In words, at most 2,000 characters.")


@strawberry.input(description="Begin the correction of a published disclosure.")
class CorrectDisclosureInput:
    """Correct a publication."""

    publication_id: strawberry.ID = strawberry.field(description="The newest publication of the year: its global id.")
    reason: str = strawberry.field(description="Why; it is published with the correction.")


@strawberry.input(description="Sign an assurance statement on a publication.")
class AssureDisclosureInput:
    """Assure a publication."""

    publication_id: strawberry.ID = strawberry.field(description="The newest publication of the year: its global id.")
    level: AssuranceLevel = strawberry.field(description="How sure you are.")
    standard: str = strawberry.field(description="What your work followed, e.g. `ISAE 3000`.")
    scope: str = strawberry.field(description="What it covered.")
    opinion: str = strawberry.field(description="The statement, at most 20,000 characters.")
    evidence_ids: list[strawberry.ID] = strawberry.field(default_factory=list, description=EVIDENCE)
