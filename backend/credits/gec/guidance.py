"""Which certificates satisfy which need: every batch at hand against every need, with reasons and sources."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from backend.accounts import service as accounts
from backend.credits.gec.claim_errors import ClaimYearInvalid
from backend.credits.gec.claim_rules import is_same_year, rules, same_year_later, use
from backend.credits.gec.claim_values import FIRST_YEAR, Guidance, Verdict
from backend.credits.gec.claiming import at_hand, holder_of
from backend.credits.gec.claiming_rules import (
    Certificates,
    Electricity,
    Need,
    Setting,
    certificates_of,
    serves,
    worst,
)
from backend.emissions import service as emissions
from backend.factors import service as factors
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope

LABELS = {
    Need.MARKET_SCOPE2: ("基于市场的范围二", "market-based scope 2"),
    Need.RENEWABLE_DUTY: ("可再生能源消费责任", "renewable consumption duty"),
    Need.PARK_INDICATOR: ("园区指标", "park indicator"),
    Need.EXPORT: ("出口（境外采购方或法规要求）", "export (foreign buyers or rules)"),
}


async def guidance(
    read: Read, scope: Scope, account_id: UUID, year: int, *, limit: int, after: tuple[str, UUID] | None
) -> list[Guidance]:
    """Return the certificates at hand by their last day, each with a verdict for every need of a year.

    `after` is last day (ISO) and batch of the last one seen.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`, `ledger:read` and `emissions:read`.
        AccountNotFound: no such account, or not visible.
        ClaimYearInvalid: a year before certificates existed, or one that has not begun.
    """
    scope.require("credits:read")
    account = await accounts.account(read, scope, account_id)
    if not FIRST_YEAR <= year <= today().year:
        raise ClaimYearInvalid(year=year, first=FIRST_YEAR, last=today().year, path=("year",))
    electricity = await electricity_of(read, scope, account_id, year)
    book = await rules(read, scope)
    later = same_year_later(book, year, today().year)
    setting = Setting(year, today(), await holder_of(read, scope, account), is_same_year(book, year), later)
    found = {need: use(book, need.value, account.division_path, year) for need in Need}
    shown: list[Guidance] = []
    for batch, amount in await at_hand(read, scope, account_id):
        if after is not None and place(batch.valid_until, batch.id) <= after:
            continue
        if len(shown) == limit:
            break
        one = certificates_of(batch)
        verdicts = tuple(_verdict(need, found[need], one, setting, electricity) for need in Need)
        shown.append(
            Guidance(batch.id, amount, one.project, one.technology, batch.produced_from, batch.valid_until, verdicts)
        )
    return shown


async def electricity_of(read: Read, scope: Scope, account_id: UUID, year: int) -> Electricity:
    """Return what the account bought and claimed of a year's electricity, in MWh.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    is_open = await accounts.reporting_year(read, scope, account_id, year) is not None
    claimed = await emissions.claimed_energy(read, scope, [account_id], year)
    bought = await emissions.purchased_electricity(read, scope, account_id, year)
    is_closed = await emissions.is_year_closed(read, scope, account_id, year)
    return Electricity(bought, claimed.get(account_id, Decimal(0)), is_open, is_closed)


def place(valid_until: date | None, batch_id: UUID) -> tuple[str, UUID]:
    """Return where a batch stands in the list."""
    return (valid_until.isoformat() if valid_until else "9999-12-31", batch_id)


def _verdict(
    need: Need, rule: factors.Choice | None, one: Certificates, setting: Setting, electricity: Electricity
) -> Verdict:
    checks = serves(need, one, setting, electricity, is_rule_known=rule is not None)
    zh, en = LABELS[need]
    if rule is None:
        return Verdict(need, worst(checks), checks, zh, en, "", "", "", "", is_uncertain=True)
    return Verdict(
        need, worst(checks), checks, rule.label_zh or zh, rule.label_en or en, rule.document, rule.source,
        rule.confidence, rule.note, rule.is_uncertain,
    )  # fmt: skip
