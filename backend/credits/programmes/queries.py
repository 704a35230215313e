"""Reads of the regional programmes. Row-level security has decided what is visible before any condition here."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from backend.credits.programmes.models import (
    ProgrammeParticipant,
    ProgrammeRegistration,
    ProgrammeSetting,
    ProgrammeSubmission,
    TreeHousehold,
    TreePayment,
    TreePurchase,
    TreePurchasePart,
    TreeStand,
)
from backend.credits.programmes.values import (
    HouseholdValue,
    Listed,
    ParticipantValue,
    PartValue,
    PaymentState,
    PaymentValue,
    PurchaseValue,
    RegistrationValue,
    SettingValue,
    StandValue,
    State,
    SubmissionValue,
)
from backend.kit.db import Read
from backend.kit.orm import Base
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import Bucket

V = TypeVar("V")
Key = tuple[UUID, UUID]


def columns_of(table: type[Base], value: type[Any]) -> list[Any]:
    """Return a table's columns in the order of a value's fields."""
    return [table.__table__.columns[each.name] for each in fields(value)]


SETTING = select(*columns_of(ProgrammeSetting, SettingValue))
PARTICIPANT = select(*columns_of(ProgrammeParticipant, ParticipantValue))
REGISTRATION = select(*columns_of(ProgrammeRegistration, RegistrationValue))
SUBMISSION = select(*columns_of(ProgrammeSubmission, SubmissionValue))
HOUSEHOLD = select(*columns_of(TreeHousehold, HouseholdValue))
STAND = select(*columns_of(TreeStand, StandValue))
PURCHASE = select(*columns_of(TreePurchase, PurchaseValue))
PART = select(*columns_of(TreePurchasePart, PartValue))
PAYMENT = select(*columns_of(TreePayment, PaymentValue))


def registration(row: Any) -> RegistrationValue:  # noqa: ANN401 - a row
    """Return a row as a registration."""
    given: dict[str, Any] = {**row._mapping, "state": State(row.state)}  # noqa: SLF001 - SQLAlchemy's public name
    return RegistrationValue(**given)


def submission(row: Any) -> SubmissionValue:  # noqa: ANN401 - a row
    """Return a row as a submission."""
    changed = {"state": State(row.state), "evidence_ids": tuple(row.evidence_ids)}
    given: dict[str, Any] = {**row._mapping, **changed}  # noqa: SLF001 - SQLAlchemy's public name
    return SubmissionValue(**given)


def payment(row: Any) -> PaymentValue:  # noqa: ANN401 - a row
    """Return a row as a payment."""
    given: dict[str, Any] = {**row._mapping, "state": PaymentState(row.state)}  # noqa: SLF001 - SQLAlchemy's public name
    return PaymentValue(**given)


async def settings(
    read: Read,
    scope: Scope,
    programme: str,
    methodology: str | None = None,
    *,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[SettingValue]:
    """Return every setting of a programme's methodologies, oldest first."""
    wanted = SETTING.where(ProgrammeSetting.programme == programme).order_by(ProgrammeSetting.id).limit(limit)
    if after is not None:
        wanted = wanted.where(ProgrammeSetting.id > after)
    if methodology is not None:
        wanted = wanted.where(ProgrammeSetting.methodology == methodology)
    return [SettingValue(*row) for row in await read.rows(wanted)]


async def settings_in_force(read: Read, scope: Scope, on: date) -> dict[tuple[str, str], SettingValue]:
    """Return the setting of each (programme, methodology) that holds on a day: the newest one that has begun."""
    rows = await read.rows(
        SETTING.ext(distinct_on(ProgrammeSetting.programme, ProgrammeSetting.methodology))
        .where(ProgrammeSetting.valid_from <= on)
        .order_by(
            ProgrammeSetting.programme, ProgrammeSetting.methodology, ProgrammeSetting.valid_from.desc(),
            ProgrammeSetting.version.desc(),
        )
    )  # fmt: skip
    return {(row.programme, row.methodology): SettingValue(*row) for row in rows}


async def participants_by_id(read: Read, scope: Scope, ids: list[UUID]) -> list[ParticipantValue | None]:
    """Return the participant of each id, None for an invisible one; for a loader."""
    rows = await read.rows(PARTICIPANT.where(ProgrammeParticipant.id.in_(ids)))
    found = {row.id: ParticipantValue(*row) for row in rows}
    return [found.get(each) for each in ids]


async def points_of(read: Read, scope: Scope, ids: list[UUID]) -> list[Mapping[Bucket, Decimal]]:
    """Return the points of participants, by bucket; each holds those of its programme alone. For a loader."""
    found = {each.account_id: each.amounts for each in await ledger.holdings(read, scope, ids)}
    return [found.get(each, {}) for each in ids]


