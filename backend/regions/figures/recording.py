"""Enter figures of a division's year. Nothing is overwritten: a correction is a newer row with its own document."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, text

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.errors import Invalid
from backend.kit.ids import new_id
from backend.kit.quantities import convert
from backend.kit.scope import Scope
from backend.regions.errors import RegionFiguresInvalid
from backend.regions.figures.models import RegionFigure
from backend.regions.figures.queries import standing
from backend.regions.places import check_year, checked_document, checked_note, own_division
from backend.regions.values import FIGURE_UNITS, Document, FigureDraft, FigureKind, FigureValue

MOST_DIGITS, MOST_PLACES = 18, 6
# A division's figures of a year are entered one after the other: which one is newest must not depend on a race.
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 320241))")


async def record_figures(
    write: Write, scope: Scope, *, division_code: str, year: int, drafts: Sequence[FigureDraft], document: Document,
    note: str = "",
) -> list[FigureValue]:  # fmt: skip
    """Enter, correct or take away figures of a division's year; return all that stand now.

    A figure that stands as given already, with the same document, is left alone.

    Raises:
        Unauthenticated, Forbidden: without `regions:record`.
        DivisionUnknown: no division of the caller's region.
        RegionYearInvalid: before 2005 or after this year.
        DocumentInvalid: no document, or a note too long.
        RegionFiguresInvalid: none, one twice, a unit that does not fit, a quantity that cannot be, or one taken away that does
            not stand; `details.faults` names each.
    """
    scope.require("regions:record")
    division = await own_division(write, scope, division_code)
    check_year(year)
    source, said = checked_document(document), checked_note(note)
    await write.value(_LOCK, {"name": f"{division.code}/{year}"})
    before = {
        each.kind: each
        for each in await standing(write, scope.as_system(), division_codes=[division.code], years=[year])
    }
    at, rows = now(), list[dict[str, Any]]()
    for draft, quantity in _checked(drafts, before):
        old = before.get(draft.kind)
        told = (source.title, source.number, source.issued_on)
        if old is not None and (old.quantity, old.document, old.document_number, old.document_date) == (
            quantity,
            *told,
        ):
            continue
        rows.append({
            "id": new_id(), "division_code": division.code, "division_path": division.path, "year": year,
            "kind": draft.kind.value, "quantity": quantity if quantity is not None or old is None else old.quantity,
            "unit": FIGURE_UNITS[draft.kind], "document": source.title, "document_number": source.number,
            "document_date": source.issued_on, "note": said, "is_withdrawn": quantity is None, "recorded_at": at,
            "recorded_by": scope.actor_id,
        })  # fmt: skip
    if rows:
        await write.run(insert(RegionFigure), rows)
        write.audit(
            "regions:record_figures", object_type="division", object_id=division.code, year=year,
            kinds=[each["kind"] for each in rows], document=source.title,
        )  # fmt: skip
    return await standing(write, scope, division_codes=[division.code], years=[year])


def _checked(
    drafts: Sequence[FigureDraft], before: dict[FigureKind, FigureValue]
) -> list[tuple[FigureDraft, Decimal | None]]:
    """Return the drafts with their quantities in the kept unit. Raises RegionFiguresInvalid."""
    found: list[tuple[FigureDraft, Decimal | None]] = []
    faults: list[dict[str, Any]] = []
    seen: set[FigureKind] = set()
    for place, draft in enumerate(drafts):
        told: tuple[str, str] | None = None
        quantity: Decimal | None = None
        if draft.kind in seen:
            told = f"“{draft.kind.value}”重复填写", f"{draft.kind.value} is given twice"
        elif draft.quantity is None:
            if draft.kind not in before:
                told = f"没有可撤回的“{draft.kind.value}”", f"there is no {draft.kind.value} to take away"
        else:
            quantity, told = _kept(draft.kind, draft.quantity, draft.unit)
        seen.add(draft.kind)
        if told is None:
            found.append((draft, quantity))
        else:
            faults.append({"place": place, "kind": draft.kind.value, "zh": told[0], "en": told[1]})
    if not drafts:
        faults.append({"place": 0, "kind": "", "zh": "请至少填写一项数据", "en": "name at least one figure"})
    if faults:
        raise RegionFiguresInvalid(
            count=len(faults), first_zh=faults[0]["zh"], first_en=faults[0]["en"], faults=faults,
            path=("input", "figures", str(faults[0]["place"])),
        )  # fmt: skip
    return found


def _kept(kind: FigureKind, quantity: Decimal, unit: str) -> tuple[Decimal | None, tuple[str, str] | None]:
    """Return a quantity in the unit its kind is kept in, or what is wrong with it in Chinese and English."""
    exponent = quantity.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > MOST_PLACES or quantity.adjusted() >= MOST_DIGITS or quantity < 0:
        return None, (
            f"数值 {quantity} 无效：应为非负数，整数最多 {MOST_DIGITS} 位，小数最多 {MOST_PLACES} 位",
            f"{quantity} cannot be: not negative, at most {MOST_DIGITS} digits before and {MOST_PLACES} after the point",
        )
    try:
        kept = convert(quantity, unit or FIGURE_UNITS[kind], FIGURE_UNITS[kind])
    except Invalid as error:
        return None, (error.message("zh"), error.message("en"))
    if kind is FigureKind.POPULATION and kept != kept.to_integral_value():
        return None, ("人口应为整数", "people are whole")
    return kept, None


__all__ = ["record_figures"]
