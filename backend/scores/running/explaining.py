"""What is said about a sign: the enterprise explains it, the authority accepts the explanation or refuses it."""

from dataclasses import asdict, replace
from uuid import UUID

from sqlalchemy import insert, text

from backend.accounts import service as accounts
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.scores.errors import SignAccepted, SignNotExplained, SignNotFound
from backend.scores.running import queries
from backend.scores.running.common import note, supervised, words
from backend.scores.running.models import ScoreSignEntry
from backend.scores.running.running import rescore
from backend.scores.running.values import SignEntryValue, SignState, SignValue

# The sign itself never changes and nobody may lock it: whoever speaks about it takes turns by its id.
TURN = text("select pg_advisory_xact_lock(hashtextextended(cast(:id as text), 320232))")


async def explain_sign(
    write: Write, scope: Scope, *, account_id: UUID, sign_id: UUID, explanation: str, evidence_id: UUID | None = None
) -> SignValue:
    """Explain a sign in words, with evidence where there is some; once refused, it may be explained again.

    Raises:
        Unauthenticated, Forbidden: without `scores:appeal`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        SignNotFound: not of this account.
        ScoreTextMissing: the explanation.
        EvidenceNotFound: not in this account.
        SignAccepted: nothing more to explain.
    """
    scope.require("scores:appeal")
    account = await accounts.own_account(write, scope, account_id)
    found = await _turn(write, scope, account_id, sign_id)
    said = words("explanation", explanation)
    if evidence_id is not None:
        await accounts.evidence(write, scope, account_id, evidence_id)
    if found.state is SignState.ACCEPTED:
        raise SignAccepted
    value = await _say(write, scope, found, SignState.EXPLAINED, said, evidence_id)
    note(write, account, "scores:explain_sign", "score_sign", sign_id, kind=found.kind.value, year=found.year)
    return value


async def decide_sign(
    write: Write, scope: Scope, *, account_id: UUID, sign_id: UUID, is_accepted: bool, reason: str
) -> SignValue:
    """Accept an explanation, and the sign counts no more, or refuse it; either with the reason. The score is run anew.

    Raises:
        Unauthenticated, Forbidden: without `scores:answer`.
        AccountNotFound: not there, or not visible.
        ScoresOfAuthority: the caller is no authority.
        SignNotFound: not of this account.
        ScoreTextMissing: the reason.
        SignAccepted: it was before.
        SignNotExplained: nothing was said since the last decision.
    """
    scope.require("scores:answer")
    account = await supervised(write, scope, account_id)
    found = await _turn(write, scope, account_id, sign_id)
    why = words("reason", reason)
    if found.state is SignState.ACCEPTED:
        raise SignAccepted
    if found.state is not SignState.EXPLAINED:
        raise SignNotExplained
    state = SignState.ACCEPTED if is_accepted else SignState.REFUSED
    value = await _say(write, scope, found, state, why, None)
    await rescore(write, account_id)
    note(write, account, f"scores:{'accept' if is_accepted else 'refuse'}_sign", "score_sign", sign_id,
         kind=found.kind.value, year=found.year, reason=why)  # fmt: skip
    return value


async def _turn(write: Write, scope: Scope, account_id: UUID, sign_id: UUID) -> SignValue:
    await write.value(TURN, {"id": str(sign_id)})
    [found] = await queries.signs_by_id(write, scope, [(account_id, sign_id)])
    if found is None:
        raise SignNotFound
    return found


async def _say(
    write: Write, scope: Scope, found: SignValue, state: SignState, said: str, evidence_id: UUID | None
) -> SignValue:
    entry = SignEntryValue(
        found.account_id, new_id(), found.id, state, said, evidence_id, now(), scope.actor_id, scope.organisation_id
    )
    await write.run(insert(ScoreSignEntry).values({**asdict(entry), "kind": state.value}))
    return replace(found, entries=(*found.entries, entry))
