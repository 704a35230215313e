"""A verifier the enterprise engaged states how far a publication can be relied on."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import literal
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.accounts import service as accounts
from backend.esg import queries
from backend.esg.errors import AlreadyAssured, PublicationCorrected, PublicationNotFound, VerifierOnly
from backend.esg.models import EsgAssurance
from backend.esg.rating import keeping as rating
from backend.esg.service.common import LONGEST, Key, columns, files, note, words
from backend.esg.values import AssuranceLevel, AssuranceValue
from backend.kit.clock import CHINA, now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope


async def assure(
    write: Write, scope: Scope, *, key: Key, level: AssuranceLevel, standard: str, extent: str, opinion: str,
    evidence_ids: Sequence[UUID],
) -> AssuranceValue:  # fmt: skip
    """Sign an assurance statement on a publication, in the name of the verifier's organisation.

    It names the publication's hash: of a correction it says nothing. `standard` is what the work followed, `extent` what
    it covered, `opinion` the statement itself; evidence is of the account's files.
    The publication is rated again.

    Raises:
        Unauthenticated, Forbidden: without `esg:assure`.
        PublicationNotFound: not there, or not visible (a verifier sees accounts it is engaged on).
        VerifierOnly: the caller is no verifier.
        DisclosureTextInvalid: a text that is missing or too long.
        EvidenceNotFound: not in this account.
        PublicationCorrected: a newer version of the year is published.
        AlreadyAssured: this verifier signed before.
    """
    scope.require("esg:assure")
    found = (await queries.publications_by_id(write, scope, [key]))[0]
    if found is None:
        raise PublicationNotFound
    if scope.kind is not Kind.VERIFIER or scope.organisation_id is None:
        raise VerifierOnly
    account = await accounts.account(write, scope, found.account_id)
    value = AssuranceValue(
        account_id=found.account_id, id=new_id(), publication_id=found.id, publication_sha256=found.sha256,
        verifier_id=scope.organisation_id, level=level, standard=words("standard", standard),
        scope=words("scope", extent), opinion=words("opinion", opinion, most=LONGEST),
        evidence_ids=await files(write, scope, found.account_id, evidence_ids), signed_at=now(),
        signed_by=scope.actor_id,
    )  # fmt: skip
    newest = (await queries.publications_of(write, scope, found.account_id, [found.year]))[found.year][-1]
    if newest.id != found.id:
        raise PublicationCorrected(newest=newest.number)
    stored = upsert(EsgAssurance).values(columns(value)).on_conflict_do_nothing().returning(literal(1))
    if await write.value(stored) is None:
        signed = (await queries.assurances(write, scope, [key]))[key]
        mine = next(each for each in signed if each.verifier_id == scope.organisation_id)
        raise AlreadyAssured(signed_on=mine.signed_at.astimezone(CHINA).date().isoformat())
    note(write, account, "esg:assure", "esg_assurance", value.id, number=found.number, level=level.value,
         verifier=str(scope.organisation_id), sha256=found.sha256)  # fmt: skip
    await rating.rate_publication(write, scope, found, rating.Cause.ASSURANCE)
    return value
