"""The public verification page: its shape and the words every document shares. Certificates and statements fill it in."""

from collections.abc import Mapping, Sequence
from enum import Enum
from html import escape
from pathlib import Path
from typing import Any, Protocol

from backend.api.landing import inline_hash

_TEXT = Path(__file__).with_name("certificates.html").read_text(encoding="utf-8")
POLICY = (
    f"default-src 'none'; style-src {inline_hash(_TEXT, 'style')}; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)
COMMON: Mapping[str, tuple[str, str]] = {
    "other": ("English", "中文"),
    "busy": ("查验过于频繁", "Too many verifications"),
    "different": ("文件不一致", "The file is not the one issued"),
    "demonstration": ("演示数据", "Demonstration"),
    "number": ("证书编号", "Number"),
    "holder": ("注销单位", "Holder"),
    "credit_code": ("统一社会信用代码", "Credit code"),
    "account": ("碳账户", "Carbon account"),
    "issued": ("出具日期", "Issued on"),
    "issuer": ("出具辖区", "Jurisdiction"),
    "mark": ("内容校验码", "Content mark"),
    "compare_button": ("比对", "Compare"),
    "file": ("文件", "File"),
    "ask": ("输入证书或报告上印制的编号", "Enter the number printed on the certificate or statement"),
    "ask_button": ("查验", "Verify"),
    "offline_end": ("。", "."),
}  # fmt: skip
"""Words of every page; a kind of document adds its own: `title`, `unknown`, `unknown_text`, `same`, `different_text`..."""
Pairs = Sequence[tuple[str, str]]


class Comparison(Enum):
    """What became of a file somebody gave."""

    NONE = "none"
    SAME = "same"
    DIFFERENT = "different"


class Document(Protocol):
    """A document the page is about: its number, and what it says of itself."""

    @property
    def number(self) -> str:
        """Its lasting number."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]:
        """What it states of itself: `holder`, `issuer`, `is_demonstration`."""
        ...


class Page:
    """A page in one language for one tenant; a kind of document brings its words and what files it takes."""

    words: Mapping[str, tuple[str, str]] = COMMON
    accepts = ""

    def __init__(self, language: str, tenant: str, path: str) -> None:
        self.place = 1 if language == "en" else 0
        self._tenant, self._path = tenant, path

    def word(self, name: str, **given: object) -> str:
        """Return a word of the page, ready for HTML."""
        return escape(self.words[name][self.place].format(**given))

    def document(
        self, one: Document, first: Sequence[str], rest: Sequence[str], comparison: Comparison, file: str = ""
    ) -> bytes:
        """Return the page of a document: how it stands, whether it is made up, what became of the file given, then the rest.

        `file` names the one of its files that the file given is the same as.
        """
        parts = [*first]
        if one.facts["is_demonstration"]:
            parts.append(self.banner("demonstration", "warn"))
        if comparison is not Comparison.NONE:
            parts.append(self.banner(comparison.value, "" if comparison is Comparison.SAME else "bad", file=file))
        return self.whole([*parts, *rest, self.compare(one.number)])

    def cover(self, one: Document, before: Pairs, issued: str, after: Pairs) -> str:
        """Return what a document says of itself: its number and holder, then `before`, where and when issued, then `after`."""
        holder, issuer = one.facts["holder"], one.facts["issuer"]
        name = holder["name_en"] if self.place and holder["name_en"] else holder["name"]
        return self.listed(
            [
                ("number", escape(one.number)),
                ("holder", escape(name)),
                ("credit_code", escape(holder["credit_code"])),
                ("account", escape(f"{holder['account_number']} {holder['account_name']}")),
                *before,
                ("issued", escape(issued)),
                ("issuer", escape(issuer["name_en"] if self.place else issuer["name_zh"])),
                *after,
            ]
        )

    def missing(self, number: str) -> bytes:
        """Return the page that says there is no such certificate."""
        return self.whole([self.banner("unknown", "bad", number=number), self._ask()])

    def ask(self) -> bytes:
        """Return the page that asks for a number."""
        return self.whole([self._ask()])

    def refused(self, reason: str) -> bytes:
        """Return the page that says why a question is not answered now."""
        return self.whole([f'<div class="state bad"><strong>{self.word("busy")}</strong><p>{escape(reason)}</p></div>'])

    def whole(self, parts: Sequence[str]) -> bytes:
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

    def listed(self, pairs: Pairs) -> str:
        """Return names and what is said of each."""
        inside = "".join(f"<dt>{self.word(name)}</dt><dd>{shown or '—'}</dd>" for name, shown in pairs)
        return f"<dl>{inside}</dl>"

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
