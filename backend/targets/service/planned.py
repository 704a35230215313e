"""Follow the numbers of the jurisdiction's documents: counted where the product has the registers, else entered."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import insert

from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.parks import service as parks
from backend.targets import queries_planned as queries
from backend.targets.errors import PlanTargetNotFound, TargetFigureInvalid
from backend.targets.models import PlanTargetValue
from backend.targets.rules import checking, planned
from backend.targets.service.common import code_of, of_authority, of_whole, whole
from backend.targets.values import FIRST_YEAR, Paper
from backend.targets.values_plans import (
    EnteredDraft,
    EnteredValue,
    Named,
    PlanStanding,
    PlanTargetSource,
)
from backend.tenants import service as tenants

MOST_VALUES, MOST_HISTORY = 100, 500
ZERO_DAYS = date(FIRST_YEAR, 1, 1)


async def plan_targets(read: Read, scope: Scope, *, year: int | None = None) -> list[PlanStanding]:
    """Return the numbers of the jurisdiction's documents beside where they stand; a year leaves only those of it.

    Values are of the whole jurisdiction: to an authority of a part they cannot be told.

    Raises:
        Unauthenticated, Forbidden: without `targets:read`.
        TargetsOfAuthorities: not an authority.
    """
    of_authority(scope, "targets:read")
    path, day = await whole(read, scope), today()
    is_whole = scope.kind is Kind.SYSTEM or scope.region == path
    entered = await queries.newest(read, scope, path)
    found = [_standing(each, entered.get(each.item), day) for each in await _named(read, scope)]
    if scope.allows("parks:read"):
        counted = await parks.progress(read, scope, under=path, on=day)
        for each in counted:
            target = each.target
            named = Named(
                item=f"{target.measure}_{target.year}", year=target.year, is_yearly=False, comparator=target.comparator,
                quantity=target.quantity, unit=target.unit, name_zh=target.name_zh, name_en=target.name_en,
                document=target.document, place=target.place, quote=target.quote, confidence=target.confidence,
            )  # fmt: skip
            value = each.found if is_whole else None
            found.append(
                PlanStanding(
                    named, value, each.on if is_whole else None,
                    PlanTargetSource.COUNTED if is_whole else PlanTargetSource.NONE, "", "",
                    planned.percent(value, named.quantity), planned.outcome(named, value, each.on, day),
                )
            )  # fmt: skip
    return [each for each in found if year is None or each.named.year == year]


async def record_plan_values(
    write: Write, scope: Scope, drafts: Sequence[EnteredDraft], *, document: Paper
) -> list[PlanStanding]:  # fmt: skip
    """Enter where numbers of the documents stood on a day; what was entered before stays on record.

    Raises:
        Unauthenticated, Forbidden: without `targets:evaluate`.
        TargetsOfAuthorities, TargetsOfTheWhole: not the authority of the whole jurisdiction.
        TargetDocumentInvalid: the document.
        TargetFigureInvalid: none or too many, a day to come, a value that cannot be.
        PlanTargetNotFound: a document names no such number, or the product counts it itself.
    """
    path = await of_whole(write, scope, "targets:evaluate")
    paper = checking.paper(document, today())
    if not 1 <= len(drafts) <= MOST_VALUES:
        raise _refused(0, "", f"is missing: give 1 to {MOST_VALUES}", f"缺失：须填写 1 至 {MOST_VALUES} 项")
    known = {each.item for each in await _named(write, scope)}
    for at, each in enumerate(drafts):
        if each.item not in known:
            raise PlanTargetNotFound(item=each.item, path=("input", "values", str(at)))
        if not ZERO_DAYS <= each.as_of <= today():
            raise _refused(at, each.item, "is of a day to come, or too long ago", "的日期晚于今天或过早")
        if not checking.is_number(each.value) or len(each.note) > checking.LONGEST_TEXT:
            raise _refused(at, each.item, "has a value that cannot be, or a note too long", "的数值无效或说明过长")
    at_moment = now()
    await write.run(
        insert(PlanTargetValue),
        [
            {
                "id": new_id(), "division_code": code_of(path), "division_path": path, "item": each.item,
                "as_of": each.as_of, "value": each.value, "note": each.note.strip(), "document_number": paper.number,
                "document_dated": paper.dated, "document_title": paper.title, "recorded_at": at_moment,
                "recorded_by": scope.actor_id,
            }
            for each in drafts
        ],
    )  # fmt: skip
    write.audit(
        "targets:record_plan_values", object_type="division", object_id=code_of(path),
        items=[each.item for each in drafts], document=paper.number,
    )  # fmt: skip
    changed = {each.item for each in drafts}
    return [each for each in await plan_targets(write, scope) if each.named.item in changed]


async def plan_target_history(read: Read, scope: Scope, item: str) -> list[EnteredValue]:
    """Return every entered value of a number, the newest day first.

    Raises:
        Unauthenticated, Forbidden: without `targets:read`.
        TargetsOfAuthorities: not an authority.
    """
    of_authority(scope, "targets:read")
    return await queries.history(read, scope, await whole(read, scope), item, limit=MOST_HISTORY)


def _standing(named: Named, entered: EnteredValue | None, day: date) -> PlanStanding:
    value, as_of = (None, None) if entered is None else (entered.value, entered.as_of)
    return PlanStanding(
        named, value, as_of, PlanTargetSource.NONE if entered is None else PlanTargetSource.ENTERED,
        "" if entered is None else f"{entered.document_number} {entered.document_title}",
        "" if entered is None else entered.note, planned.percent(value, named.quantity),
        planned.outcome(named, value, as_of, day),
    )  # fmt: skip


async def _named(read: Read, scope: Scope) -> list[Named]:
    pack = await tenants.pack_in_force(read, scope)
    titles = {each.code: f"{each.number or ''} {each.title_zh}".strip() for each in pack.documents}
    return [
        Named(
            item=each.code, year=each.year, is_yearly=each.is_yearly, comparator=each.comparator, quantity=each.quantity,
            unit=each.unit, name_zh=each.name_zh, name_en=each.name_en, document=titles.get(each.document or "", ""),
            place=each.item, quote=each.quote, confidence=each.confidence.value,
        )
        for each in pack.plan_targets
    ]  # fmt: skip


def _refused(at: int, item: str, en: str, zh: str) -> TargetFigureInvalid:
    return TargetFigureInvalid(item=item, reason_en=en, reason_zh=zh, path=("input", "values", str(at)))
