"""Holdings of CCER come in from the registry's export: serial ranges into the holder's own account."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.accounts import service as accounts
from backend.credits.ccer import rules
from backend.credits.ccer.errors import HoldingDatesInvalid, HoldingMethodologyUnknown, ImportTooLong
from backend.credits.ccer.published import methodology_of
from backend.credits.ccer.service.claims import claim_imported, to_claim
from backend.credits.ccer.service.reductions import REGISTRY
from backend.credits.ccer.values import STARTED_AFTER, HoldingRow
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.methods import OLD_SCHEME_BEFORE, is_old_scheme
from backend.ledger.ports import fold
from backend.ledger.values import CCER, BatchSpec, MovementValue, OriginRange, Reason

MOST_ROWS = 500
"""Rows of one import."""


async def import_holdings(
    write: Write, scope: Scope, *, account_id: UUID, rows: Sequence[HoldingRow], reference: str = ""
) -> list[MovementValue]:
    """Import runs of CCER into one's own account, all or none; a movement a row, in their order.

    What a row does not say (whether the project is managed by the trading market) stays not known, and an offset check
    will say that it cannot tell. The vintage is the year in which the row's production begins. The energy of a plant that
    is named is claimed for CCER, whatever the methodology.

    Raises:
        Unauthenticated, Forbidden: without `credits:import`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ImportTooLong: none, or more than 500 rows.
        CcerTextInvalid, HoldingDatesInvalid, HoldingMethodologyUnknown, PlantCodeInvalid, SerialsUnreadable: a row.
        SerialsOverlap: two rows name the same serials.
        OriginOverlap, ClassFrozen: by the books.
        AlreadyClaimed: a green certificate stands on the energy of a row.
    """
    batches = await _checked(write, scope, account_id, rows)
    why = Reason(purpose="ccer_import", reference=rules.words(reference, "reference"))
    movements = await ledger.import_units(write, scope, account_id, CCER, batches, why)
    for _, extent, movement, facts in to_claim([spec for _, spec in batches], movements):
        await claim_imported(write, scope, account_id, extent, movement_id=movement.id, facts=facts)
    return movements


async def holdings_ahead(read: Read, scope: Scope, *, account_id: UUID, rows: Sequence[HoldingRow]) -> list[BatchSpec]:
    """Return the batches the rows would become, in their order, for the clearing of their serials.

    Raises:
        Unauthenticated, Forbidden, AccountNotFound, AccountNotYours, AccountClosed, ImportTooLong, CcerTextInvalid,
        HoldingDatesInvalid, HoldingMethodologyUnknown, PlantCodeInvalid, SerialsUnreadable, SerialsOverlap: as
        `import_holdings`.
    """
    return [batch for _, batch in await _checked(read, scope, account_id, rows)]


async def _checked(
    read: Read, scope: Scope, account_id: UUID, rows: Sequence[HoldingRow]
) -> list[tuple[Decimal, BatchSpec]]:
    scope.require("credits:import")
    await accounts.own_account(read, scope, account_id)
    if not 1 <= len(rows) <= MOST_ROWS:
        raise ImportTooLong(most=MOST_ROWS, found=len(rows), path=("input", "rows"))
    clean = [_clean(row, number) for number, row in enumerate(rows, 1)]
    runs = [rules.serial_run(row.first_serial, row.last_serial, number) for number, row in enumerate(clean, 1)]
    rules.check_overlap(runs)
    return [_batch(row, run) for row, run in zip(clean, runs, strict=True)]


def _clean(row: HoldingRow, number: int) -> HoldingRow:
    at = ("input", "rows", str(number - 1))
    clean = replace(
        row,
        project_code=rules.words(row.project_code, "projectCode", least=1, most=60).upper(),
        project_name=rules.words(row.project_name, "projectName"),
        methodology=rules.words(row.methodology, "methodology", least=1, most=60),
        plant_code=fold(rules.words(row.plant_code, "plantCode", most=60)),
    )
    dates = (row.produced_from, row.produced_to, row.registered_on, today())
    if row.produced_from.year < STARTED_AFTER.year or list(dates) != sorted(dates):
        raise HoldingDatesInvalid(
            row=number, path=(*at, "producedFrom"),
            reason_en=f"produced {row.produced_from} to {row.produced_to}, registered {row.registered_on}: they must "
            f"follow one another, begin in {STARTED_AFTER.year} or later, and not lie in the future.",
            reason_zh=f"产生期 {row.produced_from} 至 {row.produced_to}、登记日期 {row.registered_on} 须依次排列，"
            f"不早于 {STARTED_AFTER.year} 年且不晚于今天。",
        )  # fmt: skip
    methodology = methodology_of(clean.methodology, row.registered_on)
    if methodology is None:
        raise HoldingMethodologyUnknown(
            row=number, value=clean.methodology, limit=str(OLD_SCHEME_BEFORE), path=(*at, "methodology")
        )
    rules.check_plant(methodology, clean.plant_code, (*at, "plantCode"))
    return replace(clean, methodology=methodology)


def _batch(row: HoldingRow, run: tuple[str, int, int]) -> tuple[Decimal, BatchSpec]:
    frame, first, last = run
    attributes = unit_attributes(
        row.registered_on, row.methodology, row.project_name, row.plant_code, is_ets_managed=row.is_ets_managed
    )
    return Decimal(last - first + 1), BatchSpec(
        vintage=row.produced_from.year,
        produced_from=row.produced_from,
        produced_to=row.produced_to,
        project_code=row.project_code,
        attributes=attributes,
        origins=(OriginRange(REGISTRY, frame, first, last),),
    )


def unit_attributes(
    registered_on: date, methodology: str, project_name: str, plant_code: str, *, is_ets_managed: bool | None
) -> dict[str, Any]:
    """Return what a batch of imported CCER keeps of its project; what is not known is left out."""
    found: dict[str, Any] = {
        "registered_on": str(registered_on),
        "methodology": methodology,
        "old_scheme": is_old_scheme(registered_on),
        "project_name": project_name,
        "plant_code": plant_code,
    }
    if is_ets_managed is not None:
        found["is_ets_managed"] = is_ets_managed
    return found
