"""Making a credential: once for a score and a consent, signed, kept, and served from then on."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from backend.emissions import service as emissions
from backend.identity import service as identity
from backend.identity.service.elevation import elevated
from backend.kit.clock import CHINA, now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.lending.credentials.fields import fields
from backend.lending.credentials.signing import sign
from backend.lending.errors import ScoreMissing, ScoreOutOfDate
from backend.lending.reading.opening import told_one
from backend.lending.rules import addressing, disclosing
from backend.lending.values import BorrowerScore, CredentialValue, Issuing, ReadKind
from backend.statements import service as statements
from backend.tenants import service as tenants

MATERIAL = text("select * from lending_material(:account, :score)")
KEEP = text("select lending_keep(:credential)").bindparams(bindparam("credential", type_=JSONB))


async def credential(
    write: Write, scope: Scope, settings: Settings, key: str, *, what: str = ReadKind.CREDENTIAL
) -> CredentialValue:
    """Return the signed credential of a borrower's newest score, made now if this consent has none; the read is logged.

    `key` is the account's id or number, or the holder's credit code. The credential is the one this consent was given
    before, as long as its score is the newest and its key is believed.

    Raises:
        Unauthenticated, Forbidden: without `lending:read`.
        BanksOnly: the caller is no bank.
        BorrowerNotFound, BorrowerAmbiguous: see `told_one`.
        ScoreMissing: nothing was computed yet.
        ScoreOutOfDate: the newest score is past its validity.
    """
    while True:  # again only when a newer score was stored this moment: each turn has a newer one
        told = await told_one(write, scope, key, what=what)
        served = await _made(write, scope, settings, told)
        if served is not None and told.score_id is not None:
            return CredentialValue(
                told.account_id, told.score_id, told.consent_id, served, told.read_at, told.model_code, told.grade
            )


async def _made(write: Write, scope: Scope, settings: Settings, told: BorrowerScore) -> str | None:
    """Sign and keep a credential; return what is served, None when the score is not the newest any more."""
    if told.score_id is None or told.year is None or told.valid_until is None:
        raise ScoreMissing
    issued_at = now().replace(microsecond=0)
    expires_at = ends(told)
    if expires_at <= issued_at:
        raise ScoreOutOfDate
    async with elevated(write):
        system = scope.as_system()
        key = await statements.document_key(write, system, identity.seal_of(settings))
        hosts = await tenants.hosts(write, system)
        material: Any = await write.row(MATERIAL, {"account": told.account_id, "score": told.score_id})
        books = await emissions.inventory_facts(write, system, [told.account_id], [told.year], told.known_at)
    issuer = addressing.issuer(scope.tenant, hosts=hosts, base_domain=settings.base_domain, port=settings.port)
    said = Issuing(
        issuer=issuer, subject=f"urn:carbon:account:{told.account_number}", issued_at=issued_at, expires_at=expires_at,
        status_uri=addressing.status_uri(issuer, material.status_list), status_index=material.status_index,
        consent={
            "id": str(told.consent_id), "bank": str(scope.organisation_id), "scopes": sorted(told.scopes),
            "purpose": told.purpose, "starts_on": told.starts_on.isoformat(), "ends_on": told.ends_on.isoformat(),
        },
    )  # fmt: skip
    signed, shown, withheld = disclosing.claims(
        said, fields(told, material.indicators, material.inputs, books.get((told.account_id, told.year))), told.scopes
    )
    return await write.value(
        KEEP,
        {
            "credential": {
                "account_id": str(told.account_id), "id": str(new_id()), "consent_id": str(told.consent_id),
                "score_id": str(told.score_id), "key_id": key.id, "status_list": material.status_list,
                "status_index": material.status_index, "withheld": withheld, "issued_at": issued_at.isoformat(),
                "served": disclosing.combined(sign(signed, key, disclosing.TYPE), shown),
                "expires_at": expires_at.isoformat(),
            }
        },
    )  # fmt: skip


def ends(told: BorrowerScore) -> datetime:
    """Return when a credential of the score ends: with the last day of the score or of the consent, whichever is first."""
    last = told.ends_on if told.valid_until is None else min(told.valid_until, told.ends_on)
    return datetime.combine(last + timedelta(days=1), time(), CHINA)
