"""What a jurisdiction offers: its programmes with the terms in force, and the classes of units they issue."""

from dataclasses import dataclass
from datetime import date

from backend.credits.programmes import queries
from backend.credits.programmes.service.common import with_terms
from backend.credits.programmes.values import InForce
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import Dimension, UnitClass
from backend.tenants import service as tenants
from backend.tenants.values import Pack, Programme


@dataclass(frozen=True, slots=True)
class Offered:
    """A programme, its pack, and its methodologies with the terms that hold on a day."""

    pack: Pack
    programme: Programme
    methodologies: tuple[InForce, ...]


async def offered(read: Read, scope: Scope, on: date | None = None) -> list[Offered]:
    """Return the programmes that issue units or sell trees, in the pack's order, with the terms of a day (today).

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
    """
    scope.require("credits:read")
    pack = await tenants.pack_in_force(read, scope)
    settings = await queries.settings_in_force(read, scope, on or today())
    return [
        Offered(pack, each, tuple(with_terms(pack, each, one.code, settings) for one in each.methodologies))
        for each in pack.programmes
        if each.unit_class is not None or each.trees is not None
    ]


def unit_classes(pack: Pack) -> list[UnitClass]:
    """Return the classes of units a pack's programmes issue."""
    found: list[UnitClass] = []
    for programme in pack.programmes:
        made = programme.unit_class
        if made is None:
            continue
        document = pack.document(made.document) if made.document else None
        found.append(
            UnitClass(
                code=made.code, name_zh=made.name_zh, name_en=made.name_en, dimension=Dimension(made.dimension.value),
                unit=made.unit, scale=made.scale, is_serialised=made.is_serialised, programme=programme.code,
                source=document.number or document.title_zh if document else "",
                confidence=made.confidence.value,
            )
        )  # fmt: skip
    return found


async def register_classes(write: Write, scope: Scope, pack: Pack) -> None:
    """Register the classes of a pack's programmes in the ledger, under the service's scope; safe to repeat."""
    await ledger.register_classes(write, scope, unit_classes(pack))
