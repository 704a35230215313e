"""Citizens are opened by the authority that keeps them, under a number of the product's own; they leave, and are forgotten."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Text, bindparam, insert, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from backend.credits.citizens import queries, rules
from backend.credits.citizens.errors import CitizenClosed, CitizenNotFound, SubjectKnown
from backend.credits.citizens.models import Citizen
from backend.credits.citizens.service.common import is_within, locked, points_programme
from backend.credits.citizens.service.scenes import decision
from backend.credits.citizens.values import CANCELLED, CitizenDraft, CitizenValue
from backend.credits.programmes.errors import PeriodInvalid
from backend.credits.programmes.service.common import check_authority, keeper
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import Bucket, Reason, Selection
from backend.tenants import service as tenants

PREFIX = "C"
_LOCK = text("select pg_advisory_xact_lock(hashtext('citizen/' || :programme))")
# Asked of the whole register: another district's citizen is hidden from the caller, but the key is taken.
KNOWN = text("select * from citizen_subjects(:programme, :subjects) as known").bindparams(
    bindparam("subjects", type_=ARRAY(Text()))
)


async def open_citizens(
    write: Write, scope: Scope, *, programme: str, drafts: Sequence[CitizenDraft]
) -> list[CitizenValue]:
    """Open citizens of a programme, all or none, each with an account in the ledger and a number that says nothing of them.

    Raises:
        Unauthenticated, Forbidden: without `credits:review` and `ledger:issue`.
        ProgrammeUnknown, ProgrammeIssuesNothing, PointsOnly: in this order.
        BatchInvalid, SubjectInvalid, PeriodInvalid: rows, the platform's keys, a consent of a day to come.
        DivisionUnknown, AuthorityOnly: not a division known here, or not of the caller's region.
        SubjectKnown: the platform's key belongs to a citizen, or stands twice in the batch.
    """
    scope.require("credits:review")
    scope.require("ledger:issue")
    await points_programme(write, scope, programme)
    rules.check_rows(drafts)
    subjects = [rules.check_subject(each.subject) for each in drafts]
    day = today()
    for each in drafts:
        if each.consented_on > day:
            raise PeriodInvalid(period_from=str(each.consented_on), period_to=str(day), first=rules.FIRST_YEAR,
                                path=("input", "citizens"))  # fmt: skip
    await write.run(_LOCK, {"programme": programme})
    taken = {row.known for row in await write.rows(KNOWN, {"programme": programme, "subjects": subjects})}
    for row, subject in enumerate(subjects, 1):
        if subject in taken:
            raise SubjectKnown(row=row, path=("input", "citizens"))
        taken.add(subject)
    divisions = {
        code: await tenants.required_division(write, scope, code)
        for code in sorted({each.division_code for each in drafts})
    }
    keepers = {code: keeper(scope, each.path) for code, each in divisions.items()}
    numbers = [rules.fresh(PREFIX, rules.NUMBER_SIGNS) for _ in drafts]
    paths = [divisions[each.division_code].path for each in drafts]
    ids = await ledger.open_participants(write, scope, list(zip(numbers, paths, strict=True)))
    made = [
        CitizenValue(
            id=own_id, programme=programme, number=number, subject=subject, division_code=each.division_code,
            division_path=path, organisation_id=keepers[each.division_code], consented_on=each.consented_on,
            opened_at=now(), opened_by=scope.actor_id, closed_at=None, closed_by=None, closure="",
            cancelled_points=Decimal(0),
        )
        for own_id, number, path, subject, each in zip(ids, numbers, paths, subjects, drafts, strict=True)
    ]  # fmt: skip
    await write.run(insert(Citizen), [{name: getattr(each, name) for name in each.__slots__} for each in made])
    write.audit("credits:open_citizens", object_type="Citizen", object_id=made[0].id, programme=programme,
                citizens=len(made))  # fmt: skip
    return made


async def close_citizen(write: Write, scope: Scope, *, programme: str, number: str, reason: str) -> CitizenValue:
    """Let a citizen leave: what they still hold is cancelled (注销), and the platform's key of them is forgotten.

    What they earned and redeemed stays under the number, which says nothing of the person.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        AuthorityOnly: the caller is no authority.
        CitizenNotFound: not there, or not of the caller's region.
        CitizenClosed: left before.
        DecisionReasonMissing, TextNotFit: the reason.
        ClassFrozen: by the books (see `ledger.retire`).
    """
    scope.require("credits:review")
    check_authority(scope)
    found = (await locked(write, scope, programme, [number])).get(number)
    if found is None or not is_within(scope, found.division_path):
        raise CitizenNotFound
    if found.closed_at is not None:
        raise CitizenClosed
    why = decision(reason, is_approved=False)
    _, _, made = await points_programme(write, scope, programme)
    held = await ledger.holdings(write, scope, [found.id])
    rest = sum((each.amounts.get(Bucket.AVAILABLE, Decimal(0)) for each in held), Decimal(0))
    if rest > 0:
        await ledger.retire(
            write, scope.as_system(), found.id, [Selection(made.code, quantity=rest)],
            Reason(purpose=CANCELLED, beneficiary=number, note=why, facts={"programme": programme},
                   undone_by="closeCitizen"),
        )  # fmt: skip
    values: dict[str, Any] = {
        "subject": None, "closed_at": now(), "closed_by": scope.actor_id, "closure": why, "cancelled_points": rest,
    }  # fmt: skip
    await write.run(update(Citizen).where(Citizen.id == found.id).values(**values))
    write.audit("credits:close_citizen", object_type="Citizen", object_id=found.id, points=rest, reason=why)
    (closed,) = await queries.citizens_by_id(write, scope, [found.id])
    if closed is None:
        raise CitizenNotFound
    return closed
