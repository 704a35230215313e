"""What a jurisdiction is made of: its pack, its divisions, the programmes and sectors it names.

These are the shapes of `pack.toml` and `divisions.csv`; `packs.py` reads them, `rules.py` holds what one row
alone cannot show. All of them are frozen, and `Pack.model_dump(mode="json")` is what a tenant's database keeps
of each version it was given.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from backend.tenants.words import (
    CapPeriod,
    Confidence,
    DivisionLevel,
    Formula,
    MethodologyKind,
    ProgrammeKind,
    ProgrammeStatus,
    RetirementPurpose,
    Rounding,
    TenantLevel,
    UnitDimension,
)

ACTIONS = ("tenants:load_pack", "tenants:read")
"""What this noun lets people do. Loading a pack is granted to no role: the service does it when it starts."""

TENANT_CODE = r"^[a-z][a-z0-9_]{1,30}$"
"""A tenant's code: it becomes part of database, role, queue and folder names."""
SIX_DIGITS = r"^[0-9]{6}$"
"""A GB/T 2260 code: two digits province, two city, two county."""
NATIONAL_CLASSES = ("CCER", "CEA", "GEC")
"""Codes of the national classes of units; no programme takes them."""
LOCAL_CODE = r"^[0-9]{6}-[A-Z0-9]{1,8}$"
"""A functional zone's code of the tenant's own: the parent's code, a hyphen, a short name. It cannot be taken
for a GB/T 2260 code, and needs no escape in a path or in a prefix test."""


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise PydanticCustomError("unknown_timezone", "not a time zone of the IANA database") from error
    return name


def _exact(value: object) -> object:
    if isinstance(value, float):
        raise PydanticCustomError("not_exact", "a number with a point outside quotation marks")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Timezone = Annotated[str, AfterValidator(_known_timezone)]
Exact = Annotated[Decimal, BeforeValidator(_exact)]
"""A decimal, written in quotation marks: a bare `0.1` in TOML has already lost digits."""
Positive = Annotated[Exact, Field(gt=0)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(_Value):
    """A source document.

    `number`, `issued` and `file` stay empty where they are not known; `file` is its name in the collection of
    policy texts the product was built from.
    """

    code: Word
    title_zh: Text
    title_en: Text
    number: Text | None = None
    issued: date | None = None
    file: Text | None = None
    confidence: Confidence


class Sourced(_Value):
    """A part of a pack that names its source document, or says that it is a placeholder.

    A placeholder may name a document as well: what the document says holds, the rest awaits an
    administrator; the note tells which is which.
    """

    document: Word | None = None
    is_placeholder: bool = False
    confidence: Confidence
    note_zh: str = ""
    note_en: str = ""

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if self.document is None and not self.is_placeholder:
            raise PydanticCustomError("no_source", "name the source `document`, or set `is_placeholder = true`")
        if self.is_placeholder and not (self.note_zh.strip() and self.note_en.strip()):
            raise PydanticCustomError("no_note", "a placeholder says in `note_zh` and `note_en` what is missing")
        return self


class Division(_Value):
    """An administrative division of GB/T 2260, or a functional zone with a code of the tenant's own.

    `path` holds the codes from the province down, each followed by a slash (`320000/320200/320206/`): a
    division lies in another's subtree exactly when its path starts with the other's.
    """

    code: Text
    parent_code: Text | None
    name_zh: Text
    name_en: Text
    level: DivisionLevel
    is_gbt2260: bool
    path: Text
    source: Text
    confidence: Confidence


class ProgrammeUnit(Sourced):
    """The class of units a programme issues: a book of its own in the ledger.

    `scale` is the number of decimals; units of tonnes carry serials, so that each can be claimed once.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,30}$")]
    name_zh: Text
    name_en: Text
    dimension: UnitDimension
    unit: Text
    scale: Annotated[int, Field(ge=0, le=6)] = 0
    is_serialised: bool = True
    is_transferable: bool = True


class MethodologyTerms(_Value):
    """The figures of a methodology that an administrator may set anew; None means not known.

    `factor` is in units of the programme for one `activity_unit`. Caps are in units of the programme: of one participant,
    and of all together, for each `cap_period`. `validity_months` count from the day of issue; 0 is no end.
    """

    factor: Positive | None = None
    rounding: Rounding | None = None
    cap_participant: Positive | None = None
    cap_total: Positive | None = None
    cap_period: CapPeriod = CapPeriod.YEAR
    validity_months: Annotated[int, Field(ge=0, le=600)] | None = None


class Methodology(Sourced):
    """A methodology (方法学) or scene (场景): how an activity becomes units, and within which limits."""

    code: Word
    name_zh: Text
    name_en: Text
    kind: MethodologyKind
    formula: Formula
    activity_unit: Text
    status: ProgrammeStatus
    terms: MethodologyTerms = MethodologyTerms()


class ReviewRules(Sourced):
    """Who decides and on what: whether a registration waits for the authority, and whether evidence is needed.

    A submission is always decided by another person than the one who made it.
    """

    is_registration_reviewed: bool = True
    is_evidence_needed: bool = True


class RetirementRules(Sourced):
    """What units of the programme may be retired for."""

    purposes: Annotated[tuple[RetirementPurpose, ...], Field(min_length=1)]


class TreeRules(Sourced):
    """Numbered trees of households, bought by the year: limits, price, and what the household is paid.

    Trees are counted, never turned into tonnes here. `household_share` is the part of the price the household gets (1: all).
    """

    trees_per_mu: Annotated[int, Field(gt=0)]
    mu_per_household: Positive
    trees_per_household: Annotated[int, Field(gt=0)]
    yuan_per_tree_year: Positive
    years: Annotated[int, Field(gt=0, le=100)]
    household_share: Annotated[Exact, Field(gt=0, le=1)]


class Programme(Sourced):
    """Something the jurisdiction offers: a voluntary credit scheme, points, a finance product, a label.

    One that issues units names their class, its methodologies, and the rules of review and retirement; one of trees names
    the rules of trees. Without these it is a name and no more.
    """

    code: Word
    name_zh: Text
    name_en: Text
    kind: ProgrammeKind
    unit: Text | None = None
    status: ProgrammeStatus
    unit_class: ProgrammeUnit | None = None
    review: ReviewRules | None = None
    retirement: RetirementRules | None = None
    trees: TreeRules | None = None
    methodologies: tuple[Methodology, ...] = ()

    def methodology(self, code: str) -> Methodology | None:
        """Return the methodology with this code, or None."""
        return next((each for each in self.methodologies if each.code == code), None)

    def sourced(self) -> tuple[tuple[str, Sourced], ...]:
        """Return the programme's own parts that name a source, each with its place below the programme."""
        single = (
            ("unit_class", self.unit_class),
            ("review", self.review),
            ("retirement", self.retirement),
            ("trees", self.trees),
        )
        parts = tuple((name, part) for name, part in single if part is not None)
        return parts + tuple((f"methodologies.{each.code}", each) for each in self.methodologies)


class Sector(Sourced):
    """A sector its documents name, with the method pack an account of that sector starts from."""

    code: Word
    name_zh: Text
    name_en: Text
    method_pack: Word


class MethodPack(Sourced):
    """The defaults of one accounting guide in this jurisdiction: the fuel table a report starts from."""

    code: Word
    name_zh: Text
    name_en: Text
    fuel_table: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]


