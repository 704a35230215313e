"""What a certificate states, built from the books; its number; where it can be verified. Pure."""

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from backend.ledger.ports import serial_of
from backend.ledger.values import GEC, BatchValue, Bucket, MovementKind, MovementValue, PostingValue, Serials, UnitClass
from backend.statements.errors import (
    NotARetirement,
    RetirementReversed,
    RetirementsMissing,
    RetirementsOfOthers,
    TooManyRanges,
    TooManyRetirements,
)
from backend.statements.values import FORMAT, MOST_MOVEMENTS, MOST_RANGES, ChainLink, OriginRun, Standing

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is taken for a digit, or for another letter."""
SIGNS, GROUP = 12, 4
"""Sixty bits of chance: nobody reads a neighbour's certificate by counting on."""
GEC_PLACE, GEC_DIGITS, GEC_FRAME = 21, 9, 23
"""Where the counted digits of a green certificate's code stand, how many they are, and how long the rest is."""
CERTIFICATE, STATEMENT = "RC", "AS"
"""What the number of a certificate, and that of an account statement, begins with."""
_NUMBER = re.compile(r"(RC|AS)-\d{6}-\d{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}")
COUNTED_AT_THE_END = re.compile(r".*#\d{1,2}")
_READ_AS = str.maketrans("OIL", "011")

PURPOSES: Mapping[str, tuple[str, str]] = {
    "market_scope2": ("范围二（市场法）核算", "Market-based scope 2 accounting"),
    "renewable_duty": ("可再生能源电力消纳责任权重", "Renewable consumption obligation"),
    "footprint": ("产品碳足迹核算", "Product carbon footprint"),
    "park_indicator": ("园区指标核算", "Indicator of a park"),
    "disclosure": ("信息披露", "Disclosure"),
    "event": ("活动碳中和", "Carbon-neutral event"),
    "ets_offset": ("碳排放配额清缴抵销", "Offset of an allowance obligation"),
    "voluntary": ("自愿注销", "Voluntary retirement"),
    "product": ("产品用途", "Use for a product"),
    "public": ("公益用途", "Public good"),
    "redeem": ("积分兑换", "Redemption of points"),
    "ets_surrender": ("配额清缴", "Surrender of allowances"),
    "quota_allocation": ("配额分配", "Allocation of allowances"),
    "ccer_import": ("从国家登记系统导入 CCER", "CCER imported from the national registry"),
    "ccer_issuance": ("减排量登记签发", "Issued for registered reductions"),
    "ccer_annulment": ("减排量撤销", "Annulment of reductions"),
    "import": ("登记簿导入", "Imported from a registry"),
    "programme": ("碳普惠项目签发", "Issued by a carbon-inclusion programme"),
    "reverse_claim": ("撤回声明", "Claim taken back"),
    "sale": ("出售", "Sale"),
    "pledge": ("质押担保", "Pledged as collateral"),
}
"""Words of purposes as people read them, zh and en; other purposes are printed as they were written."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A retirement with everything the books know of it; `origins` in the order of serials."""

    movement: MovementValue
    lines: Sequence[PostingValue]
    unit_class: UnitClass
    batches: Mapping[UUID, BatchValue]
    origins: Sequence[OriginRun]
    link: ChainLink | None


@dataclass(frozen=True, slots=True)
class Issuer:
    """The jurisdiction in whose books the units were retired."""

    tenant: str
    name_zh: str
    name_en: str
    division_code: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who retired the units, from which account."""

    name: str
    name_en: str
    credit_code: str
    account_number: str
    account_name: str
    is_demonstration: bool


def number_of(division_code: str, year: int, chance: bytes, kind: str = CERTIFICATE) -> str:
    """Return a document's number, e.g. `RC-320200-2026-7K3M-9QXP-4TB0`, from eight bytes of chance."""
    value = int.from_bytes(chance[:8], "big")
    signs = "".join(ALPHABET[(value >> (5 * place)) & 31] for place in range(SIGNS))
    groups = "-".join(signs[start : start + GROUP] for start in range(0, SIGNS, GROUP))
    return f"{kind}-{division_code}-{year:04d}-{groups}"


