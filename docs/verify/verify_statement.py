"""Verify a carbon account statement without asking anybody: its PDF by the signature inside, its JSON by the one beside it.

    pip install "pyjwt[crypto]"                                            (for the JSON)
    python verify_statement.py statement.json statement.jws documents.json
    pip install pyhanko                                                    (for the PDF; verify_certificate.py lies beside)
    python verify_statement.py statement.pdf documents.json

`documents.json`: the jurisdiction's document keys (`/<tenant>/.well-known/documents.json`), fetched once from an address
you trust. Whether figures were restated since is told by the public page alone; see README.md.
Ends with 0 when the statement is genuine, 1 when it is not, 2 when nothing could be checked (another file, no library).
"""

import base64
import binascii
import json
import sys
from pathlib import Path

TYPE = "carbon-statement+jws"
USAGE = "用法 usage: verify_statement.py statement.json statement.jws documents.json | statement.pdf documents.json"
WORKBOOK = "Excel 工作簿没有签名，请在公开查验页比对 / workbooks are not signed: compare it on the public page, or give the PDF or JSON"
NO_SIGNATURE = "签名文件无法读取，请使用随报告下载的 .jws 文件 / that is no signature file: give the .jws downloaded with the statement"
NO_KEYS = "公钥文件无法读取，请重新下载 documents.json / the keys cannot be read: download documents.json again"
NO_LIBRARY = "缺少所需的库，请先安装 / a library is missing, install it first: pip install"
OTHER = "文件不是碳账户报告 / the file is no carbon account statement"
DAMAGED = "PDF 已损坏或被修改 / the PDF is damaged, or was changed"


class NothingChecked(Exception):
    """Nothing could be checked; the words say why."""


def verify(content: bytes, signature: str, keys: list) -> dict:
    """Return what a genuine statement states; a ValueError says why it is not genuine, NothingChecked why nobody can tell."""
    try:
        import jwt  # noqa: PLC0415 - who verifies a PDF needs no PyJWT
    except ImportError:
        raise NothingChecked(f'{NO_LIBRARY} "pyjwt[crypto]"') from None
    try:
        head, middle, tail = signature.strip().split(".")
        stated = json.loads(base64.urlsafe_b64decode(head + "=="))
        wanted, kind = stated.get("kid"), stated.get("typ")
    except (ValueError, AttributeError, binascii.Error):
        raise NothingChecked(NO_SIGNATURE) from None
    if middle:
        raise ValueError("签名文件应为分离式 / the signature must be detached: header..signature")
    key = next((each for each in keys if each["kid"] == wanted), None)
    if key is None:
        raise ValueError("签名密钥未公布 / signed by a key that the jurisdiction has not published")
    if key.get("revoked_at"):
        raise ValueError(f"签名密钥已于 {key['revoked_at']} 吊销，请联网查验 / key revoked: ask the public page")
    if kind != TYPE:
        raise ValueError("签名用途不符 / the signature is of something else")
    try:
        jwt.PyJWS().decode(
            f"{head}.{base64.urlsafe_b64encode(content).decode().rstrip('=')}.{tail}", jwt.PyJWK(key).key, ["ES256"]
        )
    except (jwt.PyJWTError, ValueError):
        raise ValueError("签名无效或文件已被修改 / the signature does not hold, or the file was changed") from None
    return json.loads(content)


def verify_pdf(document: Path, published: Path) -> dict:
    """Return what a genuine PDF states; errors as in `verify`."""
    try:
        from verify_certificate import verify as verify_signed  # noqa: PLC0415 - who verifies a JSON needs no pyHanko
    except ImportError:
        raise NothingChecked(
            f"{NO_LIBRARY} pyhanko (verify_certificate.py 须在同一文件夹 beside this script)"
        ) from None
    try:
        return verify_signed(document, published)
    except Exception as error:  # noqa: BLE001 - whatever a forged file does to a parser, it is not genuine
        ours = type(error) is ValueError and " / " in str(error)
        raise ValueError(str(error) if ours else DAMAGED) from None


def main(names: list) -> dict:
    """Return what the statement in the files named states; errors as in `verify`."""
    missing = [name for name in names if not Path(name).is_file()]
    if missing or len(names) not in (2, 3):
        raise NothingChecked(f"找不到文件 no such file: {missing[0]}" if missing else USAGE)
    document, published = Path(names[0]).read_bytes(), Path(names[-1])
    if document.startswith(b"PK"):
        raise NothingChecked(WORKBOOK)
    is_pdf = document.startswith(b"%PDF")
    if not is_pdf and not document.lstrip().startswith(b"{"):
        raise NothingChecked(OTHER)
    if len(names) != (2 if is_pdf else 3):
        raise NothingChecked(USAGE)
    try:
        keys = json.loads(published.read_bytes())["keys"]
        _ = [each["kid"] for each in keys]
    except (ValueError, LookupError, TypeError):
        raise NothingChecked(NO_KEYS) from None
    if is_pdf:
        return verify_pdf(Path(names[0]), published)
    return verify(document, Path(names[1]).read_text(encoding="utf-8", errors="replace"), keys)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        found = main(sys.argv[1:])
        if "period_from" not in found:
            raise NothingChecked(f"{OTHER}: {found.get('number')}")  # noqa: TRY301 - one way out
    except NothingChecked as error:
        print(f"未核验 NOT CHECKED: {error}")
        sys.exit(2)
    except ValueError as error:
        print(f"无效 NOT GENUINE: {error}")
        sys.exit(1)
    print(
        f"真实 GENUINE: {found['number']} · {found['subject']['holder']} · {found['period_from']} – {found['period_to']}"
    )
    print(f"  数据知悉时点 / as known at {found['known_at']}")
    print(f"  是否被取代请查 / whether figures were superseded: {found['verify_url']}")
