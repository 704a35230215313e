"""Rules of yearly figures: what each kind can be, in which unit it is kept, and which product is the main one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from backend.accounts import rules
from backend.accounts.errors import (
    FigureInvalid,
    FiguresMissing,
    FiguresTooMany,
    FigureTwice,
    FigureUnexpected,
    FigureUnitInvalid,
    MainProductUnclear,
    ProductMissing,
    ProductUnexpected,
)
from backend.accounts.values import FigureDraft, FigureKind, FigureValue
from backend.kit.errors import Invalid
from backend.kit.quantities import EXACT, convert, unit, units_for

MOST_FIGURES = 100
LONGEST_PRODUCT = 80
MOST_DIGITS, MOST_PLACES = 18, 6
SIGNED = frozenset({FigureKind.VALUE_ADDED, FigureKind.EQUITY})
KEPT_IN: Mapping[FigureKind, str] = {
    kind: "person" if kind is FigureKind.EMPLOYEES else "CNY" for kind in FigureKind if kind is not FigureKind.OUTPUT
}
"""The unit each kind is kept in; output is kept in the unit it is given in."""
OF_PRODUCTS = ("mass", "volume", "electricity", "heat", "count", "area", "freight", "travel", "distance")
"""What output can be measured in."""

Identity = tuple[FigureKind, str]
"""What tells a figure from others of its year: its kind, and of output the product."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is to stand from now on (`quantity` None: no longer), and what it follows."""

    kind: FigureKind
    product: str
    quantity: Decimal | None
    unit: str
    is_main: bool
    evidence_id: UUID | None
    before: FigureValue | None


def name(identity: Identity) -> str:
    """Return how a sentence names a figure: `output (粗钢)`."""
    kind, product = identity
    return f"{kind.value} ({product})" if product else kind.value


def drafts(given: Sequence[FigureDraft]) -> list[FigureDraft]:
    """Return figures as they are kept: products and units in their one spelling, money in CNY.

    Raises:
        FiguresMissing, FiguresTooMany: none, or more than a year has.
        ProductMissing, ProductUnexpected, TextTooLong: the product, with the path of its row.
        UnknownUnit, FigureUnitInvalid: the unit.
        FigureInvalid: the quantity.
        FigureTwice: a kind (of a product) that came before in the list.
    """
    if not given:
        raise FiguresMissing(path=("input", "figures"))
    if len(given) > MOST_FIGURES:
        raise FiguresTooMany(most=MOST_FIGURES, path=("input", "figures"))
    found: dict[Identity, FigureDraft] = {}
    for place, draft in enumerate(given):
        kept = _draft(draft, place)
        identity = (kept.kind, kept.product)
        if identity in found:
            raise FigureTwice(figure=name(identity), path=_path(place))
        found[identity] = kept
    return list(found.values())


def changes(
    given: Sequence[FigureDraft], newest: Mapping[Identity, FigureValue], year: int, evidence_id: UUID | None
) -> list[Change]:
    """Return what is to be written so that the figures stand as given; what stands so already is left out.

    `given` are drafts as `drafts` returns them, `newest` the last word on each figure of the year, `evidence_id` what
    proves those given. A figure that is given again as it stands keeps its evidence unless there is other. Of the
    products exactly one is main: the one marked now, else the one that was, else the first of a year that had none.

    Raises:
        FigureUnexpected: one is withdrawn that does not stand.
        FiguresTooMany: more would stand than a year has.
        MainProductUnclear: two are marked, or the main one is withdrawn or unmarked and no other is marked.
    """
    standing = {identity: value for identity, value in newest.items() if not value.is_withdrawn}
    wanted: dict[Identity, Change] = {}
    for place, draft in enumerate(given):
        identity = (draft.kind, draft.product)
        if draft.quantity is None and identity not in standing:
            raise FigureUnexpected(figure=name(identity), year=year, path=_path(place))
        proof = _proof(draft, standing.get(identity), evidence_id)
        wanted[identity] = Change(
            draft.kind, draft.product, draft.quantity, draft.unit,
            is_main=False, evidence_id=proof, before=newest.get(identity),
        )  # fmt: skip
    after: dict[Identity, Change] = {
        identity: Change(value.kind, value.product, value.quantity, value.unit, value.is_main, value.evidence_id, value)
        for identity, value in standing.items()
    }
    after |= wanted
    present = [identity for identity, change in after.items() if change.quantity is not None]
    if len(present) > MOST_FIGURES:
        raise FiguresTooMany(most=MOST_FIGURES, path=("input", "figures"))
    main = _main(given, [each for each in present if each[0] is FigureKind.OUTPUT], standing)
    settled = {identity: replace(change, is_main=identity == main) for identity, change in after.items()}
    return [change for identity, change in settled.items() if _differs(change, standing.get(identity))]


