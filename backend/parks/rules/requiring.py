"""What a programme's document asks of an item, and what was found: stated one by one, numbers judged by the number."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from backend.parks.errors import ParkFindingsInvalid, ParkRequirementOpen
from backend.parks.values import Finding, Outcome, Requirement

LONGEST_REMARK = 500
MOST = Decimal(1_000_000_000)


def checked(requirements: Sequence[Requirement], given: Sequence[Finding]) -> list[Finding]:
    """Return the findings in the order of the requirements; a number decides the outcome where one is asked for.

    Without the number it cannot be told, whatever was said.

    Raises:
        ParkFindingsInvalid: one is missing, told twice, of nothing asked for, without its ground, or no number.
    """
    known = {each.code: each for each in requirements}
    found: dict[str, Finding] = {}
    for each in given:
        if each.code not in known:
            raise _invalid(f"没有要求“{each.code[:40]}”", f"there is no requirement '{each.code[:40]}'")
        name_zh, name_en = known[each.code].name_zh, known[each.code].name_en
        if each.code in found:
            raise _invalid(f"“{name_zh}”重复填写", f"'{name_en}' is told twice")
        remark = each.remark.strip()
        if not remark or len(remark) > LONGEST_REMARK:
            raise _invalid(
                f"“{name_zh}”须说明依据（1 至 {LONGEST_REMARK} 个字符）",
                f"'{name_en}' needs its ground in 1 to {LONGEST_REMARK} characters",
            )
        found[each.code] = Finding(each.code, _outcome(known[each.code], each), remark, each.quantity)
    missing = [each for each in requirements if each.code not in found]
    if missing:
        raise _invalid(f"缺少“{missing[0].name_zh}”", f"'{missing[0].name_en}' is missing")
    return [found[each.code] for each in requirements]


def _outcome(asked: Requirement, given: Finding) -> Outcome:
    if given.quantity is not None and (
        asked.limit is None or not given.quantity.is_finite() or abs(given.quantity) > MOST
    ):
        raise _invalid(f"“{asked.name_zh}”的数值无效", f"the number of '{asked.name_en}' cannot be")
    if asked.limit is None:
        return given.outcome
    if given.quantity is None:
        return Outcome.UNKNOWN
    return Outcome.PASS if given.quantity >= asked.limit else Outcome.FAIL


def check_met(requirements: Sequence[Requirement], findings: Sequence[Finding]) -> None:
    """Refuse to pass what is not met. Raises ParkRequirementOpen."""
    outcomes = {each.code: each.outcome for each in findings}
    open_ = [each for each in requirements if outcomes.get(each.code) is not Outcome.PASS]
    if open_:
        raise ParkRequirementOpen(
            names_zh="、".join(each.name_zh for each in open_), names_en=", ".join(each.name_en for each in open_)
        )


def kept(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as JSON; numbers as plain decimal text."""
    return [
        {
            "code": each.code, "outcome": each.outcome.value, "remark": each.remark,
            "quantity": None if each.quantity is None else format(each.quantity, "f"),
        }
        for each in findings
    ]  # fmt: skip


def told(given: Mapping[str, Any]) -> Finding:
    """Return a finding as it was kept."""
    quantity = given["quantity"]
    return Finding(
        given["code"], Outcome(given["outcome"]), given["remark"], None if quantity is None else Decimal(quantity)
    )


def _invalid(zh: str, en: str) -> ParkFindingsInvalid:
    return ParkFindingsInvalid(reason_zh=zh, reason_en=en, path=("input", "findings"))
