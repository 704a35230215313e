"""Holdings of CCER come in from the registry's export: serial ranges into the holder's own account."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.accounts import service as accounts
from backend.credits.ccer import rules
from backend.credits.ccer.errors import HoldingDatesInvalid, ImportTooLong
from backend.credits.ccer.service.claims import claim_imported
from backend.credits.ccer.service.reductions import REGISTRY
from backend.credits.ccer.values import HoldingRow
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.methods import is_old_scheme
from backend.ledger.values import CCER, BatchSpec, MovementValue, OriginRange, Reason

MOST_ROWS = 500
"""Rows of one import."""


async def import_holdings(
    write: Write, scope: Scope, *, account_id: UUID, rows: Sequence[HoldingRow], reference: str = ""
) -> list[MovementValue]:
    """Import runs of CCER into one's own account, all or none; a movement a row, in their order.

    What a row does not say (whether the project is managed by the trading market) stays not known, and an offset check
    will say that it cannot tell. The vintage is the year in which the row's production begins.

    Raises:
        Unauthenticated, Forbidden: without `credits:import`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ImportTooLong: none, or more than 500 rows.
        CcerTextInvalid, SerialsUnreadable, HoldingDatesInvalid, PlantCodeInvalid: a row.
        SerialsOverlap: two rows name the same serials.
        OriginOverlap, ClassFrozen: by the books.
        AlreadyClaimed: a green certificate stands on the energy of a row.
    """
    clean, batches = await _checked(write, scope, account_id, rows)
    why = Reason(purpose="ccer_import", reference=rules.words(reference, "reference"))
    movements = await ledger.import_units(write, scope, account_id, CCER, batches, why)
    for row, movement in zip(clean, movements, strict=True):
        if rules.is_exclusive(row.methodology):
            await claim_imported(
                write, scope, account_id, row.plant_code, row.produced_from, row.produced_to,
                movement_id=movement.id, facts={"project": row.project_code, "methodology": row.methodology},
            )  # fmt: skip
    return movements


async def holdings_ahead(read: Read, scope: Scope, *, account_id: UUID, rows: Sequence[HoldingRow]) -> list[BatchSpec]:
    """Return the batches the rows would become, in their order, for the clearing of their serials.

    Raises:
        Unauthenticated, Forbidden, AccountNotFound, AccountNotYours, AccountClosed, ImportTooLong, CcerTextInvalid,
        SerialsUnreadable, HoldingDatesInvalid, PlantCodeInvalid, SerialsOverlap: as `import_holdings`.
    """
    return [batch for _, batch in (await _checked(read, scope, account_id, rows))[1]]


async def _checked(
    read: Read, scope: Scope, account_id: UUID, rows: Sequence[HoldingRow]
) -> tuple[list[HoldingRow], list[tuple[Decimal, BatchSpec]]]:
    scope.require("credits:import")
    await accounts.own_account(read, scope, account_id)
    if not 1 <= len(rows) <= MOST_ROWS:
        raise ImportTooLong(most=MOST_ROWS, found=len(rows), path=("input", "rows"))
    clean = [_clean(row, number) for number, row in enumerate(rows, 1)]
    runs = [rules.serial_run(row.first_serial, row.last_serial, number) for number, row in enumerate(clean, 1)]
    rules.check_overlap(runs)
    return clean, [_batch(row, run) for row, run in zip(clean, runs, strict=True)]


def _clean(row: HoldingRow, number: int) -> HoldingRow:
    at = ("input", "rows", str(number - 1))
    clean = replace(
        row,
        project_code=rules.words(row.project_code, "projectCode", least=1, most=60).upper(),
        project_name=rules.words(row.project_name, "projectName"),
        methodology=rules.words(row.methodology, "methodology", least=1, most=60).upper(),
        plant_code=rules.words(row.plant_code, "plantCode", most=60).upper(),
    )
    if not row.produced_from <= row.produced_to <= row.registered_on <= today():
        raise HoldingDatesInvalid(
            row=number, path=(*at, "producedFrom"),
            reason_en=f"produced {row.produced_from} to {row.produced_to}, registered {row.registered_on}: they must "
            "follow one another and not lie in the future.",
            reason_zh=f"产生期 {row.produced_from} 至 {row.produced_to}、登记日期 {row.registered_on} 须依次排列且不晚于今天。",
        )  # fmt: skip
    rules.check_plant(clean.methodology, clean.plant_code, (*at, "plantCode"))
    return clean


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
