"""Yearly figures: what can be recorded, how a correction follows, what counted when, and who sees it."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from factories import accounts as make
from factories import identity
from factories.accounts import Held
from factories.figures import figure, figures_of, output, recorded
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError

from backend.accounts import errors, service
from backend.accounts.models import YearFigure
from backend.accounts.values import FigureConfidence, FigureDraft, FigureKind
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.quantities import UnknownUnit
from backend.kit.scope import Scope


@pytest.fixture
async def held(databases: Databases) -> Held:
    return await make.held_account(databases)


def shape(values: Any) -> list[tuple[str, str, Decimal, str, bool]]:
    return [(one.kind.value, one.product, one.quantity, one.unit, one.is_main) for one in values]


async def rows_of(databases: Databases, held: Held) -> int:
    async with databases.read(held.scope) as read:
        return len(await read.rows(select(YearFigure.id).where(YearFigure.account_id == held.id)))


async def test_money_is_kept_in_yuan_output_in_its_own_unit(databases: Databases, held: Held) -> None:
    given = (
        output("水泥", "3.5", "万吨"), output("熟料", "28000", "t"), figure("value_added", "-1.25", "万元"),
        figure("employees", "312", "人"), figure("equity", "-40", "CNY"), figure("enterprise_value", "7", "万CNY"),
    )  # fmt: skip
    values = await recorded(databases, held, 2025, *given)
    assert shape(values) == [
        ("value_added", "", Decimal(-12500), "CNY", False),
        ("output", "水泥", Decimal("3.5"), "万t", True),
        ("output", "熟料", Decimal(28000), "t", False),
        ("equity", "", Decimal(-40), "CNY", False),
        ("enterprise_value", "", Decimal(70000), "CNY", False),
        ("employees", "", Decimal(312), "person", False),
    ]
    assert all((one.supersedes_id, one.note, one.confidence) == (None, "", FigureConfidence.DECLARED) for one in values)
    assert {one.recorded_by for one in values} == {held.holder.person_id}
    assert values == await figures_of(databases, held, 2025)
    assert await figures_of(databases, held, 2024) == []


async def test_a_correction_follows_what_stood_and_says_why(databases: Databases, held: Held) -> None:
    (first,) = await recorded(databases, held, 2024, figure("revenue", "100"))
    before = datetime.now(UTC)
    evidence = await make.evidence_of(databases, held)
    with pytest.raises(errors.ReasonMissing):
        await recorded(databases, held, 2024, figure("revenue", "120"))
    assert await figures_of(databases, held, 2024) == [first]
    (second,) = await recorded(
        databases, held, 2024, figure("revenue", "120"), evidence_id=evidence.id, reason="审计调整"
    )
    assert (second.quantity, second.supersedes_id, second.note) == (120, first.id, "审计调整")
    assert second.confidence is FigureConfidence.EVIDENCED
    async with databases.read(held.scope) as read:
        past = await service.figures(read, held.scope, [held.id], [2024, 2025], before)
    assert past == {(held.id, 2024): [first]}
    # What stands as given is not written again, and keeps what proves it.
    assert await recorded(databases, held, 2024, figure("revenue", "120.0")) == [second]
    assert await rows_of(databases, held) == 2
    (third,) = await recorded(databases, held, 2024, figure("revenue", "121"), reason="再次调整")
    assert third.confidence is FigureConfidence.DECLARED


async def test_a_figure_can_be_taken_away_and_given_again(databases: Databases, held: Held) -> None:
    with pytest.raises(errors.FigureUnexpected):
        await recorded(databases, held, 2024, figure("debt", None), reason="误填")
    (first,) = await recorded(databases, held, 2024, figure("debt", "5"))
    assert await recorded(databases, held, 2024, figure("debt", None), reason="误填") == []
    with pytest.raises(errors.FigureUnexpected):
        await recorded(databases, held, 2024, figure("debt", None), reason="误填")
    (again,) = await recorded(databases, held, 2024, figure("debt", "6"), reason="重新填报")
    async with databases.read(held.scope) as read:
        found = await read.rows(
            select(YearFigure.is_withdrawn, YearFigure.quantity, YearFigure.supersedes_id)
            .where(YearFigure.account_id == held.id)
            .order_by(YearFigure.recorded_at)
        )
    assert [(row.is_withdrawn, row.quantity) for row in found] == [(False, 5), (True, 5), (False, 6)]
    assert found[1].supersedes_id == first.id
    assert again.supersedes_id is not None


async def test_one_product_is_the_main_one(databases: Databases, held: Held) -> None:
    async def mains() -> list[str]:
        return [one.product for one in await figures_of(databases, held, 2025) if one.is_main]

    await recorded(databases, held, 2025, output("甲", "1", is_main=False), output("乙", "2"), output("丙", "3"))
    assert await mains() == ["乙"]
    await recorded(databases, held, 2025, output("丁", "4"))
    assert await mains() == ["乙"]
    with pytest.raises(errors.ReasonMissing):  # 乙 is changed, too
        await recorded(databases, held, 2025, output("戊", "5", is_main=True))
    await recorded(databases, held, 2025, output("戊", "5", is_main=True), reason="主营变更")
    assert await mains() == ["戊"]
    for drafts in (
        (output("甲", "1", is_main=True), output("乙", "2", is_main=True)),
        (output("戊", None),),
        (output("戊", "5", is_main=False),),
    ):
        with pytest.raises(errors.MainProductUnclear) as refused:
            await recorded(databases, held, 2025, *drafts, reason="更正")
        assert refused.value.path == ("input", "figures")
    assert await mains() == ["戊"]
    await recorded(databases, held, 2025, output("戊", None), output("甲", "1", is_main=True), reason="停产")
    assert [one.product for one in await figures_of(databases, held, 2025)] == ["甲", "丁", "丙", "乙"]
    assert await mains() == ["甲"]
    await recorded(databases, held, 2025, *(output(one, None) for one in ("丁", "丙", "乙")), reason="停产")
    assert await mains() == ["甲"]
    await recorded(databases, held, 2025, output("甲", None), reason="停产")
    await recorded(databases, held, 2025, output("己", "1"))
    assert await mains() == ["己"]


@pytest.mark.parametrize(
    ("drafts", "refusal", "path"),
    [
        ((), errors.FiguresMissing, ()),
        (tuple(output(f"产品{place}", "1") for place in range(101)), errors.FiguresTooMany, ()),
        ((figure("revenue", "1"), figure("revenue", "2")), errors.FigureTwice, ("1",)),
        ((figure("revenue", "-1"),), errors.FigureInvalid, ("0", "quantity")),
        ((figure("revenue", "1"), output("粗钢", "-1")), errors.FigureInvalid, ("1", "quantity")),
        ((figure("revenue", "NaN"),), errors.FigureInvalid, ("0", "quantity")),
        ((figure("revenue", "0.0000001"),), errors.FigureInvalid, ("0", "quantity")),
        ((figure("revenue", "1e18"),), errors.FigureInvalid, ("0", "quantity")),
        ((figure("employees", "1.5", "person"),), errors.FigureInvalid, ("0", "quantity")),
        ((figure("revenue", "1", "t"),), errors.FigureUnitInvalid, ("0", "unit")),
        ((figure("employees", "1", "piece"),), errors.FigureUnitInvalid, ("0", "unit")),
        ((output("粗钢", "1", "CNY"),), errors.FigureUnitInvalid, ("0", "unit")),
        ((output("粗钢", "1", "tCO2e"),), errors.FigureUnitInvalid, ("0", "unit")),
        ((figure("revenue", "1", "银子"),), UnknownUnit, ("0", "unit")),
        ((output(" ", "1"),), errors.ProductMissing, ("0", "product")),
        ((output("钢" * 81, "1"),), errors.TextTooLong, ("0", "product")),
        ((FigureDraft(FigureKind.REVENUE, Decimal(1), "CNY", "粗钢"),), errors.ProductUnexpected, ("0", "product")),
        ((figure("revenue", "1"), figure("debt", None)), errors.FigureUnexpected, ("1",)),
    ],
)  # fmt: skip
async def test_each_refusal_names_its_row(databases: Databases, held: Held, drafts, refusal, path) -> None:
    with pytest.raises(refusal) as refused:
        await recorded(databases, held, 2025, *drafts, reason="试")
    assert refused.value.path == ("input", "figures", *path)
    assert await rows_of(databases, held) == 0


async def test_years_evidence_and_closed_accounts(databases: Databases, held: Held) -> None:
    for year in (2004, today().year + 1):
        with pytest.raises(errors.YearOutOfRange):
            await recorded(databases, held, year, figure("revenue", "1"))
    foreign = await make.evidence_of(databases, await make.held_account(databases))
    with pytest.raises(errors.EvidenceNotFound):
        await recorded(databases, held, 2025, figure("revenue", "1"), evidence_id=foreign.id)
    async with databases.write(held.scope) as write:
        await service.close_account(write, held.scope, account_id=held.id, reason="注销")
    with pytest.raises(errors.AccountClosed):
        await recorded(databases, held, 2025, figure("revenue", "1"))
    assert await rows_of(databases, held) == 0


async def test_who_may_record_and_who_may_read(databases: Databases) -> None:
    held = await make.held_account(databases, division="320206")
    await recorded(databases, held, 2025, figure("revenue", "1"))
    body, lender = await identity.verifier(databases), await identity.bank(databases)
    await identity.engaged(databases, held.holder, body)
    await identity.consented(databases, held.holder, lender, ("account", "score", "indicators", "statement", "pledge"))
    district = await identity.authority(databases, division="320206")
    manager = await identity.colleague(databases, held.holder, "energy_manager")
    viewer = await identity.colleague(databases, held.holder, "viewer")
    stranger = await identity.enterprise(databases)
    for scope, refusal in (
        (Scope.nobody("wuxi"), Unauthenticated),
        (viewer, Forbidden),
        (lender.scope, Forbidden),
        (body.scope, Forbidden),
        (district.scope, Forbidden),
        (stranger.scope, errors.AccountNotFound),
    ):
        with pytest.raises(refusal):
            await recorded(databases, held, 2024, figure("revenue", "1"), scope=scope)
    for scope in (manager, viewer, body.scope, district.scope, Scope.system("wuxi")):
        assert len(await figures_of(databases, held, 2025, scope)) == 1
    elsewhere = await identity.authority(databases, division="320205")
    for scope in (lender.scope, stranger.scope, elsewhere.scope, (await identity.verifier(databases)).scope):
        assert await figures_of(databases, held, 2025, scope) == []
    await recorded(databases, held, 2024, figure("revenue", "1"), scope=manager)


async def test_nothing_is_rewritten_and_nobody_writes_for_another(databases: Databases, held: Held) -> None:
    await recorded(databases, held, 2025, figure("revenue", "1"))
    for statement in ("update year_figure set quantity = 2", "delete from year_figure"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with databases.write(held.scope) as write:
                await write.run(text(statement))
    stranger = await identity.enterprise(databases)
    row = {"account_id": held.id, "id": new_id(), "year": 2025, "kind": "debt", "quantity": Decimal(1), "unit": "CNY",
           "recorded_at": now()}  # fmt: skip
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(stranger.scope) as write:
            await write.run(insert(YearFigure).values(**row))


async def test_of_two_at_once_the_second_follows_the_first(databases: Databases, held: Held) -> None:
    answers = await asyncio.gather(
        *(recorded(databases, held, 2025, figure("revenue", str(place)), reason="填报") for place in range(1, 6)),
    )
    assert len(answers) == 5
    async with databases.read(held.scope) as read:
        rows = await read.rows(
            select(YearFigure.id, YearFigure.supersedes_id)
            .where(YearFigure.account_id == held.id)
            .order_by(YearFigure.recorded_at)
        )
    assert [row.supersedes_id for row in rows] == [None, *(row.id for row in rows[:-1])]
    assert (await figures_of(databases, held, 2025))[0].id == rows[-1].id


async def test_the_holders_chain_tells_it(databases: Databases, held: Held) -> None:
    await recorded(databases, held, 2025, figure("revenue", "1"))
    await recorded(databases, held, 2025, figure("revenue", "2"), reason="更正")
    async with databases.read(held.scope) as read:
        rows = await read.rows(
            text("select details from audit_event where chain_id = :chain and action = 'accounts:record_figures'"
                 " order by sequence"), {"chain": held.holder.id},
        )  # fmt: skip
    assert [row.details["figures"][0]["after"] for row in rows] == ["1", "2"]
    assert (rows[1].details["reason"], rows[1].details["figures"][0]["before"]) == ("更正", "1")


async def test_one_statement_for_many_accounts_and_years(databases: Databases) -> None:
    many = [await make.held_account(databases) for _ in range(3)]
    for held in many:
        await recorded(databases, held, 2024, figure("revenue", "1"))
        await recorded(databases, held, 2025, figure("revenue", "2"), output("粗钢", "3"))
    system, sent = Scope.system("wuxi"), []
    engine = databases.engine("wuxi").sync_engine

    def note(*facts: Any) -> None:
        sent.append(facts[2])

    async with databases.read(system) as read:
        event.listen(engine, "before_cursor_execute", note)
        try:
            found = await service.figures(read, system, [held.id for held in many], [2023, 2024, 2025])
            assert await service.figures(read, system, [], [2025]) == {}
        finally:
            event.remove(engine, "before_cursor_execute", note)
    assert len(sent) == 1
    assert {key: [one.quantity for one in values] for key, values in found.items()} == {
        **{(held.id, 2024): [1] for held in many}, **{(held.id, 2025): [2, 3] for held in many},
    }  # fmt: skip
