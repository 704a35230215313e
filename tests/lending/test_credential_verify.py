"""What a stranger proves with the published script: a genuine credential, and each forgery refused by name."""

import base64
import hmac
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from backend.kit.clock import now
from backend.lending.credentials.signing import sign
from backend.lending.rules import disclosing, listing
from backend.lending.values import Field, Issuing
from backend.statements import signing
from backend.statements.values import DocumentKey

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify" / "verify_score.py"
ISSUER, URI, INDEX = "https://wuxi.example", "https://wuxi.example/bank/status-lists/0", 79_259
FIELDS = [
    Field("account", "CA-320200-000001", "account"),
    Field("grade", "A", "score"),
    Field("points", "88.75", "score"),
    Field("indicator_intensity", {"value": "1.2345"}, "indicators"),
    Field("books_scope1", {"value": "120.5", "unit": "tCO2e"}, "statement"),
]
KEY = signing.make_key("无锡市", now())
OTHER = signing.make_key("无锡市", now())


def published(*keys: DocumentKey, revoked_at: str | None = None) -> list[dict[str, Any]]:
    return [{**signing.public_jwk(each), "created_at": now().isoformat(), "revoked_at": revoked_at} for each in keys]


def issued(
    *, key: DocumentKey = KEY, at: datetime | None = None, days: int = 30, scopes: tuple[str, ...] = ("score",)
) -> tuple[str, list[str]]:
    """Return a credential and what it withholds."""
    moment = at or now()
    said = Issuing(
        issuer=ISSUER, subject="urn:carbon:account:CA-320200-000001", issued_at=moment,
        expires_at=moment + timedelta(days=days), status_uri=URI, status_index=INDEX, consent={"id": "c"},
    )  # fmt: skip
    claims, shown, withheld = disclosing.claims(said, FIELDS, scopes)
    return disclosing.combined(sign(claims, key, disclosing.TYPE), shown), withheld


def listed(*revoked: int, key: DocumentKey = KEY, uri: str = URI, at: datetime | None = None) -> str:
    return sign(listing.claims(uri, ISSUER, revoked, at or now()), key, listing.TYPE)


def base64url(value: Any) -> str:
    return disclosing.base64url(json.dumps(value, ensure_ascii=False).encode())


def payload_of(credential: str) -> dict[str, Any]:
    return jwt.decode(credential.split("~", maxsplit=1)[0], options={"verify_signature": False})


def test_a_genuine_credential_shows_what_the_consent_covers(checker: Any) -> None:
    credential, withheld = issued()
    shown = checker.verify(credential, published(OTHER, KEY), listed(INDEX - 1, INDEX + 1, 0))
    assert {name: shown[name] for name in ("account", "grade", "points")} == {
        "account": "CA-320200-000001", "grade": "A", "points": "88.75",
    }  # fmt: skip
    assert (shown["iss"], shown["consent"]) == (ISSUER, {"id": "c"})
    assert not {"indicator_intensity", "books_scope1"} & shown.keys()
    assert len(withheld) == 2


def test_what_was_withheld_can_be_opened_later_and_belongs_to_the_same_credential(checker: Any) -> None:
    credential, withheld = issued()
    opened = credential + withheld[1] + "~"
    assert checker.verify(opened, published(KEY), listed())["books_scope1"] == {"value": "120.5", "unit": "tCO2e"}


def of_another(credential: str) -> str:
    other, _ = issued()
    parts, others = credential.split("~"), other.split("~")
    return "~".join([parts[0], others[1], *parts[2:]])


def changed_field(credential: str) -> str:
    token, first, grade, *rest = credential.split("~")
    salt, name, _ = json.loads(base64.urlsafe_b64decode(grade + "=="))
    return "~".join([token, first, base64url([salt, name, "AAA"]), *rest])


def changed_claims(credential: str) -> str:
    head, _, rest = credential.partition(".")
    _, _, signature = rest.partition(".")
    return f"{head}.{base64url({**payload_of(credential), 'exp': 4_000_000_000})}.{signature}"


def own_digests(credential: str) -> str:
    """Return a credential in which a field of one's own was made to fit, and the signature left."""
    field = disclosing.disclosure(Field("grade", "AAA", "score"), "salt")
    token = credential.split("~", maxsplit=1)[0]
    head, _, signature = token.split(".")
    claims = {**payload_of(credential), "_sd": [disclosing.digest(field)]}
    return f"{head}.{base64url(claims)}.{signature}~{field}~"


def unsigned(credential: str) -> str:
    parts = credential.split("~")
    head = base64url({"alg": "none", "typ": "dc+sd-jwt", "kid": KEY.id})
    return "~".join([f"{head}.{parts[0].split('.')[1]}.", *parts[1:]])


def by_shared_secret(credential: str) -> str:
    """Return a credential signed by HMAC with what everybody knows: the public key."""
    parts = credential.split("~")
    said = f"{base64url({'alg': 'HS256', 'typ': 'dc+sd-jwt', 'kid': KEY.id})}.{parts[0].split('.')[1]}"
    signature = hmac.digest(published(KEY)[0]["x"].encode(), said.encode(), "sha256")
    return "~".join([f"{said}.{disclosing.base64url(signature)}", *parts[1:]])


