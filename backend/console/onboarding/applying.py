"""Somebody applies to join: nobody is signed in, so the door runs it under the service's own scope."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert, select, text

from backend.console.errors import JoinTooMany
from backend.console.onboarding import queries
from backend.console.onboarding.checking import checked
from backend.console.onboarding.models import JoinApplication
from backend.console.values import JoinDraft, JoinFile, JoinState
from backend.kit import notices
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.notices import Addressee, Link, Notice, Said
from backend.kit.scope import Scope
from backend.tenants import service as tenants
from backend.tenants.values import Pack

MOST_WAITING = 5
"""Applications of one enterprise that may wait at the same time: whoever writes another has not read the answer."""
ROLES = ("administrator", "officer")
"""Whom of an authority an application is told."""
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:code, 400001))")


async def choices(read: Read, scope: Scope) -> tuple[Pack, list[tenants.DivisionRow]]:
    """Return what the form offers: the jurisdiction with its sectors, and its divisions."""
    pack = await tenants.pack_in_force(read, scope)
    return pack, list(await tenants.divisions(read, scope, pack.region))


async def apply_to_join(
    write: Write, scope: Scope, application_id: UUID, draft: JoinDraft, file: JoinFile
) -> tuple[UUID, bool]:
    """Store an application and return its id, and whether it is new: the same form sent twice is one application.

    Whether the enterprise is registered already is not told here: the officer who decides sees it.

    Raises:
        JoinFieldInvalid: names the field.
        JoinTooMany: several applications with this credit code wait.
    """
    pack, divisions = await choices(write, scope)
    paths = {each.code: each.path for each in divisions}
    given = checked(draft, divisions=paths, sectors=[each.code for each in pack.sectors])
    await write.value(_LOCK, {"code": given.credit_code})
    same = await write.value(
        select(JoinApplication.id).where(
            JoinApplication.credit_code == given.credit_code, JoinApplication.contact_email == given.contact_email,
            JoinApplication.sha256 == file.sha256, JoinApplication.state == JoinState.RECEIVED.value,
        )
    )  # fmt: skip
    if same is not None:
        return same, False
    if await queries.waiting(write, scope, given.credit_code) >= MOST_WAITING:
        raise JoinTooMany(path=("credit_code",))
    said = asdict(given) | {"sector": given.sector or None}
    await write.run(
        insert(JoinApplication).values(
            id=application_id, division_path=paths[given.division_code], state=JoinState.RECEIVED.value,
            received_at=now(), reason="", **said, **asdict(file),
        )
    )  # fmt: skip
    write.audit(
        "console:apply_to_join", object_type="JoinApplication", object_id=application_id,
        credit_code=given.credit_code, division=given.division_code, sha256=file.sha256,
    )  # fmt: skip
    await notices.tell(
        write, scope,
        Notice(
            "console.application", f"join:{application_id}",
            Said(f"收到入驻申请：{given.name}", f"An application to join: {given.name}"),
            Said(
                f"{given.name}（{given.credit_code}）申请入驻，请在入驻工作台受理。",
                f"{given.name} ({given.credit_code}) applies to join; it waits at the onboarding desk.",
            ),
            Link("JoinApplication", (application_id,)),
        ),
        Addressee(division_path=paths[given.division_code], roles=ROLES),
    )  # fmt: skip
    return application_id, True
