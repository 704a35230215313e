"""What certificates can be claimed for: pure checks with three answers, shared by claiming and guidance.

Sources of the rules are the parameters `certificate.rule` and `certificate.use`, dated and with their confidence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.emissions.values import CheckOutcome, Outcome
from backend.kit.quantities import EXACT

GENERATORS_OWN = frozenset({"self_use", "off_grid", "older_hydro"})
"""Kinds of certified energy whose certificates are not traded: only who made the energy may claim them."""

KIND_NAMES = {
    "self_use": ("自发自用", "self-use"), "off_grid": ("离网", "off-grid"), "older_hydro": ("存量常规水电", "older hydro"),
}  # fmt: skip


class Need(StrEnum):
    """What an enterprise may need certificates for."""

    MARKET_SCOPE2 = "market_scope2"
    RENEWABLE_DUTY = "renewable_duty"
    PARK_INDICATOR = "park_indicator"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificates of one batch, as claiming sees them; what the import did not tell is None or empty."""

    batch_id: UUID
    produced: date | None
    valid_until: date | None
    is_transferable: bool
    is_bundled: bool
    kind: str
    project: str
    project_owner: str
    technology: str
    self_use_contract: str
    is_mechanism_energy: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """For what year, on which day, and by whom certificates are to be claimed.

    `is_same_year`: the rule of the year asks for certificates produced in it; None when no rule is known. `later` has the
    same of the years after it: certificates produced then are under the rule of their own year too.
    """

    year: int
    on: date
    holder: str
    is_same_year: bool | None
    later: Mapping[int, bool | None] = field(default_factory=dict[int, bool | None])


@dataclass(frozen=True, slots=True)
class Electricity:
    """The account's year in MWh: bought less sold, and claimed already.

    `is_open`: the account reports on the year; `is_closed`: the year takes no claim any more.
    """

    purchased: Decimal
    claimed: Decimal
    is_open: bool
    is_closed: bool = False

    @property
    def room(self) -> Decimal:
        """What can still be claimed."""
        return max(Decimal(0), EXACT.subtract(self.purchased, self.claimed))


def certificates_of(batch: Any) -> Certificates:  # noqa: ANN401 - the ledger's BatchValue or a row alike
    """Read a batch of the ledger."""
    attributes: dict[str, Any] = batch.attributes

    def told(name: str) -> str:
        return str(attributes.get(name) or "").strip()

    return Certificates(
        batch.id, batch.produced_from, batch.valid_until, batch.is_transferable, bool(attributes.get("is_bundled")),
        told("kind"), batch.project_code or "", told("project_owner"), told("technology"), told("self_use_contract"),
        bool(attributes.get("mechanism_energy")),
    )  # fmt: skip


def validity(one: Certificates, on: date) -> CheckOutcome:
    """Check that the certificates can still be used on a day."""
    if one.valid_until is None:
        zh, en = "有效期未知，无法判断。", "Their last day of validity is not known: cannot tell."
        return _outcome("certificate_validity", Outcome.CANNOT_TELL, zh, en)
    day = one.valid_until.isoformat()
    if one.valid_until < on:
        return _outcome(
            "certificate_validity", Outcome.FAIL, f"有效期已于 {day} 届满。", f"They expired after {day}.", until=day
        )
    return _outcome(
        "certificate_validity", Outcome.PASS, f"有效期至 {day}。", f"They are valid until {day}.", until=day
    )


def year_match(one: Certificates, setting: Setting) -> CheckOutcome:
    """Check that certificate and electricity are of one year, where the rule of that year asks for it."""
    code = "certificate_year"
    if one.produced is not None and one.produced.year > setting.year:
        return _produced_later(one.produced.year, setting, code)
    if setting.is_same_year is None:
        zh, en = (
            f"{setting.year} 年适用的年份匹配规则未知，无法判断。",
            f"No rule of matching years is known for {setting.year}: cannot tell.",
        )
        return _outcome(code, Outcome.CANNOT_TELL, zh, en, year=setting.year)
    if not setting.is_same_year:
        zh, en = f"{setting.year} 年只要求绿证在有效期内。", f"For {setting.year} only validity counts."
        return _outcome(code, Outcome.PASS, zh, en, year=setting.year)
    if one.produced is None:
        zh, en = "电量生产月份未知，无法判断。", "The production month is not known: cannot tell."
        return _outcome(code, Outcome.CANNOT_TELL, zh, en, year=setting.year)
    if one.produced.year != setting.year:
        zh = f"绿证生产于 {one.produced.year} 年，与 {setting.year} 年的用电不属同一年度（证电同年核销）。"
        en = f"They were produced in {one.produced.year}; electricity of {setting.year} takes certificates of the same year."
        return _outcome(code, Outcome.FAIL, zh, en, year=setting.year, produced=one.produced.year)
    zh, en = "绿证与用电同一年度。", "Certificate and electricity are of one year."
    return _outcome(code, Outcome.PASS, zh, en, year=setting.year, produced=one.produced.year)


def _produced_later(produced: int, setting: Setting, code: str) -> CheckOutcome:
    """Judge certificates produced after the electricity was used by the rule of their own year."""
    facts = {"year": setting.year, "produced": produced}
    rule = setting.later.get(produced)
    if rule is None:
        zh = f"{produced} 年生产的绿证适用的年份匹配规则未知，无法判断。"
        en = f"No rule of matching years is known for certificates of {produced}: cannot tell."
        return _outcome(code, Outcome.CANNOT_TELL, zh, en, **facts)
    if rule:
        zh = f"绿证生产于 {produced} 年，只能用于同年的用电，不能用于 {setting.year} 年（证电同年核销）。"
        en = f"They were produced in {produced} and cover electricity of that year alone, not of {setting.year}."
        return _outcome(code, Outcome.FAIL, zh, en, **facts)
    zh, en = f"{produced} 年生产的绿证只要求在有效期内。", f"For certificates of {produced} only validity counts."
    return _outcome(code, Outcome.PASS, zh, en, **facts)


