"""Emissions that grow, and warnings of them, in a division of the test's own."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from factories.accounts import Held
from factories.identity import Made, authority
from factories.inventory import Place
from factories.regions import counted_account, roll_all, store_inventory
from sqlalchemy import insert

from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.notices import Addressee, Link, Said
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.monitoring import service
from backend.monitoring.alerts.models import MonitoringStep, MonitoringWarning
from backend.monitoring.alerts.values import CauseKind, EvaluationValue, Level, WarningValue
from backend.wire.nodes import node_id

SECRET_MEASURE = "受害者预警处置要点 54321.09876"


def tonnes(scope1: str, numbers: range, scope2: str = "20") -> dict[int, tuple[str, str, str, str]]:
    """Return months that each come to this."""
    return dict.fromkeys(numbers, (scope1, scope2, "0", "1"))


@dataclass(frozen=True)
class Grown:
    """A division where a steel works grows: 100 t a month in the first year, `scope1` + 20 t in the second."""

    bureau: Made
    steel: Place
    division: str
    years: tuple[int, int]

    @property
    def scope(self) -> Scope:
        return self.bureau.scope


async def growing(
    databases: Databases, division: str, *, tenant: str = "guizhou", years: tuple[int, int] = (2023, 2024), scope1: str = "88"
) -> Grown:  # fmt: skip
    """Make the division's authority and a steel works that grows by 8 % (88 + 20 against 80 + 20)."""
    bureau = await authority(databases, tenant=tenant, division=division)
    steel = await counted_account(databases, tenant, division=division, sector="steel")
    await store_inventory(databases, steel, years[0], 1, tonnes("80", range(1, 13)))
    await store_inventory(databases, steel, years[1], 1, tonnes(scope1, range(1, 7)))
    await roll_all(databases, tenant)
    return Grown(bureau, steel, division, years)


async def evaluated(databases: Databases, scope: Scope, month: date) -> EvaluationValue:
    """Evaluate a region."""
    async with databases.write(scope) as write:
        return await service.evaluate(write, scope, month)


async def warned(
    databases: Databases, scope: Scope, division: str, *, sector: str = "steel", kind: CauseKind = CauseKind.GROWTH
) -> list[WarningValue]:
    """Return the warnings of a division's sector."""
    async with databases.read(scope) as read:
        found = await service.warnings(read, scope, division_code=division, kinds=[kind], limit=100)
    return [each for each in found if each.cause.division_code == division and each.cause.sector == sector]


async def told(databases: Databases, scope: Scope) -> list[tuple[str, str]]:
    """Return kind and Chinese subject of one's notices, the newest first."""
    async with databases.read(scope) as read:
        return [(each.kind, each.subject.zh) for each in await service.notices(read, scope, limit=100)]


def warning_node(warning_id: UUID) -> str:
    """Return a warning's global id."""
    return str(node_id("EmissionWarning", warning_id))


async def in_a_warning(databases: Databases, settings: Settings, held: Held) -> dict[str, str]:
    """Give the victim a warning of its budget as a key unit, a notice, and its authority an endpoint and drafted levels."""
    system, own_id, at = Scope.system("wuxi"), new_id(), now()
    bureau = await authority(databases)
    async with databases.write(system) as write:
        await write.run(
            insert(MonitoringWarning).values(
                id=own_id, kind="budget", division_code=held.account.division_code,
                division_path=held.account.division_path, sector="", account_id=held.id, year=2027, state="responding",
                level="severe", level_zh="严重预警", level_en="Severe", rank=2, is_present=True, month=date(2026, 6, 1),
                value=Decimal("12.5"), evidence=EVIDENCE, is_placeholder=True, owner_id=bureau.id, owner_person_id=None,
                response="strict_key_units", measure=SECRET_MEASURE, due_on=today(), escalated_for=None, escalations=0,
                raised_at=at, closing_by=None, closed_at=None, closed_by=None, former_id=None,
            )
        )  # fmt: skip
        await write.run(
            insert(MonitoringStep).values(
                warning_id=own_id, id=new_id(), division_path=held.account.division_path, kind="responded",
                note=SECRET_MEASURE, facts={}, at=at, by=None, organisation_id=None,
            )
        )  # fmt: skip
        await service.notify(
            write, system, Addressee(account_id=held.id), "monitoring.warning", Said(SECRET_MEASURE, SECRET_MEASURE),
            Link("EmissionWarning", (own_id,)), key=f"isolation:{own_id}",
        )  # fmt: skip
    async with databases.write(bureau.scope) as write:
        endpoint = await service.create_endpoint(write, bureau.scope, settings, "https://city.example/hook")
        terms = await service.draft_terms(
            write, bureau.scope, levels=[Level("red", "红", "Red", Decimal(9), None, None, 9)], window_months=3,
            latest_months=3, coverage_percent=Decimal(90), document_number="试2号", document_dated=date(2026, 1, 1),
            document_title="试", effective_on=date(2126, 1, 1), reason="试",
        )  # fmt: skip
    async with databases.read(held.scope) as read:
        (told_of,) = [
            each for each in await service.notices(read, held.scope, limit=100) if each.subject.zh == SECRET_MEASURE
        ]
    return {
        "emission_warning": warning_node(own_id), "notice": str(node_id("Notice", told_of.id)),
        "notice_endpoint": str(node_id("NoticeEndpoint", endpoint.id)),
        "warning_terms": str(node_id("WarningTerms", terms.id)),
    }  # fmt: skip


EVIDENCE = {
    "threshold": "5", "unit": "%", "terms_id": None, "document_zh": "", "document_en": "", "is_placeholder": True,
    "figures": [{"code": "budget", "zh": "预算总额", "en": "Budget", "value": "54321.09876", "unit": "tCO2e", "source": "试"}],
}  # fmt: skip
