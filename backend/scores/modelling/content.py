"""What a score model says, whole: the shape of the shipped TOML files and of every stored version.

A model turns facts (`values.FACTS`) into points, and points into a grade:

    points of an indicator   0 to 100, by its transform, then reduced by the quality of the fact's data
    points of the account    the mean of the indicators' points by weight; weights add up to 100
    grade                    by these points, by two indicators in a table, or by one ratio; then the gates

Every part names its source document or says that it is a placeholder. Decimals are written as text. What one part alone
cannot show (weights that do not add up, thresholds out of order, a fact nobody knows) is judged by `checking`.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.scores.values import FACTS, Words
from backend.tenants.values import Document, Exact, Sourced, Text, Word

HUNDRED = Decimal(100)
POINTS_STEP = Decimal("0.01")
"""Points of an indicator are a figure of the model, rounded half up to two decimals: a reader adds up what is shown."""
MAY_NOT_APPLY = frozenset({"duties_on_time", "quota_gap"})
"""Facts an account lacks when it has no quota obligation, which the authority enters and the account cannot hide."""

Figure = Annotated[Exact, Field(max_digits=24, decimal_places=10)]
GradeCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+]{0,15}$")]
Curve = Annotated[tuple[tuple[Figure, Figure], ...], Field(min_length=2, max_length=50)]
"""Corners (x, points): straight between two, level before the first and after the last."""
Short = Annotated[Text, Field(max_length=200)]
Long = Annotated[Text, Field(max_length=1000)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Piecewise(_Value):
    """Points by the fact's own value, in its unit."""

    kind: Literal["piecewise"]
    points: Curve


class Trend(_Value):
    """Points by a change against the year before, in percent; only for facts that are changes."""

    kind: Literal["trend"]
    points: Curve


class Percentile(_Value):
    """Points by the share (0 to 100) of the sector that is worse.

    `alone` are points by the fact's own value where the sector has fewer than five; without it nothing is told there.
    """

    kind: Literal["percentile"]
    points: Curve = ((Decimal(0), Decimal(0)), (HUNDRED, HUNDRED))
    alone: Curve | None = None


class Benchmark(_Value):
    """Points by own value / benchmark: a figure (`against`, in the fact's unit), or else the sector's mean.

    `alone` as of a percentile.
    """

    kind: Literal["benchmark"]
    points: Curve
    against: Annotated[Figure, Field(gt=0)] | None = None
    alone: Curve | None = None


class Choices(_Value):
    """Points by a code; of a truth, `true` and `false`."""

    kind: Literal["choices"]
    points: dict[Text, Figure]


Transform = Annotated[Piecewise | Trend | Percentile | Benchmark | Choices, Field(discriminator="kind")]


class Indicator(Sourced):
    """One fact, how it becomes points, and its share of the whole in percent."""

    code: Word
    name_zh: Short
    name_en: Short
    fact: Word
    transform: Transform
    weight: Annotated[Figure, Field(ge=0, le=100)]

    @cached_property
    def name(self) -> Words:
        """The name in both languages."""
        return Words(self.name_zh, self.name_en)


class Gate(Sourced):
    """A condition above the points: while `test` holds of the fact, the gate is shut.

    `block` takes the grade away, `cap` lets no better grade than `grade` through. A fact that is not known shuts the gate
    too. With `when_missing` open a fact that does not apply (nothing at all is said of it) leaves it open, which only
    facts that may not apply may say; one that cannot be told still shuts it. `quality_below` tests how the
    fact came to be known instead of its value.
    """

    code: Word
    name_zh: Short
    name_en: Short
    fact: Word
    test: Literal["is", "is_not", "one_of", "above", "at_least", "below", "at_most", "quality_below"]
    values: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]
    effect: Literal["block", "cap"]
    grade: GradeCode | None = None
    when_missing: Literal["shut", "open"] = "shut"
    words_zh: Long
    words_en: Long

    @cached_property
    def name(self) -> Words:
        """The name in both languages."""
        return Words(self.name_zh, self.name_en)

    @cached_property
    def number(self) -> Decimal:
        """The value a number is tested against."""
        return Decimal(self.values[0])


class Grade(_Value):
    """A grade, best first. `threshold`: at least these points, or at most this ratio; none for the last of a ratio."""

    code: GradeCode
    name_zh: Short
    name_en: Short
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
    threshold: Figure | None = None


class ByPoints(_Value):
    """The best grade whose threshold the account's points reach."""

    kind: Literal["points"]


class ByMatrix(_Value):
    """A table of two indicators, each cut into bands by its points (cuts rise; reaching a cut is the better band).

    `cells[row][column]` are grades; the first row and the first column are the worst bands.
    """

    kind: Literal["matrix"]
    rows: Word
    columns: Word
    row_cuts: Annotated[tuple[Figure, ...], Field(min_length=1, max_length=9)]
    column_cuts: Annotated[tuple[Figure, ...], Field(min_length=1, max_length=9)]
    cells: tuple[tuple[GradeCode, ...], ...]


class ByRatio(_Value):
    """The best grade whose threshold the indicator's ratio (own / benchmark, or the fact's value) does not exceed."""

    kind: Literal["ratio"]
    indicator: Word