def ownership(one: Certificates, setting: Setting) -> CheckOutcome:
    """Check that the holder may claim them: what is not traded is claimed by who made the energy."""
    code = "certificate_holder"
    if one.is_mechanism_energy:
        zh, en = (
            "机制电量的绿证划入省级账户，企业不能声明。",
            "Certificates of mechanism energy belong to the provincial account.",
        )
        return _outcome(code, Outcome.FAIL, zh, en)
    if one.kind not in GENERATORS_OWN:
        if one.kind or one.is_transferable or one.is_bundled:
            return _outcome(code, Outcome.PASS, "持有人可以声明。", "Their holder may claim them.")
        zh, en = (
            "不可交易的原因未知，无法判断持有人能否声明。",
            "Why they cannot be traded is not known: cannot tell who may claim them.",
        )
        return _outcome(code, Outcome.CANNOT_TELL, zh, en)
    return _generators_own(one, setting, code)


def _generators_own(one: Certificates, setting: Setting, code: str) -> CheckOutcome:
    kind_zh, kind_en = KIND_NAMES[one.kind]
    if one.kind == "self_use" and one.self_use_contract:
        zh, en = (
            "自发自用绿证，已登记能源管理合同或结算证明。",
            "Self-use, with contract or settlement proof on record.",
        )
        return _outcome(code, Outcome.PASS, zh, en, contract=one.self_use_contract)
    if not one.project_owner:
        zh, en = (
            f"{kind_zh}绿证的项目业主未知，无法判断。",
            f"The owner of the {kind_en} project is not known: cannot tell.",
        )
        return _outcome(code, Outcome.CANNOT_TELL, zh, en, kind=one.kind)
    if one.project_owner != setting.holder:
        zh, en = (
            f"{kind_zh}绿证只能由发电企业自行声明。",
            f"Certificates of {kind_en} energy are claimed by its generator alone.",
        )
        return _outcome(code, Outcome.FAIL, zh, en, kind=one.kind)
    return _outcome(code, Outcome.PASS, "持有人即发电企业。", "The holder generated the energy.", kind=one.kind)


def claimable(one: Certificates, setting: Setting) -> tuple[CheckOutcome, ...]:
    """Return the checks every claim of certificates must pass."""
    return validity(one, setting.on), year_match(one, setting), ownership(one, setting)


def electricity_left(electricity: Electricity, year: int) -> CheckOutcome:
    """Check that electricity of the year is left that certificates can cover."""
    code = "electricity_left"
    if not electricity.is_open:
        zh, en = f"账户尚未开启 {year} 报告年度，无法判断。", f"The account does not report on {year}: cannot tell."
        return _outcome(code, Outcome.CANNOT_TELL, zh, en, year=year)
    if electricity.is_closed:
        zh = f"{year} 年度已关闭，不能再声明；请先重新开启报告年度，或对已归档清单提出重述。"
        en = f"The year {year} is closed and takes no claim: reopen it, or restate its closed inventory, first."
        return _outcome(code, Outcome.FAIL, zh, en, year=year)
    facts = {"purchased_mwh": f"{electricity.purchased:f}", "claimed_mwh": f"{electricity.claimed:f}"}
    if not electricity.room:
        zh = f"{year} 年已审核购入电量 {electricity.purchased:f} MWh，已全部声明。"
        en = f"All {electricity.purchased:f} MWh of approved purchased electricity of {year} are claimed."
        return _outcome(code, Outcome.FAIL, zh, en, **facts)
    zh, en = (
        f"{year} 年还可声明 {electricity.room:f} MWh。",
        f"{electricity.room:f} MWh of {year} can still be claimed.",
    )
    return _outcome(code, Outcome.PASS, zh, en, **facts)


def serves(
    need: Need, one: Certificates, setting: Setting, electricity: Electricity, *, is_rule_known: bool
) -> tuple[CheckOutcome, ...]:
    """Return the checks of one need; what the sources do not say cannot be told."""
    checks = [*claimable(one, setting)]
    if not is_rule_known:
        zh, en = "现有资料中没有该用途的规则，无法判断。", "No rule for this need is on record here: cannot tell."
        checks.append(_outcome("need_rule", Outcome.CANNOT_TELL, zh, en, need=need.value))
    elif need is Need.MARKET_SCOPE2:
        checks.append(electricity_left(electricity, setting.year))
    elif need is Need.PARK_INDICATOR:
        zh = "账户所属园区没有记录，能否计入园区指标无法判断。"
        en = "Which park the account belongs to is not recorded: cannot tell whether its indicator counts them."
        checks.append(_outcome("park_membership", Outcome.CANNOT_TELL, zh, en))
    return tuple(checks)


def worst(checks: Iterable[CheckOutcome]) -> Outcome:
    """Return the outcome of all together: a failure before what cannot be told before a pass."""
    found = {each.outcome for each in checks}
    return next((one for one in (Outcome.FAIL, Outcome.CANNOT_TELL) if one in found), Outcome.PASS)


def first_blocking(checks: Sequence[CheckOutcome]) -> CheckOutcome | None:
    """Return the check that decides: the first failure, else the first that cannot be told."""
    for outcome in (Outcome.FAIL, Outcome.CANNOT_TELL):
        for each in checks:
            if each.outcome is outcome:
                return each
    return None


def _outcome(code: str, outcome: Outcome, zh: str, en: str, **details: object) -> CheckOutcome:
    return CheckOutcome(code, outcome, zh, en, {name: str(value) for name, value in details.items()})
