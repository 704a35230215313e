"""The archive: parts, a manifest with the hash of each, a signature over the manifest; the same parts, the same bytes.

The signature is a detached JWS (RFC 7515, appendix F; ES256) with the jurisdiction's document key: the manifest is what was
signed, byte for byte, and stays readable.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from backend.statements import signing
from backend.statements.bundle.inputs import moment
from backend.statements.bundle.values import FORMAT, Part, Subject
from backend.statements.values import DocumentKey

MANIFEST, SIGNATURE, TYPE = "manifest.json", "signature.jws", "carbon-bundle+jws"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest time an archive can state: it tells nothing, so that the same statement gives the same file."""
_READABLE = 0o100644 << 16


def part(name: str, content: Any) -> Part:  # noqa: ANN401 - whatever JSON can say
    """Return a file of JSON, as people can read it and with one line for each thing of a list."""
    return Part(name, (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())


def manifest(subject: Subject, parts: Sequence[Part]) -> bytes:
    """Return what the bundle is of and the hash of each of its files: the text that is signed."""
    stated = {
        "format": FORMAT,
        "number": subject.number,
        "tenant": subject.tenant,
        "account": subject.account_number,
        "account_id": str(subject.account_id),
        "period": [subject.period_from.isoformat(), subject.period_to.isoformat()],
        "as_of": moment(subject.known_at),
        "issued_at": moment(subject.issued_at),
        "files": [
            {"name": each.name, "size": len(each.content), "sha256": sha256(each.content).hexdigest()}
            for each in sorted(parts, key=lambda one: one.name)
        ],
    }
    return part(MANIFEST, stated).content


def zipped(parts: Sequence[Part], content: bytes, signature: bytes) -> bytes:
    """Return the archive: manifest, signature, then the parts by name. Blocks; call it in a thread."""
    out = io.BytesIO()
    ordered = [
        Part(MANIFEST, content), Part(SIGNATURE, signature), *sorted(parts, key=lambda one: one.name),
    ]  # fmt: skip
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for each in ordered:
            about = zipfile.ZipInfo(each.name, _FIRST_DAY)
            about.external_attr, about.create_system, about.compress_type = _READABLE, 3, zipfile.ZIP_DEFLATED
            archive.writestr(about, each.content)
    return out.getvalue()


def made(
    subject: Subject, parts: Sequence[Part], jws: str, key: DocumentKey, keys: Sequence[Mapping[str, Any]]
) -> bytes:
    """Return the signed archive: with the statement's own signature and the published keys. Blocks; call it in a thread.

    Raises:
        DocumentNotMade: the key is none that signs documents.
    """
    whole = [*parts, Part("statement.jws", f"{jws}\n".encode()), part("keys.json", {"keys": list(keys)})]
    content = manifest(subject, whole)
    return zipped(whole, content, f"{signing.detached(content, key, TYPE)}\n".encode())
