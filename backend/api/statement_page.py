"""The public page of an account statement: that it was issued, to whom, whether a file is it, and what was restated since.

It shows the cover of the statement and no figure: whoever holds the document has them, nobody else needs them.
"""

from collections.abc import Sequence
from html import escape

from backend.api.verification_page import COMMON, Comparison, Page
from backend.kit.clock import CHINA
from backend.statements.account.issued import FileKind, StatementFile, StatementValue, Superseded

STATEMENT_WORDS: dict[str, tuple[str, str]] = {
    **COMMON,
    "title": ("碳账户报告查验", "Verify a carbon account statement"),
    "valid": ("由本辖区出具", "Issued by this jurisdiction"),
    "valid_text": ("本报告由本辖区碳账户出具。为保护企业数据，本页不显示任何数值，请以手中的文件为准并在下方比对。",
                   "Issued by the carbon account of this jurisdiction. To keep the enterprise's data its own, this page shows no figure: compare the file you hold below."),
    "current": ("所依据的排放清单未被重述", "The inventories it rests on stand"),
    "current_text": ("出具之后，所依据的各年度排放清单均未被重述或撤回。",
                     "Since it was issued, none of the inventories it rests on was restated or withdrawn."),
    "superseded": ("部分数据已被后续版本取代", "Some figures were superseded"),
    "superseded_text": ("出具之后，下列年度的排放清单已有新版本或被撤回，本报告中相应数值不再是最新数据：{years}。",
                        "Since it was issued, the inventories of these years were computed anew, restated or withdrawn; the figures that rest on them are no longer the newest: {years}."),
    "restated": ("{year} 年（本报告依据第 {stated} 版，现为第 {version} 版，{day}）", "{year} (this statement: version {stated}; now version {version}, {day})"),
    "gone": ("{year} 年（本报告依据第 {stated} 版，现已撤回）", "{year} (this statement: version {stated}; withdrawn now)"),
    "unknown": ("未找到该报告", "No such statement"),
    "unknown_text": ("编号 {number} 不是本辖区出具的报告，请核对报告上印制的编号。",
                     "{number} is no statement of this jurisdiction. Check the number printed on the document."),
    "same": ("文件一致", "The file is genuine"),
    "same_text": ("您提交的文件与出具时的原件（{file}）逐字节一致。",
                  "The file you gave is, byte for byte, the one that was issued ({file})."),
    "different_text": ("您提交的文件与出具时的任何一份原件（PDF、Excel、JSON）都不同：可能被修改、另存、打印后扫描，或是另一份报告。请勿采信该文件。",
                       "Your file differs from every one that was issued (PDF, Excel, JSON): changed, saved anew, scanned, or of another statement. Do not rely on it."),
    "demonstration_text": ("本报告不代表任何真实的企业或排放。", "This statement is of no real enterprise and no real emissions."),
    "number": ("报告编号", "Number"),
    "holder": ("账户持有人", "Holder"),
    "period": ("报告期间", "Period"),
    "known": ("数据知悉时点", "As known at"),
    "files": ("已出具的文件", "Files that were issued"),
    "json": ("数据（JSON）", "Data (JSON)"),
    "pdf": ("PDF", "PDF"),
    "xlsx": ("工作簿（Excel）", "Workbook (Excel)"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "compare": ("比对手中的文件", "Compare the file you hold"),
    "compare_text": ("把 PDF、Excel 或 JSON 文件拖到下面的选择框，或点击选择。文件仅用于计算 SHA-256，不会保存。",
                     "Drop the PDF, workbook or JSON onto the field below, or choose it. It is hashed and not kept."),
    "offline": ("也可离线验证：PDF 内含数字签名，JSON 有独立签名文件（.jws），所用公钥见 ", "It can be verified offline too: the PDF carries a signature, the JSON has one beside it (.jws); the public keys are at "),
    "note": ("本页仅证明报告由本辖区出具及其是否被取代，不对外公开其内容。", "This page proves that the statement was issued and whether it was superseded; it does not publish what it says."),
}  # fmt: skip


class StatementPage(Page):
    """A page about an account statement in one language."""

    words = STATEMENT_WORDS
    accepts = ".pdf,.xlsx,.json"

    def statement(
        self, value: StatementValue, gone: Sequence[Superseded], comparison: Comparison, same: StatementFile | None
    ) -> bytes:
        """Return the page of a statement; `same` is the file the one given is identical with."""
        first = [self.banner("valid", ""), self._superseded(gone)]
        rest = [self._cover(value), self._files(value)]
        return self.document(value, first, rest, comparison, "" if same is None else self._file(same))

    def _superseded(self, gone: Sequence[Superseded]) -> str:
        if not gone:
            return self.banner("current", "")
        told: list[str] = []
        for each in gone:
            given = {"year": each.calendar_year, "stated": each.stated_version}
            if each.version is None or each.since is None:
                told.append(self.words["gone"][self.place].format(**given))
            else:
                day = each.since.astimezone(CHINA).date().isoformat()
                told.append(self.words["restated"][self.place].format(**given, version=each.version, day=day))
        return self.banner("superseded", "warn", years="; ".join(told))

    def _cover(self, value: StatementValue) -> str:
        before = [
            ("period", f"{value.period_from} – {value.period_to}"),
            ("known", f"{value.known_at.astimezone(CHINA):%Y-%m-%d %H:%M}"),
        ]
        issued = f"{value.issued_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        return self.cover(value, before, issued, [("mark", f"<code>{escape(value.mark)}</code>")])

    def _files(self, value: StatementValue) -> str:
        order = {kind: at for at, kind in enumerate((FileKind.PDF, FileKind.XLSX, FileKind.JSON))}
        rows = "".join(
            f'<tr><td>{escape(self._file(each))}</td><td class="number">{each.size:,}</td>'
            f"<td><code>{escape(each.sha256)}</code></td></tr>"
            for each in sorted(value.files, key=lambda one: (order[one.kind], one.language))
        )
        head = f"<tr><th>{self.word('file')}</th><th>B</th><th>SHA-256</th></tr>"
        return f"<h2>{self.word('files')}</h2><table>{head}{rows}</table>"

    def _file(self, file: StatementFile) -> str:
        kind = self.words[file.kind.value][self.place]
        return f"{kind} · {self.words[file.language][self.place]}" if file.language else kind
