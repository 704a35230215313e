"""Signatures inside the document (PAdES), and the keys that make them.

A document key is an ECDSA key on P-256 with a certificate it signed itself, because every PDF reader checks that;
trust comes from the jurisdiction's published key file, not from a chain. See docs/decisions/0006-signed-documents.md.
"""

import asyncio
import base64
import hashlib
import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from backend.statements.errors import DocumentNotMade
from backend.statements.values import DocumentKey

FIELD = "Signature"
LONGEST_USE = timedelta(days=365)
"""How long a key signs; then a new one is made."""
LONGEST_VALIDITY = timedelta(days=365 * 30)
"""How long readers accept its certificate: documents outlive the key's use by far."""
_ALGORITHM = "ES256"


class Sealing(Protocol):
    """What encrypts private keys at rest."""

    def close(self, plain: bytes, bound_to: str) -> bytes:
        """Return the sealed bytes."""
        ...

    def open(self, sealed: bytes, bound_to: str) -> bytes | None:
        """Return what was sealed, None when another installation sealed it."""
        ...


def make_key(name_zh: str, moment: datetime) -> DocumentKey:
    """Return a new key for a jurisdiction; its id is the JWK thumbprint (RFC 7638) of the public half."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{name_zh}碳账户"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name_zh}碳账户文件签章 {moment:%Y-%m-%d}"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(minutes=5))
        .not_valid_after(moment + LONGEST_VALIDITY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(private, hashes.SHA256())
    )
    x, y = _coordinates(private.public_key())
    thumbprint = hashlib.sha256(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode()).digest()
    return DocumentKey(
        _base64url(thumbprint),
        certificate.public_bytes(Encoding.DER),
        private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )


def public_jwk(key: DocumentKey) -> dict[str, Any]:
    """Return the public half as a JSON Web Key with its certificate (RFC 7517, `x5c`)."""
    public = x509.load_der_x509_certificate(key.certificate).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):  # pragma: no cover - we make no others
        raise DocumentNotMade(reason="key")
    x, y = _coordinates(public)
    return {
        "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": key.id, "use": "sig", "alg": _ALGORITHM,
        "x5c": [base64.b64encode(key.certificate).decode()],
    }  # fmt: skip


def sign(document: bytes, key: DocumentKey, stated: Mapping[str, Any]) -> bytes:
    """Return a certificate's document with a signature over all of it. Blocks; call it in a thread.

    Raises:
        DocumentNotMade: the library refuses the document.
    """
    return signed(document, key, reason=f"注销证书 {stated['number']}", name=f"{stated['issuer']['name_zh']}碳账户")


def detached(content: bytes, key: DocumentKey, kind: str) -> str:
    """Return a detached JWS over bytes that travel beside it (RFC 7515, appendix F; ES256): `header..signature`.

    `kind` is the header's `typ`. Whoever verifies puts the base64url of the bytes between the two points.

    Raises:
        DocumentNotMade: the key is none that signs documents.
    """
    import jwt  # noqa: PLC0415 - loaded only where something is signed
    from cryptography.hazmat.primitives.serialization import load_der_private_key  # noqa: PLC0415 - the same

    private = load_der_private_key(key.private, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise DocumentNotMade(reason="key")
    whole = jwt.PyJWS().encode(content, private, _ALGORITHM, headers={"kid": key.id, "typ": kind})
    head, _, signature = whole.split(".")
    return f"{head}..{signature}"


def signed(document: bytes, key: DocumentKey, *, reason: str, name: str) -> bytes:
    """Return a document with a signature over all of it; `reason` and `name` are shown by readers. Blocks.

    Raises:
        DocumentNotMade: the library refuses the document.
    """
    from asn1crypto import keys as asn1_keys  # noqa: PLC0415 - with pyHanko, loaded only where documents are signed
    from asn1crypto import x509 as asn1_x509  # noqa: PLC0415 - the same
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - the same
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415 - the same
    from pyhanko.sign import signers  # noqa: PLC0415 - the same
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415 - the same
    from pyhanko.sign.general import SigningError  # noqa: PLC0415 - the same
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415 - the same

    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(key.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(key.private),
        cert_registry=SimpleCertificateStore(),
    )
    about = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES,
        reason=reason, name=name,
    )  # fmt: skip
    out = io.BytesIO()
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(document))
        asyncio.run(signers.PdfSigner(about, signer).async_sign_pdf(writer, output=out))
    except (PdfError, SigningError) as error:
        raise DocumentNotMade(reason="signing") from error
    return out.getvalue()


def _coordinates(public: ec.EllipticCurvePublicKey) -> tuple[str, str]:
    numbers = public.public_numbers()
    return _base64url(numbers.x.to_bytes(32, "big")), _base64url(numbers.y.to_bytes(32, "big"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
