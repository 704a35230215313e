"""Which CCER may offset a compliance year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.credits.ccer.errors import ComplianceYearInvalid
from backend.factors import service as factors
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.methods import FAMILIES, OffsetFinding, Outcome, judge_offset, offset_unit, worst
from backend.ledger.values import CCER, BatchValue

FIRST_YEAR = 2019


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What a batch comes to for a compliance year."""

    batch: BatchValue
    outcome: Outcome
    findings: tuple[OffsetFinding, ...]


async def eligibility(
    read: Read, scope: Scope, batch_ids: Sequence[UUID], compliance_year: int, on: date | None = None
) -> list[Eligibility]:
    """Judge the visible CCER batches among those asked for, in their order; on a day (today) of settling.

    By the rules as they are known today, which are those a surrender is judged by.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
        ComplianceYearInvalid: before 2019, when the market's first period began, or after next year.
    """
    scope.require("credits:read")
    last = today().year + 1
    if not FIRST_YEAR <= compliance_year <= last:
        raise ComplianceYearInvalid(year=compliance_year, first=FIRST_YEAR, last=last, path=("complianceYear",))
    day = on or today()
    found = await ledger.batches(read, scope, list(batch_ids))
    book = await factors.book(read, scope, published_by=today(), names=FAMILIES)
    judged: list[Eligibility] = []
    for batch_id in batch_ids:
        batch = found.get(batch_id)
        if batch is None or batch.class_code != CCER:
            continue
        unit = offset_unit(batch.attributes, batch.produced_from, batch.vintage)
        findings = judge_offset(book, unit, compliance_year, day)
        judged.append(Eligibility(batch, worst(findings), findings))
    return judged
