"""What a reviewer remarks is followed or answered before a disclosure is submitted again."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from factories import disclosure as make

from backend.esg import rules, service
from backend.esg.errors import DisclosurePointNotFound, DisclosureTextInvalid, RemarksUnanswered
from backend.esg.values import State, Step
from backend.kit.db import Databases


async def run(databases: Databases, scope: Any, command: Any, firm: make.Firm, one: Any, **given: Any) -> Any:
    async with databases.write(scope) as write:
        return await command(write, scope, key=(firm.id, one.id), **given)


@pytest.mark.parametrize(
    ("changed", "answered", "left"),
    [
        (set(), set(), ["a", "b", ""]),
        ({"a"}, set(), ["b"]),
        ({""}, set(), ["a", "b"]),
        ({"other"}, {"b"}, ["a"]),
        (set(), {"a", "b"}, [""]),
        (set(), {""}, ["a", "b"]),
    ],
)
def test_a_remark_is_met_by_a_change_of_its_point_or_by_words(
    changed: set[str], answered: set[str], left: list[str]
) -> None:
    remarks = [{"point": each, "text": "改"} for each in ("a", "b", "")]
    assert [each["point"] for each in rules.unmet(remarks, changed, answered)] == left


async def test_a_returned_disclosure_meets_each_remark_before_it_is_submitted_again(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    await make.profiled(databases, firm)
    one = await make.opened(databases, firm)
    await make.completed(databases, firm, one)
    await run(databases, firm.writer, service.submit, firm, one)
    answered = {
        "point": "exchanges:GOV", "value": None, "unit": "", "text_zh": "董事会每季审议", "text_en": "",
        "evidence_ids": [await make.evidence_of(databases, firm)],
    }  # fmt: skip
    remarks = [
        service.Remark("exchanges:GOV", "请补充董事会职责"), service.Remark("exchanges:STR", "请补充目标"),
        service.Remark("", "请统一口径"),
    ]  # fmt: skip
    await run(databases, firm.reviewer, service.return_disclosure, firm, one, remarks=remarks)

    async def refused(*points: str, answers: Sequence[service.Remark] = ()) -> None:
        with pytest.raises(RemarksUnanswered) as told:
            await run(databases, firm.writer, service.submit, firm, one, answers=answers)
        assert told.value.details["count"] == len(points)
        left = told.value.details["remarks"]
        assert left == [{"point": each.point, "text": each.text} for each in remarks if each.point in points]
        assert (await make.seen(databases, firm, one)).disclosure.state is State.DRAFT

    await refused("exchanges:GOV", "exchanges:STR", "")
    await refused("exchanges:GOV", answers=[service.Remark("", "口径一致"), service.Remark("exchanges:STR", "见附件")])
    # Saying something of one point follows the remarks on it and on the whole, and no other.
    await run(databases, firm.writer, service.answer, firm, one, **answered)
    await refused("exchanges:STR")
    for wrong, error in (
        ([service.Remark("exchanges:STR", " ")], DisclosureTextInvalid),
        ([service.Remark("exchanges:STR", "见附件")] * 201, DisclosureTextInvalid),
        ([service.Remark("nothing:1", "见附件")], DisclosurePointNotFound),
    ):
        with pytest.raises(error):
            await run(databases, firm.writer, service.submit, firm, one, answers=wrong)
    said = [service.Remark("exchanges:STR", "目标已载于第三章")]
    assert (await run(databases, firm.writer, service.submit, firm, one, answers=said)).round == 2
    last = (await make.seen(databases, firm, one)).steps[-1]
    assert (last.step, last.remarks) == (Step.SUBMIT, [{"point": "exchanges:STR", "text": "目标已载于第三章"}])
    # What was met in an earlier round is no longer asked for; the same words once more are no change.
    await run(databases, firm.reviewer, service.return_disclosure, firm, one, remarks=[remarks[0], remarks[2]])
    await run(databases, firm.writer, service.answer, firm, one, **answered)
    await refused("exchanges:GOV", "")
    topic, two = 12, Decimal(2)
    judged = [service.Judged(topic, two, two, "影响理由", "财务理由")]
    await run(databases, firm.writer, service.assess, firm, one, judged=judged)
    await refused("exchanges:GOV", "")
    judged = [service.Judged(topic, two, two, "不涉及", "不涉及")]
    await run(databases, firm.writer, service.assess, firm, one, judged=judged)
    await refused("exchanges:GOV")
    said = [service.Remark("exchanges:GOV", "已于上轮修改")]
    assert (await run(databases, firm.writer, service.submit, firm, one, answers=said)).round == 3
    await run(databases, firm.reviewer, service.approve, firm, one)
