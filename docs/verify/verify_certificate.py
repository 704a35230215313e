"""Verify a certificate of retirement without asking anybody: its signature, by a published key, over every byte.

    pip install pyhanko
    python verify_certificate.py certificate.pdf documents.json

`documents.json` is the jurisdiction's file of document keys (`/<tenant>/.well-known/documents.json`), fetched once from
an address you trust. Whether a retirement was reversed later is told by the public page alone; see README.md.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def verify(document: Path, keys: Path) -> dict:
    """Return what a genuine certificate states.

    Raises:
        ValueError: it is not genuine; the message says why.
    """
    published = json.loads(keys.read_text(encoding="utf-8"))["keys"]
    with document.open("rb") as file:
        reader = PdfFileReader(file)
        signatures = reader.embedded_signatures
        if len(signatures) != 1:
            raise ValueError(f"文件应有且仅有一个签名 / the document must have one signature, not {len(signatures)}")
        used = signatures[0].signer_cert.dump()
        key = next((each for each in published if base64.b64decode(each["x5c"][0]) == used), None)
        if key is None:
            raise ValueError("签名密钥未公布 / signed by a key that the jurisdiction has not published")
        if key["revoked_at"]:
            raise ValueError(f"签名密钥已于 {key['revoked_at']} 吊销，请联网查验 / key revoked: ask the public page")
        trust = ValidationContext(trust_roots=[Certificate.load(used)], allow_fetching=False)
        status = validate_pdf_signature(signatures[0], trust)
        if not status.bottom_line or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
            raise ValueError("签名无效或文件已被修改 / the signature does not hold: the document was changed")
        return json.loads(reader.root["/AF"][0]["/EF"]["/F"].data)


if __name__ == "__main__":
    try:
        stated = verify(Path(sys.argv[1]), Path(sys.argv[2]))
    except (OSError, ValueError, LookupError, TypeError, PdfError) as error:
        told = error if " / " in str(error) else "文件缺失、无法读取或不是证书 / missing, unreadable, or no certificate"
        sys.exit(f"无效 NOT GENUINE: {told}")
    print(f"真实 GENUINE: {stated['number']} · {stated['holder']['name']} · {stated['issued_on']}")
    for total in stated["totals"]:
        print(f"  {total['quantity']} {total['unit']} {total['class']} {total['name_zh']}")
    print(f"  SHA-256 {hashlib.sha256(Path(sys.argv[1]).read_bytes()).hexdigest()}")
    print(f"  是否仍有效请查 / whether it still holds: {stated['verify_url']}")
