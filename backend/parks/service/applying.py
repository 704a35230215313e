"""A park, or an item of a programme, begins its way through the seven steps (组织申报)."""

from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.kit.clock import today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.parks import queries_programmes, queries_workflow
from backend.parks.errors import ParkApplicationOpen, ParkItemNotFound, ParkItemNotStepped
from backend.parks.models import ParkApplication, ParkStep
from backend.parks.names import PROGRAMME_NAMES
from backend.parks.rules import checking, walking
from backend.parks.service.common import changeable, lock, note, of_operator, own_application, paper, place, recorded
from backend.parks.service.telling import tell_waiting
from backend.parks.values import (
    STEPPED,
    ApplicationRow,
    Document,
    Horizon,
    Level,
    Step,
)


async def apply_for_park(
    write: Write, scope: Scope, park_id: UUID, *, level: Level, horizon: Horizon, statement: str, document: Document
) -> ApplicationRow:
    """Apply for a park at a level of the ladder; the first step waits for the authority's word.

    Raises:
        Unauthenticated, Forbidden: without `parks:apply` (the operator) or `parks:manage`.
        ParkNotFound, ParkTextInvalid, ParkDocumentInvalid: in this order.
        ParkNotOnMunicipalList: above the municipal rung, and not on its list.
        ParkApplicationOpen: one at this level and horizon is on its way.
    """
    of_operator(scope)
    park = await changeable(write, scope, park_id)
    said, source = checking.text(statement, "statement"), checking.document(document)
    await lock(write, park_id)
    known = await queries_workflow.applications_of(write, scope, park_id)
    walking.check_ladder(known, level)
    if any(each.level is level and each.horizon is horizon and not walking.has_ended(each.steps) for each in known):
        raise ParkApplicationOpen(path=("input", "level"))
    own_id, told = new_id(), recorded(scope)
    await write.run(
        insert(ParkApplication).values(
            id=own_id, park_id=park_id, item_id=None, level=level.value, horizon=horizon.value, statement=said,
            **place(park), **told,
        )
    )  # fmt: skip
    await write.run(
        insert(ParkStep).values(
            id=new_id(), application_id=own_id, step=Step.APPLY.value, is_passed=True, happened_on=today(),
            reason=said, evaluation_id=None, findings=[], **place(park), **paper(source), **told,
        )
    )  # fmt: skip
    note(write, "parks:apply", "park_application", own_id, park=str(park_id), level=level.value, horizon=horizon.value)
    made = await own_application(write, scope, own_id)
    await tell_waiting(write, scope, made)
    return made


async def apply_for_item(
    write: Write, scope: Scope, item_id: UUID, *, level: Level, statement: str, document: Document
) -> ApplicationRow:
    """Apply for a factory, project, virtual power plant or service body; the first step waits for the authority's word.

    The ladder is one of parks: an item may begin at any level.

    Raises:
        Unauthenticated, Forbidden: without `parks:apply` (an enterprise, for its own) or `parks:manage`.
        ParkItemNotFound: no such item, or not the caller's.
        ParkItemNotStepped: a platform, or a green factory or supply chain: recognised elsewhere.
        ParkTextInvalid, ParkDocumentInvalid: in this order.
        ParkApplicationOpen: one at this level is on its way.
    """
    of_operator(scope)
    found = await queries_programmes.item(write, scope, item_id, today())
    if found is None:
        raise ParkItemNotFound
    if found.kind not in STEPPED:
        raise ParkItemNotStepped(name=PROGRAMME_NAMES[found.kind], path=("input", "itemId"))
    said, source = checking.text(statement, "statement"), checking.document(document)
    await lock(write, item_id)
    known = await queries_workflow.applications_of(write, scope, item_id)
    if any(each.level is level and not walking.has_ended(each.steps) for each in known):
        raise ParkApplicationOpen(path=("input", "level"))
    holder = scope.organisation_id if scope.kind is Kind.ENTERPRISE else None
    if holder is None and found.account_id is not None:
        holder = (await accounts.account(write, scope, found.account_id)).organisation_id
    where = {"division_path": found.division_path, "operator_id": holder}
    own_id, told = new_id(), recorded(scope)
    await write.run(
        insert(ParkApplication).values(
            id=own_id, park_id=None, item_id=item_id, level=level.value, horizon=None, statement=said, **where, **told
        )
    )
    await write.run(
        insert(ParkStep).values(
            id=new_id(), application_id=own_id, step=Step.APPLY.value, is_passed=True, happened_on=today(),
            reason=said, evaluation_id=None, findings=[], **where, **paper(source), **told,
        )
    )  # fmt: skip
    note(
        write, "parks:apply", "park_application", own_id, item=str(item_id), programme=found.kind.value,
        level=level.value,
    )  # fmt: skip
    made = await own_application(write, scope, own_id)
    await tell_waiting(write, scope, made)
    return made
