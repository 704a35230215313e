"""What every command of disclosure begins with: whose it is, where it stands, what texts and files it names."""

from collections.abc import Sequence
from dataclasses import asdict
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from backend.accounts import service as accounts
from backend.accounts.errors import EvidenceNotFound
from backend.accounts.values import AccountValue
from backend.esg import queries
from backend.esg.errors import DisclosureNotFound, DisclosureNotYours, DisclosureStateWrong, DisclosureTextInvalid
from backend.esg.models import EsgDisclosure, EsgStep
from backend.esg.values import STATE_WORDS, DisclosureValue, State, Step, StepValue
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

Key = queries.Key
LONGEST = 20_000
"""Signs of a narrative."""
LONGEST_NOTE = 2_000
MOST_FILES = 50


async def visible(read: Read, scope: Scope, key: Key) -> DisclosureValue:
    """Return a disclosure.

    Raises:
        DisclosureNotFound: not there, or not visible.
    """
    found = (await queries.disclosures_by_id(read, scope, [key]))[0]
    if found is None:
        raise DisclosureNotFound
    return found


async def holder(read: Read, scope: Scope, account_id: UUID) -> AccountValue:
    """Return the caller's own open account (the service itself acts for every holder).

    Raises:
        DisclosureNotYours: the account is somebody else's.
        AccountNotFound, AccountClosed: as `accounts.own_account`.
    """
    account = await accounts.account(read, scope, account_id)
    if scope.kind is not Kind.SYSTEM and scope.organisation_id != account.organisation_id:
        raise DisclosureNotYours
    return await accounts.own_account(read, scope, account_id)


async def held(write: Write, scope: Scope, key: Key, *wanted: State) -> tuple[AccountValue, DisclosureValue]:
    """Return the caller's own disclosure, held until the command ends, in one of the wanted states.

    Raises:
        DisclosureNotFound: not there, or not visible.
        DisclosureNotYours: visible, but somebody else's.
        AccountClosed: the account takes no more changes.
        DisclosureStateWrong: in another state.
    """
    before = await visible(write, scope, key)
    account = await holder(write, scope, before.account_id)
    lock = queries.DISCLOSURE.where(EsgDisclosure.account_id == key[0], EsgDisclosure.id == key[1]).with_for_update()
    # A published row is no longer the caller's to change, so the lock does not find it.
    row = await write.row(lock)
    found = before if row is None else queries.disclosure_of(row)
    if row is None:
        found = await visible(write, scope, key)
    if found.state not in wanted:
        raise wrong_state(found.state, *wanted)
    return account, found


def wrong_state(state: State, *wanted: State) -> DisclosureStateWrong:
    """Return the error that a disclosure stands elsewhere: codes for programs, words for people."""
    return DisclosureStateWrong(
        state=state.value, wanted=", ".join(each.value for each in wanted), state_zh=STATE_WORDS[state].zh,
        state_en=STATE_WORDS[state].en, wanted_zh="”或“".join(STATE_WORDS[each].zh for each in wanted),
        wanted_en=" or ".join(STATE_WORDS[each].en for each in wanted),
    )  # fmt: skip


async def move(
    write: Write, scope: Scope, one: DisclosureValue, step: Step, state: State, *, note_text: str = "",
    remarks: Sequence[dict[str, str]] = (), round_: int | None = None,
) -> StepValue:  # fmt: skip
    """Write down a step and where the disclosure stands after it."""
    at = now()
    value = StepValue(
        account_id=one.account_id, id=new_id(), disclosure_id=one.id, round=one.round if round_ is None else round_,
        step=step, note=note_text, remarks=list(remarks), recorded_at=at, recorded_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(EsgStep).values(columns(value)))
    await write.run(
        update(EsgDisclosure)
        .where(EsgDisclosure.account_id == one.account_id, EsgDisclosure.id == one.id)
        .values(state=state.value, round=value.round, state_at=at)
    )
    return value


def words(field: str, value: str, *, most: int = LONGEST_NOTE, is_needed: bool = True) -> str:
    """Return a text without blanks around it; lines are kept.

    Raises:
        DisclosureTextInvalid: empty although needed, or too long.
    """
    clean = value.strip()
    if len(clean) > most or (is_needed and not clean):
        raise DisclosureTextInvalid(field=field, most=most, path=("input", field))
    return clean


async def files(
    read: Read, scope: Scope, account_id: UUID, ids: Sequence[UUID], field: str = "evidenceIds"
) -> tuple[UUID, ...]:
    """Return the ids of evidence files once each, all of them the account's.

    Raises:
        DisclosureTextInvalid: more files than one answer takes.
        EvidenceNotFound: one is not in this account.
    """
    wanted = tuple(dict.fromkeys(ids))
    if len(wanted) > MOST_FILES:
        raise DisclosureTextInvalid(field=field, most=MOST_FILES, path=("input", field))
    if wanted:
        found = await accounts.evidence_by_id(read, scope, [(account_id, each) for each in wanted])
        if any(each is None for each in found):
            raise EvidenceNotFound(path=("input", field))
    return wanted


def columns(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a value of a table's shape
    """Return a value's fields for an insert: enums as they are stored, tuples as lists."""
    return {name: _stored(each) for name, each in asdict(value).items()}


def _stored(value: Any) -> Any:  # noqa: ANN401 - any field
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_stored(each) for each in value]
    return value


def note(write: Write, account: AccountValue, action: str, kind: str, object_id: object, **facts: object) -> None:
    """Leave an audit event in the holder's chain, whoever acted."""
    write.audit(
        action, object_type=kind, object_id=object_id, organisation_id=account.organisation_id, account=account.number,
        **facts,
    )  # fmt: skip
