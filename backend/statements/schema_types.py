"""Certificates of retirement on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.identity.schema_types import Person, load_person
from backend.statements import queries
from backend.statements.values import CertificateState, CertificateValue, Standing
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader
from backend.wire.scalars import JSON

TYPE = "RetirementCertificate"

CertificateStateEnum = strawberry.enum(
    CertificateState,
    name="CertificateState",
    description="Whether a certificate holds: valid, or withdrawn because a retirement it states was reversed.",
)


@strawberry.type(description="How much of one class of units a certificate states; classes are never added up.")
class CertificateTotal:
    """How much of one class a certificate states."""

    class_code: str = strawberry.field(description="Code of the class of units.")
    name_zh: str = strawberry.field(description="Its Chinese name.")
    name_en: str = strawberry.field(description="Its English name.")
    quantity: Decimal = strawberry.field(description="Units retired, in `unit`.")
    unit: str = strawberry.field(description="What the quantity counts.")
    confidence: str = strawberry.field(description="How sure the class's own data are.")
    is_uncertain: bool = strawberry.field(
        description="The class's data are not verified: from memory, or placeholders."
    )


@strawberry.type(description="A certificate of retirement (注销证书): a signed PDF over retirements of one account.")
class RetirementCertificate(Node):
    """A certificate of retirement."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    issuer_id: strawberry.Private[UUID | None]
    number: str = strawberry.field(description="Its lasting number, as printed: `RC-320200-2026-7K3M-9QXP-4TB0`.")
    issued_at: datetime = strawberry.field(description="When it was issued.")
    is_demonstration: bool = strawberry.field(description="Made up, for demonstration; the document says so too.")
    verify_url: str = strawberry.field(description="Where anybody can verify it, as in the printed QR code.")
    sha256: str = strawberry.field(description="SHA-256 of the document's bytes, hexadecimal.")
    size: int = strawberry.field(description="Bytes of the document.")
    key_id: str = strawberry.field(
        description="The document key that signed it; `/.well-known/documents.json` publishes all of them."
    )
    totals: list[CertificateTotal] = strawberry.field(description="What was retired, by class.")
    facts: JSON = strawberry.field(
        description="Everything it states, as attached to the document: holder, purposes, batches, serial ranges."
    )

    @strawberry.field(description="Where to GET the PDF with the same access token, relative to this host.")
    def download_url(self, info: Info) -> str:
        """Return the address of the document."""
        account = node_id("CarbonAccount", self.account_id)
        return f"/{info.context.scope.tenant}/accounts/{account}/certificates/{self.id}"

    @strawberry.field(description="Whether it still holds.")
    async def state(self, info: Info) -> CertificateStateEnum:  # type: ignore[valid-type]
        """Return the state."""
        return (await self._standing(info)).state

    @strawberry.field(description="Since when it is withdrawn; null while it holds.")
    async def withdrawn_at(self, info: Info) -> datetime | None:
        """Return since when it is withdrawn."""
        return (await self._standing(info)).withdrawn_at

    @strawberry.field(description="The carbon account whose units were retired.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="Who had it issued; null for a program, or where you may not know them.")
    async def issued_by(self, info: Info) -> Person | None:
        """Return who had it issued."""
        return await load_person(info.context, self.issuer_id)

    async def _standing(self, info: Info) -> Standing:
        return await info.context.loader(queries.standings_by_id).load((self.account_id, self.own_id))


def certificate(value: CertificateValue) -> RetirementCertificate:
    """Return a certificate as the wire has it."""
    return RetirementCertificate(
        id=node_id(TYPE, value.account_id, value.id),
        account_id=value.account_id,
        own_id=value.id,
        issuer_id=value.issued_by,
        number=value.number,
        issued_at=value.issued_at,
        is_demonstration=bool(value.facts["is_demonstration"]),
        verify_url=str(value.facts["verify_url"]),
        sha256=value.sha256,
        size=value.size,
        key_id=value.key_id,
        totals=[_total(each) for each in value.facts["totals"]],
        facts=cast("JSON", dict(value.facts)),
    )


def _total(stated: dict[str, Any]) -> CertificateTotal:
    return CertificateTotal(
        class_code=stated["class"],
        name_zh=stated["name_zh"],
        name_en=stated["name_en"],
        quantity=Decimal(stated["quantity"]),
        unit=stated["unit"],
        confidence=stated["confidence"],
        is_uncertain=stated["confidence"] not in {"verified-by-lookup", ""},
    )


@node_loader(TYPE)
async def load_certificate(context: Context, *ids: UUID) -> RetirementCertificate | None:
    """Return a certificate through the request's loader, None when the caller sees none."""
    context.scope.require("statements:read")
    if len(ids) != 2:  # noqa: PLR2004 - account and own
        return None
    found = await context.loader(queries.certificates_by_id).load((ids[0], ids[1]))
    return None if found is None else certificate(found)
