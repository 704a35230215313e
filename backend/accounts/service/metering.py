"""Add a meter, rename it, record its calibrations."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import update

from backend.accounts import queries, rules
from backend.accounts.errors import CodeTaken, EvidenceNotFound, MeterNotFound, SourceEnded, SourceNotFound
from backend.accounts.models import Calibration, Meter
from backend.accounts.service.common import changeable, differences, insert_new, note, told
from backend.accounts.values import CalibrationValue, MeterValue
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.quantities import IncompatibleUnits, canonical, dimension
from backend.kit.scope import Scope

ONE = Decimal(1)


async def add_meter(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    source_id: UUID,
    code: str,
    name: str,
    unit: str,
    multiplier: Decimal = ONE,
) -> MeterValue:
    """Add a measuring device: reading x `multiplier` = quantity, in `unit`.

    The multiplier never changes: a replaced transformer makes another meter, so that past months keep theirs.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        CodeInvalid: the code.
        TextMissing, TextTooLong: the name.
        MultiplierInvalid: not a positive number of at most 12 digits.
        SourceNotFound: not in this account.
        SourceEnded: the source has ended.
        UnknownUnit, IncompatibleUnits: the unit does not measure what the source's unit measures.
        CodeTaken: another meter of the account has it.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    clean_code, clean_name = rules.code(code), rules.text(name, "name")
    ratio = rules.multiplier(multiplier)
    source = await queries.source(write, scope, account_id, source_id)
    if source is None:
        raise SourceNotFound(path=("input", "sourceId"))
    if source.ended_on is not None:
        raise SourceEnded(source=source.code, ended_on=str(source.ended_on))
    if dimension(unit) != dimension(source.unit):
        raise IncompatibleUnits(from_unit=unit, to_unit=source.unit, path=("input", "unit"))
    meter = MeterValue(
        account_id=account_id,
        id=new_id(),
        source_id=source_id,
        code=clean_code,
        name=clean_name,
        unit=canonical(unit),
        multiplier=ratio,
        created_at=now(),
    )
    if not await insert_new(write, Meter, meter):
        raise CodeTaken(value=clean_code, path=("input", "code"))
    note(
        write, account, "accounts:add_meter", "meter", meter.id,
        code=meter.code, name=meter.name, source=source.code, unit=meter.unit, multiplier=meter.multiplier,
    )  # fmt: skip
    return meter


async def rename_meter(write: Write, scope: Scope, *, account_id: UUID, meter_id: UUID, name: str) -> MeterValue:
    """Give a meter another name.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        MeterNotFound: not in this account.
        TextMissing, TextTooLong: the name.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    meter = await queries.meter(write, scope, account_id, meter_id)
    if meter is None:
        raise MeterNotFound
    changes = differences(meter, {"name": rules.text(name, "name")})
    if changes:
        await write.run(update(Meter).where(Meter.account_id == account_id, Meter.id == meter_id).values(**changes))
        note(write, account, "accounts:rename_meter", "meter", meter_id, code=meter.code, changes=told(meter, changes))
    return replace(meter, **changes)


async def record_calibration(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    meter_id: UUID,
    calibrated_on: date,
    valid_until: date,
    evidence_id: UUID | None = None,
) -> CalibrationValue:
    """Record a calibration of a meter, valid on both days and between; the certificate may be attached as evidence.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        CalibrationDatesInvalid: made after today, or valid until not after the day it was made.
        MeterNotFound: not in this account.
        EvidenceNotFound: not in this account.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    rules.check_calibration(calibrated_on, valid_until, today())
    meter = await queries.meter(write, scope, account_id, meter_id)
    if meter is None:
        raise MeterNotFound(path=("input", "meterId"))
    if evidence_id is not None and await queries.evidence(write, scope, account_id, evidence_id) is None:
        raise EvidenceNotFound(path=("input", "evidenceId"))
    calibration = CalibrationValue(
        account_id=account_id,
        id=new_id(),
        meter_id=meter_id,
        calibrated_on=calibrated_on,
        valid_until=valid_until,
        evidence_id=evidence_id,
        recorded_at=now(),
    )
    await insert_new(write, Calibration, calibration)
    note(
        write, account, "accounts:record_calibration", "calibration", calibration.id,
        meter=meter.code, calibrated_on=calibrated_on, valid_until=valid_until, evidence=evidence_id,
    )  # fmt: skip
    return calibration
