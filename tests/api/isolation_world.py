"""A victim with one of everything, and the callers who must not reach it."""

import base64
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories import (
    accounts,
    ccer,
    figures,
    gec,
    identity,
    inventory,
    market,
    programmes,
    projects,
    quotas,
    unit_files,
)
from factories.accounts import Held
from factories.api import Client
from factories.budgets import SECRET_TONNES, budgeted
from factories.citizens import of_the_victim as collecting
from factories.desks import at_the_desks
from factories.disclosure import disclosed
from factories.estimates import in_a_quick_report
from factories.identity import Made
from factories.journal import sealed
from factories.keyunits import filed
from factories.knowledge import SECRET_WORDS, known_to_the_victim
from factories.ledger import issued
from factories.lending import pledge_asked
from factories.monitoring import SECRET_MEASURE, in_a_warning
from factories.parks import parked
from factories.scores import taking_part as scored
from factories.statements import certified, issued_statement
from factories.targets import SECRET_TARGET, targeted
from isolation_claims import with_claims
from sqlalchemy import insert, select, text

from backend.accounts import service as accounts_service
from backend.emissions.models import Finding, FindingMessage, InventoryLine
from backend.identity import service as identity_service
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.outbox import enqueue
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.ledger import service as ledger
from backend.ledger.claims.values import ClaimValue, Use, of_serials
from backend.ledger.values import MovementValue, Reason, Selection
from backend.lending import service as lending
from backend.lending.webhooks.values import EventKind
from backend.scores import service as scores
from backend.wire.nodes import node_id

HOME, ELSEWHERE = "320206", "320205"
NOT_COMPARED = {"alembic_version", "audit_event", "audit_head", "command_key", "sign_in_attempt", "refresh_token"}
"""Refusals and sign-ins leave traces in these; everything else that names the victim must stay as it was."""


IDS = frozenset({
    "certificate_import", "unit_import", "investment_project", "ccer_comment", "ccer_project", "ccer_reduction",
    "organisation", "person", "membership", "invitation", "engagement", "consent", "consent_request", "client", "account",
    "year_figure", "site", "source",
    "ended_source", "meter", "evidence", "batch", "record", "waiting_record", "inventory", "line", "finding", "job",
    "quota_facility", "quota_allocation", "waiting_allocation", "quota_receipt", "quota_carry_over",
    "green_score", "score_appeal", "score_penalty", "score_sign", "disclosure", "publication", "assurance",
    "programme_registration", "programme_submission", "tree_payment", "tree_purchase",
    "account_statement", "certificate", "market_match", "unit_batch", "unit_claim", "unit_movement", "unit_offer", "unit_pledge",
})  # fmt: skip
"""The things of the victim that have a global id."""


@dataclass
class World:
    """`things` are global ids of what the victim has; `secrets` are words that only its own may read."""

    databases: Databases
    victim: Made
    things: dict[str, str]
    secrets: set[str]
    keys: list[str]
    clients: dict[str, Client] = field(default_factory=dict)

    async def fingerprint(self) -> dict[str, Any]:
        """Return count and hash of every row, in every table, that names the victim or its account."""
        found: dict[str, Any] = {}
        async with self.databases.read(Scope.system("wuxi")) as read:
            names = await read.rows(
                text("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
                     " and not relispartition order by 1")
            )  # fmt: skip
            for (name,) in names:
                if name in NOT_COMPARED:
                    continue
                found[name] = tuple(
                    (
                        await read.rows(
                            text(
                                f"select count(*), md5(string_agg(md5(t::text), '' order by md5(t::text))) from {name} t"
                                " where t::text like any(:keys)"
                            ),
                            {"keys": [f"%{key}%" for key in self.keys]},
                        )
                    )[0]
                )
        return found


