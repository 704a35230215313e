"""Verify a carbon account statement without asking anybody: its PDF by the signature inside, its JSON by the one beside it.

    pip install "pyjwt[crypto]"                                            (for the JSON)
    python verify_statement.py statement.json statement.jws documents.json
    pip install pyhanko                                                    (for the PDF; verify_certificate.py lies beside)
    python verify_statement.py statement.pdf documents.json

`documents.json`: the jurisdiction's document keys (`/<tenant>/.well-known/documents.json`), fetched once from an address
you trust. Whether figures were restated since is told by the public page alone; see README.md.
"""

import base64
import json
import sys
from pathlib import Path

TYPE = "carbon-statement+jws"


def verify(content: bytes, signature: str, keys: list) -> dict:
    """Return what a genuine statement states; a ValueError says why it is not genuine."""
    import jwt  # noqa: PLC0415 - who verifies a PDF needs no PyJWT

    head, middle, tail = signature.strip().split(".")
    if middle:
        raise ValueError("签名文件应为分离式 / the signature must be detached: header..signature")
    whole = f"{head}.{base64.urlsafe_b64encode(content).decode().rstrip('=')}.{tail}"
    try:
        stated = jwt.get_unverified_header(whole)
        key = next((each for each in keys if each["kid"] == stated.get("kid")), None)
        if key is None:
            raise ValueError("签名密钥未公布 / signed by a key that the jurisdiction has not published")
        if key.get("revoked_at"):
            raise ValueError(f"签名密钥已于 {key['revoked_at']} 吊销，请联网查验 / key revoked: ask the public page")
        if stated.get("typ") != TYPE:
            raise ValueError(f"签名用途不符 / the signature is of something else: {stated.get('typ')}")
        jwt.PyJWS().decode(whole, jwt.PyJWK(key).key, ["ES256"])
    except jwt.PyJWTError as error:
        raise ValueError(
            f"签名无效或文件已被修改 / the signature does not hold: the file was changed ({error})"
        ) from error
    return json.loads(content)


def main(names: list) -> dict:
    """Return what the statement in the files named states."""
    document, published = Path(names[0]), Path(names[-1])
    if document.suffix.lower() == ".pdf":
        from verify_certificate import verify as verify_pdf  # noqa: PLC0415 - who verifies a JSON needs no pyHanko

        return verify_pdf(document, published)
    keys = json.loads(published.read_text(encoding="utf-8"))["keys"]
    return verify(document.read_bytes(), Path(names[1]).read_text(encoding="utf-8"), keys)


if __name__ == "__main__":
    try:
        found = main(sys.argv[1:])
        print(
            f"真实 GENUINE: {found['number']} · {found['subject']['holder']} · {found['period_from']} – {found['period_to']}"
        )
        print(f"  数据知悉时点 / as known at {found['known_at']}")
        print(f"  是否被取代请查 / whether figures were superseded: {found['verify_url']}")
    except Exception as error:  # noqa: BLE001 - whatever a forged file does to a parser, it is not genuine
        sys.exit(f"无效 NOT GENUINE: {error}")