class GridRegion(Sourced):
    """The grid region (区域电网) whose average factor applies where no provincial one does."""

    name: Text


class FactorPolicy(Sourced):
    """Which year's factor is used. `published`: the newest one published when the report is made."""

    rule: Annotated[str, StringConstraints(pattern=r"^published$")]


class Calendar(Sourced):
    """The reporting year's first month (1 to 12)."""

    first_month: Annotated[int, Field(ge=1, le=12)]


class ScoreModel(Sourced):
    """The green score's name here; indicators, weights and grades come with the score model itself."""

    code: Word
    name_zh: Text
    name_en: Text


class BudgetRules(Sourced):
    """Carbon budgets: who has one, who shall have one later, and which target binds.

    Levels are `province`, `city`, `district`, `county`, `park`, `key_unit`. `elastic_percent` is by how much a total may
    be exceeded where it is elastic, `replacement_ratio` how many tonnes a reduced replacement (减量置换) gives up for one;
    neither is published: without them nothing is elastic, and a reduced replacement states its own ratio.
    """

    levels: tuple[Word, ...]
    planned_levels: tuple[Word, ...] = ()
    mode: Word
    mode_zh: Text
    mode_en: Text
    elastic_percent: Annotated[Exact, Field(ge=0)] | None = None
    replacement_ratio: Annotated[Exact, Field(ge=1)] | None = None


class WarningResponse(_Value):
    """A measure the document names as an answer to fast-growing emissions."""

    code: Word
    name_zh: Text
    name_en: Text


class WarningLevel(_Value):
    """A level of warning (预警等级): beyond which figure each kind of cause reaches it; None: it knows no such cause.

    All in percent: `growth` of emissions against the same months of the year before, `budget` of the year's projected
    end against its budget (-5: beyond 95 % of it), `intensity` of the projected intensity against its target. An answer
    is due within `answer_days`.
    """

    code: Word
    name_zh: Text
    name_en: Text
    growth: Exact | None = None
    budget: Exact | None = None
    intensity: Exact | None = None
    answer_days: Annotated[int, Field(gt=0, le=366)]


