"""State figures of a division's year that accounts do not feed, each with its document; what was said before stays."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert, text

from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.regions import service as regions
from backend.targets import queries
from backend.targets.errors import TargetFigureInvalid, TargetHandedDown
from backend.targets.models import TargetFigure
from backend.targets.rules import checking
from backend.targets.service.common import is_whole, of_authority, own_path, path_of
from backend.targets.service.schemes import stated_items
from backend.targets.values import EMISSIONS, ZERO, FigureDraft, Paper, StatedFigure

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 320242))")
MOST_FIGURES = 100


async def record_stated(
    write: Write, scope: Scope, *, division_code: str, year: int, drafts: Sequence[FigureDraft], document: Paper
) -> list[StatedFigure]:  # fmt: skip
    """Enter or correct figures of a division's year; return all that count now. Without a value: it does not apply there.

    Raises:
        Unauthenticated, Forbidden: without `targets:evaluate`.
        TargetsOfAuthorities: not an authority.
        DivisionUnknown: no division of the caller's region.
        TargetYearInvalid, TargetDocumentInvalid: the year, the document.
        TargetFigureInvalid: none or too many, one twice, an item the year's scheme does not enter, a value that cannot be, or
            one that does not apply without saying why.
        TargetHandedDown: a division's emissions are stated by the authority above it.
    """
    of_authority(scope, "targets:evaluate")
    division = await regions.own_division(write, scope, division_code)
    checking.year(year, last=today().year)
    paper = checking.paper(document, today())
    units = {EMISSIONS: "tCO2e", **await stated_items(write, scope, year)}
    if not 1 <= len(drafts) <= MOST_FIGURES:
        raise _refused(0, "", f"is missing: give 1 to {MOST_FIGURES}", f"缺失：须填写 1 至 {MOST_FIGURES} 项")
    _check(drafts, units)
    is_own = scope.kind is Kind.AUTHORITY and division.path == scope.region
    if is_own and any(each.item == EMISSIONS for each in drafts) and not await is_whole(write, scope):
        raise TargetHandedDown(division=division.code, path=("input", "figures"))
    await write.value(_LOCK, {"name": f"{division.code}/{year}"})
    entered_from, at = await own_path(write, scope), now()
    await write.run(
        insert(TargetFigure),
        [
            {
                "id": new_id(), "division_code": division.code, "division_path": division.path, "year": year,
                "item": each.item, "value": each.value, "unit": units[each.item], "note": each.note.strip(),
                "document_number": paper.number, "document_dated": paper.dated, "document_title": paper.title,
                "entered_from": entered_from, "recorded_at": at, "recorded_by": scope.actor_id,
            }
            for each in drafts
        ],
    )  # fmt: skip
    write.audit(
        "targets:record", object_type="division", object_id=division.code, year=year,
        items=[each.item for each in drafts], document=paper.number,
    )  # fmt: skip
    return await queries.figures(write, scope, codes=[division.code], years=[year])


async def stated_figures(
    read: Read,
    scope: Scope,
    *,
    year: int | None = None,
    division_code: str | None = None,
    after: tuple[str, int, str] | None = None,
    limit: int = queries.EVERYTHING,
) -> list[StatedFigure]:
    """Return the stated figures that count, by division, year and item.

    Raises:
        Unauthenticated, Forbidden: without `targets:read`.
        DivisionUnknown: there is none, or it lies outside the caller's region.
    """
    scope.require("targets:read")
    under = None if division_code is None else await path_of(read, scope, division_code)
    years = None if year is None else [year]
    return await queries.figures(read, scope, under=under, years=years, after=after, limit=limit)


def _check(drafts: Sequence[FigureDraft], units: Mapping[str, str]) -> None:
    seen: set[str] = set()
    for at, each in enumerate(drafts):
        if each.item not in units:
            raise _refused(at, each.item, "is not entered for this year", "不属于该年度可填报的指标")
        if each.item in seen:
            raise _refused(at, each.item, "is given twice", "重复填写")
        seen.add(each.item)
        if len(each.note) > checking.LONGEST_TEXT:
            raise _refused(at, each.item, "has a note that is too long", "说明过长")
        if each.value is None:
            if each.item == EMISSIONS or not each.note.strip():
                raise _refused(at, each.item, "needs a value, or the reason why it does not apply",
                               "须填写数值，或说明不适用的原因")  # fmt: skip
        elif not checking.is_number(each.value) or (each.item == EMISSIONS and each.value < ZERO):
            raise _refused(at, each.item, f"cannot be {each.value}", f"的数值 {each.value} 无效")


def _refused(at: int, item: str, en: str, zh: str) -> TargetFigureInvalid:
    return TargetFigureInvalid(item=item, reason_en=en, reason_zh=zh, path=("input", "figures", str(at)))
