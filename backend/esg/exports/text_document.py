"""A disclosure as a text document that people go on editing; a draft carries its watermark on every page."""

import io
from typing import Any

from backend.esg.exports.chapters import present
from backend.esg.exports.values import Chapter, Paper, Shown, Table

LATIN, CHINESE = "Calibri", "Microsoft YaHei"
INK, ACCENT, QUIET, BAD = "16241F", "1F6F54", "5B6D66", "B42323"
_WORDS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_LINES = (
    f'<w:tblBorders {_WORDS}><w:bottom w:val="single" w:sz="4" w:color="CFDAD5"/>'
    '<w:insideH w:val="single" w:sz="4" w:color="CFDAD5"/></w:tblBorders>'
)
_SHADE = f'<w:shd {_WORDS} w:val="clear" w:color="auto" w:fill="{ACCENT}"/>'
_WATERMARK = """
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"
     xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
<v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/>
</v:shapetype>
<v:shape id="draft" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:330pt;height:150pt;rotation:325;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin"
  fillcolor="#e9c4c4" stroked="f"><v:fill opacity=".4"/><v:textpath style="font-family:&quot;Microsoft YaHei&quot;;font-size:1pt" string="{words}"/>
</v:shape></w:pict></w:r>"""


def text_document(paper: Paper, language: str) -> bytes:
    """Return the Word document of a disclosure in a language. Blocks; call it in a thread."""
    return _Writer(present(paper, language), paper).made()


class _Writer:
    def __init__(self, shown: Shown, paper: Paper) -> None:
        import docx  # noqa: PLC0415 - only a process that makes documents needs it
        from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415 - the same

        self._shown, self._paper = shown, paper
        self._document: Any = docx.Document()
        self._points, self._colour, self._mm = Pt, RGBColor.from_string, Mm

    def made(self) -> bytes:
        shown, document = self._shown, self._document
        self._page()
        self._say(shown.title, size=22, colour=INK, style="Title")
        self._say(shown.subtitle, size=14, colour=ACCENT)
        self._table(Table(("", ""), shown.about), has_head=False)
        for each in shown.notices:
            self._say(each, size=9, colour=BAD if shown.watermark and each == shown.notices[0] else QUIET)
        for number, chapter in enumerate(shown.chapters, 1):
            self._chapter(number, chapter)
        properties = document.core_properties
        properties.title, properties.author = shown.heading, shown.subtitle
        properties.created = properties.modified = self._paper.made_at.replace(tzinfo=None)
        properties.language = "zh-CN" if shown.language == "zh" else "en-GB"
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    def _page(self) -> None:
        from docx.oxml import parse_xml  # noqa: PLC0415 - see above
        from docx.oxml.ns import qn  # noqa: PLC0415 - the same

        normal = self._document.styles["Normal"]
        normal.font.name, normal.font.size = LATIN, self._points(10)
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), CHINESE)
        for name in ("Title", "Heading 1", "Heading 2"):
            fonts = self._document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
            for script, font in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", CHINESE)):
                fonts.set(qn(f"w:{script}"), font)
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
        section = self._document.sections[0]
        section.page_width, section.page_height = self._mm(210), self._mm(297)
        section.left_margin = section.right_margin = self._mm(20)
        head = section.header.paragraphs[0]
        self._run(head, self._shown.heading, size=8, colour=QUIET)
        if self._shown.watermark:
            self._run(head, f"    {self._shown.watermark}", size=8, colour=BAD)
            head._p.append(parse_xml(_WATERMARK.format(words=self._shown.watermark)))  # noqa: SLF001 - the library has no watermark
        self._run(section.footer.paragraphs[0], self._shown.mark, size=8, colour=QUIET)

    def _run(self, paragraph: Any, text: str, *, size: float, colour: str, is_bold: bool = False) -> None:  # noqa: ANN401 - the library's own kind
        run = paragraph.add_run(text)
        run.font.size, run.font.color.rgb, run.bold = self._points(size), self._colour(colour), is_bold or None

    def _say(self, text: str, *, size: float, colour: str = INK, style: str | None = None) -> None:
        paragraph = self._document.add_paragraph(style=style)
        paragraph.paragraph_format.space_after = self._points(4)
        self._run(paragraph, text, size=size, colour=colour)

    def _heading(self, text: str, level: int) -> None:
        self._run(self._document.add_heading(level=level), text, size=15 if level == 1 else 11, colour=ACCENT)

    def _chapter(self, number: int, chapter: Chapter) -> None:
        self._heading(f"{number}  {chapter.title}", 1)
        if chapter.text:
            self._say(chapter.text, size=10)
        for table in chapter.tables:
            if table.title:
                self._heading(table.title, 2)
            self._table(table)
            if table.note:
                self._say(table.note, size=8.5, colour=QUIET)
        for passage in chapter.passages:
            self._heading(passage.heading, 2)
            for line in passage.text.split("\n"):
                self._say(line, size=10)
            if passage.note:
                self._say(passage.note, size=8.5, colour=QUIET)

    def _table(self, table: Table, *, has_head: bool = True) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - see above
        from docx.oxml import OxmlElement, parse_xml  # noqa: PLC0415 - the same
        from docx.oxml.ns import qn  # noqa: PLC0415 - the same

        count = len(table.columns)
        rows = [*([table.columns] if has_head else []), *table.rows]
        made = self._document.add_table(rows=len(rows), cols=count)
        made.autofit = False
        widths = _widths(table, self._mm(170))
        for element, width in zip(made._tbl.tblGrid.gridCol_lst, widths, strict=True):  # noqa: SLF001 - see below
            element.w = width
        # The library's styles bring colours of their own; the order of these elements is fixed.
        made._tbl.tblPr.find(qn("w:tblLayout")).addprevious(parse_xml(_LINES))  # noqa: SLF001 - see above
        # The library finds a cell by walking the table; the elements themselves are walked once.
        for at, (row, element) in enumerate(zip(rows, made._tbl.tr_lst, strict=True)):  # noqa: SLF001 - see above
            is_head = has_head and at == 0
            if is_head:
                repeated = element.get_or_add_trPr()
                repeated.append(OxmlElement("w:tblHeader"))
            for column, (text, cell) in enumerate(zip(row, element.tc_lst, strict=True)):
                cell.width = widths[column]
                if is_head:
                    cell.get_or_add_tcPr().append(parse_xml(_SHADE))
                paragraph = self._paragraph(cell.p_lst[0])
                paragraph.paragraph_format.space_after = self._points(0)
                if column in table.right:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                self._run(paragraph, text, size=8.5, colour="FFFFFF" if is_head else INK, is_bold=is_head)
        self._document.add_paragraph().paragraph_format.space_after = self._points(2)

    def _paragraph(self, element: Any) -> Any:  # noqa: ANN401 - the library's own kinds
        from docx.text.paragraph import Paragraph  # noqa: PLC0415 - see above

        return Paragraph(element, self._document)


def _widths(table: Table, whole: int) -> list[int]:
    """Return the widths of columns: those that take the room get three shares, the others one."""
    shares = [3 if at in table.wide else 1 for at in range(len(table.columns))]
    return [whole * share // sum(shares) for share in shares]
