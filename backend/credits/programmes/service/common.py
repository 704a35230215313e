"""What the commands of the programmes begin with: the rules in force, whose holder it is, and what a constraint refused."""

from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from backend.accounts import service as accounts
from backend.credits.programmes import queries
from backend.credits.programmes.errors import (
    AuthorityOnly,
    MethodologyUnknown,
    ParticipantNotFound,
    ProgrammeHasNoTrees,
    ProgrammeIssuesNothing,
    ProgrammeUnknown,
)
from backend.credits.programmes.values import InForce, SettingValue
from backend.kit.db import Read
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants
from backend.tenants.values import MethodologyTerms, Pack, Programme, ProgrammeUnit, ReviewRules, TreeRules


def programme_of(pack: Pack, code: str) -> Programme:
    """Return the programme of this code that issues units or sells trees.

    Raises:
        ProgrammeUnknown: the jurisdiction offers none.
    """
    found = pack.programme(code)
    if found is None:
        raise ProgrammeUnknown(programme=code, path=("input", "programme"))
    return found


def issuing(programme: Programme) -> tuple[ProgrammeUnit, ReviewRules]:
    """Return the class of units and the rules of review.

    Raises:
        ProgrammeIssuesNothing: the programme is a name only.
    """
    if programme.unit_class is None or programme.review is None:
        raise ProgrammeIssuesNothing(programme=programme.code, path=("input", "programme"))
    return programme.unit_class, programme.review


def of_trees(programme: Programme) -> TreeRules:
    """Return the rules of trees.

    Raises:
        ProgrammeHasNoTrees: the programme sells none.
    """
    if programme.trees is None:
        raise ProgrammeHasNoTrees(programme=programme.code, path=("input", "programme"))
    return programme.trees


def with_terms(pack: Pack, programme: Programme, code: str, settings: dict[tuple[str, str], SettingValue]) -> InForce:
    """Return a methodology with its terms: an administrator's setting, else the pack's.

    Raises:
        MethodologyUnknown: the programme has none of this code.
    """
    methodology = programme.methodology(code)
    if methodology is None:
        known = ", ".join(each.code for each in programme.methodologies)
        raise MethodologyUnknown(
            programme=programme.code, methodology=code, known=known, path=("input", "methodology")
        )  # fmt: skip
    setting = settings.get((programme.code, code))
    terms = methodology.terms if setting is None else MethodologyTerms.model_validate(setting.terms)
    return InForce(programme, methodology, terms, setting, pack.sha256)


async def in_force(read: Read, scope: Scope, programme: str, methodology: str, on: date) -> InForce:
    """Return a methodology with the terms that hold on a day.

    Raises:
        ProgrammeUnknown, ProgrammeIssuesNothing, MethodologyUnknown: in this order.
    """
    pack = await tenants.pack_in_force(read, scope)
    found = programme_of(pack, programme)
    issuing(found)
    return with_terms(pack, found, methodology, await queries.settings_in_force(read, scope, on))


async def check_holder(read: Read, scope: Scope, holder_id: UUID) -> bool:
    """Check that the caller may act for a holder; True for a participant of its region, False for its own account.

    Raises:
        Unauthenticated, Forbidden: an authority without `credits:review`, anybody else without `credits:register`.
        ParticipantNotFound, AccountNotFound, AccountNotYours, AccountClosed: as they say.
    """
    scope.require("credits:review" if scope.kind is Kind.AUTHORITY else "credits:register")
    if scope.kind is Kind.AUTHORITY or scope.kind is Kind.SYSTEM:
        (found,) = await queries.participants_by_id(read, scope, [holder_id])
        if found is not None:
            return True
        if scope.kind is Kind.AUTHORITY:
            raise ParticipantNotFound
    await accounts.own_account(read, scope, holder_id)
    return False


def check_authority(scope: Scope) -> None:
    """Check that the caller is an authority, or the service itself.

    Raises:
        AuthorityOnly: it is neither.
    """
    if scope.kind not in {Kind.SYSTEM, Kind.AUTHORITY}:
        raise AuthorityOnly


def keeper(scope: Scope, path: str) -> UUID:
    """Return the authority that keeps a register of a division; nobody else does, the service neither.

    Raises:
        AuthorityOnly: the caller is none, or the division lies outside its region.
    """
    if scope.kind is not Kind.AUTHORITY or scope.organisation_id is None or not path.startswith(scope.region):
        raise AuthorityOnly
    return scope.organisation_id


def is_of(error: IntegrityError, constraint: str) -> bool:
    """Tell whether a constraint of this name refused."""
    return constraint in str(error.orig)
