"""A disclosure as pages: Typst sets them with the packaged Noto fonts; the same disclosure gives the same bytes."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from backend.esg.errors import DisclosureFileNotMade
from backend.esg.exports.chapters import present
from backend.esg.exports.speaking import Speaker
from backend.esg.exports.values import Paper
from backend.kit.logs import log

_TEMPLATE = Path(__file__).with_name("disclosure.typ")
STANDARD = "a-3b"
"""PDF/A-3: made to be kept, and may carry its text as an attachment."""

logger = log(__name__)


@cache
def _fonts() -> Any:  # noqa: ANN401 - the library's own kind, loaded on first use
    import typst  # noqa: PLC0415 - 80 MB that only a process that makes documents needs
    from pylopdf_fonts_zh_cn import sans_path  # noqa: PLC0415 - the same

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[sans_path().parent])


def pages(paper: Paper, language: str) -> bytes:
    """Return the PDF of a disclosure in a language, with its text attached. Blocks; call it in a thread.

    Raises:
        DisclosureFileNotMade: the engine refuses; its reason is logged.
    """
    import typst  # noqa: PLC0415 - see above

    inputs = {"sheet": json.dumps(sheet(paper, language), ensure_ascii=False), "content": paper.text}
    try:
        made = typst.compile(
            _TEMPLATE, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs, format="pdf",
            pdf_standards=STANDARD, timestamp=paper.made_at.replace(microsecond=0),
        )  # fmt: skip
    except RuntimeError as error:
        logger.error("disclosure_not_typeset", reason=str(error))  # noqa: TRY400 - the engine's own words say more than the stack
        raise DisclosureFileNotMade(kind="PDF") from error
    return made


def sheet(paper: Paper, language: str) -> dict[str, Any]:
    """Return what the template shows."""
    speak = Speaker(language)
    return {
        **asdict(present(paper, language)),
        "mark_label": speak.say("内容校验码", "Content mark"),
        "attached": speak.say("披露内容（机器可读）", "The disclosure's text, for machines"),
    }
