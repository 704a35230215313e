"""A multipart form read as it comes: fields are small and kept, the file flows through and is never held whole."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError

from backend.kit.errors import Invalid

MOST_FIELD_BYTES = 16 * 1024
MOST_PARTS = 20


class FormInvalid(Invalid):
    """The body is not the form this address takes."""

    code = "form_invalid"
    en = "Send multipart/form-data with a file in the field '{field}': {reason}"
    zh = "请以 multipart/form-data 提交，文件放在字段“{field}”中：{reason}"


@dataclass(frozen=True, slots=True)
class _Begin:
    name: str
    file_name: str | None


@dataclass(frozen=True, slots=True)
class _End:
    pass


class Form:
    """The form of one request.

    `file_name = await form.open()` reads up to the file's content, `form.chunks()` gives it, `await form.finish()` reads
    the fields behind it; `fields` holds what has been read so far.
    """

    def __init__(self, content_type: str, stream: AsyncIterator[bytes], *, field: str = "file") -> None:
        self.fields: dict[str, str] = {}
        self._field = field
        self._stream = stream
        self._events: deque[_Begin | bytes | _End] = deque()
        self._headers: dict[str, str] = {}
        self._name, self._value = b"", b""
        self._parts = 0
        self._is_over = False
        self._parser = self._parser_of(content_type)

    def _parser_of(self, content_type: str) -> MultipartParser:
        kind, options = _options(content_type)
        boundary = options.get("boundary", "")
        if kind != "multipart/form-data" or not boundary:
            raise self._invalid("the content type is another, or names no boundary")
        try:
            return MultipartParser(
                boundary.encode("latin-1", "replace"),
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": self._on_name,
                    "on_header_value": self._on_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers,
                    "on_part_data": lambda data, start, end: self._events.append(data[start:end]),
                    "on_part_end": lambda: self._events.append(_End()),
                },
            )
        except FormParserError:
            raise self._invalid("the boundary is too long") from None

    def _invalid(self, reason: str) -> FormInvalid:
        return FormInvalid(field=self._field, reason=reason, path=(self._field,))

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        # Browsers write names in UTF-8; whatever else comes must not fail here.
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("utf-8", "replace")
        self._name, self._value = b"", b""

    def _on_headers(self) -> None:
        _, options = _options(self._headers.get("content-disposition", ""))
        file_name = options.get("filename")
        if file_name is not None:
            file_name = file_name.replace("%22", '"')
        self._parts += 1
        self._events.append(_Begin(options.get("name", ""), file_name))

    async def _next(self) -> _Begin | bytes | _End | None:
        """Return the next event, None at the end of the form. Raises FormInvalid."""
        while not self._events:
            if self._is_over:
                return None
            chunk = await anext(self._stream, b"")
            try:
                if chunk:
                    self._parser.write(chunk)
                else:
                    self._is_over = True
                    self._parser.finalize()
            except FormParserError as error:
                raise self._invalid(f"the form is broken ({error})") from None
            if self._parts > MOST_PARTS:
                raise self._invalid(f"more than {MOST_PARTS} parts")
        return self._events.popleft()

    async def open(self) -> str:
        """Read up to the content of the file and return its name.

        Raises:
            FormInvalid: not a form, or without the file.
        """
        while (event := await self._next()) is not None:
            if isinstance(event, _Begin):
                if event.file_name is not None and event.name == self._field:
                    return event.file_name
                await self._keep(event)
        raise self._invalid("the file is missing")

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give the content of the file `open` stopped at. Raises FormInvalid when the form ends before it."""
        while isinstance(event := await self._next(), bytes):
            yield event
        if event is None:
            raise self._invalid("it ends in the middle of the file")

    async def finish(self) -> None:
        """Read the fields behind the file. Raises FormInvalid."""
        while (event := await self._next()) is not None:
            if isinstance(event, _Begin):
                await self._keep(event)

    async def _keep(self, begin: _Begin) -> None:
        content = b""
        while isinstance(event := await self._next(), bytes):
            content += event
            if len(content) > MOST_FIELD_BYTES:
                raise self._invalid(f"'{begin.name}' is too long, or is a second file")
        if event is None:
            raise self._invalid("it ends in the middle of a field")
        if begin.file_name is None:
            self.fields[begin.name] = content.decode("utf-8", "replace")

    async def drain(self, most: int) -> None:
        """Read and forget at most so many bytes: a client that is still sending could not read our refusal."""
        self._events.clear()
        async for chunk in self._stream:
            most -= len(chunk)
            if most < 0:
                return


def _options(header: str) -> tuple[str, dict[str, str]]:
    """Return a header's value and its options, RFC 5987's encoded ones (`filename*`) decoded."""
    message = Message()
    message["content-type"] = header.replace("\r", " ").replace("\n", " ")
    parsed = message.get_params(failobj=[])
    found: dict[str, str] = {}
    for name, value in parsed[1:]:
        found[name.lower()] = collapse_rfc2231_value(value)
    return (parsed[0][0].lower() if parsed else ""), found
