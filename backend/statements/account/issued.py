"""Words of an issued statement: its row, its files, what became of the figures it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.statements.account.values import StatementData


class FileKind(StrEnum):
    """The kinds of file a statement is issued as. `JSON` is the statement itself; the others show it to people."""

    JSON = "json"
    PDF = "pdf"
    XLSX = "xlsx"


MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.JSON: "application/json",
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
JWS_TYPE = "carbon-statement+jws"
"""The `typ` of the signature over the JSON."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file ready to be stored; `language` is empty for the JSON."""

    kind: FileKind
    language: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file of an issued statement, in storage under `object_key`."""

    kind: FileKind
    language: str
    sha256: str
    size: int
    object_key: str


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """A statement about to be issued: its id and number, what it states and the JSON that says it."""

    id: UUID
    number: str
    data: StatementData
    content: bytes
    issued_at: datetime
    verify_url: str


@dataclass(frozen=True, slots=True)
class StatementValue:
    """A statement as it was issued. `facts` are its cover and what it rests on; `mark` is the hash printed on it."""

    account_id: UUID
    id: UUID
    number: str
    period_from: date
    period_to: date
    known_at: datetime
    facts: Mapping[str, Any]
    mark: str
    jws: str
    key_id: str
    issued_at: datetime
    issued_by: UUID | None
    files: tuple[StatementFile, ...]

    def file(self, kind: FileKind, language: str = "") -> StatementFile | None:
        """Return one of its files, None when there is none."""
        wanted = "" if kind is FileKind.JSON else language
        return next((each for each in self.files if (each.kind, each.language) == (kind, wanted)), None)


@dataclass(frozen=True, slots=True)
class Superseded:
    """An inventory the statement rests on counts no longer: since when, and the version that counts now (None: none)."""

    calendar_year: int
    stated_version: int
    version: int | None
    since: datetime | None
