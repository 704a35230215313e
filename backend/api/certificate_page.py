"""The words and the shape of the public verification page: what a certificate states, and whether it still holds."""

from collections.abc import Mapping
from enum import Enum
from html import escape
from pathlib import Path
from typing import Any

from backend.api.landing import inline_hash
from backend.kit.clock import CHINA
from backend.statements.values import CertificateValue, Standing

_TEXT = Path(__file__).with_name("certificates.html").read_text(encoding="utf-8")
POLICY = (
    f"default-src 'none'; style-src {inline_hash(_TEXT, 'style')}; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)
MOST_SHOWN = 200
"""Serial ranges shown on the page; the document has all of them."""

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("注销证书查验", "Verify a certificate of retirement"),
    "other": ("English", "中文"),
    "valid": ("有效", "Valid"),
    "valid_text": ("本证书由本辖区碳账户出具，所载注销记录在账簿中有效。",
                   "Issued by the carbon account of this jurisdiction; the retirements it states stand in the books."),
    "withdrawn": ("已作废", "Withdrawn"),
    "withdrawn_text": ("证书所载注销已被登记管理方冲正，自 {day} 起不再有效。冲正流水：{numbers}。",
                       "Reversed by the registrar: it no longer holds since {day}. Reversing movement: {numbers}."),
    "unknown": ("未找到该证书", "No such certificate"),
    "unknown_text": ("编号 {number} 不是本辖区出具的证书，请核对证书上印制的编号。",
                     "{number} is no certificate of this jurisdiction. Check the number printed on the document."),
    "busy": ("查验过于频繁", "Too many verifications"),
    "same": ("文件一致", "The file is genuine"),
    "same_text": ("您提交的文件与出具时的原件逐字节一致。",
                  "The file you gave is, byte for byte, the document that was issued."),
    "different": ("文件不一致", "The file is not the one issued"),
    "different_text": ("您提交的文件与出具时的原件不同：可能被修改、另存、打印后扫描，或是另一份证书。请勿采信该文件，以本页所列内容为准。",
                       "Your file differs from the one issued: changed, saved anew, scanned, or another. Do not rely on it."),
    "demonstration": ("演示数据", "Demonstration"),
    "demonstration_text": ("本证书不代表任何真实的注销。", "This certificate stands for no real retirement."),
    "number": ("证书编号", "Number"),
    "holder": ("注销单位", "Holder"),
    "credit_code": ("统一社会信用代码", "Credit code"),
    "account": ("碳账户", "Carbon account"),
    "issued": ("出具日期", "Issued on"),
    "issuer": ("出具辖区", "Jurisdiction"),
    "sha256": ("文件 SHA-256", "SHA-256 of the file"),
    "mark": ("内容校验码", "Content mark"),
    "retirement": ("注销流水", "Retirement"),
    "retired_on": ("注销日期", "Retired on"),
    "purpose": ("用途", "Purpose"),
    "beneficiary": ("受益方", "Beneficiary"),
    "period": ("使用年度", "Period of use"),
    "quantity": ("数量", "Quantity"),
    "journal": ("账簿位置", "Journal position"),
    "batch": ("批次", "Batch"),
    "project": ("项目", "Project"),
    "vintage": ("年份", "Vintage"),
    "produced": ("生产期间", "Produced"),
    "imported": ("自登记机构转入", "Imported from a registry"),
    "issued_here": ("本账簿签发", "Issued in this ledger"),
    "first": ("起始序列号", "First serial"),
    "last": ("终止序列号", "Last serial"),
    "count": ("数量", "Units"),
    "codes": ("登记机构编码", "Registry codes"),
    "ranges": ("序列号区间（{count} 个）", "Serial ranges ({count})"),
    "more": ("仅显示前 {most} 个，全部区间见证书文件。", "The first {most} are shown; the document has all of them."),
    "unverified": ("类别参数未经核实（{confidence}）", "Class data not verified ({confidence})"),
    "compare": ("比对手中的 PDF 文件", "Compare the PDF you hold"),
    "compare_text": ("把 PDF 文件拖到下面的选择框，或点击选择。文件仅用于计算 SHA-256，不会保存。",
                     "Drop the PDF onto the field below, or choose it. It is hashed and not kept."),
    "compare_button": ("比对", "Compare"),
    "file": ("文件", "File"),
    "ask": ("输入证书或报告上印制的编号", "Enter the number printed on the certificate or statement"),
    "ask_button": ("查验", "Verify"),
    "offline": ("也可离线验证：证书内含数字签名，所用公钥见 ", "It can be verified offline too: the document carries a digital signature; the public keys are at "),
    "offline_end": ("。", "."),
    "note": ("自登记机构转入的单位，其在原登记机构的状态以该机构记录为准。",
             "For units imported from a registry, that registry's own record of them prevails."),
}  # fmt: skip


