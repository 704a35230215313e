"""Enter data: production of a facility, verified emissions, balance values. Nothing is overwritten, the newest counts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.quotas import queries, rules
from backend.quotas.errors import (
    AuthorityOnly,
    ElectricityBasisWrong,
    FacilityNotFound,
    QuotaDataEmpty,
    QuotaDatesInvalid,
    QuotaInputImpossible,
    QuotaTextMissing,
    SectorWithoutLines,
    WholeJurisdictionOnly,
)
from backend.quotas.models import QuotaBalanceValue, QuotaOutput, QuotaVerified
from backend.quotas.rules.terms import BASES_ZH
from backend.quotas.service.common import book_of, check_year, columns, hold_year, note, words
from backend.quotas.values import BalanceValueValue, FacilityValue, OutputValue, VerifiedValue
from backend.tenants import service as tenants

FIRST_OUTPUT = 2018
"""The pre-allocation of 2019 and 2020 starts from the output of 2018."""
MONTHS = range(1, 13)
MOST_DIGITS = 30
LONGEST_UNIT = 40
ON_THE_WIRE = {"heat_ratio": "heatRatio"}
"""Names of fields whose spelling differs for a caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What is stated of a facility's month or year; None is not stated, which is not zero."""

    basis: rules.Basis | None = None
    mwh: Decimal | None = None
    gj: Decimal | None = None
    heat_ratio: Decimal | None = None
    load: Decimal | None = None
    output: Decimal | None = None
    output_unit: str = ""
    intensity: Decimal | None = None
    emissions: Decimal | None = None


async def record_output(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    facility_id: UUID,
    year: int,
    month: int | None,
    stated: Output,
    evidence_id: UUID | None = None,
    note_text: str = "",
    reason: str = "",
) -> OutputValue:
    """Record a facility's production of a month or (month None) of a whole year; a later entry takes its place.

    Raises:
        Unauthenticated, Forbidden: without `quotas:enter`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        QuotaYearOutOfRange: before 2018, or after next year.
        QuotaDatesInvalid: no month, or one before the facility began or after it ended.
        ComplianceYearClosed: the authority closed it.
        FacilityNotFound: not in this account.
        QuotaDataEmpty: nothing is stated.
        QuotaInputImpossible: a negative quantity, a share above 1, too many digits.
        ElectricityBasisWrong: not the electricity the year's plan counts.
        QuotaTextMissing: a later entry without its reason, an output without its unit.
        EvidenceNotFound: not in this account.
    """
    scope.require("quotas:enter")
    account = await accounts.own_account(write, scope, account_id)
    check_year(year, first=FIRST_OUTPUT)
    if month is not None and month not in MONTHS:
        raise QuotaDatesInvalid(field="month", day=month, first=1, last=12, path=("input", "month"))
    await hold_year(write, scope, account_id, year)
    facility = await _facility(write, scope, account_id, facility_id)
    _check_running(facility, year, month)
    _check(stated)
    await _check_basis(write, scope, facility, year, stated)
    if evidence_id is not None:
        await accounts.evidence(write, scope, account_id, evidence_id)
    known = await queries.newest_outputs(write, scope, account_id, year)
    is_later = any(each.facility_id == facility_id and each.month == month for each in known)
    value = OutputValue(
        account_id=account_id, id=new_id(), facility_id=facility_id, year=year, month=month,
        basis=stated.basis.value if stated.basis else None, mwh=stated.mwh, gj=stated.gj,
        heat_ratio=stated.heat_ratio, load=stated.load, output=stated.output,
        output_unit=words("outputUnit", stated.output_unit, most=LONGEST_UNIT, is_needed=stated.output is not None),
        intensity=stated.intensity, emissions=stated.emissions, evidence_id=evidence_id,
        note=words("note", note_text, is_needed=False), reason=words("reason", reason, is_needed=is_later),
        recorded_at=now(), recorded_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(QuotaOutput).values(columns(value)))
    note(write, account, "quotas:record_output", "quota_output", value.id, facility=facility.code, year=year,
         month=month, evidence=evidence_id, reason=value.reason)  # fmt: skip
    return value


async def _facility(write: Write, scope: Scope, account_id: UUID, facility_id: UUID) -> FacilityValue:
    [found] = await queries.facilities_by_id(write, scope, [(account_id, facility_id)])
    if found is None:
        raise FacilityNotFound
    return found


def _check_running(facility: FacilityValue, year: int, month: int | None) -> None:
    first, last = (year, month or MONTHS[-1]), (year, month or MONTHS[0])
    began, ended = facility.since, facility.until or date.max
    # What ran before it was entered here is entered with the day it really began.
    if first < (began.year, began.month) or last > (ended.year, ended.month):
        raise QuotaDatesInvalid(
            field="month", day=f"{year}-{month:02d}" if month else str(year), first=began.isoformat(),
            last=ended.isoformat(), path=("input", "month" if month else "year"),
        )  # fmt: skip


def _check(stated: Output) -> None:
    quantities = {name: getattr(stated, name) for name in ("mwh", "gj", "output", "intensity", "emissions")}
    shares = {name: getattr(stated, name) for name in ("heat_ratio", "load")}
    if all(value is None for value in (*quantities.values(), *shares.values())):
        raise QuotaDataEmpty(path=("input",))
    for name, value in (quantities | shares).items():
        if value is None:
            continue
        if not 0 <= value <= (1 if name in shares else value) or len(value.as_tuple().digits) > MOST_DIGITS:
            above = ("from 0 to 1", "0 至 1 之间的数") if name in shares else ("of 0 or more", "不小于 0 的数")
            raise QuotaInputImpossible(
                field=name,
                value=str(value),
                range_en=above[0],
                range_zh=above[1],
                path=("input", ON_THE_WIRE.get(name, name)),
            )


