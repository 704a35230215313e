"""Commands of the statements on the wire. The document itself is handed out over REST (`backend/api/certificates.py`)."""

import asyncio
from uuid import UUID

import strawberry

from backend.identity import service as identity
from backend.identity.service.elevation import elevated
from backend.kit.db import Write
from backend.kit.errors import CarbonError
from backend.kit.logs import log
from backend.kit.storage import StorageUnavailable, key_of
from backend.statements import service, signing, typesetting
from backend.statements.account.schema_commands import AccountStatementsMutation
from backend.statements.schema_types import RetirementCertificate, certificate
from backend.statements.values import CertificateValue, DocumentKey, Draft
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

logger = log(__name__)


@strawberry.input(description="Have retirements certified.")
class IssueRetirementCertificateInput:
    """Have retirements certified."""

    movement_ids: list[strawberry.ID] = strawberry.field(
        description="Global ids of retirements of one account, 1 to 100: those of one operation belong together."
    )


@strawberry.type(description="The certificate; the earlier one when exactly these retirements have one already.")
class RetirementCertificateIssued:
    """The certificate was issued."""

    certificate: RetirementCertificate = strawberry.field(description="The certificate; its document never changes.")


def make(draft: Draft, key: DocumentKey) -> bytes:
    """Return a draft's signed document. Blocks; call it in a thread. Raises DocumentNotMade."""
    return signing.sign(typesetting.typeset(draft.facts), key, draft.facts)


async def issue(context: Context, write: Write, movement_ids: list[UUID]) -> CertificateValue:
    """Issue a certificate: draft, typeset and sign in a thread, store, record; one transaction.

    Raises:
        CarbonError: see `draft_certificate`; DocumentNotMade, StorageUnavailable.
    """
    scope = context.scope
    draft = await service.draft_certificate(write, scope, context.settings, movement_ids)
    if isinstance(draft, CertificateValue):
        return draft
    async with elevated(write):
        key = await service.document_key(write, scope.as_system(), identity.seal_of(context.settings))
    document = await asyncio.to_thread(make, draft, key)
    place = key_of(scope.tenant, draft.account_id, "certificates", f"{draft.id}.pdf")
    stored = await context.storage.put(place, document)
    try:
        return await service.record_certificate(write, scope, draft, stored, key.id)
    except CarbonError:
        try:
            await context.storage.delete(place)
        except StorageUnavailable:
            logger.warning("file_left_behind", key=place)
        raise


@strawberry.type
class StatementsMutation(AccountStatementsMutation):
    """Commands of the statements."""

    @command(
        "statements:issue",
        description="Issue a certificate of retirement (注销证书) as a signed PDF; the same retirements give the same one.",
    )
    async def issue_retirement_certificate(
        context: Context, write: Write, input: IssueRetirementCertificateInput
    ) -> RetirementCertificateIssued:
        """Issue a certificate of retirement."""
        issued = await issue(
            context,
            write,
            [uuids(each, "UnitMovement", path=("input", "movementIds"))[0] for each in input.movement_ids],
        )
        return RetirementCertificateIssued(certificate=certificate(issued))