async def make_world(databases: Databases, settings: Settings, client: Client) -> World:
    """Make the victim in one district of Wuxi, and callers who are somebody, but not the right one."""
    held = await accounts.held_account(databases, division=HOME, name="受害者专用账户")
    victim, scope = held.holder, held.scope
    body = await identity.verifier(databases)
    lender = await identity.bank(databases)
    engagement = await identity.engaged(databases, victim, body)
    consent = await identity.consented(databases, victim, lender, ("account", "pledge"))
    site = await accounts.site_of(databases, held, name="受害者厂区")
    source = await accounts.source_of(databases, held, site)
    spare = await accounts.source_of(databases, held, site)
    meter = await accounts.meter_of(databases, held, source)
    evidence = await accounts.evidence_of(databases, held)
    async with databases.write(scope) as write:
        await accounts_service.open_year(write, scope, account_id=held.id, year=2025)
        await accounts_service.end_source(
            write, scope, account_id=held.id, source_id=spare.id, ended_on=today(), reason="停用"
        )
        client_id, _ = await identity_service.create_client(
            write, scope, name="受害者接口", permissions=["accounts:read"]
        )
        offered = await identity_service.invite(
            write, scope, email=f"{new_id().hex}@victim.example", name="新同事", role="viewer"
        )
        job = await enqueue(write, "test:nobody_runs_this", {}, account_id=held.id)
    member = await identity.colleague(databases, victim, "viewer")
    assert member.actor_id is not None
    membership = await identity.membership_of(databases, victim, member.actor_id, "viewer")
    place = inventory.Place("wuxi", held.id, victim.id, site.id, body.id, {"E1": source.id}, victim.path)
    records = await inventory.add_records(databases, place, source.id, "MWh", inventory.whole_year(2025, "7654.321"))
    waiting = await inventory.add_records(databases, place, source.id, "MWh", {"2024-12": "1"}, decision=None)
    computed = await inventory.compute(databases, place)
    finding, line = new_id(), None
    async with databases.write(place.system) as write:
        line = await write.value(
            select(InventoryLine.id).where(InventoryLine.inventory_id == computed.inventory_id).limit(1)
        )
        batch = await write.value(
            text("select batch_id from activity_record where id = :id"), {"id": waiting["2024-12"]}
        )
        await write.run(
            insert(Finding).values(
                account_id=held.id, id=finding, inventory_id=computed.inventory_id, line_id=line, review_round=1,
                severity="minor", state="open", raised_by=body.person_id, raised_at=now(), verifier_id=body.id,
            )
        )  # fmt: skip
        await write.run(
            insert(FindingMessage).values(
                account_id=held.id, id=new_id(), finding_id=finding, author_id=body.person_id, author_kind="verifier",
                text="受害者的核查意见", at=now(), organisation_id=body.id,
            )
        )  # fmt: skip
    units = await holding_units(databases, settings, held, lender)
    certificate, statement = await certified(databases, held, units.retired.id), await issued_statement(databases, held)
    brought = await gec.brought(databases, held)
    exported = await unit_files.brought(databases, held)
    project, reduction, comment = await ccer.commented(
        databases,
        ccer.Stage(held, body.scope, body.scope, (await identity.authority(databases, division=HOME)).scope),
    )
    market_match, on_the_board = await market.on_the_board(databases, held)
    ids: dict[str, tuple[str, tuple[UUID, ...]]] = {
        "market_match": ("MarketMatch", (market_match,)),
        "investment_project": ("InvestmentProject", (held.id, (await projects.applied(databases, held)).id)),
        "ccer_project": ("CcerProject", (held.id, project.id)),
        "ccer_reduction": ("CcerReduction", (held.id, reduction.id)),
        "ccer_comment": ("CcerComment", (held.id, comment.id)),
        "certificate_import": ("CertificateImport", (held.id, brought)),
        "unit_import": ("UnitImport", (held.id, exported)),
        "account_statement": ("AccountStatement", (held.id, statement.id)),
        "certificate": ("RetirementCertificate", (held.id, certificate.id)),
        "unit_batch": ("UnitBatch", units.issued.batch_ids),
        "unit_claim": ("Claim", (units.claim.id,)),
        "unit_movement": ("UnitMovement", (units.retired.id,)),
        "unit_offer": ("UnitHold", (units.offer,)),
        "unit_pledge": ("UnitHold", (units.pledge,)),
        "organisation": ("Organisation", (victim.id,)),
        "person": ("Person", (member.actor_id,)),
        "membership": ("Membership", (membership,)),
        "invitation": ("Invitation", (offered.id,)),
        "engagement": ("Engagement", (engagement,)),
        "consent": ("Consent", (consent,)),
        "client": ("ApiClient", (UUID(str(client_id)),)),
        "account": ("CarbonAccount", (held.id,)),
        "site": ("Site", (held.id, site.id)),
        "source": ("EmissionSource", (held.id, source.id)),
        "ended_source": ("EmissionSource", (held.id, spare.id)),
        "meter": ("Meter", (held.id, meter.id)),
        "evidence": ("Evidence", (held.id, evidence.id)),
        "batch": ("ActivityBatch", (held.id, batch)),
        "record": ("ActivityRecord", (held.id, records["2025-03"])),
        "waiting_record": ("ActivityRecord", (held.id, waiting["2024-12"])),
        "inventory": ("Inventory", (held.id, computed.inventory_id)),
        "line": ("InventoryLine", (held.id, line)),
        "finding": ("Finding", (held.id, finding)),
        "job": ("Job", (job,)),
    }
    ids |= await programmes.taking_part(databases, held) | await figured_and_asked(databases, held, lender)
    # Scored once the books are as they stay: a run says what it saw.
    in_market, named = await quotas.taking_part(databases, held)
    ids |= in_market | await scored(databases, held) | await disclosed(databases, held, body)
    assert ids.keys() == IDS
    things = {name: str(node_id(kind, *uuids)) for name, (kind, uuids) in ids.items()}
    secrets = {str(one) for _, uuids in ids.values() for one in uuids} | set(things.values())
    secrets |= {
        victim.email,
        victim.credit_code,
        held.account.number,
        "受害者",
        "7654.321",
        SECRET_TONNES,
        SECRET_TARGET,
        SECRET_WORDS,
        SECRET_MEASURE,
    }
    things["claim_movement"] = str(node_id("UnitMovement", await with_claims(databases, held, 2025)))
    things |= (
        named
        | on_the_board
        | await known_to_the_victim(databases, held, HOME)
        | await targeted(databases, held, HOME, SECRET_WORDS)
        | await budgeted(databases, held)
        | await at_the_desks(databases, held, body, HOME)
        | await parked(databases, held)
        | await in_a_warning(databases, settings, held)
        | await collecting(databases, held, HOME)
        | await filed(databases, held)
        | await in_a_quick_report(databases, held)
    )
    world = World(databases, victim, things, secrets, [str(victim.id), str(held.id), str(member.actor_id)])
    things |= {
        "account_statement_number": statement.number,
        "certificate_number": certificate.number, "movement_number": str(units.retired.number), "unit_group": str(units.retired.group_id),
        "serial": str(units.retired.serials[0][0]),
        "score_model_version": str(node_id("ScoreModelVersion", await in_force(databases))),
        "webhook_endpoint": str(node_id("WebhookEndpoint", await told_of_changes(databases, settings, lender))),
        "pledge_request": str(node_id("PledgeRequest", (await pledge_asked(databases, lender, held)).id)),
        "score_backtest": str(node_id("ScoreBacktest", new_id())),
        "number": held.account.number, "verifier": str(node_id("Organisation", body.id)),
        "bank": str(node_id("Organisation", lender.id)), "today": today().isoformat(),
        "next_year": (today() + timedelta(days=300)).isoformat(), "calibrated": date(2025, 1, 1).isoformat(),
    }  # fmt: skip
    world.clients = {
        "nobody": client,
        "other enterprise": await client.signed_in(await identity.enterprise(databases, division=HOME)),
        "other district": await client.signed_in(await identity.authority(databases, division=ELSEWHERE)),
        "bank without consent": await client.signed_in(await identity.bank(databases)),
        "verifier not engaged": await client.signed_in(await identity.verifier(databases)),
    }
    return world


