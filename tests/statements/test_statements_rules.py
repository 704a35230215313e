"""What a certificate states, its number, where it is verified: exact values."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from factories.statements import GEC, a_retirement, stated

from backend.kit.ids import new_id
from backend.ledger.values import Dimension, MovementKind, UnitClass
from backend.statements import rules
from backend.statements.errors import (
    NotARetirement,
    RetirementReversed,
    RetirementsMissing,
    RetirementsOfOthers,
    TooManyRanges,
    TooManyRetirements,
)
from backend.statements.values import MOST_MOVEMENTS, OriginRun, Standing

POINTS = UnitClass("P", "积分", "Points", Dimension.POINT, "point", 2, is_serialised=False, confidence="placeholder")


def test_a_number_carries_sixty_bits_and_no_doubtful_sign() -> None:
    number = rules.number_of("320200", 2026, b"\xff" * 8)
    assert number == "RC-320200-2026-ZZZZ-ZZZZ-ZZZZ"
    assert rules.number_of("320200", 2026, b"\x00" * 8) == "RC-320200-2026-0000-0000-0000"
    assert len({rules.number_of("320200", 2026, each.to_bytes(8, "big")) for each in range(4096)}) == 4096
    assert set("ILOU") & set(rules.ALPHABET) == set()


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("RC-320200-2026-7K3M-9QXP-4TB0", "RC-320200-2026-7K3M-9QXP-4TB0"),
        (" rc 320200 2026 7k3m9qxp4tbo ", "RC-320200-2026-7K3M-9QXP-4TB0"),
        ("RC-320200-2026-7K3M-9QXP-4TBL", "RC-320200-2026-7K3M-9QXP-4TB1"),
        ("RC-320200-2026-7K3M-9QXP-4TB", None),
        ("RC-320200-2026-7K3M-9QXP-4TB00", None),
        ("RC-320200-2026-7K3M-9QXP-4TBU", None),
        ("RC-32020A-2026-7K3M-9QXP-4TB0", None),
        ("CA-320206-000123", None),
        ("'; drop table", None),
        ("", None),
    ],
)
def test_a_number_is_read_as_people_type_it(given: str, read: str | None) -> None:
    assert rules.read_number(given) == read


def test_the_address_comes_from_settings_never_from_a_request() -> None:
    assert (
        rules.verify_url("wuxi", "N", hosts=("c.wuxi.cn",), base_domain="x.cn", port=1) == "https://c.wuxi.cn/verify/N"
    )
    assert rules.verify_url("wuxi", "N", hosts=(), base_domain="x.cn", port=1) == "https://wuxi.x.cn/verify/N"
    assert rules.verify_url("wuxi", "N", hosts=(), base_domain="localhost", port=8000) == "http://localhost:8000/wuxi/verify/N"  # fmt: skip


def test_a_choice_is_one_to_a_hundred_each_once() -> None:
    one, two = sorted((new_id(), new_id()))
    assert rules.check_choice([two, one, two]) == (one, two)
    with pytest.raises(RetirementsMissing):
        rules.check_choice([])
    assert len(rules.check_choice([new_id() for _ in range(MOST_MOVEMENTS)])) == MOST_MOVEMENTS
    with pytest.raises(TooManyRetirements):
        rules.check_choice([new_id() for _ in range(MOST_MOVEMENTS + 1)])


def test_only_retirements_of_one_account() -> None:
    one, two = a_retirement([(1, 2)]).movement, a_retirement([(3, 4)]).movement
    assert rules.account_of([one]) == one.from_account_id
    with pytest.raises(RetirementsOfOthers):
        rules.account_of([one, two])
    with pytest.raises(NotARetirement) as refused:
        rules.account_of([replace(one, kind=MovementKind.SURRENDER)])
    assert refused.value.details == {"number": 10234, "kind": "surrender"}
    with pytest.raises(RetirementReversed):
        rules.check_standing([one], {one.id: Standing(one.recorded_at, (7,))})
    rules.check_standing([one], {two.id: Standing(two.recorded_at, (7,))})


def test_serials_are_told_with_the_registrys_own_numbers() -> None:
    retired = a_retirement([(100, 109), (200, 200)])
    runs = [OriginRun(100, "R", "A", 1, 5), OriginRun(105, "R", "B", 900, 909), OriginRun(200, "R", "B", 7, 7)]
    (entry,) = stated(replace(retired, origins=runs))["retirements"]
    (batch,) = entry["batches"]
    assert batch["ranges"] == [
        {"first": 100, "last": 109, "count": 10, "registry": [
            {"registry": "R", "count": 5, "first": "A 1", "last": "A 5"},
            {"registry": "R", "count": 5, "first": "B 900", "last": "B 904"},
        ]},
        {"first": 200, "last": 200, "count": 1, "registry": [
            {"registry": "R", "count": 1, "first": "B 7", "last": "B 7"},
        ]},
    ]  # fmt: skip
    assert entry["quantity"] == "11"
    assert batch["quantity"] == "11"
    assert entry["journal"] == {"position": 88012, "hash": "9f" * 32}
    later = replace(retired, origins=[OriginRun(150, "R", "A", 1, 50)])
    assert stated(later)["retirements"][0]["batches"][0]["ranges"][0]["registry"] == []


def test_a_green_certificates_code_is_whole_again() -> None:
    run = OriginRun(1, "GEC", "110221063202000102603" + "11", 42, 50)
    assert rules.code_of(run, 42) == "110221063202000102603" + "000000042" + "11"
    assert len(rules.code_of(run, 42)) == 32
    assert rules.code_of(OriginRun(1, "GEC", "odd", 42, 50), 42) == "odd 42"
    assert rules.code_of(OriginRun(1, "ccer", "CCER-H-#8", 11501, 11550), 11501) == "CCER-H-00011501"
    assert [rules.purpose_of(each)[0] for each in ("product", "public", "redeem")] == [
        "产品用途",
        "公益用途",
        "积分兑换",
    ]


def test_classes_are_never_added_and_uncertain_ones_stay_marked() -> None:
    facts = stated(
        a_retirement([(1, 10)], number=3),
        a_retirement([(11, 15)], number=2),
        a_retirement([], number=1, kind=POINTS, quantity=Decimal("12.50")),
    )
    assert [each["movement"] for each in facts["retirements"]] == [1, 2, 3]
    totals = {each["class"]: (each["quantity"], each["unit"], each["confidence"]) for each in facts["totals"]}
    assert totals == {"GEC": ("15", "MWh", "verified-by-lookup"), "P": ("12.5", "point", "placeholder")}
    assert facts["retirements"][0]["batches"][0]["ranges"] == []


def test_purposes_are_told_in_both_languages_or_as_written() -> None:
    assert rules.purpose_of("market_scope2,event") == (
        "范围二（市场法）核算、活动碳中和", "Market-based scope 2 accounting, Carbon-neutral event",
    )  # fmt: skip
    assert rules.purpose_of("给客户的承诺") == ("给客户的承诺", "")
    assert rules.purpose_of("event,其他") == ("event,其他", "")
    assert rules.purpose_of("") == ("", "")


def test_too_many_ranges_are_refused() -> None:
    ranges = [(each * 3, each * 3 + 1) for each in range(1, 5002)]
    assert len(stated(a_retirement(ranges[:5000]))["retirements"][0]["batches"][0]["ranges"]) == 5000
    with pytest.raises(TooManyRanges) as refused:
        stated(a_retirement(ranges))
    assert refused.value.details == {"most": 5000, "found": 5001}


def test_the_mark_follows_every_fact() -> None:
    facts = stated(a_retirement([(1, 10)]))
    mark = rules.mark(facts)
    assert len(mark.replace(" ", "")) == 16
    assert rules.mark(dict(reversed(facts.items()))) == mark
    assert rules.mark({**facts, "issued_on": "2026-11-22"}) != mark
    assert GEC.code == "GEC"


def test_every_purpose_the_house_writes_is_told_in_words() -> None:
    """A purpose that no words are known for is printed as it was written: as a code, where the code is ours."""
    written = {
        found
        for path in (Path(rules.__file__).resolve().parents[1]).rglob("*.py")
        if "demo" not in path.parts
        for found in re.findall(r'purpose="([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert written >= {"ets_surrender", "quota_allocation", "ccer_import"}
    assert {each for each in written if rules.purpose_of(each) == (each, "")} == set()
