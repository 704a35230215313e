"""The page of a certificate of retirement: what it states, and whether it still holds."""

from collections.abc import Mapping
from html import escape
from typing import Any

from backend.api.verification_page import COMMON, Comparison, Page
from backend.kit.clock import CHINA
from backend.statements.values import CertificateValue, Standing

MOST_SHOWN = 200
"""Serial ranges shown on the page; the document has all of them."""

WORDS: Mapping[str, tuple[str, str]] = {
    **COMMON,
    "title": ("注销证书查验", "Verify a certificate of retirement"),
    "valid": ("有效", "Valid"),
    "valid_text": ("本证书由本辖区碳账户出具，所载注销记录在账簿中有效。",
                   "Issued by the carbon account of this jurisdiction; the retirements it states stand in the books."),
    "withdrawn": ("已作废", "Withdrawn"),
    "withdrawn_text": ("证书所载注销已被登记管理方冲正，自 {day} 起不再有效。冲正流水：{numbers}。",
                       "Reversed by the registrar: it no longer holds since {day}. Reversing movement: {numbers}."),
    "unknown": ("未找到该证书", "No such certificate"),
    "unknown_text": ("编号 {number} 不是本辖区出具的证书，请核对证书上印制的编号。",
                     "{number} is no certificate of this jurisdiction. Check the number printed on the document."),
    "same": ("文件一致", "The file is genuine"),
    "same_text": ("您提交的文件与出具时的原件逐字节一致。",
                  "The file you gave is, byte for byte, the document that was issued."),
    "different_text": ("您提交的文件与出具时的原件不同：可能被修改、另存、打印后扫描，或是另一份证书。请勿采信该文件，以本页所列内容为准。",
                       "Your file differs from the one issued: changed, saved anew, scanned, or another. Do not rely on it."),
    "demonstration_text": ("本证书不代表任何真实的注销。", "This certificate stands for no real retirement."),
    "sha256": ("文件 SHA-256", "SHA-256 of the file"),
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
    "offline": ("也可离线验证：证书内含数字签名，所用公钥见 ", "It can be verified offline too: the document carries a digital signature; the public keys are at "),
    "note": ("自登记机构转入的单位，其在原登记机构的状态以该机构记录为准。",
             "For units imported from a registry, that registry's own record of them prevails."),
}  # fmt: skip


class CertificatePage(Page):
    """A page about a certificate in one language."""

    words = WORDS
    accepts = "application/pdf,.pdf"

    def certificate(
        self, value: CertificateValue, how: Standing, mark: str, comparison: Comparison = Comparison.NONE
    ) -> bytes:
        """Return the page of a certificate."""
        stated = value.facts
        more = [("mark", f"<code>{escape(mark)}</code>"), ("sha256", f"<code>{escape(value.sha256)}</code>")]
        rest = [
            self._totals(stated), self.cover(value, (), stated["issued_on"], more),
            *(self._retirement(each) for each in stated["retirements"]),
        ]  # fmt: skip
        return self.document(value, [self._state(how)], rest, comparison)

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


def grouped(value: str) -> str:
    """Return a decimal's text with its thousands apart; the digits stay as they are."""
    whole, point, rest = value.partition(".")
    return f"{int(whole):,}{point}{rest}"


def code_of(run: Mapping[str, Any]) -> str:
    """Return a run of a registry's own codes as people read it."""
    codes = run["first"] if run["first"] == run["last"] else f"{run['first']} – {run['last']}"
    return f"{run['registry']} {codes}"