def by_another_key(credential: str) -> str:
    return "~".join([sign(payload_of(credential), OTHER, disclosing.TYPE), *credential.split("~")[1:]])


def under_anothers_name(credential: str) -> str:
    forged = DocumentKey(KEY.id, OTHER.certificate, OTHER.private)
    return "~".join([sign(payload_of(credential), forged, disclosing.TYPE), *credential.split("~")[1:]])


def twice(credential: str) -> str:
    return credential + credential.split("~")[2] + "~"


def a_token_of_another_kind(credential: str) -> str:
    return sign(payload_of(credential), KEY, "carbon-batch+jwt") + "~"


def of_another_meaning(credential: str) -> str:
    return sign({**payload_of(credential), "vct": "urn:x"}, KEY, disclosing.TYPE) + "~"


def bound_to_a_holder(credential: str) -> str:
    return credential + "eyJhbGciOiJFUzI1NiJ9.e30.x"


@pytest.mark.parametrize(
    ("forge", "cause"),
    [
        (of_another, "DISCLOSURE"),
        (changed_field, "DISCLOSURE"),
        (twice, "DISCLOSURE"),
        (changed_claims, "SIGNATURE"),
        (own_digests, "SIGNATURE"),
        (under_anothers_name, "SIGNATURE"),
        (by_another_key, "KEY"),
        (unsigned, "ALGORITHM"),
        (by_shared_secret, "ALGORITHM"),
        (a_token_of_another_kind, "ALGORITHM"),
        (of_another_meaning, "FORMAT"),
        (bound_to_a_holder, "FORMAT"),
    ],
)
def test_a_forgery_is_refused_by_name(checker: Any, forge: Callable[[str], str], cause: str) -> None:
    credential, _ = issued()
    with pytest.raises(ValueError, match=f"^{cause}"):
        checker.verify(forge(credential), published(KEY), listed())


def test_what_is_over_is_refused_by_name(checker: Any) -> None:
    old, _ = issued(at=now() - timedelta(days=31))
    with pytest.raises(ValueError, match=r"^EXPIRED dc\+sd-jwt"):
        checker.verify(old, published(KEY), listed())
    credential, _ = issued()
    with pytest.raises(ValueError, match=r"^REVOKED"):
        checker.verify(credential, published(KEY), listed(INDEX))
    with pytest.raises(ValueError, match=r"^KEY"):
        checker.verify(credential, published(KEY, revoked_at=now().isoformat()), listed())


def test_a_status_list_that_proves_nothing_is_refused_by_name(checker: Any) -> None:
    credential, _ = issued()
    for other, cause in (
        (listed(at=now() - timedelta(hours=25)), r"EXPIRED statuslist\+jwt"),
        (listed(uri="https://wuxi.example/bank/status-lists/1"), "STATUS_LIST"),
        (listed(key=OTHER), "KEY"),
        (credential.split("~")[0], "ALGORITHM"),
    ):
        with pytest.raises(ValueError, match=f"^{cause}"):
            checker.verify(credential, published(KEY), other)


def test_the_script_is_short_and_runs_alone(tmp_path: Path) -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) < 60
    names = ("credential.txt", "documents.json", "status.txt")
    credential, _ = issued()
    unreadable = "<html>no status list</html>"
    for status, code, said in (
        (listed(), 0, '"grade": "A"'),
        (listed(INDEX), 1, "REVOKED"),
        (unreadable, 1, "FORMAT statuslist+jwt: 已过期、无法读取或签名无效"),
    ):
        for name, content in zip(names, (credential, json.dumps({"keys": published(KEY)}), status), strict=True):
            (tmp_path / name).write_text(content + "\n", encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, "-I", SCRIPT, *names], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (ran.returncode, said in ran.stdout + ran.stderr) == (code, True), ran
        assert "Traceback" not in ran.stderr
    for given in ((), names[:2], (*names[:2], "nothing.txt"), (names[0], names[2], names[1])):
        ran = subprocess.run(
            [sys.executable, "-I", SCRIPT, *given], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 1
        assert ran.stderr == "无效 NOT GENUINE: FORMAT: 文件缺失或无法读取 / a file is missing or unreadable\n"


def test_every_place_of_a_list_has_its_own_bit() -> None:
    assert listing.bits([]) == bytes(16_384)
    assert listing.bits([0, 9, 131_071]) == b"\x01\x02" + bytes(16_381) + b"\x80"
    places = {number * 79_259 % 131_072 for number in range(131_072)}
    assert len(places) == 131_072


def test_no_field_takes_the_name_of_a_claim() -> None:
    said = Issuing("i", "s", now(), now(), "u", 0)
    for names in (("exp",), ("_sd",), ("grade", "grade")):
        with pytest.raises(ValueError, match="no credential"):
            disclosing.claims(said, [Field(each, 1, "score") for each in names], ["score"])


def test_the_same_field_never_has_the_same_digest_twice() -> None:
    digests = [each for _ in range(50) for each in payload_of(issued()[0])["_sd"]]
    assert len(set(digests)) == len(digests) == 50 * len(FIELDS)
    listed_in_order = payload_of(issued()[0])["_sd"]
    assert listed_in_order == sorted(listed_in_order)
