"""An administrator sets the terms of a methodology over the pack's: a new dated version, nothing overwritten."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, insert, select, text

from backend.credits.programmes import rules
from backend.credits.programmes.errors import JurisdictionOnly, TermsInvalid
from backend.credits.programmes.models import ProgrammeSetting
from backend.credits.programmes.service.common import check_authority, issuing, programme_of, with_terms
from backend.credits.programmes.values import SettingValue
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants
from backend.tenants.values import Formula, MethodologyTerms

_LOCK = text("select pg_advisory_xact_lock(hashtext('programme_setting'))")


async def configure(
    write: Write,
    scope: Scope,
    *,
    programme: str,
    methodology: str,
    terms: Mapping[str, Any],
    valid_from: date,
    document: str,
    reason: str,
) -> SettingValue:
    """Set all terms of a methodology from a day on; what is left out is not known any more.

    What was issued keeps the terms it was issued by. A day in the past is allowed: a placeholder's figure may be learned
    late, and periods not yet issued then use it.

    Raises:
        Unauthenticated, Forbidden: without `credits:configure`.
        AuthorityOnly, JurisdictionOnly: the caller is not the jurisdiction's own authority.
        ProgrammeUnknown, ProgrammeIssuesNothing, MethodologyUnknown: in this order.
        TermsInvalid: a figure that cannot be; a factor in a difference.
        TextNotFit: document or reason.
    """
    scope.require("credits:configure")
    check_authority(scope)
    pack = await tenants.pack_in_force(write, scope)
    if scope.kind is not Kind.SYSTEM and scope.region != pack.region:
        raise JurisdictionOnly
    found = programme_of(pack, programme)
    issuing(found)
    known = with_terms(pack, found, methodology, {})
    clean = _terms(terms, known.methodology.formula)
    source, why = rules.text(document, "document"), rules.text(reason, "reason", most=1000)
    await write.run(_LOCK)
    last = await write.value(
        select(func.coalesce(func.max(ProgrammeSetting.version), 0)).where(
            ProgrammeSetting.programme == programme, ProgrammeSetting.methodology == methodology
        )
    )
    made = SettingValue(
        id=new_id(), programme=programme, methodology=methodology, version=last + 1,
        terms=clean.model_dump(mode="json"), valid_from=valid_from, document=source, reason=why, set_at=now(),
        set_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(ProgrammeSetting).values({name: getattr(made, name) for name in made.__slots__}))
    write.audit(
        "credits:configure", object_type="ProgrammeSetting", object_id=made.id, programme=programme,
        methodology=methodology, version=made.version, terms=made.terms, valid_from=valid_from, document=source,
        reason=why,
    )  # fmt: skip
    return made


def _terms(given: Mapping[str, Any], formula: Formula) -> MethodologyTerms:
    try:
        terms = MethodologyTerms.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "terms"
        raise _refusal(field, f"{first['msg']}.", "数值超出允许范围。") from error
    if formula is Formula.DIFFERENCE and terms.factor is not None:
        raise _refusal("factor", "a difference uses no factor.", "差额法不使用系数。")
    for name in ("factor", "cap_participant", "cap_total"):
        value = getattr(terms, name)
        if value is not None and not rules.is_sane(value):
            raise _refusal(name, "beyond any real figure.", "数值超出合理范围。")
    return terms


def _refusal(name: str, reason_en: str, reason_zh: str) -> TermsInvalid:
    """Return the refusal of a term under the name the caller knows it by."""
    first, *more = name.split("_")
    field = first + "".join(each.capitalize() for each in more)
    return TermsInvalid(field=field, reason_en=reason_en, reason_zh=reason_zh, path=("input", field))
