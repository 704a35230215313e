"""Reference levels of products (标杆水平、基准水平), and how units lie to them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.keyunits import queries_standing
from backend.keyunits.errors import KeyUnitLevelsCrossed
from backend.keyunits.models import KeyUnitReference
from backend.keyunits.rules import checking, referring
from backend.keyunits.service.common import lock, note, of_authority, paper, recorded
from backend.keyunits.service.listing import year_facts
from backend.keyunits.values import Document, ReferenceKind, ReferenceMetric, ReferenceRow, ReferenceStanding
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.regions import service as regions


async def record_reference(
    write: Write, scope: Scope, *, division_code: str, product: str, product_unit: str, metric: ReferenceMetric,
    kind: ReferenceKind, quantity: Decimal, starts_on: date, document: Document,
) -> ReferenceRow:  # fmt: skip
    """Enter a reference level of a product from a day on, with the document it was taken from.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:supervise`.
        DivisionUnknown, KeyUnitTextInvalid, KeyUnitQuantityInvalid, KeyUnitDocumentInvalid: in this order.
        KeyUnitLevelsCrossed: the leading level would lie above the baseline.
    """
    of_authority(scope)
    division = await regions.own_division(write, scope, division_code)
    name = checking.text(product, "product", checking.LONGEST_NAME)
    unit = checking.text(product_unit, "productUnit", 40)
    amount = checking.quantity(quantity, "quantity", is_positive=True)
    source = checking.document(document)
    await lock(write, f"reference:{division.path}:{name}")
    other = next(
        (
            each for each in await queries_standing.references(write, scope, on=starts_on, products=[name])
            if (each.product_unit, each.metric, each.division_path) == (unit, metric, division.path)
            and each.kind is not kind
        ), None,
    )  # fmt: skip
    if other is not None and (amount > other.quantity) is (kind is ReferenceKind.LEADING) and amount != other.quantity:
        raise KeyUnitLevelsCrossed(quantity=f"{amount:f}", other=f"{other.quantity:f}", path=("input", "quantity"))
    row = ReferenceRow(
        new_id(), division.code, division.path, name, unit, metric, kind, amount, starts_on, source.title,
        source.number, source.issued_on, **recorded(scope),
    )  # fmt: skip
    await write.run(
        insert(KeyUnitReference).values(
            id=row.id, division_code=division.code, division_path=division.path, product=name, product_unit=unit,
            metric=metric.value, kind=kind.value, quantity=amount, starts_on=starts_on, recorded_at=row.recorded_at,
            recorded_by=row.recorded_by, **paper(source),
        )
    )  # fmt: skip
    note(write, "keyunits:refer", "division", row.id, product=name, metric=metric.value, kind=kind.value)
    return row


async def reference_standings(
    read: Read, scope: Scope, asked: Sequence[tuple[UUID, int]]
) -> list[list[ReferenceStanding]]:
    """Return how the products of each account's year lie to the levels of its last day; for a loader.

    Of the levels that hold for the account those of the smallest region count. Four statements for each year.
    """
    answers: dict[tuple[UUID, int], list[ReferenceStanding]] = {}
    for year in {year for _, year in asked}:
        ids = [one for one, of in asked if of == year]
        facts = await year_facts(read, scope, year, account_ids=ids)
        figures = await accounts.figures(read, scope, ids, [year])
        known = {each.id: each for each in await accounts.accounts_by_id(read, scope, ids) if each is not None}
        levels = await queries_standing.references(read, scope, on=date(year, 12, 31))
        levels.sort(key=lambda each: len(each.division_path), reverse=True)
        for one in ids:
            path = "" if (account := known.get(one)) is None else account.division_path
            own = [each for each in levels if path.startswith(each.division_path)]
            answers[one, year] = referring.standings(year, facts.get(one), figures.get((one, year), []), own)
    return [answers[key] for key in asked]
