"""Reads of certificates, and what they must know of the ledger's books: reversals and links of the chain.

Row-level security has decided what is visible before any condition here; the public page asks under the service's
scope, for one number.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.statements.models import Certificate, CertifiedRetirement
from backend.statements.values import CertificateValue, ChainLink, Standing


def _statement() -> Select[Any]:
    """Return the statement of certificates with the movements each states, in their order."""
    movements = (
        select(
            func.array_agg(aggregate_order_by(CertifiedRetirement.movement_id, CertifiedRetirement.movement_id.asc()))
        )
        .where(
            CertifiedRetirement.account_id == Certificate.account_id,
            CertifiedRetirement.certificate_id == Certificate.id,
        )
        .scalar_subquery()
        .label("movement_ids")
    )
    return select(Certificate.__table__, movements)


def _value(row: Any) -> CertificateValue:  # noqa: ANN401 - a row of the statement above
    return CertificateValue(
        account_id=row.account_id, id=row.id, number=row.number, movement_ids=tuple(row.movement_ids), facts=row.facts,
        sha256=row.sha256, size=row.size, object_key=row.object_key, key_id=row.key_id, issued_at=row.issued_at,
        issued_by=row.issued_by,
    )  # fmt: skip


async def certificates_by_id(
    read: Read, scope: Scope, keys: Sequence[tuple[UUID, UUID]]
) -> list[CertificateValue | None]:
    """Return certificates by account and id in the order of the keys, None for one not visible (batch)."""
    ids = [own for _, own in keys]
    rows = await read.rows(_statement().where(Certificate.id.in_(ids)))
    found = {(row.account_id, row.id): _value(row) for row in rows}
    return [found.get(key) for key in keys]


async def certificate_by_number(read: Read, scope: Scope, number: str) -> CertificateValue | None:
    """Return the certificate of a number, None when it is not visible."""
    row = await read.row(_statement().where(Certificate.number == number))
    return None if row is None else _value(row)


async def certificates(
    read: Read, scope: Scope, account_id: UUID, *, before: str | None, limit: int
) -> list[CertificateValue]:
    """Return an account's certificates, newest first; ids sort by time of birth."""
    statement = _statement().where(Certificate.account_id == account_id).order_by(Certificate.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(Certificate.id < UUID(before))
    return [_value(row) for row in await read.rows(statement)]


async def stated_on(
    read: Read, scope: Scope, account_id: UUID, movement_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[int, UUID]]]:
    """Return, for each movement, its editions and the certificates that state it, oldest first."""
    found: dict[UUID, list[tuple[int, UUID]]] = {each: [] for each in movement_ids}
    rows = await read.rows(
        select(CertifiedRetirement.movement_id, CertifiedRetirement.edition, CertifiedRetirement.certificate_id)
        .where(CertifiedRetirement.account_id == account_id, CertifiedRetirement.movement_id.in_(movement_ids))
        .order_by(CertifiedRetirement.movement_id, CertifiedRetirement.edition)
    )
    for row in rows:
        found[row.movement_id].append((row.edition, row.certificate_id))
    return found


async def reversals(read: Read, scope: Scope, movement_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Return, for each movement that was reversed, since when and by which movement."""
    found = await ledger.reversals_of(read, scope, movement_ids)
    return {undone: Standing(each.recorded_at, (each.number,)) for undone, each in found.items()}


async def standings(read: Read, scope: Scope, found: Sequence[CertificateValue]) -> list[Standing]:
    """Return how each certificate stands now; one statement for all."""
    undone = await reversals(read, scope, sorted({each for one in found for each in one.movement_ids}))
    answer: list[Standing] = []
    for one in found:
        mine = [undone[each] for each in one.movement_ids if each in undone]
        moments = [each.withdrawn_at for each in mine if each.withdrawn_at is not None]
        numbers = sorted(number for each in mine for number in each.reversals)
        answer.append(Standing(min(moments, default=None), tuple(numbers)))
    return answer


async def standings_by_id(read: Read, scope: Scope, keys: list[tuple[UUID, UUID]]) -> list[Standing]:
    """Return how certificates stand, by account and id, in the order of the keys (batch)."""
    found = await certificates_by_id(read, scope, keys)
    known = [each for each in found if each is not None]
    by_id = {each.id: how for each, how in zip(known, await standings(read, scope, known), strict=True)}
    return [by_id.get(own, Standing()) for _, own in keys]


async def links(read: Read, scope: Scope, movement_ids: Sequence[UUID]) -> dict[UUID, ChainLink]:
    """Return where movements stand in the journal's chain; a movement of this very transaction has no place yet."""
    found = await ledger.links(read, scope, movement_ids)
    return {stated: ChainLink(each.position, bytes(each.hash).hex()) for stated, each in found.items()}