async def told_of_changes(databases: Databases, settings: Settings, lender: Made) -> UUID:
    """Let the victim's bank be told of changes."""
    async with databases.write(lender.scope) as write:
        made = await lending.create_endpoint(
            write, lender.scope, settings, "https://bank.example/hook", [EventKind.SCORE_CHANGED]
        )
    return made.endpoint_id


async def in_force(databases: Databases) -> UUID:
    """Return the score model everybody may read."""
    scope = Scope.system("wuxi")
    async with databases.read(scope) as read:
        return (await scores.active_model(read, scope, today())).id


async def figured_and_asked(databases: Databases, held: Held, lender: Made) -> dict[str, tuple[str, tuple[UUID, ...]]]:
    """Give the victim a yearly figure, and a bank's request to answer."""
    (figure,) = await figures.recorded(databases, held, 2023, figures.figure("value_added", "765432.1"))
    request = await identity.asked(databases, lender, held.holder)
    return {"year_figure": ("YearFigure", (held.id, figure.id)), "consent_request": ("ConsentRequest", (request,))}


@dataclass(frozen=True)
class Units:
    issued: MovementValue
    retired: MovementValue
    claim: ClaimValue
    offer: UUID
    pledge: UUID


async def holding_units(databases: Databases, settings: Settings, held: Held, lender: Made) -> Units:
    """Give the victim units: some offered, some pledged, some retired behind a claim."""
    made = await issued(databases, held.id, "CCER", 7654, vintage=2025)
    taker = await accounts.held_account(databases, name="受害者的要约对象")
    async with databases.write(held.scope) as write:
        (gone,) = await ledger.retire(
            write, held.scope, held.id, [Selection("CCER", Decimal(3))], Reason(purpose="event")
        )
        claim = await ledger.claim(
            write, held.scope, Use.EVENT, held.id, of_serials(gone.serials), period=2025, movement_id=gone.id
        )
    async with databases.write(held.scope) as write:
        offer = await ledger.transfer(write, held.scope, held.id, Selection("CCER", Decimal(5)), to_account_id=taker.id)
    async with databases.write(held.scope) as write:
        pledge = await ledger.pledge(write, held.scope, held.id, Selection("CCER", Decimal(7)), lender.id)
    assert offer.hold_id is not None
    assert pledge.hold_id is not None
    await sealed(databases, settings)
    return Units(made, gone, claim, offer.hold_id, pledge.hold_id)


def decoded(text_: str) -> str:
    """Return the text followed by what its global ids say: they are base64, and a leak may hide inside."""
    words = re.findall(r"[A-Za-z0-9_-]{16,}", text_)
    inside = []
    for word in words:
        with suppress(ValueError):
            inside.append(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode())
    return " ".join([text_, *inside])


def reads_secret(world: World, answer: str, sent: str) -> list[str]:
    """Return the victim's words that the answer holds and the caller did not send."""
    shown, given = decoded(answer), decoded(sent)
    return sorted(secret for secret in world.secrets if secret in shown and secret not in given)
