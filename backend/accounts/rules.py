"""Pure rules of the carbon account: texts and codes, dates, meters, and what a file must look like."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from backend.accounts.errors import (
    CalibrationDatesInvalid,
    CodeInvalid,
    EndDateInvalid,
    FileEmpty,
    FileTypeRefused,
    MultiplierInvalid,
    ReasonMissing,
    TextMissing,
    TextTooLong,
    YearOutOfRange,
)
from backend.accounts.values import EXTENSIONS, FIRST_YEAR, MEDIA_TYPES, CalibrationState, FileKind

LONGEST_NAME = 200
LONGEST_TEXT = 1000
LONGEST_CODE = 40
LONGEST_FILE_NAME = 180
MOST_MULTIPLIER_DIGITS = 12

_CODE = re.compile(r"[^\W_][\w.-]*")
_NUMBER_WIDTH = 6


def text(value: str, field: str, *, most: int = LONGEST_NAME, is_needed: bool = True) -> str:
    """Return a text as it is kept: composed (NFC), without control signs, blanks collapsed.

    Raises:
        TextMissing: empty although needed.
        TextTooLong: more characters than fit.
    """
    composed = unicodedata.normalize("NFC", value)
    clean = " ".join("".join(sign if _is_shown(sign) else " " for sign in composed).split())
    if is_needed and not clean:
        raise TextMissing(field=field, path=("input", field))
    if len(clean) > most:
        raise TextTooLong(field=field, length=len(clean), most=most, path=("input", field))
    return clean


def _is_shown(sign: str) -> bool:
    # Cc: control; Cf: format, with them the signs that turn the direction of writing and so hide an extension.
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def reason(value: str) -> str:
    """Return the reason of a change.

    Raises:
        ReasonMissing: there is none.
        TextTooLong: more characters than fit.
    """
    clean = text(value, "reason", most=LONGEST_TEXT, is_needed=False)
    if not clean:
        raise ReasonMissing(path=("input", "reason"))
    return clean


def code(value: str) -> str:
    """Return a code of a site, source or meter, e.g. `E01`, as people write it in files.

    Raises:
        CodeInvalid: empty, too long, or with signs other than letters, digits, `-`, `_` and `.`.
    """
    clean = unicodedata.normalize("NFKC", value).strip()
    if len(clean) > LONGEST_CODE or not _CODE.fullmatch(clean):
        raise CodeInvalid(value=value, path=("input", "code"))
    return clean


def account_number(division_code: str, serial: int) -> str:
    """Return the number of an account: `CA-`, the six digits of its division, and the tenant's serial."""
    return f"CA-{division_code[:6]}-{serial:0{_NUMBER_WIDTH}d}"


def multiplier(value: Decimal) -> Decimal:
    """Return the multiplier of a meter.

    Raises:
        MultiplierInvalid: not positive, or longer than any transformer ratio.
    """
    if not value.is_finite() or value <= 0 or len(value.as_tuple().digits) > MOST_MULTIPLIER_DIGITS:
        raise MultiplierInvalid(value=str(value), path=("input", "multiplier"))
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or not -MOST_MULTIPLIER_DIGITS <= exponent <= MOST_MULTIPLIER_DIGITS:
        raise MultiplierInvalid(value=str(value), path=("input", "multiplier"))
    return value


def check_calibration(calibrated_on: date, valid_until: date, today: date) -> None:
    """Raise CalibrationDatesInvalid unless `calibrated_on` is past and `valid_until` comes after it."""
    if calibrated_on > today or valid_until <= calibrated_on:
        raise CalibrationDatesInvalid(
            calibrated_on=str(calibrated_on), valid_until=str(valid_until), path=("input", "calibratedOn")
        )


def calibration_state(latest_end: date | None, on: date) -> CalibrationState:
    """Return the state on a day; `latest_end` is the last valid day among calibrations made by that day."""
    if latest_end is None:
        return CalibrationState.NONE
    return CalibrationState.VALID if on <= latest_end else CalibrationState.EXPIRED


def check_end(ended_on: date, today: date) -> None:
    """Raise EndDateInvalid unless a source can have its last day then."""
    first, last = date(FIRST_YEAR, 1, 1), date(today.year, 12, 31)
    if not first <= ended_on <= last:
        raise EndDateInvalid(ended_on=str(ended_on), first=str(first), last=str(last), path=("input", "endedOn"))


def check_year(year: int, today: date) -> None:
    """Raise YearOutOfRange unless an account can report on the year."""
    if not FIRST_YEAR <= year <= today.year + 1:
        raise YearOutOfRange(year=year, first=FIRST_YEAR, last=today.year + 1, path=("input", "year"))


