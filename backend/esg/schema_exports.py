"""Ratings of disclosures and their rubric on the wire."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.esg import service
from backend.esg.rating.queries import RatingRow
from backend.esg.rating.rubric import Criterion, Rubric, rubric
from backend.esg.schema_reference import DisclosureText
from backend.esg.schema_reference import words as both
from backend.esg.schema_types import PUBLICATION
from backend.esg.values import Grade
from backend.kit.clock import today
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import node_id, uuids

RATING = "DisclosureRating"
strawberry.enum(Grade, name="DisclosureGrade", description="Grades of disclosure quality, best first.")


@strawberry.type(description="What a criterion makes of a publication.")
class DisclosureRatingCriterion:
    """What a criterion makes of a publication."""

    code: str = strawberry.field(description="Its name in the rubric.")
    name: DisclosureText = strawberry.field(description="What it is called.")
    weight: Decimal = strawberry.field(description="The points it can add.")
    share: Decimal = strawberry.field(description="How much of it is reached, per cent, rounded half up to 0.01.")
    points: Decimal = strawberry.field(description="What it adds: the share of its weight, rounded half up to 0.01.")
    reason: DisclosureText = strawberry.field(description="Why, with the counts.")


@strawberry.type(
    description="How well a publication discloses, by a version of a rubric. It never changes; the newest counts."
)
class DisclosureRating:
    """A rating."""

    id: strawberry.ID = strawberry.field(description="Its identifier.")
    publication_id: strawberry.ID = strawberry.field(description="The publication it is of.")
    year: int = strawberry.field(description="The year disclosed.")
    version: int = strawberry.field(description="The publication's version.")
    grade: Grade = strawberry.field(description="The grade.")
    points: Decimal = strawberry.field(description="Of 100: the sum of the criteria's.")
    rubric_code: str = strawberry.field(description="The rubric.")
    rubric_version: str = strawberry.field(description="Its version.")
    is_placeholder: bool = strawberry.field(description="Whether the rubric is this product's own, to be replaced.")
    cause: str = strawberry.field(description="`publication`, `assurance`, or `rubric`: why it was rated.")
    rated_at: datetime = strawberry.field(description="When.")
    criteria: list[DisclosureRatingCriterion] = strawberry.field(description="What each criterion adds, and why.")


@strawberry.type(description="A criterion of the rubric.")
class DisclosureRubricCriterion:
    """A criterion of the rubric."""

    code: str = strawberry.field(description="Its name.")
    name: DisclosureText = strawberry.field(description="What it is called.")
    says: DisclosureText = strawberry.field(description="How it is judged.")
    weight: Decimal = strawberry.field(description="The points it can add.")


@strawberry.type(description="From how many points a grade is given.")
class DisclosureRubricGrade:
    """A grade of the rubric."""

    grade: Grade = strawberry.field(description="The grade.")
    least: Decimal = strawberry.field(description="From this many points.")


@strawberry.type(description="The published rubric of disclosure quality.")
class DisclosureRubric:
    """The rubric."""

    code: str = strawberry.field(description="Its name.")
    version: str = strawberry.field(description="Its version; another version is another file.")
    valid_from: date = strawberry.field(description="The first day it holds.")
    name: DisclosureText = strawberry.field(description="What it is called.")
    note: DisclosureText = strawberry.field(description="What is not known of it.")
    document: str = strawberry.field(description="The document that asks for ratings.")
    confidence: str = strawberry.field(description="How sure its content is.")
    is_placeholder: bool = strawberry.field(description="Whether it is this product's own, to be replaced.")
    sha256: str = strawberry.field(description="SHA-256 of its file.")
    criteria: list[DisclosureRubricCriterion] = strawberry.field(description="What is judged.")
    grades: list[DisclosureRubricGrade] = strawberry.field(description="Best first.")


def rating(row: RatingRow) -> DisclosureRating:
    """Return a rating as the wire has it."""
    return DisclosureRating(
        id=node_id(RATING, row.account_id, row.id), publication_id=node_id(PUBLICATION, row.account_id, row.publication_id),
        year=row.year, version=row.version, grade=Grade(row.grade), points=row.points, rubric_code=row.rubric_code,
        rubric_version=row.rubric_version, is_placeholder=row.is_placeholder, cause=row.cause, rated_at=row.rated_at,
        criteria=[
            DisclosureRatingCriterion(
                code=each["code"], name=DisclosureText(zh=each["name_zh"], en=each["name_en"]),
                weight=Decimal(each["weight"]), share=Decimal(each["share"]), points=Decimal(each["points"]),
                reason=DisclosureText(zh=each["why_zh"], en=each["why_en"]),
            )
            for each in row.criteria
        ],
    )  # fmt: skip


def _criterion(one: Criterion) -> DisclosureRubricCriterion:
    return DisclosureRubricCriterion(code=one.code, name=both(one.name), says=both(one.says), weight=one.weight)


def _rubric(one: Rubric) -> DisclosureRubric:
    return DisclosureRubric(
        code=one.code, version=one.version, valid_from=one.valid_from, name=both(one.name), note=both(one.note),
        document=one.document, confidence=one.confidence, is_placeholder=one.is_placeholder, sha256=one.sha256,
        criteria=[_criterion(each) for each in one.criteria],
        grades=[DisclosureRubricGrade(grade=grade, least=least) for grade, least in one.grades],
    )  # fmt: skip


@strawberry.type
class EsgRatingQuery:
    """Reads of ratings."""

    @strawberry.field(
        description="The rubric of disclosure quality in force, and that it is a placeholder where it is one."
    )
    async def disclosure_rubric(self, info: Info) -> DisclosureRubric:
        """Return the rubric."""
        info.context.scope.require("esg:read")
        return _rubric(rubric(today()))

    @strawberry.field(
        description="How an account's publications were rated, the newest rating first: at publication, when one was assured, "
        "when the rubric changed."
    )
    async def disclosure_ratings(
        self, info: Info, account_id: strawberry.ID, year: int | None = None, first: First = 20, after: After = None
    ) -> Connection[DisclosureRating]:
        """List ratings."""
        scope, asked = info.context.scope, page(first, after)
        key = asked.key(datetime.fromisoformat, UUID)
        async with info.context.read() as read:
            rows = await service.ratings(
                read, scope, uuids(account_id, "CarbonAccount", path=("accountId",))[0], year=year,
                after=None if key is None else (key[0], key[1]), limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.rated_at, row.id], make=rating)
