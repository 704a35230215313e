"""The archive of a loan file: its parts, a manifest with the hash of each, and a signature over the manifest. Pure."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.lending.loan_files.values import FORMAT, LoanFileValue
from backend.lending.loans.values import GradeTerms, TermsValue
from backend.lending.values import ReadConsent

MANIFEST, SIGNATURE, TYPE = "manifest.json", "manifest.jws", "carbon-loan-file+jwt"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest time an archive can state: what was made when is in the manifest."""
_READABLE = 0o100644 << 16
ABOUT = """\
贷款档案包：评分凭证、碳账户报告、佐证材料清单、授权条款和贵行授信条件，均可脱离本系统独立查验。
Loan file: score credential, account statement, index of evidence, the terms of the consent, and the bank's own terms for the
grade; each verifiable offline.

credential.sd-jwt    绿色评分凭证 signed credential of the score (verify_score.py)
statement.json       碳账户报告数据 the statement, byte for byte as issued
statement.jws        对报告数据的签名 detached signature over statement.json
statement-*.pdf      报告文本 the statement's signed pages
evidence.json        活动数据与年度指标佐证材料的名称与哈希 name, size and SHA-256 of each piece of evidence of activity records and
                     yearly figures, and what it proves (not the files)
terms.json           授权范围、用途与期限 what the enterprise opened, what for and until when
loan-terms.json      贵行对该等级的授信条件 what the bank's own terms, as it recorded them, offered the grade when this was made
keys.json            颁发机构公钥 the issuer's document keys as published when this was made
manifest.json        以上文件的 SHA-256 the SHA-256 of each file above, and what is absent and why
manifest.jws         对 manifest.json 的签名 JWS (ES256) whose payload names the SHA-256 of manifest.json
"""


def as_json(content: Any) -> bytes:  # noqa: ANN401 - whatever JSON can say
    """Return JSON as people can read it."""
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def terms(consent: ReadConsent) -> bytes:
    """Return on what terms the enterprise opened this."""
    return as_json(
        {
            "consent": str(consent.consent_id), "enterprise": str(consent.enterprise_id), "bank": str(consent.bank_id),
            "scopes": sorted(consent.scopes), "purpose": consent.purpose, "starts_on": consent.starts_on.isoformat(),
            "ends_on": consent.ends_on.isoformat(),
        }
    )  # fmt: skip


def loan_terms(version: TermsValue, offer: GradeTerms, score_id: UUID, at: datetime) -> bytes:
    """Return what the bank's own terms offered the grade of a score at a moment, in the bank's words and figures."""

    def plain(figure: Decimal | None) -> str | None:
        return None if figure is None else format(figure, "f")

    return as_json(
        {
            "model": version.model_code, "grade": offer.grade, "score": str(score_id), "at": at.isoformat(),
            "terms": str(version.id), "version": version.version, "valid_from": version.valid_from.isoformat(),
            "recorded_at": version.recorded_at.isoformat(), "limit": plain(offer.limit_cny), "limit_unit": "CNY",
            "rate_offset": plain(offer.rate_offset_bp), "rate_offset_unit": "bp", "tenor": offer.tenor_months,
            "tenor_unit": "month", "note": offer.note, "version_note": version.note,
            "source": "recorded by the bank itself; not checked against anything",
        }
    )  # fmt: skip


def manifest(
    file: LoanFileValue, made_at: datetime, parts: Mapping[str, bytes], absent: Sequence[Mapping[str, str]]
) -> bytes:
    """Return what the archive is of, the hash of each of its files, and what is not in it."""
    return as_json(
        {
            "format": FORMAT, "id": str(file.id), "bank": str(file.bank_id), "account_id": str(file.account_id),
            "consent": str(file.consent_id), "purpose": file.purpose, "asked_at": file.asked_at.isoformat(),
            "made_at": made_at.isoformat(), "absent": [dict(each) for each in absent],
            "files": [
                {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in sorted(parts.items())
            ],
        }
    )  # fmt: skip


def zipped(parts: Mapping[str, bytes], stated: bytes, signature: str) -> bytes:
    """Return the archive: manifest, signature, then the parts by name. Blocks; call it in a thread."""
    out = io.BytesIO()
    ordered = [(MANIFEST, stated), (SIGNATURE, f"{signature}\n".encode()), *sorted(parts.items())]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ordered:
            about = zipfile.ZipInfo(name, _FIRST_DAY)
            about.external_attr, about.create_system, about.compress_type = _READABLE, 3, zipfile.ZIP_DEFLATED
            archive.writestr(about, content)
    return out.getvalue()
