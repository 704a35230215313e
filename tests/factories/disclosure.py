"""Disclosures at any point of their way, made by the service's own commands.

firm = await firm_of(databases)                 # Firm: .place .writer .reviewer .verifier; a computed inventory of 2025
one = await opened(databases, firm)             # a draft, prefilled
await completed(databases, firm, one)           # nothing blocks any more
await approved(databases, firm, one)
publication = await published(databases, firm, one)
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories import identity, inventory
from factories.accounts import Held
from sqlalchemy import insert

from backend.accounts.models import Evidence
from backend.esg import service
from backend.esg.values import (
    AssuranceLevel,
    DisclosureValue,
    DisclosureView,
    Exchange,
    Index,
    PublicationValue,
    RequirementKind,
)
from backend.identity.models import Membership
from backend.identity.values import permissions_of
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

YEAR = 2025
ELECTRICITY = "1000"
"""MWh bought in each month of the year."""


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise with an account; two persons of it, an engaged verifier, the authority of its district."""

    place: inventory.Place
    writer: Scope
    reviewer: Scope
    verifier: Scope
    authority: Scope

    @property
    def id(self) -> UUID:
        return self.place.account_id

    @property
    def tenant(self) -> str:
        return self.place.tenant


async def person_of(databases: Databases, place: inventory.Place, role: str) -> Scope:
    """Give the enterprise another person; return the person's scope."""
    person = await identity.person(databases, tenant=place.tenant)
    async with databases.write(place.system) as write:
        await write.run(
            insert(Membership).values(
                id=new_id(), organisation_id=place.organisation_id, person_id=person, role=role, granted_at=now()
            )
        )
    return Scope(
        place.tenant, Kind.ENTERPRISE, place.organisation_id, person, "", permissions_of(Kind.ENTERPRISE, [role]),
        language="en",
    )  # fmt: skip


async def firm_of(databases: Databases, *, is_computed: bool = True, **given: Any) -> Firm:
    """Make a firm; with an inventory of 12,000 MWh of electricity unless told otherwise."""
    place = await inventory.make_place(databases, **given)
    firm = Firm(
        place,
        await person_of(databases, place, "carbon_officer"),
        await person_of(databases, place, "carbon_officer"),
        place.verifier(),
        place.authority(),
    )
    if is_computed:
        source = await inventory.add_source(databases, place, "E1", "purchased_electricity", "MWh")
        await inventory.add_records(databases, place, source, "MWh", inventory.whole_year(YEAR, ELECTRICITY))
        await inventory.compute(databases, place, YEAR)
    return firm


async def restated(databases: Databases, firm: Firm, mwh: str = "500") -> None:
    """Find electricity that was forgotten, and compute the year again."""
    source = await inventory.add_source(databases, firm.place, "E2", "purchased_electricity", "MWh")
    await inventory.add_records(databases, firm.place, source, "MWh", {f"{YEAR}-01": mwh})
    await inventory.compute(databases, firm.place, YEAR)


async def evidence_of(databases: Databases, firm: Firm) -> UUID:
    """Attach evidence whose content is nowhere."""
    own = new_id()
    async with databases.write(firm.place.system) as write:
        await write.run(
            insert(Evidence).values(
                account_id=firm.id, id=own, file_name="证明.pdf", media_type="application/pdf", size=10,
                sha256=own.hex * 2, object_key=f"esg/{own}", uploaded_at=datetime.now(UTC),
            )
        )  # fmt: skip
    return own


async def profiled(databases: Databases, firm: Firm, **given: Any) -> None:
    """Say that the firm is a member of SSE 180, and no key discharger, unless told otherwise."""
    said: dict[str, Any] = {
        "exchange": Exchange.SSE, "stock_code": "600000", "indices": [Index.SSE180], "is_dual_listed": False,
        "is_key_discharger": False, "is_state_owned": None, "is_foreign_invested": None, "as_of": date(2026, 1, 1),
        "evidence_id": None, "note_text": "", **given,
    }  # fmt: skip
    async with databases.write(firm.writer) as write:
        await service.record_profile(write, firm.writer, account_id=firm.id, **said)


async def opened(databases: Databases, firm: Firm, year: int = YEAR, **given: Any) -> DisclosureValue:
    """Open a disclosure."""
    async with databases.write(firm.writer) as write:
        return await service.open_disclosure(write, firm.writer, account_id=firm.id, year=year, **given)