async def participants(
    read: Read, scope: Scope, programme: str | None, *, after: UUID | None = None, limit: int | None = None
) -> list[ParticipantValue]:
    """Return visible participants, in the order they were opened."""
    wanted = PARTICIPANT.order_by(ProgrammeParticipant.id).limit(limit)
    if programme is not None:
        wanted = wanted.where(ProgrammeParticipant.programme == programme)
    if after is not None:
        wanted = wanted.where(ProgrammeParticipant.id > after)
    return [ParticipantValue(*row) for row in await read.rows(wanted)]


def _listed(
    statement: Select[*tuple[Any, ...]],
    table: Any,  # noqa: ANN401 - a table with account, programme and state
    which: Listed,
    after: UUID | None,
    limit: int | None,
) -> Select[*tuple[Any, ...]]:
    if which.account_id is not None:
        statement = statement.where(table.account_id == which.account_id)
    if which.programme is not None:
        statement = statement.where(table.programme == which.programme)
    if which.state is not None:
        statement = statement.where(table.state == which.state)
    if after is not None:
        statement = statement.where(table.id < after)
    return statement.order_by(table.id.desc()).limit(limit)


async def registrations(
    read: Read, scope: Scope, which: Listed, *, after: UUID | None = None, limit: int | None = None
) -> list[RegistrationValue]:
    """Return visible registrations, newest first."""
    return [
        registration(row)
        for row in await read.rows(_listed(REGISTRATION, ProgrammeRegistration, which, after, limit))
    ]  # fmt: skip


async def submissions(
    read: Read, scope: Scope, which: Listed, *, after: UUID | None = None, limit: int | None = None
) -> list[SubmissionValue]:
    """Return visible submissions, newest first."""
    return [submission(row) for row in await read.rows(_listed(SUBMISSION, ProgrammeSubmission, which, after, limit))]


async def registrations_by_id(read: Read, scope: Scope, keys: list[Key]) -> list[RegistrationValue | None]:
    """Return the registration of each (account, registration), None for an invisible one; for a loader."""
    where = tuple_(ProgrammeRegistration.account_id, ProgrammeRegistration.id).in_(keys)
    found = {(row.account_id, row.id): registration(row) for row in await read.rows(REGISTRATION.where(where))}
    return [found.get(each) for each in keys]


async def submissions_by_id(read: Read, scope: Scope, keys: list[Key]) -> list[SubmissionValue | None]:
    """Return the submission of each (account, submission), None for an invisible one; for a loader."""
    where = tuple_(ProgrammeSubmission.account_id, ProgrammeSubmission.id).in_(keys)
    found = {(row.account_id, row.id): submission(row) for row in await read.rows(SUBMISSION.where(where))}
    return [found.get(each) for each in keys]


async def issued_to(
    read: Read, scope: Scope, account_id: UUID, programme: str, methodology: str, start: date, end: date
) -> Decimal:
    """Return what a holder was issued for periods that end in `start` (included) to `end` (excluded)."""
    return await read.value(
        select(func.coalesce(func.sum(ProgrammeSubmission.quantity), 0)).where(
            ProgrammeSubmission.account_id == account_id, ProgrammeSubmission.programme == programme,
            ProgrammeSubmission.methodology == methodology, ProgrammeSubmission.state == State.APPROVED.value,
            ProgrammeSubmission.period_to >= start, ProgrammeSubmission.period_to < end,
        )
    )  # fmt: skip


async def households_by_id(read: Read, scope: Scope, ids: list[UUID]) -> list[HouseholdValue | None]:
    """Return the household of each id, None for an invisible one; for a loader."""
    found = {row.id: HouseholdValue(*row) for row in await read.rows(HOUSEHOLD.where(TreeHousehold.id.in_(ids)))}
    return [found.get(each) for each in ids]


async def households(
    read: Read, scope: Scope, programme: str | None, *, after: UUID | None = None, limit: int | None = None
) -> list[HouseholdValue]:
    """Return visible households, in the order they were registered."""
    wanted = HOUSEHOLD.order_by(TreeHousehold.id).limit(limit)
    if programme is not None:
        wanted = wanted.where(TreeHousehold.programme == programme)
    if after is not None:
        wanted = wanted.where(TreeHousehold.id > after)
    return [HouseholdValue(*row) for row in await read.rows(wanted)]


