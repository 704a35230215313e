"""What binds a verifier to an enterprise, written down by either; and the authority's terms for verifiers."""

from datetime import date
from uuid import UUID

from sqlalchemy import insert

from backend.console import rules as desk
from backend.console.assigning.models import VerificationTerms, VerifierRelation
from backend.console.errors import DeskOfAuthority, VerificationTermsInvalid
from backend.console.values import RelationKind, RelationValue, TermsValue
from backend.identity import service as identity
from backend.identity.errors import VerifierNotFound
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

LEAST_YEARS, MOST_YEARS = 1, 20


async def record_relation(
    write: Write, scope: Scope, *, verifier_id: UUID | None, credit_code: str, kind: RelationKind, starts_on: date,
    ends_on: date | None, note: str,
) -> RelationValue:  # fmt: skip
    """Write down what binds a verifier to the enterprise of a credit code. It is never taken away again.

    A verifier speaks of itself (`verifier_id` is left out); an authority of any verifier.

    Raises:
        Unauthenticated, Forbidden: without `console:answer` (verifier) or `console:assign` (authority).
        DeskTextInvalid: no note, or too long.
        DeskDayInvalid: it begins in the future, or ends before it begins.
        CreditCodeInvalid: not a code of GB 32100.
        VerifierNotFound: no active verification body.
    """
    is_own = scope.kind is Kind.VERIFIER
    scope.require("console:answer" if is_own else "console:assign")
    said = desk.text(note, "note", least=1)
    day = today()
    reasons = f"不能晚于 {day.isoformat()}", f"it must not be after {day.isoformat()}"
    desk.day_between(starts_on, "startsOn", None, day, reasons)
    if ends_on is not None:
        order = "不能早于起始日期", "it must not be before the first day"
        desk.day_between(ends_on, "endsOn", starts_on, None, order)
    code = identity.plain_credit_code(credit_code)
    own_id = scope.organisation_id if is_own else verifier_id
    verifier = None if own_id is None else await identity.organisation(write, scope, own_id)
    if verifier is None or verifier.kind is not Kind.VERIFIER:
        raise VerifierNotFound(path=("input", "verifierId"))
    value = RelationValue(
        id=new_id(), verifier_id=verifier.id, credit_code=code, division_path=scope.region, kind=kind,
        starts_on=starts_on, ends_on=ends_on, note=said, is_own_word=is_own, recorded_at=now(),
    )  # fmt: skip
    columns = {name: getattr(value, name) for name in value.__slots__} | {"kind": kind.value}
    await write.run(insert(VerifierRelation).values(recorded_by=scope.actor_id, **columns))
    for chain in dict.fromkeys((verifier.id, scope.organisation_id)):
        write.audit(
            "console:record_relation", object_type="VerifierRelation", object_id=value.id, organisation_id=chain,
            verifier=str(verifier.id), credit_code=code, kind=kind.value,
        )  # fmt: skip
    return value


async def set_terms(
    write: Write, scope: Scope, *, most_years: int | None, cooling_years: int | None, title: str, number: str,
    dated: date,
) -> TermsValue:  # fmt: skip
    """Set how many years in a row a verifier may verify an account here, and how long a relation counts after its end.

    Raises:
        Unauthenticated, Forbidden: without `console:configure`.
        DeskOfAuthority: anybody but an authority.
        VerificationTermsInvalid: not 1 to 20 years.
        DeskTextInvalid: the document has no title, or a text is too long.
        DeskDayInvalid: the document is dated in the future.
    """
    scope.require("console:configure")
    if scope.kind is not Kind.AUTHORITY:
        raise DeskOfAuthority
    for name, given in (("mostYears", most_years), ("coolingYears", cooling_years)):
        if given is not None and not LEAST_YEARS <= given <= MOST_YEARS:
            raise VerificationTermsInvalid(field=name, path=("input", name))
    told = desk.text(title, "title", least=1, most=desk.LONGEST_NAME)
    numbered = desk.text(number, "number", most=desk.LONGEST_NAME)
    day = today()
    reasons = f"不能晚于 {day.isoformat()}", f"it must not be after {day.isoformat()}"
    desk.day_between(dated, "documentDate", None, day, reasons)
    value = TermsValue(
        id=new_id(), division_path=scope.region, most_years=most_years, cooling_years=cooling_years,
        document_title=told, document_number=numbered, document_date=dated, recorded_at=now(),
    )  # fmt: skip
    columns = {name: getattr(value, name) for name in value.__slots__}
    await write.run(insert(VerificationTerms).values(recorded_by=scope.actor_id, **columns))
    write.audit(
        "console:set_terms", object_type="VerificationTerms", object_id=value.id, most_years=most_years,
        cooling_years=cooling_years, document=told, number=numbered,
    )  # fmt: skip
    return value
