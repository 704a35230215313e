"""What commands on penalties, signs and appeals begin with."""

from uuid import UUID

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.scores.errors import ScoresOfAuthority, ScoreTextMissing

LONGEST = 1000


async def supervised(read: Read, scope: Scope, account_id: UUID) -> AccountValue:
    """Return an account of the authority's region.

    Raises:
        AccountNotFound: not there, or not visible.
        ScoresOfAuthority: the caller is no authority.
    """
    account = await accounts.account(read, scope, account_id)
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise ScoresOfAuthority
    return account


def words(field: str, value: str, *, most: int = LONGEST) -> str:
    """Return a text without blanks around it.

    Raises:
        ScoreTextMissing: empty, or too long.
    """
    clean = " ".join(value.split())
    if not clean or len(clean) > most:
        raise ScoreTextMissing(field=field, most=most, path=("input", field))
    return clean


def note(write: Write, account: AccountValue, action: str, object_type: str, object_id: UUID, **facts: object) -> None:
    """Leave an audit event in the holder's chain, and in the actor's own where that is somebody else."""
    common = {"object_type": object_type, "object_id": object_id, "account": account.number, **facts}
    write.audit(action, organisation_id=account.organisation_id, **common)
    other = write.scope.organisation_id
    if other is not None and other != account.organisation_id:
        write.audit(action, **common)
