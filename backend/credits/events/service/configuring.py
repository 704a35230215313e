"""An administrator sets what neutralises events: a new dated version over the product's default, nothing overwritten."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, insert, select, text

from backend.credits.citizens.rules import document
from backend.credits.citizens.service.common import check_jurisdiction
from backend.credits.citizens.values import Document
from backend.credits.events import queries, rules
from backend.credits.events.models import EventRule
from backend.credits.events.values import RuleInForce, RuleValue
from backend.credits.programmes.rules import text as words
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import Dimension
from backend.tenants import service as tenants

_LOCK = text("select pg_advisory_xact_lock(hashtext('event_rule'))")


async def configure_events(
    write: Write,
    scope: Scope,
    *,
    classes: Sequence[str],
    vintage_years: int | None,
    required: Sequence[str],
    valid_from: date,
    source: Document,
    reason: str,
) -> RuleValue:
    """Set which units neutralise events, how old they may be, and which groups of sources must be told of.

    An event goes by the rule of its first day; what was neutral stays so.

    Raises:
        Unauthenticated, Forbidden: without `credits:configure`.
        AuthorityOnly, JurisdictionOnly: the caller is not the jurisdiction's own authority.
        EventRuleInvalid, TextNotFit: in this order.
    """
    scope.require("credits:configure")
    check_jurisdiction(scope, await tenants.pack_in_force(write, scope))
    known = [each.code for each in await ledger.unit_classes(write, scope) if each.dimension is Dimension.TONNE]
    rules.check_rule(classes, vintage_years, required, known)
    paper, why = document(source), words(reason, "reason", most=1000)
    await write.run(_LOCK)
    last = await write.value(select(func.coalesce(func.max(EventRule.version), 0)))
    made = RuleValue(
        id=new_id(), version=last + 1, classes=tuple(dict.fromkeys(classes)), vintage_years=vintage_years,
        required=tuple(dict.fromkeys(required)), valid_from=valid_from, document_title=paper.title,
        document_number=paper.number, document_dated=paper.dated, reason=why, set_at=now(), set_by=scope.actor_id,
    )  # fmt: skip
    values = {name: getattr(made, name) for name in made.__slots__}
    await write.run(insert(EventRule).values(values | {"classes": list(made.classes), "required": list(made.required)}))
    write.audit("credits:configure_events", object_type="EventRule", object_id=made.id, version=made.version,
                classes=list(made.classes), valid_from=valid_from, reason=why)  # fmt: skip
    return made


async def rule_on(read: Read, scope: Scope, day: date) -> RuleInForce:
    """Return the rule of a day.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
    """
    scope.require("credits:read")
    pack = await tenants.pack_in_force(read, scope)
    return rules.rule_in_force(pack, await queries.settings(read, scope), day)