def _main(
    given: Sequence[FigureDraft], products: Sequence[Identity], standing: Mapping[Identity, FigureValue]
) -> Identity | None:
    """Return which of the year's products is the main one, None where there are none."""
    if not products:
        return None
    marks = {(draft.kind, draft.product): draft.is_main for draft in given}
    marked = [identity for identity in products if marks.get(identity)]
    kept = [each for each in products if each in standing and standing[each].is_main and marks.get(each) is not False]
    fresh = [] if any(each.is_main for each in standing.values()) else [each for each in products if each in marks]
    candidates = marked or kept or [each for each in fresh if marks[each] is not False][:1]
    if len(candidates) != 1:
        if len(products) == 1:
            return products[0]
        raise MainProductUnclear(products=", ".join(product for _, product in products), path=("input", "figures"))
    return candidates[0]


def _differs(change: Change, standing: FigureValue | None) -> bool:
    if standing is None:
        return change.quantity is not None
    return (change.quantity, change.unit, change.is_main, change.evidence_id) != (
        standing.quantity, standing.unit, standing.is_main, standing.evidence_id,
    )  # fmt: skip


def _proof(draft: FigureDraft, standing: FigureValue | None, evidence_id: UUID | None) -> UUID | None:
    """Return what proves a draft: the file given, else what proved the same figure before."""
    if evidence_id is not None or standing is None:
        return evidence_id
    is_same = draft.quantity is None or (draft.quantity, draft.unit) == (standing.quantity, standing.unit)
    return standing.evidence_id if is_same else None


def _draft(draft: FigureDraft, place: int) -> FigureDraft:
    """Return one figure as it is kept; see `drafts`."""
    kind = draft.kind
    try:
        product = rules.text(draft.product, "product", most=LONGEST_PRODUCT, is_needed=False)
    except Invalid as error:
        error.path = _path(place, "product")
        raise
    if kind is FigureKind.OUTPUT and not product:
        raise ProductMissing(path=_path(place, "product"))
    if kind is not FigureKind.OUTPUT and product:
        raise ProductUnexpected(figure=kind.value, path=_path(place, "product"))
    is_main = draft.is_main if kind is FigureKind.OUTPUT else None
    if draft.quantity is None:
        return FigureDraft(kind, None, "", product, is_main)
    kept_in = _unit(kind, draft.unit, place)
    _check(kind, draft.quantity, place)
    return FigureDraft(kind, _trimmed(convert(draft.quantity, draft.unit, kept_in)), kept_in, product, is_main)


def _trimmed(quantity: Decimal) -> Decimal:
    """Return the same number without zeros after its last digit; whole ones without a point or exponent."""
    whole = quantity.to_integral_value()
    return Decimal(int(whole)) if quantity == whole else quantity.normalize(EXACT)


def _unit(kind: FigureKind, written: str, place: int) -> str:
    """Return the unit a figure is kept in. Raises UnknownUnit, FigureUnitInvalid."""
    try:
        spelled = unit(written)
    except Invalid as error:
        error.path = _path(place, "unit")
        raise
    kept_in = KEPT_IN.get(kind, spelled.code)
    dimensions = OF_PRODUCTS if kind is FigureKind.OUTPUT else (unit(kept_in).dimension,)
    if spelled.dimension not in dimensions:
        accepted = ", ".join(each.code for dimension in dimensions for each in units_for(dimension)[:2])
        raise FigureUnitInvalid(figure=kind.value, unit=written, accepted=accepted, path=_path(place, "unit"))
    return kept_in


def _check(kind: FigureKind, quantity: Decimal, place: int) -> None:
    """Raise FigureInvalid unless the kind can have this quantity."""

    def refuse(reason_en: str, reason_zh: str) -> FigureInvalid:
        return FigureInvalid(
            figure=kind.value, value=str(quantity), reason_en=reason_en, reason_zh=reason_zh,
            path=_path(place, "quantity"),
        )  # fmt: skip

    if not quantity.is_finite():
        raise refuse("it is no number", "不是数值")
    exponent = quantity.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > MOST_PLACES or quantity.adjusted() >= MOST_DIGITS:
        raise refuse(
            f"at most {MOST_DIGITS} digits before and {MOST_PLACES} after the point",
            f"整数最多 {MOST_DIGITS} 位，小数最多 {MOST_PLACES} 位",
        )
    if quantity < 0 and kind not in SIGNED:
        raise refuse("it cannot be negative", "不能为负数")
    if kind is FigureKind.EMPLOYEES and quantity != quantity.to_integral_value():
        raise refuse("people are whole", "人数须为整数")


def _path(place: int, *field: str) -> tuple[str, ...]:
    return ("input", "figures", str(place), *field)