async def stands(
    read: Read,
    scope: Scope,
    programme: str | None,
    *,
    year: int | None = None,
    household_id: UUID | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[StandValue]:
    """Return stands of trees, in the order they were registered; `year` keeps those for sale for it."""
    wanted = STAND.order_by(TreeStand.id).limit(limit)
    if programme is not None:
        wanted = wanted.where(TreeStand.programme == programme)
    if year is not None:
        wanted = wanted.where(TreeStand.first_year <= year, TreeStand.last_year >= year)
    if household_id is not None:
        wanted = wanted.where(TreeStand.household_id == household_id)
    if after is not None:
        wanted = wanted.where(TreeStand.id > after)
    return [StandValue(*row) for row in await read.rows(wanted)]


async def stands_of(read: Read, scope: Scope, household_ids: list[UUID]) -> list[list[StandValue]]:
    """Return the stands of each household, by number; for a loader."""
    found: dict[UUID, list[StandValue]] = {each: [] for each in household_ids}
    wanted = STAND.where(TreeStand.household_id.in_(household_ids)).order_by(TreeStand.first_number)
    for row in await read.rows(wanted):
        found[row.household_id].append(StandValue(*row))
    return [found[each] for each in household_ids]


async def stands_by_id(read: Read, scope: Scope, ids: list[UUID]) -> list[StandValue | None]:
    """Return the stand of each id, None for an invisible one; for a loader."""
    found = {row.id: StandValue(*row) for row in await read.rows(STAND.where(TreeStand.id.in_(ids)))}
    return [found.get(each) for each in ids]


async def stands_covering(
    read: Read, scope: Scope, programme: str, year: int, runs: Sequence[tuple[int, int]]
) -> list[StandValue]:
    """Return the stands for sale for a year that hold any of these trees, by number."""
    touches = or_(*((TreeStand.first_number <= last) & (TreeStand.last_number >= first) for first, last in runs))
    rows = await read.rows(
        STAND.where(
            TreeStand.programme == programme, TreeStand.first_year <= year, TreeStand.last_year >= year, touches
        ).order_by(TreeStand.first_number)
    )
    return [StandValue(*row) for row in rows]


async def trees_of(read: Read, scope: Scope, household_id: UUID, first_year: int, last_year: int) -> int:
    """Return how many trees of a household are registered for any of the years."""
    return int(
        await read.value(
            select(func.coalesce(func.sum(TreeStand.last_number - TreeStand.first_number + 1), 0)).where(
                TreeStand.household_id == household_id,
                TreeStand.first_year <= last_year,
                TreeStand.last_year >= first_year,
            )
        )
    )


async def purchases(
    read: Read, scope: Scope, account_id: UUID, *, after: UUID | None = None, limit: int | None = None
) -> list[PurchaseValue]:
    """Return the purchases of a holder, newest first."""
    wanted = PURCHASE.where(TreePurchase.account_id == account_id).order_by(TreePurchase.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(TreePurchase.id < after)
    return [PurchaseValue(*row) for row in await read.rows(wanted)]


async def purchases_by_id(read: Read, scope: Scope, keys: list[Key]) -> list[PurchaseValue | None]:
    """Return the purchase of each (account, purchase), None for an invisible one; for a loader."""
    where = tuple_(TreePurchase.account_id, TreePurchase.id).in_(keys)
    found = {(row.account_id, row.id): PurchaseValue(*row) for row in await read.rows(PURCHASE.where(where))}
    return [found.get(each) for each in keys]


async def parts_of(read: Read, scope: Scope, keys: list[Key]) -> list[list[PartValue]]:
    """Return the runs of trees of each (account, purchase), by number; for a loader."""
    where = tuple_(TreePurchasePart.account_id, TreePurchasePart.purchase_id).in_(keys)
    found: dict[Key, list[PartValue]] = {each: [] for each in keys}
    for row in await read.rows(PART.where(where).order_by(TreePurchasePart.first_number)):
        found[row.account_id, row.purchase_id].append(PartValue(*row))
    return [found[each] for each in keys]


async def payments_of(read: Read, scope: Scope, keys: list[Key]) -> list[list[PaymentValue]]:
    """Return the payments of each (account, purchase); for a loader."""
    where = tuple_(TreePayment.account_id, TreePayment.purchase_id).in_(keys)
    found: dict[Key, list[PaymentValue]] = {each: [] for each in keys}
    for row in await read.rows(PAYMENT.where(where).order_by(TreePayment.id)):
        found[row.account_id, row.purchase_id].append(payment(row))
    return [found[each] for each in keys]


async def payments(
    read: Read, scope: Scope, which: Listed, *, after: UUID | None = None, limit: int | None = None
) -> list[PaymentValue]:
    """Return visible payments to households, newest first."""
    return [payment(row) for row in await read.rows(_listed(PAYMENT, TreePayment, which, after, limit))]


async def payments_by_id(read: Read, scope: Scope, keys: list[Key]) -> list[PaymentValue | None]:
    """Return the payment of each (account, payment), None for an invisible one; for a loader."""
    where = tuple_(TreePayment.account_id, TreePayment.id).in_(keys)
    found = {(row.account_id, row.id): payment(row) for row in await read.rows(PAYMENT.where(where))}
    return [found.get(each) for each in keys]