def read_number(given: str) -> str | None:
    """Return a number as it is kept, whatever case, blanks and look-alikes it was typed with; None for no number."""
    plain = re.sub(r"[^0-9A-Za-z]", "", given).upper()
    kind = plain[:2]
    if kind not in {CERTIFICATE, STATEMENT}:
        return None
    place, year, signs = plain[2:8], plain[8:12], plain[12:].translate(_READ_AS)
    groups = "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))
    found = f"{kind}-{place}-{year}-{groups}"
    return found if _NUMBER.fullmatch(found) else None


def verify_url(tenant: str, number: str, *, hosts: Sequence[str], base_domain: str, port: int) -> str:
    """Return where anybody can verify a certificate: on the jurisdiction's own host, else below its name.

    Never made from what a request says of its host: the address is printed on a signed document.
    """
    if hosts:
        return f"https://{hosts[0]}/verify/{number}"
    if base_domain == "localhost":
        return f"http://localhost:{port}/{tenant}/verify/{number}"
    return f"https://{tenant}.{base_domain}/verify/{number}"


def check_choice(movement_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """Return the movements once each, in order.

    Raises:
        RetirementsMissing, TooManyRetirements: none, or more than a certificate takes.
    """
    chosen = tuple(sorted(set(movement_ids)))
    if not chosen:
        raise RetirementsMissing(path=("input", "movementIds"))
    if len(chosen) > MOST_MOVEMENTS:
        raise TooManyRetirements(most=MOST_MOVEMENTS, given=len(chosen), path=("input", "movementIds"))
    return chosen


def account_of(movements: Sequence[MovementValue]) -> UUID:
    """Return the account all the movements retired from.

    Raises:
        NotARetirement: a movement of another kind.
        RetirementsOfOthers: more than one account.
    """
    for each in movements:
        if each.kind is not MovementKind.RETIRE:
            raise NotARetirement(number=each.number, kind=each.kind.value)
    accounts = {each.from_account_id for each in movements}
    if len(accounts) != 1:
        raise RetirementsOfOthers(path=("input", "movementIds"))
    (found,) = accounts
    if found is None:  # pragma: no cover - the ledger's column is never empty
        raise RetirementsOfOthers(path=("input", "movementIds"))
    return found


def check_standing(movements: Sequence[MovementValue], undone: Mapping[UUID, Standing]) -> None:
    """Refuse a retirement that was reversed.

    Raises:
        RetirementReversed: naming the first one.
    """
    for each in movements:
        if each.id in undone:
            raise RetirementReversed(number=each.number)


def facts(number: str, issued_at: datetime, issued_on: date, issuer: Issuer, holder: Holder, retired: Sequence[Retired],
          url: str) -> dict[str, Any]:  # fmt: skip
    """Return what a certificate states, as JSON: decimals and dates as text, serials as whole numbers.

    Raises:
        TooManyRanges: more serial ranges than one certificate lists.
    """
    in_order = sorted(retired, key=lambda each: each.movement.number)
    entries = [_entry(each) for each in in_order]
    found = sum(len(batch["ranges"]) for entry in entries for batch in entry["batches"])
    if found > MOST_RANGES:
        raise TooManyRanges(most=MOST_RANGES, found=found, path=("input", "movementIds"))
    return {
        "format": FORMAT,
        "number": number,
        "issued_at": issued_at.isoformat(timespec="seconds"),
        "issued_on": issued_on.isoformat(),
        "verify_url": url,
        "issuer": {
            "tenant": issuer.tenant, "name_zh": issuer.name_zh, "name_en": issuer.name_en,
            "division_code": issuer.division_code,
        },
        "holder": {
            "name": holder.name, "name_en": holder.name_en, "credit_code": holder.credit_code,
            "account_number": holder.account_number, "account_name": holder.account_name,
        },
        "is_demonstration": holder.is_demonstration,
        "totals": _totals(in_order),
        "retirements": entries,
    }  # fmt: skip


def canonical(stated: Mapping[str, Any]) -> str:
    """Return the facts as the one text that is embedded and hashed: sorted keys, no blanks, UTF-8."""
    return json.dumps(stated, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def mark(stated: Mapping[str, Any]) -> str:
    """Return the short hash printed on the document: the first 16 digits of the facts' SHA-256, in fours."""
    digest = hashlib.sha256(canonical(stated).encode()).hexdigest()[:16].upper()
    return " ".join(digest[start : start + 4] for start in range(0, 16, 4))


def code_of(run: OriginRun, number: int) -> str:
    """Return a unit's code as its registry writes it; where that is not known, the frame and the number apart.

    The ledger counts positions 22 to 30 of a green certificate's code of 32; what stands around them is its frame. Serials
    of the other registries are counted by the digits at their end, and their frame says how many those are.
    """
    if run.registry == GEC and len(run.frame) == GEC_FRAME:
        return f"{run.frame[:GEC_PLACE]}{number:0{GEC_DIGITS}d}{run.frame[GEC_PLACE:]}"
    if COUNTED_AT_THE_END.fullmatch(run.frame):
        return serial_of(run.frame, number)
    return f"{run.frame} {number}"


def purpose_of(written: str) -> tuple[str, str]:
    """Return a purpose (or several, with commas between) in Chinese and English; unknown words stay as written."""
    words = [each.strip() for each in written.split(",") if each.strip()]
    if not words or any(each not in PURPOSES for each in words):
        return written, ""
    return "、".join(PURPOSES[each][0] for each in words), ", ".join(PURPOSES[each][1] for each in words)


def _totals(retired: Sequence[Retired]) -> list[dict[str, str]]:
    """Return quantity and unit of each class; classes are never added to one another."""
    sums: dict[str, tuple[UnitClass, Decimal]] = {}
    for each in retired:
        kind = each.unit_class
        before = sums.get(kind.code, (kind, Decimal(0)))[1]
        sums[kind.code] = (kind, before + each.movement.quantity)
    return [
        {**_class(kind), "quantity": _plain(quantity), "unit": kind.unit}
        for _, (kind, quantity) in sorted(sums.items())
    ]


def _class(kind: UnitClass) -> dict[str, str]:
    return {
        "class": kind.code, "name_zh": kind.name_zh, "name_en": kind.name_en, "source": kind.source,
        "confidence": kind.confidence,
    }  # fmt: skip


def _entry(retired: Retired) -> dict[str, Any]:
    movement = retired.movement
    zh, en = purpose_of(movement.purpose)
    lines = [each for each in retired.lines if each.bucket is Bucket.RETIRED and each.amount > 0]
    return {
        "movement": movement.number,
        "movement_id": str(movement.id),
        "class": movement.class_code,
        "name_zh": retired.unit_class.name_zh,
        "name_en": retired.unit_class.name_en,
        "quantity": _plain(movement.quantity),
        "unit": retired.unit_class.unit,
        "retired_on": movement.effective_on.isoformat(),
        "purpose": movement.purpose,
        "purpose_zh": zh,
        "purpose_en": en,
        "beneficiary": movement.beneficiary,
        "period": movement.period,
        "journal": None if retired.link is None else {"position": retired.link.position, "hash": retired.link.hash},
        "batches": [_batch(retired, each) for each in lines],
    }


def _batch(retired: Retired, line: PostingValue) -> dict[str, Any]:
    batch = retired.batches[line.batch_id]
    return {
        "origin": batch.origin,
        "project": batch.project_code,
        "project_name": str(batch.attributes.get("project_name") or ""),
        "vintage": batch.vintage,
        "produced_from": None if batch.produced_from is None else batch.produced_from.isoformat(),
        "produced_to": None if batch.produced_to is None else batch.produced_to.isoformat(),
        "quantity": _plain(line.amount),
        "ranges": [
            {
                "first": first,
                "last": last,
                "count": last - first + 1,
                "registry": _codes((first, last), retired.origins),
            }
            for first, last in line.serials
        ],
    }


def _codes(serials: Serials, runs: Sequence[OriginRun]) -> list[dict[str, Any]]:
    """Return the registry's own numbers of a run of serials: the part of each origin run that lies inside."""
    found: list[dict[str, Any]] = []
    place = max(bisect_right(runs, serials[0], key=lambda each: each.first_serial) - 1, 0)
    for run in islice(runs, place, None):
        if run.first_serial > serials[1]:
            break
        low = max(serials[0], run.first_serial)
        high = min(serials[1], run.first_serial + run.last - run.first)
        if low <= high:
            shift = run.first - run.first_serial
            found.append(
                {
                    "registry": run.registry, "count": high - low + 1,
                    "first": code_of(run, low + shift), "last": code_of(run, high + shift),
                }
            )  # fmt: skip
    return found


def _plain(value: Decimal) -> str:
    """Return a decimal with every digit that counts and none besides."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
