"""The words of a pack: levels, confidence, kinds and states of what a jurisdiction is made of. `values` gives them to others."""

from enum import StrEnum


class DivisionLevel(StrEnum):
    """Where a division stands.

    `city` is prefecture level (市, 自治州); `county` is county level other than a district: counties, county-level
    cities, autonomous counties, special districts (特区); `zone` is a functional zone, no administrative division.
    """

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    COUNTY = "county"
    ZONE = "zone"


class TenantLevel(StrEnum):
    """Whether the jurisdiction is a city or a whole province."""

    CITY = "city"
    PROVINCE = "province"


class Confidence(StrEnum):
    """How sure the source is; the words of the reference files."""

    VERIFIED = "verified-by-lookup"
    SECONDARY = "secondary-lookup"
    MEMORY = "from-memory"
    PLACEHOLDER = "placeholder"


class ProgrammeKind(StrEnum):
    """What a programme gives or runs; points are not tonnes and certificates are not tonnes."""

    CREDITS = "credits"
    POINTS = "points"
    CERTIFICATES = "certificates"
    FINANCE = "finance"
    LABEL = "label"
    PARK = "park"
    PLATFORM = "platform"
    REPORT = "report"


class ProgrammeStatus(StrEnum):
    """How far the programme's rules are known: `named` means that a document names it and no more."""

    IN_FORCE = "in_force"
    PILOT = "pilot"
    NAMED = "named"


class UnitDimension(StrEnum):
    """What a programme's unit measures: tonnes of CO2e, or points. They are never added."""

    TONNE = "tonne"
    POINT = "point"


class MethodologyKind(StrEnum):
    """Whether reductions come from a project with a report, or from a scene of daily life (低碳场景)."""

    PROJECT = "project"
    SCENE = "scene"


class Formula(StrEnum):
    """How a quantity becomes units.

    `difference`: baseline - project - leakage, as the reviewed report states them. `per_unit`: activity x factor.
    """

    DIFFERENCE = "difference"
    PER_UNIT = "per_unit"


class Rounding(StrEnum):
    """How the units of a submission are rounded to what the class of units can hold."""

    DOWN = "down"
    HALF_UP = "half_up"


class CapPeriod(StrEnum):
    """The calendar span a cap counts over."""

    MONTH = "month"
    YEAR = "year"


class RetirementPurpose(StrEnum):
    """What units may be retired for: an event, a product, the public good; points are redeemed."""

    EVENT = "event"
    PRODUCT = "product"
    PUBLIC = "public"
    REDEEM = "redeem"
