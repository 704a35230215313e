"""Accounts with inventories and yearly figures made straight in the tables, and runs over them.

    firm = await made_firm(databases, sector=a_sector(), years={2025: Year(scope1="1000")})
    [score] = await scored(databases, [firm.id], 2025)

Each test uses a sector of its own: roll-ups are by sector, and other files score other accounts in the same database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from factories import accounts, identity
from factories.accounts import Held
from sqlalchemy import insert, text, update

from backend.accounts.models import Site, Source, YearFigure
from backend.emissions.models import Inventory, InventoryLine, InventoryMonth, InventoryTransition
from backend.identity.values import ROLES
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.scores.appeals.appealing import appeal_score
from backend.scores.modelling.content import ModelContent
from backend.scores.modelling.shipped import shipped
from backend.scores.running.models import ScoreSign, ScoreStanding
from backend.scores.running.penalties import record_penalty
from backend.scores.running.scoring import Model, score_with
from backend.scores.running.values import Cause, Severity
from backend.scores.values import ScoreValue

EARLY = datetime(2025, 1, 2, tzinfo=UTC)
EVEN = (1,) * 12


@dataclass(frozen=True)
class Year:
    """A year of a firm, in tCO2e, CNY and t; `months` weigh the months, `sources` share the combustion evenly."""

    scope1: str = "600"
    electricity: str = "400"
    heat: str = "0"
    scope3: str = "0"
    value_added: str | None = "10000000"
    output: str | None = "2000"
    months: Sequence[int] = EVEN
    sources: int = 1
    state: str = "verified"
    tier: str = "metered"
    is_proved: bool = True
    version: int = 1


@dataclass
class Firm:
    held: Held
    sector: str
    site_id: UUID
    sources: dict[str, UUID] = field(default_factory=dict)
    evidence_id: UUID | None = None
    inventories: dict[int, UUID] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.held.id

    @property
    def scope(self) -> Scope:
        return self.held.scope


def a_sector() -> str:
    """A sector nobody else's accounts are in."""
    return f"s{uuid4().hex[:12]}"


async def made_firm(
    databases: Databases, *, sector: str | None = None, years: Mapping[int, Year] | None = None, tenant: str = "wuxi",
    division: str | None = "320206",
) -> Firm:  # fmt: skip
    """Make a firm with whole years."""
    held = await accounts.held_account(databases, tenant=tenant, division=division)
    evidence = await accounts.evidence_of(databases, held)
    firm = Firm(held, sector or a_sector(), new_id(), evidence_id=evidence.id)
    system = Scope.system(tenant)
    async with databases.write(system) as write:
        await write.run(
            text("update carbon_account set sector = :sector where id = :id"), {"sector": firm.sector, "id": firm.id}
        )
        await write.run(
            insert(Site).values(
                account_id=firm.id,
                id=firm.site_id,
                code="S1",
                name="厂区",
                created_at=EARLY,
                division_code=held.account.division_code,
            )
        )
    for year, told in sorted((years or {2025: Year()}).items()):
        await add_year(databases, firm, year, told)
    return firm


async def add_year(databases: Databases, firm: Firm, year: int, told: Year) -> UUID:
    """Give a firm an inventory of a year, with the figures beside it; return the inventory's id."""
    own, at = new_id(), datetime.now(UTC)
    firm.inventories[year] = own
    states = ["computed", "submitted", "verified", "closed"]
    steps = states[: states.index(told.state) + 1]
    async with databases.write(Scope.system(firm.scope.tenant)) as write:
        parts = [
            (f"B{place}", 1, "combustion", "fuel_combustion", "both", Decimal(told.scope1) / told.sources)
            for place in range(told.sources)
        ]
        parts += [
            ("E1", 2, "electricity", "purchased_electricity", basis, Decimal(told.electricity))
            for basis in ("location", "market")
        ]
        parts += [("H1", 2, "heat", "purchased_heat", "both", Decimal(told.heat))]
        parts += [("T1", 3, "upstream_transport", "scope3_activity", "both", Decimal(told.scope3))]
        parts = [each for each in parts if each[-1]]
        for code, scope, category, method, _, _ in parts:
            if code not in firm.sources:
                firm.sources[code] = new_id()
                await write.run(
                    insert(Source).values(
                        account_id=firm.id, id=firm.sources[code], site_id=firm.site_id, code=code, name=code,
                        method=method, scope=scope, category=category, key="", unit="t", parameters={},
                        created_at=EARLY,
                    )
                )  # fmt: skip
        scope2 = Decimal(told.electricity) + Decimal(told.heat)
        await write.run(
            insert(Inventory).values(
                account_id=firm.id, id=own, year=year, version=told.version, state=told.state, as_of=at,
                factor_policy="published", factor_date=date(2026, 3, 1), method_pack="general",
                fuel_table="C_INDUSTRY_OTHER", scope1=Decimal(told.scope1), scope2_location=scope2,
                scope2_market=scope2, scope3=Decimal(told.scope3), energy_tce=Decimal(300), record_count=12,
                excluded_count=0, uncertainty={}, checks=[], quality_score=Decimal(80), computed_at=at,
            )
        )  # fmt: skip
        for before, after in zip(["open", *steps], steps, strict=False):
            await write.run(
                insert(InventoryTransition).values(
                    account_id=firm.id, id=new_id(), inventory_id=own, from_state=before, to_state=after, reason="",
                    at=datetime.now(UTC), organisation_id=firm.held.holder.id,
                )
            )  # fmt: skip
        for code, scope, category, method, basis, co2e in parts:
            await write.run(
                insert(InventoryLine).values(
                    account_id=firm.id, id=new_id(), inventory_id=own, source_id=firm.sources[code],
                    site_id=firm.site_id, scope=scope, category=category, method=method, key="", gas="CO2", basis=basis,
                    months=[date(year, 1, 1)], record_count=12, quantities=[], base_quantity=co2e, base_unit="t",
                    coefficient=Decimal(1), coefficient_unit="tCO2/t", result_t=co2e, gwp=Decimal(1), co2e_t=co2e,
                    energy_tce=Decimal(0), formula="E = Q", formula_source="试", parameters=[],
                    tiers={f"{told.tier}/valid/missing": [12, format(co2e, "f")]}, quality_score=Decimal(80),
                    uncertainty=None,
                )
            )  # fmt: skip
        whole = sum(told.months)
        for place, weight in enumerate(told.months, 1):
            if weight:
                await write.run(
                    insert(InventoryMonth).values(
                        account_id=firm.id, inventory_id=own, month=date(year, place, 1),
                        scope1=Decimal(told.scope1) * weight / whole, scope2_location=scope2 * weight / whole,
                        scope2_market=scope2 * weight / whole, scope3=Decimal(0), energy_tce=Decimal(25),
                    )
                )  # fmt: skip
        figures: list[dict[str, Any]] = []
        if told.value_added is not None:
            figures.append({"kind": "value_added", "quantity": Decimal(told.value_added), "unit": "CNY"})
        if told.output is not None:
            figures.append(
                {"kind": "output", "product": "粗钢", "quantity": Decimal(told.output), "unit": "t", "is_main": True}
            )
        for each in figures if told.version == 1 else ():
            await write.run(
                insert(YearFigure).values(
                    account_id=firm.id, id=new_id(), year=year, recorded_at=datetime.now(UTC),
                    evidence_id=firm.evidence_id if told.is_proved else None, note="", **each,
                )
            )  # fmt: skip
    return own


