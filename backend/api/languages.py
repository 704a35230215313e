"""The language a file is asked for in: `?lang=zh|en`."""

from typing import Annotated

from litestar.params import QueryParameter

from backend.kit.errors import Invalid

Asked = Annotated[str | None, QueryParameter(name="lang")]
CHINESE, ENGLISH = "zh", "en"


class LanguageUnknown(Invalid):
    """A file is asked for in a language there is none in."""

    code = "language_unknown"
    en = "'{value}' is not a language our files are made in. Ask for lang=zh (Chinese) or lang=en (English)."
    zh = "文件没有“{value}”语言版本，可选 lang=zh（中文）或 lang=en（英文）。"


def language_of(asked: str | None) -> str:
    """Return the language a file is made in: Chinese where none is named.

    Raises:
        LanguageUnknown: neither `zh` nor `en`.
    """
    if asked is None:
        return CHINESE
    if asked not in {CHINESE, ENGLISH}:
        raise LanguageUnknown(value=asked[:20], path=("lang",))
    return asked