async def _check_basis(write: Write, scope: Scope, facility: FacilityValue, year: int, stated: Output) -> None:
    """The electricity must be the one the plan counts; 2018 has no plan and prepares that of 2019."""
    if stated.mwh is None or facility.unit_class is None:
        return
    if stated.basis is None:
        raise QuotaTextMissing(field="basis", most=LONGEST_UNIT, path=("input", "basis"))
    expected = rules.electricity_basis(
        await book_of(write, scope), max(year, FIRST_OUTPUT + 1), rules.UnitClass(facility.unit_class)
    )
    if stated.basis is not expected:
        raise ElectricityBasisWrong(
            year=year, expected=expected.value, stated=stated.basis.value, expected_zh=BASES_ZH[expected],
            stated_zh=BASES_ZH[stated.basis], path=("input", "basis"),
        )  # fmt: skip


async def enter_verified(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    year: int,
    facility_id: UUID | None,
    emissions: Decimal,
    document: str,
    intensity: Decimal | None = None,
    evidence_id: UUID | None = None,
) -> VerifiedValue:
    """Enter verified direct emissions (tCO2) of a facility or, without one, of the account within the market's boundary.

    A verifier who is engaged on the account enters it, or the authority; it is marked with who did. The figure of the
    account is what the obligation is read from, before any inventory: it is drawn along the market's own boundary.

    Raises:
        Unauthenticated, Forbidden: without `emissions:verify` (verifier) or `quotas:allocate` (authority).
        AccountNotFound: not there, or not visible.
        AuthorityOnly: neither verifier nor authority.
        QuotaYearOutOfRange, ComplianceYearClosed: the year.
        FacilityNotFound: not in this account.
        QuotaInputImpossible: negative, or too many digits.
        QuotaTextMissing: the document.
        EvidenceNotFound: not in this account.
    """
    scope.require("emissions:verify" if scope.kind is Kind.VERIFIER else "quotas:allocate")
    account = await _verifiable(write, scope, account_id)
    check_year(year, first=FIRST_OUTPUT)
    await hold_year(write, scope, account_id, year)
    if facility_id is not None:
        await _facility(write, scope, account_id, facility_id)
    _check(Output(emissions=emissions, intensity=intensity))
    if evidence_id is not None:
        await accounts.evidence(write, scope, account_id, evidence_id)
    value = VerifiedValue(
        account_id=account_id, id=new_id(), year=year, facility_id=facility_id, emissions=emissions,
        intensity=intensity, document=words("document", document), evidence_id=evidence_id,
        organisation_id=scope.organisation_id, entered_kind=scope.kind.value, entered_at=now(),
        entered_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(QuotaVerified).values(columns(value)))
    note(write, account, "quotas:enter_verified", "quota_verified", value.id, year=year, facility=facility_id,
         emissions=emissions, document=value.document)  # fmt: skip
    return value


async def _verifiable(write: Write, scope: Scope, account_id: UUID) -> AccountValue:
    account = await accounts.account(write, scope, account_id)
    if scope.kind not in {Kind.AUTHORITY, Kind.VERIFIER, Kind.SYSTEM}:
        raise AuthorityOnly
    return account


async def enter_balance_value(
    write: Write, scope: Scope, *, sector: rules.Sector, year: int, value: Decimal, unit: str, document: str, note_text: str = ""
) -> BalanceValueValue:  # fmt: skip
    """Enter the balance value of a sector and year, which is published only inside the national platform.

    Raises:
        Unauthenticated, Forbidden: without `quotas:allocate`.
        WholeJurisdictionOnly: the caller is not the authority of the whole jurisdiction.
        SectorWithoutLines: power, which has none.
        QuotaYearOutOfRange: the year.
        QuotaInputImpossible: zero or less, or too many digits.
        QuotaTextMissing: unit or document.
    """
    scope.require("quotas:allocate")
    pack = await tenants.pack_in_force(write, scope)
    if scope.kind is not Kind.SYSTEM and (scope.kind is not Kind.AUTHORITY or scope.region != pack.region):
        raise WholeJurisdictionOnly
    if sector is rules.Sector.POWER:
        raise SectorWithoutLines(path=("input", "sector"))
    check_year(year)
    if value <= 0 or len(value.as_tuple().digits) > MOST_DIGITS:
        raise QuotaInputImpossible(
            field="value", value=str(value), range_en="above 0", range_zh="大于 0 的数", path=("input", "value")
        )
    entered = BalanceValueValue(
        id=new_id(), sector=sector.value, year=year, value=value, unit=words("unit", unit, most=LONGEST_UNIT),
        document=words("document", document), note=words("note", note_text, is_needed=False),
        organisation_id=scope.organisation_id, entered_at=now(), entered_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(QuotaBalanceValue).values(columns(entered)))
    write.audit("quotas:enter_balance_value", object_type="quota_balance_value", object_id=entered.id,
                sector=entered.sector, year=year, value=str(value), document=entered.document)  # fmt: skip
    return entered


__all__ = ["Output", "enter_balance_value", "enter_verified", "record_output"]
