"""What the commands on the citizens' points are given."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.credits.citizens.schema_types import CreditDocumentInput
from backend.credits.citizens.values import SceneKind, SceneTerms
from backend.tenants.values import Rounding
from backend.wire.nodes import uuids


@strawberry.input(description="Draft the terms of a scene from a day on; a second person approves them.")
class DraftCitizenSceneInput:
    """Draft a scene."""

    programme: str = strawberry.field(description="The programme's code; it issues points.")
    code: str = strawberry.field(description="The scene's code; a known one gets a new version.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    kind: SceneKind = strawberry.field(description="Consumption or living.")
    activity_unit: str = strawberry.field(description="What an act is counted in: `km`, `次`, `kWh`.")
    points_per_unit: Decimal = strawberry.field(description="Points for one unit.")
    rounding: Rounding = strawberry.field(default=Rounding.DOWN, description="How points of an act are rounded.")
    cap_day: Decimal | None = strawberry.field(default=None, description="Most points of one citizen a day.")
    cap_year: Decimal | None = strawberry.field(default=None, description="Most points of one citizen a year.")
    validity_months: int = strawberry.field(default=0, description="From the day of issue; 0 is no end.")
    late_days: int = strawberry.field(default=31, description="Days after which an act is told no more, 0 to 366.")
    operator_id: strawberry.ID | None = strawberry.field(
        default=None, description="The enterprise that tells of acts; null: the authority alone."
    )
    is_open: bool = strawberry.field(default=True, description="False ends the scene from the day on.")
    valid_from: date = strawberry.field(description="The first day it holds; may be past.")
    document: CreditDocumentInput = strawberry.field(description="What it rests on.")
    reason: str = strawberry.field(description="Why.")

    def terms(self) -> SceneTerms:
        """Return the terms as a value."""
        runs = (
            None
            if self.operator_id is None
            else uuids(self.operator_id, "Organisation", path=("input", "operatorId"))[0]
        )
        return SceneTerms(
            name_zh=self.name_zh, name_en=self.name_en, kind=self.kind, activity_unit=self.activity_unit,
            points_per_unit=self.points_per_unit, rounding=self.rounding, cap_day=self.cap_day,
            cap_year=self.cap_year, validity_months=self.validity_months, late_days=self.late_days,
            operator_id=runs, is_open=self.is_open, valid_from=self.valid_from,
        )  # fmt: skip


@strawberry.input(description="Approve or reject what somebody else drafted.")
class DecideCitizenDraftInput:
    """Decide on a draft."""

    id: strawberry.ID = strawberry.field(description="Its global id.")
    is_approved: bool = strawberry.field(description="Whether it is approved.")
    reason: str = strawberry.field(default="", description="Needed to reject.")


@strawberry.input(description="A citizen to be opened.")
class CitizenInput:
    """A citizen to be opened."""

    subject: str = strawberry.field(
        description="The platform's opaque key: 16 to 64 letters, digits, - or _; never a telephone or identity number."
    )
    division_code: str = strawberry.field(description="Where they live.")
    consented_on: date = strawberry.field(description="When they agreed to take part.")


@strawberry.input(description="Open citizens of a programme, all or none, at most 500.")
class OpenCitizensInput:
    """Open citizens."""

    programme: str = strawberry.field(description="The programme's code; it issues points.")
    citizens: list[CitizenInput] = strawberry.field(description="1 to 500.")


@strawberry.input(description="Let a citizen leave.")
class CloseCitizenInput:
    """Let a citizen leave."""

    programme: str = strawberry.field(description="The programme's code.")
    number: str = strawberry.field(description="The citizen's number.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="A green act.")
class GreenActInput:
    """A green act."""

    citizen: str = strawberry.field(description="The citizen's number.")
    day: date = strawberry.field(description="The day of the act.")
    quantity: Decimal = strawberry.field(description="How much, in the scene's unit.")
    key: str = strawberry.field(description="Your own key of it; it counts once in the scene, however often sent.")


@strawberry.input(description="Record green acts in a scene, each row for itself, at most 500.")
class RecordGreenActsInput:
    """Record green acts."""

    programme: str = strawberry.field(description="The programme's code.")
    scene: str = strawberry.field(description="The scene's code.")
    rows: list[GreenActInput] = strawberry.field(description="1 to 500.")


@strawberry.input(description="Take back an act or a redemption.")
class TakeBackInput:
    """Take something back."""

    id: strawberry.ID = strawberry.field(description="Its global id.")
    reason: str = strawberry.field(description="Why; it stays in the journal.")


@strawberry.input(description="Draft a reward; a second person approves it.")
class DraftCitizenRewardInput:
    """Draft a reward."""

    programme: str = strawberry.field(description="The programme's code.")
    code: str = strawberry.field(description="Its code, given once in the programme.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    points: Decimal = strawberry.field(description="Points for one.")
    stock: int = strawberry.field(description="How many there are in all.")
    yearly: int | None = strawberry.field(default=None, description="How many one citizen may have a year.")
    provider: str = strawberry.field(description="Who hands it out.")
    first_day: date = strawberry.field(description="First day it is offered.")
    last_day: date = strawberry.field(description="Last day it is offered.")
    document: CreditDocumentInput = strawberry.field(description="What it rests on.")


@strawberry.input(description="Redeem a citizen's points for one of a reward.")
class RedeemCitizenPointsInput:
    """Redeem points."""

    reward_id: strawberry.ID = strawberry.field(description="The reward's global id.")
    citizen: str = strawberry.field(description="The citizen's number.")


@strawberry.input(description="Draw up who earned most in a year that is over.")
class DraftCitizenRankingInput:
    """Draw up the year's first."""

    programme: str = strawberry.field(description="The programme's code.")
    year: int = strawberry.field(description="A year that is over.")
    division_code: str = strawberry.field(description="Of which division and all below it.")
    places: int = strawberry.field(description="How many, 1 to 1,000; who shares the last is in.")
    incentive: str = strawberry.field(description="What the first are given (激励), in words.")
    document: CreditDocumentInput = strawberry.field(description="What it rests on.")
