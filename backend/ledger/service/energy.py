"""The energy behind imported units: claimed once, and for as long as any unit of it stands somewhere.

Units of one plant and month come by several files, of several holders; the first of them claims the energy and guards
it for the others. So a claim does not end with the import that made it, but with the last unit of its energy.
"""

from datetime import date

from sqlalchemy import text

from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.ledger.claims.queries import claims_on
from backend.ledger.claims.values import ENERGY, ENERGY_USES, Extent, energy_of
from backend.ledger.queries import batches as batches_by_id
from backend.ledger.queries import movements_by_id
from backend.ledger.service.claiming import withdraw_claims
from backend.ledger.values import MovementKind, MovementValue
from backend.tenants import service as tenants

ALONE = text("select pg_advisory_xact_lock(hashtext('carbon.energy_claims'))")
STANDING = text("""
select exists (
    select from ledger_batch b
        where b.class_code = :class_code and b.produced_from <= :last and b.produced_to >= :first
            and case b.class_code when 'CCER' then b.attributes ->> 'plant_code' else b.project_code end = :plant
            and exists (
                select from ledger_balance held where held.batch_id = b.id and held.bucket <> 'origin' and held.amount > 0
            )
)""")


async def free_energy(write: Write, scope: Scope, reversed_: MovementValue) -> None:
    """End the claims on the energy of a reversed import that no unit stands for any more.

    Only the authority of the whole jurisdiction sees every unit; the reversal of any other leaves the claims as they are:
    what cannot be told keeps the energy claimed.
    """
    use = ENERGY_USES.get(reversed_.class_code)
    whole = scope.kind is Kind.SYSTEM or scope.region == (await tenants.pack_in_force(write, scope)).region
    if reversed_.kind is not MovementKind.IMPORT or use is None or not whole:
        return
    batches = (await batches_by_id(write, scope, reversed_.batch_ids)).values()
    extents = [each for batch in batches if (each := energy_of(reversed_.class_code, batch)) is not None]
    if not extents:
        return
    # An import that rests on a claim is either committed and seen here, or claims after this commit.
    await write.run(ALONE)
    found = [
        each for each in await claims_on(write, scope, extents) if each.use is use and each.movement_id is not None
    ]
    made = await movements_by_id(write, scope, [each.movement_id for each in found if each.movement_id is not None])
    for each in found:
        movement = None if each.movement_id is None else made.get(each.movement_id)
        if movement is None or movement.kind is not MovementKind.IMPORT:
            continue  # an issuance is annulled by its own command
        if not [one for one in each.extents if await _is_held(write, reversed_.class_code, one)]:
            await withdraw_claims(write, scope, movement.id)


async def _is_held(read: Read, class_code: str, extent: Extent) -> bool:
    given = {
        "class_code": class_code, "plant": extent.subject.removeprefix(ENERGY),
        "first": date.fromordinal(extent.first), "last": date.fromordinal(extent.last),
    }  # fmt: skip
    return bool(await read.value(STANDING, given))
