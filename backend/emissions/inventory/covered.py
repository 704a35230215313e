"""What claimed certificates cover, brought into a calculation: covered electricity stands apart from the rest.

The cells of the accounts that claim travel to Python, are covered by the law of `claims.covering`, and what is covered
goes back into the groups as rows of their own (`is_covered`). Accounts without claims cost one look into the claims.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.emissions.claims.covering import cover, total
from backend.emissions.claims.queries import HAS_OWN_FACTOR, fold, known_claims
from backend.emissions.claims.values import METHOD, SOLD, UNIT, EnergyClaim, Facts, Purchases
from backend.emissions.inventory.run import Run, Standing, dumps
from backend.kit.db import Write
from backend.kit.quantities import EXACT, conversion

CELLS = text(f"""
select g.account_id, g.source_id, g.month, g.unit, cast(g.parameters as text) as parameters, g.quality, s.method,
    g.is_approved, {HAS_OWN_FACTOR} as has_own_factor, g.quantity
from calculation_group g
join source s on s.account_id = g.account_id and s.id = g.source_id
where g.account_id = any(cast(:account_ids as uuid[])) and s.method in ('{METHOD}', '{SOLD}')
order by g.quality""")

SPLIT = text("""
with covered as materialized (
    select * from jsonb_to_recordset(cast(:rows as jsonb)) as c(
        account_id uuid, source_id uuid, month date, unit text, parameters jsonb, quality int, quantity numeric)
),
rest as (
    update calculation_group g set quantity = g.quantity - c.quantity
    from covered c
    where g.account_id = c.account_id and g.source_id = c.source_id and g.month = c.month and g.unit = c.unit
        and g.parameters = c.parameters and g.quality = c.quality and g.is_approved
    returning g.account_id, g.source_id, g.month, g.unit, g.parameters, g.is_approved, g.quality, g.records, g.epoch,
        g.month_bit, c.quantity as covered
)
insert into calculation_group (account_id, source_id, month, unit, parameters, is_approved, quality, quantity, records,
    epoch, month_bit, is_covered)
select account_id, source_id, month, unit, parameters, is_approved, quality, covered, records, epoch, month_bit, true
from rest""")

CLAIM = text("""
create temporary table calculation_claim on commit drop as
select * from jsonb_to_recordset(cast(:rows as jsonb)) as c(account_id uuid, documents jsonb)""")


async def cover_claims(write: Write, run: Run, account_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Split the groups of electricity into what claims cover and the rest; return the accounts that claim.

    Leaves `calculation_claim`: what each account's covered lines say of their certificates.
    """
    claims = await known_claims(write, write.scope, account_ids, run.request.year, run.as_of)
    documents = [{"account_id": one, "documents": [claim_json(each) for each in made]} for one, made in claims.items()]
    await write.run(CLAIM, {"rows": dumps(documents)})
    if not claims:
        return {}
    rows = await write.rows(CELLS, {"account_ids": list(claims)})
    bought = fold(rows)
    standings: dict[UUID, Standing] = {}
    covered: dict[tuple[Any, ...], Decimal] = {}
    for account_id, made in claims.items():
        purchases = bought.get(account_id, Purchases())
        standings[account_id] = Standing(total(each.mwh for each in made), purchases)
        found = cover(purchases.cells, [part for each in made for part in each.parts], purchases.net)
        covered |= {(account_id, *place): amount for place, amount in found.items()}
    await write.run(SPLIT, {"rows": dumps(_by_quality(rows, covered))})
    return standings


def _by_quality(rows: Sequence[Any], covered: Mapping[tuple[Any, ...], Decimal]) -> list[dict[str, Any]]:
    """Take what is covered of each cell from its best records first (rows come by quality)."""
    left = dict(covered)
    found: list[dict[str, Any]] = []
    for row in rows:
        place = (row.account_id, row.source_id, row.month, row.unit, row.parameters)
        wanted = left.get(place)
        if not wanted or not row.is_approved or row.method != METHOD:
            continue
        # Units of electricity differ by powers of ten, so both ways are finite.
        inverse = conversion(UNIT, row.unit)
        taken = min(row.quantity, EXACT.multiply(wanted, inverse))
        left[place] = EXACT.subtract(wanted, EXACT.multiply(taken, conversion(row.unit, UNIT)))
        found.append({
            "account_id": row.account_id, "source_id": row.source_id, "month": row.month, "unit": row.unit,
            "parameters": json.loads(row.parameters), "quality": row.quality, "quantity": taken,
        })  # fmt: skip
    return found


def claim_json(claim: EnergyClaim) -> dict[str, Any]:
    """Return a claim as a covered line keeps it among its parameters."""
    ranges = ", ".join(
        f"{first}" if first == last else f"{first}-{last}" for part in claim.parts for first, last in part.serials
    )
    return {
        "code": "claim", "symbol": "GEC", "zh": "已核销绿证", "en": "cancelled certificates", "origin": "claim",
        "used_value": format(claim.mwh, "f"), "used_unit": UNIT,
        "text_value": f"{claim.class_code} #{claim.movement_number}" + (f": {ranges}" if ranges else ""),
        "rule_zh": "已核销绿证抵扣的电量在市场法下计为零，其余购入电量采用剩余电力因子。",
        "rule_en": "Electricity that cancelled certificates cover counts zero on the market side; the rest takes the residual factor.",
        "claim": {
            "movement_id": str(claim.movement_id), "mwh": format(claim.mwh, "f"),
            **Facts(claim.movement_number, claim.class_code, claim.parts).as_json(),
        },
    }  # fmt: skip