class Comparison(Enum):
    """What became of a file somebody gave."""

    NONE = "none"
    SAME = "same"
    DIFFERENT = "different"


class Page:
    """A page in one language for one tenant."""

    words: Mapping[str, tuple[str, str]] = WORDS
    accepts = "application/pdf,.pdf"

    def __init__(self, language: str, tenant: str, path: str) -> None:
        self.place = 1 if language == "en" else 0
        self._tenant, self._path = tenant, path

    def word(self, name: str, **given: object) -> str:
        """Return a word of the page, ready for HTML."""
        return escape(self.words[name][self.place].format(**given))

    def certificate(
        self, value: CertificateValue, how: Standing, mark: str, comparison: Comparison = Comparison.NONE
    ) -> bytes:
        """Return the page of a certificate."""
        stated = value.facts
        parts = [self._state(how)]
        if stated["is_demonstration"]:
            parts.append(self.banner("demonstration", "warn"))
        if comparison is not Comparison.NONE:
            parts.append(self.banner(comparison.value, "" if comparison is Comparison.SAME else "bad"))
        parts += [self._totals(stated), self._about(value, stated, mark)]
        parts += [self._retirement(each) for each in stated["retirements"]]
        return self.whole([*parts, self.compare(value.number)])

    def missing(self, number: str) -> bytes:
        """Return the page that says there is no such certificate."""
        return self.whole([self.banner("unknown", "bad", number=number), self._ask()])

    def ask(self) -> bytes:
        """Return the page that asks for a number."""
        return self.whole([self._ask()])

    def refused(self, reason: str) -> bytes:
        """Return the page that says why a question is not answered now."""
        return self.whole([f'<div class="state bad"><strong>{self.word("busy")}</strong><p>{escape(reason)}</p></div>'])

    def whole(self, parts: list[str]) -> bytes:
        """Return a page of these parts, with its head and foot."""
        other = "zh" if self.place else "en"
        head = (
            f"<header><h1>{self.word('title')}</h1>"
            f'<a href="{escape(self._path)}?lang={other}" hreflang="{other}">{self.word("other")}</a></header>'
        )
        keys = f"/{self._tenant}/.well-known/documents.json"
        foot = (
            f'<footer><p>{self.word("note")}</p><p>{self.word("offline")}<a href="{keys}">{keys}</a>'
            f"{self.word('offline_end')}</p></footer>"
        )
        text = _TEXT.replace("LANGUAGE", "en" if self.place else "zh-CN", 1).replace("TITLE", self.word("title"), 1)
        return text.replace("BODY", "\n".join([head, *parts, foot]), 1).encode()

    def banner(self, name: str, tone: str, **given: object) -> str:
        """Return a framed sentence; `tone` is `bad`, `warn` or empty."""
        text = self.word(f"{name}_text", **given)
        return f'<div class="state {tone}"><strong>{self.word(name)}</strong><p>{text}</p></div>'

    def _state(self, how: Standing) -> str:
        if how.withdrawn_at is None:
            return self.banner("valid", "")
        day = how.withdrawn_at.astimezone(CHINA).date().isoformat()
        return self.banner("withdrawn", "bad", day=day, numbers=", ".join(map(str, how.reversals)))

    def _totals(self, stated: Mapping[str, Any]) -> str:
        rows: list[str] = []
        for each in stated["totals"]:
            doubt = ""
            if each["confidence"] not in {"verified-by-lookup", ""}:
                doubt = f"<br><small>{self.word('unverified', confidence=each['confidence'])}</small>"
            rows.append(
                f'<p><span class="total">{escape(grouped(each["quantity"]))} {escape(each["unit"])}</span> '
                f"{self._named(each)}{doubt}</p>"
            )
        return "".join(rows)

    def _named(self, stated: Mapping[str, Any]) -> str:
        name = stated["name_en"] if self.place and stated["name_en"] else stated["name_zh"]
        return f'{escape(name)} <span class="quiet">{escape(stated["class"])}</span>'

    def _about(self, value: CertificateValue, stated: Mapping[str, Any], mark: str) -> str:
        holder, issuer = stated["holder"], stated["issuer"]
        name = holder["name_en"] if self.place and holder["name_en"] else holder["name"]
        return self.listed(
            [
                ("number", escape(value.number)),
                ("holder", escape(name)),
                ("credit_code", escape(holder["credit_code"])),
                ("account", escape(f"{holder['account_number']} {holder['account_name']}")),
                ("issued", escape(stated["issued_on"])),
                ("issuer", escape(issuer["name_en"] if self.place else issuer["name_zh"])),
                ("mark", f"<code>{escape(mark)}</code>"),
                ("sha256", f"<code>{escape(value.sha256)}</code>"),
            ]
        )

    def listed(self, pairs: list[tuple[str, str]]) -> str:
        """Return names and what is said of each."""
        inside = "".join(f"<dt>{self.word(name)}</dt><dd>{shown or '—'}</dd>" for name, shown in pairs)
        return f"<dl>{inside}</dl>"

    def _retirement(self, entry: Mapping[str, Any]) -> str:
        purpose = entry["purpose_en"] if self.place and entry["purpose_en"] else entry["purpose_zh"]
        pairs = [
            ("quantity", f"{escape(grouped(entry['quantity']))} {escape(entry['unit'])} · {self._named(entry)}"),
            ("retired_on", escape(entry["retired_on"])),
            ("purpose", escape(purpose)),
            ("beneficiary", escape(entry["beneficiary"])),
            ("period", "" if entry["period"] is None else str(entry["period"])),
        ]
        if entry["journal"] is not None:
            journal = f"{entry['journal']['position']} <code>{escape(entry['journal']['hash'])}</code>"
            pairs.append(("journal", journal))
        head = f"<h2>{self.word('retirement')} {entry['movement']}</h2>"
        return head + self.listed(pairs) + "".join(self._batch(entry, each) for each in entry["batches"])

    def _batch(self, entry: Mapping[str, Any], batch: Mapping[str, Any]) -> str:
        told = [f"{escape(grouped(batch['quantity']))} {escape(entry['unit'])}"]
        if batch["project"] is not None:
            told.append(f"{self.word('project')} {escape(batch['project'])} {escape(batch['project_name'])}".rstrip())
        if batch["vintage"] is not None:
            told.append(f"{self.word('vintage')} {batch['vintage']}")
        if batch["produced_from"] is not None:
            told.append(
                f"{self.word('produced')} {escape(batch['produced_from'])} – {escape(batch['produced_to'] or '')}"
            )
        told.append(self.word("imported" if batch["origin"] == "imported" else "issued_here"))
        return f'<p class="quiet">{self.word("batch")}: {" · ".join(told)}</p>' + self._ranges(batch["ranges"])

    def _ranges(self, ranges: list[Mapping[str, Any]]) -> str:
        if not ranges:
            return ""
        head = "".join(f"<th>{self.word(name)}</th>" for name in ("first", "last", "count", "codes"))
        rows = "".join(
            f'<tr><td>{each["first"]}</td><td>{each["last"]}</td><td class="number">{grouped(str(each["count"]))}</td>'
            f"<td>{'<br>'.join(escape(code_of(one)) for one in each['registry']) or '—'}</td></tr>"
            for each in ranges[:MOST_SHOWN]
        )
        more = f"<p><small>{self.word('more', most=MOST_SHOWN)}</small></p>" if len(ranges) > MOST_SHOWN else ""
        is_short = " open" if len(ranges) <= 10 else ""  # noqa: PLR2004 - what a page shows without being asked
        summary = self.word("ranges", count=len(ranges))
        return f"<details{is_short}><summary>{summary}</summary><table><tr>{head}</tr>{rows}</table>{more}</details>"

    def compare(self, number: str) -> str:
        """Return the form that takes a file to compare."""
        action = f"/{self._tenant}/verify/{escape(number)}?lang={'en' if self.place else 'zh'}"
        return (
            f'<h2>{self.word("compare")}</h2><form method="post" enctype="multipart/form-data" action="{action}">'
            f'<p class="quiet">{self.word("compare_text")}</p>'
            f'<p><input type="file" name="file" accept="{self.accepts}" required aria-label="{self.word("file")}"> '
            f"<button>{self.word('compare_button')}</button></p></form>"
        )

    def _ask(self) -> str:
        return (
            f'<h2>{self.word("ask")}</h2><form method="get" action="/{self._tenant}/verify">'
            f'<input type="hidden" name="lang" value="{"en" if self.place else "zh"}">'
            f'<p><input type="text" name="number" maxlength="60" required autocomplete="off" aria-label="{self.word("number")}"'
            f' placeholder="RC-320200-2026-XXXX-XXXX-XXXX"> <button>{self.word("ask_button")}</button></p></form>'
        )


def grouped(value: str) -> str:
    """Return a decimal's text with its thousands apart; the digits stay as they are."""
    whole, point, rest = value.partition(".")
    return f"{int(whole):,}{point}{rest}"


def code_of(run: Mapping[str, Any]) -> str:
    """Return a run of a registry's own codes as people read it."""
    codes = run["first"] if run["first"] == run["last"] else f"{run['first']} – {run['last']}"
    return f"{run['registry']} {codes}"