class WarningRules(Sourced):
    """Early warning: the responses a document names, and the levels, the mildest first.

    No document publishes thresholds: those of a pack are placeholders until the authority sets its own; without levels no
    warning is raised. Growth is that of the newest `window_months` together, of accounts that have both years, and told
    only where `coverage_percent` of last year's accounts have reported and the newest such month is no more than
    `latest_months` old.
    """

    responses: tuple[WarningResponse, ...] = ()
    levels: tuple[WarningLevel, ...] = ()
    window_months: Annotated[int, Field(ge=1, le=12)] = 1
    latest_months: Annotated[int, Field(ge=0, le=24)] = 0
    coverage_percent: Annotated[Exact, Field(ge=0, le=100)] = Decimal(100)


class PlanTarget(Sourced):
    """A number a government document sets out to reach: at the end of a year, every year, or without a year.

    `item` is where the document says it, `quote` its words. `comparator` compares what is found with `quantity`.
    """

    code: Word
    year: Annotated[int, Field(ge=2005, le=2100)] | None = None
    is_yearly: bool = False
    comparator: Literal[">=", ">", "<=", "<"]
    quantity: Exact
    unit: str = ""
    name_zh: Text
    name_en: Text
    item: Text
    quote: Text


class Fault(NamedTuple):
    """One thing wrong in a pack: file, line or field, and how to mend it in both languages."""

    file: str
    where: str
    en: str
    zh: str


class Pack(_Value):
    """Everything that differs between jurisdictions, as data.

    `division_code` is the jurisdiction's own division; the tree's root is its province (`province_code`), so
    that every path starts there. `sha256` covers the names and bytes of all files of the pack's folder.
    """

    code: Annotated[str, StringConstraints(pattern=TENANT_CODE)]
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    name_zh: Text
    name_en: Text
    level: TenantLevel
    division_code: Annotated[str, StringConstraints(pattern=SIX_DIGITS)]
    province_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}0000$")]
    timezone: Timezone
    hosts: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")], ...] = ()
    separation_of_duties: bool = True
    grid: GridRegion
    factor_policy: FactorPolicy
    calendar: Calendar
    documents: tuple[Document, ...]
    method_packs: tuple[MethodPack, ...]
    default_method_pack: Word
    sectors: tuple[Sector, ...]
    programmes: tuple[Programme, ...]
    score_model: ScoreModel
    budget: BudgetRules
    warnings: WarningRules
    plan_targets: tuple[PlanTarget, ...] = ()
    divisions: tuple[Division, ...]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @property
    def grid_region(self) -> str:
        """The grid region's name as the reference factors spell it (`华东`)."""
        return self.grid.name

    @property
    def region(self) -> str:
        """The path of the jurisdiction's own division: what its highest authority sees."""
        return next(division.path for division in self.divisions if division.code == self.division_code)

    def division(self, code: str) -> Division | None:
        """Return the division with this code, or None. `rules.required_division` raises instead."""
        return next((division for division in self.divisions if division.code == code), None)

    def subtree(self, code: str) -> tuple[Division, ...]:
        """Return the division and everything below it, parents first; nothing for an unknown code."""
        top = self.division(code)
        if top is None:
            return ()
        return tuple(division for division in self.divisions if division.path.startswith(top.path))

    def document(self, code: str) -> Document | None:
        """Return the source document with this code, or None."""
        return next((document for document in self.documents if document.code == code), None)

    def programme(self, code: str) -> Programme | None:
        """Return the programme with this code, or None."""
        return next((programme for programme in self.programmes if programme.code == code), None)

    def sector(self, code: str) -> Sector | None:
        """Return the sector with this code, or None."""
        return next((sector for sector in self.sectors if sector.code == code), None)

    def method_pack(self, code: str) -> MethodPack | None:
        """Return the method pack's defaults, or None."""
        return next((pack for pack in self.method_packs if pack.code == code), None)

    def sourced(self) -> tuple[tuple[str, Sourced], ...]:
        """Return every part that names a source or is a placeholder, with its place in `pack.toml`."""
        single: tuple[tuple[str, Sourced], ...] = (
            ("grid", self.grid),
            ("factor_policy", self.factor_policy),
            ("calendar", self.calendar),
            ("score_model", self.score_model),
            ("budget", self.budget),
            ("warnings", self.warnings),
        )
        listed = tuple(
            (f"{name}.{part.code}", part)
            for name, parts in (
                ("method_packs", self.method_packs),
                ("sectors", self.sectors),
                ("programmes", self.programmes),
                ("plan_targets", self.plan_targets),
            )
            for part in parts
        )
        inside = tuple(
            (f"programmes.{programme.code}.{where}", part)
            for programme in self.programmes
            for where, part in programme.sourced()
        )
        return single + listed + inside
