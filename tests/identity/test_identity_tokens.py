"""What a token proves, and every way in which it can fail to."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.identity import tokens
from backend.identity.errors import TokenExpired, TokenInvalid, TokenOfAnotherTenant
from backend.identity.tokens import Claims, Seal, Signer
from backend.kit.ids import new_id
from backend.kit.scope import Kind

SEAL = Seal("a secret of this test")


def key(tenant: str = "wuxi") -> tuple[Signer, Ed25519PublicKey]:
    made = tokens.make_key(tenant, SEAL)
    signer = tokens.unseal(tenant, made.key_id, made.private_sealed, SEAL)
    assert signer is not None
    return signer, tokens.public_key(made.public_jwk)


def claims(**other) -> Claims:
    moment = datetime.now(UTC)
    plain = Claims(
        tenant="wuxi", subject_id=new_id(), is_client=False, organisation_id=new_id(), kind=Kind.AUTHORITY,
        region="320000/320200/", roles=("officer",), permissions=(), language="en", family_id=new_id(),
        token_id=new_id(), issued_at=moment, expires_at=(moment + timedelta(seconds=600)).replace(microsecond=0),
    )  # fmt: skip
    return replace(plain, **other)


def test_what_is_issued_is_what_is_read() -> None:
    signer, public = key()
    given = claims()
    assert tokens.verify(tokens.issue(signer, given), public, "wuxi") == given


def test_a_programs_token_carries_permissions_instead_of_roles() -> None:
    signer, public = key()
    given = claims(is_client=True, roles=(), family_id=None, permissions=("emissions:enter", "emissions:read"))
    token = tokens.issue(signer, given)
    assert tokens.verify(token, public, "wuxi") == given
    assert jwt.decode(token, options={"verify_signature": False})["scope"] == "emissions:enter emissions:read"


def test_the_header_names_the_key_and_the_key_is_its_own_thumbprint() -> None:
    signer, _ = key()
    header = jwt.get_unverified_header(tokens.issue(signer, claims()))
    assert header == {"alg": "EdDSA", "kid": signer.key_id, "typ": "at+jwt"}
    assert tokens.key_id_of(tokens.issue(signer, claims())) == signer.key_id


def test_an_expired_token_says_so() -> None:
    signer, public = key()
    past = datetime.now(UTC) - timedelta(seconds=60)
    with pytest.raises(TokenExpired):
        tokens.verify(
            tokens.issue(signer, claims(issued_at=past, expires_at=past + timedelta(seconds=50))), public, "wuxi"
        )


def test_a_token_of_another_tenant_is_refused() -> None:
    signer, public = key()
    with pytest.raises(TokenOfAnotherTenant):
        tokens.verify(tokens.issue(signer, claims(tenant="chengdu")), public, "wuxi")


def test_another_key_proves_nothing() -> None:
    signer, _ = key()
    _, other = key()
    with pytest.raises(TokenInvalid):
        tokens.verify(tokens.issue(signer, claims()), other, "wuxi")


def test_an_altered_body_is_refused() -> None:
    signer, public = key()
    head, body, signature = tokens.issue(signer, claims()).split(".")
    facts = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    facts["roles"] = ["administrator"]
    forged = base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")
    with pytest.raises(TokenInvalid):
        tokens.verify(f"{head}.{forged}.{signature}", public, "wuxi")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_no_other_algorithm_is_taken(algorithm: str) -> None:
    signer, _ = key()
    body = jwt.decode(tokens.issue(signer, claims()), options={"verify_signature": False})
    forged = jwt.encode(
        body, None if algorithm == "none" else "x" * 32, algorithm=algorithm, headers={"kid": signer.key_id}
    )
    with pytest.raises(TokenInvalid):
        tokens.key_id_of(forged)


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "org", "kind", "jti", "iat", "exp"])
def test_a_token_without_a_claim_is_refused(claim: str) -> None:
    signer, public = key()
    body = jwt.decode(tokens.issue(signer, claims()), options={"verify_signature": False})
    del body[claim]
    forged = jwt.encode(body, signer.private, algorithm="EdDSA", headers={"kid": signer.key_id})
    with pytest.raises(TokenInvalid):
        tokens.verify(forged, public, "wuxi")


@pytest.mark.parametrize(("claim", "value"), [("aud", "other"), ("sub", "root"), ("kind", "emperor"), ("org", 7)])
def test_a_token_with_a_strange_claim_is_refused(claim: str, value: object) -> None:
    signer, public = key()
    body = jwt.decode(tokens.issue(signer, claims()), options={"verify_signature": False})
    forged = jwt.encode({**body, claim: value}, signer.private, algorithm="EdDSA", headers={"kid": signer.key_id})
    with pytest.raises(TokenInvalid):
        tokens.verify(forged, public, "wuxi")


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "x" * 10_000, "é"])
def test_noise_is_no_token(text: str) -> None:
    with pytest.raises(TokenInvalid):
        tokens.key_id_of(text)
    assert tokens.tenant_claimed(text) is None


def test_a_seal_opens_only_with_its_secret_tenant_and_key() -> None:
    made = tokens.make_key("wuxi", SEAL)
    assert tokens.unseal("wuxi", made.key_id, made.private_sealed, Seal("another secret")) is None
    assert tokens.unseal("chengdu", made.key_id, made.private_sealed, SEAL) is None
    assert tokens.unseal("wuxi", "another", made.private_sealed, SEAL) is None
    altered = made.private_sealed[:-1] + bytes([made.private_sealed[-1] ^ 1])
    assert tokens.unseal("wuxi", made.key_id, altered, SEAL) is None


def test_the_private_key_is_not_readable_at_rest() -> None:
    made = tokens.make_key("wuxi", SEAL)
    signer = tokens.unseal("wuxi", made.key_id, made.private_sealed, SEAL)
    assert signer is not None
    assert signer.private.private_bytes_raw() not in made.private_sealed
    assert "d" not in made.public_jwk


def test_a_token_can_be_revoked_by_each_of_its_names() -> None:
    one = UUID(int=1)
    person = claims(subject_id=one, organisation_id=one, family_id=one, token_id=one)
    assert set(person.subjects()) == {
        f"token:{one}", f"organisation:{one}", f"person:{one}", f"member:{one}:{one}", f"family:{one}",
    }  # fmt: skip
    program = replace(person, is_client=True, family_id=None)
    assert set(program.subjects()) == {f"token:{one}", f"organisation:{one}", f"client:{one}"}
