"""From facts to pages: Typst sets them with the packaged Noto fonts, segno draws the QR code.

Nothing of the machine is used: no system font, no network. The same facts give the same bytes.
"""

import io
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from backend.kit.logs import log
from backend.statements import rules
from backend.statements.errors import DocumentNotMade

_TEMPLATE = Path(__file__).with_name("certificate.typ")
STANDARD = "a-3b"
"""PDF/A-3: made to be kept, and may carry its facts as an attachment."""

logger = log(__name__)


@cache
def _fonts() -> Any:  # noqa: ANN401 - the library's own kind, loaded on first use
    import typst  # noqa: PLC0415 - 80 MB that only a process that makes documents needs
    from pylopdf_fonts_zh_cn import sans_path  # noqa: PLC0415 - the same

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[sans_path().parent])


def qr_code(text: str) -> str:
    """Return a QR code as SVG, readable with a quarter of it damaged."""
    import segno  # noqa: PLC0415 - only a process that makes documents needs it

    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(
        out, kind="svg", border=0, dark="#16241f", xmldecl=False, svgns=True, omitsize=True
    )
    return out.getvalue().decode()


def typeset(stated: Mapping[str, Any]) -> bytes:
    """Return the unsigned document of a certificate's facts. Blocks; call it in a thread.

    Raises:
        DocumentNotMade: the engine refuses; its reason is logged.
    """
    inputs = {
        "facts": rules.canonical(stated),
        "mark": rules.mark(stated),
        "qr": qr_code(str(stated["verify_url"])),
    }
    return compiled(_TEMPLATE, inputs, datetime.fromisoformat(str(stated["issued_at"])))


def compiled(template: Path, inputs: Mapping[str, str], moment: datetime) -> bytes:
    """Return a template's pages, made at a moment: the same inputs give the same bytes. Blocks; call it in a thread.

    Raises:
        DocumentNotMade: the engine refuses; its reason is logged.
    """
    import typst  # noqa: PLC0415 - see above

    try:
        made = typst.compile(
            template, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=dict(inputs), format="pdf",
            pdf_standards=STANDARD, timestamp=moment.replace(microsecond=0),
        )  # fmt: skip
    except RuntimeError as error:
        logger.error("document_not_typeset", reason=str(error))  # noqa: TRY400 - the engine's own words say more than the stack
        raise DocumentNotMade(reason="typesetting") from error
    return made
