"""Levels of warning: the pack's placeholders until the authority's own are approved by a second person."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from factories.identity import authority, colleague
from sqlalchemy import delete, insert
from sqlalchemy.exc import DBAPIError

from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.scope import Scope
from backend.monitoring import service
from backend.monitoring.alerts import terms
from backend.monitoring.alerts.models import MonitoringTermsDecision
from backend.monitoring.alerts.values import Level, TermsState, TermsValue
from backend.monitoring.errors import (
    MonitoringDocumentInvalid,
    MonitoringSecondPerson,
    TermsDecided,
    TermsInvalid,
    TermsNotFound,
    TermsOfTheWhole,
)

TENANT = "changzhou"
LATER = timedelta(days=40_000)
"""From so far on no other test reads what is in force."""


async def drafted(databases: Databases, scope: Scope, *, effective_on: date, growth: str = "7", **given) -> TermsValue:
    usual = {
        "levels": [Level("yellow", "黄色", "Yellow", Decimal(growth), None, None, 15)], "window_months": 6,
        "latest_months": 2, "coverage_percent": Decimal(80), "document_number": "常双碳〔2026〕9号",
        "document_dated": date(2026, 3, 1), "document_title": "碳排放预警分级办法", "reason": "试行",
    }  # fmt: skip
    async with databases.write(scope) as write:
        return await service.draft_terms(write, scope, **{**usual, **given}, effective_on=effective_on)


async def test_the_packs_placeholders_hold_until_others_are_approved(databases: Databases) -> None:
    first = await authority(databases, tenant=TENANT)
    second = await colleague(databases, first, "administrator")
    begins = today() + LATER
    async with databases.read(first.scope) as read:
        shipped = await service.terms_in_force(read, first.scope)
    assert (shipped.is_placeholder, shipped.id) == (True, None)
    assert [each.code for each in shipped.levels] == ["attention", "warning", "severe"]
    made = await drafted(databases, first.scope, effective_on=begins)
    assert made.state is TermsState.DRAFT
    async with databases.write(first.scope) as write:
        with pytest.raises(MonitoringSecondPerson):
            await service.decide_terms(write, first.scope, made.id, is_approved=True, reason="自批")
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(first.scope) as write:
            await write.run(
                insert(MonitoringTermsDecision).values(
                    terms_id=made.id, is_approved=True, reason="自批", decided_at=now(), decided_by=first.person_id
                )
            )
    async with databases.write(second) as write:
        done = await service.decide_terms(write, second, made.id, is_approved=True, reason="同意")
        assert (done.state, done.decided_by) == (TermsState.APPROVED, second.actor_id)
        with pytest.raises(TermsDecided):
            await service.decide_terms(write, second, made.id, is_approved=False, reason="反悔")
        before = await terms.in_force(write, second, begins - timedelta(days=1))
        assert before.is_placeholder
        own = await terms.in_force(write, second, begins)
    assert (own.id, own.is_placeholder, own.levels[0].growth, own.window_months) == (made.id, False, Decimal(7), 6)
    assert own.document.zh == "常双碳〔2026〕9号《碳排放预警分级办法》"
    rejected = await drafted(databases, second, effective_on=begins, growth="1")
    async with databases.write(first.scope) as write:
        await service.decide_terms(write, first.scope, rejected.id, is_approved=False, reason="过严")
        assert (await terms.in_force(write, first.scope, begins)).id == made.id
        listed = await terms.versions(write, first.scope, limit=50)
    assert {made.id, rejected.id} <= {each.id for each in listed}


async def test_who_may_set_levels_and_what_they_must_be(databases: Databases) -> None:
    city = await authority(databases, tenant=TENANT)
    district = await authority(databases, tenant=TENANT, division="320402")
    officer = await colleague(databases, city, "officer")
    begins = today() + LATER
    with pytest.raises(TermsOfTheWhole):
        await drafted(databases, district.scope, effective_on=begins)
    with pytest.raises(Forbidden):
        await drafted(databases, officer, effective_on=begins)
    with pytest.raises(TermsInvalid):
        await drafted(databases, city.scope, effective_on=begins, levels=[])
    with pytest.raises(MonitoringDocumentInvalid):
        await drafted(databases, city.scope, effective_on=begins, document_dated=today() + timedelta(days=1))
    made = await drafted(databases, city.scope, effective_on=begins)
    async with databases.write(officer) as write:
        with pytest.raises(Forbidden):
            await service.decide_terms(write, officer, made.id, is_approved=True, reason="越权")
    elsewhere = (await authority(databases, tenant="wuxi")).scope
    async with databases.write(elsewhere) as write:
        with pytest.raises(TermsNotFound):
            await service.decide_terms(write, elsewhere, made.id, is_approved=True, reason="别市")
    with pytest.raises(DBAPIError, match="permission denied"):
        async with databases.write(city.scope) as write:
            await write.run(delete(MonitoringTermsDecision))