async def seen(databases: Databases, firm: Firm, one: DisclosureValue, scope: Scope | None = None) -> DisclosureView:
    """Return a disclosure as it stands."""
    caller = scope or firm.writer
    async with databases.read(caller) as read:
        return await service.view(read, caller, (firm.id, one.id))


async def completed(databases: Databases, firm: Firm, one: DisclosureValue, score: str = "2") -> None:
    """Judge every topic (not material unless told otherwise) and answer whatever blocks."""
    key = (firm.id, one.id)
    file = await evidence_of(databases, firm)
    async with databases.write(firm.writer) as write:
        judged = [
            service.Judged(number, Decimal(score), Decimal(score), "影响理由", "财务理由") for number in range(1, 22)
        ]
        await service.assess(write, firm.writer, key=key, judged=judged)
    view = await seen(databases, firm, one)
    points = {each.point: each for each in view.points}
    for gap in view.gaps:
        if not gap.is_blocking or gap.point is None:
            continue
        point = points[gap.point]
        async with databases.write(firm.writer) as write:
            is_figure = point.kind is RequirementKind.QUANTITATIVE
            if is_figure or any(each.may_explain for each in point.requirements):
                await service.omit(write, firm.writer, key=key, point=point.point, reason="本年度不适用")
                continue
            await service.answer(
                write, firm.writer, key=key, point=point.point, value=None, unit="", text_zh=f"{point.name.zh}的说明",
                text_en="", evidence_ids=[file],
            )  # fmt: skip


async def approved(databases: Databases, firm: Firm, one: DisclosureValue) -> None:
    """Submit a complete disclosure and approve it as the second person."""
    key = (firm.id, one.id)
    async with databases.write(firm.writer) as write:
        await service.submit(write, firm.writer, key=key)
    async with databases.write(firm.reviewer) as write:
        await service.approve(write, firm.reviewer, key=key)


async def published(databases: Databases, firm: Firm, one: DisclosureValue | None = None) -> PublicationValue:
    """Publish a disclosure, from the beginning unless one is given."""
    if one is None:
        await profiled(databases, firm)
        one = await opened(databases, firm)
        await completed(databases, firm, one)
    await approved(databases, firm, one)
    async with databases.write(firm.reviewer) as write:
        return await service.publish(write, firm.reviewer, key=(firm.id, one.id))


async def disclosed(databases: Databases, held: Held, body: identity.Made) -> dict[str, tuple[str, tuple[UUID, ...]]]:
    """Give an account a published disclosure of 2024 with a statement on it, a draft of 2025, and a chief carbon officer."""
    account = held.account
    place = inventory.Place(
        held.scope.tenant, held.id, account.organisation_id, held.id, body.id, division_path=account.division_path
    )
    colleague = await identity.colleague(databases, held.holder, "carbon_officer")
    firm = Firm(place, held.scope, colleague, body.scope, body.scope)
    await profiled(databases, firm)
    first = await opened(databases, firm, 2024)
    await completed(databases, firm, first)
    publication = await published(databases, firm, first)
    one = await opened(databases, firm)
    async with databases.write(firm.writer) as write:
        await service.answer(
            write, firm.writer, key=(firm.id, one.id), point="exchanges:GOV", value=None, unit="",
            text_zh="受害者的治理说明", text_en="", evidence_ids=[],
        )  # fmt: skip
        await service.assign(
            write, firm.writer, key=(firm.id, one.id), points=["exchanges:STR"], owner_id=held.holder.person_id,
            due_on=date(2026, 1, 31),
        )  # fmt: skip
    async with databases.write(firm.writer) as write:
        await service.appoint(
            write, firm.writer, account_id=firm.id, person_name="受害者的双碳官", title="首席双碳官", document="决议",
            starts_on=date(2025, 1, 1), ends_on=None, evidence_id=None,
        )  # fmt: skip
    async with databases.write(body.scope) as write:
        signed = await service.assure(
            write, body.scope, key=(firm.id, publication.id), level=AssuranceLevel.LIMITED, standard="ISAE 3000",
            extent="受害者的范围", opinion="受害者的鉴证意见", evidence_ids=[],
        )  # fmt: skip
    return {
        "disclosure": ("Disclosure", (firm.id, one.id)),
        "publication": ("DisclosurePublication", (firm.id, publication.id)),
        "assurance": ("DisclosureAssurance", (firm.id, signed.id)),
    }
