"""What the files of a disclosure are made of, and making them."""

from backend.accounts import service as accounts
from backend.esg import queries, rules
from backend.esg.errors import DraftHasNoData
from backend.esg.exports.pages import pages
from backend.esg.exports.text_document import text_document
from backend.esg.exports.values import OF_A_LANGUAGE, FileKind, Paper
from backend.esg.exports.workbook import workbook
from backend.esg.exports.xbrl import report, schema
from backend.esg.queries import Key
from backend.esg.rating import queries as kept
from backend.esg.service.common import visible, wrong_state
from backend.esg.service.publishing import evidence_told
from backend.esg.service.viewing import publication, worked
from backend.esg.values import State
from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.scope import Scope

OF_DRAFTS = OF_A_LANGUAGE
"""What a draft leaves as: whatever carries its watermark."""


async def published_paper(read: Read, scope: Scope, key: Key) -> Paper:
    """Return a publication with the statements on it and its rating, ready to be made into files.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        PublicationNotFound: not there, or not visible.
    """
    one = await publication(read, scope, key)
    signed = (await queries.assurances(read, scope, [key]))[key]
    bodies = await identity.organisations_by_id(read, scope, [each.verifier_id for each in signed])
    rated = [
        each for each in await kept.latest(read, scope, [one.account_id], one.year) if each.publication_id == one.id
    ]
    [account] = await accounts.accounts_by_id(read, scope, [one.account_id])
    return Paper(
        content=rules.read_content(one.content), text=one.content, sha256=one.sha256, is_draft=False,
        made_at=one.published_at, is_demonstration=account is not None and account.is_demonstration,
        assurances=[(each, body.name if body else "") for each, body in zip(signed, bodies, strict=True)],
        rating=rated[0] if rated else None,
    )  # fmt: skip


async def draft_paper(read: Read, scope: Scope, key: Key) -> Paper:
    """Return a disclosure that is not published as it stands now; its files are marked as drafts.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        DisclosureNotFound: not there, or not visible.
        DisclosureNotYours: an authority, which reads what is published.
        DisclosureStateWrong: it is published: its publication has the files.
    """
    scope.require("esg:read")
    one = await visible(read, scope, key)
    if one.state is State.PUBLISHED:
        raise wrong_state(one.state, State.DRAFT, State.IN_REVIEW, State.APPROVED)
    found = await worked(read, scope, one)
    account = await accounts.account(read, scope, one.account_id)
    before = None
    if one.corrects_id is not None:
        before = (await queries.publications_by_id(read, scope, [(one.account_id, one.corrects_id)]))[0]
    at = now()
    text = rules.content(
        named="",
        account={"id": account.id, "number": account.number, "name": account.name, "sector": account.sector},
        disclosure=one,
        library=found.library,
        profile=found.view.profile,
        applicability=found.view.applicability,
        cells=found.view.matrix,
        points=found.view.points,
        evidence=await evidence_told(read, scope, found.view.points, account.id),
        corrects=None if before is None else before.number,
        reviewed_by=None,
        at=at,
    )
    return Paper(
        content=rules.read_content(text),
        text=text,
        sha256=rules.sha256(text),
        is_draft=True,
        made_at=at,
        is_demonstration=account.is_demonstration,
    )


def check_kind(paper: Paper, kind: FileKind) -> None:
    """Refuse files for machines of what is no disclosure yet.

    Raises:
        DraftHasNoData: a draft is asked for as something that carries no watermark.
    """
    if paper.is_draft and kind not in OF_DRAFTS:
        raise DraftHasNoData


def made(paper: Paper, kind: FileKind, language: str) -> bytes:
    """Return a file of a disclosure. Blocks; call it in a thread.

    Raises:
        DraftHasNoData: as `check_kind`.
        DisclosureFileNotMade: the typesetting engine refuses.
    """
    check_kind(paper, kind)
    match kind:
        case FileKind.PDF:
            return pages(paper, language)
        case FileKind.DOCX:
            return text_document(paper, language)
        case FileKind.XLSX:
            return workbook(paper, language)
        case FileKind.JSON:
            return paper.text.encode()
        case FileKind.XBRL:
            return report(paper, file_name(paper, FileKind.XSD, language))
        case FileKind.XSD:
            return schema(paper)


def file_name(paper: Paper, kind: FileKind, language: str) -> str:
    """Return what a file is called; those for machines are of no language."""
    tail = f"-{language}" if kind in OF_A_LANGUAGE else ""
    return f"{paper.name}{tail}.{kind.value}"
