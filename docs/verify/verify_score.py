"""Verify a green score's credential without asking anybody: signature, key, time, revocation, disclosed fields.

    pip install "pyjwt[crypto]"; python verify_score.py credential.txt documents.json status-list.txt

`documents.json`: the jurisdiction's keys, from an address you trust; `status-list.txt`: see README.md.
"""

import hashlib
import json
import sys
import zlib
from pathlib import Path

import jwt
from jwt.utils import base64url_decode as raw


def signed(token: str, kind: str, published: list) -> dict:
    """Return what a token of this kind says, once a published key is proved to have signed it and it is in time."""
    try:
        head = jwt.get_unverified_header(token)
        if (head.get("alg"), head.get("typ")) != ("ES256", kind):
            raise ValueError(f"ALGORITHM: 算法或类型不符 / not ES256, or no {kind}")
        keys = [each for each in published if each["kid"] == head.get("kid") and not each["revoked_at"]]
        if not keys:
            raise ValueError("KEY: 签名密钥未公布或已吊销 / the signing key is not published, or revoked")
        return jwt.decode(token, jwt.PyJWK(keys[0]), ["ES256"], options={"require": ["iss", "iat", "exp"]})
    except jwt.InvalidTokenError as error:
        name = {jwt.ExpiredSignatureError: "EXPIRED", jwt.DecodeError: "FORMAT"}.get(type(error), "SIGNATURE")
        raise ValueError(f"{name} {kind}: 已过期、无法读取或签名无效 / over, unreadable, or changed") from None


def verify(credential: str, published: list, status_list: str) -> dict:
    """Return what a genuine credential shows. Raises ValueError; its first word names the cause."""
    token, *disclosures, rest = credential.strip().split("~") if "~" in credential else (credential, "")
    said, shown = signed(token, "dc+sd-jwt", published), {}
    if rest or said["_sd_alg"] != "sha-256" or said["vct"] != "urn:carbon:credential:green-score:1":
        raise ValueError("FORMAT: 不是绿色评分凭证 / no credential of a green score")
    digests = {raw(each) for each in said["_sd"]}
    for each in disclosures:
        _, name, value = json.loads(raw(each))
        if hashlib.sha256(each.encode()).digest() not in digests or name in shown or name in said:
            raise ValueError(f"DISCLOSURE {name}: 披露字段不属于该凭证 / this field is none of the credential's")
        shown[name] = value
    place, told = said["status"]["status_list"], signed(status_list.strip(), "statuslist+jwt", published)
    if told["sub"] != place["uri"] or told["iss"] != said["iss"]:
        raise ValueError("STATUS_LIST: 不是该凭证的状态列表 / this is the status list of others")
    if zlib.decompress(raw(told["status_list"]["lst"]))[place["idx"] // 8] >> place["idx"] % 8 & 1:
        raise ValueError("REVOKED: 授权已撤回或评分已被取代 / consent revoked, or the score superseded")
    return {**{name: said[name] for name in ("iss", "sub", "iat", "exp", "consent")}, **shown}


if __name__ == "__main__":
    try:
        given, keys, statuses = (Path(each).read_text(encoding="utf-8") for each in sys.argv[1:4])
        print(json.dumps(verify(given, json.loads(keys)["keys"], statuses), ensure_ascii=False, indent=1))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, jwt.PyJWTError) as wrong:
        told = wrong if str(wrong)[:3].isupper() else "FORMAT: 文件缺失或无法读取 / a file is missing or unreadable"
        sys.exit(f"无效 NOT GENUINE: {told}")
