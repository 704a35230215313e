"""A disclosure put into chapters: what pages and text documents show, in one language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from backend.esg.rating.queries import RatingRow
from backend.esg.values import AssuranceValue


class FileKind(StrEnum):
    """The files a disclosure leaves as."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    JSON = "json"
    XBRL = "xbrl.json"
    XSD = "xsd"


OF_A_LANGUAGE = frozenset({FileKind.PDF, FileKind.DOCX, FileKind.XLSX})
"""Files for people; the others are for machines, and the same in every language."""

MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.JSON: "application/json",
    FileKind.XBRL: "application/json",
    FileKind.XSD: "application/xml",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document is made of: the disclosure's text, what verifiers stated on it, how it was rated.

    `content` is the parsed `text`. A draft has no number, no statements and no rating, and may change.
    """

    content: Mapping[str, Any]
    text: str
    sha256: str
    is_draft: bool
    made_at: datetime
    assurances: Sequence[tuple[AssuranceValue, str]] = ()
    """Each statement with the verifier's name."""
    rating: RatingRow | None = None
    is_demonstration: bool = False
    """The account is made up; every page says so."""

    @property
    def name(self) -> str:
        """Return the files' name without its ending."""
        one = self.content
        return f"DRAFT-{one['account']['number']}-{one['year']}" if self.is_draft else str(one["number"])


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; `right` are the columns of figures, `wide` those that take the room that is left.

    `exact` has, for each row, the figures behind what is shown by their column, for a workbook to reckon with.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    note: str = ""
    right: Sequence[int] = ()
    wide: Sequence[int] = ()
    exact: Sequence[Mapping[int, str]] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A narrative under its heading, with what it stands on."""

    heading: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: a text, tables, passages."""

    title: str
    text: str = ""
    tables: Sequence[Table] = ()
    passages: Sequence[Passage] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A disclosure in one language, ready to be set."""

    language: str
    title: str
    subtitle: str
    heading: str
    watermark: str
    mark: str
    about: Sequence[tuple[str, str]]
    notices: Sequence[str]
    chapters: Sequence[Chapter] = field(default_factory=list[Chapter])
