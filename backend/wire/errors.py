"""The named errors a mutation may answer with: members of its result's union, one type a kind."""

from typing import Any

import strawberry
from pydantic import ValidationError

from backend.kit import errors
from backend.kit.scope import Scope
from backend.wire.scalars import JSON


@strawberry.interface(description="What went wrong, where, and how to mend it.")
class Error:
    """What went wrong, where, and how to mend it."""

    code: str = strawberry.field(description="Stable; docs/errors.md lists them all.")
    message: str = strawberry.field(description="For a person, in the request's language.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="English text.")
    path: list[str] = strawberry.field(description="The input field, outermost first; empty if no single one.")
    details: JSON = strawberry.field(description="The facts the message was built from.")


@strawberry.type(description="Not there, or not yours.")
class NotFoundError(Error):
    """Not there, or not yours."""


@strawberry.type(description="Yours, but your role does not allow it.")
class ForbiddenError(Error):
    """Yours, but not allowed."""


@strawberry.type(description="Nobody is signed in.")
class UnauthenticatedError(Error):
    """Nobody is signed in."""


@strawberry.type(description="The input cannot be right.")
class InvalidError(Error):
    """The input cannot be right."""


@strawberry.type(description="Right input, wrong moment.")
class ConflictError(Error):
    """Right input, wrong moment."""


@strawberry.type(description="Too much, too large or too often.")
class LimitedError(Error):
    """Too much, too large or too often."""


@strawberry.type(description="A part we need is not there now.")
class UnavailableError(Error):
    """A part we need is not there now."""


TYPES: dict[type[errors.CarbonError], type[Error]] = {
    errors.NotFound: NotFoundError,
    errors.Forbidden: ForbiddenError,
    errors.Unauthenticated: UnauthenticatedError,
    errors.Invalid: InvalidError,
    errors.Conflict: ConflictError,
    errors.Limited: LimitedError,
    errors.Unavailable: UnavailableError,
}
REFUSALS: tuple[type[Error], ...] = tuple(TYPES.values())


class InputInvalid(errors.Invalid):
    """A field of the input failed validation."""

    code = "input_invalid"
    en = "{field}: {reason}"
    zh = "字段 {field} 无效：{reason}"


class TextInvalid(errors.Invalid):
    """A text with a sign that cannot be kept."""

    code = "text_invalid"
    en = "A text contains the character NUL (U+0000), which cannot be stored. Remove it and send the rest again."
    zh = "文本中含有无法保存的空字符（U+0000），请删除后重新提交。"


def of_validation(error: ValidationError) -> InputInvalid:
    """Return the first failure of a pydantic validation as an error of ours."""
    first = error.errors(include_url=False)[0]
    where = tuple(str(part) for part in first["loc"])
    return InputInvalid(field=".".join(where) or "input", reason=first["msg"], path=("input", *where))


def describe(error: errors.CarbonError, scope: Scope) -> dict[str, Any]:
    """Return the error's public facts."""
    details = {name: value if isinstance(value, str | int | bool | list | dict | None) else str(value)
               for name, value in error.details.items()}  # fmt: skip
    return {
        "code": error.code,
        "message": error.message(scope.language),
        "message_zh": error.message("zh"),
        "message_en": error.message("en"),
        "path": list(error.path),
        "details": details,
    }


def named(error: errors.CarbonError, scope: Scope) -> Error:
    """Return the union member for an error of the business."""
    for kind, shape in TYPES.items():
        if isinstance(error, kind):
            return shape(**describe(error, scope))
    raise error