def file_name(value: str) -> str:
    """Return a file's name without folders and hidden signs, its extension kept when it must be cut.

    Raises:
        TextMissing: nothing is left.
    """
    clean = text(re.split(r"[\\/]", value)[-1], "file", most=10**6).strip(". ")
    if not clean:
        raise TextMissing(field="file", path=("file",))
    if len(clean) > LONGEST_FILE_NAME:
        stem, dot, extension = clean.rpartition(".")
        clean = stem[: LONGEST_FILE_NAME - len(extension) - 1] + dot + extension if dot else clean[:LONGEST_FILE_NAME]
    return clean


def kind_of_name(name: str) -> FileKind:
    """Return the kind a file's extension claims.

    Raises:
        FileTypeRefused: not an accepted extension.
    """
    dot = name.rfind(".")
    kind = EXTENSIONS.get(name[dot:].casefold()) if dot > 0 else None
    if kind is None:
        raise _refused(name, "its extension is not among the accepted.", "扩展名不在允许范围内。")
    return kind


def _refused(name: str, reason_en: str, reason_zh: str) -> FileTypeRefused:
    return FileTypeRefused(
        file_name=name, reason_en=reason_en, reason_zh=reason_zh, accepted=", ".join(EXTENSIONS), path=("file",)
    )


_HEAD_BYTES = 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_XML = re.compile(rb"(\xef\xbb\xbf)?\s*<\?xml[\s]")
_STARTS: dict[FileKind, bytes] = {
    FileKind.JPEG: b"\xff\xd8\xff",
    FileKind.OFD: _ZIP,
    FileKind.PDF: b"%PDF-",
    FileKind.PNG: b"\x89PNG\r\n\x1a\n",
    FileKind.XLSX: _ZIP,
}
_INSIDE: dict[FileKind, bytes] = {FileKind.OFD: b"OFD.xml", FileKind.XLSX: b"xl/workbook"}
"""Names that stand uncompressed in the directory of such a ZIP file."""
_MACROS = b"vbaProject.bin"
_OVERLAP = 32
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class FileCheck:
    """Looks at a file's content as it flows by and refuses one that is not what its name says.

    Call it with each chunk, then with `b""`. It reads the signature at the beginning and, of the ZIP-based kinds,
    the names inside: a renamed archive is not a workbook, and a workbook with macros is refused.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind = kind_of_name(name)
        self._head = b""
        self._tail = b""
        self._is_begun = False
        self._has_name_inside = self.kind not in _INSIDE

    @property
    def media_type(self) -> str:
        """The media type the file is served with."""
        return MEDIA_TYPES[self.kind]

    def __call__(self, chunk: bytes) -> None:
        """See the next chunk, `b""` at the end.

        Raises:
            FileEmpty: the end came first.
            FileTypeRefused: the content is of another kind.
        """
        if not self._is_begun:
            self._head += chunk
            if len(self._head) < _HEAD_BYTES and chunk:
                return
            if not self._head:
                raise FileEmpty(file_name=self.name, path=("file",))
            self._is_begun = True
            self._check_start()
            self._check_inside(self._head)
        else:
            self._check_inside(chunk)
        if not chunk and not self._has_name_inside:
            raise self._mismatch()

    def _mismatch(self) -> FileTypeRefused:
        return _refused(
            self.name, f"the content is not {self.kind.value.upper()}.", f"文件内容不是 {self.kind.value.upper()}。"
        )

    def _check_start(self) -> None:
        if self._head.startswith(_OLE) and self.kind is FileKind.XLSX:
            raise _refused(
                self.name,
                "it is encrypted or in the old .xls format; save it as .xlsx without a password.",
                "文件已加密或为旧版 .xls 格式，请另存为未加密的 .xlsx。",
            )
        start = _STARTS.get(self.kind)
        if start is not None and not self._head.startswith(start):
            raise self._mismatch()
        if self.kind is FileKind.XML and not _XML.match(self._head):
            raise self._mismatch()

    def _check_inside(self, chunk: bytes) -> None:
        if self.kind is FileKind.CSV and _NOT_TEXT.search(chunk):
            raise self._mismatch()
        wanted = _INSIDE.get(self.kind)
        if wanted is None:
            return
        seen = self._tail + chunk
        if self.kind is FileKind.XLSX and _MACROS in seen:
            raise _refused(
                self.name, "it contains macros; save it without them.", "文件包含宏，请另存为不含宏的工作簿。"
            )
        self._has_name_inside = self._has_name_inside or wanted in seen
        self._tail = seen[-_OVERLAP:]
