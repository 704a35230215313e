"""A generator's own record of what its plants generated, and the certificates that gives, month by month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, insert, select

from backend.accounts import service as accounts
from backend.credits.gec import codes, queries
from backend.credits.gec.import_errors import GenerationInvalid, GenerationReasonMissing, GenerationUnchanged
from backend.credits.gec.models import GecGeneration
from backend.credits.gec.validity import Issuable
from backend.credits.gec.words import fold
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.months import Month
from backend.kit.scope import Scope

LARGEST_KWH, PLACES = Decimal(10) ** 12, 6
"""More than any plant generates in a month; decimals of a kWh."""
LONGEST_REASON = 500
GENERATION_LOCKS = 320211
"""The seed that keeps the advisory locks of generation apart from others."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What a plant generated in a month, kWh, without what came out of storage (that gets no certificates)."""

    project_code: str
    month: date
    kwh: Decimal
    is_forecast: bool
    reason: str = ""


async def record_generation(write: Write, scope: Scope, account_id: UUID, given: Generated) -> list[Issuable]:
    """Record or forecast a month of a project; return all its months, with certificates and remainders.

    A later entry of the same month replaces the earlier one, which stays in the books; a recorded month counts before a
    forecast. A remainder from before the first month is entered as the energy of the month before.

    Raises:
        Unauthenticated, Forbidden: without `credits:register`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        GenerationInvalid: the project's code, the month or the energy.
        GenerationUnchanged: the month says so already.
        GenerationReasonMissing: a recorded month is corrected without saying why.
    """
    scope.require("credits:register")
    await accounts.own_account(write, scope, account_id)
    given = _checked(given)
    # Entries of one account come one after the other, so that two corrections cannot get one revision.
    await write.value(select(func.pg_advisory_xact_lock(func.hashtextextended(str(account_id), GENERATION_LOCKS))))
    last = await write.row(
        select(GecGeneration.kwh, GecGeneration.revision)
        .where(
            GecGeneration.account_id == account_id, GecGeneration.project_code == given.project_code,
            GecGeneration.month == given.month, GecGeneration.is_forecast == given.is_forecast,
        )
        .order_by(GecGeneration.revision.desc())
        .limit(1)
    )  # fmt: skip
    if last is not None and last.kwh == given.kwh:
        raise GenerationUnchanged(month=f"{given.month:%Y-%m}", kwh=str(last.kwh), path=("generatedKwh",))
    if last is not None and not given.is_forecast and not given.reason:
        raise GenerationReasonMissing(month=f"{given.month:%Y-%m}", kwh=str(last.kwh), path=("reason",))
    made = new_id()
    await write.run(
        insert(GecGeneration).values(
            account_id=account_id, id=made, project_code=given.project_code, month=given.month, kwh=given.kwh,
            is_forecast=given.is_forecast, reason=given.reason, revision=1 if last is None else last.revision + 1,
            recorded_at=now(), recorded_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        "credits:register", object_type="GreenGeneration", object_id=made, project=given.project_code,
        month=f"{given.month:%Y-%m}", kwh=str(given.kwh), is_forecast=given.is_forecast,
    )  # fmt: skip
    return [each for _, each in await queries.generation(write, scope, account_id, given.project_code)]


def _checked(given: Generated) -> Generated:
    code = fold(given.project_code)
    if not codes.is_project(code):
        raise GenerationInvalid(
            reason_en=f"'{given.project_code[:40]}' is not the code of a project: the first 17 positions of its certificates.",
            reason_zh=f"“{given.project_code[:40]}”不是项目编码（绿证编码的前 17 位）。",
            path=("projectCode",),
        )
    month, this = Month.of(given.month), Month.of(today())
    if not given.is_forecast and month > this:
        raise GenerationInvalid(
            reason_en=f"{month} has not come yet; record it as a forecast.",
            reason_zh=f"{month} 尚未到来，请登记为预测。",
            path=("month",),
        )
    kwh = given.kwh
    if not (kwh.is_finite() and 0 <= kwh < LARGEST_KWH) or kwh != round(kwh, PLACES):
        raise GenerationInvalid(
            reason_en=f"{kwh} kWh cannot be: zero or more, at most {PLACES} decimals.",
            reason_zh=f"{kwh} 千瓦时无效：应为非负数，最多 {PLACES} 位小数。",
            path=("generatedKwh",),
        )
    if len(given.reason) > LONGEST_REASON:
        raise GenerationInvalid(
            reason_en=f"The reason may have at most {LONGEST_REASON} characters.",
            reason_zh=f"原因最多 {LONGEST_REASON} 个字符。",
            path=("reason",),
        )
    return Generated(code, month.first_day, kwh, given.is_forecast, given.reason.strip())
