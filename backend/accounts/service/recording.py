"""Record the yearly figures of an account, correct them, take them away."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, text

from backend.accounts import queries
from backend.accounts.errors import EvidenceNotFound, YearOutOfRange
from backend.accounts.figures import rules
from backend.accounts.figures.queries import figures, newest
from backend.accounts.models import YearFigure
from backend.accounts.rules import reason as reasoned
from backend.accounts.service.common import changeable, note
from backend.accounts.values import FIRST_YEAR, FigureDraft, FigureValue
from backend.kit.clock import today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope


async def record_figures(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    year: int,
    drafts: Sequence[FigureDraft],
    evidence_id: UUID | None = None,
    reason: str = "",
) -> list[FigureValue]:
    """Record figures of a year; return all that stand then, by kind, the main product first.

    Nothing is overwritten: a figure that stood is followed by one that names it, with the reason. A draft without a
    quantity takes its figure away. What stands already as given is not written again. `evidence_id` proves the figures
    given; without it they rest on the holder's word.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        YearOutOfRange: before 2005, or not begun.
        FiguresMissing, FiguresTooMany, ProductMissing, ProductUnexpected, TextTooLong, UnknownUnit, FigureUnitInvalid,
        FigureInvalid, FigureTwice: see `rules.drafts`; the path names the row.
        EvidenceNotFound: not in this account.
        FigureUnexpected, MainProductUnclear: see `rules.changes`.
        ReasonMissing, TextTooLong: to change or take away what stands.
    """
    scope.require("accounts:manage")
    # Alone: of two that record the same figure at once, the second follows what the first wrote.
    account = await changeable(write, scope, account_id, is_alone=True)
    if not FIRST_YEAR <= year <= today().year:
        raise YearOutOfRange(year=year, first=FIRST_YEAR, last=today().year, path=("input", "year"))
    given = rules.drafts(drafts)
    if evidence_id is not None and await queries.evidence(write, scope, account_id, evidence_id) is None:
        raise EvidenceNotFound(path=("input", "evidenceId"))
    changes = rules.changes(given, await newest(write, account_id, year), year, evidence_id)
    why = reasoned(reason) if any(change.before is not None for change in changes) else ""
    # The database's clock, read after the lock: what follows is later, whichever machine wrote what came before.
    at: datetime = await write.value(text("select clock_timestamp()"))
    values = [_value(scope, account_id, year, change, why, at) for change in changes]
    if values:
        await write.run(insert(YearFigure), [_row(value) for value in values])
        note(
            write, account, "accounts:record_figures", "reporting_year", year, year=year, reason=why,
            evidence=evidence_id, figures=[_told(change) for change in changes],
        )  # fmt: skip
    return (await figures(write, scope, [account_id], [year])).get((account_id, year), [])


def _value(scope: Scope, account_id: UUID, year: int, change: rules.Change, why: str, at: datetime) -> FigureValue:
    """Return a change as it is written; what is withdrawn repeats what it takes away."""
    before = change.before
    quantity = change.quantity
    if quantity is None:
        assert before is not None, "only what stands is withdrawn"  # noqa: S101 - `rules.changes` refuses the rest
        quantity = before.quantity
    return FigureValue(
        account_id=account_id,
        id=new_id(),
        year=year,
        kind=change.kind,
        product=change.product,
        quantity=quantity,
        unit=change.unit if change.quantity is not None or before is None else before.unit,
        evidence_id=change.evidence_id,
        note=why if before is not None else "",
        recorded_at=at,
        recorded_by=scope.actor_id,
        supersedes_id=None if before is None else before.id,
        is_main=change.is_main,
        is_withdrawn=change.quantity is None,
    )


def _row(value: FigureValue) -> dict[str, object]:
    names = ("account_id", "id", "year", "product", "quantity", "unit", "evidence_id", "note", "recorded_at",
             "recorded_by", "supersedes_id", "is_main", "is_withdrawn")  # fmt: skip
    return {"kind": value.kind.value, **{each: getattr(value, each) for each in names}}


def _told(change: rules.Change) -> dict[str, object]:
    before = change.before
    return {
        "figure": rules.name((change.kind, change.product)), "unit": change.unit, "is_main": change.is_main,
        "before": None if before is None or before.is_withdrawn else before.quantity, "after": change.quantity,
    }  # fmt: skip