Grading = Annotated[ByPoints | ByMatrix | ByRatio, Field(discriminator="kind")]


class QualityRule(Sourced):
    """What the quality of data does to points: a factor 0 to 1 (`multiplier`), or the most there can be (`ceiling`)."""

    mode: Literal["multiplier", "ceiling"]
    verified: Annotated[Figure, Field(ge=0, le=100)]
    computed: Annotated[Figure, Field(ge=0, le=100)]
    estimated: Annotated[Figure, Field(ge=0, le=100)]


class YearRule(Sourced):
    """Which year a score on a day is of: the year before, from this month on (1 to 12); earlier, the one before that."""

    from_month: Annotated[int, Field(ge=1, le=12)]


class Step(_Value):
    """A value a lever can bring its fact to, and what that costs."""

    value: Text
    effort: Annotated[Figure, Field(gt=0, le=10000, decimal_places=2)]


class Lever(Sourced):
    """Something an enterprise can do about a fact, and the effort of it, a weight without unit.

    Either named steps (`to`), or up to `most` equal steps of `step` towards `limit` at `effort` each; `step` is in the
    fact's unit, or with `is_relative` in percent of the value there is. `also` are facts that come with it, `verifies`
    facts whose data become verified by it.
    """

    code: Word
    fact: Word
    words_zh: Long
    words_en: Long
    to: Annotated[tuple[Step, ...], Field(max_length=20)] = ()
    step: Annotated[Figure, Field(gt=0)] | None = None
    is_relative: bool = False
    limit: Figure | None = None
    most: Annotated[int, Field(ge=1, le=20)] = 10
    effort: Annotated[Figure, Field(gt=0, le=10000, decimal_places=2)] | None = None
    also: dict[Word, Text] = Field(default_factory=dict[str, str])
    verifies: tuple[Word, ...] = ()

    @property
    def is_wide(self) -> bool:
        """Whether it touches more than its own fact."""
        return bool(self.also or self.verifies)


class ModelContent(Sourced):
    """A score model, whole. `essential` facts must be known, or nothing is told; `validity_months` from the run.

    Points above `neutral` help, below it they harm.
    """

    code: Word
    name_zh: Short
    name_en: Short
    documents: tuple[Document, ...] = ()
    year: YearRule
    validity_months: Annotated[int, Field(ge=1, le=36)]
    neutral: Annotated[Figure, Field(ge=0, le=100)] = Decimal(50)
    essential: tuple[Word, ...] = ()
    quality: QualityRule
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1, max_length=40)]
    gates: Annotated[tuple[Gate, ...], Field(max_length=40)] = ()
    grades: Annotated[tuple[Grade, ...], Field(min_length=2, max_length=20)]
    grading: Grading
    levers: Annotated[tuple[Lever, ...], Field(max_length=20)] = ()

    @cached_property
    def name(self) -> Words:
        """The name in both languages."""
        return Words(self.name_zh, self.name_en)

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Each grade's place, 0 for the best."""
        return {grade.code: place for place, grade in enumerate(self.grades)}

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The facts without which nothing is told: the essential ones, and those the grade itself is read from."""
        graded = {self.grading.rows, self.grading.columns} if isinstance(self.grading, ByMatrix) else set[str]()
        if isinstance(self.grading, ByRatio):
            graded = {self.grading.indicator}
        own = [each.fact for each in self.indicators if each.code in graded]
        return tuple(dict.fromkeys((*self.essential, *own)))

    @cached_property
    def looked_at(self) -> tuple[str, ...]:
        """Every fact a score by this model may follow from, each once."""
        parts = (*self.indicators, *self.gates, *self.levers)
        return tuple(dict.fromkeys((*(each.fact for each in parts), *self.essential)))

    @cached_property
    def worked_out(self) -> dict[int, Any]:
        """What the rules work out of the model once for each grade, and use for every account."""
        return {}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy that works everything out anew: what was worked out of this one would be taken along."""
        copied = super().model_copy(update=update, deep=deep)
        fields = {each: getattr(copied, each) for each in type(self).model_fields}
        return self.model_construct(copied.model_fields_set, **fields)

    def indicator(self, code: str) -> Indicator | None:
        """Return the indicator with this code, or None."""
        return next((each for each in self.indicators if each.code == code), None)


def year_on(content: ModelContent, day: date) -> int:
    """Return the year a score on this day is of."""
    return day.year - (1 if day.month >= content.year.from_month else 2)


def is_number(fact: str) -> bool:
    """Tell whether the fact's value is a number."""
    return bool(FACTS[fact].better)


def is_truth(fact: str) -> bool:
    """Tell whether the fact's value is true or false."""
    kind = FACTS[fact]
    return not kind.better and not kind.choices


def choices_of(fact: str) -> tuple[str, ...]:
    """Return the codes a fact can have; of a truth, `true` and `false`; nothing for a number."""
    return ("true", "false") if is_truth(fact) else FACTS[fact].choices


def read_value(fact: str, text: str) -> Decimal | str | bool:
    """Return the fact's value a model writes as text."""
    if is_number(fact):
        return Decimal(text)
    return text == "true" if is_truth(fact) else text
