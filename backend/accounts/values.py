"""Values of the carbon account: what other nouns and the doors are told, and the words of this noun.

Everything under an account carries the account's id beside its own: both together are its key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = ("accounts:attach", "accounts:manage", "accounts:open", "accounts:read")
"""The permissions of this noun."""

OTHER_SECTOR = "other"
"""The sector of an enterprise whose sector the jurisdiction's documents do not name."""

FIRST_YEAR = 2005
"""The earliest reporting year: the base year of the national intensity targets."""


class CalibrationState(StrEnum):
    """Whether a meter was under a calibration on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    NONE = "none"


class FileKind(StrEnum):
    """The kinds of file accepted as evidence."""

    CSV = "csv"
    JPEG = "jpeg"
    OFD = "ofd"
    PDF = "pdf"
    PNG = "png"
    XLSX = "xlsx"
    XML = "xml"


MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.CSV: "text/csv",
    FileKind.JPEG: "image/jpeg",
    FileKind.OFD: "application/ofd",
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.XML: "application/xml",
}

EXTENSIONS: Mapping[str, FileKind] = {
    ".csv": FileKind.CSV,
    ".jpeg": FileKind.JPEG,
    ".jpg": FileKind.JPEG,
    ".ofd": FileKind.OFD,
    ".pdf": FileKind.PDF,
    ".png": FileKind.PNG,
    ".xlsx": FileKind.XLSX,
    ".xml": FileKind.XML,
}


@dataclass(frozen=True, slots=True)
class AccountValue:
    """The carbon account (碳账户) of one enterprise for one organisational boundary.

    `division_path` is the materialised path of its seat, from the province down. `method_pack` names the
    reporting guide, `fuel_table` the table its fuel defaults come from, `grid_region` the grid (`华东`).
    With `has_separation_of_duties` nobody approves data they entered.
    """

    id: UUID
    organisation_id: UUID
    number: str
    name: str
    division_code: str
    division_path: str
    sector: str
    method_pack: str
    fuel_table: str
    province_code: str
    grid_region: str
    has_separation_of_duties: bool
    is_demonstration: bool
    opened_at: datetime
    opened_by: UUID | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SiteValue:
    """A place where the account's activity happens."""

    account_id: UUID
    id: UUID
    code: str
    name: str
    division_code: str
    address: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SourceValue:
    """A source of emissions: one method applied to one thing (a fuel, a supply, a process) at one site.

    `key` is the fuel, energy or material in the method's own table, `unit` the unit its quantities are usually
    given in; `parameters` hold until a record says otherwise. After `ended_on` it takes no more records.
    """

    account_id: UUID
    id: UUID
    site_id: UUID
    code: str
    name: str
    method: str
    scope: int
    category: str
    key: str
    unit: str
    parameters: Mapping[str, Any]
    created_at: datetime
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class MeterValue:
    """A measuring device on a source: reading x `multiplier` (transformer ratio) = quantity, in `unit`."""

    account_id: UUID
    id: UUID
    source_id: UUID
    code: str
    name: str
    unit: str
    multiplier: Decimal
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CalibrationValue:
    """A calibration of a meter, valid from `calibrated_on` to `valid_until`, both days included."""

    account_id: UUID
    id: UUID
    meter_id: UUID
    calibrated_on: date
    valid_until: date
    evidence_id: UUID | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ReportingYearValue:
    """A year the account reports on; once closed it takes no more activity data."""

    account_id: UUID
    year: int
    opened_at: datetime
    opened_by: UUID | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceValue:
    """A file that proves something. `size` is in bytes; `object_key` is where storage keeps the content."""

    account_id: UUID
    id: UUID
    file_name: str
    media_type: str
    size: int
    sha256: str
    object_key: str
    description: str
    uploaded_at: datetime
    uploaded_by: UUID | None


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """What somebody wants to set up as a source, before the methods have judged it."""

    method: str
    scope: int | None
    category: str | None
    key: str
    unit: str
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class SourceShape:
    """A source as the methods accept it: the scope and category settled, key and unit in their one spelling.

    `parameters` is JSON-able: numbers as plain decimal text.
    """

    scope: int
    category: str
    key: str
    unit: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts a list shows; what is None does not restrict.

    `division_path` takes the whole subtree; `search` is looked for in number and name.
    """

    sector: str | None = None
    division_path: str | None = None
    organisation_id: UUID | None = None
    search: str | None = None
    is_open: bool | None = None


class FigureKind(StrEnum):
    """What a yearly figure (年度经营数据) counts. Money is of the whole year or of its last day, in CNY."""

    VALUE_ADDED = "value_added"
    """Gross value added (增加值); negative where a year destroyed value."""
    REVENUE = "revenue"
    """Revenue from main operations (营业收入)."""
    OUTPUT = "output"
    """What was made of one product (产品产量), in the product's own unit."""
    TOTAL_ASSETS = "total_assets"
    EQUITY = "equity"
    """Owners' equity (所有者权益); negative where debts exceed assets."""
    DEBT = "debt"
    """Interest-bearing and other liabilities (负债合计)."""
    ENTERPRISE_VALUE = "enterprise_value"
    """Enterprise value including cash (EVIC), of listed companies."""
    EMPLOYEES = "employees"
    """People employed, on average over the year."""


class FigureConfidence(StrEnum):
    """What a figure rests on: a file attached as evidence, or the holder's word alone."""

    EVIDENCED = "evidenced"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A yearly figure as recorded; append-only, the newest of (account, year, kind, product) counts.

    Money is in CNY, employees in `person`, output in the unit it was given in. `product` is empty but for output, of
    whose products one is main. `note` is the reason of a correction, `supersedes_id` what it corrects. A withdrawn
    figure repeats what it takes away.
    """

    account_id: UUID
    id: UUID
    year: int
    kind: FigureKind
    product: str
    quantity: Decimal
    unit: str
    evidence_id: UUID | None
    note: str
    recorded_at: datetime
    recorded_by: UUID | None
    supersedes_id: UUID | None
    is_main: bool = False
    is_withdrawn: bool = False

    @property
    def confidence(self) -> FigureConfidence:
        """Whether a file proves it."""
        return FigureConfidence.DECLARED if self.evidence_id is None else FigureConfidence.EVIDENCED


@dataclass(frozen=True, slots=True)
class FigureDraft:
    """A figure as somebody gives it. Without a quantity it takes the figure away; `is_main` None leaves it open."""

    kind: FigureKind
    quantity: Decimal | None
    unit: str = ""
    product: str = ""
    is_main: bool | None = None