def a_model(code: str = "changlvfen", version: int = 1, **changed: Any) -> Model:
    """A shipped model, or a variant of it."""
    content: ModelContent = shipped()[code]
    return Model(content.model_copy(update=changed) if changed else content, version)


async def scored(
    databases: Databases, ids: Sequence[UUID], year: int = 2025, *, model: Model | None = None,
    cause: Cause = Cause.NIGHTLY, tenant: str = "wuxi",
) -> list[ScoreValue]:  # fmt: skip
    """Run the scores of some accounts."""
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        return await score_with(write, scope, ids, model or a_model(), cause, year)


def authority_of(firm: Firm, role: str = "officer") -> Scope:
    """An officer of the district the firm lies in."""
    return Scope(
        firm.scope.tenant, Kind.AUTHORITY, uuid4(), uuid4(), firm.held.account.division_path,
        ROLES[Kind.AUTHORITY][role], language="en",
    )  # fmt: skip


async def a_sign(databases: Databases, firm_id: UUID, tenant: str = "wuxi", year: int = 2025) -> UUID:
    """A sign found in an account, as a run stores it."""
    own, scope = new_id(), Scope.system(tenant)
    async with databases.write(scope) as write:
        await write.run(
            insert(ScoreSign).values(
                account_id=firm_id, id=own, year=year, kind="shifted_months", fingerprint=uuid4().hex,
                numbers={"moved": "7654.321"}, zh="疑似约 7654.321 tCO2e 跨年移动。", en="moved", found_at=EARLY,
            )
        )  # fmt: skip
    return own


async def taking_part(databases: Databases, held: Held) -> dict[str, tuple[str, tuple[UUID, ...]]]:
    """Give an account one of everything of scores; return the global ids' parts."""
    bureau = await identity.authority(databases, division=held.account.division_code)
    [score] = await scored(databases, [held.id])
    async with databases.write(bureau.scope) as write:
        penalty = await record_penalty(
            write, bureau.scope, account_id=held.id, document="受害者环罚〔2025〕1号", severity=Severity.MINOR,
            summary="受害者的处罚", from_on=date(2025, 3, 1), until_on=None,
        )  # fmt: skip
    sign = await a_sign(databases, held.id)
    place = [{
        "fact": "emissions_location", "basis": "", "value": "7654.321", "unit": "tCO2e", "size": 5, "percentile": "50",
        "mean": "7700", "overall_mean": None, "published_on": "2026-03-01",
    }]  # fmt: skip
    async with databases.write(Scope.system(held.scope.tenant)) as write:
        await write.run(update(ScoreStanding).where(ScoreStanding.account_id == held.id).values(positions=place))
    async with databases.write(held.scope) as write:
        appeal = await appeal_score(
            write, held.scope, account_id=held.id, score_id=score.id,
            indicator=score.assessment.indicators[0].code, reason="受害者的申诉",
        )  # fmt: skip
    return {
        "green_score": ("GreenScore", (held.id, score.id)),
        "score_penalty": ("ScorePenalty", (held.id, penalty.id)),
        "score_sign": ("ScoreSign", (held.id, sign)),
        "score_appeal": ("ScoreAppeal", (held.id, appeal.id)),
    }
